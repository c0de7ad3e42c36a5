"""After the draw: who declines, who steps in, what two officers change, and that a replay finds everything else."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from applications import access
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden
from notifications.models import Message
from reviews import drawing, replay, workflow
from reviews.models import Alternate, Assignment, DrawPlan, Expert, Recusal, ReviewerChange
from tests.reviews.test_workflow import refused


@pytest.fixture
def drawn(review):
    """Two applications with a drawn panel of five and two alternates; eleven experts in all."""
    review.experts(11)
    review.applications(2)
    workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="482913")
    return DrawPlan.objects.get()


def sheet_of(plan) -> Assignment:
    return plan.assignments.active().select_related("expert__user", "application").order_by("pk").first()


def waiting(application) -> list[Expert]:
    return [row.expert for row in Alternate.objects.filter(application=application, state="waiting").order_by("order")]


def outsider(review, plan) -> Expert:
    """Somebody who neither reviews nor waits."""
    busy = {*plan.assignments.values_list("expert", flat=True), *plan.alternates.values_list("expert", flat=True)}
    return Expert.objects.exclude(pk__in=busy).order_by("pk").first()


def sitting(application) -> set[int]:
    return set(Assignment.objects.active().filter(application=application).values_list("expert_id", flat=True))


# ---- by the expert ----


def test_declining_a_round_calls_the_alternates_in_order_and_tells_both_sides(review, drawn):
    sheet = sheet_of(drawn)
    user, first = sheet.expert.user, waiting(sheet.application)[0]
    assert refused(workflow.decline, sheet.round, by=user, reason=" ").field == "reason"
    gone = workflow.decline(sheet.round, by=user, reason="评审期间出国")
    assert len(gone) == 2 and {row.state for row in gone} == {"declined"} and gone[0].note == "评审期间出国"
    assert first.pk in sitting(sheet.application) and len(sitting(sheet.application)) == 5
    called = Alternate.objects.get(application=sheet.application, expert=first)
    assert called.state == "called" and called.at
    new = Assignment.objects.get(application=sheet.application, expert=first)
    assert new.plan == drawn and new.answer_by and new.due_at == sheet.due_at
    assert Message.objects.filter(event="review_assigned", user=first.user).exists()
    told = Message.objects.filter(event="review_declined", user=review.olga).first()
    assert first.user.name in told.title and told.body == "评审期间出国"
    assert not Message.objects.filter(event="review_declined", user__role="unit_admin").exists()


def test_single_sheets_are_declined_until_they_are_signed(review, drawn):
    sheet = workflow.pledge(sheet_of(drawn), by=sheet_of(drawn).expert.user)
    assert access.may_review(sheet.expert.user, sheet.application)
    workflow.decline(sheet, by=sheet.expert.user, reason="不熟悉这一方向")
    assert not access.may_review(sheet.expert.user, sheet.application)
    other = sheet_of(drawn)
    review.sign(workflow.pledge(other, by=other.expert.user))
    assert refused(workflow.decline, other, by=other.expert.user, reason="太晚").code == "state_changed"
    for person in (review.olga, review.world.alice, outsider(review, drawn).user):
        with pytest.raises(Forbidden):
            workflow.decline(sheet_of(drawn), by=person, reason="冒名")


def test_an_alternate_who_cannot_is_passed_over_and_when_nobody_is_left_it_is_said(review, drawn):
    sheet = sheet_of(drawn)
    first, second = waiting(sheet.application)[:2]
    workflow.set_available(first, by=review.olga, available=False)
    workflow.decline(sheet, by=sheet.expert.user, reason="出国")
    rows = {row.expert_id: row for row in Alternate.objects.filter(application=sheet.application)}
    assert rows[first.pk].state == "passed" and rows[first.pk].note and rows[second.pk].state == "called"
    for row in list(Alternate.objects.filter(application=sheet.application, state="waiting")):
        workflow.set_available(row.expert, by=review.olga, available=False)
    last = Assignment.objects.active().filter(application=sheet.application).select_related("expert__user").first()
    workflow.decline(last, by=last.expert.user, reason="生病")
    assert len(sitting(sheet.application)) == 4
    assert "没有可以递补的候补" in Message.objects.filter(event="review_declined").latest("pk").title


def test_a_declared_recusal_calls_the_next_alternate(review, drawn):
    sheet = sheet_of(drawn)
    first = waiting(sheet.application)[0]
    workflow.declare_recusal(sheet, by=sheet.expert.user, reason="师生关系")
    assert first.pk in sitting(sheet.application) and sheet.expert_id not in sitting(sheet.application)
    assert Recusal.objects.filter(expert=sheet.expert, kind="declared").exists()


def test_who_does_not_answer_gives_way_once_there_is_an_alternate(review, drawn):
    sheet = sheet_of(drawn)
    for other in drawn.assignments.exclude(pk=sheet.pk).select_related("expert__user"):
        workflow.pledge(other, by=other.expert.user)
    assert workflow.lapse_unanswered() == 0
    with clock.travel(sheet.answer_by + timedelta(minutes=1)):
        assert workflow.lapse_unanswered() == 1
        sheet.refresh_from_db()
        assert sheet.state == "declined" and sheet.note == "逾期未答复"
        assert workflow.lapse_unanswered() == 0
        Alternate.objects.all().delete()
    newcomer = Assignment.objects.filter(plan=drawn, state="assigned").get()
    with clock.travel(newcomer.answer_by + timedelta(minutes=1)):
        for _ in range(2):
            assert workflow.lapse_unanswered() == 0  # nobody could step in: late is better than never
    newcomer.refresh_from_db()
    assert newcomer.state == "assigned"
    assert Message.objects.filter(event="review_unanswered", user=review.olga, channel="inbox").count() == 1


# ---- by two officers ----


def test_a_drawn_panel_is_changed_by_two_people_only(review, drawn):
    sheet, newcomer = sheet_of(drawn), outsider(review, drawn)
    application = sheet.application
    for verb, named in (
        (workflow.assign, {"experts": [newcomer]}), (workflow.prepare_change, {"expert_in": newcomer, "reason": ""}),
    ):  # fmt: skip
        assert refused(verb, application, by=review.olga, **named).code in ("needs_second_person", "reason_missing")
    assert refused(workflow.unassign, sheet, by=review.olga, reason="换人").code == "needs_second_person"
    change = workflow.prepare_change(application, by=review.olga, out=sheet, expert_in=newcomer, reason="联系不上")
    again = refused(workflow.prepare_change, application, by=review.world.otto, out=sheet, reason="联系不上")
    assert again.code == "change_waits" and sheet.expert_id in sitting(application)
    assert Message.objects.filter(event="reviewer_change", user=review.world.otto).exists()
    assert not Message.objects.filter(event="reviewer_change", user=review.olga).exists()
    assert refused(workflow.approve_change, change, by=review.olga).code == "same_person"
    with pytest.raises(Forbidden):
        workflow.approve_change(change, by=review.world.oscar)
    done = workflow.approve_change(change, by=review.world.otto)
    assert done.state == "approved" and done.approved_by == review.world.otto
    assert newcomer.pk in sitting(application) and sheet.expert_id not in sitting(application)
    assert refused(workflow.approve_change, change, by=review.world.otto).code == "state_changed"


def test_without_a_name_the_next_alternate_steps_in(review, drawn):
    sheet = sheet_of(drawn)
    first = waiting(sheet.application)[0]
    change = workflow.prepare_change(sheet.application, by=review.olga, out=sheet, reason="不能按期")
    workflow.approve_change(change, by=review.world.otto)
    assert first.pk in sitting(sheet.application) and len(sitting(sheet.application)) == 5


def test_a_change_is_looked_at_again_when_it_is_approved(review, drawn):
    sheet, newcomer = sheet_of(drawn), outsider(review, drawn)
    named = {"by": review.olga, "out": sheet, "expert_in": newcomer, "reason": "联系不上"}
    friend = review.expert(unit_name=sheet.application.unit.name)
    assert refused(workflow.prepare_change, sheet.application, **named | {"expert_in": friend}).code == "recused"
    change = workflow.prepare_change(sheet.application, **named)
    workflow.recuse(sheet.application, by=review.olga, expert=newcomer, reason="亲属")
    assert refused(workflow.approve_change, change, by=review.world.otto).code == "recused"
    workflow.discard_change(change, by=review.olga)
    assert refused(workflow.approve_change, change, by=review.world.otto).code == "state_changed"
    review.sign(workflow.pledge(sheet, by=sheet.expert.user))
    assert refused(workflow.prepare_change, sheet.application, **named).code == "sheet_signed"


def test_an_ordered_recusal_of_a_drawn_expert_waits_for_the_second_person(review, drawn):
    sheet = workflow.pledge(sheet_of(drawn), by=sheet_of(drawn).expert.user)
    workflow.recuse(sheet.application, by=review.olga, expert=sheet.expert, reason="监督人员提出")
    change = ReviewerChange.objects.get()
    assert sheet.expert_id not in sitting(sheet.application) and len(sitting(sheet.application)) == 4
    workflow.discard_change(change, by=review.world.otto)
    sheet.refresh_from_db()
    assert sheet.state == "accepted" and access.may_review(sheet.expert.user, sheet.application)
    workflow.recuse(sheet.application, by=review.olga, expert=sheet.expert, reason="监督人员提出")
    workflow.approve_change(ReviewerChange.objects.latest("pk"), by=review.world.otto)
    sheet.refresh_from_db()
    assert sheet.state == "recused" and len(sitting(sheet.application)) == 5


# ---- replay ----


def replayed(plan) -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command("replay_draw", str(plan.pk), "--json", stdout=out)
        code = 0
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


def test_a_replay_agrees_and_tells_what_people_changed(review, drawn):
    assert replayed(drawn) == (0, {"draw": drawn.pk, **replay.check(drawn).as_json()})
    first, second = drawn.assignments.active().select_related("expert__user", "application").order_by("pk")[:2]
    workflow.decline(first, by=first.expert.user, reason="评审期间出国")
    newcomer = outsider(review, drawn)
    change = workflow.prepare_change(
        second.application, by=review.olga, out=second, expert_in=newcomer, reason="联系不上"
    )
    workflow.approve_change(change, by=review.world.otto)
    code, told = replayed(drawn)
    words = "".join(told["changes"])
    assert code == 0 and told["holds"] and not told["faults"] and len(told["changes"]) == 4
    assert "评审期间出国" in words and "由候补第 1 位递补" in words
    assert "联系不上" in words and review.olga.name in words and review.world.otto.name in words


@pytest.mark.parametrize(
    "column, label",
    [
        ("commitment", "种子承诺值"), ("input_sha256", "数据摘要"), ("seed", "种子"),
        ("outcome_sha256", "存档结果的摘要"),
        ("secret", "种子承诺值"), ("public_value", "种子"), ("snapshot", "数据摘要"), ("outcome", "存档结果的摘要"),
    ],
)  # fmt: skip
def test_a_replay_finds_whatever_was_bent(review, drawn, column, label):
    kept = getattr(drawn, column)
    if column == "snapshot":
        kept["judges"][0]["room"] += 1
    elif column == "outcome":
        pairs = kept["pairs"]
        pairs[next(iter(pairs))].pop()
    else:
        kept = "0" * 64 if len(kept) == 64 else "000000"
    setattr(drawn, column, kept)
    drawn.save()
    code, told = replayed(drawn)
    assert code == 1 and label in [row["label"] for row in told["lines"] if not row["holds"]]


def test_a_replay_finds_another_outcome_and_sheets_that_nobody_answers_for(review, drawn):
    sheet, stranger = sheet_of(drawn), outsider(review, drawn)
    Assignment.objects.filter(pk=sheet.pk).update(expert=stranger)  # past every door
    code, told = replayed(drawn)
    assert code == 1 and len(told["faults"]) == 2
    Assignment.objects.filter(pk=sheet.pk).update(expert=sheet.expert, state="recused")
    code, told = replayed(drawn)
    assert code == 1 and "没有对应的办理记录" in told["faults"][0]


def test_a_replay_by_another_version_says_so_and_judges_nobody_by_it(review, drawn, monkeypatch):
    """An old draw: its people are no fault of theirs, only this program cannot play it again."""
    DrawPlan.objects.update(solver="highspy 1.15.1")
    code, told = replayed(drawn)
    assert code == 0 and "结果相同" in told["notes"][0]
    other = dict.fromkeys(drawing.Outcome.from_json(drawn.outcome).pairs, ())
    monkeypatch.setattr(drawing, "solve", lambda problem, seed: drawing.Outcome(other, solver="draw 99"))
    code, told = replayed(drawn)
    assert code == 1 and [row["label"] for row in told["lines"] if not row["holds"]] == ["重新求解的结果摘要"]
    assert "highspy 1.15.1" in told["notes"][0] and "draw 99" in told["notes"][0] and not told["faults"]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("replay_draw", str(drawn.pk), stdout=out)
    assert "请用“highspy 1.15.1”的版本复算" in out.getvalue()


def test_the_bundle_keeps_its_secret_until_the_number_was_given(review, drawn):
    told = replay.bundle(drawn)
    assert told["secret"] == drawn.secret and told["outcome"] == drawn.outcome
    review.application()
    plan = workflow.freeze(workflow.open_plan(review.call, [review.task], by=review.olga), by=review.olga)
    hidden = replay.bundle(plan)
    assert hidden["commitment"] and not hidden["secret"] and plan.secret not in json.dumps(hidden)
