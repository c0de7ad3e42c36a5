"""复议: an officer has an application looked at again before it is decided on, and closes that with a conclusion."""

from collections.abc import Iterable
from datetime import datetime

from applications.models import Application
from audit.door import Repeated, perform, together
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import advice as a
from reviews import ranking as r
from reviews import reconsidering
from reviews.actions_reconsidering import RECONSIDER, SETTLE
from reviews.guards_draw import drawn_by
from reviews.models import Alternate, Assignment, Expert, Reconsideration
from reviews.rounds import due_by_call
from reviews.workflow.changing import prepare_change, step_in
from reviews.workflow.scoring import return_for_revision
from reviews.workflow.selecting import limit_of

Way = Reconsideration.Way


def reconsider(
    application: Application, *, by, ground: str, way: str, reason: str, sheets: Iterable[Assignment] = (),
    experts: Iterable[Expert] = (), due_at: datetime | None = None, key: str = "",
) -> Reconsideration:  # fmt: skip
    """Have the application looked at again; decisions wait until it is closed.

    explain: the named `sheets` go back to their experts with the reason. extra: the next alternates of the draw join,
    as many as the call says; where experts are named (nothing was drawn, or nobody is left), their coming waits for
    a second person. vote: the panel of the call votes. Refused: reconsideration_open, decision_waiting, scores_open,
    sheets_missing, alternates_short, no_panel_round, no_vote_ahead, ground_unknown, way_unknown, reason_missing.
    """
    sheets, experts = list(sheets), list(experts)
    named = {
        "ground": ground, "way": way, "reason": reason, "sheets": sheets, "newcomers": experts, "due_at": due_at,
        "experts": [*experts, *_alternates(application)] if way == Way.EXTRA else [],
    }  # fmt: skip
    try:
        with together():
            with perform(RECONSIDER, application, by=by, key=key, **named) as locked:
                row = _write(locked, by, named)
            {Way.EXPLAIN: _explain, Way.EXTRA: _extra, Way.VOTE: _vote}[way](row, by=by, **named)
    except Repeated:
        return Reconsideration.objects.filter(application=application, opened_by=by).latest("pk")
    return row


def _alternates(application: Application) -> list[Expert]:
    waiting = Alternate.objects.filter(application=application, state=Alternate.State.WAITING)
    return [row.expert for row in waiting.select_related("expert")]


def _write(application: Application, by, named: dict) -> Reconsideration:
    """The row with the figures of the ranking as it stood."""
    rows = r.ranking(application.call, application.task)
    mine = next(row for row in rows if row.application.pk == application.pk)
    figures = reconsidering.figures(mine, a.of(rows, limit_of(rows)))
    if named["way"] == Way.EXPLAIN:
        figures["sheets"] = sorted(sheet.pk for sheet in named["sheets"])
    if named["way"] == Way.EXTRA:
        figures["wanted"] = len(named["newcomers"]) or application.call.spec.review.reconsider.extra_experts
        figures |= {"due_at": named["due_at"].isoformat()} if named["due_at"] else {}
    return Reconsideration.objects.create(
        application=application, round_id=reconsidering.round_pk_of(application), ground=named["ground"],
        way=named["way"], figures=figures, reason=named["reason"].strip()[:500], opened_by=by, opened_at=clock.now(),
    )  # fmt: skip


def _explain(row: Reconsideration, *, by, sheets, reason, **rest) -> None:
    for sheet in sheets:
        return_for_revision(sheet, by=by, reason=f"复议：{reason.strip()}")


def _extra(row: Reconsideration, *, by, newcomers, reason, due_at, **rest) -> None:
    if newcomers:
        for expert in newcomers:
            prepare_change(row.application, by=by, expert_in=expert, reason=f"复议加评：{reason.strip()}")
        return
    plan = drawn_by(row.application)
    seats = Assignment.objects.filter(application=row.application_id, round=row.round_id, plan=plan)
    related = ("application__call__current_version", "application__task", "round", "plan__published_by")
    pattern = seats.select_related(*related).first() if plan else None
    wanted, came = row.figures["wanted"], []
    if pattern is not None:
        pattern.due_at = due_at or _later(pattern.due_at) or _later(due_by_call(pattern.application.call))
        while len(came) < wanted and (expert := step_in(pattern)) is not None:
            came.append(expert)
    if len(came) < wanted:
        sentence = f"复议须加评 {wanted} 位，可用的候补只有 {len(came)} 位。请改为指定专家，由另一位主管复核后加入。"
        raise Refused("alternates_short", sentence, "experts", status=422)


def _later(moment: datetime | None) -> datetime | None:
    """A due time that has passed binds nobody who comes now."""
    return moment if moment and moment > clock.now() else None


def _vote(row: Reconsideration, **rest) -> None:
    """The panel of the call is awaited; nothing to hand out."""


def close_reconsideration(row: Reconsideration, *, by, conclusion: str, key: str = "") -> Reconsideration:
    """Keep what came out; decisions may go on. Refused: reconsideration_not_done (what is still awaited),
    reconsideration_closed, conclusion_missing."""
    try:
        with perform(SETTLE, row.application, by=by, key=key, row=row, conclusion=conclusion):
            current = Reconsideration.objects.get(pk=row.pk)
            current.state, current.conclusion = Reconsideration.State.CLOSED, conclusion.strip()
            current.closed_by, current.closed_at = by, clock.now()
            current.save(update_fields=["state", "conclusion", "closed_by", "closed_at"])
    except Repeated:
        return Reconsideration.objects.get(pk=row.pk)
    return current
