"""How far a task's review has come, the reminder, and all sheets of one application with the way back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from applications.models import Decision
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.models import Task
from reviews import papers, queries, rules, sheets, workflow
from reviews.models import Advice, Assignment, AssignmentState, Expert, Recusal
from reviews.views.base import (
    application_or_404,
    one_time_key,
    page,
    pass_on_forbidden,
    sent_key,
    task_or_404,
)

S = AssignmentState


@require_GET
def progress(request, pk: int):
    """Experts by applications: who has signed, who is at work, who has not begun, what is overdue."""
    task = task_or_404(request, pk)
    rows = list(queries.sheets_of_task(task))
    experts = sorted(queries.by_expert(rows), key=lambda line: line.expert.pk)
    applications = list(queries.applications_of_task(task))
    _fill_grid(applications, experts, rows)
    context = {
        "title": f"{task.title}：评审进度",
        "crumbs": _crumbs(task, "评审进度"),
        "task": task,
        "experts": experts,
        "applications": applications,
        "figures": next(iter(queries.figures([task])), None),
        "late": sum(line.is_overdue for line in experts),
        "waiting": sum(line.signed < line.total for line in experts),
        "can_act": rules.manages_task(task, request.user),
        "now": clock.now(),
        "key": one_time_key(),
    }
    return page(request, "progress", context)


def _fill_grid(applications, experts, rows) -> None:
    """Give each application its `grid`, one (sheet or None, is recused) per expert, and its counts."""
    cells = {(row.application_id, row.expert_id): row for row in rows}
    recused = set(Recusal.objects.filter(application__in=applications).values_list("application_id", "expert_id"))
    for application in applications:
        pairs = [(application.pk, line.expert.pk) for line in experts]
        application.grid = [(cells.get(pair), pair in recused) for pair in pairs]
        counted = [cell.state for cell, _ in application.grid if cell and cell.state != S.RECUSED]
        application.signed, application.seats = counted.count(S.SIGNED), len(counted)


@require_POST
def remind(request, pk: int):
    """Tell everybody who has not signed; once a day each."""
    task = get_object_or_404(Task.objects.select_related("call"), pk=pk)
    told = workflow.remind(task, by=request.user)
    messages.success(request, f"已催办 {told} 位专家。" if told else "今天已经催办过，没有重复发送。")
    return redirect("admin:reviews_progress", pk=pk)


@require_GET
def paper(request, pk: int, expert_pk: int):
    """One expert's score sheet of the task, as PDF for signature."""
    task = task_or_404(request, pk)
    expert = get_object_or_404(Expert.objects.filter(assignments__application__task=task).distinct(), pk=expert_pk)
    return redirect("documents:artifact", pk=papers.request_paper(expert, task, by=request.user).pk)


@require_GET
def scores(request, pk: int):
    """All sheets of one application side by side, with opinions; officers and supervisors only."""
    return _scores_page(request, pk)


def _scores_page(request, pk: int, *, refused: Refused | None = None, typed: dict | None = None):
    application = application_or_404(request, pk)
    rows = Assignment.objects.filter(application=application).exclude(state=S.REMOVED)
    rows = rows.select_related("expert__user", "rules").defer("rules__document").prefetch_related("scores")
    rows = list(rows.order_by("expert_id"))
    review = rows[0].rules.spec.review if rows else application.call.spec.review
    for row in rows:
        points = {score.criterion: score.points for score in row.scores.all()}
        # What is not signed is the expert's own draft: nobody reads over the shoulder.
        row.shown = points if row.state == S.SIGNED else {}
        row.advice_label = dict(Advice.choices).get(row.advice, "") if row.state == S.SIGNED else ""
    lines = [(criterion, [sheets.show(row.shown.get(criterion.key)) for row in rows]) for criterion in review.criteria]
    context = {
        "title": application.title,
        "crumbs": [*_crumbs(application.task, "")[:2], (application.title, "")],
        "application": application,
        "task": application.task,
        "rows": rows,
        "lines": lines,
        "totals": [sheets.show_two(row.total) for row in rows],
        "recusals": application.recusals.select_related("expert__user"),
        "decision": application.decisions.filter(state=Decision.DecisionState.PREPARED).first(),
        "can_act": rules.manages_task(application.task, request.user) and application.state == "in_review",
        "refused": refused,
        "typed": typed or {},
        "key": one_time_key(),
    }
    return page(request, "scores", context, status=refused.status if refused else 200)


@require_POST
def return_sheet(request, pk: int):
    """Give a signed sheet back for revision, with a reason that the expert reads."""
    sheet = get_object_or_404(Assignment, pk=pk)
    reason = request.POST.get("reason", "")
    try:
        workflow.return_for_revision(sheet, by=request.user, reason=reason, key=sent_key(request))
        messages.success(request, "已退回专家修改，并已通知。")
    except Refused as refused:
        pass_on_forbidden(refused)
        return _scores_page(request, sheet.application_id, refused=refused, typed={"sheet": pk, "reason": reason})
    return redirect("admin:reviews_scores", pk=sheet.application_id)


def _crumbs(task: Task, here: str) -> list:
    return [
        ("分派与排名", reverse("admin:reviews_tasks")),
        (f"{task.code} {task.title}", reverse("admin:reviews_progress", args=[task.pk])),
        (here, ""),
    ]
