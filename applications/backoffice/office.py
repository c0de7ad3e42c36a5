"""What the officers' pages share: the call that is looked at, whose it is, one address for a page and its form.

Reading: who has no part in a call gets 404. Acting: every POST reaches the workflow's door, whoever sent it, so that a
forged one gets 403 and its entry in the log. Supervisors read what officers read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from applications import access
from applications.backoffice.acting import address, judged_at_the_door, one_time_key, refuse_stranger, render_page
from applications.models import Application
from applications.queries import closed_to, page_relations, visible_to
from audit.door import Repeated
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Call, Task
from programmes.queries import calls_of_staff

NO_PAGE = "没有这个页面，或者您没有查看它的权限。"
_REMEMBERED = "office_call"
_CALLS = "_jbgs_office_calls"


def calls_of(user) -> list[Call]:
    """The calls this officer or supervisor has a part in, rehearsals last; one query, kept for the request."""
    if _CALLS not in user.__dict__:
        calls = calls_of_staff(user).select_related("programme", "current_version").defer("current_version__document")
        user.__dict__[_CALLS] = list(calls.order_by("is_rehearsal", "-year", "-pk"))
    return user.__dict__[_CALLS]


@dataclass(frozen=True)
class Office:
    """One person's part of one call: all of it, else its `fields` (ids, of other calls too). `acts`: no watcher."""

    user: object
    call: Call
    calls: tuple[Call, ...]
    whole: bool
    fields: frozenset[int]
    acts: bool

    def applications(self):
        """The applications of this call that the person may see."""
        return visible_to(self.user).filter(call=self.call)

    def in_scope(self):
        """All applications of the person's part, drafts included: to count, never to show."""
        mine = Application.objects.filter(call=self.call).exclude(closed_to(self.user))
        return mine if self.whole else mine.filter(task__field__in=self.fields)

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks of the person's part, in order; one query."""
        return list(tasks_of(self).select_related("field").order_by("order"))

    def label(self, key: str, default: str) -> str:
        return self.call.spec.label(key, default)


def tasks_of(office: Office):
    tasks = Task.objects.filter(call=office.call)
    return tasks if office.whole else tasks.filter(field__in=office.fields)


def chosen_call(request: HttpRequest) -> Call:
    """The call that `?call=` names, else the one looked at last, else the newest; 404 for people without any."""
    user = request.user
    if not _reads_calls(user):
        raise Http404(NO_PAGE)
    calls = {call.slug: call for call in calls_of(user)}
    if named := request.GET.get("call"):
        if named not in calls:
            raise Http404(NO_PAGE)
        if request.session.get(_REMEMBERED) != named:
            request.session[_REMEMBERED] = named
        return calls[named]
    remembered = request.session.get(_REMEMBERED)
    found = calls.get(remembered) or next(iter(calls.values()), None)
    if found is None:
        raise Http404("您还没有分到批次或领域。请联系安全管理员授权。")
    return found


def office_of(request: HttpRequest, call: Call | None = None) -> Office:
    """The person's part of `call`, by default of the chosen one; 404 for who has no part in it."""
    user = request.user
    call = call or chosen_call(request)
    found = part_of(user, call)
    if found is None:
        raise Http404(NO_PAGE)
    return found


def _reads_calls(user) -> bool:
    """Officers and supervisors; a form may also come from somebody whose session has ended, who has no role."""
    return user.is_active and (user.is_officer or user.is_supervisor)


def part_of(user, call: Call) -> Office | None:
    """The person's part of a call, or None."""
    if not _reads_calls(user):
        return None
    if call.pk not in {one.pk for one in calls_of(user)}:
        return None
    grants = access.grants_of(user)
    whole = call.pk in (grants.calls if user.is_officer else grants.supervised)
    fields = frozenset() if whole else grants.fields
    return Office(user, call, tuple(calls_of(user)), whole, fields, user.is_officer)


def page_or_act(page: Callable, act: Callable) -> Callable:
    """One address for a page and the form on it: a GET comes through the back office's gate, a POST to the door."""

    @wraps(page)
    def view(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method == "POST":
            return act(request, *args, **kwargs)
        return admin.site.admin_view(page)(request, *args, **kwargs)

    return judged_at_the_door(view)


def render_office(request: HttpRequest, template: str, office: Office, context: dict, *, status: int = 200):
    """A page of the officers, from templates/applications/backoffice/; adds `office`, `call` and a fresh `key`."""
    context = {"office": office, "call": office.call, "key": one_time_key(), **context}
    context.setdefault("crumbs", [(context["title"], "")])
    return render_page(request, f"applications/backoffice/{template}.html", context, status=status)


def to_act_on(pk: int) -> Application:
    """The application for a POST, whoever sends it: the workflow decides, and what it refuses stands in the log."""
    return get_object_or_404(page_relations(Application.objects.all()), pk=pk)


def carry_out(act: Callable, /, *args, **named):
    """Do one act of the workflow; a form that was sent twice is answered with the object of the first time."""
    try:
        return act(*args, **named)
    except Repeated as first:
        return first.obj


def show_in_place(request: HttpRequest, refusal: Refused, *applications: Application) -> None:
    """Raise the refusal again unless this person may see the page on which it would be shown."""
    if not isinstance(refusal, Forbidden):
        return
    user = request.user
    if not user.is_authenticated or not user.is_officer or not all(access.manages(user, one) for one in applications):
        refuse_stranger(request, refusal)


def chosen_ids(values) -> list[int]:
    """Primary keys out of a form, each once; what is no number was not offered and is left out."""
    return list(dict.fromkeys(number for value in values if (number := whole_number(value)) is not None))


def url(name: str, *args, **query) -> str:
    """The address of one of our pages: url("decisions", call=slug)."""
    return address(reverse(f"admin:applications_{name}", args=args), **query)
