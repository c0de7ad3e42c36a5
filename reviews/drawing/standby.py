"""候补: who steps in for an application when somebody declines, in order.

The next best who may see it and break no hard cap beside those who sit; whoever breaks no soft cap either comes first,
and so do experts on whose room no other application counts. A common panel has common alternates, so that its
applications keep one jury: those with room for all of them first.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviews import lots
from reviews.drawing.data import Panel, Place, Problem
from reviews.optimum import Judge, Seat


def alternates(
    problem: Problem,
    pairs: Mapping[str, Sequence[str]],
    panels: Mapping[str, Sequence[Panel]],
    judges: Mapping[str, Judge],
    seed: str,
) -> dict[str, tuple[str, ...]]:
    """By application, for those to which experts were drawn. `judges`: with the room that the draw leaves them."""
    waiting = _Waiting(problem, pairs, judges, seed)
    juries = [panel.applications for found in panels.values() for panel in found] or [[key] for key in pairs]
    found: dict[str, tuple[str, ...]] = {}
    for applications in juries if problem.settings.alternates > 0 else ():
        found |= waiting.choose([key for key in applications if pairs[key]])
    return dict(sorted(found.items()))


@dataclass
class _Option:
    """Somebody who could step in for a jury: for which of its applications, and whether within soft caps too."""

    key: str
    sees: list[str]
    clean: bool


class _Waiting:
    """Chooses jury after jury; `waits`: the sheets for which an expert may be called already."""

    def __init__(self, problem: Problem, pairs: Mapping[str, Sequence[str]], judges: Mapping[str, Judge], seed: str):
        self.settings, self.places = problem.settings, problem.places
        self.pairs, self.judges, self.seed = pairs, judges, seed
        self.waits = Counter()

    def choose(self, applications: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The alternates of each of these applications, which have one jury."""
        options = list(self._options(applications))
        worth = self._worth(applications, options)
        order = sorted(options, key=lambda one: (self._narrow(one), not one.clean, -worth[one.key], one.key))
        found: dict[str, list[str]] = {key: [] for key in applications}
        for option in order[: self.settings.alternates]:
            self.waits[option.key] += len(option.sees)
            for key in option.sees:
                found[key].append(option.key)
        return {key: tuple(chosen) for key, chosen in found.items() if chosen}

    def _narrow(self, option: _Option) -> bool:
        """Whether there is no room for all that this one may be called for."""
        return self.judges[option.key].free - self.waits[option.key] < len(option.sees)

    def _options(self, applications: Sequence[str]) -> Iterator[_Option]:
        places = [(self.places[key], _Sitting(self.places[key], self.pairs[key], self)) for key in applications]
        keys = {key: None for place, _ in places for key in place.affinity}
        for key in keys:
            judge = self.judges.get(key)
            if not judge or not judge.free:
                continue
            open_ = [(place.key, sitting) for place, sitting in places if self._may(judge, place, sitting)]
            if open_:
                yield _Option(key, [one for one, _ in open_], not any(sitting.breaks(judge) for _, sitting in open_))

    def _may(self, judge: Judge, place: Place, sitting: "_Sitting") -> bool:
        qualified = place.affinity.get(judge.key, 0) >= self.settings.least
        return qualified and judge.key not in place.blocked and sitting.admits(judge)

    def _worth(self, applications: Sequence[str], options: Sequence[_Option]) -> dict[str, int]:
        """How well each would do, as the mode of the draw sees it; one lot for the whole jury."""
        settings = self.settings
        sums = {one.key: sum(self.places[key].affinity[one.key] for key in one.sees) for one in options}
        if len(applications) == 1 or settings.mode == lots.OPTIMAL:
            means = sums
        else:
            means = {one.key: sums[one.key] // len(one.sees) for one in options}
        seat = Seat(f"候补|{applications[0]}" if applications else "", 0, means)
        drawn = lots.drawn([seat], settings.mode, self.seed, noise=settings.noise, least=0)[0].affinity
        return {one.key: drawn[one.key] * (1 if means is sums else len(one.sees)) for one in options}


class _Sitting:
    """Those who sit on one application."""

    def __init__(self, place: Place, drawn: Sequence[str], waiting: _Waiting):
        self.people = {*place.seated, *drawn}
        self.rules = waiting.settings.rules
        judges = [waiting.judges[key] for key in self.people if key in waiting.judges]
        self.employers = Counter(name for judge in judges for name in set(judge.employers))
        self.regions = Counter(judge.region for judge in judges if judge.region)

    def admits(self, judge: Judge) -> bool:
        """Whether this one does not sit already, nor breaks a hard cap beside those who do."""
        rules = self.rules
        return (
            judge.key not in self.people
            and not (rules.employer_hard and self._full_employer(judge))
            and not (rules.region_hard and self._full_region(judge))
        )

    def breaks(self, judge: Judge) -> bool:
        """Whether this one would break any cap."""
        return self._full_employer(judge) or self._full_region(judge)

    def _full_employer(self, judge: Judge) -> bool:
        most = self.rules.per_employer
        return bool(most) and any(self.employers[name] >= most for name in judge.employers)

    def _full_region(self, judge: Judge) -> bool:
        return 0 < self.rules.per_region <= self.regions[judge.region] if judge.region else False
