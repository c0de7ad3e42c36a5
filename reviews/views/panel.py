"""Who reviews a task: the draw with its preview, assignment by hand, taking a sheet back, recusals."""

import secrets
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.models import Task
from reviews import queries, rules, workflow
from reviews.forms import DrawForm
from reviews.models import Assignment, Expert, Recusal
from reviews.preview import preview
from reviews.rounds import counts, due_by_call, experts_wanted
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, task_or_404, tell, whole_numbers

DAYS_TO_REVIEW = 14


@require_GET
def panel(request, pk: int):
    """The task's panel as it stands; with `?preview` also what a draw would give."""
    return _panel_page(request, task_or_404(request, pk))


def _panel_page(request, task: Task, *, status: int = 200, typed: dict | None = None):
    experts = list(queries.experts_in_last_round(task.call))
    asked = "preview" in request.GET
    first = {} if asked else _first_values(task)
    form = DrawForm(request.GET if asked else None, initial=first, disciplines=_disciplines(experts))
    applications = list(queries.applications_of_task(task))
    open_ones = [row for row in applications if row.state in queries.UNDECIDED]
    shown = None
    if asked and form.is_valid():
        pool = _pool(experts, form.cleaned_data["discipline"])
        shown = preview(open_ones, pool, form.cleaned_data["seed"])
    sheets = list(queries.sheets_of_task(task))
    _attach(applications, sheets, Recusal.objects.filter(application__in=applications).select_related("expert__user"))
    wanted = experts_wanted(task.call)
    context = {
        "title": f"{task.title}：评审专家",
        "crumbs": _crumbs(task, "评审专家"),
        "task": task,
        "applications": applications,
        "wanted": wanted,
        "seats": sum(sheet.state != "recused" for sheet in sheets),
        "missing": sum(max(0, wanted - len(row.seats)) for row in open_ones),
        "experts": experts,
        "available": sum(row.is_available and row.busy < row.max_load for row in experts),
        "form": form,
        "preview": shown,
        "can_act": rules.manages_task(task, request.user),
        "undecided": bool(open_ones),
        "typed": typed or {},
        "key": one_time_key(),
    }
    return page(request, "panel", context, status=status)


def _first_values(task: Task) -> dict:
    later = datetime.combine(clock.today() + timedelta(days=DAYS_TO_REVIEW), time(18), clock.SHANGHAI)
    due = due_by_call(task.call) or later
    return {"seed": f"{secrets.randbelow(1_000_000):06d}", "due_at": clock.local(due)}


def _disciplines(experts) -> list[str]:
    return sorted({word for expert in experts for word in expert.disciplines})


def _pool(experts, discipline: str) -> list[Expert]:
    return [row for row in experts if not discipline or discipline in row.disciplines]


def _attach(applications, sheets, recusals) -> None:
    """Give each application its `seats` (sheets that count) and `recusals` for the table."""
    by_pk = {row.pk: row for row in applications}
    for row in applications:
        row.seats, row.recusal_rows = [], []
    for sheet in sheets:
        if sheet.state != "recused" and counts(sheet.assigned_at, by_pk[sheet.application_id].reopened_at):
            by_pk[sheet.application_id].seats.append(sheet)
    for recusal in recusals:
        by_pk[recusal.application_id].recusal_rows.append(recusal)


def _crumbs(task: Task, here: str) -> list:
    return [("分派与排名", reverse("admin:reviews_tasks")), (f"{task.code} {task.title}", ""), (here, "")]


@require_POST
def draw(request, pk: int):
    """Carry out the draw that was shown: same seed, same pool, same digest."""
    task = get_object_or_404(Task.objects.select_related("call__current_version"), pk=pk)
    experts = list(Expert.objects.available().select_related("user"))
    form = DrawForm(request.POST, disciplines=_disciplines(experts))
    applications = Application.objects.filter(task=task, state__in=queries.UNDECIDED)
    pool = _pool(experts, request.POST.get("discipline", ""))
    if rules.manages_task(task, request.user) and not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, errors[0])
        return redirect("admin:reviews_panel", pk=pk)
    try:
        seats = workflow.draw(
            applications, by=request.user, seed=request.POST.get("seed", ""), experts=pool, key=sent_key(request),
            due_at=form.cleaned_data["due_at"] if form.is_valid() else None, digest=request.POST.get("digest", ""),
        )  # fmt: skip
        messages.success(request, f"已分派 {len(seats)} 份评审任务，已通知专家。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_panel", pk=pk)


@require_POST
def assign(request, pk: int):
    """Give the ticked applications to one expert, by hand; all or none."""
    task = get_object_or_404(Task, pk=pk)
    chosen = Application.objects.filter(task=task, pk__in=whole_numbers(request.POST.getlist("application")))
    expert = Expert.objects.filter(pk__in=whole_numbers([request.POST.get("expert", "")])).select_related("user")
    try:
        seats = workflow.assign_each(chosen, by=request.user, expert=expert.first(), key=sent_key(request))
        messages.success(request, f"已分派 {len(seats)} 份，已通知专家。")
        return redirect("admin:reviews_panel", pk=pk)
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
        typed = {"applications": [row.pk for row in chosen], "expert": request.POST.get("expert", "")}
        return _panel_page(request, task_or_404(request, pk), status=refused.status, typed=typed)


@require_POST
def unassign(request, pk: int):
    """Take a sheet back from its expert, with a reason."""
    sheet = get_object_or_404(Assignment.objects.select_related("application"), pk=pk)
    try:
        workflow.unassign(sheet, by=request.user, reason=request.POST.get("reason", ""), key=sent_key(request))
        messages.success(request, "已撤换，请另行分派专家。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_panel", pk=sheet.application.task_id)


@require_POST
def recusal(request, pk: int):
    """The officer decides that an expert does not look at an application."""
    application = get_object_or_404(Application, pk__in=whole_numbers([request.POST.get("application", "")]), task=pk)
    expert = get_object_or_404(Expert, pk__in=whole_numbers([request.POST.get("expert", "")]))
    try:
        reason = request.POST.get("reason", "")
        workflow.recuse(application, by=request.user, expert=expert, reason=reason, key=sent_key(request))
        messages.success(request, "已认定回避。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_panel", pk=pk)
