"""Steps of a large draw, done by the worker while the page says so: the row of documents.jobs is the job.

The verb is the same as in a request and passes the same door, by the person who asked.
"""

import json

from django.db import transaction

from accounts.models import User
from applications.models import Application
from audit import log
from documents import jobs
from documents.models import Artifact
from jbgs.lib.errors import Refused
from reviews import workflow
from reviews.actions_draw import PLAN_ACTS, locked_plan
from reviews.models import DrawPlan
from reviews.queries import UNDECIDED

KIND = "draw_step"
LARGE = 2_000
"""More seats than this are not computed while somebody waits."""

STEPS = {
    "preview": ("preview_draw", workflow.preview_plan),
    "freeze": ("freeze_draw", workflow.freeze),
    "value": ("give_public_value", workflow.give_public_value),
    "publish": ("publish_draw", workflow.publish),
}


def is_large(plan: DrawPlan) -> bool:
    """Whether the seats of the draw are more than a request should compute; one query."""
    wanted = Application.objects.filter(task__in=plan.tasks.all(), state__in=UNDECIDED).count()
    return wanted * plan.settings.get("k", 1) > LARGE


def request(plan: DrawPlan, step: str, *, by, key: str = "", **named) -> Artifact:
    """Ask the worker for one step. Refused at once, with its entry, where the door would not let it through now."""
    act = PLAN_ACTS[STEPS[step][0]]
    try:
        with transaction.atomic():
            act.check(locked_plan(plan.pk), by, named)
    except Refused as refusal:
        log.append_refusal(plan, act.name, by, refusal)
        raise
    params = {"plan": plan.pk, "step": step, "by": by.pk, "key": key, "named": named}
    return jobs.request(KIND, f"draw:{plan.pk}:{step}:{key}", params=params, by=by)


def build(artifact: Artifact) -> tuple[bytes, str]:
    """Do the step; the file says what was done."""
    params = artifact.params
    plan, by = DrawPlan.objects.get(pk=params["plan"]), User.objects.get(pk=params["by"])
    STEPS[params["step"]][1](plan, by=by, key=params["key"], **params["named"])
    plan.refresh_from_db()
    told = {"draw": plan.pk, "step": params["step"], "state": plan.state}
    return json.dumps(told).encode(), f"draw-{plan.pk}-{params['step']}.json"


def last_of(plan: DrawPlan) -> Artifact | None:
    """The newest step that was asked of the worker; None for draws that need none."""
    return Artifact.objects.filter(kind=KIND, owner_key__startswith=f"draw:{plan.pk}:").order_by("-pk").first()


def register() -> None:
    jobs.register(KIND, build, label="专家抽取")
