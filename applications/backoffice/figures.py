"""The figures of the overview: how far the applications have come, which slots are used, what ends when."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q

from applications import quota
from applications.backoffice.office import Office
from applications.models import Application, RecommendationList
from applications.states import AFTER_REVIEW, WITH_MINISTRY, State
from jbgs.lib import clock
from programmes.models import Task
from programmes.windows import Timetable, Window
from programmes.words import WINDOWS

CHECKED = WITH_MINISTRY - {State.RECOMMENDED, State.IN_SUPPLEMENT, State.REJECTED}
LISTED = AFTER_REVIEW - {State.PROPOSED}
BAR = 300
"""Width of the widest bar of the funnel, in units of its drawing."""


@dataclass(frozen=True)
class Step:
    """One bar of the funnel. `width` and `next_width` in drawing units, `y` its top, `note` the line beside it."""

    label: str
    count: int
    note: str
    width: int = 0
    next_width: int = 0
    y: int = 0
    shade: int = 0


@dataclass(frozen=True)
class TaskLine:
    """One task with its numbers; a quota is (used, limit), or None where the call does not limit it by task."""

    task: Task
    recommended: int
    accepted: int
    in_review: int
    shortlist: tuple[int, int] | None
    award: tuple[int, int] | None


def funnel(office: Office) -> list[Step]:
    """How many applications have come how far; stages that the call has switched off are left out. One query."""
    flow = office.call.spec.flow
    states = office.in_scope().order_by().values_list("state").annotate(
        count=Count("pk"), filed=Count("pk", filter=Q(number__isnull=False))
    )  # fmt: skip
    counted = Counter({state: count for state, count, _ in states})
    filed = sum(filed for *_, filed in states)

    def reached(group) -> int:
        return sum(counted[state] for state in group)

    waiting = counted[State.SUBMITTED]
    steps = [
        ("建立草稿", sum(counted.values()), f"{counted[State.DRAFT]} 份还是草稿，{counted[State.WITHDRAWN]} 份已撤回"),
        ("提交", filed, f"{waiting} 份待推荐单位审核" if flow.recommendation else ""),
    ]
    if flow.recommendation:
        held = f"退回 {counted[State.RETURNED]}，不推荐 {counted[State.NOT_RECOMMENDED]}"
        steps.append(("推荐", reached(WITH_MINISTRY), held))
    if flow.form_check:
        held = f"补正中 {counted[State.IN_SUPPLEMENT]}，不予受理 {counted[State.REJECTED]}"
        steps.append(("受理", reached(CHECKED), held))
    won = office.label("won", "优胜")
    running = counted[State.IN_REVIEW] + counted[State.PROPOSED]
    passed = f"评审或公示中 {running}，未列入 {counted[State.NOT_SHORTLISTED]}"
    steps.append((office.label("shortlisted", "入围"), reached(LISTED), passed))
    if flow.evaluation:
        note = f"测评中 {counted[State.IN_EVALUATION]}，未列入 {counted[State.NOT_WON]}"
        steps.append((won, counted[State.WON], note))
    return _drawn(steps)


def _drawn(steps: list[tuple[str, int, str]]) -> list[Step]:
    most = max((count for _, count, _ in steps), default=0) or 1
    widths = [round(BAR * count / most) for _, count, _ in steps]
    drawn = []
    for place, (label, count, note) in enumerate(steps):
        before = steps[place - 1][1] if place else 0
        share = f"上一步的 {round(100 * count / before)}%" if before and count else ""
        following = widths[place + 1] if place + 1 < len(steps) else 0
        text = "；".join(part for part in (share, note) if part)
        drawn.append(Step(label, count, text, widths[place], following, place * 44, min(place, 5)))
    return drawn


def task_lines(office: Office) -> list[TaskLine]:
    """The tasks with applications that have come this far; four queries."""
    counted: dict[int, Counter] = {}
    rows = office.applications().order_by().values_list("task_id", "state").annotate(count=Count("pk"))
    for task, state, count in rows:
        counted.setdefault(task, Counter())[state] += count
    slots = {code: slots_by_task(office, code) for code in ("shortlist", "award")}
    return [
        TaskLine(
            task,
            recommended=sum(counted[task.pk].values()),
            accepted=sum(counted[task.pk][state] for state in CHECKED),
            in_review=counted[task.pk][State.IN_REVIEW],
            shortlist=slots["shortlist"].get(task.pk),
            award=slots["award"].get(task.pk),
        )
        for task in office.tasks
        if task.pk in counted
    ]


def slots_by_task(office: Office, code: str) -> dict[int, tuple[int, int]]:
    """(used, limit) by task id for a limit that counts within one task; one query. Empty for any other limit."""
    spec = office.call.spec.quotas.get(code)
    if spec is None or "task" not in spec.scope or not set(spec.scope) <= {"task", "field", "call"}:
        return {}
    used = quota.usage(office.call, code)
    keys = {task.pk: quota.scope_key(spec, Application(call=office.call, task=task)) for task in office.tasks}
    limits = {task.pk: office.call.spec.quota_of(code, task.code).limit for task in office.tasks}
    return {pk: (used.get(key, 0), limits[pk]) for pk, key in keys.items()}


def ends(office: Office) -> list[tuple[str, Window, bool]]:
    """(label, window, over) of the call's windows in the order of their ends; two queries."""
    timetable = Timetable(office.call)
    now = clock.now()
    found = [timetable.window(name) for name in office.call.spec.windows]
    found.sort(key=lambda window: window.closes_at)
    return [
        (WINDOWS.get(window.name, office.label(window.name, window.name)), window, window.has_closed(now))
        for window in found
    ]


def open_lists(office: Office) -> int:
    """How many departments with applications have not confirmed their list; one query."""
    flow = office.call.spec.flow
    if not (flow.recommendation and flow.recommendation_list):
        return 0
    with_applications = office.in_scope().filter(state__in=WITH_MINISTRY | {State.SUBMITTED}).values("department")
    confirmed = RecommendationList.objects.filter(call=office.call, state="confirmed").values("department")
    return with_applications.exclude(department__in=confirmed).distinct().count()
