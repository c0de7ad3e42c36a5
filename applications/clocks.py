"""The clocks that only measure an office's own work: one-time notice P07, opinion P08, form check N12, decision P09.

Nothing is stored and nothing is decided by them: they are counted when they are read, with the working calendar as it
is. Applications of one call that began on the same day run together.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import DateTimeField, OuterRef, QuerySet, Subquery

from applications.models import Application
from applications.states import State
from audit.models import Entry, Outcome
from jbgs.lib import clock
from programmes.models import Call, Extension
from programmes.windows import Timetable, due_date, end_of, known_days

OF_DEPARTMENTS = {"notice": "一次性告知需要补正的全部内容", "recommend": "提出审核意见"}
"""Clocks that begin when an application is submitted and end when its department has dealt with it."""
OF_OFFICERS = {"review_decision": "作出评审结论"}
"""Clocks that begin when an application is accepted."""
REVIEWED = (State.ACCEPTED, State.IN_REVIEW)
LONGEST = timedelta(days=400)
"""Beyond the longest clock of an office; how far back the calendar is read."""


@dataclass(frozen=True)
class Running:
    """One clock over the applications of one call that began on one day. `who`: what the caller grouped by."""

    call: Call
    name: str
    words: str
    start: date
    on: date
    provisional: bool
    count: int
    who: object = None


def running(by_id: Mapping[int, Call], begun: Iterable[tuple], names: Mapping[str, str]) -> Iterator[Running]:
    """The clocks `names` of what has begun: (call id, moment) or (call id, moment, who), one for each day and who."""
    counted: dict[tuple, int] = defaultdict(int)
    for call_id, moment, *who in begun:
        if call_id in by_id and moment is not None:
            counted[call_id, clock.local(moment).date(), *who] += 1
    days = known_days(clock.today() - LONGEST) if counted else {}
    for (call_id, start, *who), count in sorted(counted.items()):
        for name, words in names.items():
            term = by_id[call_id].spec.clocks.get(name)
            if term is not None:
                on, provisional = due_date(term, start, days)
                yield Running(by_id[call_id], name, words, start, on, provisional, count, *who)


def with_accepted_at(applications: QuerySet) -> QuerySet:
    """Annotates `accepted_at`: when the application was accepted, by whomever, from its log."""
    accepted = Entry.objects.filter(
        object_type=Application._meta.label_lower, object_id=OuterRef("pk"), action="accept", outcome=Outcome.DONE
    ).order_by("-sequence")
    moment = Subquery(accepted.values("happened_at")[:1], output_field=DateTimeField())
    return applications.annotate(accepted_at=moment)


def form_check_ends(calls: Iterable[Call]) -> dict[int, tuple[date | datetime, bool]]:
    """By call: until when the form check of all must be over (N12: a day after the end of intake, else the window's
    instant), and whether it is provisional. Own ends of a department or unit do not count here. One query."""
    calls = list(calls)
    extended: dict[int, list] = {call.pk: [] for call in calls}
    for row in Extension.objects.filter(call__in=calls, department=None, unit=None) if calls else ():
        extended[row.call_id].append(row)
    found: dict[int, tuple] = {}
    for call in calls:
        timetable, term = Timetable(call, extended[call.pk], []), call.spec.clocks.get("form_check")
        if term:
            last = clock.local(timetable.window("apply").closes_at - timedelta(seconds=1)).date()
            found[call.pk] = due_date(term, last)
        elif "form_check" in call.spec.windows:
            found[call.pk] = timetable.window("form_check").closes_at, False
    return found


@dataclass(frozen=True)
class Line:
    """One line above a worklist: how many must be dealt with by when."""

    words: str
    count: int
    due_at: datetime
    provisional: bool
    is_over: bool


def lines_of_department(call: Call, department) -> list[Line]:
    """What a department's submitted applications of a call ask of it; two queries, none where no clock runs."""
    if not OF_DEPARTMENTS.keys() & call.spec.clocks.keys():
        return []
    waiting = Application.objects.filter(call=call, department=department, state=State.SUBMITTED).order_by()
    begun = waiting.values_list("call_id", "submitted_at")
    return _lines(running({call.pk: call}, begun, OF_DEPARTMENTS))


def lines_of_review(call: Call, applications: QuerySet) -> list[Line]:
    """P09 over these applications of a call; two queries, none where no clock runs."""
    if not OF_OFFICERS.keys() & call.spec.clocks.keys():
        return []
    begun = with_accepted_at(applications.filter(state__in=REVIEWED)).order_by().values_list("call_id", "accepted_at")
    return _lines(running({call.pk: call}, begun, OF_OFFICERS))


def lines_of_form_check(call: Call, count: int) -> list[Line]:
    """N12 for so many that wait; two queries, none where no clock runs or nothing waits."""
    if not count or "form_check" not in call.spec.clocks:
        return []
    on, provisional = form_check_ends([call])[call.pk]
    due_at = end_of(on)
    return [Line("完成形式审查", count, due_at, provisional, due_at <= clock.now())]


def _lines(found: Iterable[Running]) -> list[Line]:
    now = clock.now()
    lines = [Line(one.words, one.count, end_of(one.on), one.provisional, end_of(one.on) <= now) for one in found]
    return sorted(lines, key=lambda line: (line.due_at, line.words))
