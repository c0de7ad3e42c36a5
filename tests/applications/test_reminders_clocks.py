"""Reminders of reports and of the clocks that measure an office's own work."""

from copy import deepcopy
from datetime import date, timedelta

import pytest

from applications import tasks, workflow
from applications.models import Obligation
from jbgs.lib import clock
from notifications.models import Message
from programmes.calendar import load_calendar
from programmes.loader import load_document
from programmes.windows import end_of
from tests.applications.owing_call import CLOCKS, OBLIGATIONS
from tests.cast import OPEN, RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    load_calendar([2025])
    document = deepcopy(miit_document())
    document["clocks"] |= deepcopy(CLOCKS) | {
        "notice": {"count": 10, "unit": "workdays", "from": "submitted"},
        "form_check": {"count": 45, "unit": "days", "from": "apply_closed"},
        "review_decision": {"count": 90, "unit": "workdays", "from": "accepted"},
    }
    document["obligations"] = deepcopy(OBLIGATIONS)
    return world(load_document(document).call)


def at(moment, **before) -> list[tuple[str, str]]:
    """Run what beat runs; (title, username) of what was newly told on screen by clocks and reports."""
    known = set(Message.objects.values_list("pk", flat=True))
    with clock.travel(moment - timedelta(**before)):
        tasks.send_reminders()
    rows = Message.objects.filter(channel="inbox", event__in=["reminder_clock", "reminder_obligation"])
    return sorted(rows.exclude(pk__in=known).values_list("title", "user__username"))


def test_the_department_is_told_before_the_one_time_notice_runs_out(cast):
    with clock.travel(OPEN):
        cast.submitted()
    due = end_of(date(2025, 3, 6))  # ten working days after 20 February
    assert at(due, days=7, minutes=1) == []
    assert at(due, days=7) == [("1 个申报须在 3月6日 24:00 前一次性告知需要补正的全部内容", "dora")]
    assert at(due, days=7) == []
    assert [name for _, name in at(due, days=1)] == ["dora"]
    assert at(due) == []


def test_what_was_dealt_with_reminds_nobody(cast):
    with clock.travel(OPEN):
        cast.recommended()
    assert at(end_of(date(2025, 3, 6)), days=1) == []


def test_officers_are_told_of_the_form_check_and_of_the_decision(cast):
    cast.confirmed()
    told = at(end_of(date(2025, 4, 20)), days=7)
    assert [(name, "形式审查" in title) for title, name in told] == [("olga", True), ("otto", True)]


def test_the_decision_clock_counts_from_the_acceptance(cast):
    cast.in_review()
    start = clock.local(RECOMMENDING).date()
    from programmes.spec import ClockSpec
    from programmes.windows import due_date

    due = end_of(due_date(ClockSpec("x", 90, "workdays"), start)[0])
    told = at(due, days=1)
    assert [(name, "作出评审结论" in title) for title, name in told] == [("olga", True), ("otto", True)]


def test_a_report_reminds_until_it_is_handed_in_and_again_when_it_came_back(cast):
    application = cast.shortlisted()
    application.obligations.exclude(code="plan").delete()
    row = application.obligations.get(code="plan")
    due = end_of(row.due_on)
    assert [name for _, name in at(due, days=7)] == ["alice", "olga", "otto"]
    with clock.travel(due - timedelta(days=5)):
        workflow.submit_obligation(row, by=cast.alice, text="计划")
    assert at(due, days=1) == []
    with clock.travel(due - timedelta(hours=20)):
        workflow.return_obligation(row, by=cast.olga, reason="补充", due_on=row.due_on + timedelta(days=10))
    told = at(due + timedelta(days=10), days=1)
    assert [name for _, name in told] == ["alice", "olga", "otto"] and "项目计划书" in told[0][0]


def test_the_daily_task_opens_what_is_due(cast):
    application = cast.shortlisted()
    with clock.travel(end_of(date(2025, 12, 31))):
        assert tasks.open_recurring() > 0
        assert tasks.open_recurring() == 0
    assert Obligation.objects.filter(application=application, code="yearly", period="2025").exists()
