"""What the pages with a phone code share."""

from datetime import timedelta

from django.contrib import auth
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from accounts import phone_codes
from jbgs.lib import clock
from jbgs.lib.errors import Refused

# The backend that loads the signed-in person again on each request; who may sign in is decided by the workflow.
SESSION_BACKEND = "django.contrib.auth.backends.ModelBackend"
PROOF_LASTS = timedelta(minutes=30)


def address_of(request: HttpRequest) -> str:
    """The client's network address; behind a trusted proxy the middleware has put the real one here."""
    return request.META.get("REMOTE_ADDR", "")[:45]


def safe_next(request: HttpRequest) -> str:
    """The page to go on to, if it is one of this site; '' otherwise."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    # Only paths and addresses: a bare word would be taken for the name of a page, and most name none.
    return target if safe and "/" in target else ""


def home_of(user) -> str:
    """Where a person starts: the back office, or the list of tasks."""
    return reverse("admin:index") if user.is_back_office else "/"


def open_session(request: HttpRequest, person, way: str) -> None:
    """Sign the person in; `way` is 'password' or 'code'. A fresh code lets set a password without the old one."""
    auth.login(request, person, backend=SESSION_BACKEND)
    if way == "code":
        request.session["phone_proved_at"] = clock.now().timestamp()


def phone_proved_recently(request: HttpRequest) -> bool:
    """Whether this session began with a phone code within the last half hour."""
    proved_at = request.session.get("phone_proved_at", 0)
    return clock.now().timestamp() - proved_at < PROOF_LASTS.total_seconds()


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class WorkflowFormView(FormView):
    """GET shows the form; POST hands the checked values to `act`, whose refusal returns to its field.

    Pages with a phone code name its `purpose`. Their send button posts the whole form when no script runs; then the
    code is sent and everything typed is shown again.
    """

    purpose = None
    phone_name = "phone"

    def post(self, request, *args, **kwargs):
        if self.purpose and "send_code" in request.POST:
            return self.send_code()
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        try:
            return redirect(self.act(form.cleaned_data))
        except Refused as refusal:
            form.show(refusal)
            return self.form_invalid(form, refusal.status)

    def form_invalid(self, form, status: int = 200):
        """The page again. Only a lock (429) and a broken channel (503) change the status of the answer."""
        return self.render_to_response(self.get_context_data(form=form), status=status if status in (429, 503) else 200)

    def act(self, data: dict):
        """Do it; returns the address to go on to."""
        raise NotImplementedError

    def send_code(self):
        """Send a code and show the form as it was typed."""
        unbound = {"data": None, "files": None, "initial": self.request.POST.dict()}
        form = self.get_form_class()(**self.get_form_kwargs() | unbound)
        try:
            sent = phone_codes.send(self.request.POST.get(self.phone_name, ""), self.purpose, address_of(self.request))
            sending = {"sentence": sent.sentence, "sent": sent}
        except Refused as refusal:
            sending = {"sentence": refusal.sentence}
        return self.render_to_response(self.get_context_data(form=form, sending=sending))

    def get_context_data(self, **kwargs):
        kwargs.setdefault("next", safe_next(self.request))
        kwargs.setdefault("purpose", self.purpose)
        kwargs.setdefault("phone_name", self.phone_name)
        return super().get_context_data(**kwargs)
