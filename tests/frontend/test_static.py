"""Sheets and scripts: small files, nothing from elsewhere, text that can be read."""

import re

import pytest
from django.conf import settings

STATIC = settings.BASE_DIR / "static"
SHEETS = sorted((STATIC / "css").glob("*.css"))
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
TOKENS = dict(re.findall(r"(--c-[\w-]+):\s*(#[0-9a-f]{6})", (STATIC / "css" / "tokens.css").read_text()))


@pytest.mark.parametrize("path", SHEETS + SCRIPTS, ids=lambda path: path.name)
def test_files_are_short_and_ask_nobody_else(path):
    text = path.read_text()
    assert len(text.splitlines()) <= (100 if path.suffix == ".js" else 400)
    assert not re.search(r"https?://|@import|url\(\s*['\"]?//", text)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_never_write_html_from_text(path):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text())


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_name_only_tokens_that_exist(path):
    defined = set(re.findall(r"(--[\w-]+)\s*:", (STATIC / "css" / "tokens.css").read_text()))
    own = set(re.findall(r"(--[\w-]+)\s*:", path.read_text()))
    used = set(re.findall(r"var\((--[\w-]+)", path.read_text()))
    assert used <= defined | own


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("--c-page", "--c-surface", "--c-sunken")
STATES = ("ok", "warn", "bad", "info", "mute")


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["--c-ink", "--c-ink-2", "--c-ink-3", "--c-link"])
def test_text_can_be_read_on_every_ground(ink, ground):
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("state", STATES)
def test_states_can_be_read_on_their_own_ground(state):
    assert contrast(f"--c-{state}", f"--c-{state}-soft") >= 4.5


def test_controls_and_buttons_are_seen():
    assert contrast("--c-control", "--c-surface") >= 3
    assert contrast("--c-accent-fg", "--c-accent") >= 4.5
    assert contrast("--c-toast-fg", "--c-toast") >= 4.5
