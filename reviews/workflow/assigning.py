"""Who reviews what: by hand, by draw, and back again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from applications import access
from applications.models import Application, ReviewRound
from applications.states import State
from applications.workflow import start_review
from audit.door import Repeated, once, perform, together
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import guards_draw, messages, messages_draw, rules
from reviews.actions import ACTS, ASSIGN, RECUSE
from reviews.models import ACTIVE, Assignment, AssignmentState, DrawPlan, Expert, Recusal, ReviewerChange, Score
from reviews.refusing import require
from reviews.rounds import current_round, due_by_call, rules_of


def assign(
    application: Application, *, by, experts: Iterable[Expert], due_at: datetime | None = None, seed: str = "",
    plan: DrawPlan | None = None, key: str = "",
) -> list[Assignment]:  # fmt: skip
    """Give the application's frozen version to these experts, all or none; an accepted one goes to review with it.

    `plan`: the draw that says so; without one, an application whose experts were drawn is refused (needs_second_person,
    see `changing`). Refused: recused (same unit, declared, decided), load_full, expert_unavailable, already_assigned.
    What the expert may read opens with the pledge, not before. Returns the new sheets.
    """
    experts = list(experts)
    try:
        with together():
            application = _in_review(application, by)
            round_ = current_round(application.call)
            due_at = due_at or due_by_call(application.call)
            named = {"experts": experts, "round": round_, "due_at": due_at, "seed": seed, "plan": plan}
            with perform(ASSIGN, application, by=by, key=key, **named) as locked:
                return seat(locked, experts, round_, due_at, by, plan)
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
            sheet for row in applications for sheet in assign(row, by=by, experts=[expert], due_at=due_of(row), key=key)
        ]


def due_of(application: Application) -> datetime | None:
    """When the other sheets of this application are due, so that all experts have the same term."""
    due = application.assignments.active().exclude(due_at=None).order_by("-due_at")
    return due.values_list("due_at", flat=True).first()


def _in_review(application: Application, by) -> Application:
    application = Application.objects.select_related("call__current_version", "task__field").get(pk=application.pk)
    return start_review(application, by=by) if application.state == State.ACCEPTED else application


def seat(
    application: Application, experts: list[Expert], round_: ReviewRound, due_at, by, plan: DrawPlan | None = None
) -> list[Assignment]:
    """Write the sheets; one that was taken away before starts anew. The caller holds the locks.

    Who was drawn has the call's hours to answer (`answer_by`).
    """
    before = Assignment.objects.filter(application=application, round=round_, expert__in=experts)
    seats = {sheet.expert_id: sheet for sheet in before}
    rules_version, now = rules_of(round_, application.call), clock.now()
    hours = application.call.spec.review.assignment.answer_within
    for expert in experts:
        sheet = seats.setdefault(expert.pk, Assignment(application=application, round=round_, expert=expert))
        sheet.version_id, sheet.rules, sheet.due_at = application.version_id, rules_version, due_at
        sheet.assigned_by, sheet.assigned_at, sheet.plan = by, now, plan
        sheet.answer_by = now + timedelta(hours=hours) if plan and hours else None
        sheet.state, sheet.pledged_at, sheet.opened_at = AssignmentState.ASSIGNED, None, None
        sheet.opinion = sheet.advice = sheet.note = ""
    again = [sheet for sheet in seats.values() if sheet.pk]
    if again:
        Score.objects.filter(assignment__in=again).delete()
        for sheet in again:
            sheet.save()
    Assignment.objects.bulk_create([sheet for sheet in seats.values() if not sheet.pk])
    messages.assigned(application, experts, due_at)
    return [seats[expert.pk] for expert in experts]


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
    Where the expert was drawn, a second person looks at it before somebody else takes the place (`ReviewerChange`).
    """
    with perform(RECUSE, application, by=by, key=key, experts=[expert], reason=reason) as locked:
        seats = Assignment.objects.select_for_update().filter(application=locked, expert=expert, state__in=ACTIVE)
        for sheet in seats:
            if sheet.state == AssignmentState.SIGNED:
                raise Refused("sheet_signed", "这位专家已经提交评分，不能再认定回避。请先退回评分。")
            if guards_draw.drawn_by(locked) and not _leaving(sheet):
                change = ReviewerChange.objects.create(
                    application=locked, out=sheet, reason=reason.strip()[:500], prepared_by=by, prepared_at=clock.now()
                )
                messages_draw.change_waits(change)
            sheet.state = AssignmentState.RECUSED
            sheet.save(update_fields=["state"])
        Recusal.objects.update_or_create(
            expert=expert, application=locked,
            defaults={"kind": Recusal.Kind.OFFICER, "reason": reason.strip()[:500], "by": by, "at": clock.now()},
        )  # fmt: skip
        access.revoke_review(expert.user, locked)
    return locked


def _leaving(sheet: Assignment) -> bool:
    """Whether taking this sheet away is prepared already."""
    return sheet.changes.filter(state=ReviewerChange.State.PREPARED).exists()


def remind(task, *, by) -> int:
    """Tell every expert of the task who has not signed; once a day each. The number of experts told."""
    require(rules.manages_task(task, by), task, "remind_experts", by, "您没有催办这个任务的权限。")
    waiting = Assignment.objects.filter(application__task=task, application__state=State.IN_REVIEW).open_now()
    waiting = waiting.select_related("expert__user").order_by("expert_id", "due_at")
    return messages.remind(task, waiting)
