"""The conditions of the photovoltaic industry as data: a status without tasks, its limits by product, its clocks."""

from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

from applications import obligations
from programmes import windows
from programmes.calendar import load_calendar
from programmes.facts import Facts, UnitFacts
from programmes.loader import load_document, read_document
from programmes.parse import parse_document
from programmes.requirements import check

FIXTURE = Path(__file__).parents[2] / "fixtures" / "programmes" / "pv-2024.yaml"

ANSWERS = {
    "strength": {
        "sales": "100000", "rnd_cost": "3000", "capacity": "5000", "output": "2500", "builds": "yes",
        "investment": "10000", "own_capital": "3000",
    },
    "declarations": {
        "policy": "yes", "dishonest": "no", "fire": "no", "patents": "yes", "infringement": "no", "accident": "no",
    },
}  # fmt: skip
LINE = {"product": "P型电池", "built": "现有", "efficiency": "23.2", "water": "399.9"}


@pytest.fixture(scope="module")
def spec():
    return parse_document(read_document(FIXTURE))


def broken(spec, *, answers=None, lines=(LINE,), oem=()) -> set[str]:
    """The codes of the rules that an enterprise with these answers and rows does not meet; of those on content only."""
    given = deepcopy(ANSWERS)
    for place, value in (answers or {}).items():
        section, question = place.split(".")
        given[section][question] = value
    sections = {key: {"answers": value} for key, value in given.items()}
    sections |= {"lines": {"rows": list(lines)}, "oem": {"rows": list(oem)}}
    facts = Facts(
        task=spec.tasks["all"], form=spec.form, unit=UnitFacts(code="x", name="虚构企业", type="enterprise"),
        today=date(2025, 1, 6), sections=sections,
    )  # fmt: skip
    rules = [rule for rule in spec.requirements_of("all") if rule.code not in ("form_complete", "pledge_signed")]
    return {finding.code for finding in check(rules, facts) if not finding.ok}


def test_it_is_a_status_without_tasks_quota_or_evaluation(spec):
    assert list(spec.tasks) == ["all"] and not spec.has_tasks
    assert spec.tasks["all"].title == spec.title and not spec.tasks["all"].indicators
    assert not spec.quotas and not spec.flow.evaluation and not spec.flow.agreement and spec.flow.recommendation
    assert [(one.kind, one.least_people) for one in spec.review.rounds] == [("check_all", 1), ("on_site", 2)]


def test_an_enterprise_on_every_limit_meets_the_conditions(spec):
    assert broken(spec) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"strength.rnd_cost": "2999.99"}, "share_at_least"),  # P26: 3 %
        ({"strength.sales": "10000", "strength.rnd_cost": "999.99"}, "value_at_least"),  # P26: 1000 万元
        ({"strength.output": "2499"}, "share_at_least"),  # P27: 50 %
        ({"strength.own_capital": "2999"}, "share_at_least"),  # P29: 30 %
        ({"declarations.policy": "no"}, "answer_is"),
        ({"declarations.dishonest": "yes"}, "answer_is"),
        ({"declarations.fire": "yes"}, "answer_is"),
        ({"declarations.patents": "no"}, "answer_is"),
        ({"declarations.infringement": "yes"}, "answer_is"),
        ({"declarations.accident": "yes"}, "answer_is"),
    ],
)
def test_just_below_a_limit_it_does_not(spec, change, code):
    assert broken(spec, answers=change) == {code}


def test_own_capital_is_asked_only_of_who_builds(spec):
    changed = {"strength.builds": "no", "strength.investment": "", "strength.own_capital": ""}
    assert broken(spec, answers=changed) == set()


# P30, P31: product, existing or new, column, the last value that is good, the first that is not.
LIMITS = [
    ("P型电池", "现有", "efficiency", "23.2", "23.19"),
    ("P型电池", "新建和改扩建", "efficiency", "23.7", "23.69"),
    ("N型电池", "现有", "efficiency", "25", "24.9"),
    ("N型电池", "新建和改扩建", "efficiency", "26", "25.9"),
    ("P型组件", "现有", "efficiency", "21.2", "21.1"),
    ("P型组件", "新建和改扩建", "efficiency", "21.8", "21.7"),
    ("N型组件", "现有", "efficiency", "22.3", "22.2"),
    ("N型组件", "新建和改扩建", "efficiency", "23.1", "23.0"),
    ("多晶硅", "现有", "power", "59.9", "60"),
    ("多晶硅", "新建和改扩建", "power", "52.9", "53"),
    ("P型电池", "现有", "water", "399.9", "400"),
    ("P型电池", "新建和改扩建", "water", "359.9", "360"),
    ("P型组件", "现有", "power_warranty", "25", "24"),
    ("N型组件", "现有", "work_warranty", "12", "11.9"),
    ("逆变器", "现有", "work_warranty", "5", "4"),
]
GOOD = {"efficiency": "30", "power": "40", "water": "100", "power_warranty": "30", "work_warranty": "20"}


@pytest.mark.parametrize(("product", "built", "column", "good", "bad"), LIMITS)
def test_each_product_has_its_limit_for_existing_and_for_new_lines(spec, product, built, column, good, bad):
    line = GOOD | {"product": product, "built": built}
    assert broken(spec, lines=[line | {column: good}]) == set()
    assert broken(spec, lines=[line | {column: bad}]) == {"rows_meet_thresholds"}


def test_an_enterprise_answers_for_who_makes_its_products(spec):
    assert broken(spec, oem=[{"name": "虚构代工厂", "meets": "yes"}]) == set()
    assert broken(spec, oem=[{"name": "虚构代工厂", "meets": "no"}]) == {"rows_are"}


def test_reports_and_requests(spec):
    rows = {one.code: one for one in spec.obligations}
    assert (rows["self-check"].every, rows["self-check"].by) == ("year", "03-31")
    assert (rows["quarterly"].every, rows["quarterly"].by) == ("quarter", "20")
    assert [one.code for one in obligations.requests_of(spec)] == ["change"]
    kinds = next(question for question in rows["change"].questions if question["key"] == "what")["choices"]
    assert len(kinds) == 5


@pytest.mark.django_db
def test_the_clocks_end_on_their_days():
    """P07, P08, P09, P12 and P23, over the Spring Festival of 2025 with its make-up days."""
    load_calendar([2024, 2025, 2026])
    clocks = parse_document(read_document(FIXTURE)).clocks
    assert windows.due_date(clocks["notice"], date(2025, 1, 20)) == (date(2025, 2, 8), False)
    assert windows.due_date(clocks["recommend"], date(2025, 1, 20)) == (date(2025, 2, 19), False)
    assert windows.due_date(clocks["on_site_objection"], date(2025, 9, 30)) == (date(2025, 10, 14), False)
    assert windows.due_date(clocks["ban"], date(2025, 6, 1)) == (date(2027, 6, 1), False)
    assert windows.due_date(clocks["review_decision"], date(2025, 5, 20))[1] is False
    late, provisional = windows.due_date(clocks["review_decision"], date(2026, 10, 8))
    assert provisional and late.year == 2027  # ninety working days run into a year that is not published


@pytest.mark.django_db
def test_it_loads_and_loads_again():
    first = load_document(FIXTURE)
    assert first.created and first.call.tasks.get().code == "all" and first.call.fields.count() == 1
    assert load_document(FIXTURE).created is False
