"""待办和消息: one page, in the front office's dress and in the back office's."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jbgs.lib import clock
from jbgs.lib.validators import whole_number
from notifications import openitems, queries

PAGE_SIZE = 20


@never_cache
@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The front office's page."""
    return _page(request, "notifications/inbox.html", {})


@require_safe
def backoffice_inbox(request: HttpRequest) -> HttpResponse:
    """The same under /admin/, for the roles that the back office opens to."""

    def page(request):
        return _page(request, "notifications/backoffice_inbox.html", admin.site.each_context(request))

    return admin.site.admin_view(page)(request)


@never_cache
@login_required
@require_safe
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a message to what it is about. Reading it is what the link means, so a GET marks it as read."""
    message = get_object_or_404(queries.inbox_of(request.user), pk=pk)
    if message.read_at is None:
        queries.inbox_of(request.user).unread().filter(pk=pk).update(read_at=clock.now())
    return redirect(message.url or _way_back(request))


@login_required
@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark one message (POST `message`) or, without it, all as read, and go back to the list."""
    unread = queries.inbox_of(request.user).unread()
    if one := request.POST.get("message", ""):
        pk = whole_number(one)
        unread = unread.none() if pk is None else unread.filter(pk=pk)
    unread.order_by().update(read_at=clock.now())
    return redirect(_way_back(request))


def _page(request: HttpRequest, template: str, extra: dict) -> HttpResponse:
    """Open items, one page of messages, and how else the person is told."""
    user, now = request.user, clock.now()
    only_unread = request.GET.get("show") == "unread"
    counts = queries.counts(user)
    listed = queries.inbox_of(user).unread() if only_unread else queries.inbox_of(user)
    paginator = Paginator(listed, PAGE_SIZE)
    paginator.count = counts["unread" if only_unread else "all"]
    page = paginator.get_page(request.GET.get("page"))
    items = openitems.open_items(user)
    groups = openitems.grouped(items, now)
    context = {
        **extra,
        "title": "待办和消息",
        "groups": groups,
        "open_count": len(items),
        "soon_count": sum(len(group.items) for group in groups if group.key == "soon"),
        "page": page,
        "rows": queries.with_deliveries(user, list(page)),
        "older": max(0, paginator.count - page.end_index()),
        "counts": counts,
        "unread_count": counts["unread"],
        "only_unread": only_unread,
        "reaches": queries.reaches(user),
        "server_now": now,
    }
    return render(request, template, context)


def _way_back(request: HttpRequest) -> str:
    """The page that asked, if it is one of ours; else the inbox."""
    asked = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return asked
    return reverse("notifications:inbox")
