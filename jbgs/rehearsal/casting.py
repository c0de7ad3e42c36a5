"""Everybody who plays a call: read from what it asks of leads, recommenders, reviewers and owners. All fictitious."""

from random import Random

from accounts.models import Department, Unit
from applications import access
from jbgs.lib.regions import REGIONS
from jbgs.lib.validators import make_uscc
from jbgs.rehearsal import fiction
from jbgs.rehearsal.cast import make_department, make_person, make_unit
from jbgs.rehearsal.scholars import Scholars
from jbgs.rehearsal.stage import Cast
from jbgs.rehearsal.wishes import lead_of
from programmes.models import Call, Task
from programmes.spec import CallSpec
from reviews.models import Expert

TASKS_SHARE = 20
"""Few enough tasks that every quota comes under pressure."""
MOST_DEPARTMENTS = 6
UNIT_TYPES = ("enterprise", "enterprise", "institute", "university", "new_rnd")
SERIALS_PER_SEED = 1000
REGION_CODES = [region.code for region in REGIONS]
OWNERS_SERIAL = 960_000
REGISTERED = {"enterprise_kind": "国家高新技术企业", "certificate_no": "GR-虚构-000001"}
"""What a unit registers of itself where a rule asks for it."""


def deal(call: Call, count: int) -> list[Task]:
    """The task of each application. Most go to the first tasks, so that quotas come under pressure; of the other
    tasks one of every kind (rules of its own, parts, owner, category) gets a single one, as far as a sixth of all."""
    tasks = list(call.tasks.filter(retired=False).select_related("field").order_by("order"))
    main = tasks[: max(1, count // TASKS_SHARE)]
    played = {_kind(call.spec, task) for task in main}
    others = [task for task in one_of_each_kind(call.spec, tasks) if _kind(call.spec, task) not in played][: count // 6]
    return [main[place % len(main)] for place in range(count - len(others))] + others


def one_of_each_kind(spec: CallSpec, tasks: list[Task]) -> list[Task]:
    """The first task of every kind, in their order."""
    first: dict[tuple, Task] = {}
    for task in tasks:
        first.setdefault(_kind(spec, task), task)
    return list(first.values())


def _kind(spec: CallSpec, task: Task) -> tuple:
    """What makes a task different to play: equal ones need not all be played."""
    said = spec.tasks[task.code]
    rules = tuple((rule.code, rule.force, repr(sorted(rule.params.items()))) for rule in said.requirements)
    return said.category, rules, bool(said.parts), said.owner, repr(dict(said.quotas))


def cast_of(call: Call, rng: Random, places: list[Task], seed: int) -> Cast:
    """Everybody is fictitious; a second rehearsal of the same seed meets the same people."""
    departments = _departments(call, places, seed)
    units = [
        lead(call.spec, task, place, seed, region=department.region if department else "")
        for place, task in enumerate(places)
        for department in [dealt(departments, place, len(places))]
    ]
    applicants = [
        make_person(f"r{seed}-{unit.code.lower()}", "unit_admin", name=fiction.person_name(rng), unit=unit)
        for unit in units
    ]
    recommenders = {
        department.pk: make_person(
            f"{department.code}-person", "recommender", name=fiction.person_name(rng), department=department
        )
        for department in departments
    }
    officers = [make_person(f"r{seed}-officer-{n}", "officer", name=fiction.person_name(rng)) for n in range(3)]
    for officer in officers[:2]:
        access.grant_call(officer, call)
    experts = _experts(call, rng, seed, officers[0], list(dict.fromkeys(places)))
    return Cast(units, applicants, departments, recommenders, officers, experts, _owners(call, rng, places, seed))


def dealt(departments: list[Department], place: int, count: int) -> Department | None:
    """Through which department an application goes: each in turn, so that every one has several for each task."""
    return departments[(place // max(1, count // TASKS_SHARE)) % len(departments)] if departments else None


def lead(spec: CallSpec, task: Task, place: int, seed: int, *, region: str = "") -> Unit:
    """A unit that may lead an application for this task; of `region`, where its department has one."""
    wish = lead_of(spec, spec.tasks[task.code])
    types = [type_ for type_ in UNIT_TYPES if type_ in wish.types] or list(wish.types) or UNIT_TYPES
    type_ = types[place % len(types)]
    regions = _regions(wish.regions)
    region = region or regions[place % min(len(regions), MOST_DEPARTMENTS)]
    serial = (seed * SERIALS_PER_SEED + place) % 900_000
    # The type stands in the code, so that the same serial as another type is another unit.
    code = make_uscc(serial, f"{region[:4]}{1 + list(Unit.Type.values).index(type_):02d}")
    unit = make_unit(serial, type=type_, region=region, code=code, registered_by=wish.registered_by)
    asked = {fact for fact, leads in wish.facts if not leads or unit.type in leads}
    missing = {fact: words for fact, words in REGISTERED.items() if fact in asked and not getattr(unit, fact)}
    if missing:
        Unit.objects.filter(pk=unit.pk).update(**missing)
        unit.refresh_from_db()
    return unit


def _regions(wanted: tuple[str, ...]) -> list[str]:
    """The regions of leads and departments: those that a rule names, in the notation of the 37, else all of them."""
    named = [code for code in REGION_CODES if any(code.startswith(one.removesuffix("0000")) for one in wanted)]
    return named or list(wanted) or REGION_CODES


def _departments(call: Call, places: list[Task], seed: int) -> list[Department]:
    """So many that each has more applications for one task than a quota of two would let through."""
    spec = call.spec
    if not spec.flow.recommendation:
        return []
    kinds = spec.recommenders.kinds or ("other",)
    limit = spec.quotas["recommend"].limit if "recommend" in spec.quotas else 2
    most = max(places.count(task) for task in places[:1])
    count = min(MOST_DEPARTMENTS, max(len(kinds), 2, most // (limit + 1)))
    regions = _regions(lead_of(spec, spec.tasks[places[0].code]).regions)
    return [
        make_department(
            f"r{seed}-{kinds[n % len(kinds)]}-{regions[n % len(regions)]}-{n}".replace("_", "-"),
            f"虚构推荐单位第{n + 1}号",
            kind=kinds[n % len(kinds)],
            region=regions[n % len(regions)],
            order=n,
        )
        for n in range(count)
    ]


def _experts(call: Call, rng: Random, seed: int, officer, tasks: list[Task]) -> list[Expert]:
    """Enough for every task to have its own panel, from units of their own; each knows one topic of every task."""
    wanted = max(item.experts for item in call.spec.review.rounds) * 3 + 3 if call.spec.flow.review else 0
    made = Scholars(call.spec, [call.spec.tasks[task.code] for task in tasks], officer)
    people = [make_person(f"r{seed}-expert-{n}", "expert", name=fiction.person_name(rng)) for n in range(wanted)]
    return [made.expert(n, person) for n, person in enumerate(people)]


def _owners(call: Call, rng: Random, places: list[Task], seed: int) -> dict[str, list]:
    """Two people of the owner of each task that is played, where the owner chooses."""
    owners: dict[str, list] = {}
    for place, task in enumerate(places):
        owner = call.spec.tasks[task.code].owner
        if owner is None or not owner.code or owner.code in owners or call.spec.flow.decision_by != "owner":
            continue
        unit = make_unit(OWNERS_SERIAL + place, code=owner.code, name=owner.name, region=owner.region or "110000")
        owners[owner.code] = [
            make_person(f"r{seed}-owner-{owner.code.lower()}-{n}", "owner", name=fiction.person_name(rng), unit=unit)
            for n in range(2)
        ]
    return owners
