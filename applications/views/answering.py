"""The unit answers: an objection to the result of its on-site check (P12), a statement before an end (P22)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from applications import rounds, rules, workflow
from applications.actions import ACTS
from applications.forms.pages import ObjectToRoundForm, StatementForm
from applications.models import Application, Hearing, RoundOutcome
from applications.views.base import GONE, applicant_page, new_key, sent_key, shown_only_to_the_unit
from jbgs.lib import clock
from jbgs.lib.errors import Refused


def contestable(application: Application, user) -> RoundOutcome | None:
    """The result that the unit may object to now; a query only where the call knows such a round."""
    if not rules.can_object_to_round(application, user) or "on_site_objection" not in application.call.spec.clocks:
        return None
    standing = [row for row in rounds.outcomes_of([application]).values() if row.contestable_on]
    found = max(standing, key=lambda row: row.pk, default=None)
    if found is None or clock.today() > found.contestable_on or found.objections.exists():
        return None
    return found


def open_hearing(application: Application, user) -> Hearing | None:
    """The notice to which the unit may still say something."""
    if not rules.can_make_statement(application, user):
        return None
    found = application.hearings.filter(closed_at=None, stated_at=None).first()
    return found if found and clock.today() <= found.state_until else None


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def object_to_round(request: HttpRequest, application: Application) -> HttpResponse:
    """对核查结果提出异议."""
    outcome = contestable(application, request.user)
    if request.method != "POST" and outcome is None:
        return _nothing(application, request.user)
    context = {
        "heading": "对核查结果提出异议", "until": outcome and outcome.contestable_on,
        "facts": [("核查日期", outcome.held_on), ("结论", "通过" if outcome.passed else "未通过")] if outcome else [],
        "said": outcome.text if outcome else "", "button": "提交异议",
    }  # fmt: skip
    return _answer(request, application, ObjectToRoundForm, workflow.object_to_round, context, "异议已提交，等待处理。")


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def statement(request: HttpRequest, application: Application) -> HttpResponse:
    """陈述申辩."""
    hearing = open_hearing(application, request.user)
    if request.method != "POST" and hearing is None:
        return _nothing(application, request.user)
    context = {
        "heading": "陈述申辩", "until": hearing and hearing.state_until,
        "facts": [("拟作出的决定", ACTS[hearing.verb].label)] if hearing else [],
        "said": hearing.ground if hearing else "", "button": "提交陈述申辩",
    }  # fmt: skip
    return _answer(request, application, StatementForm, workflow.make_statement, context, "陈述申辩已提交。")


def _nothing(application: Application, user) -> HttpResponse:
    if not rules.is_of_unit(application, user):
        raise Http404(GONE)
    return redirect("applications:detail", application.pk)


def _answer(request, application: Application, form_class, verb, context: dict, done: str) -> HttpResponse:
    form, status = form_class(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        if form.is_valid() or not rules.is_of_unit(application, request.user):
            try:
                verb(application, by=request.user, text=form.cleaned_data.get("text", ""), key=sent_key(request))
            except Refused as refusal:
                shown_only_to_the_unit(application, request.user, refusal)
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
                status = refusal.status
            else:
                messages.success(request, done)
                return redirect("applications:detail", application.pk)
        else:
            status = 422
    context |= {"application": application, "form": form, "key": sent_key(request) or new_key()}
    return render(request, "applications/answer.html", context, status=status)
