"""docs/rules.csv: every rule of the six systems, whether software can decide it, and what serves it."""

import csv
import dataclasses
from pathlib import Path

import pytest

import applications.workflow
import reviews.workflow
from accounts.choices import Role
from programmes.requirements import REGISTRY
from programmes.schema import DOCUMENT
from programmes.spec import FlowSpec
from programmes.words import CLOCKS, OBLIGATION_KINDS, QUOTA_CODES, ROUND_KINDS, SECTION_TYPES, WINDOWS

TABLE = Path(__file__).parents[2] / "docs/rules.csv"
LAST = {"M": 29, "W": 20, "V": 24, "J": 47, "S": 14, "N": 58, "P": 34}
VERBS = set(applications.workflow.__all__) | set(reviews.workflow.__all__)
KNOWN = {
    "requirement": set(REGISTRY),
    "window": set(WINDOWS),
    "quota": set(QUOTA_CODES),
    "clock": set(CLOCKS),
    "flow": {field.name for field in dataclasses.fields(FlowSpec)},
    "form": set(SECTION_TYPES),
    "obligation": set(OBLIGATION_KINDS),
    "round": set(ROUND_KINDS),
    "document": set(DOCUMENT.entries),
    "verb": VERBS,
    "role": set(Role.values),
}
WITHOUT_SOFTWARE = {"judgement", "outside"}


def lines() -> list[dict]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def served(line: dict) -> list[tuple[str, str]]:
    return [tuple(one.partition(":")[::2]) for one in line["served_by"].split()]


def test_every_row_of_the_six_systems_stands_there_once_and_in_order():
    wanted = [f"{letter}{number:02}" for letter, last in LAST.items() for number in range(1, last + 1)]
    assert [line["row"] for line in lines()] == wanted


@pytest.mark.parametrize("line", lines(), ids=lambda line: line["row"])
def test_a_row_is_served_by_what_exists(line):
    assert line["what"].strip() and line["decidable"] in ("yes", "no", "by_setting")
    assert served(line), "nothing is named"
    for kind, key in served(line):
        if kind in WITHOUT_SOFTWARE:
            assert not key
        else:
            assert key in KNOWN[kind], f"{kind}:{key}"


@pytest.mark.parametrize("line", [line for line in lines() if line["decidable"] != "no"], ids=lambda line: line["row"])
def test_what_software_can_decide_it_decides(line):
    assert any(kind not in WITHOUT_SOFTWARE for kind, _ in served(line))


def test_a_requirement_and_the_table_name_each_other():
    by_table = {(key, line["row"]) for line in lines() for kind, key in served(line) if kind == "requirement"}
    by_class = {(code, row) for code, rule in REGISTRY.items() for row in rule.rows}
    assert by_table == by_class
