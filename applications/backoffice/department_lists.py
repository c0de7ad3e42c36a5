"""推荐名单 as the officer sees them: which department has confirmed what, and giving a list back with a reason."""

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from applications import listing, workflow
from applications.backoffice.acting import judged_at_the_door, refuse_stranger, sent_key
from applications.backoffice.office import Office, carry_out, office_of, render_office, url
from applications.models import Application, RecommendationList
from applications.states import State
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number


@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """GET office/lists/?open=<pk>: the departments' lists of a call; `open` shows the form that gives one back."""
    return show(request, office_of(request), opened=whole_number(request.GET.get("open")))


def show(request, office: Office, *, opened=None, typed="", error="", status=200) -> HttpResponse:
    rows = list(_rows(office))
    context = {
        "title": "推荐名单",
        "rows": rows,
        "confirmed": sum(not row.is_open for row in rows),
        "may_reopen": office.acts and office.whole,
        "opened": opened,
        "typed": typed,
        "error": error,
    }
    return render_office(request, "lists", office, context, status=status)


def _rows(office: Office):
    """Each list with `listed`, `waiting` (at the department) and `further` (gone beyond); one query."""
    mine = Q() if office.whole else Q(applications__task__field__in=office.fields)
    waiting = Application.objects.filter(
        call=office.call, department=OuterRef("department"), state__in=[State.SUBMITTED, State.RETURNED]
    )
    return (
        RecommendationList.objects.filter(call=office.call)
        .select_related("department", "confirmed_by")
        .annotate(
            listed=Count("applications", filter=mine),
            further=Count("applications", filter=mine & ~Q(applications__state=State.RECOMMENDED)),
            waiting=Subquery(waiting.order_by().values("department").annotate(n=Count("pk")).values("n")),
        )
        .order_by("department__order", "department__code")
    )


@judged_at_the_door
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/lists/<pk>/reopen/ with `reason`: 退回名单."""
    found = get_object_or_404(RecommendationList.objects.select_related("call__current_version", "department"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        carry_out(workflow.reopen_list, found, by=request.user, reason=reason, key=sent_key(request))
    except Refused as refusal:
        if isinstance(refusal, Forbidden) or not listing.is_call_officer(found, request.user):
            refuse_stranger(request, refusal)
        office = office_of(request, found.call)
        return show(request, office, opened=pk, typed=reason, error=refusal.sentence, status=refusal.status)
    messages.success(request, f"已退回{found.department.official_name}的推荐名单，已通知该单位。")
    return redirect(url("lists", call=found.call.slug))
