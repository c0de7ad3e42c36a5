"""After the shortlist, and against a refusal: the evaluation's form, the appeal's."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import rules, workflow
from applications.forms.measuring import measured_rows, measuring_rows
from applications.forms.pages import AppealForm
from applications.models import Application
from applications.standing import Case, appeal_until, evaluation_times
from applications.states import State
from applications.views.base import applicant_page, new_key, refusal_logged, sent_key, shown_only_to_the_unit, to_act_on
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.windows import Timetable


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def evaluation(request: HttpRequest, application: Application) -> HttpResponse:
    """Measured value and proof for each indicator; save, or submit with the one-time key."""
    refusal = None
    if request.method == "POST":
        try:
            return _evaluate(request, application)
        except Refused as refused:
            shown_only_to_the_unit(application, request.user, refused)
            refusal, application = refused, to_act_on(application.pk)
            if application.state != State.IN_PROGRESS:
                raise
    if application.state != State.IN_PROGRESS:
        return redirect("applications:detail", application.pk)
    typed = measured_rows(application, request.POST) if request.method == "POST" else None
    rows = measuring_rows(application, typed=typed, checked=refusal is not None)
    case = Case(application, application.call.spec, Timetable(application.call), clock.now())
    times = evaluation_times(case)
    is_open = times.are_open(case.now)
    context = {
        "application": application, "rows": rows, "refusal": refusal, "key": sent_key(request) or new_key(),
        "call_spec": case.spec, "is_open": is_open, "times": times, "summary": _summary(rows),
        "deadline": {"closes_at": times.closes_at if is_open else times.opens_at},
    }  # fmt: skip
    return render(request, "applications/evaluation.html", context, status=refusal.status if refusal else 200)


def _evaluate(request: HttpRequest, application: Application) -> HttpResponse:
    """Keep what was typed first, so that a refused submit loses nothing."""
    key = sent_key(request)
    if application.state == State.IN_PROGRESS and rules.can_submit_evaluation.party(application, request.user):
        workflow.save_measurements(application, measured_rows(application, request.POST), by=request.user)
    elif "submit" not in request.POST:
        with refusal_logged(application, "save_measurements", request.user):
            workflow.save_measurements(application, {}, by=request.user)
    if "submit" not in request.POST:
        messages.success(request, "实测值已保存，尚未提交。")
        return redirect("applications:evaluation", application.pk)
    workflow.submit_evaluation(application, by=request.user, key=key, received_at=request.received_at)
    messages.success(request, "测评申请已提交。")
    return redirect("applications:detail", application.pk)


def _summary(rows) -> dict[str, int]:
    """How many indicators stand where; met_target and met_promise are two questions."""
    return {
        "met": sum(row.tone == "ok" for row in rows),
        "below_promise": sum(row.tone == "warn" for row in rows),
        "below_target": sum(row.tone == "bad" and row.filled for row in rows),
        "open": sum(not row.filled for row in rows),
        "no_proof": sum(row.filled and not row.proof.value.strip() for row in rows),
    }


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, application: Application) -> HttpResponse:
    """申请复审 within the call's days."""
    grounds = application.call.spec.appeal_grounds
    form, status = AppealForm(request.POST if request.method == "POST" else None, grounds=grounds), 200
    if request.method == "POST" and (form.is_valid() or not rules.is_of_unit(application, request.user)):
        try:
            text = form.cleaned_data.get("text", "")
            ground = form.cleaned_data.get("ground", "")
            workflow.raise_appeal(application, by=request.user, text=text, ground=ground, key=sent_key(request))
        except Refused as refusal:
            shown_only_to_the_unit(application, request.user, refusal)
            if not rules.can_appeal.open(application):  # there is no term to show; it would tell of what is not public
                raise
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, "复审申请已提交。")
            return redirect("applications:detail", application.pk)
    if request.method != "POST" and not rules.can_appeal(application, request.user):
        return redirect("applications:detail", application.pk)
    case = Case(application, application.call.spec, Timetable(application.call), clock.now())
    until = appeal_until(case)
    context = {
        "application": application,
        "form": form,
        "until": until,
        "is_over": until is not None and until <= clock.now(),
        "deadline": {"closes_at": until},
        "key": sent_key(request) or new_key(),
    }
    return render(request, "applications/appeal.html", context, status=status)
