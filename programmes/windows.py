"""When something is open, for whom (DESIGN §5). All ends are exclusive instants: in time means received_at < closes_at.

Base of a window is the call's own end, moved by extensions for everybody. A recommending department may set an earlier
end for its applicants, never a later one; the earlier end of a department above it (province, city, county) binds too.
After that the latest applies of this base, of the extensions granted to the department or the unit, and of the due date
of a return.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from accounts.models import Department
from audit import log
from jbgs.lib import clock, workdays
from jbgs.lib.errors import Refused
from programmes.instants import closes_text
from programmes.models import CalendarDay, Call, Extension, OwnDeadline
from programmes.spec import ClockSpec

# A call that names no window of its own for a step uses another one's.
FALLBACKS = {"confirm": "recommend"}


@dataclass(frozen=True)
class Window:
    """One window as it applies to somebody. `closes_text` is how people read the end (3月6日 24:00)."""

    name: str
    opens_at: datetime | None
    closes_at: datetime
    closes_text: str
    is_extended: bool = False

    def is_open(self, at: datetime) -> bool:
        """In time: opened, and received before the exclusive end."""
        return self.has_opened(at) and at < self.closes_at

    def has_opened(self, at: datetime) -> bool:
        """Whether the opening has passed; a window without one was always open."""
        return self.opens_at is None or at >= self.opens_at

    def has_closed(self, at: datetime) -> bool:
        """Whether the exclusive end is reached."""
        return at >= self.closes_at


class Chains:
    """Which departments stand above which; one query, asked once and only where an own deadline makes it matter."""

    def __init__(self):
        self._parents: dict[int, int] | None = None

    def above(self, pk: int | None) -> Iterable[int]:
        """The department itself and those above it, the nearest first."""
        if self._parents is None:
            below = Department.objects.filter(parent__isnull=False)
            self._parents = dict(below.values_list("pk", "parent_id"))
        seen: set[int] = set()
        while pk is not None and pk not in seen:
            seen.add(pk)
            yield pk
            pk = self._parents.get(pk)


class Timetable:
    """All windows of one call, with its extensions and own deadlines read once (two queries) for many rows."""

    def __init__(self, call: Call, extensions=None, own_deadlines=None, chains: Chains | None = None):
        self.spec = call.spec
        self.extensions = list(Extension.objects.filter(call=call) if extensions is None else extensions)
        self.own_deadlines = list(OwnDeadline.objects.filter(call=call) if own_deadlines is None else own_deadlines)
        self.chains = chains or Chains()

    def window(self, name: str, department=None, unit=None, due: datetime | None = None) -> Window:
        """The window `name` as it applies to this department and unit; `due` is the end a return gave."""
        name = name if name in self.spec.windows else FALLBACKS.get(name, name)
        printed = self.spec.windows[name]
        general = [extension for extension in self._of(name) if not extension.department_id and not extension.unit_id]
        closes_at = _latest([printed.closes_at, *(extension.closes_at for extension in general)])
        own = self._own(name, department)
        if own is not None:
            closes_at = min(closes_at, own)
        closes_at = _latest([closes_at, *self._granted(name, department, unit), due])
        return Window(name, printed.opens_at, closes_at, closes_text(closes_at), closes_at > printed.closes_at)

    def _of(self, name: str) -> list[Extension]:
        return [extension for extension in self.extensions if extension.window == name]

    def _own(self, name: str, department) -> datetime | None:
        """The earliest end that the department or one above it has set: a province's binds its cities and counties."""
        mine = {row.department_id: row.closes_at for row in self.own_deadlines if row.window == name}
        if department is None or not mine:
            return None
        return min((mine[pk] for pk in self.chains.above(department.pk) if pk in mine), default=None)

    def _granted(self, name: str, department, unit) -> Iterable[datetime]:
        for extension in self._of(name):
            for_department = department is not None and extension.department_id == department.pk
            for_unit = unit is not None and extension.unit_id == unit.pk
            if for_department or for_unit:
                yield extension.closes_at


def timetables(calls: Collection[Call]) -> dict[int, Timetable]:
    """The timetable of each call by its id; two queries for all of them."""
    extensions, own = defaultdict(list), defaultdict(list)
    for row in Extension.objects.filter(call__in=calls):
        extensions[row.call_id].append(row)
    for row in OwnDeadline.objects.filter(call__in=calls):
        own[row.call_id].append(row)
    chains = Chains()
    return {call.pk: Timetable(call, extensions[call.pk], own[call.pk], chains) for call in calls}


def window(call: Call, name: str, department=None, unit=None, due: datetime | None = None) -> Window:
    """One window of a call as it applies to somebody; for many rows build one Timetable. KeyError: no such window."""
    return Timetable(call).window(name, department, unit, due)


@transaction.atomic
def extend(call: Call, name: str, *, closes_at: datetime, reason: str, by, department=None, unit=None) -> Extension:
    """Let a window close later, for everybody, a department or a unit; Refused unless later than what applies now."""
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    if name not in call.spec.windows:
        raise Refused("unknown_window", "本批次没有这个环节。", "window", status=400)
    if not reason.strip():
        raise Refused("reason_missing", "没有写明延期理由。请填写。", "reason", status=400)
    present = window(call, name, department, unit)
    if closes_at <= present.closes_at:
        sentence = f"新的截止时间 {closes_text(closes_at)} 不晚于现在的 {present.closes_text}。请填写更晚的时间。"
        raise Refused("not_later", sentence, "closes_at", status=400)
    row = Extension.objects.create(
        call=call,
        window=name,
        department=department,
        unit=unit,
        closes_at=closes_at,
        reason=reason.strip(),
        by=by,
        at=clock.now(),
    )
    log.append(call, "extend", by, data=_logged(row) | {"reason": row.reason})
    return row


@transaction.atomic
def set_own_deadline(call: Call, name: str, *, department, closes_at: datetime, by) -> OwnDeadline:
    """A department's own end for its applicants; Refused when it is later than the call's (it may only be earlier)."""
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    general = window(call, name)
    above = window(call, name, department.parent) if department.parent_id else general
    if closes_at > above.closes_at < general.closes_at:
        sentence = f"自定截止时间 {closes_text(closes_at)} 晚于上级单位的 {above.closes_text}，只能提前。"
        raise Refused("later_than_above", sentence, "closes_at", status=400)
    if closes_at > general.closes_at:
        sentence = f"自定截止时间 {closes_text(closes_at)} 晚于本批次的 {general.closes_text}，只能提前。"
        raise Refused("later_than_call", sentence, "closes_at", status=400)
    if general.opens_at and closes_at <= general.opens_at:
        raise Refused("before_opening", "自定截止时间早于开始时间。请填写更晚的时间。", "closes_at", status=400)
    row, _ = OwnDeadline.objects.update_or_create(
        call=call, window=name, department=department, defaults={"closes_at": closes_at, "by": by, "at": clock.now()}
    )
    log.append(call, "set_own_deadline", by, data=_logged(row))
    return row


def _logged(row: Extension | OwnDeadline) -> dict:
    """What the call's log keeps of a moved end; keys and codes only."""
    return {
        "window": row.window,
        "closes_at": row.closes_at.isoformat(),
        "department": row.department_id,
        "unit": getattr(row, "unit_id", None),
    }


def known_days(first: date, last: date | None = None) -> dict[date, bool]:
    """The working calendar from `first` to `last` (inclusive), one query."""
    rows = CalendarDay.objects.filter(date__gte=first)
    if last:
        rows = rows.filter(date__lte=last)
    return dict(rows.values_list("date", "is_workday"))


def due_date(clock_spec: ClockSpec, start: date, days: Mapping[date, bool] | None = None) -> tuple[date, bool]:
    """The last day of a clock that starts on `start` (not counted), and whether the answer is provisional (§4.9).

    `days`: the working calendar, where the caller has read it for many rows; else one query where the clock asks it.
    """
    if clock_spec.unit == "workdays":
        # Even the longest holidays leave more than two working days in five calendar days over a fortnight.
        horizon = start + timedelta(days=clock_spec.count * 3 + 30)
        known = known_days(start, horizon) if days is None else days
        return workdays.add_workdays(start, clock_spec.count, known)
    end = _plain_end(clock_spec, start)
    if clock_spec.roll != "next_workday":
        return end, False
    return workdays.next_workday(end, known_days(end, end + timedelta(days=60)) if days is None else days)


def _plain_end(clock_spec: ClockSpec, start: date) -> date:
    match clock_spec.unit:
        case "months":
            return workdays.add_months(start, clock_spec.count)
        case "years":
            return workdays.add_years(start, clock_spec.count)
        case "days":
            return start + timedelta(days=clock_spec.count)
    raise ValueError(f"unknown unit of a clock: {clock_spec.unit}")


def end_of(day: date) -> datetime:
    """The exclusive instant at which a due day is over, in China: 00:00 of the next day, shown as 24:00."""
    return datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI)


def due_after(clock_spec: ClockSpec, moment: datetime) -> datetime:
    """The exclusive instant at which a clock that starts at `moment` runs out: the due day counts whole."""
    return end_of(due_date(clock_spec, clock.local(moment).date())[0])


def _latest(moments: Iterable[datetime | None]) -> datetime:
    return max(moment for moment in moments if moment is not None)
