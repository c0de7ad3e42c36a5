"""发榜单位: the needs of one owner, those who applied side by side, the choice, the acceptance (S07, S08, S10)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from applications import access, checking, choosing, rules, winning, workflow
from applications.actions import ACTS
from applications.backoffice.acting import judged_at_the_door, one_time_key, refuse_stranger, render_page, sent_key
from applications.backoffice.comparing import comparison
from applications.backoffice.measuring import confirmed_rows, lines_of
from applications.backoffice.office import NO_PAGE, carry_out, chosen_ids, page_or_act, to_act_on
from applications.guards_review import SUPPLIER
from applications.models import Application, Decision
from applications.queries import page_relations, visible_to
from applications.states import AFTER_REVIEW, State
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from notifications.openitems import OpenItem
from programmes.models import Task

SIDE_BY_SIDE = 12
PREPARED = Decision.DecisionState.PREPARED
HEADS = ("verb", "reason", "supplier")


def owned_tasks(user):
    """The needs of the unit of this person, in calls where the owner chooses; one query beside the person's calls."""
    if not user.is_owner:
        return Task.objects.none()
    owned = Task.objects.filter(call__in=access.owned_calls(user), owner_code=user.unit.code if user.unit else None)
    return owned.select_related("call__current_version", "field").order_by("-call__year", "call_id", "order")


def counted(user) -> dict[int, dict]:
    """Numbers of the person's needs by task id; one query, kept for the request."""
    if "_jbgs_needs" not in user.__dict__:
        foreign = Q(decisions__state=PREPARED) & ~Q(decisions__prepared_by=user.pk)
        rows = visible_to(user).order_by().values("task_id").annotate(
            total=Count("pk", distinct=True),
            forwarded=Count("pk", filter=Q(state=State.ACCEPTED), distinct=True),
            open=Count("pk", filter=Q(state=State.IN_REVIEW) & ~Q(decisions__state=PREPARED), distinct=True),
            waiting=Count("pk", filter=foreign, distinct=True),
            prepared=Count("pk", filter=Q(decisions__state=PREPARED), distinct=True),
            chosen=Count("pk", filter=Q(state__in=AFTER_REVIEW), distinct=True),
            to_accept=Count("pk", filter=Q(state=State.IN_EVALUATION) & ~Q(decisions__state=PREPARED), distinct=True),
            won=Count("pk", filter=Q(state=State.WON), distinct=True),
        )  # fmt: skip
        user.__dict__["_jbgs_needs"] = {row["task_id"]: row for row in rows}
    return user.__dict__["_jbgs_needs"]


def waiting_for(user) -> int | None:
    """The number beside the sidebar's link: applications to choose or accept, decisions to approve."""
    return sum(row["open"] + row["waiting"] + row["to_accept"] for row in counted(user).values()) or None


def open_items(user):
    """What an owner has in 我的待办; nothing for other people. At most three queries."""
    if not (user.is_active and user.is_owner):
        return
    numbers = counted(user)
    if not any(row["open"] or row["waiting"] or row["to_accept"] for row in numbers.values()):
        return
    for task in owned_tasks(user):
        row, page = numbers.get(task.pk), reverse("admin:applications_need", args=[task.pk])
        if row and row["open"]:
            yield OpenItem(f"选择揭榜单位：{task.title}", page, "去选择", f"{row['open']} 家待选择")
        if row and row["waiting"]:
            yield OpenItem(f"复核本单位的决定：{task.title}", page, "去复核", f"{row['waiting']} 项待您复核")
        if row and row["to_accept"]:
            yield OpenItem(f"验收成果：{task.title}", page, "去验收", f"{row['to_accept']} 项待验收")


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """GET owner/needs/: the own needs with their numbers, call by call."""
    if not request.user.is_owner:
        raise Http404(NO_PAGE)
    numbers = counted(request.user)
    lines = []
    for task in owned_tasks(request.user):
        spec = task.call.spec.quota_of(choosing.TASK_SLOT, task.code)
        lines.append({"task": task, "numbers": numbers.get(task.pk, {}), "limit": spec.limit if spec else None})
    context = {"title": "本单位的需求", "lines": lines, "unit": request.user.unit, "crumbs": [("本单位的需求", "")]}
    return render_page(request, "applications/owner/needs.html", context)


# ---- one need ----


@dataclass(frozen=True)
class Seat:
    """One applicant as the page of the need shows it. `decision`: what waits for a second person; `is_own`: by me."""

    application: Application
    decision: Decision | None
    label: str
    is_own: bool
    standing: winning.Row | None
    verb: str = ""
    reason: str = ""
    supplier: str = ""
    error: str = ""

    @property
    def can_choose(self) -> bool:
        return self.application.state == State.IN_REVIEW and self.decision is None

    @property
    def can_accept(self) -> bool:
        return self.application.state == State.IN_EVALUATION and self.decision is None


@require_safe
def need_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET owner/needs/<pk>/: those who applied, side by side; the choice; the acceptance."""
    return _need(request, _task(request, pk))


def _task(request, pk: int) -> Task:
    return get_object_or_404(owned_tasks(request.user), pk=pk)


def _need(request, task: Task, *, typed: dict | None = None, refusal: Refused | None = None, status: int = 200):
    typed = typed or {name: {} for name in HEADS} | {"none_reason": ""}
    rows = page_relations(visible_to(request.user).filter(task=task)).defer(None)
    first = Case(When(state=State.IN_REVIEW, then=0), When(state=State.IN_EVALUATION, then=1), default=2)
    rows = rows.order_by(first, "number")  # what waits for a choice stands first
    rows = rows.prefetch_related("commitments", "measurements", "decisions__prepared_by")
    page = Paginator(rows, SIDE_BY_SIDE).get_page(request.GET.get("page"))
    seats = [_seat(one, request.user, typed, refusal) for one in page.object_list]
    context = {
        "title": task.title,
        "crumbs": [("本单位的需求", reverse("admin:applications_needs")), (task.title, "")],
        "task": task,
        "call": task.call,
        "need": choosing.need_of(task),
        "page": page,
        "seats": seats,
        "groups": comparison([seat.application for seat in seats]),
        "waiting": [seat for seat in seats if seat.decision],
        "can_choose": any(seat.can_choose for seat in seats),
        "accepting": [seat for seat in seats if seat.standing is not None],
        "can_accept": any(seat.can_accept and seat.standing.confirmed for seat in seats),
        "suppliers": SUPPLIER,
        "none_reason": typed["none_reason"],
        "none_error": refusal.sentence if refusal and refusal.field == "none_reason" else "",
        "refusal": refusal,
        "key": one_time_key(),
    }
    return render_page(request, "applications/owner/need.html", context, status=status)


def _seat(application: Application, user, typed: dict, refusal: Refused | None) -> Seat:
    decision = next((row for row in application.decisions.all() if row.state == PREPARED), None)
    errors = {item["field"]: item["sentence"] for item in refusal.details} if refusal else {}
    pk = application.pk
    return Seat(
        application,
        decision,
        ACTS[decision.verb].label if decision else "",
        decision is not None and decision.prepared_by_id == user.pk,
        next(iter(winning.standings([application])), None),
        typed["verb"].get(pk, ""),
        typed["reason"].get(pk, ""),
        typed["supplier"].get(pk, ""),
        errors.get(f"reason_{pk}") or errors.get(f"supplier_{pk}", ""),
    )


def need_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST owner/needs/<pk>/: prepare the choice, or with `act=accept` the acceptance, for a second person."""
    task = get_object_or_404(Task.objects.select_related("call__current_version", "field"), pk=pk)
    typed = _typed(request.POST)
    try:
        if request.POST.get("act") == "accept":
            verbs = {pk: verb for pk, verb in typed["verb"].items() if verb in choosing.ACCEPTING}
            made = choosing.prepare_acceptance(
                task, by=request.user, verbs=verbs, reasons=typed["reason"], suppliers=typed["supplier"],
                key=sent_key(request),
            )  # fmt: skip
        else:
            made = choosing.prepare_choice(
                task, by=request.user, chosen=[pk for pk, verb in typed["verb"].items() if verb == "propose"],
                passed=[pk for pk, verb in typed["verb"].items() if verb == "pass_over"], reasons=typed["reason"],
                none_reason=typed["none_reason"], key=sent_key(request),
            )  # fmt: skip
    except Refused as refusal:
        _only_for_owners(request, refusal, task)
        return _need(request, _task(request, pk), typed=typed, refusal=refusal, status=refusal.status)
    messages.success(request, f"已提交 {len(made)} 项，等待另一位经办人或主管复核。")
    return redirect("admin:applications_need", pk)


need = page_or_act(need_page, need_act)


def _only_for_owners(request, refusal: Refused, task: Task) -> None:
    """Raise the refusal again unless this person may see the page of the need."""
    if isinstance(refusal, Forbidden):
        refuse_stranger(request, refusal)
    if not request.user.is_authenticated or not owned_tasks(request.user).filter(pk=task.pk).exists():
        raise Http404(NO_PAGE)


def _typed(post) -> dict:
    """What the form holds: verb, reason and supplier by application id, and the reason for choosing nobody."""
    typed = {name: {} for name in HEADS} | {"none_reason": post.get("none_reason", "").strip()[:1000]}
    for name, value in post.items():
        head, _, number = name.rpartition("_")
        pk = whole_number(number)
        if pk is not None and head in HEADS:
            typed[head][pk] = value.strip()[:2000]
    return typed


@judged_at_the_door
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """POST owner/needs/<pk>/settle/ with `decision` (several) and `act`: approve what a colleague prepared, or undo."""
    rows = Decision.objects.filter(application__task=pk, pk__in=chosen_ids(request.POST.getlist("decision")))
    chosen = list(rows.select_related("application__task", "application__call__current_version").order_by("pk"))
    if not chosen:
        raise Http404(NO_PAGE)
    verb = workflow.discard_decision if request.POST.get("act") == "discard" else workflow.approve_decision
    done, refused = 0, []
    for decision in chosen:
        try:
            carry_out(verb, decision, by=request.user, key=sent_key(request))
            done += 1
        except Refused as refusal:
            if not rules.is_owner(decision.application, request.user):
                refuse_stranger(request, refusal) if isinstance(refusal, Forbidden) else None
                raise
            refused.append(f"“{decision.application.title}”：{refusal.sentence}")
    if done:
        messages.success(request, f"已办理 {done} 项。")
    for sentence in refused:
        messages.error(request, sentence)
    return redirect("admin:applications_need", pk)


# ---- the values of one result ----


@require_safe
def result_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET owner/results/<pk>/: what was measured for one application, to be judged before the acceptance."""
    return _result(request, pk)


def _result(request, pk: int, *, typed=None, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    if not request.user.is_owner:
        raise Http404(NO_PAGE)
    application = page_relations(visible_to(request.user)).filter(pk=pk, state__in=winning.EVALUATED).first()
    if application is None:
        raise Http404(NO_PAGE)
    task = application.task
    context = {
        "title": f"{application.title}：核对结果",
        "crumbs": [
            ("本单位的需求", reverse("admin:applications_needs")),
            (task.title, reverse("admin:applications_need", args=[task.pk])),
            (application.number, ""),
        ],
        "application": application,
        "task": task,
        "call": application.call,
        "lines": lines_of(application, typed=typed, refusal=refusal),
        "refusal": refusal,
        "can_confirm": rules.can_confirm_measurements(application, request.user),
        "back_url": reverse("admin:applications_need", args=[task.pk]),
        "key": one_time_key(),
    }
    return render_page(request, "applications/owner/result.html", context, status=status)


def result_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST owner/results/<pk>/: the owner's values and judgements, all indicators at once."""
    application = to_act_on(pk)
    rows = confirmed_rows(checking.indicators_of(application), request.POST)
    try:
        carry_out(workflow.confirm_measurements, application, by=request.user, rows=rows, key=sent_key(request))
    except Refused as refusal:
        _only_for_owners(request, refusal, application.task)
        return _result(request, pk, typed=rows, refusal=refusal, status=refusal.status)
    messages.success(request, f"“{application.title}”的结果已核对。")
    return redirect("admin:applications_need", application.task_id)


result = page_or_act(result_page, result_act)
