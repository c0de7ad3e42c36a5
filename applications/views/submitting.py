"""Check, submit, receipt, take back, withdraw: what locks or sends has its own page with a one-time key."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from applications import reasons, rules, workflow
from applications.forms.pages import ReasonForm
from applications.models import Application
from applications.states import EDITABLE, State
from applications.views.base import applicant_page, new_key, sent_key, shown_only_to_the_unit, to_act_on
from applications.views.frame import Frame
from jbgs.lib.errors import Refused
from programmes.windows import Timetable

REASON = "reason."


@applicant_page
@require_safe
def check(request: HttpRequest, application: Application) -> HttpResponse:
    """Everything that is missing or wrong, each with a way to it, and what the system found in order."""
    if application.state not in EDITABLE:
        return redirect("applications:detail", application.pk)
    return render(request, "applications/check.html", _check_context(application))


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, application: Application) -> HttpResponse:
    """GET asks once more; POST submits (or answers the supplement letter). The same key twice gives one receipt."""
    if request.method == "POST":
        return _submit(request, application)
    if application.state not in EDITABLE:
        return redirect("applications:detail", application.pk)
    context = _check_context(application)
    if context["blocking"] or _lacks_department(application):
        return redirect("applications:check", application.pk)
    return render(request, "applications/submit.html", context | {"key": new_key()})


def _submit(request: HttpRequest, application: Application) -> HttpResponse:
    named = {"by": request.user, "key": sent_key(request), "received_at": request.received_at}
    try:
        _keep_reasons(request, application)
        if application.state == State.IN_SUPPLEMENT:
            workflow.supplement(application, **named)
        else:
            workflow.submit(application, **named)
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        fresh = to_act_on(application.pk)
        if fresh.state not in EDITABLE:  # somebody was faster: the page of refusals says who
            raise
        if refusal.code == "reasons_missing":
            context = _check_context(fresh, refusal) | {"key": new_key()}
            return render(request, "applications/submit.html", context, status=refusal.status)
        return render(request, "applications/check.html", _check_context(fresh, refusal), status=refusal.status)
    return redirect("applications:receipt", application.pk)


def _keep_reasons(request: HttpRequest, application: Application) -> None:
    """What was typed as a reason is kept before anything else is judged, so that no refusal loses it."""
    given = {name.removeprefix(REASON): text for name, text in request.POST.items() if name.startswith(REASON)}
    if given and rules.can_edit.party(application, request.user) and application.state in EDITABLE:
        with suppress(Refused):  # somebody was faster: the submit says so
            workflow.save_reasons(application, given, by=request.user)


@applicant_page
@require_safe
def receipt(request: HttpRequest, application: Application) -> HttpResponse:
    """What was received, when by the server's clock, under which number, code and hash. `?version=` an older one."""
    versions = application.versions.select_related("created_by").defer("content").order_by("-number")
    wanted = request.GET.get("version", "")
    version = next((row for row in versions if not wanted or str(row.number) == wanted), None)
    if version is None:
        return redirect("applications:detail", application.pk)
    is_latest = version.pk == application.version_id and application.state not in EDITABLE
    context = {"application": application, "version": version, "is_latest": is_latest}
    return render(request, "applications/receipt.html", context)


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, application: Application) -> HttpResponse:
    """撤回修改: back to the draft within the unit's own window."""
    if request.method == "POST":
        workflow.take_back(application, by=request.user, key=sent_key(request), received_at=request.received_at)
        messages.success(request, "已撤回，可以修改。修改后须在截止时间前重新提交。")
        return redirect("applications:edit", application.pk)
    if not rules.can_take_back(application, request.user):
        return redirect("applications:detail", application.pk)
    window = Timetable(application.call).window("apply", application.department, application.unit)
    return render(
        request, "applications/take_back.html", {"application": application, "window": window, "key": new_key()}
    )


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, application: Application) -> HttpResponse:
    """撤回申报: final, so it has a page of its own."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (form.is_valid() or not rules.is_of_unit(application, request.user)):
        reason = form.cleaned_data.get("reason", "")
        workflow.withdraw(application, by=request.user, key=sent_key(request), reason=reason)
        messages.success(request, "已撤回申报。")
        return redirect("applications:detail", application.pk)
    if not rules.can_withdraw(application, request.user):
        return redirect("applications:detail", application.pk)
    return render(request, "applications/withdraw.html", {"application": application, "form": form, "key": new_key()})


def _check_context(application: Application, refusal: Refused | None = None) -> dict:
    frame = Frame(application)
    asked = reasons.asked(application, frame.checked.findings)
    pledge = next((row for row in application.pledges.all() if row.withdrawn_at is None), None)
    return frame.page_context() | {
        "reasons": asked, "unexplained": sum(not one.reason for one in asked), "longest": reasons.LONGEST,
        "refusal": refusal, "satisfied": frame.satisfied(), "pledge": pledge,
        "lacks_department": _lacks_department(application), "is_supplement": application.state == State.IN_SUPPLEMENT,
    }  # fmt: skip


def _lacks_department(application: Application) -> bool:
    return application.call_version.spec.flow.recommendation and application.department_id is None
