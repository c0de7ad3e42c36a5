"""Who reviews a task: its draw, assignment by hand, changes after the draw, recusals."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from applications.models import Application
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import draw_page, picking, queries, rules, workflow
from reviews.forms import ConditionsForm
from reviews.models import Alternate, Assignment, DrawPlan, Expert, Recusal, ReviewerChange
from reviews.picking import Picker, Purpose, Wanted
from reviews.rounds import counts, experts_wanted
from reviews.views import picking as search
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, task_or_404, tell, whole_numbers
from reviews.views.draw import first_values

HAND, CHANGE, RECUSAL = "hand", "change", "recusal"
"""The page's three pickers, by the ids of their forms."""


@require_GET
def panel(request, pk: int):
    """The task's draw (`?plan=` an earlier one) and its panel as it stands."""
    return panel_page(request, task_or_404(request, pk))


def panel_page(request, task: Task, *, status: int = 200, typed: dict | None = None, form=None, refused=None, at=""):
    """`typed`, `form` and `refused`: what somebody entered and why it was not taken; `at`: in which picker."""
    applications = list(queries.applications_of_task(task))
    open_ones = [row for row in applications if row.state in queries.UNDECIDED]
    sheets = list(queries.sheets_of_task(task))
    _attach(applications, sheets, Recusal.objects.filter(application__in=applications).select_related("expert__user"))
    wanted = experts_wanted(task.call)
    history = draw_page.history_of([task], request.user)
    plan = _plan_to_show(request, history)
    context = {
        "title": f"{task.title}：评审专家",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), (f"{task.code} {task.title}", ""), ("评审专家", "")],
        "task": task,
        "applications": applications,
        "undecided": open_ones,
        "undecided_states": queries.UNDECIDED,
        "wanted": wanted,
        "seats": sum(len(row.seats) for row in applications),
        "missing": sum(max(0, wanted - len(row.seats)) for row in open_ones),
        "known": picking.pool(task.call).count(),
        "available": picking.able(task.call).count(),
        "pickers": {name: _picker(request, task, name, name == at) for name in (HAND, CHANGE, RECUSAL)},
        "at": at,
        "can_act": rules.manages_task(task, request.user),
        "typed": typed or {},
        "history": history,
        # Also one that this person may not read, for it stands in the way of another.
        "open_draw": DrawPlan.objects.filter(tasks=task, state__in=draw_page.OPEN_STATES).exists(),
        "changes": _changes(applications),
        "drawn_pks": {row.application_id for row in sheets if row.plan_id and row.plan.state == "published"},
        "refused": refused,
        "key": one_time_key(),
    }
    if plan:
        context |= draw_page.context_of(plan, request.user)
        context["form"] = form or ConditionsForm(initial=first_values(plan))
    return page(request, "panel", context, status=status)


def _plan_to_show(request, history) -> DrawPlan | None:
    """The one asked for, else the one under way, else the one that counts; with all that its page reads."""
    wanted = whole_number(request.GET.get("plan", ""))
    order = [row.pk for row in history if row.pk == wanted]
    order += [row.pk for row in history if row.state in draw_page.OPEN_STATES]
    order += [row.pk for row in history if row.state == DrawPlan.State.PUBLISHED]
    if not order:
        return None
    rows = DrawPlan.objects.select_related("call__current_version", "round", "frozen_by", "public_by", "published_by")
    plan = rows.get(pk=order[0])
    plan.task_list = list(plan.tasks.select_related("call", "field").order_by("order"))
    return plan


def _changes(applications) -> list[ReviewerChange]:
    """Changes after the draw, the newest first."""
    rows = ReviewerChange.objects.filter(application__in=applications).order_by("-pk")
    return list(
        rows.select_related("application", "out__expert__user", "expert_in__user", "prepared_by", "approved_by")
    )


def _attach(applications, sheets, recusals) -> None:
    """Give each application its `seats` (sheets that count), `recusal_rows` and `waiting` alternates for the table."""
    by_pk = {row.pk: row for row in applications}
    for row in applications:
        row.seats, row.recusal_rows, row.waiting, row.place_code = [], [], [], f"a{row.pk}"
    for sheet in sheets:
        sheet.place_code = f"s{sheet.pk}"
        sits = sheet.state not in ("recused", "declined")
        if sits and counts(sheet.assigned_at, by_pk[sheet.application_id].reopened_at):
            by_pk[sheet.application_id].seats.append(sheet)
    for recusal in recusals:
        by_pk[recusal.application_id].recusal_rows.append(recusal)
    waiting = Alternate.objects.filter(application__in=applications, state=Alternate.State.WAITING)
    for row in waiting.select_related("expert__user").order_by("order"):
        by_pk[row.application_id].waiting.append(row)


def _picker(request, task: Task, name: str, filled: bool) -> Picker:
    """One of the page's pickers; empty until somebody looks for experts or what was chosen was refused."""
    picker = Picker(name, nobody="候补按次序递补" if name == CHANGE else "")
    return picker.fill(_purpose(request.POST, task, name), Wanted.sent(request.POST)) if filled else picker


def _purpose(posted, task: Task, name: str) -> Purpose:
    """For which applications: those that are ticked or named, else all that this picker can be about."""
    named = whole_numbers(posted.getlist("application"))
    if name == CHANGE:
        sheet, application = _place(posted.get("place", ""), task.pk)
        named = [application.pk] if application else []
    rows = queries.applications_of_task(task).filter(state__in=queries.UNDECIDED)
    firm = tuple(rows.filter(pk__in=named)) if named else ()
    return Purpose(task.call, firm or tuple(rows), firm=bool(firm), anybody=name == RECUSAL)


def _found(request, pk: int, name: str):
    """What a search in one of the pickers gives: its lines for the script, else the page with all that was typed."""
    task = task_or_404(request, pk)
    search.officers_of(task, request.user)
    if search.lines_only(request):
        return search.lines(request, _picker(request, task, name, True))
    return panel_page(request, task, typed=_typed(request.POST, name), at=name)


def _typed(posted, name: str) -> dict:
    """What stands in one of the page's forms."""
    numbers = whole_numbers(posted.getlist("application"))
    return {name: True, "applications": numbers if name == HAND else [],
            "application": numbers[0] if numbers and name == RECUSAL else None, "place": posted.get("place", ""),
            "reason": posted.get("reason", "")}  # fmt: skip


def _place(place: str, task_pk: int) -> tuple[Assignment | None, Application | None]:
    """The sheet and the application that `s12` (this sheet) or `a34` (one more for this application) name."""
    sheet = Assignment.objects.filter(pk__in=whole_numbers([place.removeprefix("s")]), application__task=task_pk)
    sheet = sheet.first() if place.startswith("s") else None
    wanted = whole_numbers([place.removeprefix("a")]) if place.startswith("a") else []
    rows = Application.objects.select_related("call__current_version", "task__field")
    return sheet, rows.filter(pk__in=[sheet.application_id] if sheet else wanted, task=task_pk).first()


@require_POST
def assign(request, pk: int):
    """Give the ticked applications to one expert, by hand; all or none."""
    if search.searches(request):
        return _found(request, pk, HAND)
    task = get_object_or_404(Task, pk=pk)
    chosen = Application.objects.filter(task=task, pk__in=whole_numbers(request.POST.getlist("application")))
    expert = Expert.objects.filter(pk__in=whole_numbers([request.POST.get("expert", "")])).select_related("user")
    try:
        seats = workflow.assign_each(chosen, by=request.user, expert=expert.first(), key=sent_key(request))
        messages.success(request, f"已分派 {len(seats)} 份，已通知专家。")
        return redirect("admin:reviews_panel", pk=pk)
    except Refused as refused:
        return _not_taken(request, pk, HAND, refused)


def _not_taken(request, pk: int, name: str, refused: Refused):
    """The page again with what was typed in that form and why it was not taken."""
    pass_on_forbidden(refused)
    tell(request, refused)
    return panel_page(
        request, task_or_404(request, pk), status=refused.status, typed=_typed(request.POST, name), at=name
    )


@require_POST
def unassign(request, pk: int):
    """Take a sheet back from its expert, with a reason."""
    sheet = get_object_or_404(Assignment.objects.select_related("application"), pk=pk)
    try:
        workflow.unassign(sheet, by=request.user, reason=request.POST.get("reason", ""), key=sent_key(request))
        messages.success(request, "已撤换，请另行分派专家。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_panel", pk=sheet.application.task_id)


@require_POST
def change(request, pk: int):
    """Prepare a change of who reviews an application after its draw; a second officer approves it."""
    if search.searches(request):
        return _found(request, pk, CHANGE)
    posted = request.POST
    sheet, application = _place(posted.get("place", ""), pk)
    if application is None:
        raise Http404("没有这件申报。")
    expert = Expert.objects.filter(pk__in=whole_numbers([posted.get("expert", "")])).select_related("user").first()
    try:
        workflow.prepare_change(
            application, by=request.user, out=sheet, expert_in=expert, reason=posted.get("reason", ""),
            key=sent_key(request),
        )  # fmt: skip
        messages.success(request, "调整已拟定，待另一位主管复核。")
    except Refused as refused:
        return _not_taken(request, pk, CHANGE, refused)
    return redirect("admin:reviews_panel", pk=pk)


@require_POST
def recusal(request, pk: int):
    """The officer decides that an expert does not look at an application."""
    if search.searches(request):
        return _found(request, pk, RECUSAL)
    application = get_object_or_404(Application, pk__in=whole_numbers([request.POST.get("application", "")]), task=pk)
    expert = get_object_or_404(Expert, pk__in=whole_numbers([request.POST.get("expert", "")]))
    try:
        reason = request.POST.get("reason", "")
        workflow.recuse(application, by=request.user, expert=expert, reason=reason, key=sent_key(request))
        messages.success(request, "已认定回避。")
    except Refused as refused:
        pass_on_forbidden(refused)
        tell(request, refused)
    return redirect("admin:reviews_panel", pk=pk)
