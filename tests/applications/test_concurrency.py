"""Two people at one moment, with real connections; each with a control that shows what the lock prevents."""

import pytest
from django.db import IntegrityError

from applications import checking, quota, workflow
from applications.models import Application, NumberSeries, QuotaUse, State, Version
from applications.rounds import rounds_of
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from notifications.models import Message
from tests.cast import OPEN, RECOMMENDING, world
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def no_row_locks(monkeypatch):
    """The control: the same code without `select_for_update`."""
    from django.db.models.query import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())


def outcomes(results):
    return sorted(type(result).__name__ for result in results)


class TestQuota:
    """Two slots, one taken; two applications want the second at the same moment."""

    @pytest.fixture
    def two(self, cast):
        with clock.travel(OPEN):
            cast.recommended()
            return [cast.submitted(by=cast.another_applicant()) for _ in range(2)]

    def race_for_it(self, cast, two):
        with clock.travel(OPEN):
            return race(*(lambda one=one: workflow.recommend(one, by=cast.dora, opinion="同意") for one in two))

    def test_one_gets_the_slot_and_the_other_a_sentence(self, cast, two, monkeypatch):
        meet(monkeypatch, quota, "lock")
        results = self.race_for_it(cast, two)
        assert outcomes(results) == ["Application", "Refused"]
        assert next(r for r in results if isinstance(r, Refused)).code == "quota_needs_reason"
        assert sorted(QuotaUse.objects.values_list("slot", flat=True)) == [1, 2]
        assert Entry.objects.refused().filter(action="recommend").count() == 1

    def test_control_without_locks_the_database_has_to_crash_one(self, cast, two, no_row_locks, monkeypatch):
        meet(monkeypatch, quota, "check")
        results = self.race_for_it(cast, two)
        assert any(isinstance(result, IntegrityError) for result in results)


class TestSubmit:
    """One draft, two browsers press at once."""

    @pytest.fixture
    def draft(self, cast):
        with clock.travel(OPEN):
            return cast.draft()

    def press_twice(self, cast, draft, keys):
        with clock.travel(OPEN):
            return race(*(lambda key=key: workflow.submit(draft, by=cast.alice, key=key) for key in keys))

    def test_a_double_click_is_one_application_one_version_one_message(self, cast, draft):
        results = self.press_twice(cast, draft, ["k", "k"])
        assert outcomes(results) == ["Application", "Application"]
        assert results[0].number == results[1].number
        assert Version.objects.count() == 1
        assert Message.objects.filter(event="application_submitted", channel="inbox").count() == 1
        assert Entry.objects.done().filter(action="submit").count() == 1

    def test_two_forms_get_one_submit_and_one_409(self, cast, draft):
        results = self.press_twice(cast, draft, ["k1", "k2"])
        assert outcomes(results) == ["Application", "Refused"]
        assert next(r for r in results if isinstance(r, Refused)).code == "state_changed"
        assert Version.objects.count() == 1

    def test_control_without_locks_both_freeze(self, cast, draft, no_row_locks, monkeypatch):
        meet(monkeypatch, checking, "problems")
        results = self.press_twice(cast, draft, ["k1", "k2"])
        assert any(isinstance(result, IntegrityError) for result in results)

    def test_numbers_of_one_task_are_given_once(self, cast):
        with clock.travel(OPEN):
            drafts = [cast.draft(by=person) for person in (cast.alice, cast.bob, cast.another_applicant())]
            race(*(lambda d=d: workflow.submit(d, by=d.created_by) for d in drafts))
        numbers = set(Application.objects.values_list("number", flat=True))
        assert len(numbers) == 3 and None not in numbers
        assert NumberSeries.objects.get().last == 3


class TestSections:
    """Two editors save the same section, both having read version 0."""

    @pytest.fixture
    def draft(self, cast):
        with clock.travel(OPEN):
            return cast.draft(filled=False)

    def save_both(self, cast, draft):
        return race(
            *(
                lambda text=text: workflow.save_section(
                    draft, "project", {"title": text}, base_version=0, by=cast.alice
                )
                for text in ("甲", "乙")
            )
        )

    def test_one_is_kept_and_the_other_gets_both_texts(self, cast, draft):
        results = self.save_both(cast, draft)
        assert outcomes(results) == ["Refused", "Section"]
        kept = draft.sections.get(key="project")
        assert kept.version == 1
        refused = next(r for r in results if isinstance(r, Refused))
        assert refused.details[0].data == kept.data

    def test_control_without_locks_one_text_is_lost(self, cast, draft, no_row_locks, monkeypatch):
        from applications.workflow import filing

        meet(monkeypatch, filing, "_editable")
        from applications.models import Section

        meet(monkeypatch, Section.objects, "get_or_create")
        results = self.save_both(cast, draft)
        assert outcomes(results) == ["Section", "Section"]
        assert draft.sections.get(key="project").version == 1


class TestDecisions:
    """Two officers decide at once; two approvals of one decision; two prepared decisions."""

    @pytest.fixture
    def reviewed(self, cast):
        return cast.in_review()

    def test_two_officers_prepare_and_one_is_told_of_the_other(self, cast, reviewed):
        with clock.travel(RECOMMENDING):
            results = race(
                lambda: workflow.prepare_decision(reviewed, by=cast.olga, verb="propose"),
                lambda: workflow.prepare_decision(reviewed, by=cast.otto, verb="pass_over", reason="落后"),
            )
        assert outcomes(results) == ["Application", "Refused"]
        assert next(r for r in results if isinstance(r, Refused)).code == "decision_waiting"

    def test_two_approvals_are_one_proposal(self, cast, reviewed):
        from applications import access
        from jbgs.rehearsal.cast import make_person

        third = make_person("ona", "officer")
        access.grant_call(third, cast.call)
        with clock.travel(RECOMMENDING):
            workflow.prepare_decision(reviewed, by=cast.olga, verb="propose")
            row = reviewed.decisions.get()
            results = race(*(lambda p=p: workflow.approve_decision(row, by=p) for p in (cast.otto, third)))
        assert outcomes(results) == ["Application", "Refused"]
        refused = next(r for r in results if isinstance(r, Refused))
        assert refused.status == 409 and ("otto" in refused.sentence or "ona" in refused.sentence)
        reviewed.refresh_from_db()
        assert reviewed.state == State.PROPOSED
        assert QuotaUse.objects.filter(scope__code="shortlist").count() == 1

    def test_control_without_locks_two_decisions_are_prepared_or_the_database_crashes(
        self, cast, reviewed, no_row_locks, monkeypatch
    ):
        rounds_of(cast.call)  # made on first use: their unique rows would keep the second officer waiting, too
        meet(monkeypatch, quota, "next_slot")
        with clock.travel(RECOMMENDING):
            results = race(
                lambda: workflow.prepare_decision(reviewed, by=cast.olga, verb="propose"),
                lambda: workflow.prepare_decision(reviewed, by=cast.otto, verb="propose"),
            )
        assert any(isinstance(result, IntegrityError) for result in results)


def test_confirming_a_list_and_recommending_at_once_leave_no_stray(cast):
    """Either the new recommendation is on the confirmed list, or it is refused: never recommended outside of it."""
    with clock.travel(OPEN):
        listed = cast.recommended().recommendation_list
        late = cast.submitted(by=cast.another_applicant())
    with clock.travel(RECOMMENDING):
        workflow.return_for_changes(late, by=cast.dora, opinion="补充", due_at=RECOMMENDING.replace(day=15))
        workflow.submit(late, by=late.created_by)
        results = race(
            lambda: workflow.confirm_list(listed, by=cast.dora, letter_no="1号", pledge=True),
            lambda: workflow.recommend(late, by=cast.dora, opinion="同意"),
        )
    listed.refresh_from_db()
    late.refresh_from_db()
    if late.state == State.RECOMMENDED:
        assert late.rank == 2
    else:
        assert not listed.is_open and any(isinstance(result, Refused) for result in results)
    assert not any(isinstance(result, IntegrityError) for result in results)


def test_the_log_of_one_object_never_forks(cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        race(*(lambda: workflow.decline(application, by=cast.bob, reason="无权") for _ in range(4)))
    sequences = list(Entry.objects.for_object(application).values_list("sequence", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    assert Entry.objects.for_object(application).refused().count() == 4
