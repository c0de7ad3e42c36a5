"""Units that ask for a re-examination (N26): one is right, the next is not. Only where the call has a clock for it."""

from applications import rules, workflow
from jbgs.rehearsal.stage import Stage, decide, refused

REOPENING = (rules.can_reopen_form_check, rules.can_reopen_review)


def appeal(stage: Stage) -> list:
    """The first two that were refused and have not appealed yet; those whose appeal was upheld and reopened."""
    if "appeal" not in stage.spec.clocks:
        return []
    left_out = [one for one in stage.open_to(rules.can_appeal) if not one.appeals.exists()][:2]
    officer, reopened = stage.cast.officers[0], []
    with stage.later(days=2):
        for application in left_out:
            _raise(stage, application)
    with stage.later(days=5):
        for place, application in enumerate(left_out):
            answer = "经核查，原认定依据不足。" if place == 0 else "经核查，原决定并无不当。"
            workflow.settle_appeal(application.appeals.get(), by=officer, upheld=place == 0, answer=answer)
            if place == 0:
                application.refresh_from_db()
                verb = next(rule.verb for rule in REOPENING if rule.open(application))
                decide(stage, application, verb, reason="复审申请成立，重新办理。")
                reopened.append(application)
            stage.tick("复审")
    return reopened


def _raise(stage: Stage, application) -> None:
    """Where the call lists the grounds, what is no ground is tried first."""
    by, text = stage.applicant_of(application), "认定事实有误，附证明材料。"
    grounds = stage.spec.appeal_grounds
    for ground in grounds:
        if not ground.admissible:
            refused(workflow.raise_appeal, application, by=by, text=text, ground=ground.code)
    named = {"ground": next(one.code for one in grounds if one.admissible)} if grounds else {}
    workflow.raise_appeal(application, by=by, text=text, **named)
