"""The working calendar: the figures of domain.md §4.9, and what staff changed stays."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from programmes import windows
from programmes.calendar import SOURCE, days_of, load_calendar, published_years
from programmes.models import CalendarDay
from programmes.spec import ClockSpec

pytestmark = pytest.mark.django_db


@pytest.fixture
def years(db):
    return load_calendar([2025, 2026])


@pytest.mark.parametrize(
    ("start", "count", "end"), [((2025, 1, 20), 10, (2025, 2, 8)), ((2025, 9, 30), 5, (2025, 10, 14))]
)
def test_the_clocks_that_were_checked(years, start, count, end):
    clock_spec = ClockSpec("x", count, "workdays")
    assert windows.due_date(clock_spec, date(*start)) == (date(*end), False)


def test_makeup_workdays_count_and_holidays_do_not(years):
    worked = dict(CalendarDay.objects.values_list("date", "is_workday"))
    assert worked[date(2025, 1, 26)] and worked[date(2025, 2, 8)]
    assert not worked[date(2025, 1, 28)] and not worked[date(2025, 10, 1)] and not worked[date(2025, 3, 8)]
    assert worked[date(2025, 3, 7)]
    assert years == len(worked) == 730


def test_a_year_that_is_not_published_is_provisional(years):
    assert 2100 not in published_years()
    with pytest.raises(ValueError, match="2100"):
        days_of(2100)
    assert windows.due_date(ClockSpec("x", 90, "workdays"), date(2026, 11, 2))[1] is True
    assert windows.due_date(ClockSpec("x", 5, "workdays"), date(2026, 11, 2))[1] is False


def test_what_staff_changed_stays_and_loading_again_writes_nothing(years):
    CalendarDay.objects.filter(date=date(2025, 3, 7)).update(is_workday=False, source="本单位通知")
    CalendarDay.objects.filter(date=date(2025, 3, 6)).update(is_workday=False)
    assert load_calendar([2025, 2026]) == 1
    assert not CalendarDay.objects.get(date=date(2025, 3, 7)).is_workday
    assert CalendarDay.objects.get(date=date(2025, 3, 6)).is_workday
    assert load_calendar([2025, 2026]) == 0
    assert CalendarDay.objects.exclude(source=SOURCE).count() == 1


def test_the_command(capsys):
    call_command("load_calendar")
    first, last = published_years()[-1], published_years()[-1]
    assert f"至 {last} 年" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("load_calendar", first=first + 1)
