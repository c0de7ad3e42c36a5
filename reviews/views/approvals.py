"""待复核: what another officer prepared and a second one has to look at: changes after a draw, and clearances."""

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jbgs.lib.errors import Refused
from reviews import approving, workflow
from reviews.models import ReviewerChange
from reviews.recusals import waiting_clearances
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, tell


@require_GET
def approvals(request):
    """Everything that waits for a second person in the tasks of this officer; supervisors read along."""
    if not (request.user.is_officer or request.user.is_supervisor):
        raise Http404("没有这一页，或者您没有查看它的权限。")
    waiting, draws = list(approving.waiting_changes(request.user)), approving.draws_that_wait(request.user)
    prefetch_related_objects(draws, "tasks")
    done = approving.settled_changes(request.user)[:30]
    context = {
        "title": "待复核",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), ("待复核", "")],
        "waiting": waiting,
        "clearances": waiting_clearances(request.user),
        "draws": draws,
        "done": done,
        "can_act": request.user.is_officer,
        "key": one_time_key(),
    }
    return page(request, "approvals", context)


@require_POST
def settle(request, pk: int):
    """Approve or discard a change."""
    row = get_object_or_404(ReviewerChange.objects.select_related("application__call__current_version"), pk=pk)
    try:
        if request.POST.get("act") == "approve":
            workflow.approve_change(row, by=request.user, key=sent_key(request))
            messages.success(request, "已同意，已通知有关专家。")
        else:
            workflow.discard_change(row, by=request.user, note=request.POST.get("note", ""), key=sent_key(request))
            messages.success(request, "已作废。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_approvals")
