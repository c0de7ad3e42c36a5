"""全部申报: everything that was filed through the department, over all calls, with a plain GET filter."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from applications.backoffice import calls
from applications.backoffice.acting import render_page
from applications.backoffice.groups import chip_of
from applications.backoffice.recommending import only_for_departments
from applications.models import RecommendationList
from applications.queries import shown_outside_as, visible_to
from applications.states import WITH_DEPARTMENT, State

ROWS_ON_A_PAGE = 50


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """GET all/?q=&call=<slug>&state=&page=: an unknown value of a filter is left out, as if it had not been sent."""
    only_for_departments(request)
    offered = calls.calls_of(request.user)
    filters = filters_of(request, {call.slug for call in offered})
    found = filtered(visible_to(request.user), filters).order_by("-submitted_at", "-pk")
    found = found.select_related("call", "task", "unit", "publicity")
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    closed = set(
        RecommendationList.objects.filter(department=request.user.department_id, state="confirmed").values_list(
            "call_id", flat=True
        )
    )
    for application in page:
        application.shown_chip = chip_of(application, is_open=application.call_id not in closed)
    context = {
        "title": "全部申报",
        "page": page,
        "filters": filters,
        "calls": offered,
        "states": [state for state in State if state in WITH_DEPARTMENT],
    }
    return render_page(request, "applications/backoffice/ledger.html", context)


def filters_of(request: HttpRequest, slugs: set[str]) -> dict[str, str]:
    """What was asked for, as far as it is known."""
    state, slug = request.GET.get("state", ""), request.GET.get("call", "")
    return {
        "q": request.GET.get("q", "").strip()[:100],
        "call": slug if slug in slugs else "",
        "state": state if state in WITH_DEPARTMENT else "",
    }


def filtered(applications, filters: dict[str, str]):
    """The queryset narrowed; every word must stand in number, title, unit or task."""
    if filters["call"]:
        applications = applications.filter(call__slug=filters["call"])
    if filters["state"]:
        applications = applications.filter(shown_outside_as(filters["state"]))
    for word in filters["q"].split():
        applications = applications.filter(
            Q(number__icontains=word)
            | Q(title__icontains=word)
            | Q(unit__name__icontains=word)
            | Q(task__title__icontains=word)
            | Q(task__code__iexact=word)
        )
    return applications
