"""Scene five: proposals up to and beyond the quota, publicity, objections, the list."""

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser

from applications import rounds, rules, workflow
from applications.exports_lists import KINDS
from jbgs.rehearsal import reconsidering, reviewing
from jbgs.rehearsal import rounds as rounds_scene
from jbgs.rehearsal.appealing import appeal
from jbgs.rehearsal.stage import Stage, decide
from reviews.ranking import ranking


def play(stage: Stage) -> None:
    """Task by task in the order of the ranking; who was left out may appeal; then the list is public, objections are
    settled, the list is fixed."""
    with stage.later(days=3):
        for place, task in enumerate(stage.tasks):
            _propose(stage, task, generous=place == 0)
    if appeal(stage):
        # A reopened review is done afresh, by other experts (N27).
        for scene in (reviewing, reconsidering, rounds_scene):
            scene.play(stage)
        with stage.later(days=3):
            for task in stage.tasks:
                _propose(stage, task, generous=False)
    _publicise(stage)
    with stage.later(days=1):
        officer = stage.cast.officers[0]
        for application in stage.open_to(rules.can_shortlist):
            workflow.shortlist(application, by=officer)
            stage.tick("入围")


def _propose(stage: Stage, task, *, generous: bool) -> None:
    """By rank until the quota refuses; the first task takes one more with a reason. Who failed a round is left out."""
    undecided = {found.pk: found for found in stage.open_to(rules.can_propose) if found.task_id == task.pk}
    ranked = [undecided[row.application.pk] for row in ranking(stage.call, task) if row.application.pk in undecided]
    extra, ways = generous, rounds.progress_of(ranked)
    for place, application in enumerate(ranked, 1):
        if way := ways[application.pk].failed:
            decide(stage, application, "pass_over", reason=f"“{way.label}”没有通过。", rank=place)
            continue
        refusal = decide(stage, application, "propose", reason="按评审排名拟入围。", rank=place)
        if refusal and extra:
            extra = False
            over = "与前一名得分相同且路线不同，增列一个以分散风险。"
            refusal = decide(stage, application, "propose", reason="并列增列。", rank=place, over_reason=over)
        if refusal:
            decide(stage, application, "pass_over", reason="评审排名在名额之后，本次未入围。", rank=place)
        stage.tick("拟入围")


def _publicise(stage: Stage) -> None:
    """One objection is dismissed, one upheld: that proposal is taken back."""
    proposed = stage.open_to(rules.can_open_publicity)
    if not proposed or not stage.spec.flow.publicity_days:
        return
    officer = stage.cast.officers[0]
    with stage.later(days=2):
        title = f"{stage.call.title}{KINDS['publicity'].name(stage.call)}公示"
        publicity = workflow.open_publicity(proposed, by=officer, title=title, contact="虚构处室 010-00000000")
    with stage.later(days=1):
        objected = proposed[:2] if len(proposed) > 2 else []
        for application in objected:
            workflow.raise_objection(
                application,
                by=AnonymousUser(),
                objector="虚构异议人",
                contact="虚构电话",
                text="指标依据不足，附材料。",
            )
    with stage.later(days=3):
        for place, application in enumerate(objected):
            objection = application.objections.get()
            workflow.settle_objection(objection, by=officer, upheld=place == 1, answer="经调查核实，结论如上。")
            if place == 1:
                application.refresh_from_db()
                decide(stage, application, "unpropose", reason="异议成立。")
                decide(stage, application, "pass_over", reason="异议成立，不再列入。")
    with stage.at(publicity.closes_at + timedelta(hours=9)):
        pass
