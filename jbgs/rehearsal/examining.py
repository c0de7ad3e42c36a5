"""Scene three: officers check the form, ask once for what is missing, accept, reject."""

from datetime import timedelta

from applications import rules, workflow
from jbgs.rehearsal.appealing import appeal
from jbgs.rehearsal.filing import mend
from jbgs.rehearsal.stage import Stage, refused

MISSING = ["联合申报协议缺少一方盖章。", "请补充检测报告的测试条件。"]


def play(stage: Stage) -> None:
    """Nothing to do where the call has no form check."""
    officer = stage.cast.officers[0]
    waiting = stage.open_to(rules.can_accept)
    with stage.later(days=3):
        asked = _ask_for_supplements(stage, officer, waiting)
    with stage.later(days=2):
        for place, application in enumerate(asked):
            if place % 4 != 3:  # one in four lets the time pass
                applicant = stage.applicant_of(application)
                mend(stage, application, applicant)
                workflow.supplement(application, by=applicant)
    with stage.later(days=10):
        for place, application in enumerate(stage.open_to(rules.can_accept, rules.can_reject)):
            _check(stage, place, application, officer)
            stage.tick("形式审查")
    if appeal(stage):
        with stage.later(days=5):
            for application in stage.open_to(rules.can_accept):
                _accept(application, officer)
    with stage.later(days=1):
        for application in stage.open_to(rules.can_start_review):
            workflow.start_review(application, by=officer)


def _ask_for_supplements(stage: Stage, officer, waiting) -> list:
    if not stage.spec.flow.supplement:
        return []
    chosen = [application for place, application in enumerate(waiting) if place % 8 == 5]
    due = stage.now + timedelta(days=7)
    return [workflow.request_supplement(one, by=officer, items=MISSING, due_at=due) for one in chosen]


def _check(stage: Stage, place: int, application, officer) -> None:
    """Overdue supplements and one in sixteen are rejected; the form check of the others holds."""
    overdue = not rules.can_accept.open(application)
    grounds = stage.spec.grounds
    if grounds and (overdue or place % 16 == 3):
        ground = grounds[place % len(grounds)].code
        workflow.reject(application, by=officer, ground=ground, reason="经核对，不符合申报条件，详见所列情形。")
        return
    if place % 23 == 1:  # an officer of nothing tries
        refused(workflow.accept, application, by=stage.cast.officers[-1], items={})
    _accept(application, officer)


def _accept(application, officer) -> None:
    items = {item.code: True for item in application.call_version.spec.check_items}
    workflow.accept(application, by=officer, items=items)
