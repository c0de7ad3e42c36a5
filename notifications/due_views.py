"""我的期限: the page in both dresses, the feed's secret address, and the feed itself."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jbgs.lib import clock
from notifications import duedates, feed
from notifications.models import CalendarFeed

_SHOWN_ONCE = "due_feed_token"


@never_cache
@login_required
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """GET /due/: the front office's page."""
    return _page(request, "notifications/due.html", {})


@require_safe
def backoffice_due(request: HttpRequest) -> HttpResponse:
    """GET /admin/due/: the same for the roles that the back office opens to."""

    def page(request):
        return _page(request, "notifications/backoffice_due.html", admin.site.each_context(request))

    return admin.site.admin_view(page)(request)


def _page(request: HttpRequest, template: str, extra: dict) -> HttpResponse:
    """Every due day by urgency; a new secret address is shown on the one page after it was made."""
    now = clock.now()
    items = duedates.due_items(request.user)
    token = request.session.pop(_SHOWN_ONCE, "")
    known = CalendarFeed.objects.filter(user=request.user).first()
    context = {
        **extra,
        "title": "我的期限",
        "groups": duedates.grouped(items, now),
        "count": len(items),
        "provisional": any(item.provisional for item in items),
        "feed": known,
        "address": request.build_absolute_uri(reverse("notifications:due_feed", args=[token])) if token else "",
        "now": now,
    }
    return render(request, template, context)


@login_required
@require_POST
def renew_feed(request: HttpRequest) -> HttpResponse:
    """POST /due/feed/: a new secret address, or none any more (`stop`); back to the page that asked."""
    if "stop" in request.POST:
        feed.stop(request.user)
    else:
        request.session[_SHOWN_ONCE] = feed.renew(request.user)
    back = "notifications:backoffice_due" if getattr(request.user, "is_back_office", False) else "notifications:due"
    return redirect(back)


@never_cache
@require_safe
def due_feed(request: HttpRequest, token: str) -> HttpResponse:
    """GET /due/<secret>.ics: whoever knows the address reads that person's days; nothing else of the system."""
    found = feed.feed_of(token)
    if found is None:
        raise Http404("没有这个日历地址，它可能已经重置。")
    site = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(
        feed.calendar(duedates.due_items(found.user), site), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="due.ics"'
    response["Referrer-Policy"] = "no-referrer"
    return response
