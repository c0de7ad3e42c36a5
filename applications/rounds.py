"""The rounds of a call's review beside the experts' scores: which there are, what they came to, who may go on.

`programmes.spec.ReviewSpec.rounds` says which rounds a call has; each is a `ReviewRound` row. Everything here costs a
constant number of queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from applications.models import Application, ReviewRound, RoundOutcome
from jbgs.lib import clock
from programmes.spec import RoundSpec
from programmes.words import ROUND_KINDS

VOTED = ReviewRound.Kind.PANEL
SCORED, CHOSEN = ReviewRound.Kind.MAIL, ReviewRound.Kind.OWNER
"""Kinds whose result is not a row of ours: experts' sheets, and the owner's choice, which is the decision itself."""


@dataclass(frozen=True)
class Round:
    """One round of a call: its row and what the call says of it. `position` counts from 1 in the call's order."""

    row: ReviewRound
    spec: RoundSpec
    position: int

    @property
    def label(self) -> str:
        return self.spec.label or ROUND_KINDS[self.spec.kind]

    @property
    def kind(self) -> str:
        return self.spec.kind


def specs_of(call) -> tuple[RoundSpec, ...]:
    """The rounds that the call asks for; none where it has no review."""
    return call.spec.review.rounds if call.spec.flow.review else ()


def has_scores(call) -> bool:
    """Whether experts score: only then is there a ranking."""
    return any(spec.kind == SCORED for spec in specs_of(call))


def leaves_outcome(call, position: int) -> bool:
    """Whether the round at this position (from 0) ends with a RoundOutcome: each but the owner's choice; the mail round
    only where another round follows, which not everybody reaches (N16)."""
    specs = specs_of(call)
    kind = specs[position].kind
    if kind == CHOSEN:
        return False
    return kind != SCORED or any(spec.kind not in (SCORED, CHOSEN) for spec in specs[position + 1 :])


def rounds_of(call) -> list[Round]:
    """The call's rounds in their order, rows made where they are missing; one query once they are there.

    A row belongs to the first, second … round of its kind, so that a new wording of the call keeps what was recorded.
    """
    specs = specs_of(call)
    found = _matched(call, specs)
    if None in found:
        last = max((row.order for row in ReviewRound.objects.filter(call=call)), default=0)
        missing = [spec for spec, row in zip(specs, found, strict=True) if row is None]
        rows = [
            ReviewRound(call=call, kind=spec.kind, order=last + place, opened_at=clock.now())
            for place, spec in enumerate(missing, 1)
        ]
        ReviewRound.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else may make the same ones now
        found = _matched(call, specs)
    return [Round(row, spec, place) for place, (row, spec) in enumerate(zip(found, specs, strict=True), 1)]


def _matched(call, specs) -> list[ReviewRound | None]:
    by_kind: dict[str, list[ReviewRound]] = {}
    for row in ReviewRound.objects.filter(call=call).order_by("order"):
        by_kind.setdefault(row.kind, []).append(row)
    return [by_kind[spec.kind].pop(0) if by_kind.get(spec.kind) else None for spec in specs]


def asked_of(call) -> list[Round]:
    """The rounds that leave an outcome, in their order."""
    return [round_ for round_ in rounds_of(call) if leaves_outcome(call, round_.position - 1)]


def meant(application: Application, asked: list[Round], outcomes, kind: str, row=None) -> Round | None:
    """The round of this kind of which a result is recorded for one application; None where the call has no such one.

    `row` names it. Without it: the one for which the application waits; else it is a correction of the last one
    recorded; else the first. A call may come back to a kind, so the kind alone does not say which.
    """
    alike = [one for one in asked if one.kind == kind]
    if row is not None:
        return next((one for one in alike if one.row.pk == row.pk), None)
    waiting = progress(application, asked, outcomes).waiting
    if waiting in alike:
        return waiting
    recorded = [one for one in alike if (application.pk, one.row.pk) in outcomes]
    return recorded[-1] if recorded else next(iter(alike), None)


def outcomes_of(applications: Iterable[Application]) -> dict[tuple[int, int], RoundOutcome]:
    """The standing outcomes by (application id, round id); one query."""
    rows = RoundOutcome.objects.filter(application__in=list(applications), replaced_at=None).select_related("by")
    return {(row.application_id, row.round_id): row for row in rows}


@dataclass(frozen=True)
class Progress:
    """How far one application has come. `waiting`: the round that is open now; `failed`: the one that it did not pass
    (after which no other is asked); both None: it has passed all."""

    waiting: Round | None
    failed: Round | None
    outcome: RoundOutcome | None

    @property
    def is_through(self) -> bool:
        return self.waiting is None and self.failed is None

    @property
    def is_over(self) -> bool:
        """No round is asked any more: the application can be decided on."""
        return self.waiting is None


def progress(application: Application, asked: list[Round], outcomes) -> Progress:
    """The application's way through the rounds that leave an outcome."""
    outcome = None
    for round_ in asked:
        outcome = outcomes.get((application.pk, round_.row.pk))
        if outcome is None:
            return Progress(round_, None, None)
        if not outcome.lets_through:
            return Progress(None, round_, outcome)
    return Progress(None, None, outcome)


def progress_of(applications: list[Application]) -> dict[int, Progress]:
    """The way of each application of one call; two queries."""
    if not applications:
        return {}
    asked, outcomes = asked_of(applications[0].call), outcomes_of(applications)
    return {one.pk: progress(one, asked, outcomes) for one in applications}


def vote_passes(spec: RoundSpec, votes_for: int, votes_against: int, votes_abstain: int) -> bool:
    """N20: more than `pass_share` of the votes cast are for it. An abstention is a vote cast, so it counts below."""
    cast = votes_for + votes_against + votes_abstain
    return cast > 0 and Fraction(votes_for, cast) > Fraction(spec.pass_share)
