"""Working days and terms: the examples of domain.md §4.9, make-up workdays, unknown days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jbgs.lib.workdays import LONGEST, add_months, add_workdays, add_years, is_workday

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def calendar(first: date, last: date, off=(), on=()) -> dict[date, bool]:
    """Every day from first to last by its weekday, but for the days `off` and `on`."""
    span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
    return {day: day in on or (day.weekday() < 5 and day not in off) for day in span}


def test_the_start_day_is_not_counted():
    known = calendar(date(2025, 3, 1), date(2025, 3, 31))
    assert add_workdays(date(2025, 3, 3), 1, known) == (date(2025, 3, 4), False)
    assert add_workdays(date(2025, 3, 7), 1, known) == (date(2025, 3, 10), False)


def test_no_days_is_the_start_itself():
    assert add_workdays(date(2025, 3, 8), 0, {}) == (date(2025, 3, 8), False)


def test_a_makeup_saturday_counts_and_a_holiday_monday_does_not():
    known = calendar(date(2025, 9, 1), date(2025, 9, 30), off=[date(2025, 9, 8)], on=[date(2025, 9, 13)])
    assert add_workdays(date(2025, 9, 5), 1, known) == (date(2025, 9, 9), False)
    assert add_workdays(date(2025, 9, 12), 1, known) == (date(2025, 9, 13), False)


def test_an_unknown_day_on_the_way_makes_the_answer_provisional():
    known = calendar(date(2026, 12, 1), date(2026, 12, 31))
    assert add_workdays(date(2026, 12, 30), 1, known) == (date(2026, 12, 31), False)
    assert add_workdays(date(2026, 12, 30), 2, known) == (date(2027, 1, 1), True)


def test_an_unknown_weekend_is_no_workday():
    assert is_workday(date(2027, 3, 6), {}) == (False, True)
    assert is_workday(date(2027, 3, 8), {}) == (True, True)


@pytest.mark.parametrize("count", [-1, LONGEST + 1])
def test_a_count_out_of_reach_is_refused(count):
    with pytest.raises(ValueError, match=str(count)):
        add_workdays(date(2025, 1, 1), count, {})


@given(start=DAYS, first=st.integers(0, 60), second=st.integers(0, 60))
def test_adding_twice_is_adding_once(start, first, second):
    half, _ = add_workdays(start, first, {})
    assert add_workdays(half, second, {})[0] == add_workdays(start, first + second, {})[0]


@given(start=DAYS, count=st.integers(1, 90))
def test_the_answer_is_a_workday_with_count_workdays_up_to_it(start, count):
    end, _ = add_workdays(start, count, {})
    between = [start + timedelta(days=offset) for offset in range(1, (end - start).days + 1)]
    assert end.weekday() < 5
    assert sum(day.weekday() < 5 for day in between) == count


def test_years_and_months_keep_the_day_or_take_the_last_one():
    assert add_years(date(2025, 5, 8), 2) == date(2027, 5, 8)
    assert add_years(date(2024, 2, 29), 2) == date(2026, 2, 28)
    assert add_years(date(2024, 2, 29), 4) == date(2028, 2, 29)
    assert add_months(date(2025, 1, 31), 1) == date(2025, 2, 28)
    assert add_months(date(2025, 12, 15), 1) == date(2026, 1, 15)
    assert add_months(date(2025, 8, 31), 13) == date(2026, 9, 30)
