"""A rehearsal from the first draft to the winners: `play(call, applications=…, seed=…)`.

The loaded call is never touched: what is played is a copy marked `is_rehearsal`, in the call's own calendar. The same
seed gives the same story.
"""

import time
from collections.abc import Callable
from random import Random

from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import system_user
from applications import access, quota
from applications.models import Application
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.regions import REGIONS
from jbgs.rehearsal import deciding, evaluating, examining, fiction, filing, recommending, reviewing
from jbgs.rehearsal.cast import make_department, make_person, make_unit
from jbgs.rehearsal.stage import Cast, Stage
from programmes import windows
from programmes.copying import copy_call
from programmes.models import Call
from reviews.models import Assignment, Expert
from reviews.workflow import create_expert

SCENES = (filing, recommending, examining, reviewing, deciding, evaluating)
APPLICATIONS_PER_TASK = 20
"""Few enough tasks that every quota comes under pressure."""
DEPARTMENTS = 6
UNIT_TYPES = ("enterprise", "enterprise", "institute", "university", "new_rnd")
SERIALS_PER_SEED = 1000


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

    return {
        "call": stage.call.original.slug,
        "tasks": len(stage.tasks),
        "applications": len(ids),
        "submitted": reached("submit"),
        "returned": reached("return_for_changes"),
        "recommended": played.filter(quota_uses__scope__code="recommend").count() or reached("recommend"),
        "quota_refusals": entries.refused().filter(code__startswith="quota_").count(),
        "rejected": reached("reject"),
        "reviewed": Assignment.objects.filter(application__in=ids).signed().values("application").distinct().count(),
        "shortlisted": reached("shortlist"),
        "won": reached("award"),
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
    with clock.travel(window.opens_at or window.closes_at):
        cast = _cast(call, rng, count, seed)
    tasks = list(call.tasks.select_related("field").order_by("order")[: max(1, count // APPLICATIONS_PER_TASK)])
    return Stage(call, rng, cast, count, window.opens_at or window.closes_at, tasks, tick)


def _cast(call: Call, rng: Random, count: int, seed: int) -> Cast:
    """Everybody is fictitious; a second rehearsal of the same seed meets the same people."""
    base = seed * SERIALS_PER_SEED % 900_000
    regions = [region.code for region in REGIONS]
    units = [
        make_unit(base + n, type=UNIT_TYPES[n % len(UNIT_TYPES)], region=regions[n % DEPARTMENTS]) for n in range(count)
    ]
    applicants = [
        make_person(f"r{seed}-unit-{n}", "unit_admin", name=fiction.person_name(rng), unit=unit)
        for n, unit in enumerate(units)
    ]
    departments = _departments(call, seed, regions)
    recommenders = {
        department.pk: make_person(
            f"{department.code}-person", "recommender", name=fiction.person_name(rng), department=department
        )
        for department in departments
    }
    officers = [make_person(f"r{seed}-officer-{n}", "officer", name=fiction.person_name(rng)) for n in range(3)]
    for officer in officers[:2]:
        access.grant_call(officer, call)
    return Cast(units, applicants, departments, recommenders, officers, _experts(call, rng, seed, count, officers[0]))


def _departments(call: Call, seed: int, regions: list[str]) -> list:
    kinds = call.spec.recommenders.kinds or ("other",)
    return [
        make_department(
            f"r{seed}-{n}", f"虚构推荐单位第{n + 1}号", kind=kinds[n % len(kinds)], region=regions[n], order=n
        )
        for n in range(DEPARTMENTS)
    ]


def _experts(call: Call, rng: Random, seed: int, count: int, officer) -> list[Expert]:
    """Enough for every task to have its own panel, from units of their own."""
    wanted = call.spec.review.experts_per_application * 3 + 3
    experts = []
    for n in range(wanted):
        person = make_person(f"r{seed}-expert-{n}", "expert", name=fiction.person_name(rng))
        unit = f"虚构专家单位第{n + 1}号"
        known = Expert.objects.select_related("user").filter(user=person).first()
        experts.append(
            known or create_expert(by=officer, user=person, unit_name=unit, disciplines=["综合"], max_load=200)
        )
    return experts
