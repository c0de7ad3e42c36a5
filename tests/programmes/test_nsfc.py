"""国家自然科学基金: the file says what the regulations say (N01-N58)."""

from pathlib import Path

import pytest

from programmes.loader import load_document, read_document

FILE = Path(__file__).parents[2] / "fixtures/programmes/nsfc.yaml"


@pytest.fixture
def spec(db):
    return load_document(read_document(FILE)).call.spec


def test_host_units_recommend(spec):
    assert spec.recommenders.kinds == ("host_unit",)  # N04


def test_clocks_are_those_of_the_regulations(spec):
    told = {name: (item.count, item.unit, item.start) for name, item in spec.clocks.items()}
    assert told["form_check"] == (45, "days", "apply_closed")  # N12
    assert told["appeal"][:2] == (15, "days") and told["appeal_decision"][:2] == (60, "days")  # N26, N27
    assert told["plan"] == (20, "days", "notified") and told["final"] == (60, "days", "work_due")  # N35, N44


def test_three_drawn_experts_then_a_vote(spec):
    mail, panel = spec.review.rounds
    assert (mail.kind, mail.experts, panel.kind, panel.pass_share) == ("mail", 3, "panel", "1/2")  # N15, N20
    assert spec.flow.opinions_to_unit  # N25


def test_four_grounds_and_one_that_is_none_for_an_appeal(spec):
    assert len(spec.grounds) == 4  # N13
    assert [ground.code for ground in spec.appeal_grounds if not ground.admissible] == ["academic"]  # N26


def test_the_plan_blocks_the_work_and_reports_follow(spec):
    plan = spec.obligation("plan")
    assert (plan.clock, plan.blocks, plan.needs_officer) == ("plan", "start_work", True)  # N35
    assert {item.kind for item in spec.obligations} == {"plan", "yearly", "change", "extension", "final"}  # N38-N44


def test_what_an_application_must_say(spec):
    assert spec.form.section("avoid").options["most"] == 3  # N30
    signers = {one.options["signer"] for one in spec.form.sections if one.type == "pledge"}
    assert signers == {"unit", "leader", "participants"}  # N11
    codes = [rule.code for rule in spec.requirements_of("A02")]
    assert "leader_born_from" in codes and "leader_born_from" not in [r.code for r in spec.requirements_of("A01")]
    assert {"leader_qualified", "not_banned", "attachment_required", "pledges_signed"} <= set(codes)
