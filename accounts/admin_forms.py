"""Forms of the back office's account pages: they ask the workflow's rules first, so a refusal stands at its field."""

from django import forms

from accounts.choices import BACK_OFFICE_ROLES, Role
from accounts.models import Department, Unit, User
from accounts.workflow.checks import phone_taken
from accounts.workflow.people import refuse_role
from accounts.workflow.units import refuse_if_registered
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_mobile, check_uscc

BACK_OFFICE_CHOICES = [("", "请选择")] + [(str(role), role.label) for role in BACK_OFFICE_ROLES]


class PhoneCleaning(forms.ModelForm):
    """Checks the phone: form, and that no other account has it."""

    by: User

    def clean_phone(self):
        typed = self.cleaned_data.get("phone")
        if not typed:
            return None
        try:
            phone = check_mobile(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        holder = User.objects.filter(phone=phone).exclude(pk=self.instance.pk).first()
        if holder and (holder.is_active or not holder.is_unit_person):
            raise forms.ValidationError(phone_taken(holder).sentence)
        return phone

    def _post_clean(self):
        """The workflow writes; the instance stays as read, so that it can see what differs."""


class AddAccountForm(PhoneCleaning):
    """A new back-office account, closed until the security administrator opens it."""

    phone = forms.CharField(label="手机", help_text="本人的手机，用短信验证码登录，登录后可设置密码")
    role = forms.ChoiceField(label="角色", choices=BACK_OFFICE_CHOICES, help_text="由安全管理员核准后启用")
    unit_code = forms.CharField(
        label="发榜单位的统一社会信用代码", required=False, max_length=24,
        help_text="发榜单位人员填写；该单位须已在前台注册，代码与榜单中的一致",
    )  # fmt: skip

    class Meta:
        model = User
        fields = ("name", "username", "phone", "email", "role", "department")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.filter(is_rehearsal=False)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"

    def clean_username(self):
        username = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise forms.ValidationError("这个登录名已有账号，请换一个。")
        return username

    def clean(self):
        data = super().clean()
        if data.get("role") == Role.RECOMMENDER and not data.get("department"):
            self.add_error("department", "推荐单位人员须选择所属推荐单位。")
        typed = data.pop("unit_code", "")
        if data.get("role") == Role.OWNER:
            data["unit"] = self._unit(typed)
        return data

    def _unit(self, typed: str) -> Unit | None:
        """The registered unit with this code; else an error stands at the field."""
        if not typed:
            self.add_error("unit_code", "发榜单位人员须填写所属单位的统一社会信用代码。")
            return None
        try:
            found = Unit.objects.filter(code=check_uscc(typed)).first()
        except ValueError as error:
            self.add_error("unit_code", str(error))
            return None
        if found is None:
            self.add_error("unit_code", "这个代码还没有登记单位。请该单位先在前台注册。")
        return found


class AccountForm(PhoneCleaning):
    """What the system administrator may change: particulars, and stopping the account."""

    class Meta:
        model = User
        fields = ("name", "phone", "email", "is_active")

    def clean_is_active(self):
        active = self.cleaned_data["is_active"]
        if active and not self.instance.is_active:
            raise forms.ValidationError("账号由安全管理员启用（申报单位人员由本单位管理员恢复）。")
        if not active and self.instance.pk == self.by.pk:
            raise forms.ValidationError("不能停用自己的账号。")
        return active


class RightsForm(forms.ModelForm):
    """What the security administrator may change: the role, and whether the account is open."""

    by: User

    class Meta:
        model = User
        fields = ("role", "is_active")

    def clean(self):
        data = super().clean()
        if self.instance.pk == self.by.pk and self.changed_data:
            raise forms.ValidationError("不能修改自己的角色或启用状态。")
        if "role" in self.changed_data and "role" in data:
            try:
                refuse_role(self.instance, data["role"])
            except Refused as refusal:
                self.add_error("role", refusal.sentence)
        if data.get("is_active") and "is_active" in self.changed_data and self.instance.is_unit_person:
            self.add_error("is_active", "申报单位人员由本单位管理员恢复。")
        return data

    def _post_clean(self):
        """The workflow writes; the instance stays as read."""


class UnitCodeForm(forms.ModelForm):
    """Correcting a credit code."""

    class Meta:
        model = Unit
        fields = ("code",)

    def clean_code(self):
        try:
            code = check_uscc(self.cleaned_data["code"])
            if code != self.instance.code:
                refuse_if_registered(code)
        except (ValueError, Refused) as error:
            raise forms.ValidationError(str(error)) from None
        return code

    def _post_clean(self):
        """The workflow writes; the instance stays as read."""
