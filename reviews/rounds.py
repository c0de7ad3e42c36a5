"""The mail round of a call in which people score now, the wording it follows, and when sheets are due."""

from datetime import datetime

from django.db.models import OuterRef, Subquery

from applications.models import Decision, ReviewRound
from applications.rounds import SCORED, has_scores, rounds_of, specs_of
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes import windows
from programmes.models import CallVersion
from reviews.models import Assignment


def last_round(call) -> ReviewRound | None:
    """The mail round that counts now; None before the first sheet was handed out."""
    return ReviewRound.objects.filter(call=call, kind=SCORED).order_by("-order").first()


def last_round_pk(call) -> Subquery:
    """The same as a part of a query, for pages that need nothing else of the round."""
    return Subquery(ReviewRound.objects.filter(call=call, kind=SCORED).order_by("-order").values("pk")[:1])


def reopened_at(application: str = "pk") -> Subquery:
    """When an application's review was last reopened by an upheld appeal, None for never; to annotate applications, or
    rows of which `application` is the path to theirs.

    Sheets handed out before then no longer count, and their experts do not look again (N27: afresh, by others).
    """
    reopenings = Decision.objects.filter(
        application=OuterRef(application), verb="reopen_review", approved_at__isnull=False
    )
    return Subquery(reopenings.order_by("-approved_at").values("approved_at")[:1])


def counts(assigned_at, reopened) -> bool:
    """Whether a sheet handed out then counts in the review as it stands now."""
    return reopened is None or assigned_at >= reopened


def current_round(call) -> ReviewRound:
    """The call's mail round, opened now if there is none; refused where experts do not score."""
    if found := last_round(call):
        return found
    if not has_scores(call):
        raise Refused("no_mail_round", "本批次没有专家评分的环节。")
    return next(round_.row for round_ in rounds_of(call) if round_.kind == SCORED)


def experts_wanted(call) -> int:
    """How many experts look at each application: of the mail round, none where nobody scores."""
    return next((spec.experts or call.spec.review.experts_per_application for spec in specs_of(call)
                 if spec.kind == SCORED), 0)  # fmt: skip


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
