"""工作人员回避: an officer or supervisor stands aside from an application, or is ordered to (N28, N29, N32)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from applications import access, rules, workflow
from applications.actions_recusing import officers_left
from applications.backoffice.acting import sent_key
from applications.backoffice.detail import application_for
from applications.backoffice.office import carry_out, office_of, page_or_act, render_office, show_in_place, to_act_on
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number


class RecusalForm(forms.Form):
    """Who stands aside and why; supervisors speak only for themselves."""

    use_required_attribute = False
    user = forms.ModelChoiceField(
        label="回避人", queryset=User.objects.none(), empty_label=None,
        error_messages={"required": "请选择回避人。", "invalid_choice": "请从列表中选择回避人。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="回避的情形", max_length=500, widget=forms.Textarea({"rows": 4, "class": "text"}),
        help_text="例如：近亲属、同学、曾经共事或者有经济往来的人在申报团队中。记入办理记录。",
        error_messages={"required": "请写明回避的情形。", "max_length": "最多 500 字。"},
    )  # fmt: skip

    def __init__(self, data, *, application, by):
        super().__init__(data, initial={"user": by.pk})
        people = [by.pk]
        if rules.is_officer(application, by):
            officers = access.officers_of(application).values_list("pk", flat=True)
            watchers = access.supervisors_of(application.call, [application.task]).values_list("pk", flat=True)
            people += [*officers, *watchers]
        self.fields["user"].queryset = User.objects.filter(pk__in=people)
        self.fields["user"].label_from_instance = lambda user: (
            f"{user.name}（{user.get_role_display()}）" + ("，本人" if user.pk == by.pk else "")
        )


@require_safe
def recusal_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/recusal/<pk>/: what closes, who is left, the form."""
    return _show(request, application_for(request, pk), None)


def _show(request, application, form, *, status: int = 200) -> HttpResponse:
    office = office_of(request, application.call)
    others = access.officers_of(application).exclude(pk=request.user.pk)
    context = {
        "title": "工作人员回避",
        "application": application,
        "form": form or RecusalForm(None, application=application, by=request.user),
        "others": list(others),
        "is_officer": office.acts,
        "crumbs": [
            (application.title, reverse("admin:applications_detail", args=[application.pk])), ("工作人员回避", "")
        ],
    }  # fmt: skip
    return render_office(request, "recusal", office, context, status=status)


def recusal_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/recusal/<pk>/: stand aside."""
    application = to_act_on(pk)
    user = User.objects.filter(pk=whole_number(request.POST.get("user"))).first()
    form = None
    try:
        carry_out(
            workflow.recuse_officer, application, by=request.user, user=user, reason=request.POST.get("reason", ""),
            key=sent_key(request),
        )  # fmt: skip
    except Refused as refusal:
        show_in_place(request, refusal, application)
        form = RecusalForm(request.POST, application=application, by=request.user)
        form.full_clean()
        if refusal.field not in form.errors:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _show(request, application_for(request, pk), form, status=refusal.status)
    words = f"{user.name}已回避，这件申报不再向其开放。"
    if user.is_officer and officers_left(application, user) == 1:
        words += "现在只有一位主管可以办理这项任务；决定须两人办理，请联系安全管理员增派。"
    messages.success(request, words)
    if user.pk == request.user.pk:
        return redirect("admin:applications_overview")
    return redirect("admin:applications_detail", pk=pk)


recusal = page_or_act(recusal_page, recusal_act)
