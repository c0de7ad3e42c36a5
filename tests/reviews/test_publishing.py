"""Handing out a draw: the engine is asked once, under the locks; nothing that it said is passed over; what it costs."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from jbgs.lib.errors import Refused
from notifications.models import Message
from reviews import actions_draw, conflicts, workflow
from reviews.models import Assignment, DrawPlan, Recusal
from reviews.workflow import assigning
from tests.budget import CONTROL
from tests.concurrency import race
from tests.reviews.test_planning import drawn
from tests.reviews.test_workflow import refused


@pytest.fixture
def three(review):
    review.experts(9)
    return review.applications(3, state="accepted")


def swap(plan, application, expert) -> DrawPlan:
    """The outcome as if it had given this expert to the application."""
    plan.outcome["pairs"][application.number][0] = expert.user.username
    DrawPlan.objects.filter(pk=plan.pk).update(outcome=plan.outcome)
    return plan


def test_the_engine_is_asked_once_and_each_application_has_its_entries(review, three, monkeypatch):
    plan, asked = drawn(review), []
    hits = conflicts.hits
    monkeypatch.setattr(conflicts, "hits", lambda *rows, **named: asked.append(1) or hits(*rows, **named))
    sheets = workflow.publish(plan, by=review.olga)
    assert len(asked) == 1 and len(sheets) == 15
    for application in three:
        entries = Entry.objects.for_object(application).done().order_by("sequence")
        assert [entry.action for entry in entries] == ["start_review", "assign_experts"]
        given = {sheet.expert_id for sheet in sheets if sheet.application_id == application.pk}
        assert set(entries[1].data["experts"]) == given and entries[1].data["due_at"]
    told = Message.objects.filter(event="review_assigned", channel="inbox").values_list("user", flat=True)
    assert sorted(told) == sorted({sheet.expert.user_id for sheet in sheets})


def test_what_the_engine_said_binds_whatever_was_drawn(review, three):
    friend = review.expert(unit_name=three[0].unit.name)
    plan = swap(drawn(review), three[0], friend)
    problem = refused(workflow.publish, plan, by=review.olga)
    assert problem.code == "recused" and friend.user.name in problem.sentence
    assert not Assignment.objects.exists()


def test_what_is_handed_out_in_the_same_draw_counts(review, three):
    narrow = review.expert(max_load=1)
    plan = drawn(review)
    for application in three[:2]:
        swap(plan, application, narrow)
    problem = refused(workflow.publish, plan, by=review.olga)
    assert problem.code == "load_full" and "已分派 1 份" in problem.sentence
    assert not Assignment.objects.exists()


def test_an_application_costs_seven_statements_however_many_there_are(review):
    def cost(number: int) -> int:
        review.applications(number, state="accepted")
        plan = drawn(review)
        with CaptureQueriesContext(connection) as captured:
            workflow.publish(plan, by=review.olga)
        return sum(not query["sql"].lstrip().upper().startswith(CONTROL) for query in captured)

    review.experts(8)
    cost(1)
    few, many = cost(2), cost(6)
    assert many - few <= 4 * 7  # locked, moved on, locked again; an entry and its predecessor for each of the two acts
    assert few - 2 * 7 <= 60


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRecusalMeanwhile:
    """An officer recuses an expert at the moment at which the draw is handed out."""

    def both(self, review, three, monkeypatch):
        plan = drawn(review)
        name = plan.outcome["pairs"][three[0].number][0]
        expert = next(sheet for sheet in assigning.Expert.objects.select_related("user") if sheet.user.username == name)
        ordered, published, revoke = threading.Event(), threading.Event(), assigning.access.revoke_review

        def before_the_commit(user, application):
            ordered.set()
            published.wait(2)
            return revoke(user, application)

        def publish():
            ordered.wait(10)
            try:
                return workflow.publish(plan, by=review.olga)
            finally:
                published.set()

        monkeypatch.setattr(assigning.access, "revoke_review", before_the_commit)
        results = race(
            lambda: workflow.recuse(three[0], by=review.world.otto, expert=expert, reason="师生关系（虚构）"), publish
        )
        assert Recusal.objects.filter(expert=expert, application=three[0], kind="officer").exists()
        seated = Assignment.objects.active().filter(expert=expert, application=three[0]).exists()
        return [one.code if isinstance(one, Refused) else type(one).__name__ for one in results], seated

    def test_nobody_who_is_recused_is_given_the_application(self, review, three, monkeypatch):
        assert self.both(review, three, monkeypatch) == (["Application", "draw_changed"], False)

    def test_control_the_engine_is_asked_before_the_locks(self, review, three, monkeypatch):
        lock = lambda self, plan, data: actions_draw.locked_plan(plan.pk)  # noqa: E731
        monkeypatch.setattr(actions_draw.PlanAct, "lock", lock)
        assert self.both(review, three, monkeypatch) == (["Application", "list"], True)
