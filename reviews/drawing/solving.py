"""From a problem and a seed to the outcome: every application for itself (free), or by common panels."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from programmes.review_spec import COMMON, STRICT
from reviews import fairness, lots, optimum
from reviews.drawing import panels, standby
from reviews.drawing.data import Outcome, Place, Problem, Settings
from reviews.drawing.shortage import shortages
from reviews.optimum import Judge, Seat


def solve(problem: Problem, seed: str) -> Outcome:
    """The fewest empty seats, then the fewest broken soft caps, then nobody matched worse than must be, then what the
    mode of the draw asks for."""
    settings, places = problem.settings, problem.places
    judges = {judge.key: judge for judge in sorted(problem.judges, key=lambda judge: judge.key)}
    common = panels.choose(problem, judges, seed) if settings.panel == COMMON else panels.Chosen()
    left = _left(judges, common.pairs)
    single = _each(_open(problem, common.pairs), left, settings, seed)
    pairs = {key: tuple(sorted({*common.pairs.get(key, ()), *single.pairs.get(key, ())})) for key in places}
    return Outcome(
        pairs=pairs,
        panels=common.panels,
        alternates=standby.alternates(problem, pairs, common.panels, _left(judges, pairs), seed),
        short=shortages(problem, pairs, judges),
        excess=_excess(places, pairs, judges, settings),
        value=sum(places[key].affinity.get(expert, 0) for key, chosen in pairs.items() for expert in chosen),
        worth=common.worth + single.worth,
        bound=common.bound + single.bound,
        solver=optimum.SOLVER,
    )


def _each(seats: list[Seat], judges: Mapping[str, Judge], settings: Settings, seed: str) -> optimum.Assigned:
    """Every seat for itself."""
    drawn = lots.drawn(seats, settings.mode, seed, noise=settings.noise, least=settings.least)
    if settings.mode != lots.POOL:
        drawn = fairness.spare(drawn, seats, fairness.threshold(seats, judges.values()))
    return optimum.assign(drawn, judges.values(), settings.rules, seed=seed)


def _open(problem: Problem, taken: Mapping[str, Sequence[str]]) -> list[Seat]:
    """What panels leave open for single experts; a strict draw has no stand-ins."""
    settings = problem.settings
    if settings.panel == COMMON and settings.recusal == STRICT:
        return []
    seats = (_seat(place, settings, taken.get(place.key, ())) for place in problem.places.values())
    return [seat for seat in seats if seat.need > 0]


def _seat(place: Place, settings: Settings, taken: Sequence[str]) -> Seat:
    """What is still to be filled of a place of which `taken` have seats."""
    affinity = {key: value for key, value in place.affinity.items() if value >= settings.least}
    seated = frozenset(place.seated) | frozenset(taken)
    return Seat(place.key, place.need - len(taken), affinity, frozenset(place.blocked), seated)


def _left(judges: Mapping[str, Judge], pairs: Mapping[str, Iterable[str]]) -> dict[str, Judge]:
    """The experts with the room that these pairs leave."""
    used = Counter(key for chosen in pairs.values() for key in chosen)
    return {key: replace(judge, room=judge.room - used[key]) for key, judge in judges.items()}


def _excess(places: Mapping[str, Place], pairs, judges: Mapping[str, Judge], settings: Settings) -> dict:
    """The caps that applications with new experts break."""
    found = {}
    for key, chosen in pairs.items():
        sitting = [judges[one] for one in {*chosen, *places[key].seated} if one in judges]
        if chosen and (broken := settings.rules.broken(sitting)):
            found[key] = broken
    return found
