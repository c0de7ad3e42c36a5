"""公示: choose the proposed ones, look at exactly what will be public, open; when the days are over, fix the list."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from applications import rules, workflow
from applications.backoffice.acting import judged_at_the_door, sent_key
from applications.backoffice.office import (
    NO_PAGE,
    Office,
    carry_out,
    chosen_ids,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    url,
)
from applications.models import Application, Objection, Publicity
from applications.publication import PUBLIC_ORDER, PublicRow, rows_of
from applications.queries import page_relations
from applications.states import State
from audit.door import together
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.spec import ClockSpec
from programmes.windows import due_after


@require_safe
def publicity(request: HttpRequest) -> HttpResponse:
    """GET office/publicity/: what is proposed and not yet public, and every publicity of the call."""
    return show(request, office_of(request))


def show(request, office: Office, *, error: str = "", typed=None, status: int = 200) -> HttpResponse:
    flow = office.call.spec.flow
    proposed = office.applications().filter(state=State.PROPOSED, publicity=None)
    found = Publicity.objects.filter(applications__in=office.applications()).annotate(
        listed=Count("applications", distinct=True),
        ripe=Count("applications", filter=Q(applications__state=State.PROPOSED), distinct=True),
        open_objections=Count("objections", filter=Q(objections__state="open"), distinct=True),
    )
    context = {
        "title": "公示",
        "rows": proposed.select_related("task__field", "unit", "department").order_by(*PUBLIC_ORDER),
        "publicities": found.select_related("opened_by").order_by("-opens_at"),
        "now": clock.now(),
        "flow": flow,
        "until": closes_at(office.call) if flow.publicity_days else None,
        "typed": typed or _proposal(office),
        "error": error,
    }
    return render_office(request, "publicity", office, context, status=status)


def closes_at(call):
    """When a publicity that begins now would end (exclusive); the same term as workflow.open_publicity."""
    flow = call.spec.flow
    return due_after(ClockSpec("publicity", max(flow.publicity_days, 1), flow.publicity_unit), clock.now())


def _proposal(office: Office) -> dict[str, str]:
    """Title and contact as proposed: the call's name, and the offices of its fields with their telephones."""
    contacts = [field.contact for field in office.call.spec.fields if field.contact.get("phone")]
    words = "；".join(f"{contact.get('office', '')} {contact['phone']}".strip() for contact in contacts)
    label = office.label("shortlisted", "入围")
    return {"title": f"{office.call.title}拟{label}单位名单公示", "contact": words[:200]}


def act(request: HttpRequest) -> HttpResponse:
    """POST: without `confirmed` the preview; with it the publicity is opened, all or none."""
    if "confirmed" not in request.POST:
        return admin.site.admin_view(preview)(request)
    chosen = page_relations(Application.objects.filter(pk__in=chosen_ids(request.POST.getlist("chosen"))))
    chosen = list(chosen)
    if not chosen:
        raise Http404(NO_PAGE)
    typed = _typed(request)
    try:
        if rules.is_officer(chosen[0], request.user):
            _require_words(typed)
        opened = carry_out(workflow.open_publicity, chosen, by=request.user, key=sent_key(request), **typed)
    except Refused as refusal:
        show_in_place(request, refusal, *chosen)
        office = office_of(request, chosen[0].call)
        return show(request, office, error=refusal.sentence, typed=typed, status=refusal.status)
    opened = opened if isinstance(opened, Publicity) else opened.publicity
    messages.success(request, f"已公示 {len(chosen)} 个项目，到期时间已写入公示页。")
    return redirect("admin:applications_publicity_one", opened.pk)


def _typed(request) -> dict[str, str]:
    return {
        "title": request.POST.get("title", "").strip()[:120],
        "contact": request.POST.get("contact", "").strip()[:200],
    }


def _require_words(typed: dict[str, str]) -> None:
    for name, word in (("title", "公示标题"), ("contact", "异议受理方式")):
        if not typed[name]:
            raise Refused(f"{name}_missing", f"请填写{word}。", field=name, status=422)


def preview(request: HttpRequest) -> HttpResponse:
    """Exactly the columns that will be public, in their order (C12); nothing is published yet."""
    office, typed = office_of(request), _typed(request)
    chosen = office.applications().filter(
        pk__in=chosen_ids(request.POST.getlist("chosen")), state=State.PROPOSED, publicity=None
    )
    rows = rows_of(chosen)
    if not rows:
        return show(request, office, error="还没有选择项目。请勾选后再预览。", typed=typed, status=422)
    try:
        _require_words(typed)
    except Refused as refusal:
        return show(request, office, error=refusal.sentence, typed=typed, status=refusal.status)
    context = {
        "title": "公示预览",
        "crumbs": [("公示", url("publicity", call=office.call.slug)), ("预览", "")],
        "rows": rows,
        "groups": groups_of(rows),
        "typed": typed,
        "until": closes_at(office.call),
        "flow": office.call.spec.flow,
        "left_out": office.applications().filter(state=State.PROPOSED, publicity=None).count() - len(rows),
    }
    return render_office(request, "publicity_preview", office, context)


def groups_of(rows: Iterable[PublicRow]) -> list[tuple]:
    """((task code, task title), rows) in the public order."""
    return [(key, list(group)) for key, group in groupby(rows, key=PublicRow.task)]


publicity_desk = page_or_act(publicity, act)


# ---- one publicity, and the list that follows from it ----


@require_safe
def one_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/publicity/<pk>/: its projects, what stands in the way of each, and the form that fixes the list."""
    found = get_object_or_404(_publicities(), pk=pk)
    return _one(request, found, office_of(request, found.call))


def _publicities():
    related = Publicity.objects.select_related("call__current_version", "call__programme", "opened_by")
    return related.defer("call__current_version__document")


def _one(request, found: Publicity, office: Office, *, error="", typed="", status=200) -> HttpResponse:
    rows = list(listable(office.applications().filter(publicity=found)))
    if not rows:
        raise Http404(NO_PAGE)
    over = clock.now() >= found.closes_at
    context = {
        "title": found.title,
        "crumbs": [("公示", url("publicity", call=office.call.slug)), (found.title, "")],
        "publicity": found,
        "rows": rows,
        "over": over,
        "ready": [row for row in rows if row.is_ready] if over else [],
        "typed": typed or clock.today().isoformat(),
        "work": office.call.spec.clocks.get("work"),
        "error": error,
    }
    return render_office(request, "publicity_one", office, context, status=status)


def listable(applications):
    """The rows of a list with `open_objection`, `upheld` and `is_ready` for the shortlist, in public order."""
    objections = Objection.objects.filter(application=OuterRef("pk"), publicity=OuterRef("publicity"))
    rows = applications.select_related("task__field", "unit", "department").annotate(
        open_objection=Exists(objections.filter(state="open")), upheld=Exists(objections.filter(state="upheld"))
    )
    for row in rows.order_by(*PUBLIC_ORDER):
        row.is_ready = row.state == State.PROPOSED and not row.open_objection and not row.upheld
        yield row


def one_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/publicity/<pk>/ with `chosen` and `listed_on`: fix the shortlist, all or none."""
    found = get_object_or_404(_publicities(), pk=pk)
    return _fix(request, found.call, lambda office, **named: _one(request, found, office, **named))


@judged_at_the_door
@require_POST
def unpublished(request: HttpRequest) -> HttpResponse:
    """POST office/shortlist/: the same for a call that makes nothing public."""
    chosen = Application.objects.filter(pk__in=chosen_ids(request.POST.getlist("chosen"))).select_related("call")
    first = chosen.first()
    if first is None:
        raise Http404(NO_PAGE)
    return _fix(
        request, first.call, lambda office, *, error, typed, status: show(request, office, error=error, status=status)
    )


def _fix(request: HttpRequest, call, again) -> HttpResponse:
    ids = chosen_ids(request.POST.getlist("chosen"))
    chosen = list(page_relations(Application.objects.filter(pk__in=ids, call=call)).order_by("pk"))
    typed = request.POST.get("listed_on", "").strip()
    day, key = _day(typed), sent_key(request)
    try:
        if day is None and chosen and rules.is_officer(chosen[0], request.user):
            raise Refused("day_unreadable", "请填写名单确定日期，不能晚于今天。", field="listed_on", status=422)
        with together():
            for application in chosen:
                carry_out(workflow.shortlist, application, by=request.user, listed_on=day, key=key)
    except Refused as refusal:
        show_in_place(request, refusal, *chosen)
        act = getattr(refusal, "refused_act", None)
        about = f"“{act[0].title}”：" if act else ""
        return again(office_of(request, call), error=f"{about}{refusal.sentence}", typed=typed, status=refusal.status)
    if not chosen:
        return again(office_of(request, call), error="还没有选择项目。请勾选后再确定名单。", typed=typed, status=422)
    label = call.spec.label("shortlisted", "入围")
    messages.success(request, f"已确定 {len(chosen)} 个项目{label}，名单日期 {day:%Y年%-m月%-d日}。")
    return redirect(url("office_outputs", call=call.slug))


def _day(typed: str) -> date | None:
    """The day of the list: not in the future, for the term of the work runs from it (M20)."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if day <= clock.today() else None


publicity_one = page_or_act(one_page, one_act)
