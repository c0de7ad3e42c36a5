"""进入下一环节: beside the ranking of one task, who goes on to the panel (N16)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from applications import rounds
from applications.models import State
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import ranking as r
from reviews import rules, workflow
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, task_or_404


def forwarding(request, pk: int):
    """The ranking with a choice for each; a POST keeps it."""
    refused, typed = None, None
    if request.method == "POST":
        task = get_object_or_404(Task.objects.select_related("call__current_version", "field"), pk=pk)
        typed = _typed(request.POST)
        try:
            made = workflow.forward(
                task, by=request.user, going=[pk for pk, go in typed["go"].items() if go == "yes"],
                staying=[pk for pk, go in typed["go"].items() if go == "no"], reasons=typed["reason"],
                key=sent_key(request),
            )  # fmt: skip
            messages.success(request, f"已登记 {len(made)} 项。")
            return redirect("admin:reviews_forwarding", pk=pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    return _page(request, task_or_404(request, pk), typed, refused)


def _typed(post) -> dict:
    typed = {"go": {}, "reason": {}}
    for name, value in post.items():
        head, _, number = name.rpartition("_")
        pk = whole_number(number)
        if pk is not None and head in typed:
            typed[head][pk] = value.strip()[:2000]
    return typed


def _page(request, task: Task, typed: dict | None, refused: Refused | None):
    asked = rounds.asked_of(task.call)
    scored = next((one for one in asked if one.kind == rounds.SCORED), None)
    rows = r.ranking(task.call, task)
    outcomes = rounds.outcomes_of([row.application for row in rows])
    errors = {item["field"]: item["sentence"] for item in refused.details} if refused else {}
    acts = rules.manages_task(task, request.user)
    lines = []
    for row in rows:
        pk, state = row.application.pk, row.application.state
        outcome = outcomes.get((pk, scored.row.pk)) if scored else None
        lines.append({
            "row": row,
            "application": row.application,
            "score": r.show(row.standing.score),
            "outcome": outcome,
            "can": acts and scored and outcome is None and row.is_complete and state == State.IN_REVIEW,
            "go": typed["go"].get(pk, "") if typed else "",
            "reason": typed["reason"].get(pk, "") if typed else "",
            "error": errors.get(f"reason_{pk}", ""),
        })  # fmt: skip
    following = next((one.label for one in asked if scored and one.position > scored.position), "")
    context = {
        "title": f"{task.title}：进入{following or '下一环节'}",
        "crumbs": [
            ("分派与排名", reverse("admin:reviews_tasks")),
            (f"{task.code} {task.title}", reverse("admin:reviews_ranking", args=[task.pk])),
            ("进入下一环节", ""),
        ],
        "task": task,
        "lines": lines,
        "following": following,
        "open_sheets": sum(row.open for row in rows),
        "can_choose": any(line["can"] for line in lines),
        "refused": refused,
        "key": one_time_key(),
    }
    return page(request, "forwarding", context, status=refused.status if refused else 200)
