"""Where the line runs between equals: what the call's `tie_at_cut` then asks for.

A line parts equals when, of applications that share a rank, some go ahead and others are left out. `reason`: the
officer writes for each of them why; `both`: they stay together, beyond a soft limit where need be; `vote`: a panel
votes on each of them first, then the officer writes why.
"""

from collections.abc import Collection, Iterable, Mapping

from applications.models import ReviewRound, RoundOutcome
from jbgs.lib.errors import Refused
from programmes.spec import ReviewSpec
from reviews.ranking import Row

REASON, BOTH, VOTE = "reason", "both", "vote"


def torn(rows: Iterable[Row], ahead: Collection[int], out: Collection[int]) -> list[Row]:
    """The rows of equals that stand on both sides of the line. `ahead`, `out`: who goes on, who is left out."""
    rows = list(rows)
    above = {row.rank for row in rows if row.tied and row.application.pk in ahead}
    below = {row.rank for row in rows if row.tied and row.application.pk in out}
    return [row for row in rows if row.rank in above & below and row.application.pk in {*ahead, *out}]


def require_rule(parted: list[Row], reasons: Mapping[int, str], review: ReviewSpec) -> None:
    """Refused: tie_goes_together, tie_needs_vote, reason_missing (422, `details` with the fields). `reasons` by
    application pk: what the officer wrote for this one; those who were decided on before are not in it."""
    if not parted:
        return
    names = "".join(f"“{row.application.title}”" for row in parted)
    where = f"第 {parted[0].rank} 名并列（{names}），入围线落在其间。"
    if review.tie_at_cut == BOTH:
        raise Refused("tie_goes_together", f"{where}按本批次规则，并列者同时入围。请改为全部拟入围或者全部未入围。")
    if review.tie_at_cut == VOTE and (waiting := [row for row in parted if row.application.pk not in voted(parted)]):
        sentence = f"{where}按本批次规则，须先由会议评审投票，还有 {len(waiting)} 件没有表决结果。"
        raise Refused("tie_needs_vote", sentence)
    missing = [
        {
            "field": f"reason_{row.application.pk}",
            "sentence": f"第 {row.rank} 名并列，入围线落在其间。请写明“{row.application.title}”这样选定的理由。",
        }
        for row in parted
        if not reasons.get(row.application.pk, "-").strip()
    ]
    if missing:
        raise Refused("reason_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)


def voted(rows: Iterable[Row]) -> set[int]:
    """The applications on which a panel's vote stands; one query."""
    outcomes = RoundOutcome.objects.filter(round__kind=ReviewRound.Kind.PANEL, replaced_at=None)
    return set(
        outcomes.filter(application__in=[row.application.pk for row in rows]).values_list("application_id", flat=True)
    )


def surplus_of_equals(over: list[Row], within: list[Row], review: ReviewSpec) -> str:
    """Why equals exceed a soft limit where the rule says that both go in, in words; "" where something else does."""
    if review.tie_at_cut != BOTH or not over or not within:
        return ""
    last = max(row.rank for row in within)
    return f"与第 {last} 名并列，按本批次规则同时入围。" if {row.rank for row in over} == {last} else ""
