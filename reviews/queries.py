"""Who sees which sheet, and the figures of lists. Everything costs a constant number of queries (DESIGN §6.9)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from applications import access
from applications import queries as application_queries
from applications.models import Application
from applications.states import AFTER_REVIEW, State
from jbgs.lib import clock
from programmes.models import Task
from reviews.models import ACTIVE, WITH_EXPERT, Assignment, AssignmentState, DrawPlan, Expert
from reviews.rounds import experts_wanted, last_round_pk, reopened_at

S = AssignmentState
FROM_REVIEW_ON = frozenset({State.ACCEPTED, State.IN_REVIEW, State.NOT_SHORTLISTED}) | AFTER_REVIEW
"""States of an application that the review's pages show."""
UNDECIDED = (State.ACCEPTED, State.IN_REVIEW)
"""States in which experts are given or at work."""


def visible_to(user):
    """The sheets that `user` may see. An expert sees the own ones and nobody else's; officers and supervisors those of
    the applications they see; everybody else none."""
    everything = Assignment.objects.all()
    if not getattr(user, "is_active", False):
        return everything.none()
    if user.is_expert:
        return everything.filter(expert__user=user).exclude(state__in=(S.REMOVED, S.DECLINED))
    if user.is_officer or user.is_supervisor:
        return everything.filter(application__in=application_queries.visible_to(user))
    return everything.none()


def tasks_for(user):
    """The tasks whose review `user` runs (officer) or watches (supervisor), without those from which the person stands
    aside; none for who has not signed in."""
    if not getattr(user, "is_active", False):
        return Task.objects.none()
    grants = access.grants_of(user)
    if user.is_officer:
        mine = Q(call_id__in=grants.calls) | Q(field_id__in=grants.fields)
    elif user.is_supervisor:
        mine = Q(call_id__in=grants.supervised)
    else:
        return Task.objects.none()
    rows = Task.objects.filter(mine).exclude(pk__in=grants.recused_tasks)
    return rows.select_related("call__current_version", "field")


def plans_for(user):
    """The draws all of whose tasks `user` runs or watches: one for several tasks shows the experts of all of them."""
    strange = DrawPlan.tasks.through.objects.exclude(task__in=tasks_for(user)).values("drawplan")
    return DrawPlan.objects.exclude(pk__in=strange)


def sheets_of(user):
    """An expert's own sheets with what a list row shows, by task and then by number."""
    related = ("application__task", "application__call__current_version", "application__unit", "rules", "round")
    sheets = visible_to(user).select_related(*related, "expert")
    sheets = sheets.defer("application__call__current_version__document", "rules__document")
    return sheets.annotate(scored=Count("scores")).order_by("application__task__order", "application__number")


def waiting_for(user) -> int:
    """How many sheets wait for this expert; the number beside the sidebar's link."""
    return Assignment.objects.filter(expert__user=user, application__state=State.IN_REVIEW).open_now().count()


@dataclass
class TaskFigures:
    """What a task's line of the overview says. `by_state`: sheets of applications that still await a decision."""

    task: Task
    accepted: int = 0
    in_review: int = 0
    decided: int = 0
    by_state: dict[str, int] = field(default_factory=dict)
    overdue: int = 0

    @property
    def applications(self) -> int:
        return self.accepted + self.in_review + self.decided

    @property
    def undecided(self) -> int:
        return self.accepted + self.in_review

    @property
    def seats(self) -> int:
        """Sheets that count: neither recused nor removed."""
        return sum(number for state, number in self.by_state.items() if state in ACTIVE)

    @property
    def signed(self) -> int:
        return self.by_state.get(S.SIGNED, 0)

    @property
    def unpledged(self) -> int:
        return self.by_state.get(S.ASSIGNED, 0)

    @property
    def wanted(self) -> int:
        """How many sheets the rule asks for, over all applications that still await a decision."""
        return self.undecided * experts_wanted(self.task.call)

    @property
    def missing(self) -> int:
        """How many sheets are still to be handed out."""
        return max(0, self.wanted - self.seats)

    @property
    def is_complete(self) -> bool:
        """Every sheet is signed and there are some: the ranking can be used."""
        return self.signed > 0 and self.signed == self.seats and not self.accepted


def figures(tasks: Iterable[Task]) -> list[TaskFigures]:
    """Figures of tasks with at least one application accepted or further, in the order given; three queries."""
    by_task = {task.pk: TaskFigures(task) for task in tasks}
    counted = Application.objects.filter(task__in=by_task, state__in=FROM_REVIEW_ON).values_list("task_id", "state")
    for task, state, number in counted.annotate(n=Count("pk")).order_by():
        line = by_task[task]
        if state == State.ACCEPTED:
            line.accepted += number
        elif state == State.IN_REVIEW:
            line.in_review += number
        else:
            line.decided += number
    late = Count("pk", filter=Q(state__in=WITH_EXPERT, due_at__lte=clock.now()))
    sheets = Assignment.objects.filter(application__task__in=by_task, application__state__in=UNDECIDED)
    sheets = sheets.values_list("application__task_id", "state")
    for task, state, number, overdue in sheets.annotate(n=Count("pk"), late=late).order_by():
        by_task[task].by_state[state] = number
        by_task[task].overdue += overdue
    return [line for line in by_task.values() if line.applications]


@dataclass
class ExpertFigures:
    """One expert's work on one task."""

    expert: Expert
    sheets: list[Assignment] = field(default_factory=list)

    def count(self, *states: str) -> int:
        return sum(sheet.state in states for sheet in self.sheets)

    @property
    def unpledged(self) -> int:
        return self.count(S.ASSIGNED)

    @property
    def working(self) -> int:
        return self.count(S.ACCEPTED, S.SCORING, S.RETURNED)

    @property
    def signed(self) -> int:
        return self.count(S.SIGNED)

    @property
    def recused(self) -> int:
        return self.count(S.RECUSED)

    @property
    def total(self) -> int:
        return self.count(*ACTIVE)

    @property
    def due_at(self):
        """The earliest due time of what is still open; None when nothing is."""
        return min((sheet.due_at for sheet in self.sheets if sheet.is_with_expert and sheet.due_at), default=None)

    @property
    def is_overdue(self) -> bool:
        return self.due_at is not None and self.due_at <= clock.now()

    @property
    def last_saved_at(self):
        return max((sheet.saved_at for sheet in self.sheets if sheet.saved_at), default=None)


def sheets_of_task(task):
    """All sheets of a task that were not removed, with expert and application; one query."""
    sheets = Assignment.objects.filter(application__task=task).exclude(state=S.REMOVED)
    sheets = sheets.select_related("expert__user", "application", "plan").defer("opinion")
    return sheets.defer("plan__snapshot", "plan__preview", "plan__outcome").order_by("expert_id", "pk")


def by_expert(sheets: Iterable[Assignment]) -> list[ExpertFigures]:
    """Sheets grouped by their experts, those with the most open work first."""
    grouped: dict[int, ExpertFigures] = {}
    for sheet in sheets:
        grouped.setdefault(sheet.expert_id, ExpertFigures(sheet.expert)).sheets.append(sheet)
    return sorted(grouped.values(), key=lambda line: (line.signed == line.total, line.signed - line.total))


def applications_of_task(task):
    """The applications that the review's pages show, by number."""
    return applications_of_tasks([task])


def applications_of_tasks(tasks):
    """The same for several tasks, task by task."""
    rows = Application.objects.filter(task__in=tasks, state__in=FROM_REVIEW_ON).annotate(reopened_at=reopened_at())
    return rows.select_related("unit", "department", "task").order_by("task__order", "number")


def experts_in_last_round(call):
    """All experts with `busy`: sheets in hand or signed in the call's last round; 0 before there is one."""
    return _with_load(Q(assignments__round=last_round_pk(call)))


def experts_with_load(call=None):
    """All experts with `busy`: sheets in hand or signed in every review under way; and `busy_here`: those of `call`."""
    counted = Q(assignments__application__state=State.IN_REVIEW)
    rows = _with_load(counted)
    if call is None:
        return rows
    here = Count("assignments", filter=counted & Q(assignments__application__call=call, assignments__state__in=ACTIVE))
    return rows.annotate(busy_here=here)


def _with_load(counted: Q):
    busy = Count("assignments", filter=counted & Q(assignments__state__in=ACTIVE))
    return Expert.objects.select_related("user").annotate(busy=busy).order_by("pk")
