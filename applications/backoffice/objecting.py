"""异议、复审: the desks where officers answer what was raised against a list or a refusal."""

from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import F, Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import rules, workflow
from applications.backoffice.acting import judged_at_the_door, refuse_stranger, sent_key
from applications.backoffice.office import (
    NO_PAGE,
    Office,
    carry_out,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    url,
)
from applications.forms.pages import ObjectionForm
from applications.models import Appeal, Decision, Objection
from applications.queries import visible_to
from applications.states import State
from applications.workflow.reading import REVEAL_OBJECTOR, reveal_objector
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused


class AnswerForm(forms.Form):
    """结论和处理意见."""

    upheld = forms.TypedChoiceField(
        label="结论", choices=[("1", "成立"), ("0", "不成立")], coerce=lambda value: value == "1",
        widget=forms.RadioSelect, error_messages={"required": "请选择结论。"},
    )  # fmt: skip
    answer = forms.CharField(
        label="处理意见", max_length=4000, widget=forms.Textarea(attrs={"rows": 5, "class": "text"}),
        error_messages={"required": "请写明处理意见。"},
    )  # fmt: skip


# ---- objections ----


@require_safe
def objections(request: HttpRequest) -> HttpResponse:
    """GET office/objections/: all of a call, the next one to answer opened."""
    return _objections(request, office_of(request))


@require_safe
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/objections/<pk>/: one of them opened; its objector stays hidden."""
    found = _found(Objection, request, pk)
    return _objections(request, office_of(request, found.application.call), found)


def _objections(request, office: Office, opened: Objection | None = None, *, form=None, objector=None, status=200):
    rows = Objection.objects.filter(application__in=office.applications()).select_related(
        "application__task", "application__unit", "publicity", "settled_by"
    )
    rows = list(rows.defer("objector", "contact").order_by(F("settled_at").asc(nulls_first=True), "due_on", "pk"))
    opened = next((row for row in rows if opened is not None and row.pk == opened.pk), opened) or next(iter(rows), None)
    context = {
        "title": "异议",
        "rows": rows,
        "counts": _counts(rows),
        "opened": opened,
        "form": form or AnswerForm(),
        "objector": objector,
        "readings": _readings(opened) if opened else [],
        "can_settle": bool(opened) and opened.state == "open" and office.acts,
        "follows": _follows(opened, request.user) if opened and opened.state == "upheld" else None,
        "today": clock.today(),
    }
    return render_office(request, "objections", office, context, status=status)


def _counts(rows: list) -> dict[str, int]:
    counted = {state: sum(row.state == state for row in rows) for state in ("open", "upheld", "dismissed")}
    return counted | {"all": len(rows), "held": len({row.application_id for row in rows if row.state == "open"})}


def _readings(objection: Objection) -> list[Entry]:
    """Who had the objector's name shown, and when."""
    entries = Entry.objects.for_object(objection.application).done().filter(action=REVEAL_OBJECTOR)
    return [entry for entry in entries if entry.data.get("objection") == objection.pk]


def _follows(objection: Objection, user) -> str | None:
    """Where the decision that an upheld objection asks for is prepared, while it is not."""
    application = objection.application
    waiting = application.decisions.filter(state=Decision.DecisionState.PREPARED).exists()
    if application.publicity_id != objection.publicity_id or waiting or not rules.can_unpropose(application, user):
        return None
    return url("prepare", application.pk, verb="unpropose")


def objection_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/objections/<pk>/: settle it with a conclusion and an answer."""
    return _settle(request, _any(Objection, pk), workflow.settle_objection, _objections, "objections")


@judged_at_the_door
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/objections/<pk>/reveal/: show the objector once; who looked stands in the log."""
    found = _any(Objection, pk)
    try:
        named = reveal_objector(found, by=request.user)
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    return _objections(request, office_of(request, found.application.call), found, objector=named)


objection = page_or_act(objection_page, objection_act)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest) -> HttpResponse:
    """office/objections/new/?call=: an objection that came by letter or in person, put down by an officer."""
    office = office_of(request)
    if not office.acts:
        raise Http404(NO_PAGE)
    listed = office.applications().filter(state=State.PROPOSED, publicity__closes_at__gt=clock.now())
    listed = listed.select_related("unit").order_by("task__order", "unit__name")
    form, status = ObjectionForm(request.POST or None, applications=listed), 200
    if form.is_bound and form.is_valid():
        named = dict(form.cleaned_data)
        application = named.pop("application")
        try:
            carry_out(workflow.raise_objection, application, by=request.user, key=sent_key(request), **named)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, f"已登记对“{application.title}”的异议。")
            return redirect(url("objection", application.objections.latest("pk").pk))
    context = {
        "title": "登记异议",
        "crumbs": [("异议", url("objections", call=office.call.slug)), ("登记来信来访", "")],
        "form": form,
        "listed": listed.exists(),
    }
    return render_office(
        request, "objection_record", office, context, status=422 if form.errors and status == 200 else status
    )


# ---- appeals ----


@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """GET office/appeals/: all of a call, the next one to answer opened."""
    return _appeals(request, office_of(request))


@require_safe
def appeal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/appeals/<pk>/: one of them opened."""
    found = _found(Appeal, request, pk)
    return _appeals(request, office_of(request, found.application.call), found)


def _appeals(request, office: Office, opened: Appeal | None = None, *, form=None, status=200):
    rows = Appeal.objects.filter(application__in=office.applications()).select_related(
        "application__task", "application__unit", "raised_by", "settled_by"
    )
    rows = list(rows.order_by(F("settled_at").asc(nulls_first=True), "due_on", "pk"))
    opened = next((row for row in rows if opened is not None and row.pk == opened.pk), opened) or next(iter(rows), None)
    context = {
        "title": "复审",
        "rows": rows,
        "counts": _counts(rows),
        "opened": opened,
        "against": _against(opened) if opened else None,
        "form": form or AnswerForm(),
        "can_settle": bool(opened) and opened.state == "open" and office.acts,
        "follows": _reopening(opened, request.user) if opened and opened.state == "upheld" else None,
        "today": clock.today(),
    }
    return render_office(request, "appeals", office, context, status=status)


@dataclass(frozen=True)
class Against:
    """What an appeal is against: who said no, when and why. `letter`: id of the letter that said it, if one did."""

    by: object
    at: datetime
    text: str
    letter: int | None = None


def _against(appeal: Appeal) -> Against | None:
    """The last refusal before the appeal: of the form check, which is a letter, or of the review, which two people
    decided."""
    application = appeal.application
    letter = application.opinions.filter(verb="reject", at__lte=appeal.raised_at).select_related("by").order_by("pk")
    decided = application.decisions.filter(
        verb="pass_over", state=Decision.DecisionState.APPROVED, approved_at__lte=appeal.raised_at
    )
    found = [Against(one.by, one.at, one.text, one.pk) for one in letter]
    found += [Against(one.approved_by, one.approved_at, one.reason) for one in decided.select_related("approved_by")]
    return max(found, key=lambda one: one.at, default=None)


def _reopening(appeal: Appeal, user) -> str | None:
    application = appeal.application
    waiting = application.decisions.filter(state=Decision.DecisionState.PREPARED).exists()
    verbs = ("reopen_form_check", "reopen_review")
    verb = next((name for name in verbs if rules.DECISIONS[name](application, user)), None)
    return None if waiting or verb is None else url("prepare", application.pk, verb=verb)


def appeal_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/appeals/<pk>/: settle it with a conclusion and an answer."""
    return _settle(request, _any(Appeal, pk), workflow.settle_appeal, _appeals, "appeals")


appeal = page_or_act(appeal_page, appeal_act)


# ---- both ----


def _found(model: type[Model], request: HttpRequest, pk: int):
    """The row if the person sees its application; else 404."""
    rows = model.objects.filter(application__in=visible_to(request.user))
    return get_object_or_404(_with_application(rows), pk=pk)


def _any(model: type[Model], pk: int):
    return get_object_or_404(_with_application(model.objects.all()), pk=pk)


def _with_application(rows):
    """With what `page_relations` gives of the application, through the relation."""
    related = ("call__current_version", "call__programme", "task__field", "unit", "department")
    return rows.select_related(*(f"application__{name}" for name in related)).defer(
        "application__call__current_version__document"
    )


def _settle(request, found, verb, again, page: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    application = found.application
    if not form.is_valid() and rules.is_officer(application, request.user):
        return again(request, office_of(request, application.call), found, form=form, status=422)
    named = {"upheld": form.cleaned_data.get("upheld", False), "answer": form.cleaned_data.get("answer", "")}
    try:
        carry_out(verb, found, by=request.user, key=sent_key(request), **named)
    except Refused as refusal:
        show_in_place(request, refusal, application)
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return again(request, office_of(request, application.call), found, form=form, status=refusal.status)
    messages.success(request, f"“{application.title}”的处理意见已记录。")
    return redirect(url(page[:-1], found.pk))
