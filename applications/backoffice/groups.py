"""The recommendation list as its page shows it: task by task, with slots, ranks and chips; constant queries."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, Q

from applications import quota
from applications.backoffice.ordering import Order
from applications.models import Application, QuotaUse, RecommendationList
from applications.queries import visible_to
from applications.states import WITH_MINISTRY, State
from jbgs.lib import clock
from programmes.models import Call, Task
from programmes.spec import QuotaSpec

TASKS_ON_A_PAGE = 10
QUOTA = "recommend"
ALL, WAITING, RETURNED, ATTENTION = "", "waiting", "returned", "attention"
TABS = {ALL: "按任务", WAITING: "待审核", RETURNED: "已退回", ATTENTION: "需要处理"}


@dataclass(frozen=True)
class Row:
    """One application. `over_reason`: why it holds a slot beyond the limit; `can_rank`: its number may be changed;
    `shown_rank`: its number, or what was typed into a form that came back with `rank_error`."""

    application: Application
    chip: dict
    over_reason: str
    is_over: bool
    is_overdue: bool
    can_rank: bool
    shown_rank: str
    rank_error: str


@dataclass(frozen=True)
class Group:
    """One task with its rows. `slots`: the numbers in use in its scope; `quota`: None where the call sets no limit."""

    task: Task
    rows: list[Row]
    quota: QuotaSpec | None
    slots: frozenset[int]

    @property
    def used(self) -> int:
        return len(self.slots)

    @property
    def next_slot(self) -> int:
        return next(number for number in range(1, len(self.slots) + 2) if number not in self.slots)

    @property
    def is_over(self) -> bool:
        return self.quota is not None and self.used > self.quota.limit

    @property
    def over_rows(self) -> list[Row]:
        return [row for row in self.rows if row.is_over]


@dataclass(frozen=True)
class Groups:
    """A page of tasks, and how many rows and tasks each tab has."""

    page: Page
    groups: list[Group]
    counts: dict[str, int]
    tasks: int


def groups_of(
    user,
    call: Call,
    listed: RecommendationList | None,
    *,
    tab: str,
    page,
    around: int | None,
    order: Order | None = None,
) -> Groups:
    """The groups on one page of a tab; `around` is a task's id whose page is wanted when `page` names none.

    `order`: an order that was not accepted, whose numbers are shown again.
    """
    is_open = listed is None or listed.is_open
    counted = _counted(user, call, is_open)
    wanted = [task_id for task_id, numbers in counted.items() if numbers[tab]]
    if page is None and around in wanted:
        page = wanted.index(around) // TASKS_ON_A_PAGE + 1
    shown = Paginator(wanted, TASKS_ON_A_PAGE).get_page(page)
    rows = _rows(user, call, list(shown), tab, is_open)
    uses = _uses(call, user.department, {row.task_id: row.task for row in rows}.values())
    make = _RowMaker(can_rank=is_open and tab == ALL, is_open=is_open, order=order)
    groups = [_group(call, rows_of_task, uses, make) for rows_of_task in _by_task(rows).values()]
    totals = {name: sum(numbers[name] for numbers in counted.values()) for name in TABS}
    return Groups(shown, groups, totals, len(counted))


def is_beyond_limit():
    """Whether an application holds a slot beyond the recommender's limit, as an annotation."""
    beyond = QuotaUse.objects.filter(application=OuterRef("pk"), scope__code=QUOTA, slot__gt=F("limit"))
    return Exists(beyond)


def needs_attention(is_open: bool) -> Q:
    """Returned and not submitted again in time, or beyond the limit; on a confirmed list nothing can be done."""
    if not is_open:
        return Q(pk__in=[])
    return Q(state=State.RETURNED, return_due_at__lte=clock.now()) | Q(beyond=True)


def _counted(user, call: Call, is_open: bool) -> dict[int, dict[str, int]]:
    """For each task with applications, in the order of the call: how many belong to each tab."""
    counted = (
        visible_to(user)
        .filter(call=call)
        .alias(beyond=is_beyond_limit())
        .order_by("task__order")
        .values_list("task_id")
        .annotate(
            all=Count("pk"),
            waiting=Count("pk", filter=Q(state=State.SUBMITTED)),
            returned=Count("pk", filter=Q(state=State.RETURNED)),
            attention=Count("pk", filter=needs_attention(is_open)),
        )
    )
    return {row[0]: dict(zip(TABS, row[1:], strict=True)) for row in counted}


def _rows(user, call: Call, task_ids: list[int], tab: str, is_open: bool) -> list[Application]:
    filters = {
        ALL: Q(),
        WAITING: Q(state=State.SUBMITTED),
        RETURNED: Q(state=State.RETURNED),
        ATTENTION: needs_attention(is_open),
    }
    rows = visible_to(user).filter(call=call, task__in=task_ids).alias(beyond=is_beyond_limit()).filter(filters[tab])
    rows = rows.select_related("task", "unit", "version").defer("version__content")
    rows = list(rows.order_by("task__order", F("rank").asc(nulls_last=True), "number"))
    for row in rows:
        row.call = call
    return rows


def _uses(call: Call, department, tasks) -> dict[int, list[QuotaUse]]:
    """The slots in use by task id, one query. A scope may be wider than this department: its slots are all counted."""
    spec = call.spec.quotas.get(QUOTA)
    if spec is None:
        return {}
    keys = {task.pk: quota.scope_key(spec, Application(call=call, task=task, department=department)) for task in tasks}
    found = defaultdict(list)
    in_use = QuotaUse.objects.filter(scope__call=call, scope__code=QUOTA, scope__scope_key__in=set(keys.values()))
    for use in in_use.select_related("scope"):
        found[use.scope.scope_key].append(use)
    return {task_id: found[key] for task_id, key in keys.items()}


def _by_task(rows: list[Application]) -> dict[int, list[Application]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[row.task_id].append(row)
    return grouped


def _group(call: Call, applications: list[Application], uses, make: "_RowMaker") -> Group:
    task = applications[0].task
    slots = uses.get(task.pk, [])
    held = {use.application_id: use for use in slots}
    return Group(
        task=task,
        rows=[make.row(application, held.get(application.pk)) for application in applications],
        quota=call.spec.quota_of(QUOTA, task.code),
        slots=frozenset(use.slot for use in slots),
    )


@dataclass(frozen=True)
class _RowMaker:
    """What all rows of a page have in common."""

    can_rank: bool
    is_open: bool
    order: Order | None

    def row(self, application: Application, use: QuotaUse | None) -> Row:
        over = use is not None and use.slot > use.limit
        typed = self.order.typed if self.order else {}
        return Row(
            application=application,
            chip=chip_of(application, is_open=self.is_open, is_over=over),
            over_reason=use.over_reason if over else "",
            is_over=over,
            is_overdue=application.state == State.RETURNED and application.return_due_at <= clock.now(),
            can_rank=self.can_rank and application.state == State.RECOMMENDED and application.rank is not None,
            shown_rank=typed.get(application.pk, str(application.rank or "")),
            rank_error=self.order.errors.get(application.pk, "") if self.order else "",
        )


def chip_of(application: Application, *, is_open: bool, is_over: bool = False) -> dict:
    """The state in a department's words. Beyond the recommendation it learns no more than the applicant does."""
    if application.state == State.SUBMITTED:
        return {"label": "待审核", "tone": "info", "icon": "half"}
    if application.state == State.RETURNED:
        return {"label": "已退回", "tone": "warn", "icon": "return"}
    if application.state == State.RECOMMENDED and is_open:
        if is_over:
            return {"label": "超名额", "tone": "bad", "icon": "warn"}
        return {"label": "拟推荐", "tone": "ok", "icon": "up"}
    return application.applicant_chip if application.state in WITH_MINISTRY else application.chip
