"""Dates and times of day as documents write them and as people read them (DESIGN §5, windows)."""

from datetime import date, datetime, time, timedelta

from jbgs.lib.clock import SHANGHAI, local


def read_instant(text: str, *, closing: bool = False) -> datetime:
    """The aware instant of "2025-03-06" or "2025-03-06 17:30[:00]", in China's time.

    A bare date opens at its 00:00 and closes at 00:00 of the next day: the whole day counts. ValueError otherwise.
    """
    if len(text) == 10:
        day = date.fromisoformat(text) + timedelta(days=1 if closing else 0)
        return datetime.combine(day, time(), SHANGHAI)
    pattern = "%Y-%m-%d %H:%M:%S" if text.count(":") == 2 else "%Y-%m-%d %H:%M"
    return datetime.strptime(text, pattern).replace(tzinfo=SHANGHAI)


def closes_text(closes_at: datetime, *, this_year: int | None = None) -> str:
    """How people read an exclusive end: midnight is 24:00 of the day that ends; no leading zeros in the date.

    The year is left out where it is `this_year`.
    """
    moment = local(closes_at)
    clock = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if moment.time() == time():
        moment, clock = moment - timedelta(days=1), "24:00"
    year = "" if moment.year == this_year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日 {clock}"
