"""大企业发榜、中小企业揭榜 2024: the file says what the notice says (S01-S14)."""

from pathlib import Path

import pytest

from jbgs.lib.validators import check_uscc, is_fictitious_uscc
from programmes.loader import load_document, read_document

FILE = Path(__file__).parents[2] / "fixtures/programmes/sme-2024.yaml"


@pytest.fixture
def spec(db):
    return load_document(read_document(FILE)).call.spec


def test_the_owner_chooses_one_to_three_and_accepts(spec):
    assert spec.flow.decision_by == "owner" and [one.kind for one in spec.review.rounds] == ["owner"]
    assert {spec.quota_of("shortlist", code).limit for code in spec.tasks} == {3}  # S08
    assert spec.quotas["shortlist"].force == "hard" and set(spec.quotas) == {"shortlist"}  # S14
    assert spec.flow.publicity_days == 0 and not spec.flow.agreement and spec.flow.evaluation  # S14, S09, S10


def test_the_end_is_a_sunday_and_stays_one(spec):
    assert "12月15日" in spec.windows["apply"].closes_text
    assert spec.windows["recommend"].closes_at > spec.windows["apply"].closes_at  # S05, S06


def test_twelve_needs_of_fictitious_owners(spec):
    assert len(spec.tasks) == 12 and len(spec.fields) == 5
    for task in spec.tasks.values():
        assert check_uscc(task.owner.code) == task.owner.code and is_fictitious_uscc(task.owner.code)
        assert "虚构" in task.owner.name and task.indicators
        assert {label for label, _ in task.details} == {"省份", "参数要求", "时间要求", "拟采取的合作方式"}
    regions = [task.owner.region for task in spec.tasks.values()]
    assert "" in regions and "440300" in regions  # S02: a central group, a plan city


def test_the_size_is_tested_and_three_years_are_asked(spec):
    codes = {rule.code for rule in spec.requirements}
    assert {"size_at_most", "lead_is", "pledge_signed"} <= codes  # S04
    finance = spec.form.section("finance")
    assert (finance.options["least"], finance.options["most"]) == (3, 3)


def test_owners_stand_on_the_tasks(db):
    call = load_document(read_document(FILE)).call
    assert call.tasks.exclude(owner_code="").count() == 12
