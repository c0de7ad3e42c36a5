"""Dates that count working days, counted again when the working calendar changes (domain.md §4.9).

A due day that passed days of which the calendar knew nothing is provisional; a holiday that is moved later moves what
was certain too. What moves is logged on the application and told to whom it concerns; what merely becomes certain loses
its mark in silence. The clocks are those of the call's current version.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from accounts.models import system_user
from applications import messages_owing as messages
from applications.actions import ACTS, Act
from applications.models import Appeal, Application, Objection, Obligation, RoundOutcome
from applications.obligations import RUNNING
from applications.rules import Rule, is_system
from applications.states import State
from audit.door import perform
from jbgs.lib import clock
from programmes import windows

RECOUNT = Act(
    "recount_due", "期限重新计算", Rule("recount_due", is_system, lambda application: True), transition=False,
    logged=("what", "was", "now", "provisional"),
)  # fmt: skip
ACTS[RECOUNT.name] = RECOUNT


@dataclass(frozen=True)
class Counted:
    """One stored due day: the row, the clock it was counted by, from which day, and who is told when it moves.

    `day` and `mark` are the row's fields of the day and of its being provisional ("" where it has none).
    """

    row: object
    application: Application
    clock: str
    start: date
    what: str
    party: str
    day: str = "due_on"
    mark: str = "due_provisional"


def recount() -> int:
    """Count every open due day by working days again; how many moved or became certain or provisional."""
    moved = 0
    for one in _open():
        term = one.application.call.spec.clocks.get(one.clock)
        if term is None or not term.asks_calendar:
            continue
        due, provisional = windows.due_date(term, one.start)
        marked = getattr(one.row, one.mark) if one.mark else provisional
        if (due, provisional) != (getattr(one.row, one.day), marked):
            moved += _write(one, due, provisional)
    return moved


def _open() -> Iterator[Counted]:
    """Everything that is still open and was counted by a clock; five queries."""
    deep = ("application__call__current_version", "application__task", "application__unit")
    document = "application__call__current_version__document"
    for row in Objection.objects.filter(state="open", due_on__isnull=False).select_related(*deep).defer(document):
        yield Counted(row, row.application, "objection", _day(row.raised_at), "处理异议的期限", "officer")
    for row in Appeal.objects.filter(state="open", due_on__isnull=False).select_related(*deep).defer(document):
        yield Counted(row, row.application, "appeal_decision", _day(row.raised_at), "作出复审决定的期限", "officer")
    checked = RoundOutcome.objects.filter(
        application__state=State.IN_REVIEW, replaced_at=None, contestable_on__isnull=False
    )
    for row in checked.select_related(*deep).defer(document):
        words = "对现场核查结果提出异议的期限"
        yield Counted(row, row.application, "on_site_objection", row.held_on, words, "unit", "contestable_on", "")
    owed = Obligation.objects.owed().exclude(due_clock="").filter(due_from__isnull=False)
    for row in owed.select_related(*deep).defer(document):
        yield Counted(row, row.application, row.due_clock, row.due_from, f"{row.name}的期限", "unit")
    works = Application.objects.filter(state__in=RUNNING, work_due_on__isnull=False, listed_on__isnull=False)
    works = works.exclude(obligations__kind=Obligation.Kind.EXTENSION, obligations__state="approved")
    works = works.select_related("call__current_version", "task", "unit").defer("call__current_version__document")
    for row in works:
        yield Counted(row, row, "work", row.listed_on, "攻关期限", "unit", "work_due_on", "work_due_provisional")


def _day(moment) -> date:
    return clock.local(moment).date()


def _write(one: Counted, due: date, provisional: bool) -> int:
    """Through the door, so that the application is locked and its log says what moved and why."""
    was = getattr(one.row, one.day)
    named = {"what": one.what, "was": was.isoformat(), "now": due.isoformat(), "provisional": provisional}
    with perform(RECOUNT, one.application, by=system_user(), **named) as locked:
        if one.row is one.application:
            locked.work_due_on, locked.work_due_provisional = due, provisional
        else:
            changes = {one.day: due} | ({one.mark: provisional} if one.mark else {})
            type(one.row).objects.filter(pk=one.row.pk, **{one.day: was}).update(**changes)
        if due != was:
            messages.due_moved(locked, one.row, one.what, was, due, one.party)
    return 1
