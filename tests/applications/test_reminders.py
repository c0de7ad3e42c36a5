"""Reminders before something closes: to whom it concerns, once, and never for what is not real."""

from datetime import timedelta

import pytest

from applications import reminders, tasks, workflow
from applications.models import Decision
from jbgs.lib import clock
from notifications.models import Message
from programmes.windows import end_of, extend, set_own_deadline, window
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def told(event=None) -> list[tuple[str, str]]:
    """(event, username) of the inbox's reminders, oldest first."""
    rows = Message.objects.filter(channel="inbox", event__startswith=event or "reminder_").order_by("pk")
    return list(rows.values_list("event", "user__username"))


def at(moment, **before):
    """Run what beat runs, at a moment or so long before it; the number of reminders."""
    with clock.travel(moment - timedelta(**before)):
        return tasks.send_reminders()


class TestUnits:
    @pytest.fixture
    def draft(self, cast):
        with clock.travel(OPEN):
            return cast.draft()

    @pytest.fixture
    def closes_at(self, cast):
        return window(cast.call, "apply").closes_at

    def test_a_draft_is_reminded_a_week_and_a_day_before_once_each(self, draft, closes_at):
        assert at(closes_at, days=7, minutes=1) == 0
        assert at(closes_at, days=7) == 1
        assert at(closes_at, days=7) == at(closes_at, days=3) == 0, "running twice is telling once"
        assert at(closes_at, days=1) == 1
        assert at(closes_at, hours=2) == at(closes_at) == 0
        assert told() == [("reminder_draft", "alice")] * 2
        message = Message.objects.filter(event="reminder_draft", channel="inbox").first()
        assert "还没有提交，申报将于 3月6日 24:00 截止" in message.title
        assert message.url == f"/applications/{draft.pk}/"

    def test_what_was_missed_is_made_up_but_not_twice(self, draft, closes_at):
        assert at(closes_at, hours=3) == 1, "only the nearest"
        assert at(closes_at, hours=2) == 0

    def test_what_is_submitted_is_left_alone(self, cast, draft, closes_at):
        with clock.travel(OPEN):
            workflow.submit(draft, by=cast.alice)
        assert at(closes_at, days=1) == 0 and told() == []

    def test_a_draft_begun_on_the_last_days_has_no_late_week_reminder(self, cast, closes_at):
        with clock.travel(closes_at - timedelta(days=3)):
            cast.draft()
        assert at(closes_at, days=2) == 0
        assert at(closes_at, days=1) == 1

    def test_an_extension_is_a_new_end(self, cast, draft, closes_at):
        at(closes_at, days=1)
        with clock.travel(closes_at - timedelta(hours=2)):
            extend(cast.call, "apply", closes_at=closes_at + timedelta(days=5), reason="系统维护", by=cast.olga)
        assert at(closes_at, hours=1) == 1, "five days are left: the week's reminder of the new end"
        assert at(closes_at + timedelta(days=5), days=1) == 1

    def test_a_departments_own_deadline_counts(self, cast, draft, closes_at):
        with clock.travel(OPEN):
            set_own_deadline(
                cast.call, "apply", department=cast.department, closes_at=closes_at - timedelta(days=4), by=cast.dora
            )
        assert at(closes_at, days=11) == 1

    def test_returned_and_in_supplement_have_ends_of_their_own(self, cast):
        with clock.travel(OPEN):
            one, two = cast.submitted(), cast.submitted(by=cast.bob)
            workflow.return_for_changes(one, by=cast.dora, opinion="请核对", due_at=OPEN + timedelta(days=12))
            workflow.recommend(two, by=cast.dora, opinion="同意")
        assert at(OPEN + timedelta(days=5)) == 1
        assert told() == [("reminder_returned", "alice")]
        with clock.travel(OPEN + timedelta(days=6)):
            workflow.submit(one, by=cast.alice)
        with clock.travel(RECOMMENDING):
            one.refresh_from_db()
            workflow.decline(one, by=cast.dora, reason="名额")
            two.refresh_from_db()
            workflow.confirm_list(two.recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
            two.refresh_from_db()
            workflow.request_supplement(two, by=cast.olga, items=["缺页"], due_at=RECOMMENDING + timedelta(days=5))
        assert at(RECOMMENDING + timedelta(days=4, hours=1)) == 1
        assert told("reminder_in_supplement") == [("reminder_in_supplement", "bob")]

    def test_the_term_of_the_work(self, cast):
        application = cast.shortlisted()
        due = end_of(application.work_due_on)
        assert at(due, days=7) == 1 and told() == [("reminder_in_progress", "alice")]


class TestDepartments:
    def test_unexamined_applications_and_the_open_list(self, cast):
        with clock.travel(OPEN):
            cast.submitted()
        closes_at = window(cast.call, "recommend").closes_at
        assert at(closes_at, days=7) == 2
        assert sorted(told()) == [("reminder_confirm", "dora"), ("reminder_recommend", "dora")]
        assert Message.objects.filter(title__startswith="还有 1 个申报待审核，推荐将于 3月20日 24:00 截止").exists()
        assert at(closes_at, days=7) == 0

    def test_a_confirmed_list_is_left_alone(self, cast):
        cast.confirmed()
        assert at(window(cast.call, "confirm").closes_at, days=1) == 0


class TestOfficers:
    def test_objections_and_appeals_have_a_day(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            application = cast.decided(application, "propose")
            workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
            workflow.raise_objection(application, by=cast.bob, objector="虚构", contact="000", text="依据不足")
        due = end_of(application.objections.get().due_on)
        assert at(due, days=1) == 1
        assert sorted(told()) == [("reminder_objection", "olga"), ("reminder_objection", "otto")]

    def test_a_decision_that_waits_is_told_to_who_may_approve_it(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="好")
        assert at(RECOMMENDING + timedelta(hours=23)) == 0
        assert at(RECOMMENDING + timedelta(days=1)) == 1
        assert at(RECOMMENDING + timedelta(days=1, hours=1)) == at(RECOMMENDING + timedelta(days=20)) == 0
        assert told() == [("reminder_decisions", "otto")]
        assert Decision.objects.get().state == "prepared"

    def test_obligations_are_told_to_the_unit_and_the_officers(self, cast):
        application = cast.shortlisted()
        due = application.listed_on + timedelta(days=90)
        application.obligations.create(kind="yearly", due_on=due)
        assert at(end_of(due), days=7) == 2
        assert sorted(name for _, name in told()) == ["alice", "olga", "otto"]


class TestWhatIsNotReal:
    @pytest.mark.parametrize("mark", ["is_rehearsal", "is_demo"])
    def test_copies_remind_nobody(self, cast, mark):
        with clock.travel(OPEN):
            cast.draft()
        closes_at = window(cast.call, "apply").closes_at
        type(cast.call).objects.update(**{mark: True})
        assert at(closes_at, days=1) == 0 and told() == []

    def test_people_who_have_left_are_not_told(self, cast):
        with clock.travel(OPEN):
            cast.draft()
        type(cast.alice).objects.filter(pk=cast.alice.pk).update(is_active=False)
        assert at(window(cast.call, "apply").closes_at, days=1) == 0


def test_the_days_are_a_setting(cast, settings):
    settings.REMINDER_DAYS = (3,)
    with clock.travel(OPEN):
        cast.draft()
    closes_at = window(cast.call, "apply").closes_at
    assert [at(closes_at, days=days) for days in (7, 3, 1)] == [0, 1, 0]
    assert reminders.reminder_days() == (3,)
    assert at(RECOMMENDING) == 0
