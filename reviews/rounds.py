"""The round of a call in which people review now, the wording it follows, and when sheets are due."""

from datetime import datetime

from django.db.models import Subquery

from applications.models import ReviewRound
from jbgs.lib import clock
from programmes import windows
from programmes.models import CallVersion
from reviews.models import Assignment


def last_round(call) -> ReviewRound | None:
    """The round that counts now; None before the first sheet was handed out."""
    return ReviewRound.objects.filter(call=call).order_by("-order").first()


def last_round_pk(call) -> Subquery:
    """The same as a part of a query, for pages that need nothing else of the round."""
    return Subquery(ReviewRound.objects.filter(call=call).order_by("-order").values("pk")[:1])


def current_round(call) -> ReviewRound:
    """The call's last round, opened now if there is none."""
    if found := last_round(call):
        return found
    opened = {"kind": ReviewRound.Kind.MAIL, "opened_at": clock.now()}
    return ReviewRound.objects.get_or_create(call=call, order=1, defaults=opened)[0]


def rules_of(round_: ReviewRound | None, call) -> CallVersion:
    """The wording whose criteria a round follows: fixed by its first sheet, else the call's current one."""
    sheets = Assignment.objects.filter(round=round_).select_related("rules").defer("rules__document")
    first = sheets.order_by("pk").first() if round_ else None
    return first.rules if first else call.current_version


def due_by_call(call) -> datetime | None:
    """When sheets are due by the call itself: its review window, else its `review` clock from now; None for neither."""
    if "review" in call.spec.windows:
        return windows.window(call, "review").closes_at
    term = call.spec.clocks.get("review")
    return windows.due_after(term, clock.now()) if term else None
