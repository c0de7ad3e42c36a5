"""Decisions by two persons, publicity, objections, the shortlist (DESIGN §4)."""

from datetime import date

from applications import guards, guards_review, messages, quota, rules
from applications.actions import ACTS
from applications.models import Appeal, Application, Ban, Decision, Objection, Publicity
from applications.obligations import AT_THE_LIST
from applications.workflow.owing import open_obligations
from applications.workflow.recommending import note
from audit.door import once, perform, together
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes import windows
from programmes.spec import ClockSpec

TAKES = {"propose": "shortlist", "award": "award"}
FREES = {"unpropose": "shortlist"}
ROUNDS = {"propose": guards_review.rounds_passed, "pass_over": guards_review.rounds_ended}
"""What the rounds of the review must have come to; looked at when a decision is prepared and again at its approval."""


@once
def prepare_decision(
    application, *, by, verb: str, reason: str = "", rank: int | None = None, against_ranking: bool = False,
    over_reason: str = "", evidence: dict | None = None, key: str = "",
) -> Application:  # fmt: skip
    """Draft a decision for a second person. Checks what approval will check again: state, quota, reasons.

    `rank` and `against_ranking` come from the caller (reviews): this room never reads scores.
    """
    named = {
        "verb": verb, "reason": reason, "rank": rank, "against_ranking": against_ranking, "over_reason": over_reason,
    }  # fmt: skip
    with perform(ACTS["prepare_decision"], application, by=by, key=key, **named) as locked:
        rule = rules.DECISIONS.get(verb)
        if rule is None or not rule.open(locked):
            raise Refused("state_changed", f"这件申报现在是“{locked.get_state_display()}”，不能拟定这项决定。")
        if not rules.may_prepare(verb, locked, by):
            raise Forbidden(f"您没有拟定“{ACTS[verb].label}”的权限。")
        if check := ROUNDS.get(verb):
            check(locked, by, named)
        if against_ranking and not reason.strip():
            raise Refused("reason_missing", "决定与评审排名不一致，请写明理由。", field="reason")
        if locked.decisions.filter(state=Decision.DecisionState.PREPARED).exists():
            raise Refused("decision_waiting", "这件申报已有一项决定等待复核。请先复核或作废。")
        if verb in TAKES and (following := quota.next_slot(locked, TAKES[verb])):
            quota.check(following[1], following[0], over_reason)
        Decision.objects.create(
            application=locked, verb=verb, reason=reason.strip(), rank=rank, against_ranking=against_ranking,
            over_reason=over_reason.strip(), evidence=evidence or {}, prepared_by=by, prepared_at=clock.now(),
        )  # fmt: skip
    return locked


def approve_decision(decision: Decision, *, by, key: str = "") -> Application:
    """The second person approves; guards and quota run again, then the verb happens."""
    return _approve(decision.application, by=by, key=key, decision=decision)


@once
def _approve(application, *, by, decision: Decision, key: str = "") -> Application:
    with perform(ACTS[decision.verb], application, by=by, key=key, decision=decision) as locked:
        current = Decision.objects.get(pk=decision.pk)
        if code := TAKES.get(decision.verb):
            quota.take(locked, code, over_reason=current.over_reason)
        if code := FREES.get(decision.verb):
            quota.release(locked, code)
        current.state = Decision.DecisionState.APPROVED
        current.approved_by = by
        current.approved_at = clock.now()
        current.save()
        note(locked, decision.verb, by, text=current.reason)
        if decision.verb == "reopen_review":  # afresh (N27): what the rounds came to no longer stands
            locked.round_outcomes.filter(replaced_at=None).update(replaced_at=current.approved_at)
        if decision.verb == "revoke":
            _ban(locked, current)
        # A proposal becomes known through its publicity; one that was undone before was never known.
        if decision.verb != "propose" and (decision.verb != "unpropose" or locked.publicity_id):
            messages.decided(locked, ACTS[decision.verb].label, current.reason)
        if decision.verb in rules.CHOICES:
            messages.chosen(locked, ACTS[decision.verb].label)
    return locked


def discard_decision(decision: Decision, *, by, key: str = "") -> Decision:
    """Undo a decision that nobody has approved yet."""
    with perform(ACTS["discard_decision"], decision.application, by=by, key=key, decision=decision):
        current = Decision.objects.select_for_update().get(pk=decision.pk)
        guards.require_prepared(current)
        current.state = Decision.DecisionState.DISCARDED
        current.save(update_fields=["state"])
    return current


def open_publicity(applications, *, by, title: str, contact: str, key: str = "") -> Publicity:
    """Publish the proposed applications together for the call's days; all or none.

    The end is 24:00 of the last day; the start day is not counted (domain.md §4.9).
    """
    applications = sorted(applications, key=lambda application: application.pk)
    if not applications:
        raise Refused("nothing_proposed", "没有拟入围的项目可以公示。")
    call = applications[0].call
    flow = call.spec.flow
    now = clock.now()
    term = ClockSpec("publicity", max(flow.publicity_days, 1), flow.publicity_unit)
    closes_at = windows.due_after(term, now)
    publicity = None
    with together():
        for application in applications:
            with perform(ACTS["open_publicity"], application, by=by, key=key, publicity_title=title) as locked:
                if locked.call_id != call.pk:
                    raise Refused("other_call", "一次公示只能包括同一批次的项目。")
                # Inside the door: who may not open one has left no row behind, not even for a moment.
                publicity = publicity or Publicity.objects.create(
                    call=call, title=title.strip(), contact=contact.strip(), opens_at=now, closes_at=closes_at,
                    opened_by=by,
                )  # fmt: skip
                locked.publicity = publicity
                messages.publicised(locked, publicity)
    return publicity


@once
def raise_objection(application, *, by, objector: str, contact: str, text: str, key: str = "") -> Application:
    """Anybody may object under their real name while the list is public; the officer has the call's days to answer."""
    named = {"objector": objector, "contact": contact, "text": text}
    with perform(ACTS["object"], application, by=by, key=key, **named) as locked:
        due_on, provisional = _due(locked, "objection")
        objection = Objection.objects.create(
            publicity=locked.publicity, application=locked, objector=objector.strip(), contact=contact.strip(),
            text=text.strip(), raised_at=clock.now(), due_on=due_on, due_provisional=provisional,
        )  # fmt: skip
        messages.objected(locked, objection)
    return locked


def settle_objection(objection: Objection, *, by, upheld: bool, answer: str, key: str = "") -> Objection:
    """Answer an objection; where it is upheld, the officers then prepare `unpropose`."""
    named = {"objection": objection, "upheld": upheld, "answer": answer}
    with perform(ACTS["settle_objection"], objection.application, by=by, key=key, **named):
        return settle_row(objection, Objection.ObjectionState, by, upheld, answer)


@once
def raise_appeal(application, *, by, text: str, ground: str = "", key: str = "") -> Application:
    """The unit asks for a re-examination of a rejection or a lost review (N26); `ground`: a code of the call's list."""
    with perform(ACTS["appeal"], application, by=by, key=key, text=text, ground=ground) as locked:
        due_on, provisional = _due(locked, "appeal_decision")
        appeal = Appeal.objects.create(
            application=locked, ground=ground, text=text.strip(), raised_by=by, raised_at=clock.now(), due_on=due_on,
            due_provisional=provisional,
        )  # fmt: skip
        messages.appealed(locked, appeal)
    return locked


def settle_appeal(appeal: Appeal, *, by, upheld: bool, answer: str, key: str = "") -> Appeal:
    """Answer an appeal; where it is upheld, the officers then prepare the reopening."""
    with perform(ACTS["settle_appeal"], appeal.application, by=by, key=key, upheld=upheld, answer=answer) as locked:
        settled = settle_row(appeal, Appeal.AppealState, by, upheld, answer)
        messages.appeal_settled(locked, settled)
    return settled


@once
def shortlist(application, *, by, listed_on: date | None = None, key: str = "") -> Application:
    """Fix the list: from this day the term of the work runs (M20: two years)."""
    day = listed_on or clock.today()
    with perform(ACTS["shortlist"], application, by=by, key=key, listed_on=day) as locked:
        locked.listed_on = day
        locked.work_due_on, locked.work_due_provisional = _due(locked, "work", day)
        if locked.work_due_on:
            messages.shortlisted(locked)
        open_obligations(locked, *AT_THE_LIST)
    return locked


def settle_row(row, states, by, upheld: bool, answer: str):
    """Write the answer to an open objection or appeal under its lock; the second person hears who was faster."""
    current = type(row).objects.select_for_update().get(pk=row.pk)
    if current.state != states.OPEN:
        raise Refused("already_settled", f"{guards.by_whom(current)}处理了这一项（{current.get_state_display()}）。")
    current.state = states.UPHELD if upheld else states.DISMISSED
    current.answer = answer.strip()
    current.settled_by = by
    current.settled_at = clock.now()
    current.save()
    return current


def _due(application, name: str, start: date | None = None) -> tuple[date | None, bool]:
    """The day a clock of the call runs out, counted from `start` or today, and whether it is provisional (§4.9)."""
    term = application.call.spec.clocks.get(name)
    return windows.due_date(term, start or clock.today()) if term else (None, False)


def _ban(application, decision: Decision) -> None:
    """P23: after a revocation no application is taken for the call's term."""
    Ban.objects.create(
        unit=application.unit, application=application, programme_id=application.call.programme_id,
        starts_on=clock.today(), ends_on=_due(application, "ban")[0], reason=decision.reason,
    )  # fmt: skip
