"""Last scene: two years later units file what they measured, officers confirm it and two of them name the winners."""

from datetime import timedelta

from applications import checking, rules, workflow
from jbgs.rehearsal.fiction import measured
from jbgs.rehearsal.stage import Stage, decide, refused
from programmes import windows


def play(stage: Stage) -> None:
    """Nothing to do where the call has no evaluation."""
    if not stage.spec.flow.evaluation:
        return
    working = stage.open_to(rules.can_submit_evaluation)
    if not working:
        return
    due = max((application.work_due_on for application in working if application.work_due_on), default=None)
    moment = windows.end_of(due) if due else stage.now + timedelta(days=365)
    with stage.at(moment + timedelta(days=10)):
        for place, application in enumerate(working):
            _file(stage, place, application)
            stage.tick("测评")
    with stage.later(days=20):
        officer = stage.cast.officers[0]
        for application in stage.open_to(rules.can_confirm_measurements):
            indicators = checking.indicators_of(application)
            rows = {item.code: {"text_met": True} for item in indicators if item.is_text}
            workflow.confirm_measurements(application, by=officer, rows=rows)
    with stage.later(days=5):
        _name_winners(stage)


def _file(stage: Stage, place: int, application) -> None:
    """One in five falls short in one indicator; one forgets a proof first."""
    applicant = stage.applicant_of(application)
    promises = {row.indicator_code: row.promise for row in application.commitments.all()}
    indicators = checking.indicators_of(application)
    weak = next((item.code for item in indicators if not item.is_text), None) if place % 5 == 2 else None
    rows = {
        item.code: {
            "measured": measured(stage.rng, item, promises.get(item.code, {}), fails=item.code == weak),
            "proof": "第三方检测报告（虚构）",
        }
        for item in indicators
    }
    if place % 7 == 1:
        last = indicators[-1].code
        workflow.save_measurements(application, {**rows, last: {**rows[last], "proof": ""}}, by=applicant)
        refused(workflow.submit_evaluation, application, by=applicant)
    workflow.save_measurements(application, rows, by=applicant)
    workflow.submit_evaluation(application, by=applicant)


def _name_winners(stage: Stage) -> None:
    """In each task those who met everything, until the quota refuses; the others did not win."""
    for task in stage.tasks:
        running = [one for one in stage.open_to(rules.can_award) if one.task_id == task.pk]
        best = sorted(running, key=lambda one: (_missed(one), one.pk))
        for place, application in enumerate(best, 1):
            said = {"reason": "测评指标全部达到。", "rank": place, "evidence": {"supplier": ("yes", "no")[place % 2]}}
            if _missed(application) or decide(stage, application, "award", **said):
                decide(stage, application, "not_award", reason="按测评结果和名额，本次未列入优胜。")
            stage.tick("优胜")


def _missed(application) -> int:
    return sum(row["met_target"] is False for row in workflow.verdicts(application))
