"""Before a draw: how many experts are left for each group after each rule, and what would help where too few are.

Every figure of a proposal comes from solving again with that change; nothing is estimated. Proposals are tried for at
most TRIED groups together, with the room that the other groups leave.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from statistics import fmean

from programmes.review_spec import COMMON, FREE, PARTIAL, STRICT
from reviews import lots, optimum
from reviews.drawing.data import Diagnosis, Group, Outcome, Place, Problem, Proposal
from reviews.drawing.shortage import STEPS, blocked_on, seat_of
from reviews.drawing.solving import solve
from reviews.optimum import Judge

TRIED = 20
MORE_SHEETS = (1, 2, 5, 10)
LESS_FIT = (250, 1)
PARTIALLY, EACH, SOFT_EMPLOYER, SOFT_REGION = "partial", "free", "soft_employer", "soft_region"
WIDER, MORE, FEWER = "wider", "load", "fewer"


def diagnose(problem: Problem, outcome: Outcome | None = None) -> list[Diagnosis]:
    """Of every group with open seats, in the order of their keys. `outcome`: of this problem, where it is known."""
    outcome = outcome or solve(problem, "")
    short = [group for group in problem.groups if _missing(group, outcome)]
    proposals = _proposals(_only(problem, sorted(short, key=lambda one: one.key)[:TRIED], outcome)) if short else {}
    return [
        _diagnosis(group, problem, outcome, tuple(proposals.get(group.key, ())))
        for group in sorted(problem.groups, key=lambda group: group.key)
        if any(place.need > 0 for place in group.places)
    ]


def _diagnosis(group: Group, problem: Problem, outcome: Outcome, proposals: tuple[Proposal, ...]) -> Diagnosis:
    judges = {judge.key: judge for judge in problem.judges}
    steps: dict[str, set[str]] = {step: set() for step in STEPS}
    grounds: dict[str, set[str]] = {}
    usable = {}
    for place in _open(group):
        blocked = blocked_on(place, group, problem)
        found = optimum.funnel(seat_of(place, blocked, problem), judges)
        for step, rule in STEPS.items():
            steps[step].update(found[rule])
        usable[place.key] = len(found[optimum.RECUSED])
        for key in set(found[optimum.ROOM]) & blocked.keys():
            grounds.setdefault(blocked[key], set()).add(key)
    return Diagnosis(
        group.key,
        tuple((step, len(people)) for step, people in steps.items()),
        max(place.need for place in group.places),
        _missing(group, outcome),
        tuple(sorted(((code, len(people)) for code, people in grounds.items()), key=lambda one: (-one[1], one[0]))),
        dict(sorted(usable.items())),
        proposals,
    )


def _open(group: Group) -> list[Place]:
    return [place for place in group.places if place.need > 0]


def _missing(group: Group, outcome: Outcome) -> int:
    return sum(outcome.short[place.key].missing for place in group.places if place.key in outcome.short)


def _only(problem: Problem, groups: list[Group], outcome: Outcome) -> Problem:
    """The problem of these groups, with the room that the others leave."""
    inside = {place.key for group in groups for place in group.places}
    used = Counter(expert for key, chosen in outcome.pairs.items() if key not in inside for expert in chosen)
    judges = tuple(replace(judge, room=judge.room - used[judge.key]) for judge in problem.judges)
    return Problem(problem.settings, tuple(groups), judges)


def _proposals(problem: Problem) -> dict[str, list[Proposal]]:
    """By group, what would leave fewer empty seats there; of several sizes of a change the smallest that is enough."""
    found: dict[str, list[Proposal]] = {group.key: [] for group in problem.groups}
    before = solve(problem, "")
    for code, changes in _changes(problem):
        waiting = {group.key: _missing(group, before) for group in problem.groups}
        best: dict[str, Proposal] = {}
        for to, changed in changes:
            outcome = solve(changed, "")
            for group in changed.groups:
                missing = _missing(group, outcome)
                if missing < waiting.get(group.key, 0):
                    waiting[group.key] = missing
                    best[group.key] = _proposal(code, to, group, changed, outcome)
            if not any(waiting.values()):
                break
        for key, proposal in best.items():
            found[key].append(proposal)
    return found


def _changes(problem: Problem) -> Iterator[tuple[str, Iterator[tuple[int, Problem]]]]:
    """Each kind of change with its sizes, the gentlest first; made only when it is tried."""
    settings = problem.settings

    def with_(**changes) -> Iterator[tuple[int, Problem]]:
        yield 0, replace(problem, settings=replace(settings, **changes))

    if settings.panel == COMMON and settings.recusal == STRICT:
        yield PARTIALLY, with_(recusal=PARTIAL)
    if settings.panel == COMMON:
        yield EACH, with_(panel=FREE)
    if settings.per_region and settings.region_hard:
        yield SOFT_REGION, with_(region_hard=False)
    if settings.per_employer and settings.employer_hard:
        yield SOFT_EMPLOYER, with_(employer_hard=False)
    if settings.mode == lots.POOL:
        lower = [least for least in LESS_FIT if least < settings.qualified_from]
        yield WIDER, ((least, next(with_(qualified_from=least))[1]) for least in lower)
    yield MORE, ((more, _with_room(problem, more)) for more in MORE_SHEETS)
    yield FEWER, ((settings.k - less, _with_fewer(problem, less)) for less in range(1, settings.k))


def _with_room(problem: Problem, more: int) -> Problem:
    return replace(problem, judges=tuple(replace(judge, room=judge.room + more) for judge in problem.judges))


def _with_fewer(problem: Problem, less: int) -> Problem:
    """Fewer experts of every application."""
    groups = tuple(
        replace(group, places=tuple(replace(place, need=max(0, place.need - less)) for place in group.places))
        for group in problem.groups
    )
    return replace(problem, settings=replace(problem.settings, k=problem.settings.k - less), groups=groups)


def _proposal(code: str, to: int, group: Group, problem: Problem, outcome: Outcome) -> Proposal:
    judges: Mapping[str, Judge] = {judge.key: judge for judge in problem.judges}
    usable = {
        key
        for place in _open(group)
        for key in optimum.funnel(seat_of(place, blocked_on(place, group, problem), problem), judges)[optimum.RECUSED]
    }
    values = [place.affinity.get(key, 0) for place in group.places for key in outcome.pairs[place.key]]
    waiting = {key for place in group.places for key in outcome.alternates.get(place.key, ())}
    mean = round(fmean(values)) if values else 0
    return Proposal(code, to, _missing(group, outcome), len(usable), mean, len(waiting))
