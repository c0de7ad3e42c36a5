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
from reviews.actions import ACTS, ASSIGN, RECUSE, lock_experts
from reviews.models import ACTIVE, Assignment, AssignmentState, DrawPlan, Expert, Recusal, ReviewerChange, Score
from reviews.refusing import require
from reviews.rounds import current_round, due_by_call, rules_of
from reviews.standing import Standing


def assign(
    application: Application, *, by, experts: Iterable[Expert], due_at: datetime | None = None, key: str = ""
) -> list[Assignment]:
    """Give the application's frozen version to these experts, all or none; an accepted one goes to review with it.

    Refused: recused (same unit, declared, decided), load_full, expert_unavailable, already_assigned,
    needs_second_person (its experts were drawn, see `changing`). What the expert may read opens with the pledge, not
    before. Returns the new sheets.
    """
    experts = list(experts)
    try:
        with together():
            lock_experts(experts)  # before the application, as everybody does who takes both
            application = _in_review(application, by)
            round_ = current_round(application.call)
            due_at = due_at or due_by_call(application.call)
            with perform(ASSIGN, application, by=by, key=key, experts=experts, round=round_, due_at=due_at) as locked:
                return seat(locked, experts, round_, due_at, by)
    except Repeated:
        return list(application.assignments.filter(expert__in=experts))


def hand_out(
    plan: DrawPlan, pairs: Iterable[tuple[Application, list[Expert]]], standing: Standing, *, by
) -> list[Assignment]:
    """Give every application of a draw to its experts. The caller holds the locks under which `standing` was read.

    Each application passes the door by itself and has its entry; what they have in common is read and written once.
    Refused as in `assign`.
    """
    named = {"round": plan.round, "due_at": plan.due_at, "plan": plan, "standing": standing}
    given = []
    for application, experts in pairs:
        if application.state == State.ACCEPTED:
            application = start_review(application, by=by)
        with perform(ASSIGN, application, by=by, experts=experts, **named) as locked:
            standing.given(locked, experts)
        given.append((locked, experts))
    return _seat(given, plan.round, plan.due_at, by, plan)


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
    return _seat([(application, experts)], round_, due_at, by, plan)


def _seat(
    given: list[tuple[Application, list[Expert]]], round_: ReviewRound, due_at, by, plan: DrawPlan | None
) -> list[Assignment]:
    """The same for several applications of one call, in their order."""
    applications = [application for application, _ in given]
    before = Assignment.objects.filter(application__in=applications, round=round_)
    before = before.filter(expert__in={expert.pk for _, experts in given for expert in experts})
    old = {(sheet.application_id, sheet.expert_id): sheet for sheet in before}
    rules_version = rules_of(round_, applications[0].call) if applications else None
    sheets = []
    for application, experts in given:
        for expert in experts:
            sheet = old.get((application.pk, expert.pk)) or Assignment(
                application=application, round=round_, expert=expert
            )
            _begin(sheet, application, rules_version, due_at, by, plan)
            sheets.append(sheet)
    again = [sheet for sheet in sheets if sheet.pk]
    Score.objects.filter(assignment__in=again).delete()
    for sheet in again:
        sheet.save()
    Assignment.objects.bulk_create([sheet for sheet in sheets if not sheet.pk])
    _tell(given, due_at)
    return sheets


def _begin(sheet: Assignment, application: Application, rules_version, due_at, by, plan: DrawPlan | None) -> None:
    now, hours = clock.now(), application.call.spec.review.assignment.answer_within
    sheet.version_id, sheet.rules, sheet.due_at = application.version_id, rules_version, due_at
    sheet.assigned_by, sheet.assigned_at, sheet.plan = by, now, plan
    sheet.answer_by = now + timedelta(hours=hours) if plan and hours else None
    sheet.state, sheet.pledged_at, sheet.opened_at = AssignmentState.ASSIGNED, None, None
    sheet.opinion = sheet.advice = sheet.note = ""


def _tell(given: list[tuple[Application, list[Expert]]], due_at) -> None:
    """One message for each expert and task."""
    by_task: dict[int, tuple[Application, dict[int, Expert]]] = {}
    for application, experts in given:
        _, told = by_task.setdefault(application.task_id, (application, {}))
        told.update({expert.pk: expert for expert in experts})
    for application, told in by_task.values():
        messages.assigned(application, told.values(), due_at)


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
