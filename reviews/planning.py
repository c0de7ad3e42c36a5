"""Rows → `drawing.Problem`: who could review what on the days of the review, as one draw sees it.

Keys are account names of experts and numbers of applications, never keys of rows: the same data give the same problem
in whatever database. Constant number of queries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from accounts.queries import comparable_name
from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.crypto import sha256_hex
from reviews import affinity, drawing, standing
from reviews.conflicts import Conflict, find
from reviews.disciplines import Tree
from reviews.models import ACTIVE, Absence, Assignment, DrawPlan, Employment, Expert
from reviews.queries import UNDECIDED, experts_with_load
from reviews.rounds import counts, experts_wanted, reopened_at

GONE = "gone"
"""Why somebody does not come back to an application: taken off it, declined, or of a review that was begun anew."""
ONLY = "only"
"""In a plan's settings beside those of `drawing`: account names to which the draw is confined, when it is."""


@dataclass
class Gathered:
    """What a draw is made of. `applications` and `experts` by the keys that the problem uses.

    `experts` are all who could be asked for, with `busy` and `busy_here`. `found`: conflicts by (expert key,
    application key).
    """

    problem: drawing.Problem
    applications: dict[str, Application]
    experts: dict[str, Expert]
    found: dict[tuple[str, str], Conflict]


def settings_of(call) -> dict:
    """The conditions that the call's rules ask for, as a plan keeps them."""
    spec = call.spec.review.assignment
    chosen = drawing.Settings(
        mode=spec.mode, panel=spec.panel, recusal=spec.recusal, k=experts_wanted(call), noise=spec.noise,
        qualified_from=spec.qualified_from, per_employer=spec.per_employer, per_region=spec.per_region,
        employer_hard=spec.employer_force == "hard", region_hard=spec.region_force == "hard", load=spec.load,
        alternates=spec.alternates,
    )  # fmt: skip
    return chosen.as_json()


def read_settings(kept: Mapping) -> drawing.Settings:
    """A plan's settings as the mathematics wants them."""
    return drawing.Settings.from_json({name: value for name, value in kept.items() if name != ONLY})


def problem_of(plan: DrawPlan) -> drawing.Problem:
    """The problem as the rows stand now."""
    return gather(plan).problem


def seed_of(secret: str, value: str, input_sha256: str) -> str:
    """The seed of a draw: SHA-256 of secret ‖ public value ‖ input hash, each half unknown to one of the two people."""
    return sha256_hex(f"{secret}{value}{input_sha256}".encode())


def first_review(sheets: Iterable[Assignment]) -> datetime | None:
    """When the first of these experts opened an application, or wrote or signed a score (offline, without opening)."""
    begun = (sheet.opened_at or sheet.saved_at or sheet.signed_at for sheet in sheets)
    return min((at for at in begun if at), default=None)


def words_of(gathered: Gathered) -> tuple[dict[str, str], dict[str, str]]:
    """Names of experts and titles of applications by the keys of the problem."""
    names = {key: row.user.name for key, row in gathered.experts.items()}
    return names, {key: row.title for key, row in gathered.applications.items()}


def titles_of(call, keys) -> dict[str, str]:
    """Titles of applications by their numbers, in whatever state they are now."""
    return dict(Application.objects.filter(call=call, number__in=list(keys)).values_list("number", "title"))


def key_of(application: Application) -> str:
    """What an application is called in a draw."""
    return application.number or str(application.pk)


def gather(plan: DrawPlan) -> Gathered:
    """Read everything that the draw hangs on, and build its problem."""
    settings = read_settings(plan.settings)
    tasks = list(plan.tasks.order_by("order"))
    applications = {key_of(row): row for row in applications_of(tasks)}
    experts = {row.user.username: row for row in _pool(plan)}
    names = {row.pk: key for key, row in experts.items()}
    numbers = {row.pk: key for key, row in applications.items()}
    found = find(applications.values(), experts.values())
    found = {(names[expert], numbers[pk]): conflict for (expert, pk), conflict in found.items()}
    blocked: dict[str, dict[str, str]] = {key: {} for key in applications}
    for (expert, key), conflict in found.items():
        blocked[key][expert] = conflict.kind
    seated, gone = _who_sits(applications, plan, names)
    for key, people in gone.items():
        blocked[key] |= dict.fromkeys(people, GONE)
    matches = _matches(plan.call, tasks, experts)
    groups = []
    for task in tasks:
        fits = {key: matches[task.pk, key].value for key in sorted(experts) if matches[task.pk, key].value}
        places = [
            drawing.Place(key, max(0, settings.k - len(seated[key])), fits, blocked[key], tuple(sorted(seated[key])))
            for key, row in sorted(applications.items())
            if row.task_id == task.pk
        ]
        if any(place.need for place in places):
            groups.append(drawing.Group(task.code, task.title, tuple(places)))
    problem = drawing.Problem(settings, tuple(groups), _judges(experts, settings, _away(experts, plan)))
    return Gathered(problem, applications, experts, found)


def standing_of(plan: DrawPlan, gathered: Gathered) -> standing.Standing:
    """How these experts stand to these applications, with what the engine said when they were gathered."""
    experts = {key: row.pk for key, row in gathered.experts.items()}
    applications = {key: row.pk for key, row in gathered.applications.items()}
    found = {(experts[name], applications[key]): conflict for (name, key), conflict in gathered.found.items()}
    rows = gathered.applications.values(), gathered.experts.values()
    return standing.read(plan.call, plan.round, *rows, found=found)


def applications_of(tasks):
    """The applications of these tasks that still await a decision."""
    rows = Application.objects.filter(task__in=tasks, state__in=UNDECIDED).annotate(reopened_at=reopened_at())
    return rows.select_related("unit", "task", "call__current_version").order_by("number", "pk")


def _pool(plan: DrawPlan):
    """All who take part in reviews; fictitious people review rehearsals only, and nobody else does."""
    pool = experts_with_load(plan.call).filter(
        is_available=True, user__is_active=True, user__is_fictitious=plan.call.is_rehearsal or plan.call.is_demo
    )
    pool = pool.filter(user__username__in=plan.settings[ONLY]) if ONLY in plan.settings else pool
    working = Q(to_on=None) | Q(to_on__gte=clock.today())
    return pool.prefetch_related(Prefetch("employments", Employment.objects.filter(working), to_attr="also_at"))


def _away(experts: Mapping[str, Expert], plan: DrawPlan) -> frozenset[str]:
    """Who is away or banned on any day from now (a frozen draw: from then) to the day on which the sheets are due."""
    first = clock.local(plan.frozen_at or clock.now()).date()
    last = clock.local(plan.due_at).date() if plan.due_at else first
    rows = Absence.objects.filter(expert__in=experts.values(), from_on__lte=last, lifted_at=None)
    out = set(rows.filter(Q(to_on=None) | Q(to_on__gte=first)).values_list("expert_id", flat=True))
    return frozenset(key for key, row in experts.items() if row.pk in out)


def _who_sits(applications: Mapping[str, Application], plan: DrawPlan, names: Mapping[int, str]):
    """Account names by application: who reviews it, and who was taken off it; sheets of a draw that was taken back say
    nothing."""
    keys = {row.pk: key for key, row in applications.items()}
    seated: dict[str, set[str]] = {key: set() for key in applications}
    gone: dict[str, set[str]] = {key: set() for key in applications}
    rows = Assignment.objects.filter(round=plan.round, application__in=keys).exclude(plan__state=DrawPlan.State.UNDONE)
    fields = ("application_id", "expert__user__username", "state", "assigned_at")
    for pk, name, state, given in rows.values_list(*fields):
        key = keys[pk]
        sits = state in ACTIVE and counts(given, applications[key].reopened_at)
        (seated if sits else gone)[key].add(name)
    return seated, {key: people & set(names.values()) for key, people in gone.items()}


def _matches(call, tasks, experts: Mapping[str, Expert]) -> dict[tuple[int, str], affinity.Match]:
    """How well each expert fits each task; experts with the same words are looked at once."""
    path, specs, found = Tree.load().path, call.spec.tasks, {}
    for task in tasks:
        spec = specs.get(task.code)
        topics = (*spec.disciplines, *spec.keywords) if spec else ()
        known: dict[tuple[str, ...], affinity.Match] = {}
        for key, expert in experts.items():
            words = tuple(expert.disciplines)
            if words not in known:
                known[words] = affinity.of(topics, words, path)
            found[task.pk, key] = known[words]
    return found


def _judges(experts: Mapping[str, Expert], settings: drawing.Settings, away) -> tuple[drawing.Judge, ...]:
    """Whom the draw may pick. An employer is its credit code, or its name where nobody of it gave one."""
    codes = {comparable_name(row.unit_name): row.unit_code for row in experts.values() if row.unit_code}

    def employers(row: Expert) -> tuple[str, ...]:
        units = [(row.unit_code, row.unit_name), *((also.unit_code, also.unit_name) for also in row.also_at)]
        known = (code or codes.get(comparable_name(name)) or comparable_name(name) for code, name in units)
        return tuple(dict.fromkeys(known))

    return tuple(
        drawing.Judge(key, _room(row, settings), employers(row), row.region[:2], key in away)
        for key, row in sorted(experts.items())
    )


def _room(expert: Expert, settings: drawing.Settings) -> int:
    """How many more applications: the own limit counts in all calls under way, the call's limit in this one."""
    own = expert.max_load - expert.busy
    return max(0, min(own, settings.load - expert.busy_here) if settings.load else own)
