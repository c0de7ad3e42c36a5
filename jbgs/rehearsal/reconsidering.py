"""After the scores: what the call says must be looked at again is, by explanation, by more experts or by the panel's
vote, before anybody decides (复议)."""

from datetime import timedelta

from applications import rounds
from jbgs.rehearsal.fiction import paragraph
from jbgs.rehearsal.stage import Stage, refused
from reviews import advice, reconsidering, workflow
from reviews.models import Alternate, Assignment, Reconsideration
from reviews.queries import UNDECIDED
from reviews.ranking import ranking
from reviews.workflow.selecting import limit_of

Way = Reconsideration.Way


def play(stage: Stage) -> None:
    """Task by task; one look may make another necessary, which then is the last."""
    if not rounds.has_scores(stage.call) or not stage.spec.review.reconsider.asks_anything:
        return
    for _ in range(2):
        with stage.later(days=2):
            for task in stage.tasks:
                _task(stage, task)


def _task(stage: Stage, task) -> None:
    rows = ranking(stage.call, task)
    review = rows[0].rules.spec.review if rows else stage.spec.review
    asked = reconsidering.required(rows, review, advice.of(rows, limit_of(rows)))
    held = reconsidering.of_rows(rows)
    for row in rows:
        application = row.application
        fresh = application.pk in asked and application.pk not in held
        if not fresh or application.state not in UNDECIDED or not row.is_complete:
            continue
        refused(workflow.prepare_shortlist, stage.call, task, by=stage.cast.officers[0], chosen=[application])
        _look_again(stage, row, asked[application.pk][0])
        stage.tick("复议")


def _look_again(stage: Stage, line, ground: str) -> None:
    """What is only close to the line by more experts, where the draw left enough alternates; the best of a task by a
    vote, where one will come (`close_votes`); else the lowest score is explained."""
    application = line.application
    officer, wanted = stage.cast.officers[0], stage.spec.review.reconsider.extra_experts
    waiting = Alternate.objects.filter(application=application, state=Alternate.State.WAITING).count()
    named = {"by": officer, "ground": ground, "reason": "专家意见不一，请核对指标依据。"}
    row = None
    if ground == Reconsideration.Ground.SPREAD and line.rank == 1 and reconsidering.vote_ahead(application):
        workflow.reconsider(application, way=Way.VOTE, **named)
        return
    if ground == Reconsideration.Ground.GREY and waiting >= wanted:
        due = stage.now + timedelta(days=5)
        refusal = refused(workflow.reconsider, application, way=Way.EXTRA, due_at=due, **named)
        row = None if refusal else Reconsideration.objects.get(application=application, state="open")
    if row is None:
        lowest = min(line.sheets, key=lambda sheet: (sheet.total, sheet.expert)).expert
        sheets = application.assignments.signed().filter(expert=lowest)
        row = workflow.reconsider(application, way=Way.EXPLAIN, sheets=sheets, **named)
    for sheet in Assignment.objects.filter(application=application).open_now().order_by("expert__user__username"):
        _answer(stage, sheet)
    workflow.close_reconsideration(row, by=officer, conclusion="分歧已经说明，按现有评分办理。")


def close_votes(stage: Stage) -> None:
    """After the panel has met: what waited for its vote is closed."""
    waiting = Reconsideration.objects.filter(application__call=stage.call, state="open", way=Way.VOTE)
    for row in waiting.select_related("application").order_by("application__number"):
        workflow.close_reconsideration(
            row, by=stage.cast.officers[0], conclusion="会议已就分歧作出表决，按表决结果办理。"
        )


def _answer(stage: Stage, sheet: Assignment) -> None:
    """Who was asked keeps the points and writes more; who is new scores like the others."""
    expert = sheet.expert.user
    if sheet.state == Assignment.State.ASSIGNED:
        sheet = workflow.pledge(sheet, by=expert)
    held = dict(sheet.scores.values_list("criterion", "points"))
    points = {
        item.key: f"{held[item.key] / 100:g}" if item.key in held else str(70 + stage.rng.randint(0, 20))
        for item in stage.spec.review.criteria
    }
    opinion = paragraph(stage.rng, "复议意见", 120)
    saved = workflow.save_score(sheet, by=expert, points=points, opinion=opinion, base_version=sheet.sheet_version)
    workflow.sign(saved, by=expert)
