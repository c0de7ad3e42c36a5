"""Days counted by a calendar that is not published yet: marked, counted again, logged, told (domain.md §4.9)."""

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command

from applications import recounting, workflow
from applications.models import Application, Obligation
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from notifications.models import Message
from programmes import calendar
from programmes.loader import load_document
from programmes.models import CalendarDay
from tests.applications.owing_call import CLOCKS, OBLIGATIONS
from tests.cast import RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db

DECEMBER = datetime(2026, 12, 25, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
def cast():
    """The calendar ends with 2026; everything is due by working days."""
    calendar.load_calendar([2025, 2026])
    document = deepcopy(miit_document())
    document["clocks"] |= deepcopy(CLOCKS) | {"objection": {"count": 10, "unit": "workdays"}}
    document["obligations"] = deepcopy(OBLIGATIONS)
    return world(load_document(document).call)


@pytest.fixture
def stage(cast):
    """The list is fixed on Christmas Day of 2026: twelve working days run into a year without holidays."""
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
        workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
    with clock.travel(DECEMBER):
        return workflow.shortlist(application, by=cast.olga).obligations.get(code="stage")


def new_year_is_published(*holidays: int):
    """January 2027 is known: these days are off, the other weekdays are worked."""
    for day in range(1, 32):
        at = date(2027, 1, day)
        CalendarDay.objects.create(date=at, is_workday=at.weekday() < 5 and day not in holidays, source="虚构安排")


def test_over_the_years_end_the_day_is_provisional(stage):
    # 25 December is a Friday: 28-31 December are four, then eight weekdays of January 2027, the 1st among them.
    assert stage.due_on == date(2027, 1, 12) and stage.due_provisional


def test_within_a_published_year_it_is_not(cast):
    application = cast.shortlisted()
    row = application.obligations.get(code="stage")
    assert row.due_on.year == 2025 and not row.due_provisional


def test_a_published_year_moves_the_day_logs_it_and_tells_the_unit(stage):
    new_year_is_published(1, 2, 3)
    with clock.travel(DECEMBER):
        assert calendar.changed() == 1
        assert calendar.changed() == 0, "counted twice, moved once"
    moved = Obligation.objects.get(pk=stage.pk)
    assert moved.due_on == date(2027, 1, 13) and not moved.due_provisional
    entry = Entry.objects.for_object(stage.application).filter(action="recount_due").get()
    assert (entry.data["was"], entry.data["now"]) == ("2027-01-12", "2027-01-13")
    assert entry.actor.role == "system" and list(broken_entries()) == []
    told = Message.objects.filter(event="due_date_moved", channel="inbox")
    assert [message.user.username for message in told] == ["alice"] and "2027年1月13日" in told[0].title


def test_a_day_that_stays_merely_loses_its_mark(stage):
    new_year_is_published()
    with clock.travel(DECEMBER):
        assert calendar.changed() == 1
    assert Obligation.objects.get(pk=stage.pk).due_on == stage.due_on
    assert not Obligation.objects.get(pk=stage.pk).due_provisional
    assert not Message.objects.filter(event="due_date_moved").exists()


def test_what_was_handed_in_moves_no_more(cast, stage):
    with clock.travel(DECEMBER):
        workflow.submit_obligation(stage, by=cast.alice, text="阶段成果")
    new_year_is_published(1, 2, 3)
    with clock.travel(DECEMBER):
        assert calendar.changed() == 0


def test_a_holiday_that_is_moved_later_moves_what_was_certain(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
        workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
        workflow.raise_objection(application, by=cast.bob, objector="虚构", contact="000", text="依据不足")
    objection = application.objections.get()
    assert not objection.due_provisional
    CalendarDay.objects.filter(date=objection.due_on).update(is_workday=False)
    with clock.travel(RECOMMENDING):
        assert calendar.changed() == 1
    moved = application.objections.get()
    assert moved.due_on > objection.due_on
    told = Message.objects.filter(event="due_date_moved", channel="inbox").values_list("user__username", flat=True)
    assert sorted(told) == ["olga", "otto"]


def test_a_granted_extension_is_not_taken_back(cast):
    application = cast.shortlisted()
    with clock.travel(RECOMMENDING + timedelta(days=20)):
        workflow.submit_obligation(application.obligations.get(code="plan"), by=cast.alice, text="计划")
        workflow.approve_obligation(application.obligations.get(code="plan"), by=cast.olga)
        application = workflow.start_work(application, by=cast.olga)
        row = workflow.raise_request(application, by=cast.alice, code="longer")
        until = application.work_due_on + timedelta(days=30)
        workflow.submit_obligation(row, by=cast.alice, text="原因", wanted_on=until)
        workflow.approve_obligation(row, by=cast.olga)
    recounting.recount()
    assert Application.objects.get(pk=application.pk).work_due_on == until


def test_the_command_counts_again(stage, capsys):
    Obligation.objects.filter(pk=stage.pk).update(due_on=date(2027, 1, 20))
    with clock.travel(DECEMBER):
        call_command("load_calendar")
    assert "重新计算了 1 个期限" in capsys.readouterr().out
    assert Obligation.objects.get(pk=stage.pk).due_on < date(2027, 1, 20)


def test_an_officer_who_edits_a_day_moves_what_hangs_on_it(cast, stage, client):
    client.force_login(cast.olga)
    with clock.travel(DECEMBER):
        client.post(
            "/admin/programmes/calendarday/add/", {"date": "2027-01-01", "is_workday": "", "source": "国办通知（虚构）"}
        )
    assert CalendarDay.objects.filter(date=date(2027, 1, 1), is_workday=False).exists()
    moved = Obligation.objects.get(pk=stage.pk)
    assert moved.due_on == date(2027, 1, 13) and moved.due_provisional


def test_the_days_to_object_to_an_on_site_check_move_too():
    calendar.load_calendar([2025])
    document = deepcopy(miit_document())
    document["review"]["rounds"] = [{"kind": "on_site", "least_people": 2}]
    document["clocks"] |= {"on_site_objection": {"count": 5, "unit": "workdays"}}
    cast = world(load_document(document).call)
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        workflow.record_round(
            application, by=cast.olga, kind="on_site", passed=False, people=["虚构甲", "虚构乙"], text="不符合",
            signed_by_unit=True,
        )  # fmt: skip
    outcome = application.round_outcomes.get()
    assert outcome.contestable_on == date(2025, 3, 17)  # five working days after Monday the 10th
    CalendarDay.objects.filter(date=date(2025, 3, 14)).update(is_workday=False)
    with clock.travel(RECOMMENDING):
        assert calendar.changed() == 1 and calendar.changed() == 0
    assert application.round_outcomes.get().contestable_on == date(2025, 3, 18)
