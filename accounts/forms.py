"""What is typed. Each form checks its fields with the same helpers as the workflow, so that all errors show at once.

Values stay in the fields after an error, passwords too (the pages are never cached): 显示 lets people see the slip.
"""

from django import forms

from accounts.choices import UNIT_ROLES, Role, UnitType
from accounts.models import Unit
from accounts.passwords import RULE, check_password_strength
from accounts.workflow.checks import check_registered_on, checked_words
from jbgs.lib.errors import Refused
from jbgs.lib.regions import REGIONS
from jbgs.lib.validators import check_mobile, check_uscc

CHOOSE = ("", "请选择")


def text(label: str, *, autocomplete: str = "off", help_text: str = "", required: bool = True, **attrs):
    """A line of text with its own sentence for emptiness."""
    attrs |= {"autocomplete": autocomplete}
    return forms.CharField(
        label=label, help_text=help_text, required=required, max_length=300, widget=forms.TextInput(attrs=attrs),
        error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


def phone_field(label: str = "手机", help_text: str = ""):
    return text(label, autocomplete="tel", inputmode="tel", help_text=help_text)


def code_field():
    """The SMS code. Its checks are the workflow's: they count."""
    field = text("短信验证码", autocomplete="one-time-code", inputmode="numeric", maxlength="8")
    field.error_messages["required"] = "请填写短信验证码，6 位数字。"
    return field


def password_field(label: str = "密码", autocomplete: str = "current-password", help_text: str = ""):
    attrs = {"autocomplete": autocomplete}
    return forms.CharField(
        label=label, help_text=help_text, strip=False, max_length=200,
        widget=forms.PasswordInput(attrs=attrs, render_value=True), error_messages={"required": f"请填写{label}。"},
    )  # fmt: skip


def choice_field(label: str, choices, help_text: str = ""):
    return forms.ChoiceField(
        label=label, choices=[CHOOSE, *choices], help_text=help_text,
        error_messages={"required": f"请选择{label}。", "invalid_choice": f"请从列表中选择{label}。"},
    )  # fmt: skip


def date_field(label: str, help_text: str = ""):
    return forms.DateField(
        label=label, help_text=help_text, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": f"请填写{label}。", "invalid": f"{label}不是有效日期，应如 2015-06-30。"},
    )  # fmt: skip


class CheckedForm(forms.Form):
    """A form whose `checks` map field names to functions that normalise or raise ValueError or Refused."""

    checks: dict = {}
    use_required_attribute = False  # the server's Chinese sentences instead of the browser's bubbles

    def _clean_fields(self):
        super()._clean_fields()
        for name, check in self.checks.items():
            value = self.cleaned_data.get(name)
            if value in (None, ""):
                continue
            try:
                self.cleaned_data[name] = check(value)
            except (ValueError, Refused) as error:
                self.add_error(name, str(error))

    def show(self, refusal: Refused) -> None:
        """Put the workflow's refusal beside the field it points to, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, refusal.sentence)


def _person_name(value: str) -> str:
    return checked_words(value, "", "姓名", 50)


def _unit_name(value: str) -> str:
    return checked_words(value, "", "单位名称", 200)


def _typed_name(value: str) -> str:
    return " ".join(value.split())


class RegisterForm(CheckedForm):
    """注册申报单位: the unit, its administrator, the phone's code, the consent."""

    code = text("统一社会信用代码", help_text="18 位，见营业执照或事业单位法人证书", maxlength="24", spellcheck="false")
    name = text("单位名称", autocomplete="organization", help_text="与证照一致；改名后代码不变")
    type = choice_field("单位类型", UnitType.choices)
    region = choice_field(
        "注册地", [(region.code, region.name) for region in REGIONS], "计划单列市和兵团单列；决定可选的推荐单位"
    )
    registered_on = date_field("注册成立日期", "见营业执照“成立日期”或法人证书")
    contact_name = text("联系人姓名", autocomplete="name", help_text="作为本单位管理员")
    phone = phone_field("手机")
    sms_code = code_field()
    password = password_field(autocomplete="new-password", help_text=RULE)
    consent = forms.BooleanField(
        label="同意个人信息处理规则", error_messages={"required": "请阅读个人信息处理规则，同意后才能注册。"}
    )

    checks = {
        "code": check_uscc,
        "name": _unit_name,
        "registered_on": check_registered_on,
        "contact_name": _person_name,
        "phone": check_mobile,
    }

    def clean_password(self):
        password = self.cleaned_data["password"]
        try:
            check_password_strength(password)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        return password


class PasswordSignInForm(CheckedForm):
    login = text("登录名或手机", autocomplete="username", help_text="单位管理员的登录名是统一社会信用代码")
    password = password_field()


class BackOfficePasswordForm(PasswordSignInForm):
    login = text("登录名或手机", autocomplete="username")


class CodeSignInForm(CheckedForm):
    """M25: phone and code, nothing else."""

    phone = phone_field()
    code = code_field()
    checks = {"phone": check_mobile}


class FirstSignInForm(CheckedForm):
    """The notice's first page, exactly its five fields (M24)."""

    department_name = text(
        "推荐单位全称", autocomplete="organization", help_text="与通知附件一致；单位改过名的，新旧名称都可以"
    )
    password = password_field(autocomplete="off")
    contact_name = text("联系人姓名", autocomplete="name")
    phone = phone_field("绑定手机号")
    code = code_field()
    checks = {"department_name": _typed_name, "contact_name": _person_name, "phone": check_mobile}


class UnitForm(CheckedForm):
    """Particulars of a unit; the code is not among them."""

    name = text("单位名称", autocomplete="organization", help_text="改名后旧名称保留在曾用名中，已提交的申报书不变")
    type = choice_field("单位类型", UnitType.choices)
    region = choice_field("注册地", [(region.code, region.name) for region in REGIONS])
    registered_on = date_field("注册成立日期")
    legal_person = text("法定代表人", required=False)
    address = text("注册地址", required=False, autocomplete="street-address")
    contact_name = text("联系人", autocomplete="name")
    contact_phone = phone_field("联系手机")
    enterprise_kind = text("企业性质", required=False, help_text="如国有、民营、外商投资；非企业不填")
    certificate_no = text("证照编号", required=False)
    checks = {
        "name": _unit_name,
        "registered_on": check_registered_on,
        "contact_name": _person_name,
        "contact_phone": check_mobile,
    }

    def __init__(self, *args, unit: Unit, **kwargs):
        kwargs.setdefault("initial", {name: getattr(unit, name) for name in self.base_fields})
        super().__init__(*args, **kwargs)


class AddPersonForm(CheckedForm):
    """A new filler; the code goes to the colleague's phone."""

    name = text("姓名")
    phone = phone_field("手机", help_text="对方本人的手机，以后用它登录")
    code = code_field()
    checks = {"name": _person_name, "phone": check_mobile}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "验证码发到对方手机，请向对方索取"


class UnitRoleForm(forms.Form):
    role = forms.ChoiceField(choices=[(role, Role(role).label) for role in UNIT_ROLES])


class PasswordForm(CheckedForm):
    """The own new password; the old one is asked for unless this sign-in was by phone code."""

    old_password = password_field("原密码")
    new_password = password_field("新密码", autocomplete="new-password", help_text=RULE)

    def __init__(self, *args, ask_old: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not ask_old:
            del self.fields["old_password"]
