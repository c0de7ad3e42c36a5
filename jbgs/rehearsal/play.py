"""A rehearsal from the first draft to the winners: `play(call, applications=…, seed=…)`.

The loaded call is never touched: what is played is a copy marked `is_rehearsal`, in the call's own calendar. The same
seed gives the same story.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import system_user
from applications import quota
from applications.models import Application
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal import (
    casting,
    deciding,
    ending,
    evaluating,
    examining,
    filing,
    recommending,
    reconsidering,
    reporting,
    reviewing,
    rounds,
)
from jbgs.rehearsal.stage import Stage
from programmes import windows
from programmes.copying import copy_call
from programmes.models import Call
from reviews.models import Assignment

SCENES = (
    filing, recommending, examining, reviewing, reconsidering, rounds, deciding, reporting, ending, evaluating,
)  # fmt: skip


def play(original: Call, *, applications: int, seed: int, tick: Callable[[str], None] = lambda scene: None):
    """Copy the call and play it whole: the stage as it stands at the end, and the figures of the JSON line.

    `queries` counts what the scenes send to the database, not the making of the copy and its people: these are met
    again by the next rehearsal of the same seed.
    """
    started = time.monotonic()
    system_user()  # made on first use, which may be this rehearsal
    stage = _set(original, applications, seed, tick)
    ContentType.objects.clear_cache()
    counter = _Counter()
    with connection.execute_wrapper(counter):
        for scene in SCENES:
            scene.play(stage)
    figures = summary(stage) | {"queries": counter.count, "seconds": round(time.monotonic() - started, 1)}
    return stage, figures


def summary(stage: Stage) -> dict:
    """What happened, counted from the rows and the log."""
    played = Application.objects.filter(call=stage.call)
    ids = list(played.values_list("pk", flat=True))
    entries = Entry.objects.filter(object_type=Application._meta.label_lower, object_id__in=ids)

    def reached(verb: str) -> int:
        return entries.done().filter(action=verb).values("object_id").distinct().count()

    def lasting(verb: str, undoing: str) -> int:
        """Applications of which the last word is `verb` and not the verb that undoes it."""
        last = dict(
            entries.done().filter(action__in=(verb, undoing)).order_by("sequence").values_list("object_id", "action")
        )
        return sum(action == verb for action in last.values())

    return {
        "call": stage.call.original.slug,
        "tasks": len(stage.tasks),
        "applications": len(ids),
        "submitted": reached("submit"),
        "returned": reached("return_for_changes"),
        "recommended": played.filter(quota_uses__scope__code="recommend").count() or reached("recommend"),
        "quota_refusals": entries.refused().filter(code__startswith="quota_").count(),
        "rejected": lasting("reject", "reopen_form_check"),
        "reviewed": Assignment.objects.filter(application__in=ids).signed().values("application").distinct().count(),
        "shortlisted": reached("shortlist"),
        "won": lasting("award", "revoke"),
        "quota_breaches": len(quota.breaches(stage.call)),
    }


class _Counter:
    """Counts statements, without those that only mark out transactions."""

    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT"))
        return execute(sql, params, many, context)


def _set(original: Call, count: int, seed: int, tick) -> Stage:
    """The copy, its people and the first moment."""
    rng = Random(seed)
    number = 1 + original.copies.filter(slug__startswith=f"{original.slug}-r{seed}-").count()
    call = copy_call(original, f"{original.slug}-r{seed}-{number}", is_rehearsal=True)
    window = windows.window(call, "apply")
    start = window.opens_at or window.closes_at - timedelta(days=30)
    with clock.travel(start):
        places = casting.deal(call, count)
        cast = casting.cast_of(call, rng, places, seed)
    return Stage(call, rng, cast, count, start, list(dict.fromkeys(places)), tick, places)
