"""After the draw: experts decline or let their term lapse and alternates step in; officers change by two people."""

from collections.abc import Iterable

from accounts.models import system_user
from applications import access
from applications.models import Application, ReviewRound
from applications.states import State
from audit.door import Repeated, once, perform, together
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import guards as g
from reviews import guards_draw, messages, messages_draw
from reviews.actions import ACTS
from reviews.actions_draw import APPROVE_CHANGE, DISCARD_CHANGE, PREPARE_CHANGE
from reviews.models import Alternate, Assignment, AssignmentState, Expert, Recusal, ReviewerChange
from reviews.reconsidering import extra_due
from reviews.refusing import require
from reviews.rounds import current_round
from reviews.workflow.assigning import due_of, seat


@once
def open_sheet(assignment: Assignment, *, by) -> Assignment:
    """The expert opens the application for the first time: from now on its draw is not taken back."""
    if assignment.opened_at is not None:
        return assignment
    with perform(ACTS["open_sheet"], assignment, by=by) as locked:
        locked.opened_at = locked.opened_at or clock.now()
    return locked


# ---- by the expert ----


def decline(
    what: ReviewRound | Assignment | Iterable[Assignment], *, by, reason: str, key: str = ""
) -> list[Assignment]:
    """The expert does not review these: everything of a round that waits for the pledge, or single unsigned sheets.

    Alternates of the draw step in, in their order, in the same transaction; the officers are told, also that none is
    left. All or none.
    """
    if isinstance(what, ReviewRound):
        own = Assignment.objects.filter(round=what, expert__user=by.pk)
        require(bool(by.pk) and own.exists(), what, "decline", by, "您没有这一轮的评审任务。")
        what = own.filter(state=AssignmentState.ASSIGNED)
    sheets = [what] if isinstance(what, Assignment) else sorted(what, key=lambda sheet: sheet.pk)
    with together():
        return [_decline(sheet, by=by, reason=reason, key=key) for sheet in sheets]


@once
def _decline(sheet: Assignment, *, by, reason: str, key: str) -> Assignment:
    with perform(ACTS["decline"], sheet, by=by, key=key, reason=reason) as locked:
        locked.state, locked.note = AssignmentState.DECLINED, reason.strip()[:500]
        access.revoke_review(by, locked.application)
        messages_draw.left(locked, "谢绝评审", reason, step_in(locked))
    return locked


def lapse_unanswered() -> int:
    """Take the sheets of experts who let their term to answer pass, where an alternate can step in; the number taken.

    Where nobody can, the sheet stays (an answer that is late is better than none) and the officers are told, once.
    """
    waiting = Assignment.objects.filter(
        state=AssignmentState.ASSIGNED, answer_by__lte=clock.now(), application__state=State.IN_REVIEW
    )
    taken = 0
    for sheet in waiting.order_by("pk"):
        try:
            with perform(ACTS["lapse"], sheet, by=system_user()) as locked:
                newcomer = step_in(locked)
                if newcomer is None:
                    raise _NobodyLeft
                locked.state, locked.note = AssignmentState.DECLINED, "逾期未答复"
                messages_draw.left(locked, "逾期未答复", "已由候补递补。", newcomer)
                messages.removed(locked)
            taken += 1
        except _NobodyLeft:
            messages_draw.unanswered(sheet)
        except Refused:
            continue  # answered meanwhile
    return taken


class _NobodyLeft(Exception):
    """Leaves the act, so that nothing of it stays."""


def step_in(sheet: Assignment) -> Expert | None:
    """Seat the next alternate of the sheet's draw who can take the place; None where nobody can.

    The caller holds the locks of `SheetAct.steps_in`. Who cannot is passed over with the reason.
    """
    if sheet.plan_id is None:
        return None
    waiting = Alternate.objects.filter(
        plan=sheet.plan_id, application=sheet.application_id, state=Alternate.State.WAITING
    )
    for row in waiting.select_related("expert__user").order_by("order"):
        why = _why_not(sheet, row.expert)
        row.state = Alternate.State.PASSED if why else Alternate.State.CALLED
        row.note, row.at = why[:200], clock.now()
        row.save(update_fields=["state", "note", "at"])
        if not why:
            plan = sheet.plan
            seat(sheet.application, [row.expert], sheet.round, sheet.due_at, plan.published_by, plan)
            return row.expert
    return None


def _why_not(sheet: Assignment, expert: Expert) -> str:
    try:
        g.experts_can_come(sheet.application, None, {"experts": [expert], "round": sheet.round})
    except Refused as refused:
        return refused.sentence
    return ""


# ---- by two officers ----


def prepare_change(
    application: Application, *, by, out: Assignment | None = None, expert_in: Expert | None = None, reason: str,
    key: str = "",
) -> ReviewerChange:  # fmt: skip
    """Propose to take an expert off, to bring one in, or both; nothing changes before a second officer agrees.

    Without `expert_in` the next alternate of the draw steps in. Refused: nothing_chosen, change_waits, sheet_signed,
    load_full, recused and what else `assign` refuses.
    """
    named = {"out": out, "expert_in": expert_in, "reason": reason, "round": current_round(application.call)}
    try:
        with perform(PREPARE_CHANGE, application, by=by, key=key, **named) as locked:
            change = ReviewerChange.objects.create(
                application=locked, out=out, expert_in=expert_in, reason=reason.strip()[:500], prepared_by=by,
                prepared_at=clock.now(),
            )  # fmt: skip
            messages_draw.change_waits(change)
    except Repeated:
        return ReviewerChange.objects.filter(application=application, prepared_by=by).latest("pk")
    return change


def approve_change(row: ReviewerChange, *, by, key: str = "") -> ReviewerChange:
    """A second officer agrees: the expert leaves, the new one (or the next alternate of the draw) comes."""
    with perform(APPROVE_CHANGE, row.application, by=by, key=key, **_named(row)) as locked:
        change = _read(row)
        plan = guards_draw.drawn_by(locked)
        if change.out_id:
            _take_off(change)
        if change.expert_in_id:
            due_at = change.out.due_at if change.out_id else extra_due(locked) or due_of(locked)
            seat(locked, [change.expert_in], current_round(locked.call), due_at, by, plan)
        elif step_in(change.out) is None:
            messages_draw.left(change.out, "不再评审", change.reason, None)
        _settle(change, ReviewerChange.State.APPROVED, by)
    return change


def discard_change(row: ReviewerChange, *, by, note: str = "", key: str = "") -> ReviewerChange:
    """Give up a change that waits; a sheet that an officer's recusal had taken at once comes back to its expert."""
    with perform(DISCARD_CHANGE, row.application, by=by, key=key, note=note, **_named(row)):
        change = _read(row)
        out = change.out
        if out and out.state == AssignmentState.RECUSED and guards_draw.recused_by_hand(out.application, out.expert):
            Recusal.objects.filter(application=out.application, expert=out.expert, kind=Recusal.Kind.OFFICER).delete()
            out.state = AssignmentState.ACCEPTED if out.pledged_at else AssignmentState.ASSIGNED
            out.save(update_fields=["state"])
            if out.pledged_at:
                access.grant_review(out.expert.user, out.application)
        _settle(change, ReviewerChange.State.DISCARDED, by)
    return change


def _named(row: ReviewerChange) -> dict:
    return {"row": row, "out": None, "expert_in": None, "round": current_round(row.application.call)}


def _read(row: ReviewerChange) -> ReviewerChange:
    """The change as it stands; the door has locked it, its sheet and its application."""
    related = ("out__expert__user", "out__plan__published_by", "out__round", "expert_in__user", "application__task")
    rows = ReviewerChange.objects.select_related(*related, "out__application__call__current_version")
    return rows.get(pk=row.pk)


def _take_off(change: ReviewerChange) -> None:
    """Take the sheet away; one that an officer's recusal has taken already stays recused."""
    out = change.out
    if out.state != AssignmentState.RECUSED:
        out.state, out.note = AssignmentState.REMOVED, change.reason
        out.save(update_fields=["state", "note"])
    access.revoke_review(out.expert.user, out.application)
    messages.removed(out)


def _settle(change: ReviewerChange, state: str, by) -> None:
    change.state = state
    if state == ReviewerChange.State.APPROVED:
        change.approved_by, change.approved_at = by, clock.now()
    change.save(update_fields=["state", "approved_by", "approved_at"])
