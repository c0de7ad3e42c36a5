"""Two people, or two windows, at one moment; with real connections and a control without the locks."""

import pytest

from audit.models import Entry
from jbgs.lib.errors import Refused
from reviews import actions, guards, workflow
from reviews.models import Assignment
from reviews.rounds import current_round
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def no_row_locks(monkeypatch):
    """The control: the same code without `select_for_update`."""
    from django.db.models.query import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())


def codes(results) -> list[str]:
    return sorted(result.code if isinstance(result, Refused) else type(result).__name__ for result in results)


def save(review, sheet, points: str):
    typed = {criterion.key: points for criterion in review.criteria}
    return workflow.save_score(
        sheet, by=sheet.expert.user, points=typed, opinion=f"意见 {points}", base_version=sheet.sheet_version
    )


class TestSheet:
    @pytest.fixture
    def sheet(self, review):
        (sheet,) = review.seat(review.application())
        return review.fill(sheet, 80)

    def test_of_two_windows_one_saves_and_the_other_gets_both_texts(self, review, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(lambda: save(review, sheet, "60"), lambda: save(review, sheet, "90"))
        assert codes(results) == ["Assignment", "sheet_changed"]
        kept = Assignment.objects.get(pk=sheet.pk)
        points = set(kept.scores.values_list("points", flat=True))
        assert len(points) == 1 and kept.opinion == f"意见 {points.pop() // 100}" and kept.sheet_version == 2

    def test_control_without_locks_one_save_is_lost_without_a_word(self, review, sheet, no_row_locks, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(lambda: save(review, sheet, "60"), lambda: save(review, sheet, "90"))
        assert codes(results) != ["Assignment", "sheet_changed"]

    def test_signing_and_saving_at_once_never_signs_unseen_scores(self, review, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        shown = sheet.sheet_version
        results = race(
            lambda: workflow.sign(sheet, by=sheet.expert.user, base_version=shown), lambda: save(review, sheet, "10")
        )
        kept = Assignment.objects.get(pk=sheet.pk)
        assert codes(results) in (["Assignment", "sheet_changed"], ["Assignment", "state_changed"])
        assert (kept.state, kept.total) in (("signed", 8000), ("scoring", None))

    def test_a_double_click_signs_once(self, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(*[lambda: workflow.sign(sheet, by=sheet.expert.user, key="k")] * 2)
        assert codes(results) == ["Assignment", "Assignment"]
        assert Entry.objects.for_object(sheet).filter(action="sign").count() == 1


class TestLastPlace:
    """One expert has one place left; two officers want it for two applications."""

    @pytest.fixture
    def two(self, review):
        current_round(review.call)
        return review.expert(max_load=1), review.applications(2)

    def race_for_it(self, review, two):
        expert, applications = two
        officers = (review.olga, review.world.otto)
        return race(
            *(
                lambda row=row, by=by: workflow.assign(row, by=by, experts=[expert])
                for row, by in zip(applications, officers, strict=True)
            )
        )

    def test_one_gets_it(self, review, two, monkeypatch):
        meet(monkeypatch, actions, "lock_experts")
        assert codes(self.race_for_it(review, two)) == ["list", "load_full"]
        assert Assignment.objects.count() == 1

    def test_control_without_locks_the_expert_is_overloaded(self, review, two, no_row_locks, monkeypatch):
        meet(monkeypatch, guards, "experts_free")
        monkeypatch.setattr(
            actions.ASSIGN.__class__,
            "check",
            lambda self, application, by, data: guards.experts_free(application, by, data),
        )
        assert codes(self.race_for_it(review, two)) == ["list", "list"]
        assert Assignment.objects.count() == 2


def test_two_officers_prepare_the_same_decision_once(review):
    application = review.application()
    review.scored({application: [80, 81, 82]})
    results = race(
        *(
            lambda by=by: workflow.prepare_shortlist(review.call, review.task, by=by, chosen=[application])
            for by in (review.olga, review.world.otto)
        )
    )
    assert codes(results) == ["decision_waiting", "list"]
