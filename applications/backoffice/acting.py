"""How the back office's pages are shown, and how their forms reach the workflow."""

import uuid
from functools import wraps

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from jbgs.lib.errors import Forbidden

SIGNED_OUT = "登录已失效，这一步没有办理。请重新登录后再办理；返回上一页可以找回已经填写的内容。"


def render_page(request: HttpRequest, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    """A page in the frame of the back office (templates/admin/page.html)."""
    return render(request, template, {**admin.site.each_context(request), **context}, status=status)


def judged_at_the_door(view):
    """Mount `view` without the admin's sign-in gate (applications/admin.py): for forms that only act.

    Whoever sends one, the workflow's door judges; a forged one gets 403 and its one entry in the log, which the gate's
    redirect to the sign-in page would swallow.
    """
    view = never_cache(view)
    view.judged_at_the_door = True
    return view


def form_on(page: str):
    """For a view that only takes a form: whoever opens its address is led to `page`, with the same arguments."""

    def decorate(view):
        @wraps(view)
        def taken(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            return redirect(page, **{name: value for name, value in kwargs.items() if name == "pk"})

        return taken

    return decorate


def one_time_key() -> str:
    """A fresh key for a form: a second click sends the same one, and the workflow answers with the first result."""
    return uuid.uuid4().hex


def sent_key(request: HttpRequest) -> str:
    """The key that came with the form; 80 characters are what the log keeps."""
    return request.POST.get("key", "")[:80]


def refuse_stranger(request: HttpRequest, refusal: Forbidden):
    """Raise the door's refusal, in words for somebody whose session has ended where that is the case."""
    if not request.user.is_authenticated:
        raise Forbidden(SIGNED_OUT, code=refusal.code) from refusal
    raise refusal


def address(path: str, **query) -> str:
    """`path` with those of `query` that say something."""
    said = {name: value for name, value in query.items() if value not in (None, "", 0)}
    return f"{path}?{urlencode(said)}" if said else path
