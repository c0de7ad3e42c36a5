"""list_requirements, and the chapter of the format's guide that it prints."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from programmes.checks import Record
from programmes.reader import read_text
from programmes.requirements import REGISTRY
from programmes.requirements.catalogue import THEMES
from programmes.requirements.chapter import TITLES, markdown

GUIDE = Path(__file__).parents[2] / "docs/programme-format.md"


def said(*args, **options) -> str:
    out = io.StringIO()
    call_command("list_requirements", *args, stdout=out, **options)
    return out.getvalue()


def test_json_says_everything_that_a_writer_needs():
    entries = {entry["code"]: entry for entry in json.loads(said("--json"))}
    assert set(entries) == set(REGISTRY)
    entry = entries["partners_at_most"]
    assert entry["params"][0] == {"name": "count", "type": "integer 0 to 100", "required": True, "default": None}
    assert entry["rows"] == ["M08", "W09", "V03"] and entry["common"] == ["lead_types", "when"]
    assert entry["says"] == "境内参加单位（含牵头单位）不超过 10 家"
    within = next(param for param in entries["earlier_winners_barred"]["params"] if param["name"] == "within")
    assert (within["required"], within["default"]) == (False, "programme")
    assert entries["youth_share_at_least"]["level"] == "list" and entries["youth_share_at_least"]["common"] == []
    for entry in entries.values():
        assert entry["meaning"].endswith(".") and entry["says"], entry["code"]


def test_as_text_each_code_stands_there_once_and_one_can_be_picked():
    text = said()
    for code in REGISTRY:
        assert f"\n{code}　" in text or f"\n{code}（推荐名单）　" in text
    assert "leader_qualified" in said("leader_qualified") and "lead_is" not in said("leader_qualified")
    with pytest.raises(CommandError, match="没有这些要求：nothing"):
        said("nothing")


def test_the_guide_holds_the_chapter_as_it_is_printed():
    assert markdown().rstrip() in GUIDE.read_text(encoding="utf-8"), "run list_requirements --markdown"
    assert set(TITLES) == set(THEMES)


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_the_guide_has_an_example_of_each_as_a_document_writes_it(code):
    start = f"- example: `{{code: {code}"
    (line,) = (line for line in markdown().splitlines() if line.startswith((f"{start},", f"{start}}}")))
    read = read_text("rule: " + line.removeprefix("- example: `").removesuffix("`"))[0]["rule"]
    assert read["code"] == code and set(read.get("params", {})) == set(REGISTRY[code].example)
    problems = []
    Record(REGISTRY[code].params)(read.get("params", {}), (), lambda *problem: problems.append(problem))
    assert not problems
