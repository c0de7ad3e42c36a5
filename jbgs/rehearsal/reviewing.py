"""Scene four: a draw, pledges, recusals and who steps in, scores, a sheet given back, signatures."""

from datetime import timedelta

from applications import rounds, rules
from applications.models import Application
from jbgs.rehearsal.fiction import paragraph
from jbgs.rehearsal.stage import Stage, refused
from reviews import planning, workflow
from reviews.models import Assignment
from reviews.rounds import counts, experts_wanted, reopened_at


def play(stage: Stage) -> None:
    """Nothing to do where no experts score."""
    if not rounds.has_scores(stage.call):
        return
    waiting = stage.open_to(rules.can_propose)
    if not waiting:
        return
    officer = stage.cast.officers[0]
    with stage.later(days=2):
        _draw(stage, [task for task in stage.tasks if any(one.task_id == task.pk for one in waiting)])
    with stage.later(days=1):
        _answer(stage, waiting)
    # By the dice, not by the rows' keys: a second rehearsal of the same seed has other keys and the same story.
    qualities = {application.pk: 60 + 3 * stage.rng.randint(0, 10) for application in waiting}
    with stage.later(days=7):
        for place, sheet in enumerate(_sheets(waiting)):
            _score(stage, place, sheet, qualities[sheet.application_id], officer)
            stage.tick("评审")


def _sheets(applications):
    """Sheets that their experts still have, in a fixed order."""
    found = Assignment.objects.filter(application__in=applications).open_now().order_by("pk")
    return list(found.select_related("expert__user", "application", "rules").defer("rules__document"))


def _draw(stage: Stage, tasks: list) -> None:
    """A first draw, for all tasks at once, is previewed and given up; then each task has its own, in full."""
    first, second = stage.cast.officers[:2]
    due, experts = stage.now + timedelta(days=25), stage.cast.experts
    plan = workflow.open_plan(stage.call, tasks, by=first, due_at=due, experts=experts)
    lacking = {group.key for group in planning.problem_of(plan).groups}
    if lacking:
        workflow.preview_plan(plan, by=first)
    workflow.discard(plan, by=first, reason="演练：先预览，再按同样的条件拟定。")
    for task in (one for one in tasks if one.code in lacking):
        lots = {"public_value": f"{len(task.code)}-{task.order:06d}", "secret": f"rehearsal {task.code}"}
        workflow.draw_at_once([task], by=first, second=second, due_at=due, experts=experts, **lots)
        stage.tick("抽取专家")


def _answer(stage: Stage, waiting) -> None:
    """One in forty declares a recusal, one in sixty declines: alternates step in, or two officers name somebody."""
    for place, sheet in enumerate(_sheets(waiting)):
        if place % 40 == 17:
            workflow.declare_recusal(sheet, by=sheet.expert.user, reason="与项目负责人近三年有合作关系。")
        elif place % 60 == 31:
            workflow.decline(sheet, by=sheet.expert.user, reason="评审期间出国。")
    for application in waiting:
        _fill(stage, application)
    for sheet in _sheets(waiting):
        workflow.pledge(sheet, by=sheet.expert.user)


def _fill(stage: Stage, application) -> None:
    """Where no alternate was left, one officer proposes somebody and the other agrees."""
    first, second = stage.cast.officers[:2]
    rows = Application.objects.select_related("call__current_version", "task").annotate(reopened_at=reopened_at())
    application = rows.get(pk=application.pk)
    given = application.assignments.active().values_list("assigned_at", flat=True)
    missing = experts_wanted(stage.call) - sum(counts(one, application.reopened_at) for one in given)
    for expert in stage.cast.experts:
        named = {"by": first, "expert_in": expert, "reason": "候补不足，补充专家。"}
        if missing > 0 and not refused(workflow.prepare_change, application, **named):
            workflow.approve_change(application.reviewer_changes.latest("pk"), by=second)
            missing -= 1


def _score(stage: Stage, place: int, sheet: Assignment, quality: int, officer) -> None:
    """Scores around the application's own quality; a forgotten opinion, a sheet given back."""
    expert = sheet.expert.user
    criteria = sheet.rules.spec.review.criteria
    points = {criterion.key: str(min(100, max(0, quality + stage.rng.randint(-9, 9)))) for criterion in criteria}
    opinion = paragraph(stage.rng, "技术路线", 160)
    workflow.open_sheet(sheet, by=expert)
    saved = workflow.save_score(sheet, by=expert, points=points, opinion="", base_version=sheet.sheet_version)
    if place % 19 == 5:
        refused(workflow.sign, saved, by=expert)
    saved = workflow.save_score(saved, by=expert, points=points, opinion=opinion, base_version=saved.sheet_version)
    signed = workflow.sign(saved, by=expert)
    if place % 50 == 31:
        back = workflow.return_for_revision(signed, by=officer, reason="意见与分数不一致，请核对。")
        workflow.sign(back, by=expert)
