"""Reports at one moment, with real connections: each is opened, handed in, judged and moved once."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction

from applications import obligations, workflow
from applications.models import Application, Obligation
from applications.workflow import owing
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.calendar import load_calendar
from tests.applications.owing_call import ANSWERS, owing_world
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

JANUARY = datetime(2026, 1, 5, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
def cast():
    load_calendar([2025])
    return owing_world()


@pytest.fixture
def working(cast):
    application = cast.shortlisted()
    with clock.travel(datetime(2025, 3, 24, 9, tzinfo=clock.SHANGHAI)):
        workflow.submit_obligation(application.obligations.get(code="plan"), by=cast.alice, text="计划")
        workflow.approve_obligation(application.obligations.get(code="plan"), by=cast.olga)
        return workflow.start_work(application, by=cast.olga)


@pytest.fixture
def yearly(working):
    with clock.travel(JANUARY):
        workflow.open_recurring()
    return working.obligations.get(code="yearly")


def test_two_workers_open_each_period_once(working, monkeypatch):
    meet(monkeypatch, owing, "_asked_for")  # both have looked at what is there and found nothing
    with clock.travel(JANUARY):
        results = race(workflow.open_recurring, workflow.open_recurring)
    rows = list(working.obligations.filter(code__in=["yearly", "quarterly"]).values_list("code", "period"))
    assert all(isinstance(result, int) for result in results), results
    assert len(rows) == len(set(rows)) == sum(results) > 0
    assert list(broken_entries()) == []


def test_two_clicks_hand_in_once(cast, yearly):
    with clock.travel(JANUARY):
        results = race(
            *(
                lambda: workflow.submit_obligation(yearly, by=cast.alice, answers=ANSWERS, key="one-key-12345678")
                for _ in range(2)
            )
        )
    assert [type(result) for result in results] == [Obligation, Obligation], results
    assert Obligation.objects.get(pk=yearly.pk).submissions == 1


def test_two_people_hand_in_one_hears_that_it_is_done(cast, yearly):
    with clock.travel(JANUARY):
        results = race(
            lambda: workflow.submit_obligation(yearly, by=cast.alice, answers=ANSWERS, key="key-of-the-first"),
            lambda: workflow.submit_obligation(yearly, by=cast.alice, answers=ANSWERS, key="key-of-the-other"),
        )
    refused = [result for result in results if isinstance(result, Refused)]
    assert len(refused) == 1 and refused[0].code == "obligation_handed_in", results
    assert Entry.objects.filter(action="submit_obligation", outcome="done", data__code="yearly").count() == 1


def test_of_approval_and_return_one_holds(cast, yearly):
    with clock.travel(JANUARY):
        workflow.submit_obligation(yearly, by=cast.alice, answers=ANSWERS)
        results = race(
            lambda: workflow.approve_obligation(yearly, by=cast.olga),
            lambda: workflow.return_obligation(yearly, by=cast.otto, reason="补充"),
        )
    assert sorted(type(result).__name__ for result in results) == ["Obligation", "Refused"], results
    assert Obligation.objects.get(pk=yearly.pk).state in ("approved", "returned")


def test_two_requests_of_a_kind_are_one(cast, working):
    with clock.travel(JANUARY):
        results = race(
            *(
                lambda key=key: workflow.raise_request(working, by=cast.alice, code="longer", key=key)
                for key in ("key-of-the-first", "key-of-the-other")
            )
        )
    assert sorted(type(result).__name__ for result in results) == ["Obligation", "Refused"], results
    assert working.obligations.filter(code="longer").count() == 1


def test_control_without_the_door_two_requests_are_refused_only_by_the_constraint(cast, working, monkeypatch):
    """What the door prevents: two who both counted nothing open the same number, and the database must say no."""
    one = next(one for one in obligations.requests_of(working.call.spec) if one.code == "longer")

    def open_row():
        with transaction.atomic():
            row = Application.objects.get(pk=working.pk)
            number = str(row.obligations.filter(code=one.code).count() + 1)
            return number, row

    meet(monkeypatch, owing, "start_of")

    def without_lock():
        number, row = open_row()
        owing.start_of(row, "listed")  # both wait here
        return Obligation.objects.create(application=row, kind=one.kind, code=one.code, period=number)

    results = race(without_lock, without_lock)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "Obligation"], results


def test_an_extension_and_the_calendar_at_once_leave_a_whole_log(cast, working):
    from applications import recounting

    with clock.travel(JANUARY):
        row = workflow.raise_request(working, by=cast.alice, code="longer")
        until = working.work_due_on + timedelta(days=90)
        workflow.submit_obligation(row, by=cast.alice, text="原因", wanted_on=until)
        results = race(lambda: workflow.approve_obligation(row, by=cast.olga), recounting.recount)
    assert not any(isinstance(result, Exception) for result in results), results
    assert Application.objects.get(pk=working.pk).work_due_on == until
    assert list(broken_entries()) == []
