"""The template lint finds what the content policy would silently drop."""

import sys

import pytest
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))
from lint_templates import find_faults  # noqa: E402


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>go()</script>", "inline script"),
        ('<button class="a" onclick="go()">', "on…= handler"),
        ('<p style="color: red">', "style attribute"),
        ("<style>p {}</style>", "inline <style>"),
        ('<a href="javascript:go()">', "javascript: address"),
        ('<script src="https://cdn.example/x.js"></script>', "loads from another host"),
        ('<link href="//cdn.example/x.css">', "loads from another host"),
    ],
)
def test_finds(text, fault):
    assert list(find_faults(f"<p>\n{text}", is_screen=True)) == [(2, fault)]


@pytest.mark.parametrize(
    "text",
    [
        "<script src=\"{% static 'js/clock.js' %}\" defer></script>",
        '<script id="data" type="application/json">[]</script>',
        '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
        '{# <p style="x"> #}<!-- <script>old()</script> -->',
        '<p data-once="1">option = 1</p>',
    ],
)
def test_lets_pass(text):
    assert list(find_faults(text, is_screen=True)) == []


def test_a_paper_may_hold_style_but_loads_nothing_from_outside():
    assert list(find_faults("<style>p {}</style>", is_screen=False)) == []
    assert list(find_faults('<img src="http://example.cn/x.png">', is_screen=False)) == [(1, "loads from another host")]
