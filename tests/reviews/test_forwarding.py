"""Who goes on to the panel, beside the ranking: against it only with a reason, also when it is said in two steps; under
the applications' locks."""

import threading
import time

import pytest

from applications.models import RoundOutcome
from audit.models import Entry
from reviews import workflow
from reviews.workflow import forwarding
from tests.concurrency import race
from tests.reviews.meeting_room import refusal
from tests.reviews.test_reconsidering import review_of


def scored(*totals: int):
    """A call with a panel after the scores, and applications with these totals, the best first."""
    review = review_of(rounds=[{"kind": "mail"}, {"kind": "panel"}], reconsider={}, aggregate="mean")
    applications = review.applications(len(totals))
    review.scored({one: [total, total] for one, total in zip(applications, totals, strict=True)})
    return review, applications


def forward(review, going=(), staying=(), **named):
    going, staying = [one.pk for one in going], [one.pk for one in staying]
    return workflow.forward(review.task, by=named.pop("by", review.olga), going=going, staying=staying, **named)


def against() -> list[int]:
    return [row.application_id for row in RoundOutcome.objects.filter(against_ranking=True).order_by("application_id")]


@pytest.mark.django_db
class TestAgainstTheRanking:
    def test_the_best_go_and_the_others_stay(self):
        review, (one, two, three) = scored(90, 80, 70)
        forward(review, [one, two], [three])
        assert [row.passed for row in RoundOutcome.objects.order_by("pk")] == [True, True, False] and against() == []

    def test_who_goes_past_somebody_on_whom_nothing_is_said_yet_needs_a_reason(self):
        review, (one, two, _) = scored(90, 80, 70)
        assert refusal(forward, review, [two]) == "reason_missing"
        forward(review, [two], reasons={two.pk: "交叉领域。"})
        assert against() == [two.pk]
        forward(review, [one])
        assert against() == [two.pk]

    def test_who_stays_behind_somebody_who_went_before_needs_a_reason(self):
        review, (one, two, three) = scored(90, 80, 70)
        forward(review, [one, three], reasons={three.pk: "交叉领域。"})
        assert refusal(forward, review, [], [two]) == "reason_missing"
        forward(review, [], [two], reasons={two.pk: "已获其他计划支持。"})
        assert against() == [two.pk, three.pk]

    def test_part_of_a_task_in_the_order_of_the_ranking_needs_none(self):
        review, (one, two, three) = scored(90, 80, 70)
        forward(review, [], [three])
        forward(review, [one])
        forward(review, [two])
        assert against() == [] and RoundOutcome.objects.count() == 3

    def test_equals_may_be_parted_without(self):
        review, (one, two) = scored(80, 80)
        forward(review, [two], [one])
        assert against() == []

    def test_who_is_still_scored_is_passed_by_nobody(self):
        review, (one, two) = scored(90, 80)
        workflow.return_for_revision(one.assignments.first(), by=review.olga, reason="请补充。")
        forward(review, [two])
        assert against() == []


@pytest.fixture
def no_row_locks(monkeypatch):
    """The control: the same code without `select_for_update`."""
    from django.db.models.query import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestBesideASecondLook:
    def both(self, monkeypatch) -> list[str]:
        """One officer has read the ranking and writes only when the other one has had the application looked at again,
        or two seconds later; what was done, in its order."""
        review, (one,) = scored(90)
        looked_at, sheet = threading.Event(), one.assignments.signed().first()
        record = forwarding.record_round

        def late(*args, **named):
            looked_at.wait(2)
            return record(*args, **named)

        def look_again():
            time.sleep(0.5)  # the other one has read
            workflow.reconsider(
                one, by=review.world.otto, ground="officer", way="explain", reason="请说明", sheets=[sheet]
            )
            looked_at.set()

        monkeypatch.setattr(forwarding, "record_round", late)
        assert race(lambda: forward(review, [one]) and None, look_again) == [None, None]
        done = Entry.objects.for_object(one).done().filter(action__in=["record_round", "reconsider"])
        return list(done.order_by("sequence").values_list("action", flat=True))

    def test_nobody_goes_on_with_a_score_that_moves(self, monkeypatch):
        assert self.both(monkeypatch) == ["record_round", "reconsider"]

    def test_control_without_locks_it_goes_on_while_it_is_looked_at_again(self, monkeypatch, no_row_locks):
        assert self.both(monkeypatch) == ["reconsider", "record_round"]
