"""送审: hand accepted applications to the experts, many at once: choose, look at what was chosen, do it."""

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from applications import rules, workflow
from applications.backoffice.acting import sent_key
from applications.backoffice.every import Filter
from applications.backoffice.examining import in_order
from applications.backoffice.office import (
    Office,
    carry_out,
    chosen_ids,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    url,
)
from applications.models import Application
from applications.queries import list_relations, page_relations
from applications.states import State
from jbgs.lib.errors import Refused

ON_A_PAGE = 100


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """GET office/start-review/?task=&field=: what is accepted, to choose from."""
    office = office_of(request)
    return _choose(request, office)


def _choose(request, office: Office, *, error: str = "", refused: dict | None = None, status: int = 200):
    wanted = Filter.of(request.GET)
    rows = _accepted(office, wanted)
    page = Paginator(list_relations(rows), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": "送审",
        "page": page,
        "filter": wanted,
        "fields": {task.field.code: task.field.name for task in office.tasks}.items(),
        "error": error,
        "refused": refused or {},
    }
    return render_office(request, "start_review", office, context, status=status)


def _accepted(office: Office, wanted: Filter) -> QuerySet:
    return in_order(wanted.apply(office.applications()).filter(state=State.ACCEPTED))


def act(request: HttpRequest) -> HttpResponse:
    """POST: without `confirmed` the page that says what will happen; with it the act, each application by itself."""
    if "confirmed" not in request.POST:
        return admin.site.admin_view(confirm)(request)
    chosen = list(page_relations(Application.objects.filter(pk__in=chosen_ids(request.POST.getlist("chosen")))))
    if not chosen:
        get_object_or_404(Application, pk=0)
    key, done, refused = sent_key(request), 0, {}
    for application in sorted(chosen, key=lambda one: one.pk):
        try:
            carry_out(workflow.start_review, application, by=request.user, key=key)
            done += 1
        except Refused as refusal:
            show_in_place(request, refusal, application)
            refused[application] = refusal.sentence
    office = office_of(request, chosen[0].call)
    if refused:
        said = f"已送审 {done} 个。" if done else ""
        return _choose(
            request, office, error=f"{said}{len(refused)} 个没有送审，情况已经变化：", refused=refused, status=409
        )
    messages.success(request, f"已送审 {done} 个申报。")
    return redirect(url("start_review", call=office.call.slug))


def confirm(request: HttpRequest) -> HttpResponse:
    """What was chosen and what of it can be sent; nothing is done yet."""
    office = office_of(request)
    if request.POST.get("all"):
        asked = None
        rows = list(list_relations(_accepted(office, Filter.of(request.POST))))
    else:
        asked = chosen_ids(request.POST.getlist("chosen"))
        rows = list(list_relations(in_order(office.applications().filter(pk__in=asked, state=State.ACCEPTED))))
    if not rows and not asked:
        return _choose(request, office, error="还没有选择申报。请勾选后再送审。", status=422)
    sendable = [row for row in rows if rules.can_start_review(row, request.user)]
    by_task: dict = {}
    for row in sendable:
        by_task.setdefault(row.task, []).append(row)
    context = {
        "title": "送审",
        "crumbs": [("送审", url("start_review", call=office.call.slug)), ("确认", "")],
        "rows": sendable,
        "by_task": by_task.items(),
        "dropped": (len(asked) if asked is not None else len(rows)) - len(sendable),
        "asked": len(asked) if asked is not None else len(rows),
    }
    return render_office(request, "start_review_confirm", office, context)


start_review = page_or_act(choose, act)
