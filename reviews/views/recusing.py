"""回避认定: what the engine found and what experts declared for a task; officers rule, two of them clear."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from applications import access
from applications.models import Application
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import conflicts, queries, recusals, rules, workflow
from reviews.models import Clearance, Expert
from reviews.refusing import require
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, task_or_404, tell

OPEN, SETTLED, CLEARED, POOL = "open", "settled", "cleared", "pool"
TABS = ((OPEN, "待认定"), (SETTLED, "一致，已回避"), (CLEARED, "已认定不回避"), (POOL, "库内其余"))
ON_A_PAGE = 200


@require_http_methods(["GET", "HEAD", "POST"])
def recusing(request, pk: int):
    """tasks/<pk>/recusals/?tab=: the hits of a task; POST: one ruling."""
    if request.method == "POST":
        return _rule(request, get_object_or_404(Task, pk=pk))
    return _show(request, task_or_404(request, pk))


def _show(request, task: Task, *, status: int = 200, typed: dict | None = None):
    by_tab = sorted_lines(recusals.lines(task))
    tab = request.GET.get("tab", OPEN)
    tab = tab if tab in by_tab else OPEN
    rows = by_tab[tab]
    context = {
        "title": f"{task.title}：回避认定",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), (f"{task.code} {task.title}", ""), ("回避认定", "")],
        "task": task,
        "tab": tab,
        "tabs": [(code, label, len(by_tab[code])) for code, label in TABS],
        "rows": rows[:ON_A_PAGE],
        "more": max(0, len(rows) - ON_A_PAGE),
        "unsupported": by_tab["unsupported"] if tab == OPEN else [],
        "officers": _officers(task) if tab == OPEN else [],
        "can_act": rules.manages_task(task, request.user),
        "typed": typed or {},
        "key": one_time_key(),
    }
    return page(request, "recusals", context, status=status)


def sorted_lines(lines: list[recusals.Line]) -> dict[str, list[recusals.Line]]:
    """Lines by tab; what experts declared without support is beside those that wait for a ruling."""
    by_tab: dict[str, list] = {code: [] for code, _ in TABS} | {"unsupported": []}
    for line in lines:
        if line.waiting:
            by_tab[OPEN].append(line)
        elif line.state == recusals.SUSPECTED:
            by_tab[OPEN if line.place else POOL].append(line)
        elif line.state == recusals.SETTLED:
            by_tab[SETTLED if line.said or line.place else POOL].append(line)
        else:
            by_tab[CLEARED if line.state == recusals.CLEARED else "unsupported"].append(line)
    return by_tab


def _officers(task: Task) -> list[tuple[User, Application, tuple]]:
    """Officers and supervisors of the task who look like somebody in an application, and do not stand aside (N32)."""
    rows = Application.objects.filter(task=task, state__in=queries.UNDECIDED).select_related("unit", "task")
    applications = {row.pk: row for row in rows}
    first = next(iter(applications.values()), None)
    if first is None:
        return []
    people = {row.pk: row for row in (*access.officers_of(first), *access.supervisors_of(task.call, [task]))}
    found = conflicts.officer_hits(people.values(), applications.values())
    return [(people[person], applications[pk], hits) for (person, pk), hits in sorted(found.items())]


def _rule(request, task: Task):
    """One ruling: `act` recuse, clear, approve or discard."""
    posted, by = request.POST, request.user
    try:
        require(rules.manages_task(task, by), task, "rule_recusal", by, "您没有认定这个任务的回避的权限。")
        messages.success(request, _act(posted.get("act", ""), task, posted, by, sent_key(request)))
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
        return _show(request, task_or_404(request, task.pk), status=refused.status, typed=posted)
    if posted.get("back") == "approvals":
        return redirect("admin:reviews_approvals")
    return redirect("admin:reviews_recusals", pk=task.pk)


def _act(act: str, task: Task, posted, by, key: str) -> str:
    """Do it and say so."""
    if act in ("approve", "discard"):
        rows = Clearance.objects.filter(application__task=task).select_related("application__task")
        row = get_object_or_404(rows, pk=whole_number(posted.get("clearance")))
        if act == "approve":
            workflow.approve_clearance(row, by=by, key=key)
            return "已同意，不再作为回避情形。"
        workflow.discard_clearance(row, by=by, key=key)
        return "认定已作废，仍按回避办理。"
    pair = {"application": posted.get("application"), "expert": posted.get("expert")}
    application = get_object_or_404(
        Application.objects.select_related("call__current_version", "task__field"),
        pk=whole_number(pair["application"]), task=task,
    )  # fmt: skip
    expert = get_object_or_404(Expert.objects.select_related("user"), pk=whole_number(pair["expert"]))
    reason = posted.get("reason", "")
    if act == "clear":
        workflow.clear(application, by=by, expert=expert, kinds=posted.getlist("kinds"), reason=reason, key=key)
        return "已拟定“不回避”，待另一位主管复核。"
    if act == "recuse":
        workflow.recuse(application, by=by, expert=expert, reason=reason, key=key)
        return "已认定回避。"
    raise Refused("unknown_act", "请选择“回避”或者“不回避”。", "act", status=422)
