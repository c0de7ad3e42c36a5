"""The unit's own pages: particulars, members, the own password."""

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from accounts import forms, queries, workflow
from accounts.choices import Purpose, Role
from accounts.models import User
from accounts.rules import can_edit_unit, can_manage_people
from accounts.views.base import WorkflowFormView, address_of, phone_proved_recently
from jbgs.lib.errors import Forbidden, Refused


@method_decorator(login_required, name="dispatch")
class UnitPage(WorkflowFormView):
    """A page of the signed-in person's unit; people without one get 403."""

    tab = ""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_unit_person:
            raise Forbidden("这是申报单位的页面，您的账号不属于申报单位。")
        self.unit = request.user.unit
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(unit=self.unit, tab=self.tab, **kwargs)


class EditUnit(UnitPage):
    """单位信息: the administrator edits, a filler reads."""

    template_name = "accounts/unit.html"
    form_class = forms.UnitForm
    tab = "unit"

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        kwargs.pop("initial")
        return kwargs | {"unit": self.unit}

    def act(self, data):
        workflow.update_unit(self.unit, by=self.request.user, **data)
        messages.success(self.request, "单位信息已保存。")
        return reverse("accounts:unit")

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            can_edit=can_edit_unit(self.unit, self.request.user),
            former_names=self.unit.names.exclude(valid_to=None),
            **kwargs,
        )


class People(UnitPage):
    """成员: who files for the unit; the administrator adds, stops and promotes."""

    template_name = "accounts/people.html"
    form_class = forms.AddPersonForm
    purpose = Purpose.ADD_PERSON
    tab = "people"

    def act(self, data):
        filler = workflow.invite_filler(self.unit, by=self.request.user, address=address_of(self.request), **data)
        messages.success(self.request, f"已添加填报人{filler.name}，可用手机验证码登录。")
        return reverse("accounts:people")

    def send_code(self):
        if not can_manage_people(self.unit, self.request.user):
            raise Forbidden("只有本单位的管理员可以添加填报人。")
        return super().send_code()

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            people=queries.people_of(self.unit),
            can_manage=can_manage_people(self.unit, self.request.user),
            roles=[(str(role), role.label) for role in (Role.UNIT_ADMIN, Role.UNIT_FILLER)],
            **kwargs,
        )


class Password(WorkflowFormView):
    """设置密码, for everybody who is signed in; after a sign-in by phone code the old one is not asked for."""

    template_name = "accounts/password.html"
    form_class = forms.PasswordForm

    @method_decorator(login_required)
    def dispatch(self, request, *args, **kwargs):
        return super().dispatch(request, *args, **kwargs)

    @property
    def ask_old(self) -> bool:
        return self.request.user.has_usable_password() and not phone_proved_recently(self.request)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"ask_old": self.ask_old}

    def act(self, data):
        user = self.request.user
        workflow.change_password(user, by=user, new=data["new_password"], old=data.get("old_password"))
        auth.update_session_auth_hash(self.request, user)
        messages.success(self.request, "密码已更新。其他已登录的设备需要重新登录。")
        return reverse("accounts:password")

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(unit=user.unit if user.is_unit_person else None, tab="password", **kwargs)


@login_required
@require_POST
def person_stop(request: HttpRequest, pk: int):
    """Stop a member's account."""
    return _manage(request, pk, workflow.deactivate_person, "已停用{}的账号。")


@login_required
@require_POST
def person_restore(request: HttpRequest, pk: int):
    """Let a stopped member in again."""
    return _manage(request, pk, workflow.reactivate_person, "已恢复{}的账号。")


@login_required
@require_POST
def person_role(request: HttpRequest, pk: int):
    """Make a member administrator or filler."""
    form = forms.UnitRoleForm(request.POST)
    if not form.is_valid():
        raise Refused("bad_role", "单位成员只能是管理员或填报人。", "role", status=400)
    return _manage(request, pk, workflow.change_unit_role, "已更改{}的角色。", role=form.cleaned_data["role"])


def _manage(request: HttpRequest, pk: int, verb, sentence: str, **named):
    """Do `verb` with a member of the own unit; people of other units are not found."""
    if not request.user.is_unit_person:
        raise Forbidden("只有本单位的管理员可以管理成员。")
    person = get_object_or_404(User, pk=pk, unit=request.user.unit, role__in=forms.UNIT_ROLES)
    try:
        person = verb(person, by=request.user, **named)
    except Forbidden:
        raise
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, sentence.format(person.name))
    return redirect("accounts:people")
