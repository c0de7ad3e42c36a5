"""A draw as people walk it: conditions and previews, freeze, the public value, publish, take back; and its data."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit import log
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Call, Task
from reviews import actions_draw, draw_jobs, draw_page, queries, replay, workflow
from reviews.forms import ConditionsForm
from reviews.models import DrawPlan
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, tell, whole_numbers

DONE = {
    "conditions": "条件已保存。",
    "preview": "已重新预览。预览不是抽取结果。",
    "freeze": "名单、申报和条件已冻结，种子承诺值已存档，已通知监督人员。",
    "value": "已给数，结果已抽取。请核对后发布。",
    "publish": "已发布，已通知专家。",
    "undo": "已撤回，已通知专家。",
    "discard": "已作废。",
}


def plan_or_404(request, pk: int) -> DrawPlan:
    """A draw all of whose tasks this person runs or watches; else 404, and the try is in its log."""
    rows = DrawPlan.objects.select_related("call__current_version", "round", "frozen_by", "public_by", "published_by")
    plan = rows.filter(pk=pk).first()
    if plan is not None:
        if queries.plans_for(request.user).filter(pk=pk).exists():
            plan.task_list = list(plan.tasks.select_related("call", "field").order_by("order"))
            return plan
        log.append_refusal(plan, "read_draw", request.user, Forbidden("您没有查看这次抽取的权限。"))
    raise Http404("没有这一页，或者您没有查看它的权限。")


@require_GET
def plan(request, pk: int):
    """One draw, also one for several tasks."""
    return plan_page(request, plan_or_404(request, pk))


def plan_page(
    request, row: DrawPlan, *, status: int = 200, form: ConditionsForm | None = None, refused=None, refused_act=""
):
    """The page of a draw; `form` holds what was typed when it was refused."""
    applications = list(queries.applications_of_tasks(row.task_list))
    context = draw_page.context_of(row, request.user) | {
        "title": f"{row}：{subject(row)}",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), (str(row), "")],
        "subject": subject(row),
        "applications": applications,
        "undecided": [one for one in applications if one.state in queries.UNDECIDED],
        "form": form or ConditionsForm(initial=first_values(row)),
        "refused": refused,
        "refused_act": refused_act,
        "history": draw_page.history_of(row.task_list, request.user),
        "key": one_time_key(),
    }
    return page(request, "draw", context, status=status)


def subject(row: DrawPlan) -> str:
    """What is drawn for."""
    titles = [task.title for task in row.task_list]
    return titles[0] if len(titles) == 1 else f"{titles[0]}等 {len(titles)} 个任务"


def first_values(row: DrawPlan) -> dict:
    """What the form of conditions starts with."""
    return row.settings | {"due_at": row.due_at}


@require_POST
def open_draw(request, pk: int):
    """Begin a draw for one task, and look at once what it would give."""
    task = get_object_or_404(Task.objects.select_related("call__current_version"), pk=pk)
    return _open(request, task.call, [task], "admin:reviews_panel", task.pk)


@require_http_methods(["GET", "POST"])
def call_draw(request, pk: int):
    """Several tasks of a call at once: choose them, see what is under way."""
    call = get_object_or_404(Call.objects.select_related("current_version"), pk=pk)
    if request.method == "POST":
        chosen = Task.objects.filter(call=call, pk__in=whole_numbers(request.POST.getlist("task")))
        return _open(request, call, list(chosen.select_related("call")), "admin:reviews_draw_call", call.pk)
    tasks = list(queries.tasks_for(request.user).filter(call=call).order_by("order"))
    if not tasks:
        log.append_refusal(call, "read_draw", request.user, Forbidden("您没有查看这个批次抽取的权限。"))
        raise Http404("没有这一页，或者您没有查看它的权限。")
    history = draw_page.history_of(tasks, request.user)
    under_way = {task.pk: row for row in history if row.state in draw_page.OPEN_STATES for task in row.task_list}
    lines = [line for line in queries.figures(tasks) if line.undecided]
    for line in lines:
        line.draw = under_way.get(line.task.pk)
    context = {
        "title": f"{call.title}：抽取评审专家",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), ("抽取评审专家", "")],
        "call": call,
        "lines": lines,
        "can_begin": any(line.missing and not line.draw for line in lines),
        "history": history,
        "can_act": request.user.is_officer,
        "key": one_time_key(),
    }
    return page(request, "draw_call", context)


def _open(request, call, tasks, back: str, pk: int):
    try:
        row = workflow.open_plan(call, tasks, by=request.user, key=sent_key(request))
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
        return redirect(back, pk=pk)
    try:
        if draw_jobs.is_large(row):
            draw_jobs.request(row, "preview", by=request.user, key="first")
        else:
            workflow.preview_plan(row, by=request.user)
    except Refused as refused:
        tell(request, refused)
    return redirect(draw_page.address_of(row))


@require_POST
def act(request, pk: int):
    """One step of a draw; `act` names it. What was typed into a form that is refused stays on the page."""
    row = get_object_or_404(DrawPlan.objects.select_related("call__current_version", "round"), pk=pk)
    name = request.POST.get("act", "")
    form = ConditionsForm(request.POST)
    try:
        if name in ("conditions", "preview", "freeze") and "mode" in request.POST and row.state == DrawPlan.State.DRAFT:
            valid = form.is_valid()
            if not valid and _may_run(request, row):
                return plan_page(request, plan_or_404(request, pk), status=422, form=form)
            workflow.set_conditions(row, by=request.user, **(form.conditions if valid else {}))
        if name not in STEPS:
            raise Refused("unknown_step", "没有这一步。", status=422)
        if name in draw_jobs.STEPS and draw_jobs.is_large(row):
            named = {"value": request.POST.get("value", "")} if name == "value" else {}
            draw_jobs.request(row, name, by=request.user, key=sent_key(request), **named)
            messages.success(request, "申报较多，正在后台计算。完成后本页自动更新。")
            return redirect(draw_page.address_of(row))
        STEPS[name](row, request)
        if name in DONE:
            messages.success(request, DONE[name])
    except Refused as refused:
        pass_on_forbidden(refused)
        if refused.status == 422 and name in ("value", "undo", "discard", "redraw"):
            return plan_page(request, plan_or_404(request, pk), status=422, refused=refused, refused_act=name)
        tell(request, refused)
    return redirect(draw_page.address_of(row))


def _may_run(request, row: DrawPlan) -> bool:
    row.task_list = list(row.tasks.select_related("call", "field").order_by("order"))
    return actions_draw.runs(row, request.user)


def _with_reason(verb):
    def step(row, request):
        return verb(row, by=request.user, reason=request.POST.get("reason", ""), key=sent_key(request))

    return step


def _plain(verb):
    def step(row, request):
        return verb(row, by=request.user, key=sent_key(request))

    return step


def _adopt(row, request):
    """Take over one proposal of the diagnosis and look again."""
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    value = {"True": True, "False": False}.get(value, int(value) if value.isdigit() else value)
    workflow.set_conditions(row, by=request.user, **{name: value})
    workflow.preview_plan(row, by=request.user, key=sent_key(request))


def _redraw(row, request):
    """Give up a frozen draw whose data have changed, and begin the next one with the same conditions."""
    tasks = list(row.tasks.select_related("call"))
    workflow.discard(row, by=request.user, reason=request.POST.get("reason", ""), key=sent_key(request))
    named = {"settings": row.settings, "due_at": row.due_at}
    new = workflow.open_plan(row.call, tasks, by=request.user, **named)
    workflow.preview_plan(new, by=request.user)


STEPS = {
    "conditions": lambda row, request: None,
    "preview": _plain(workflow.preview_plan),
    "freeze": _plain(workflow.freeze),
    "value": lambda row, request: workflow.give_public_value(
        row, by=request.user, value=request.POST.get("value", ""), key=sent_key(request)
    ),
    "publish": _plain(workflow.publish),
    "undo": _with_reason(workflow.undo),
    "discard": _with_reason(workflow.discard),
    "adopt": _adopt,
    "redraw": _redraw,
}


@require_GET
def data(request, pk: int):
    """The bundle by which anybody can compute the draw again."""
    row = plan_or_404(request, pk)
    if row.snapshot is None:
        raise Http404("数据还没有冻结。")
    text = json.dumps(replay.bundle(row), ensure_ascii=False, indent=1, sort_keys=True)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="draw-{row.pk}.json"'
    return answer
