"""测评: what was measured against target and promise, confirmed by an officer; then, task by task, who wins."""

from collections.abc import Mapping

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from applications import checking, rules, winning, workflow
from applications.backoffice.acting import judged_at_the_door, refuse_stranger, sent_key
from applications.backoffice.figures import slots_by_task
from applications.backoffice.measuring import confirmed_rows, lines_of
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
from applications.models import Application, Decision
from applications.queries import for_page, page_relations
from applications.states import AFTER_REVIEW, State
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task

RUNNING = AFTER_REVIEW - {State.PROPOSED}
VERBS = {"award", "not_award"}


@require_safe
def evaluations(request: HttpRequest) -> HttpResponse:
    """GET office/evaluation/: the tasks with shortlisted applications, and how their evaluation stands."""
    office = office_of(request)
    rows = office.applications().filter(state__in=RUNNING).order_by()
    counted = {
        row["task_id"]: row
        for row in rows.values("task_id").annotate(
            listed=Count("pk"),
            working=Count("pk", filter=Q(state__in=[State.SHORTLISTED, State.IN_PROGRESS])),
            filed=Count("pk", filter=Q(state=State.IN_EVALUATION)),
            won=Count("pk", filter=Q(state=State.WON)),
            not_won=Count("pk", filter=Q(state=State.NOT_WON)),
        )
    }
    slots = slots_by_task(office, winning.CODE)
    lines = [
        {"task": task, "slots": slots.get(task.pk), **counted[task.pk]} for task in office.tasks if task.pk in counted
    ]
    shortlisted = rows.filter(state=State.SHORTLISTED).select_related("task", "unit").order_by("task__order", "number")
    context = {
        "title": office.label("evaluation", "测评"),
        "lines": lines,
        "to_start": shortlisted if office.call.spec.flow.agreement else [],
        "totals": {name: sum(line[name] for line in lines) for name in ("listed", "working", "filed", "won")},
    }
    return render_office(request, "evaluations", office, context)


# ---- one application's values ----


@require_safe
def measure_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/evaluation/<pk>/: target, promise, measured value and proof of each indicator."""
    return _measure(request, pk)


def _measure(request, pk: int, *, typed: Mapping | None = None, refusal: Refused | None = None, status=200):
    application = for_page(request.user).filter(pk=pk).first()
    if application is None or application.state not in RUNNING:
        raise Http404(NO_PAGE)
    office = office_of(request, application.call)
    lines = lines_of(application, typed=typed, refusal=refusal)
    siblings = list(_of_task(office, application.task))
    context = {
        "title": f"{application.title}：{office.label('evaluation', '测评')}认定",
        "crumbs": [
            (office.label("evaluation", "测评"), url("evaluations", call=office.call.slug)),
            (application.task.title, url("award", application.task_id)),
            (application.number, ""),
        ],
        "application": application,
        "lines": lines,
        "refusal": refusal,
        "standings": winning.standings(siblings),
        "others": [one for one in siblings if one.state not in winning.EVALUATED],
        "slots": slots_by_task(office, winning.CODE).get(application.task_id),
        "can_confirm": rules.can_confirm_measurements(application, request.user),
    }
    return render_office(request, "measure", office, context, status=status)


def measure_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/evaluation/<pk>/: the officer's values, all indicators at once."""
    application = to_act_on(pk)
    rows = confirmed_rows(checking.indicators_of(application), request.POST)
    try:
        carry_out(workflow.confirm_measurements, application, by=request.user, rows=rows, key=sent_key(request))
    except Refused as refusal:
        show_in_place(request, refusal, application)
        return _measure(request, pk, typed=rows, refusal=refusal, status=refusal.status)
    messages.success(request, f"“{application.title}”的实测值已核实。")
    return redirect(url("award", application.task_id))


measure = page_or_act(measure_page, measure_act)


# ---- who wins ----


def _of_task(office: Office, task: Task):
    """The applications of one task from the shortlist on, with everything that their standing needs; five queries."""
    rows = page_relations(office.applications().filter(task=task, state__in=RUNNING)).order_by("number")
    waiting = Decision.objects.select_related("prepared_by")
    return rows.prefetch_related("commitments", "measurements", Prefetch("decisions", waiting))


def _task_of(request, pk: int) -> tuple[Task, Office]:
    task = get_object_or_404(Task.objects.select_related("field", "call__current_version", "call__programme"), pk=pk)
    office = office_of(request, task.call)
    if not office.whole and task.field_id not in office.fields:
        raise Http404(NO_PAGE)
    return task, office


@require_safe
def award_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/evaluation/tasks/<pk>/: the standing of one task, and the choice."""
    return _award(request, *_task_of(request, pk))


def _award(
    request, task: Task, office: Office, *, typed: dict | None = None, refusal: Refused | None = None, status=200
):
    applications = list(_of_task(office, task))
    rows = winning.standings(applications)
    typed = typed or {"verbs": {}, "reasons": {}, "over_reason": ""}
    errors = {
        detail["field"]: detail["sentence"] for detail in (refusal.details if refusal else []) if "field" in detail
    }
    if refusal and refusal.field:
        errors.setdefault(refusal.field, refusal.sentence)
    free = winning.free_slots(office.call, rows)
    context = {
        "title": f"{task.title}：{office.label('won', '优胜')}认定",
        "crumbs": [(office.label("evaluation", "测评"), url("evaluations", call=office.call.slug)), (task.title, "")],
        "task": task,
        "rows": [
            {
                "row": row,
                "verb": typed["verbs"].get(row.application.pk, ""),
                "reason": typed["reasons"].get(row.application.pk, ""),
                "error": errors.get(f"reason_{row.application.pk}", ""),
            }
            for row in rows
        ],
        "others": [one for one in applications if one.state not in winning.EVALUATED],
        "slots": slots_by_task(office, winning.CODE).get(task.pk),
        "free": free,
        "over_reason": typed["over_reason"],
        "over_error": errors.get("over_reason", ""),
        "refusal": refusal,
        "choosable": sum(row.can_choose for row in rows) if office.acts else 0,
        "can_choose": office.acts,
    }
    return render_office(request, "award", office, context, status=status)


def award_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/evaluation/tasks/<pk>/: prepare the decisions for a second person."""
    task = get_object_or_404(Task.objects.select_related("field", "call__current_version"), pk=pk)
    typed = _typed(request.POST)
    named = Application.objects.filter(task=task, pk__in=typed["verbs"])
    chosen = {pk for pk, verb in typed["verbs"].items() if verb == "award"}
    passed = set(typed["verbs"]) - chosen
    try:
        made = _prepare(request, task, list(page_relations(named)), chosen, passed, typed)
    except Refused as refusal:
        if isinstance(refusal, Forbidden):
            refuse_stranger(request, refusal)
        return _award(request, *_task_of(request, pk), typed=typed, refusal=refusal, status=refusal.status)
    messages.success(request, f"已拟定 {len(made)} 项决定，等待另一位主管复核。")
    return redirect(url("decisions", call=task.call.slug))


def _prepare(request, task, named: list[Application], chosen, passed, typed) -> list[Application]:
    """The officer's choice; anybody else is sent to the door with the first application, and refused there."""
    key = sent_key(request)
    for stranger in (one for one in named if not rules.is_officer(one, request.user)):
        workflow.prepare_decision(stranger, by=request.user, verb=typed["verbs"][stranger.pk], key=key)
    office = office_of(request, task.call)
    return winning.prepare(
        office.call, winning.standings(_of_task(office, task)), by=request.user, chosen=chosen, passed=passed,
        reasons=typed["reasons"], over_reason=typed["over_reason"], key=key,
    )  # fmt: skip


def _typed(post) -> dict:
    """What the form holds: verbs and reasons by application id."""
    verbs, reasons = {}, {}
    for name, value in post.items():
        head, _, number = name.rpartition("_")
        pk = whole_number(number)
        if pk is not None and head == "verb" and value in VERBS:
            verbs[pk] = value
        elif pk is not None and head == "reason":
            reasons[pk] = value.strip()
    return {"verbs": verbs, "reasons": reasons, "over_reason": post.get("over_reason", "").strip()}


award = page_or_act(award_page, award_act)


@judged_at_the_door
@require_POST
def start_work(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/evaluation/<pk>/start-work/: the agreement is there, the work begins."""
    application = to_act_on(pk)
    try:
        carry_out(workflow.start_work, application, by=request.user, key=sent_key(request))
    except Refused as refusal:
        show_in_place(request, refusal, application)
        if not rules.is_officer(application, request.user):
            raise
        messages.error(request, refusal.sentence)
        return redirect("admin:applications_detail", pk)
    messages.success(request, f"“{application.title}”已启动{application.call.spec.label('work', '攻关')}。")
    return redirect("admin:applications_detail", pk)
