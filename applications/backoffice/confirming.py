"""Confirming the recommendation list: the facts, the letter and the pledge, and the stamped letter as a scan."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications import listing, workflow
from applications.backoffice import calls
from applications.backoffice.acting import (
    form_on,
    judged_at_the_door,
    one_time_key,
    refuse_stranger,
    render_page,
    sent_key,
)
from applications.examination import SIGNED
from applications.models import Opinion, QuotaUse, RecommendationList
from jbgs.lib.errors import Forbidden, Refused


@dataclass(frozen=True)
class Facts:
    """What the person confirms. `over`: the uses beyond the limit with their reasons; `unsigned`: not ticked by eye."""

    projects: int
    tasks: int
    over: list[QuotaUse]
    waiting: int
    returned: int
    unsigned: int


def facts_of(listed: RecommendationList, standing: calls.Standing) -> Facts:
    """Three queries."""
    tasks = list(listed.applications.values_list("task_id", flat=True))
    beyond = QuotaUse.objects.filter(
        application__recommendation_list=listed, scope__code="recommend", slot__gt=F("limit")
    ).select_related("application")
    said = Opinion.objects.filter(application__recommendation_list=listed, verb="recommend").order_by("id")
    items = dict(said.values_list("application_id", "items"))
    return Facts(
        projects=len(tasks),
        tasks=len(set(tasks)),
        over=list(beyond.order_by("application__task__order", "slot")),
        waiting=standing.waiting,
        returned=standing.returned,
        unsigned=sum(SIGNED.code not in ticked for ticked in items.values()),
    )


def find_list(pk: int) -> RecommendationList:
    related = ("call__current_version", "call__programme", "department", "confirmed_by")
    return get_object_or_404(
        RecommendationList.objects.select_related(*related).defer("call__current_version__document"), pk=pk
    )


@require_safe
def confirm_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET lists/<pk>/confirm/: what will be confirmed, and what stands in the way."""
    listed = find_list(pk)
    if not listing.is_department(listed, request.user):
        raise Http404("没有这份名单，或者它不是本单位的。")
    return show(request, listed)


def show(request, listed, *, refusal: Refused | None = None, typed=None, status=200) -> HttpResponse:
    """The page, with what was typed and why it was refused."""
    obstacles = obstacles_of(listed, request)
    errors = errors_of(listed, refusal, typed)
    context = {
        "title": "确认推荐名单",
        "listed": listed,
        "facts": facts_of(listed, calls.standings(request.user).get(listed.call_id) or calls.Standing()),
        "obstacles": obstacles,
        "list_findings": listing.list_findings(listed),
        "errors": errors,
        "general": "" if {"letter_no", "pledge", "scan"} & set(errors) else (refusal.sentence if refusal else ""),
        "letter_no": typed.get("letter_no", "") if typed else listed.letter_no,
        "pledged": bool(typed and typed.get("pledge")),
        "pledge_text": listed.call.spec.texts.get("recommender_pledge", ""),
        "key": one_time_key(),
        "crumbs": [
            ("推荐名单", reverse("admin:applications_calls")),
            (listed.call.title, reverse("admin:applications_recommending", args=[listed.call.slug])),
            ("确认推荐名单", ""),
        ],
    }
    return render_page(request, "applications/backoffice/confirm.html", context, status=status)


def errors_of(listed, refusal: Refused | None, typed) -> dict[str, str]:
    """Sentences by field: the door names the first thing that is missing, the page names all of them."""
    if refusal is None:
        return {}
    errors = {refusal.field: refusal.sentence}
    if refusal.field in ("letter_no", "pledge"):
        sent = {"letter_no": typed.get("letter_no", ""), "pledge": bool(typed.get("pledge"))}
        for given in ({**sent, "pledge": True}, {**sent, "letter_no": "-"}):
            try:
                listing.letter_and_pledge(listed, None, given)
            except Refused as missing:
                errors[missing.field] = missing.sentence
    return errors


def obstacles_of(listed: RecommendationList, request) -> list[str]:
    """Everything at once that the door would refuse, except what this page asks for."""
    if not listed.is_open:
        return ["名单已经确认。"]
    found = []
    for guard in listing.CONFIRM_LIST.guards:
        if guard is listing.letter_and_pledge:
            continue
        try:
            guard(listed, request.user, {"received_at": request.received_at})
        except Refused as refusal:
            found += [finding.sentence for finding in refusal.details] or [refusal.sentence]
    return found


@judged_at_the_door
@form_on("admin:applications_confirm_list")
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """POST lists/<pk>/confirmed/: confirm; a refusal comes back with everything typed."""
    listed = find_list(pk)
    try:
        if request.FILES.get("scan"):
            workflow.keep_letter_scan(listed, file=request.FILES["scan"], by=request.user)
        done = workflow.confirm_list(
            listed,
            by=request.user,
            letter_no=request.POST.get("letter_no", ""),
            pledge=bool(request.POST.get("pledge")),
            received_at=request.received_at,
            key=sent_key(request),
        )
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    except Refused as refusal:
        return show(request, find_list(pk), refusal=refusal, typed=request.POST, status=refusal.status)
    messages.success(request, f"推荐名单已确认，共 {done.applications.count()} 个项目。")
    return redirect("admin:applications_recommending", slug=listed.call.slug)


@judged_at_the_door
@form_on("admin:applications_confirm_list")
def keep_scan(request: HttpRequest, pk: int) -> HttpResponse:
    """POST lists/<pk>/scan/: the stamped letter as a file, before or after the confirmation."""
    listed = find_list(pk)
    try:
        workflow.keep_letter_scan(listed, file=request.FILES.get("scan"), by=request.user, key=sent_key(request))
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    except Refused as refusal:
        return show(request, find_list(pk), refusal=refusal, typed=request.POST, status=refusal.status)
    messages.success(request, "推荐函扫描件已上传。")
    return show(request, find_list(pk), typed=request.POST)


@require_safe
def scan(request: HttpRequest, pk: int) -> HttpResponse:
    """GET lists/<pk>/scan/file/: the scan, for the department, the call's officers and its supervisors."""
    listed = find_list(pk)
    if not listing.can_read(listed, request.user) or not listed.scan:
        raise Http404("没有这个文件，或者您没有查看它的权限。")
    suffix = PurePosixPath(listed.scan.name).suffix
    return FileResponse(listed.scan.open("rb"), filename=f"推荐函扫描件-{listed.department.official_name}{suffix}")
