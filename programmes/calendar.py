"""The working calendar, filled from the `holidays` package (domain.md §4.9); staff may edit every day afterwards.

Whoever writes a day calls `changed`: the rooms above have said (`follow`) what then must be counted again.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import holidays
from django.db import transaction

from programmes.models import CalendarDay

SOURCE = "国务院办公厅放假安排（holidays 数据）"


def published_years() -> list[int]:
    """The years whose arrangement (holidays and make-up workdays) the package knows; later ones it only guesses."""
    return sorted(holidays.China().special_public_holidays)


def days_of(year: int) -> dict[date, bool]:
    """Every day of a published year → whether it is worked. ValueError for a year that is not published."""
    if year not in published_years():
        raise ValueError(f"the arrangement of {year} is not published")
    # Supplementary years around it: an arrangement may move days across New Year.
    china = holidays.China(years=[year - 1, year, year + 1])
    first = date(year, 1, 1)
    days = (first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days))
    return {day: day in china.weekend_workdays or (day.weekday() < 5 and day not in china) for day in days}


@transaction.atomic
def load_calendar(years: Iterable[int]) -> int:
    """Write the days of these years that have no row yet, or that this function wrote before; returns how many.

    A day that staff changed carries another source and stays. Running twice writes nothing the second time.
    """
    wanted = {day: works for year in years for day, works in days_of(year).items()}
    present = {row.date: row for row in CalendarDay.objects.filter(date__in=wanted)}
    new = [
        CalendarDay(date=day, is_workday=works, source=SOURCE) for day, works in wanted.items() if day not in present
    ]
    stale = []
    for day, row in present.items():
        if row.source == SOURCE and row.is_workday != wanted[day]:
            row.is_workday = wanted[day]
            stale.append(row)
    CalendarDay.objects.bulk_create(new)
    CalendarDay.objects.bulk_update(stale, ["is_workday"])
    return len(new) + len(stale)


_followers: dict[str, Callable[[], int]] = {}


def follow(name: str, recount: Callable[[], int]) -> None:
    """Register what a room counts again when a day changes; it returns how many dates it moved. Once, in ready()."""
    _followers[name] = recount


def changed() -> int:
    """Days were written: let every room count its dates again. Returns how many moved or are no longer provisional."""
    return sum(recount() for recount in _followers.values())
