"""The expert's answer to the one soft question after signing."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from jbgs.lib.errors import Refused
from reviews import workflow
from reviews.models import Assignment
from reviews.views.base import pass_on_forbidden, sent_key, tell


@require_POST
def answer(request, pk: int):
    """Keep the fuller reason beside the signed sheet."""
    sheet = get_object_or_404(Assignment, pk=pk)
    try:
        workflow.give_fuller_reason(sheet, by=request.user, text=request.POST.get("text", ""), key=sent_key(request))
        messages.success(request, "已收到您补充的理由。评分没有改动。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_score", pk=pk)
