"""Rounds beside the experts' scores: who goes to the panel, votes, on-site checks, every item; and objections (P12)."""

from collections.abc import Iterable, Mapping
from datetime import date

from applications import messages
from applications.actions import ACTS
from applications.models import Application, OutcomeObjection, ReviewRound, RoundOutcome
from applications.rounds import Round, asked_of, meant, outcomes_of, vote_passes
from applications.workflow.deciding import settle_row
from audit.door import once, perform
from jbgs.lib import clock
from programmes import windows

CONTESTED = "on_site"
"""The kind of round whose result the unit may object to, by the clock `on_site_objection`."""


@once
def record_round(
    application, *, by, kind: str, row: ReviewRound | None = None, passed: bool | None = None, votes_for: int = 0,
    votes_against: int = 0, votes_abstain: int = 0, people: Iterable[str] = (),
    items: Mapping[str, bool] | None = None, text: str = "", held_on: date | None = None,
    signed_by_unit: bool = False, reason: str = "", against_ranking: bool = False, key: str = "",
) -> Application:  # fmt: skip
    """Keep what one round came to for this application; recorded again it is a correction and needs its `reason`.

    panel: votes, of which `pass_share` must be for it (`passed` follows). on_site: `people` (≥ least_people), `passed`,
    `text`, signed by the unit. check_all: `items` {code: holds} for every check item (`passed` follows). mail: `passed`
    says whether it goes on to the next round (reviews prepares that, N16).
    `row` names the round where the call comes back to a kind; without it the one for which the application waits
    (`rounds.meant`).
    Refused: no_such_round, round_open, round_failed (an earlier one), reason_missing and what the kind must say.
    """
    named = {
        "kind": kind, "row": row, "passed": passed, "votes_for": votes_for, "votes_against": votes_against,
        "votes_abstain": votes_abstain, "people": _names(people), "items": dict(items or {}), "text": text,
        "held_on": held_on or clock.today(), "signed_by_unit": signed_by_unit, "reason": reason,
        "against_ranking": against_ranking,
    }  # fmt: skip
    with perform(ACTS["record_round"], application, by=by, key=key, **named) as locked:
        outcomes = outcomes_of([locked])
        round_ = meant(locked, asked_of(locked.call), outcomes, kind, row)
        if standing := outcomes.get((locked.pk, round_.row.pk)):
            set_aside(standing)
        columns = {name: value for name, value in named.items() if name not in ("kind", "row")}
        columns |= {"passed": _passed(round_, named), "text": text.strip(), "reason": reason.strip()}
        outcome = RoundOutcome.objects.create(
            application=locked, round=round_.row, by=by, at=clock.now(),
            contestable_on=_contestable_on(locked, kind, named["held_on"]), **columns,
        )  # fmt: skip
        messages.round_recorded(locked, round_.label, outcome)
    return locked


def _names(people: Iterable[str]) -> list[str]:
    """Each name once, in the order given."""
    return list(dict.fromkeys(name.strip() for name in people if name.strip()))


def _passed(round_: Round, named: dict) -> bool:
    if round_.kind == "panel":
        return vote_passes(round_.spec, named["votes_for"], named["votes_against"], named["votes_abstain"])
    if round_.kind == "check_all":
        return all(named["items"].values())
    return bool(named["passed"])


def _contestable_on(application, kind: str, held_on: date) -> date | None:
    """The last day on which the unit may object to this result; None where it may not."""
    term = application.call.spec.clocks.get("on_site_objection") if kind == CONTESTED else None
    return windows.due_date(term, held_on)[0] if term else None


def set_aside(outcome: RoundOutcome) -> None:
    """The result no longer stands; it stays as history."""
    RoundOutcome.objects.filter(pk=outcome.pk).update(replaced_at=clock.now())


@once
def object_to_round(application, *, by, text: str, key: str = "") -> Application:
    """The unit objects to the result of its on-site check, within the call's days (P12); the decision waits."""
    with perform(ACTS["object_to_round"], application, by=by, key=key, text=text) as locked:
        standing = [row for row in outcomes_of([locked]).values() if row.contestable_on]
        objection = OutcomeObjection.objects.create(
            application=locked, outcome=max(standing, key=lambda row: row.pk), text=text.strip(), raised_by=by,
            raised_at=clock.now(),
        )  # fmt: skip
        messages.round_objected(locked, objection)
    return locked


def settle_round_objection(
    objection: OutcomeObjection, *, by, upheld: bool, answer: str, again: bool = False, key: str = ""
) -> OutcomeObjection:
    """Answer the unit. Upheld: with `again` the result is set aside and the round held once more; else a failed result
    no longer stands in the way of a proposal."""
    named = {"upheld": upheld, "answer": answer, "again": again and upheld}
    with perform(ACTS["settle_round_objection"], objection.application, by=by, key=key, **named) as locked:
        settled = settle_row(objection, OutcomeObjection.ObjectionState, by, upheld, answer)
        if upheld and again:
            settled.again = True
            settled.save(update_fields=["again"])
            set_aside(settled.outcome)
        elif upheld:
            RoundOutcome.objects.filter(pk=settled.outcome_id, passed=False).update(overruled=True)
        messages.round_objection_settled(locked, settled)
    return settled
