"""本单位: the department's people and names, its own earlier deadline for each call, whom to ask."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from applications.backoffice import calls
from applications.backoffice.acting import form_on, judged_at_the_door, refuse_stranger, render_page
from applications.backoffice.recommending import only_for_departments
from audit import log
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Call, OwnDeadline
from programmes.windows import set_own_deadline, window


@require_safe
def department(request: HttpRequest) -> HttpResponse:
    """GET department/: who works for the department, and until when its applicants may file."""
    only_for_departments(request)
    return show(request)


def show(request, *, refusal: Refused | None = None, typed=None, status=200) -> HttpResponse:
    own = request.user.department
    moved = {
        row.call_id: row for row in OwnDeadline.objects.filter(department=own, window="apply").select_related("by")
    }
    rows = [
        {
            "row": row,
            "own": moved.get(row.call.pk),
            "typed": typed.get("closes_at", "") if is_typed(typed, row) else as_input(row.filing.closes_at),
            "error": refusal.sentence if refusal and is_typed(typed, row) else "",
            "can_move": not row.filing.has_closed(clock.now()),
        }
        for row in calls.call_rows(request.user)
    ]
    context = {
        "title": "本单位",
        "department": own,
        "people": own.people.order_by("-is_active", "pk"),
        "aliases": own.aliases.all(),
        "rows": rows,
    }
    return render_page(request, "applications/backoffice/department.html", context, status=status)


def is_typed(typed, row: calls.CallRow) -> bool:
    """Whether what came back belongs to this call."""
    return bool(typed) and typed.get("call") == row.call.slug


def as_input(moment: datetime) -> str:
    """A moment as <input type=datetime-local> takes it, in China's time."""
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


@judged_at_the_door
@form_on("admin:applications_department")
def own_deadline(request: HttpRequest) -> HttpResponse:
    """POST department/deadline/: an earlier end for the department's own applicants (DESIGN §5 Windows)."""
    related = Call.objects.select_related("current_version").defer("current_version__document")
    call = get_object_or_404(related.exclude(current_version=None), slug=request.POST.get("call", ""))
    try:
        allow(request.user, call)
        closes_at = read_moment(request.POST.get("closes_at", ""))
        set_own_deadline(call, "apply", department=request.user.department, closes_at=closes_at, by=request.user)
    except Forbidden as refusal:
        log.append_refusal(call, "set_own_deadline", request.user, refusal)
        refuse_stranger(request, refusal)
    except Refused as refusal:
        return show(request, refusal=refusal, typed=request.POST, status=refusal.status)
    messages.success(request, f"{call.title}的本单位申报截止时间已改为 {shown_end(call, request.user.department)}。")
    return redirect("admin:applications_department")


def allow(user, call: Call) -> None:
    """Only a person of a department that recommends in this call."""
    if not (user.is_active and user.is_recommender and calls.offers(call, user.department)):
        raise Forbidden("只有本批次的推荐单位可以规定本单位的申报截止时间。")


def read_moment(typed: str) -> datetime:
    """What was typed, as an instant in China."""
    try:
        return datetime.fromisoformat(typed.strip()).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        sentence = (
            f"“{typed.strip()}”不是有效时间。请按 2025-03-05 17:30 的格式填写。"
            if typed.strip()
            else "没有填写截止时间。请填写。"
        )
        raise Refused("moment_unreadable", sentence, field="closes_at", status=400) from None


def shown_end(call: Call, own) -> str:
    return window(call, "apply", department=own).closes_text
