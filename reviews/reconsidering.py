"""复议: which applications must be looked at again before a decision, which were, and whether their way is done.

What the call asks for (`review.reconsider`) is read off the ranking as it stands: totals far apart, or a place in the
grey band of the cut line. One closed reconsideration of an application is enough, whatever its ground was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from applications import rounds
from applications.models import Application, ReviewRound, RoundOutcome
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.spec import ReviewSpec
from reviews import advice as a
from reviews import ranking as r
from reviews.models import ACTIVE, WITH_EXPERT, Assignment, AssignmentState, Reconsideration
from reviews.rounds import last_round_pk, reopened_at

Ground, Way, State = Reconsideration.Ground, Reconsideration.Way, Reconsideration.State


def required(
    rows: Sequence[r.Row], review: ReviewSpec, advice: a.Advice | None, *, grey: bool = True
) -> dict[int, tuple[str, ...]]:
    """Application pk → the grounds for which the call asks for a second look, in the order of the ranking."""
    asks, found = review.reconsider, {}
    band = set(advice.grey) if advice and asks.grey and grey else set()
    for row in rows:
        grounds = []
        if asks.spread and row.standing.spread >= asks.spread * 100:
            grounds.append(Ground.SPREAD)
        if a.key_of(row.application) in band:
            grounds.append(Ground.GREY)
        if grounds:
            found[row.application.pk] = tuple(grounds)
    return found


def of_rows(rows: Iterable[r.Row]) -> dict[int, list[Reconsideration]]:
    """The reconsiderations that count in the review as it stands now, by application pk, oldest first; one query."""
    reopened = {row.application.pk: row.application.reopened_at for row in rows}
    found: dict[int, list[Reconsideration]] = {}
    for one in Reconsideration.objects.filter(application__in=reopened).select_related("opened_by", "closed_by"):
        since = reopened[one.application_id]
        if since is None or one.opened_at >= since:
            found.setdefault(one.application_id, []).append(one)
    return found


def require_done(
    rows: Sequence[r.Row], concerned: Iterable[int], asked: Mapping[int, tuple[str, ...]], *, votes_wait: bool = False
) -> None:
    """Refused `reconsideration_open` while one of these (pks) is looked at again, `reconsideration_missing` where the
    call asks for it and nobody did. `votes_wait`: those that wait for a panel's vote stand in nobody's way yet."""
    concerned, held = set(concerned), of_rows(rows)
    titles = {row.application.pk: row.application.title for row in rows if row.application.pk in concerned}
    waiting = [
        pk for pk in titles for one in held.get(pk, ())
        if one.state == State.OPEN and not (votes_wait and one.way == Way.VOTE)
    ]  # fmt: skip
    if waiting:
        raise Refused("reconsideration_open", f"{_named(titles, waiting)}正在复议，办结以后才能拟定决定。")
    if missing := [pk for pk in titles if pk in asked and pk not in held]:
        words = "、".join(dict.fromkeys(Ground(ground).label for pk in missing for ground in asked[pk]))
        raise Refused(
            "reconsideration_missing", f"{_named(titles, missing)}按本批次规则须先复议（{words}）。请先在“复议”中办理。"
        )


def _named(titles: Mapping[int, str], pks: Sequence[int]) -> str:
    more = f"等 {len(pks)} 件" if len(pks) > 3 else ""
    return "".join(f"“{titles[pk]}”" for pk in pks[:3]) + more


@dataclass(frozen=True)
class Progress:
    """How far one open reconsideration is. `words` say what is still missing, "" once its way is done."""

    words: str

    @property
    def is_done(self) -> bool:
        return not self.words


def progress(row: Reconsideration) -> Progress:
    """Whether what was asked for has been done: the named sheets are signed again, the new experts have signed, the
    panel has voted."""
    return Progress({Way.EXPLAIN: _explained, Way.EXTRA: _joined, Way.VOTE: _voted}[row.way](row))


def _explained(row: Reconsideration) -> str:
    left = Assignment.objects.filter(pk__in=row.figures.get("sheets", []), state__in=WITH_EXPERT).count()
    return f"还有 {left} 位专家没有重新提交。" if left else ""


def _joined(row: Reconsideration) -> str:
    since = Assignment.objects.filter(application=row.application_id, round=row.round_id)
    since = since.filter(state__in=ACTIVE, assigned_at__gte=row.opened_at)
    states = list(since.values_list("state", flat=True))
    missing = row.figures.get("wanted", 1) - states.count(AssignmentState.SIGNED)
    return f"还有 {missing} 位加评专家没有提交。" if missing > 0 or any(s in WITH_EXPERT for s in states) else ""


def _voted(row: Reconsideration) -> str:
    """Who did not pass a round before the panel will never be voted on: that is an answer too."""
    outcomes = RoundOutcome.objects.filter(application=row.application_id, replaced_at=None, at__gte=row.opened_at)
    done = outcomes.filter(Q(round__kind=ReviewRound.Kind.PANEL) | Q(passed=False)).exists()
    return "" if done else "会议评审还没有表决结果。"


def vote_ahead(application: Application) -> bool:
    """Whether a panel will still vote on it: its round is to come and none before it was failed."""
    asked, outcomes = rounds.asked_of(application.call), rounds.outcomes_of([application])
    if rounds.progress(application, asked, outcomes).failed:
        return False
    return any(one.kind == rounds.VOTED and (application.pk, one.row.pk) not in outcomes for one in asked)


def extra_due(application: Application) -> datetime | None:
    """By when those who join for the open reconsideration are to sign, where its officer said so."""
    row = Reconsideration.objects.filter(application=application, state=State.OPEN, way=Way.EXTRA).first()
    due = datetime.fromisoformat(row.figures["due_at"]) if row and "due_at" in row.figures else None
    return due if due and due > clock.now() else None


def figures(row: r.Row, advice: a.Advice | None) -> dict:
    """What the ranking said when the reconsideration was opened, as plain JSON."""
    chance = advice.chance.get(a.key_of(row.application)) if advice else None
    return {
        "rank": row.rank,
        "score": r.show(row.standing.score),
        "totals": [mark.total for mark in row.standing.marks],
        "spread": row.standing.spread,
        "chance": None if chance is None else round(chance, 3),
    }


def round_pk_of(application: Application) -> int:
    """The mail round in which the application is scored now."""
    return Application.objects.filter(pk=application.pk).values_list(last_round_pk(application.call), flat=True).get()


def with_reopening(pk: int) -> Application:
    """The application with `reopened_at`, as the ranking reads it."""
    return Application.objects.annotate(reopened_at=reopened_at()).get(pk=pk)
