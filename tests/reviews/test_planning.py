"""A draw from its conditions to its publication and back: what is kept, what is refused, what can be computed again."""

from datetime import timedelta

import pytest

from applications import access
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.crypto import sha256_hex
from jbgs.lib.errors import Forbidden, Refused
from notifications.models import Message
from reviews import drawing, planning, workflow
from reviews.models import Absence, Alternate, Assignment, DrawPlan, Recusal
from tests.reviews.test_workflow import refused


@pytest.fixture
def pool(review):
    return review.experts(9)


@pytest.fixture
def three(review, pool):
    return review.applications(3)


def opened(review, **named) -> DrawPlan:
    return workflow.open_plan(review.call, [review.task], by=review.olga, **named)


def frozen(review) -> DrawPlan:
    return workflow.freeze(opened(review), by=review.olga)


def drawn(review) -> DrawPlan:
    return workflow.give_public_value(frozen(review), by=review.world.sven, value="482913")


def pairs() -> set:
    return set(Assignment.objects.active().values_list("application_id", "expert_id"))


def test_a_draw_walks_its_steps_and_keeps_what_was_drawn(review, three):
    plan = frozen(review)
    assert plan.state == "frozen" and plan.commitment == sha256_hex(plan.secret.encode())
    assert plan.input_sha256 == planning.problem_of(plan).digest and plan.secret not in str(plan.snapshot)
    told = Message.objects.filter(event="draw_frozen", user=review.world.sven).first()
    assert plan.commitment in told.body
    assert not Assignment.objects.exists()
    plan = workflow.give_public_value(plan, by=review.world.sven, value=" 482913 ")
    assert plan.seed == sha256_hex(f"{plan.secret}482913{plan.input_sha256}".encode())
    outcome = drawing.solve(drawing.Problem.from_json(plan.snapshot), plan.seed)
    assert outcome.digest == plan.outcome_sha256 and outcome.solver == plan.solver
    sheets = workflow.publish(plan, by=review.olga, key="k")
    wanted = review.call.spec.review.experts_per_application
    assert len(sheets) == 3 * wanted and len({sheet.expert_id for sheet in sheets}) == wanted  # one common panel
    assert {sheet.plan_id for sheet in sheets} == {plan.pk}
    hours = review.call.spec.review.assignment.answer_within
    assert {sheet.answer_by for sheet in sheets} == {clock.now() + timedelta(hours=hours)}
    assert Alternate.objects.filter(plan=plan, state="waiting").count() >= 3
    assert not Alternate.objects.filter(expert__in=[sheet.expert_id for sheet in sheets]).exists()
    again = workflow.publish(plan, by=review.olga, key="k")
    assert {sheet.pk for sheet in again} == {sheet.pk for sheet in sheets}
    assert [entry.action for entry in Entry.objects.for_object(plan).done().order_by("sequence")] == [
        "freeze_draw", "give_public_value", "publish_draw",
    ]  # fmt: skip
    assert not any(plan.secret in str(entry.changes) for entry in Entry.objects.for_object(plan))


def test_who_may_not_look_is_left_out_and_it_is_said_why(review, three, pool):
    friend = review.expert(unit_name=three[0].unit.name)
    workflow.recuse(three[1], by=review.olga, expert=pool[0], reason="亲属关系")
    workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="0417")
    assert (three[0].pk, friend.pk) not in pairs() and (three[1].pk, pool[0].pk) not in pairs()
    noted = Recusal.objects.filter(expert=friend)
    assert len(pairs()) == 15 and noted.exists() == Assignment.objects.filter(expert=friend).exists()


def test_people_and_rows_that_changed_refuse_the_publication_and_are_named(review, three, pool):
    plan = drawn(review)
    workflow.set_available(pool[0], by=review.olga, available=False)
    problem = refused(workflow.publish, plan, by=review.olga)
    assert problem.code == "draw_changed" and pool[0].user.name in problem.sentence
    workflow.set_available(pool[0], by=review.olga, available=True)
    later = review.application()
    problem = refused(workflow.publish, plan, by=review.olga)
    assert problem.code == "draw_changed" and later.title in problem.sentence
    type(later).objects.filter(pk=later.pk).update(state="rejected")
    workflow.recuse(three[0], by=review.olga, expert=pool[1], reason="师生关系")
    problem = refused(workflow.publish, plan, by=review.olga)
    assert problem.code == "draw_changed" and pool[1].user.name in problem.sentence
    assert not Assignment.objects.exists()


def test_freezing_again_takes_the_data_of_now_until_the_number_was_given(review, three, pool):
    plan = frozen(review)
    first = plan.commitment
    workflow.set_available(pool[0], by=review.olga, available=False)
    plan = workflow.freeze(plan, by=review.world.otto)
    assert plan.commitment != first and pool[0].user.username not in str(plan.snapshot["judges"])
    plan = workflow.give_public_value(plan, by=review.world.sven, value="5566")
    assert refused(workflow.freeze, plan, by=review.olga).code == "state_changed"
    assert len(workflow.publish(plan, by=review.olga)) == 15


def test_the_number_comes_from_somebody_else(review, three):
    plan = frozen(review)
    for person in (review.olga, review.world.otto, review.world.oscar, review.world.alice):
        with pytest.raises(Forbidden):  # the call has a supervisor
            workflow.give_public_value(plan, by=person, value="1234")
    access.revoke_supervision(review.world.sven, review.call)
    plan = workflow.freeze(plan, by=review.olga)
    told = Message.objects.filter(event="draw_frozen", body__contains=plan.commitment, channel="inbox")
    assert review.world.otto in [row.user for row in told] and review.olga not in [row.user for row in told]
    assert refused(workflow.give_public_value, plan, by=review.olga, value="1234").code == "same_person"
    assert refused(workflow.give_public_value, plan, by=review.world.otto, value="12 34").field == "value"
    assert workflow.give_public_value(plan, by=review.world.otto, value="1234").state == "drawn"


def test_a_shortage_names_applications_and_the_rule(review):
    application = review.application()
    review.experts(3)
    review.expert(unit_name=application.unit.name)
    review.expert(unit_name=application.unit.name)
    problem = refused(workflow.freeze, opened(review), by=review.olga)
    assert problem.code == "experts_short" and "回避" in problem.sentence
    assert f"“{application.title}”缺 2 位" in problem.sentence


def test_one_unpublished_draw_of_a_task_and_numbers_that_never_come_back(review, three):
    first = opened(review)
    assert refused(opened, review).code == "draw_open"
    assert refused(workflow.discard, first, by=review.olga, reason=" ").field == "reason"
    workflow.discard(first, by=review.olga, reason="条件有误")
    second = opened(review)
    assert (first.number, second.number) == (1, 2)
    kept = DrawPlan.objects.get(pk=first.pk)
    assert kept.state == "discarded" and kept.reason == "条件有误" and kept.ended_by == review.olga
    with pytest.raises(Forbidden):
        workflow.open_plan(review.call, [review.task], by=review.world.oscar)


def test_undo_takes_everything_back_until_somebody_opened_an_application(review, three):
    plan = drawn(review)
    sheets = workflow.publish(plan, by=review.olga)
    workflow.pledge(sheets[0], by=sheets[0].expert.user)
    assert refused(workflow.undo, plan, by=review.olga, reason="").field == "reason"
    undone = workflow.undo(plan, by=review.olga, reason="抽取时遗漏一个单位")
    assert undone.state == "undone" and not pairs()
    assert not access.may_review(sheets[0].expert.user, sheets[0].application)
    assert Message.objects.filter(event="draw_undone").exists()
    again = workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="9900")
    assert len(again) == 15  # who was drawn before may be drawn again
    (mine,) = [sheet for sheet in again if sheet.expert_id == again[0].expert_id and sheet.pk == again[0].pk]
    workflow.pledge(mine, by=mine.expert.user)
    workflow.open_sheet(mine, by=mine.expert.user)
    problem = refused(workflow.undo, DrawPlan.objects.latest("number"), by=review.olga, reason="再来一次")
    assert problem.code == "review_opened" and len(pairs()) == 15


def test_a_score_that_was_written_without_a_look_keeps_a_draw_from_being_undone(review, three, pool):
    sheets = workflow.publish(drawn(review), by=review.olga)
    pledged = workflow.pledge(sheets[0], by=sheets[0].expert.user)
    review.fill(pledged)
    problem = refused(workflow.undo, DrawPlan.objects.get(), by=review.olga, reason="抽取时遗漏一个单位")
    assert problem.code == "review_opened" and Assignment.objects.filter(state="scoring").exists()


def test_previews_are_no_results_and_say_what_changed(review, three, pool):
    plan = workflow.preview_plan(opened(review), by=review.olga)
    first = plan.preview["outcome"]
    assert plan.state == "draft" and plan.preview["number"] == 1 and plan.preview["before"] is None
    chosen = first["pairs"][three[0].number][0]
    workflow.set_available(next(e for e in pool if e.user.username == chosen), by=review.olga, available=False)
    plan = workflow.preview_plan(plan, by=review.olga)
    assert plan.preview["before"] == first and chosen not in str(plan.preview["outcome"]["pairs"])
    frozen_one = workflow.freeze(plan, by=review.olga)
    assert refused(workflow.preview_plan, frozen_one, by=review.olga).code == "state_changed"
    assert not Assignment.objects.exists()


def test_conditions_are_checked_and_the_number_of_experts_is_none_of_them(review, three):
    plan = workflow.set_conditions(opened(review), by=review.olga, mode="optimal", per_region=0, region_hard=False)
    assert plan.settings["mode"] == "optimal" and plan.settings["per_region"] == 0
    for wrong in ({"mode": "lucky"}, {"k": 1}, {"noise": 1001}, {"load": "4"}):
        assert refused(workflow.set_conditions, plan, by=review.olga, **wrong).code == "unknown_condition"
    past = clock.now() - timedelta(days=1)
    assert refused(workflow.set_conditions, plan, by=review.olga, due_at=past).code == "due_passed"


def test_who_is_away_banned_or_full_in_another_call_is_not_drawn(review, three, pool):
    today = clock.today()
    Absence.objects.create(
        expert=pool[0], kind="away", from_on=today + timedelta(days=3), by=review.olga, at=clock.now()
    )
    Absence.objects.create(expert=pool[1], kind="ban", from_on=today, reason="违规", by=review.olga, at=clock.now())
    other = review.application(task=review.call.tasks.order_by("-order").first())
    pool[2].max_load = 1
    pool[2].save()
    review.seat(other, pool[2])
    problem = planning.problem_of(opened(review))
    judges = {judge.key: judge for judge in problem.judges}
    assert judges[pool[0].user.username].away and judges[pool[1].user.username].away
    assert judges[pool[2].user.username].room == 0 and judges[pool[3].user.username].room == 60
    workflow.discard(DrawPlan.objects.get(), by=review.olga, reason="试算")
    sheets = workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="7788")
    assert not {sheet.expert_id for sheet in sheets} & {expert.pk for expert in pool[:3]}


def test_fictitious_people_are_drawn_for_rehearsals_only(review, three):
    from accounts.models import User

    User.objects.filter(expert__isnull=False).update(is_fictitious=True)
    assert not planning.problem_of(opened(review)).judges


def test_the_same_data_give_the_same_problem_in_a_constant_number_of_queries(review, three, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    plan = opened(review)
    with CaptureQueriesContext(connection) as few:
        first = planning.problem_of(plan).digest
    assert first == planning.problem_of(DrawPlan.objects.get(pk=plan.pk)).digest
    review.applications(20)
    review.experts(20)
    with CaptureQueriesContext(connection) as many:
        planning.problem_of(plan)
    assert len(few) == len(many)


def test_only_officers_of_the_task_act_on_a_draw(review, three):
    plan = opened(review)
    world = review.world
    for verb, named in (
        (workflow.preview_plan, {}), (workflow.freeze, {}), (workflow.discard, {"reason": "x"}),
        (workflow.set_conditions, {"mode": "pool"}), (workflow.publish, {}), (workflow.undo, {"reason": "x"}),
    ):  # fmt: skip
        for person in (world.oscar, world.sven, world.alice, world.erin):
            with pytest.raises(Refused) as caught:
                verb(plan, by=person, **named)
            assert caught.value.status == 403
