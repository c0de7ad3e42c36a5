"""陈述申辩: before a termination or revocation the unit is told and heard, by two officers (P22); and who is barred."""

from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from applications import rules, workflow
from applications.actions import ACTS
from applications.backoffice.acting import sent_key
from applications.backoffice.office import (
    NO_PAGE,
    carry_out,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    to_act_on,
    url,
)
from applications.models import Ban, Hearing
from applications.queries import for_page
from jbgs.lib import clock
from jbgs.lib.errors import Refused

ON_A_PAGE = 50
USUAL_DAYS = 10
"""Proposed days to speak; the text names none (P22)."""


class NoticeForm(forms.Form):
    """拟处理告知: what is intended, why, until when the unit may speak."""

    use_required_attribute = False
    verb = forms.ChoiceField(label="拟作出的决定", choices=[(verb, ACTS[verb].label) for verb in rules.HEARD])
    ground = forms.CharField(
        label="事实和依据", max_length=4000, widget=forms.Textarea({"rows": 5, "class": "text"}),
        help_text="原文告知申报单位。", error_messages={"required": "请写明拟处理的事实和依据。"},
    )  # fmt: skip
    state_until = forms.DateField(
        label="陈述申辩期限", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "text"}),
        error_messages={"required": "请填写期限。", "invalid": "期限不是有效日期，应如 2025-06-30。"},
    )  # fmt: skip


class ResultForm(forms.Form):
    """登记听取结果: by another officer than who gave the notice."""

    use_required_attribute = False
    result = forms.ChoiceField(
        label="结果", choices=[("", "请选择"), *Hearing.Result.choices],
        error_messages={"required": "请选择听取结果。", "invalid_choice": "请从列表中选择听取结果。"},
    )  # fmt: skip
    held_on = forms.DateField(
        label="听取日期", required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "text"}),
        error_messages={"invalid": "日期不是有效日期，应如 2025-06-30。"},
    )  # fmt: skip
    finding = forms.CharField(
        label="听取情况和复核意见", max_length=4000, widget=forms.Textarea({"rows": 5, "class": "text"}),
        error_messages={"required": "请写明听取情况和复核意见。"},
    )  # fmt: skip


@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """GET office/hearings/: the hearings of the call, the open ones first."""
    office = office_of(request)
    rows = Hearing.objects.filter(application__in=office.applications())
    rows = rows.select_related("application__unit", "noticed_by", "closed_by").order_by("result", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [{"row": row, "label": ACTS[row.verb].label} for row in page.object_list]
    context = {"title": "陈述申辩", "lines": lines, "page": page, "today": clock.today()}
    return render_office(request, "hearings", office, context)


@require_safe
def hearing_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/hearings/<application pk>/: notice, statement, result."""
    return _page(request, pk)


def _page(request, pk: int, *, form=None, status: int = 200) -> HttpResponse:
    application = for_page(request.user).filter(pk=pk).first()
    if application is None or not (request.user.is_officer or request.user.is_supervisor):
        raise Http404(NO_PAGE)
    office = office_of(request, application.call)
    rows = list(application.hearings.select_related("noticed_by", "stated_by", "closed_by").order_by("-pk"))
    running = next((row for row in rows if row.closed_at is None), None)
    open_verbs = [verb for verb in rules.HEARD if rules.DECISIONS[verb].open(application)]
    can = rules.can_notice(application, request.user)
    ripe = running is None or bool(running.stated_at) or clock.today() > running.state_until
    if form is None and can:
        soon = clock.today() + timedelta(days=USUAL_DAYS)
        form = ResultForm(initial={"held_on": clock.today()}) if running else NoticeForm(initial={"state_until": soon})
    if isinstance(form, NoticeForm):
        form.fields["verb"].choices = [(verb, ACTS[verb].label) for verb in open_verbs]
    context = {
        "title": f"{application.title}：陈述申辩",
        "crumbs": [("陈述申辩", url("hearings", call=office.call.slug)), (application.number, "")],
        "application": application,
        "rows": [{"row": row, "label": ACTS[row.verb].label} for row in rows],
        "running": running,
        "is_own": running is not None and running.noticed_by_id == request.user.pk,
        "form": form if can and ripe else None,
        "kept": [row.verb for row in rows if row.result == Hearing.Result.KEPT and row.verb in open_verbs],
        "today": clock.today(),
    }
    return render_office(request, "hearing", office, context, status=status)


def hearing_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/hearings/<application pk>/: give the notice, or record the result."""
    application = to_act_on(pk)
    closing = request.POST.get("act") == "close"
    form = (ResultForm if closing else NoticeForm)(request.POST)
    if not form.is_valid() and rules.is_officer(application, request.user):
        return _page(request, pk, form=form, status=422)
    typed = form.cleaned_data
    try:
        if closing:
            carry_out(
                workflow.close_hearing, application, by=request.user, result=typed.get("result", ""),
                finding=typed.get("finding", ""), held_on=typed.get("held_on"), key=sent_key(request),
            )  # fmt: skip
        else:
            carry_out(
                workflow.give_notice, application, by=request.user, verb=typed.get("verb", rules.HEARD[0]),
                ground=typed.get("ground", ""), state_until=typed.get("state_until") or date.min,
                key=sent_key(request),
            )  # fmt: skip
    except Refused as refusal:
        show_in_place(request, refusal, application)
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _page(request, pk, form=form, status=refusal.status)
    messages.success(request, "听取结果已登记。" if closing else "已告知申报单位，等待陈述申辩。")
    return redirect(url("hearing", pk))


hearing = page_or_act(hearing_page, hearing_act)


@require_safe
def bans(request: HttpRequest) -> HttpResponse:
    """GET office/bans/?tab=all: who may not apply in the programme of the chosen call, with dates (P23, N54-N58)."""
    office, today = office_of(request), clock.today()
    tab = "all" if request.GET.get("tab") == "all" else ""
    rows = Ban.objects.filter(Q(programme=office.call.programme_id) | Q(programme=None))
    rows = rows if tab else rows.filter(Q(ends_on=None) | Q(ends_on__gte=today))
    rows = rows.select_related("unit", "application").order_by("-starts_on", "-pk")
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"title": "限制申报", "rows": page.object_list, "page": page, "today": today, "tab": tab}
    return render_office(request, "bans", office, context)
