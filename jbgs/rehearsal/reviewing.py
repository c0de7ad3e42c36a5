"""Scene four: a draw, pledges, recusals and who steps in, scores, a sheet given back, signatures."""

from datetime import timedelta

from applications import rounds, rules
from jbgs.rehearsal.fiction import paragraph
from jbgs.rehearsal.stage import Stage, refused
from reviews import workflow
from reviews.models import Assignment


def play(stage: Stage) -> None:
    """Nothing to do where no experts score."""
    if not rounds.has_scores(stage.call):
        return
    waiting = stage.open_to(rules.can_propose)
    if not waiting:
        return
    officer, due = stage.cast.officers[0], stage.now + timedelta(days=25)
    with stage.later(days=2):
        for task in stage.tasks:
            group = [one for one in waiting if one.task_id == task.pk]
            if group:
                workflow.draw(group, by=officer, seed=f"{task.code}", experts=stage.cast.experts, due_at=due)
                stage.tick("抽取专家")
    with stage.later(days=3):
        _pledge_and_recuse(stage, waiting, officer, due)
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


def _pledge_and_recuse(stage: Stage, waiting, officer, due) -> None:
    """One in forty declares a recusal; somebody else of the pool takes the sheet."""
    for place, sheet in enumerate(_sheets(waiting)):
        if place % 40 == 17:
            workflow.declare_recusal(sheet, by=sheet.expert.user, reason="与项目负责人近三年有合作关系。")
            for candidate in stage.cast.experts:
                if not refused(workflow.assign, sheet.application, by=officer, experts=[candidate], due_at=due):
                    break
    for sheet in _sheets(waiting):
        workflow.pledge(sheet, by=sheet.expert.user)


def _score(stage: Stage, place: int, sheet: Assignment, quality: int, officer) -> None:
    """Scores around the application's own quality; a forgotten opinion, a sheet given back."""
    expert = sheet.expert.user
    criteria = sheet.rules.spec.review.criteria
    points = {criterion.key: str(min(100, max(0, quality + stage.rng.randint(-9, 9)))) for criterion in criteria}
    opinion = paragraph(stage.rng, "技术路线", 160)
    saved = workflow.save_score(sheet, by=expert, points=points, opinion="", base_version=sheet.sheet_version)
    if place % 19 == 5:
        refused(workflow.sign, saved, by=expert)
    saved = workflow.save_score(saved, by=expert, points=points, opinion=opinion, base_version=saved.sheet_version)
    signed = workflow.sign(saved, by=expert)
    if place % 50 == 31:
        back = workflow.return_for_revision(signed, by=officer, reason="意见与分数不一致，请核对。")
        workflow.sign(back, by=expert)
