"""What is said of a rehearsal at its end: where everything stands, what waits for nobody, which stages were played."""

from collections import Counter

from applications import rounds, rules
from applications.models import Application, Obligation, Publicity, RecommendationList, RoundOutcome
from applications.obligations import requests_of, specs_of
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal import ending
from jbgs.rehearsal.stage import Stage
from programmes import windows
from reviews.models import Assignment

ONWARD = (
    rules.can_recommend, rules.can_supplement, rules.can_accept, rules.can_start_review, rules.can_propose,
    rules.can_shortlist, rules.can_start_work, rules.can_award,
)  # fmt: skip
"""Somebody has to do one of these to an application that is open to it."""


def verdict(stage: Stage) -> dict:
    """{states, stuck, stages, unplayed, unmet, log, green}: `stages` counts what was done in each stage of the flow."""
    with clock.travel(stage.now):
        stuck = [_named(one) for one in stage.applications() if _waits(stage, one)]
    stages = _stages(stage)
    found = {
        "states": dict(Counter(one.state for one in stage.applications())),
        "stuck": stuck,
        "stages": stages,
        "unplayed": [name for name, count in stages.items() if not count],
        "unmet": sorted(set(stage.unmet)),
        "log_intact": not any(broken_entries(log_of(stage))),
    }
    green = not (found["stuck"] or found["unplayed"] or found["unmet"]) and found["log_intact"]
    return found | {"green": green}


def log_of(stage: Stage):
    """Every entry on the applications of this rehearsal."""
    ids = Application.objects.filter(call=stage.call).values("pk")
    return Entry.objects.filter(object_type=Application._meta.label_lower, object_id__in=ids)


def _named(application) -> str:
    return f"{application.number or application.pk} {application.task.code}: {application.state}"


def _waits(stage: Stage, application: Application) -> bool:
    """Whether somebody in the rehearsal should have done something more."""
    if any(rule.open(application) for rule in ONWARD):
        return True
    if rules.can_submit.open(application):  # a draft or a return: its time is over, or it was forgotten
        due = application.return_due_at
        named = {"department": application.department, "unit": application.unit, "due": due}
        return not windows.window(stage.call, "apply", **named).has_closed(clock.now())
    return stage.spec.flow.evaluation and rules.can_submit_evaluation.open(application)


def _stages(stage: Stage) -> dict[str, int]:
    """How often each stage that the call has switched on was really played."""
    flow, spec, call = stage.spec.flow, stage.spec, stage.call
    ids = Application.objects.filter(call=call).values("pk")
    log = log_of(stage).done()
    by_hand = log.exclude(actor__role="system")
    done = Counter(by_hand.values_list("action", flat=True))
    stages = {"filing": done["submit"]}
    if flow.recommendation:
        stages["recommendation"] = done["recommend"]
    if flow.recommendation and flow.recommendation_list:
        stages["recommendation_list"] = RecommendationList.objects.filter(call=call).exclude(letter_no="").count()
    if flow.form_check:
        stages["form_check"] = done["accept"]
    if flow.form_check and flow.supplement:
        stages["supplement"] = done["supplement"]
    if flow.review:
        stages |= _rounds(stage, log)
    if flow.publicity_days:
        stages["publicity"] = Publicity.objects.filter(call=call).count()
    if "appeal" in spec.clocks:
        stages["appeal"] = done["settle_appeal"]
    handed_in = Counter(
        Obligation.objects.filter(application__in=ids, submissions__gt=0).values_list("code", flat=True)
    )
    asked_for = [one.code for one in requests_of(spec)]  # nobody owes them
    stages |= {f"obligation {one.code}": handed_in[one.code] for one in specs_of(spec) if one.code not in asked_for}
    stages["work"] = log.filter(action="start_work").count()
    if flow.evaluation:
        stages |= {"evaluation": done["submit_evaluation"], "award": done["award"]}
    if "ban" in spec.clocks and (done["revoke"] or stages["work"] >= ending.ENOUGH):
        stages["revocation"] = done["revoke"]  # of fewer the rehearsal revokes nobody
    return stages


def _rounds(stage: Stage, log) -> dict[str, int]:
    """Signed sheets, recorded outcomes, choices of owners."""
    played = {}
    for round_ in rounds.rounds_of(stage.call):
        name = f"round {round_.position} {round_.kind}"
        if round_.kind == rounds.SCORED:
            played[name] = Assignment.objects.filter(round=round_.row).signed().count()
        elif round_.kind == rounds.CHOSEN:
            played[name] = log.filter(action__in=rules.CHOICES, actor__role="owner").count()
        else:
            played[name] = RoundOutcome.objects.filter(round=round_.row).count()
    return played
