"""Units beside the main one and of before, as people write them in one cell. Knows no database.

`虚构大学（2015-03至2019-06）；虚构研究院（2020-01-01起）`: units parted by semicolons or line breaks, the term in
brackets behind each; years, months or days, a month or a year counting whole.
"""

import calendar
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from accounts.queries import comparable_name
from jbgs.lib import clock

LONGEST, MOST = 200, 20
_PARTS = re.compile(r"[;；\n]+")
_DAY = r"(\d{4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2}))?)?[年月日]?"
_TERM = re.compile(rf"(?:[自从]?{_DAY}(?:起|以来)?)?(?:[至到—–~～-]+(?:{_DAY}|今))?止?")
_ENTRY = re.compile(r"(?P<unit>.*?)\s*[（(](?P<term>[自从至到—–~～-]*\s*\d{4}[^（()）]*)[)）]")
WANTED = "起止时间写为“单位（2015-03至2019-06）”或者“单位（2020-01起）”。"


@dataclass(frozen=True)
class Job:
    """One unit with its term; both days count. Without `to_on` it lasts."""

    unit_name: str
    from_on: date | None = None
    to_on: date | None = None

    @classmethod
    def kept(cls, entry: Iterable) -> "Job":
        """Out of JSON."""
        unit, *days = entry
        return cls(unit, *(date.fromisoformat(day) if day else None for day in days))

    def as_json(self) -> list[str]:
        return [self.unit_name, *(day.isoformat() if day else "" for day in (self.from_on, self.to_on))]

    def __str__(self):
        if self.to_on:
            return f"{self.unit_name}（{self.from_on or ''}至{self.to_on}）"
        return f"{self.unit_name}（{self.from_on}起）" if self.from_on else self.unit_name


def told(jobs: Iterable) -> str:
    """Jobs, or rows of `Employment`, as one cell holds them."""
    return "；".join(str(Job(row.unit_name, row.from_on, row.to_on)) for row in jobs)


def read(text: str, *, former: bool) -> list[Job]:
    """The jobs in a cell. `former`: each must have ended.

    ValueError with a sentence: an unreadable term, one that ends before it begins, none where one is needed, a name
    that is too long, too many units.
    """
    found = [_job(part, former) for part in _PARTS.split(text) if part.strip()]
    if len(found) > MOST:
        raise ValueError(f"有 {len(found)} 个单位，最多 {MOST} 个。")
    return list(dict.fromkeys(found))


def _job(part: str, former: bool) -> Job:
    part = " ".join(part.split())
    entry = _ENTRY.fullmatch(part)
    unit = entry["unit"] if entry else part
    if not unit:
        raise ValueError("括号前没有单位名称。")
    if len(unit) > LONGEST:
        raise ValueError(f"“{unit[:12]}……”超过 {LONGEST} 个字。")
    from_on, to_on = _term(unit, "".join(entry["term"].split())) if entry else (None, None)
    if from_on and to_on and from_on > to_on:
        raise ValueError(f"“{unit[:20]}”的截止时间早于起始时间。")
    if former and to_on is None:
        raise ValueError(f"“{unit[:20]}”没有写截止时间。{WANTED}")
    if former and to_on > clock.today():
        raise ValueError(f"“{unit[:20]}”的截止时间晚于今天，现在仍任职的请写在“兼任单位”。")
    return Job(unit, from_on, to_on)


def _term(unit: str, typed: str) -> tuple[date | None, date | None]:
    term = _TERM.fullmatch(typed)
    try:
        if term is None:
            raise ValueError
        return _day(term.groups()[:3], False), _day(term.groups()[3:], True)
    except ValueError:
        raise ValueError(f"“{unit[:20]}”的“{typed[:20]}”不能识别。{WANTED}") from None


def _day(parts: Iterable[str | None], last: bool) -> date | None:
    """The first or the last day of what was written; None for nothing."""
    year, month, day = (int(part) if part else 0 for part in parts)
    if not year:
        return None
    month = month or (12 if last else 1)
    return date(year, month, day or (calendar.monthrange(year, month)[1] if last else 1))


def steps(known: Iterable, given: Iterable[Job]) -> Iterator[tuple[object | None, Job]]:
    """What the given jobs change of the known `Employment` rows: (None, job) to add, (row, job) to end the row.

    Nothing is taken away: what a cell leaves out stays. A unit typed otherwise in signs only is the same; a job that is
    given without its first day is the known one that ends on the same day.
    """
    rows = list(known)
    for job in given:
        alike = [row for row in rows if comparable_name(row.unit_name) == comparable_name(job.unit_name)]
        alike = [row for row in alike if job.from_on is None or row.from_on == job.from_on]
        if any(row.to_on == job.to_on for row in alike):
            continue
        lasting = next((row for row in alike if row.to_on is None), None)
        if lasting is None and job.to_on is None and any(row.to_on >= clock.today() for row in alike):
            continue  # a known end that is still to come is not forgotten
        if lasting is not None and job.to_on and job.to_on <= clock.today():
            rows.remove(lasting)
            yield lasting, job
        else:
            yield None, job
