"""形式审查: the queue, and one application's check with its three outcomes: accept, ask for a supplement, reject."""

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from applications import clocks, rules, workflow
from applications.backoffice.acting import sent_key
from applications.backoffice.form_check import Examination, Typed, examine, last_letter
from applications.backoffice.office import (
    NO_PAGE,
    Office,
    carry_out,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    to_act_on,
    url,
)
from applications.backoffice.worklist import examinable, supplement_over
from applications.models import Application
from applications.queries import for_page, list_relations
from applications.states import State
from applications.versions import request_pdf
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.windows import end_of

ON_A_PAGE = 50
TABS = {"": "待审查", "overdue": "补正逾期", "running": "补正中", "done": "已办理"}
DONE = {State.ACCEPTED, State.REJECTED}
VERBS = {rule.verb: rule for rule in (rules.can_accept, rules.can_request_supplement, rules.can_reject)}
CHANGE_FIELDS = {"items": "item", "due_at": "due_on"}
"""Where the page shows a refusal that points to another word for the same field."""


def ready(office: Office) -> Q:
    """Recommended, and on a confirmed list where the call has lists."""
    flow = office.call.spec.flow
    return examinable() if flow.recommendation and flow.recommendation_list else Q(state=State.RECOMMENDED)


def queue(office: Office):
    """What can be checked now, in the order of the lists: overdue supplements stand in it too."""
    return in_order(office.applications().filter(ready(office) | supplement_over()))


def in_order(applications):
    return applications.order_by("task__order", "department__order", F("rank").asc(nulls_last=True), "number")


@require_safe
def examining(request: HttpRequest) -> HttpResponse:
    """GET office/check/?tab=&page=: the queue, the supplements under way, what was decided."""
    office = office_of(request)
    tab = request.GET.get("tab", "") if request.GET.get("tab", "") in TABS else ""
    conditions = {
        "": ready(office),
        "overdue": supplement_over(),
        "running": Q(state=State.IN_SUPPLEMENT),
        "done": Q(state__in=DONE),
    }
    counts = office.applications().aggregate(
        **{f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()}
    )
    rows = list_relations(office.applications().filter(conditions[tab]))
    rows = rows.order_by("-state_since") if tab == "done" else in_order(rows)
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    for application in page.object_list:
        application.call = office.call
    context = {
        "title": "形式审查",
        "tab": tab,
        "tabs": [(name, label, counts[f"n_{name}"]) for name, label in TABS.items()],
        "page": page,
        "first": queue(office).values_list("pk", flat=True).first(),
        "now": clock.now(),
        "clock_lines": clocks.lines_of_form_check(office.call, counts["n_"]),
    }
    return render_office(request, "examining", office, context)


# ---- one application ----


@require_safe
def examine_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/check/<pk>/: 404 unless the person sees this application and has a part in its call."""
    return show(request, pk)


def show(request: HttpRequest, pk: int, *, typed: Typed | None = None, errors=None, status: int = 200) -> HttpResponse:
    """The page; `typed` and `errors` (sentence by field, "" for the whole form) after a refusal."""
    found = for_page(request.user).annotate(version_files=F("version__content__attachments")).filter(pk=pk)
    application = found.first()
    if application is None:
        raise Http404(NO_PAGE)
    office = office_of(request, application.call)
    opinions = list(application.opinions.select_related("by", "version").defer("version__content"))
    waiting = list(queue(office).values_list("pk", flat=True))
    can = _can(application, request.user)
    letter = last_letter(opinions)
    context = {
        "title": f"{application.title}：形式审查",
        "crumbs": [("形式审查", url("examining", call=office.call.slug)), (application.number, "")],
        "application": application,
        "spec": application.call_version.spec,
        "found": examine(application, typed),
        "typed": typed or Typed(),
        "errors": errors or {},
        "can": can,
        "can_any": any(can.values()),
        "letter": letter,
        "recommended": next((one for one in reversed(opinions) if one.verb == "recommend"), None),
        "paper": request_pdf(application.version, by=request.user),
        "files": application.version_files or [],
        **_place(pk, waiting),
    }  # fmt: skip
    return render_office(request, "examine", office, context, status=status)


def _can(application: Application, user) -> dict[str, bool]:
    """Which outcomes are open to this person; none while the department may still change its list."""
    flow, listed = application.call.spec.flow, application.recommendation_list
    waits = flow.recommendation and flow.recommendation_list and (listed is None or listed.is_open)
    return {verb: not waits and rule(application, user) for verb, rule in VERBS.items()}


def _place(pk: int, waiting: list[int]) -> dict:
    """Where this one stands in the queue, and its neighbours."""
    if pk not in waiting:
        return {"place": 0, "waiting": len(waiting), "before": None, "after": waiting[0] if waiting else None}
    at = waiting.index(pk)
    before, after = waiting[at - 1] if at else None, waiting[at + 1] if at + 1 < len(waiting) else None
    return {"place": at + 1, "waiting": len(waiting), "before": before, "after": after}


def examine_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/check/<pk>/ with `outcome` accept, supplement or reject; then on to the next one of the queue."""
    application, typed = to_act_on(pk), Typed.of(request.POST)
    mine = rules.is_officer(application, request.user)
    following = _next(request, application) if mine else None
    found = examine(application, typed) if mine else None
    try:
        done = OUTCOMES.get(typed.outcome, _nothing_chosen)(application, found, typed, request)
    except Refused as refusal:
        show_in_place(request, refusal, application)
        return show(request, pk, typed=typed, errors=_errors(found, typed, refusal), status=refusal.status)
    messages.success(request, done)
    if following:
        return redirect("admin:applications_examine", following)
    return redirect(url("examining", call=application.call.slug))


def _next(request: HttpRequest, application: Application) -> int | None:
    """Whose turn it is afterwards; asked before this one leaves the queue."""
    waiting = list(queue(office_of(request, application.call)).values_list("pk", flat=True))
    place = _place(application.pk, waiting)
    return place["after"] or next((pk for pk in waiting if pk != application.pk), None)


def _accept(application, found: Examination | None, typed: Typed, request) -> str:
    items = found.answers() if found else {}
    done = carry_out(workflow.accept, application, by=request.user, items=items, key=sent_key(request))
    return f"已受理“{done.title}”，已通知申报单位。"


def _supplement(application, found: Examination | None, typed: Typed, request) -> str:
    if found and found.unanswered:  # P07: told once, so everything is looked at first
        count = len(found.by_eye)
        sentence = f"“{found.unanswered[0].label}”还没有核对。补正只通知一次，须先核对完全部 {count} 项。"
        raise Refused("item_open", sentence, field=found.unanswered[0].code, status=422)
    items = found.letter() if found else []
    done = carry_out(
        workflow.request_supplement, application, by=request.user, items=items, due_at=_end_of(typed.due_on),
        key=sent_key(request),
    )  # fmt: skip
    return f"已通知“{done.title}”补正 {len(items)} 项。"


def _reject(application, found: Examination | None, typed: Typed, request) -> str:
    done = carry_out(
        workflow.reject, application, by=request.user, ground=typed.ground, reason=typed.reason, key=sent_key(request)
    )
    return f"“{done.title}”不予受理，已通知申报单位。"


def _nothing_chosen(application, found, typed, request) -> str:
    """No outcome: for an officer a slip, for anybody else the same attempt as to accept."""
    if found is None:
        return _accept(application, None, typed, request)
    raise Refused("outcome_missing", "请选择结论：受理、通知补正或不予受理。", field="outcome", status=422)


OUTCOMES = {"accept": _accept, "supplement": _supplement, "reject": _reject}


def _errors(found: Examination | None, typed: Typed, refusal: Refused) -> dict[str, str]:
    """The refusal at its field, and everything else that stands in the way of the same outcome."""
    errors = {}
    if found and refusal.code in ("item_open", "item_failed"):
        errors = {item.code: f"“{item.label}”还没有核对。" for item in found.unanswered}
        if typed.outcome == "accept":
            failed = {item.code: f"“{item.label}”核对为不符合，不能受理。" for item in found.failed}
            errors |= failed
    errors[CHANGE_FIELDS.get(refusal.field, refusal.field)] = refusal.sentence
    return {"": refusal.sentence} | errors


def _end_of(typed: str):
    """The instant at which the typed day is over; None when it is no day, which the guard refuses."""
    try:
        return end_of(date.fromisoformat(typed))
    except (ValueError, OverflowError):
        return None


examine_one = page_or_act(examine_page, examine_act)
