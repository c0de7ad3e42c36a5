"""Registering, signing in and out, the departments' first sign-in."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts import forms, workflow
from accounts.choices import Purpose
from accounts.consent import PRIVACY_VERSION
from accounts.views.base import WorkflowFormView, address_of, home_of, open_session, safe_next
from accounts.workflow.units import refuse_if_registered
from jbgs.lib.errors import Refused
from jbgs.lib.regions import suggest_region
from jbgs.lib.validators import check_uscc


class Register(WorkflowFormView):
    """注册申报单位; the person who registers is signed in as the unit's administrator."""

    template_name = "accounts/register.html"
    form_class = forms.RegisterForm
    purpose = Purpose.REGISTER

    def dispatch(self, request, *args, **kwargs):
        if request.user.is_authenticated:
            return redirect(home_of(request.user))
        return super().dispatch(request, *args, **kwargs)

    def act(self, data):
        data = {name: value for name, value in data.items() if name != "consent"}
        person = workflow.register_unit(**data, address=address_of(self.request))
        open_session(self.request, person, "password")
        messages.success(self.request, f"“{person.unit.name}”已注册。登录名是统一社会信用代码，也可用手机登录。")
        return safe_next(self.request) or home_of(person)


@require_GET
@never_cache
def check_code(request: HttpRequest) -> JsonResponse:
    """For the registration page's script: whether a credit code is right and free, and the region it suggests."""
    try:
        code = check_uscc(request.GET.get("code", ""))
        refuse_if_registered(code)
    except (ValueError, Refused) as error:
        return JsonResponse({"ok": False, "sentence": str(error)})
    region = suggest_region(code[2:8])
    return JsonResponse({"ok": True, "sentence": "代码正确，尚未注册。", "region": region.code if region else ""})


class SignIn(WorkflowFormView):
    """Front-office sign-in by password or, with ?way=code, by phone code; one form each, chosen by tabs."""

    template_name = "accounts/signin.html"
    purpose = Purpose.SIGN_IN
    back_office = False
    default_way = "password"
    password_form = forms.PasswordSignInForm

    def dispatch(self, request, *args, **kwargs):
        user = request.user
        if user.is_authenticated and (user.is_back_office or not self.back_office):
            return redirect(safe_next(request) or home_of(user))
        return super().dispatch(request, *args, **kwargs)

    @property
    def way(self) -> str:
        asked = self.request.POST.get("way") or self.request.GET.get("way")
        return asked if asked in ("password", "code") else self.default_way

    def get_form_class(self):
        return forms.CodeSignInForm if self.way == "code" else self.password_form

    def act(self, data):
        sign_in = workflow.sign_in_by_code if self.way == "code" else workflow.sign_in_by_password
        person = sign_in(**data, address=address_of(self.request), back_office=self.back_office)
        open_session(self.request, person, self.way)
        return safe_next(self.request) or home_of(person)

    def get_context_data(self, **kwargs):
        return super().get_context_data(way=self.way, **kwargs)


class BackOfficeSignIn(SignIn):
    """Sign-in of the back office: phone code first (M25), or login name and password."""

    template_name = "accounts/backoffice_signin.html"
    back_office = True
    default_way = "code"
    password_form = forms.BackOfficePasswordForm


class FirstSignIn(WorkflowFormView):
    """First sign-in of a recommending body: the notice's five fields (M24)."""

    template_name = "accounts/first_sign_in.html"
    form_class = forms.FirstSignInForm
    purpose = Purpose.FIRST_SIGN_IN

    def act(self, data):
        person = workflow.first_sign_in(**data, address=address_of(self.request))
        open_session(self.request, person, "code")
        messages.success(self.request, "手机已绑定，初始密码已失效。以后用手机验证码登录。")
        return reverse("admin:index")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """POST ends the session; GET (an old link) asks first, so that no foreign page can sign people out."""
    if request.method != "POST" and request.user.is_authenticated:
        return render(request, "accounts/signout.html")
    target = "/"
    if request.user.is_authenticated:
        target = reverse("accounts:backoffice_signin") if request.user.is_back_office else "/"
        workflow.note_sign_out(request.user)
        auth.logout(request)
        messages.success(request, "已退出登录。")
    return redirect(target)


def privacy(request: HttpRequest) -> HttpResponse:
    """个人信息处理规则, the text that registration accepts."""
    return render(request, "accounts/privacy.html", {"version": PRIVACY_VERSION})
