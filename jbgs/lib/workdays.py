"""Working days and terms (domain.md §4.9): pure, the calendar of known days is handed in.

The start day is not counted. A make-up workday on a weekend counts, a holiday on a weekday does not. A day that the
calendar does not know is judged by its weekday, and the answer is then provisional until the calendar is filled.
"""

from collections.abc import Mapping
from datetime import date, timedelta

LONGEST = 3000  # about twelve years; a longer count is a slip in a document


def is_workday(day: date, days: Mapping[date, bool]) -> tuple[bool, bool]:
    """(works, provisional) of one day; `days` maps the known days to whether they are worked."""
    known = days.get(day)
    if known is None:
        return day.weekday() < 5, True
    return known, False


def add_workdays(start: date, n: int, days: Mapping[date, bool]) -> tuple[date, bool]:
    """The n-th working day after `start`, and whether an unknown day was passed on the way (provisional).

    n = 0 is the start day itself. ValueError for a negative n or more than LONGEST.
    """
    if not 0 <= n <= LONGEST:
        raise ValueError(f"add_workdays counts 0 to {LONGEST} days, not {n}")
    day, provisional = start, False
    while n:
        day += timedelta(days=1)
        works, guessed = is_workday(day, days)
        provisional |= guessed
        n -= works
    return day, provisional


def next_workday(day: date, days: Mapping[date, bool]) -> tuple[date, bool]:
    """The day itself if it is worked, else the first working day after it; and whether an unknown day was judged."""
    works, provisional = is_workday(day, days)
    while not works:
        day += timedelta(days=1)
        works, guessed = is_workday(day, days)
        provisional |= guessed
    return day, provisional


def add_years(start: date, n: int) -> date:
    """The same day n years later; 29 February becomes 28 February where the year has none."""
    try:
        return start.replace(year=start.year + n)
    except ValueError:
        return start.replace(year=start.year + n, day=28)


def add_months(start: date, n: int) -> date:
    """The same day n months later, or the last day of a shorter month."""
    months = start.year * 12 + start.month - 1 + n
    year, month = divmod(months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, start.day)
