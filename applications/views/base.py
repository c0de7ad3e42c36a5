"""What the applicant's pages share: whose page it is, the one-time key, and the refusal that is shown in place.

Reading: an application that the person may not see is not there (404); back-office people who may see it have their own
pages (403). Acting: every POST reaches the workflow, whose door says no and writes the refusal into the log.
"""

import re
from collections.abc import Callable
from contextlib import contextmanager
from functools import wraps
from secrets import token_urlsafe

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from applications import rules
from applications.models import Application
from applications.queries import for_page, page_relations
from audit import log
from jbgs.lib.errors import Forbidden, Refused

_KEY = re.compile(r"[A-Za-z0-9_-]{8,80}")
GONE = "没有这件申报，或者您没有查看它的权限。"


def new_key() -> str:
    """A one-time key for a form: a second click sends the same one."""
    return token_urlsafe(18)


def sent_key(request: HttpRequest) -> str:
    """The key that came with the form; '' when there is none or it is none of ours."""
    key = request.POST.get("key", "")
    return key if _KEY.fullmatch(key) else ""


def applicant_page(view: Callable) -> Callable:
    """A page of the unit: hands `application` to the view instead of its id. See the module for who gets what."""

    @never_cache
    @login_required
    @wraps(view)
    def page(request: HttpRequest, pk: int, *args, **kwargs) -> HttpResponse:
        application = to_act_on(pk) if request.method == "POST" else to_read(request.user, pk)
        return view(request, application, *args, **kwargs)

    return page


def to_read(user, pk: int) -> Application:
    """The application with what its page shows, if it is this person's own."""
    application = for_page(user).filter(pk=pk).first()
    if application is None:
        raise Http404(GONE)
    if not rules.is_of_unit(application, user):
        raise Forbidden("这是申报单位的页面。请在管理后台查看这件申报。")
    return application


def to_act_on(pk: int) -> Application:
    """The application for a POST, whoever sends it: the workflow decides, and what it refuses stands in the log."""
    return get_object_or_404(page_relations(Application.objects.all()), pk=pk)


def shown_only_to_the_unit(application: Application, user, refusal: Refused) -> None:
    """Raise the refusal again unless this person may see the page on which it would be shown."""
    if isinstance(refusal, Forbidden) or not rules.is_of_unit(application, user):
        raise refusal


def refuse_strangers(application: Application, user) -> None:
    """Before what was sent is looked at: whoever may not edit hears that, and not what is wrong with the content."""
    if not rules.can_edit.party(application, user):
        raise Forbidden("您没有修改这件申报的权限。")


@contextmanager
def refusal_logged(application: Application, verb: str, user):
    """For acts that do not come through the door (a save, an upload): a forged one leaves one entry in the log."""
    try:
        yield
    except Forbidden as refusal:
        log.append_refusal(application, verb, user, refusal)
        raise
