"""谢绝评审: the expert does not review everything that waits in a round, or one sheet, and says why."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from applications.models import ReviewRound
from jbgs.lib.errors import Refused
from reviews import blind, queries, rules, workflow
from reviews.models import Assignment, AssignmentState
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, sheet_or_404


@require_http_methods(["GET", "POST"])
def round_(request, pk: int):
    """Everything of a round for which no pledge was signed yet."""
    if request.method == "POST":
        return _declined(request, get_object_or_404(ReviewRound, pk=pk), lambda: _waiting(request, pk))
    return _form(request, _waiting(request, pk))


def _waiting(request, pk: int) -> list[Assignment]:
    sheets = list(queries.sheets_of(request.user).filter(round=pk, state=AssignmentState.ASSIGNED))
    if not sheets or not request.user.is_expert:
        raise Http404("没有等待答复的评审任务。")
    return sheets


@require_http_methods(["GET", "POST"])
def sheet(request, pk: int):
    """One sheet that is not signed."""
    if request.method == "POST":
        row = get_object_or_404(Assignment, pk=pk)
        return _declined(request, row, lambda: [_own(request, pk)])
    return _form(request, [_own(request, pk)])


def _own(request, pk: int) -> Assignment:
    row = sheet_or_404(request, pk, queries.sheets_of(request.user))
    if not rules.can_decline(row, request.user):
        raise Http404("这份评审已经办结。")
    return row


def _declined(request, what, shown):
    try:
        gone = workflow.decline(what, by=request.user, reason=request.POST.get("reason", ""), key=sent_key(request))
    except Refused as refused:
        pass_on_forbidden(refused)
        return _form(request, shown(), status=refused.status, refused=refused)
    messages.success(request, f"已谢绝 {len(gone)} 份，主管会另行安排。感谢您的答复。")
    return redirect("admin:reviews_todo")


def _form(request, sheets, *, status: int = 200, refused=None):
    context = {
        "title": "谢绝评审",
        "crumbs": [("我的评审", reverse("admin:reviews_todo")), ("谢绝评审", "")],
        "sheets": blind.put_faces(sheets, request.user),
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "key": one_time_key(),
    }
    return page(request, "decline", context, status=status)
