"""An end before its time: the unit is told why, speaks, is heard by another officer; then two officers decide (P22)."""

from datetime import timedelta

from applications import rules, workflow
from applications.models import Hearing
from jbgs.lib import clock
from jbgs.rehearsal.stage import Stage, decide, refused

ENOUGH = 3  # of fewer at work nobody loses the place, or the call would have no winners


def play(stage: Stage) -> None:
    """The last of those at work is revoked where the call has a ban; a decision without a hearing is refused first."""
    candidates = stage.open_to(rules.can_revoke)
    if "ban" not in stage.spec.clocks or len(candidates) < ENOUGH:
        return
    chosen = candidates[-1]
    ground = "经查实，申报材料中的检测报告系伪造。"
    with stage.later(days=30):
        if refused(decide, stage, chosen, rules.can_revoke.verb, reason=ground):
            for prepared in chosen.decisions.filter(state="prepared"):
                workflow.discard_decision(prepared, by=stage.cast.officers[0])
    end(stage, chosen, rules.can_revoke.verb, ground=ground)


def end(stage: Stage, application, verb: str, *, ground: str) -> None:
    """Notice, statement, finding, decision."""
    first, second = stage.two_officers()
    with stage.later(days=1):
        until = clock.today() + timedelta(days=15)
        workflow.give_notice(application, by=first, verb=verb, ground=ground, state_until=until)
    with stage.later(days=5):
        statement = "对拟处理意见有异议，说明如下：有关情况系第三方所致。"
        workflow.make_statement(application, by=stage.applicant_of(application), text=statement)
    with stage.later(days=5):
        finding = "经听取陈述申辩并复核，事实清楚，维持拟处理意见。"
        workflow.close_hearing(application, by=second, result=Hearing.Result.KEPT, finding=finding)
        application.refresh_from_db()
        refusal = decide(stage, application, verb, reason=ground)
        if refusal:
            raise refusal
        stage.tick("终止和撤销")
