"""Who reviews what: by hand, by draw, and back again."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q

from applications import access
from applications.models import Application, ReviewRound
from applications.rules import is_officer
from applications.states import State
from applications.workflow import start_review
from audit.door import Repeated, once, perform, together
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import conflicts, messages, rules
from reviews import old_drawing as drawing
from reviews.actions import ACTS, ASSIGN, RECUSE, lock_experts
from reviews.models import ACTIVE, SAID, Assignment, AssignmentState, Expert, Recusal, Score
from reviews.refusing import require
from reviews.repeats import done_before
from reviews.rounds import counts, current_round, due_by_call, experts_wanted, last_round, reopened_at, rules_of


def assign(
    application: Application, *, by, experts: Iterable[Expert], due_at: datetime | None = None, seed: str = "",
    key: str = "",
) -> list[Assignment]:  # fmt: skip
    """Give the application's frozen version to these experts, all or none; an accepted one goes to review with it.

    Refused: recused (same unit, declared, decided), load_full, expert_unavailable, already_assigned. What the expert
    may read opens with the pledge, not before. Returns the new sheets.
    """
    experts = list(experts)
    try:
        with together():
            application = _in_review(application, by)
            round_ = current_round(application.call)
            due_at = due_at or due_by_call(application.call)
            named = {"experts": experts, "round": round_, "due_at": due_at, "seed": seed}
            with perform(ASSIGN, application, by=by, key=key, **named) as locked:
                return _seat(locked, experts, round_, due_at, by)
    except Repeated:
        return list(application.assignments.filter(expert__in=experts))


def assign_each(applications: Iterable[Application], *, by, expert: Expert | None, key: str = "") -> list[Assignment]:
    """Give several applications to one expert, by hand; all or none."""
    applications = sorted(applications, key=lambda application: application.pk)
    if not applications:
        raise Refused("nothing_chosen", "请先勾选申报，再选择专家。", "application", status=422)
    if expert is None:
        raise Refused("experts_missing", "请选择专家。", "expert", status=422)
    with together():
        return [
            seat for row in applications for seat in assign(row, by=by, experts=[expert], due_at=_due(row), key=key)
        ]


def _due(application: Application) -> datetime | None:
    """When the other sheets of this application are due, so that all experts have the same term."""
    due = application.assignments.active().exclude(due_at=None).order_by("-due_at")
    return due.values_list("due_at", flat=True).first()


def _in_review(application: Application, by) -> Application:
    application = Application.objects.select_related("call__current_version", "task__field").get(pk=application.pk)
    return start_review(application, by=by) if application.state == State.ACCEPTED else application


def _seat(application: Application, experts: list[Expert], round_: ReviewRound, due_at, by) -> list[Assignment]:
    """Write the sheets; one that was taken away before starts anew. The caller holds the locks."""
    before = Assignment.objects.filter(application=application, round=round_, expert__in=experts)
    seats = {seat.expert_id: seat for seat in before}
    rules_version = rules_of(round_, application.call)
    for expert in experts:
        seat = seats.setdefault(expert.pk, Assignment(application=application, round=round_, expert=expert))
        seat.version_id, seat.rules, seat.due_at = application.version_id, rules_version, due_at
        seat.assigned_by, seat.assigned_at = by, clock.now()
        seat.state, seat.pledged_at = AssignmentState.ASSIGNED, None
        seat.opinion = seat.advice = seat.note = ""
    again = [seat for seat in seats.values() if seat.pk]
    if again:
        Score.objects.filter(assignment__in=again).delete()
        for seat in again:
            seat.save()
    Assignment.objects.bulk_create([seat for seat in seats.values() if not seat.pk])
    messages.assigned(application, experts, due_at)
    return [seats[expert.pk] for expert in experts]


def plan_draw(
    applications: Iterable[Application], *, seed: str, experts: Iterable[Expert] | None = None
) -> drawing.Draw:
    """What a draw with this seed would give. Nothing is written.

    Every application ends with as many experts as its call asks for; those who sit on it already stay. `experts` is
    the pool (all available ones by default).
    """
    return prepare_draw(applications, seed=seed, experts=experts)[0]


def prepare_draw(applications, *, seed: str, experts=None) -> tuple[drawing.Draw, dict]:
    """A `plan_draw`, and the conflicts it went around: {(expert pk, application pk): Conflict}."""
    wanted = Application.objects.filter(pk__in=[row.pk for row in applications])
    wanted = wanted.annotate(reopened_at=reopened_at()).select_related("unit", "call__current_version")
    applications = list(wanted.order_by("pk"))
    if not applications:
        return drawing.Draw(seed), {}
    call = applications[0].call
    round_ = last_round(call)
    busy = Count("assignments", filter=Q(assignments__round=round_, assignments__state__in=ACTIVE))
    pool = Expert.objects.available().select_related("user").annotate(busy=busy).order_by("pk")
    pool = list(pool if experts is None else pool.filter(pk__in=[expert.pk for expert in experts]))
    seated, gone = _who_sits(applications, round_)
    found = conflicts.find(applications, pool)
    places = [
        drawing.Place(
            pk=row.pk,
            need=max(0, experts_wanted(call) - len(seated.get(row.pk, ()))),
            seated=frozenset(seated.get(row.pk, ())),
            blocked=frozenset(gone.get(row.pk, ())) | {expert for expert, pk in found if pk == row.pk},
        )
        for row in applications
    ]
    candidates = [
        drawing.Candidate(
            pk=expert.pk,
            unit=expert.unit_code or expert.unit_name,
            load=expert.busy,
            room=expert.max_load - expert.busy,
            name=expert.user.username,
        )
        for expert in pool
    ]
    return drawing.draw(places, candidates, seed), found


def _who_sits(applications, round_) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Experts by application: those who review it, and those who were taken off it."""
    seated: dict[int, set[int]] = {}
    gone: dict[int, set[int]] = {}
    rows = Assignment.objects.filter(round=round_, application__in=applications)
    reopened = {application.pk: application.reopened_at for application in applications}
    for application, expert, state, given in rows.values_list("application_id", "expert_id", "state", "assigned_at"):
        sits = state in ACTIVE and counts(given, reopened[application])
        (seated if sits else gone).setdefault(application, set()).add(expert)
    return seated, gone


def draw(
    applications: Iterable[Application], *, by, seed: str, experts: Iterable[Expert] | None = None,
    due_at: datetime | None = None, digest: str = "", key: str = "",
) -> list[Assignment]:  # fmt: skip
    """Draw and assign; all or nothing. `digest`: of the plan that was shown, refused when it came out differently.

    Refused: experts_short (says how many places stay empty), draw_changed. Same seed and same data: same result.
    Panel members who must not look at one of the applications leave a recusal, so that the ranking can say so.
    """
    applications = sorted(applications, key=lambda application: application.pk)
    for application in applications:
        require(is_officer(application, by), application, "assign_experts", by, "您没有分派专家的权限。")
    with together():
        pool = list(experts) if experts is not None else list(Expert.objects.available())
        lock_experts(pool)
        if done_before(key, applications, by):
            return list(Assignment.objects.filter(application__in=applications).active())
        plan, found = prepare_draw(applications, seed=seed, experts=pool)
        if plan.missing:
            raise Refused("experts_short", _shortage(plan, applications, pool))
        if digest and digest != plan.digest:
            raise Refused("draw_changed", "预览之后专家或申报有变化，结果不再相同。请重新预览。")
        by_pk = {expert.pk: expert for expert in pool}
        seats = []
        for application in applications:
            chosen = [by_pk[pk] for pk in plan.pairs.get(application.pk, ())]
            if chosen:
                seats += assign(application, by=by, experts=chosen, due_at=due_at, seed=seed, key=key)
        _note_recusals(found, {seat.expert_id for seat in seats}, by)
    return seats


def _shortage(plan, applications, pool) -> str:
    """A refusal by shortage counts (screens §6)."""
    names = "、".join(f"“{row.title}”缺 {plan.short[row.pk]} 位" for row in applications if row.pk in plan.short)
    return f"现有条件下抽不满：{len(pool)} 位专家中，回避和满额之后，{names}。请增加专家、提高最多份数，或手工分派。"


def _note_recusals(found: dict, panel: set[int], by) -> None:
    """Keep the computed recusals of those who were drawn."""
    Recusal.objects.bulk_create(
        [
            Recusal(
                expert_id=expert, application_id=application, kind=conflict.kind, reason=conflict.sentence[:500],
                source=conflict.source[:200], by=by, at=clock.now(),
            )
            for (expert, application), conflict in found.items()
            if expert in panel and conflict.kind not in SAID
        ],
        ignore_conflicts=True,
    )  # fmt: skip


@once
def unassign(assignment: Assignment, *, by, reason: str, key: str = "") -> Assignment:
    """Take an unsigned sheet away from its expert, with a reason; what was typed stays in the log."""
    with perform(ACTS["unassign"], assignment, by=by, key=key, reason=reason) as locked:
        locked.state = AssignmentState.REMOVED
        locked.note = reason.strip()
        access.revoke_review(locked.expert.user, locked.application)
        messages.removed(locked)
    return locked


@once
def recuse(application: Application, *, by, expert: Expert, reason: str, key: str = "") -> Application:
    """The officer decides that this expert does not look at this application; a sheet in hand is taken away.

    A signed sheet is not: scores that were given count, or their expert would have to be returned the sheet first.
    """
    with perform(RECUSE, application, by=by, key=key, experts=[expert], reason=reason) as locked:
        seats = Assignment.objects.select_for_update().filter(application=locked, expert=expert, state__in=ACTIVE)
        for seat in seats:
            if seat.state == AssignmentState.SIGNED:
                raise Refused("sheet_signed", "这位专家已经提交评分，不能再认定回避。请先退回评分。")
            seat.state = AssignmentState.RECUSED
            seat.save(update_fields=["state"])
        Recusal.objects.update_or_create(
            expert=expert, application=locked,
            defaults={"kind": Recusal.Kind.OFFICER, "reason": reason.strip()[:500], "by": by, "at": clock.now()},
        )  # fmt: skip
        access.revoke_review(expert.user, locked)
    return locked


def remind(task, *, by) -> int:
    """Tell every expert of the task who has not signed; once a day each. The number of experts told."""
    require(rules.manages_task(task, by), task, "remind_experts", by, "您没有催办这个任务的权限。")
    waiting = Assignment.objects.filter(application__task=task, application__state=State.IN_REVIEW).open_now()
    waiting = waiting.select_related("expert__user").order_by("expert_id", "due_at")
    return messages.remind(task, waiting)
