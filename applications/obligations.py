"""What an application owes by its call's document: which obligations, for which period, due when (N35-N46, P13-P16).

A row is opened by an event (programmes.words.EVENTS) or, for what recurs, when its period is over; a request (change,
extension) is opened by the unit. The rows are written by `workflow.owing`; here is only what the document says.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from applications.models import Obligation
from applications.states import State
from jbgs.lib import clock
from programmes import windows
from programmes.spec import CallSpec, ObligationSpec

Kind = Obligation.Kind

RUNNING = (State.SHORTLISTED, State.IN_PROGRESS)
"""The states in which what recurs falls due, from the day of the list on."""
AT_THE_LIST = ("listed", "notified", "work_due")
"""Events whose moment is known when the list is fixed; the unit is notified of it at once."""
FIRST_HALF = 6


@dataclass(frozen=True)
class Due:
    """When something is due: the day, the clock and the day it counts from, whether the calendar is still guessed."""

    on: date | None = None
    clock: str = ""
    start: date | None = None
    provisional: bool = False


@dataclass(frozen=True)
class Period:
    """A year or a quarter for which something is reported; `opens_on`: the first day on which it may be asked for."""

    name: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date


def specs_of(spec: CallSpec) -> tuple[ObligationSpec, ...]:
    """The call's obligations; an agreement without further questions where its flow asks for one and names none."""
    named = spec.obligations
    if spec.flow.agreement and not any(one.blocks == "start_work" for one in named):
        default = ObligationSpec("agreement", Kind.AGREEMENT, spec.label("agreement", "揭榜协议"), blocks="start_work")
        return (default, *named)
    return named


def blocking(spec: CallSpec, verb: str) -> list[ObligationSpec]:
    """What must be handed in (and approved, where an officer looks at it) before `verb`."""
    return [one for one in specs_of(spec) if one.blocks == verb]


def spec_of(spec: CallSpec, obligation: Obligation) -> ObligationSpec:
    """What the document says of a row; what it no longer names asks for one free text."""
    for one in specs_of(spec):
        if one.code == obligation.code:
            return one
    return ObligationSpec(
        obligation.code, obligation.kind, obligation.label, blocks=obligation.blocks,
        needs_officer=obligation.needs_officer,
    )  # fmt: skip


def event_of(one: ObligationSpec, spec: CallSpec) -> str:
    """What opens it: its clock's event; the list where the clock names none, the end of the work for a final report."""
    start = spec.clocks[one.clock].start if one.clock else ""
    return start or ("work_due" if one.kind == Kind.FINAL else "listed")


def due_of(one: ObligationSpec, spec: CallSpec, start: date | None) -> Due:
    """The due day of what is due once, counted from `start` by its clock; no day without a clock or a start."""
    if not one.clock or start is None:
        return Due()
    on, provisional = windows.due_date(spec.clocks[one.clock], start)
    return Due(on, one.clock, start, provisional)


def once_by(spec: CallSpec, events: tuple[str, ...]) -> Iterator[ObligationSpec]:
    """What is due once and opened by one of these events."""
    for one in specs_of(spec):
        if not one.every and one.kind not in Obligation.REQUESTS and event_of(one, spec) in events:
            yield one


def requests_of(spec: CallSpec) -> list[ObligationSpec]:
    """The changes and extensions for which a unit may ask (N41-N43, P16)."""
    return [one for one in specs_of(spec) if one.kind in Obligation.REQUESTS]


def recurring_of(spec: CallSpec) -> list[ObligationSpec]:
    return [one for one in specs_of(spec) if one.every]


def periods_of(one: ObligationSpec, listed_on: date, today: date, ends_on: date | None = None) -> Iterator[Period]:
    """The periods that may be asked for by `today` and in which the application was on the list, oldest first.

    A quarter is reported in the first month of the next one. A yearly day in the first half of the year asks for the
    year before, a later one for the running year. The work's end (`ends_on`), where it has one, ends the reports.
    """
    for year in range(listed_on.year - 1, today.year + 1):
        for period in _quarters(one, year) if one.every == "quarter" else [_year(one, year)]:
            on_the_list = period.ends_on >= listed_on and period.due_on >= listed_on
            if on_the_list and period.opens_on <= today and not (ends_on and period.starts_on > ends_on):
                yield period


def _year(one: ObligationSpec, year: int) -> Period:
    month, day = int(one.by[:2]), int(one.by[3:])
    first, last = date(year, 1, 1), date(year, 12, 31)
    if month <= FIRST_HALF:
        return Period(str(year), first, last, date(year + 1, 1, 1), date(year + 1, month, day))
    return Period(str(year), first, last, date(year, FIRST_HALF + 1, 1), date(year, month, day))


def _quarters(one: ObligationSpec, year: int) -> list[Period]:
    found = []
    for quarter in range(1, 5):
        first, following = date(year, quarter * 3 - 2, 1), date(year + quarter // 4, quarter * 3 % 12 + 1, 1)
        last, due = following - timedelta(days=1), following.replace(day=int(one.by))
        found.append(Period(f"{year}Q{quarter}", first, last, following, due))
    return found


def grounds_against(application) -> list[str]:
    """What of the reports may be a ground to end or revoke it: late or missing ones (P21), a failed stage (W06)."""
    found, today = [], clock.today()
    for row in application.obligations.exclude(kind__in=Obligation.REQUESTS):
        if row.result == Obligation.Result.FAIL:
            found.append(f"{row.name}：阶段评估未通过")
        elif row.is_owed and row.due_on and row.due_on < today:
            found.append(f"{row.name}：期限 {row.due_on}，没有提交")
        elif row.late:
            found.append(f"{row.name}：期限 {row.due_on}，逾期提交（{clock.local(row.submitted_at):%Y-%m-%d}）")
    return found
