"""The verbs of the review: who may, what is refused, what is left behind."""

from datetime import datetime

import pytest

from accounts.models import UnitName
from applications import access
from applications.models import Application, Partner
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from notifications.models import Message
from reviews import workflow
from reviews.models import Assignment, Recusal, ReviewPledge
from tests.cast import make_person, make_unit


def refused(verb, *args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(*args, **named)
    return caught.value


def refusals(obj) -> int:
    return Entry.objects.for_object(obj).refused().count()


# ---- recusal ----


def test_same_unit_as_lead_is_refused_by_code_name_and_alias(review):
    application = review.application()
    unit = application.unit
    UnitName.objects.create(unit=unit, name="虚构旧名仪器厂")
    for known_by in (
        {"unit_name": "写法不同的名字", "unit_code": unit.code},
        {"unit_name": f" {unit.name} "},
        {"unit_name": "虚构旧名仪器厂"},
    ):
        expert = review.expert(**known_by)
        problem = refused(workflow.assign, application, by=review.olga, experts=[expert])
        assert problem.code == "recused" and "牵头单位" in problem.sentence
    assert refusals(application) == 3
    assert not Assignment.objects.exists()


def test_same_unit_as_partner_is_refused_by_code_and_name(review):
    application = review.application()
    partner = make_unit(7001)
    Partner.objects.create(application=application, order=1, name=partner.name, code=partner.code)
    Partner.objects.create(application=application, order=2, name="虚构联合（集团）公司")
    for known_by in ({"unit_name": "别处", "unit_code": partner.code}, {"unit_name": "虚构联合(集团)公司"}):
        problem = refused(workflow.assign, application, by=review.olga, experts=[review.expert(**known_by)])
        assert problem.code == "recused" and "联合单位" in problem.sentence


def test_unit_under_the_same_superior_is_refused(review):
    application = review.application()
    superior, sibling = make_unit(7101), make_unit(7102)
    for unit in (application.unit, sibling):
        unit.parent = superior
        unit.save()
    for code in (superior.code, sibling.code):
        expert = review.expert(unit_name="别处", unit_code=code)
        assert refused(workflow.assign, application, by=review.olga, experts=[expert]).code == "recused"


def test_one_recused_expert_refuses_the_whole_assignment(review):
    application = review.application()
    experts = [review.expert(), review.expert(unit_name=application.unit.name)]
    assert refused(workflow.assign, application, by=review.olga, experts=experts).code == "recused"
    assert not Assignment.objects.exists() and not Message.objects.filter(event="review_assigned").exists()


def test_declared_recusal_takes_the_sheet_away_and_tells_the_officers(review):
    (seat,) = review.seat(review.application())
    user = seat.expert.user
    assert access.may_review(user, seat.application)
    assert refused(workflow.declare_recusal, seat, by=user, reason=" ").field == "reason"
    workflow.declare_recusal(seat, by=user, reason="近 3 年内有合作项目")
    assert not access.may_review(user, seat.application)
    assert Recusal.objects.get().kind == "declared"
    assert Message.objects.filter(event="review_recused", user=review.olga).exists()
    assert refused(workflow.save_score, seat, by=user, points={}, opinion="", base_version=0).code == "state_changed"
    assert refused(workflow.assign, seat.application, by=review.olga, experts=[seat.expert]).code == "recused"


def test_officer_recuses_an_expert(review):
    (seat,) = review.seat(review.application())
    workflow.recuse(seat.application, by=review.olga, expert=seat.expert, reason="监督人员提出")
    seat.refresh_from_db()
    assert seat.state == "recused" and Recusal.objects.get().kind == "officer"
    (signed,) = review.seat(seat.application)
    review.sign(signed)
    problem = refused(workflow.recuse, seat.application, by=review.olga, expert=signed.expert, reason="迟到的异议")
    assert problem.code == "sheet_signed"


# ---- assigning ----


def test_assigning_an_accepted_application_sends_it_to_review(review):
    application = review.application(state="accepted")
    expert = review.expert()
    workflow.assign(application, by=review.olga, experts=[expert])
    assert Application.objects.get(pk=application.pk).state == "in_review"
    assert Message.objects.filter(event="review_assigned", user=expert.user, channel="inbox").count() == 1


def test_an_expert_is_told_the_end_as_the_pages_write_it(review):
    """Midnight is 24:00 of the day that ends, not 00:00 of the next."""
    expert, ends = review.expert(), datetime(2025, 4, 19, tzinfo=clock.SHANGHAI)
    workflow.assign(review.application(), by=review.olga, experts=[expert], due_at=ends)
    told = Message.objects.get(event="review_assigned", user=expert.user, channel="inbox").title
    assert told.endswith("，请于 4月18日 24:00 前完成")


def test_content_opens_with_the_pledge(review):
    application = review.application()
    (seat,) = review.seat(application, pledged=False)
    assert not access.may_review(seat.expert.user, application)
    workflow.pledge(seat, by=seat.expert.user)
    assert access.may_review(seat.expert.user, application)
    signed = ReviewPledge.objects.get()
    assert signed.text == review.call.spec.review.pledge_text.strip()


def test_load_and_availability_are_respected(review):
    expert = review.expert(max_load=1)
    first, second = review.applications(2)
    review.seat(first, expert)
    assert refused(workflow.assign, second, by=review.olga, experts=[expert]).code == "load_full"
    assert refused(workflow.assign, first, by=review.olga, experts=[expert]).code == "already_assigned"
    away = workflow.set_available(review.expert(), by=review.olga, available=False)
    assert refused(workflow.assign, second, by=review.olga, experts=[away]).code == "expert_unavailable"


def test_only_officers_of_the_field_assign(review):
    application, expert = review.application(), review.expert()
    outsiders = (review.world.oscar, review.world.dora, review.world.alice, review.world.sven, expert.user)
    for person in outsiders:
        with pytest.raises(Forbidden):
            workflow.assign(application, by=person, experts=[expert])
    assert refusals(application) == len(outsiders)
    accepted = review.application(state="accepted")
    with pytest.raises(Forbidden):
        workflow.assign(accepted, by=review.world.oscar, experts=[expert])
    assert refusals(accepted) == 1


def test_unassign_needs_a_reason_and_never_touches_a_signed_sheet(review):
    application = review.application()
    (seat,) = review.seat(application)
    assert refused(workflow.unassign, seat, by=review.olga, reason="").field == "reason"
    workflow.unassign(seat, by=review.olga, reason="联系不上")
    assert not access.may_review(seat.expert.user, application)
    (again,) = review.seat(application, seat.expert)
    assert again.pk == seat.pk and again.state == "accepted" and again.note == ""
    review.sign(again)
    assert refused(workflow.unassign, again, by=review.olga, reason="分数太低").code == "state_changed"


# ---- scoring ----


@pytest.mark.parametrize("typed", ["-1", "100.01", "101", "八十", "1e400", "NaN", "Infinity", "85.555"])
def test_scores_out_of_range_are_refused_at_their_field(review, typed):
    (seat,) = review.seat(review.application())
    key = review.criteria[1].key
    problem = refused(workflow.save_score, seat, by=seat.expert.user, points={key: typed}, opinion="", base_version=0)
    assert problem.code == "score_out_of_range" and problem.field == key and problem.status == 422
    assert not seat.scores.exists()


def test_scores_are_kept_exactly_and_can_be_cleared(review):
    (seat,) = review.seat(review.application())
    first, second = review.criteria[0].key, review.criteria[1].key
    seat = workflow.save_score(
        seat, by=seat.expert.user, points={first: "86.5", second: 0}, opinion="甲", base_version=0
    )
    assert dict(seat.scores.values_list("criterion", "points")) == {first: 8650, second: 0}
    seat = workflow.save_score(seat, by=seat.expert.user, points={first: ""}, opinion="甲", base_version=1)
    assert dict(seat.scores.values_list("criterion", "points")) == {second: 0}
    problem = refused(workflow.save_score, seat, by=seat.expert.user, points={"x": 1}, opinion="", base_version=2)
    assert problem.code == "unknown_criterion"


def test_an_older_window_does_not_overwrite(review):
    (seat,) = review.seat(review.application())
    key = review.criteria[0].key
    workflow.save_score(seat, by=seat.expert.user, points={key: 90}, opinion="新", base_version=0)
    problem = refused(workflow.save_score, seat, by=seat.expert.user, points={key: 10}, opinion="旧", base_version=0)
    assert problem.code == "sheet_changed" and problem.status == 409
    assert problem.details["points"] == {key: "90"} and problem.details["opinion"] == "新"


def test_an_incomplete_sheet_cannot_be_signed_and_is_told_all_at_once(review):
    (seat,) = review.seat(review.application())
    seat = workflow.save_score(
        seat, by=seat.expert.user, points={review.criteria[0].key: 90}, opinion=" ", base_version=0
    )
    problem = refused(workflow.sign, seat, by=seat.expert.user)
    assert problem.code == "sheet_incomplete"
    assert [item["field"] for item in problem.details] == [c.key for c in review.criteria[1:]] + ["opinion"]


def test_signed_is_frozen_until_an_officer_returns_it(review):
    (seat,) = review.seat(review.application())
    user = seat.expert.user
    review.sign(seat, 80)
    problem = refused(workflow.save_score, seat, by=user, points={}, opinion="改", base_version=1)
    assert problem.code == "state_changed" and "提交评分" in problem.sentence
    with pytest.raises(Forbidden):
        workflow.return_for_revision(seat, by=user, reason="自己改")
    with pytest.raises(Forbidden):
        workflow.return_for_revision(seat, by=review.world.oscar, reason="别的领域")
    workflow.return_for_revision(seat, by=review.olga, reason="意见过于简单")
    assert Message.objects.filter(event="review_returned", user=user).exists()
    review.sign(seat, 70)
    seat.refresh_from_db()
    assert seat.total == 7000 and seat.state == "signed"
    signed = Entry.objects.for_object(seat).done().filter(action="sign")
    assert [entry.data["total"] for entry in signed] == [8000, 7000]  # the log keeps the scores that were returned
    assert list(broken_entries()) == []


def test_scores_under_a_prepared_decision_do_not_move(review):
    application = review.application()
    panel = review.scored({application: [80, 81, 82]})
    workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=[application])
    seat = Assignment.objects.get(expert=panel[0])
    assert refused(workflow.return_for_revision, seat, by=review.olga, reason="再看看").code == "decision_waiting"


def test_double_sign_with_one_key_is_one_signature(review):
    (seat,) = review.seat(review.application())
    seat = review.fill(seat)
    first = workflow.sign(seat, by=seat.expert.user, key="once")
    second = workflow.sign(seat, by=seat.expert.user, key="once")
    assert first.signed_at == second.signed_at
    assert Entry.objects.for_object(seat).filter(action="sign").count() == 1
    assert refused(workflow.sign, seat, by=seat.expert.user, key="another").code == "state_changed"


def test_what_was_confirmed_is_what_is_signed(review):
    (seat,) = review.seat(review.application())
    seat = review.fill(seat)
    shown = seat.sheet_version
    review.fill(seat, 20)
    assert refused(workflow.sign, seat, by=seat.expert.user, base_version=shown).code == "sheet_changed"


def test_nobody_acts_on_another_experts_sheet(review):
    application = review.application()
    mine, other = review.seat(application, *review.experts(2))
    for act, named in (
        (workflow.save_score, {"points": {}, "opinion": "", "base_version": 0}),
        (workflow.sign, {}),
        (workflow.declare_recusal, {"reason": "冒名"}),
    ):
        for person in (other.expert.user, review.olga, review.world.alice):
            before = refusals(mine)
            with pytest.raises(Forbidden):
                act(mine, by=person, **named)
            assert refusals(mine) == before + 1


def test_nothing_moves_after_the_decision(review):
    application = review.application()
    (seat,) = review.seat(application)
    Application.objects.filter(pk=application.pk).update(state="not_shortlisted")
    for act, named in ((workflow.sign, {}), (workflow.declare_recusal, {"reason": "晚了"})):
        assert refused(act, seat, by=seat.expert.user, **named).code == "state_changed"


# ---- experts, reminders ----


def test_experts_are_added_by_officers_with_sentences_at_the_field(review):
    named = {"by": review.olga, "name": "虚构甲", "unit_name": "虚构大学"}
    expert = workflow.create_expert(**named, phone="13800000001", disciplines=["量子", " 量子 ", ""])
    assert expert.disciplines == ["量子"] and expert.user.role == "expert" and expert.number.startswith("E-")
    for wrong, field in (
        ({"phone": "13800000001", "name": "虚构乙"}, "phone"),
        ({"phone": "13800000002"}, "namesake"),
        ({"phone": "123", "name": "虚构乙"}, "phone"),
        ({"unit_code": "91110000000000000X"}, "unit_code"),
        ({"unit_name": "  "}, "unit_name"),
        ({"max_load": 0}, "max_load"),
    ):
        assert refused(workflow.create_expert, **{**named, **wrong}).field == field
    with pytest.raises(Forbidden):
        workflow.create_expert(**{**named, "by": review.world.alice})
    with pytest.raises(Forbidden):
        workflow.update_expert(expert, by=expert.user, max_load=99)
    assert refusals(expert) == 1
    assert refused(workflow.create_expert, by=review.olga, unit_name="某", user=make_person("x1", "officer")).code


def test_reminders_reach_each_waiting_expert_once_a_day(review):
    applications = review.applications(3)
    idle, busy = review.experts(2)
    for application in applications:
        review.seat(application, idle, busy)
    for seat in Assignment.objects.filter(expert=busy):
        review.sign(seat)
    assert workflow.remind(review.task, by=review.olga) == 1
    assert workflow.remind(review.task, by=review.olga) == 0
    (message,) = Message.objects.filter(event="review_reminder", channel="inbox")
    assert message.user == idle.user and "3 份" in message.title
    with pytest.raises(Forbidden):
        workflow.remind(review.task, by=review.world.oscar)
    assert refusals(review.task) == 1
