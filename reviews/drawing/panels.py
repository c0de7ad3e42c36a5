"""One common panel for a group of applications: one jury compares them better than any calibration (review.md §0.4).

All groups are decided at once: a panel is one seat for all its applications, so it takes as many sheets of an expert's
room as there are applications (a generalised assignment, `optimum.Seat.size`). A group that nobody has room to take
whole is halved, by lot, until somebody has. In a strict draw nobody sits on a panel who is recused from one of its
applications; in a partial one a member leaves such applications out, and stand-ins are sought for them afterwards. No
panel gets worse experts than must be (`fairness`), except by lot.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import floor

from programmes.review_spec import STRICT
from reviews import fairness, lots, optimum
from reviews.drawing.data import Group, Panel, Place, Problem, Settings
from reviews.optimum import Assigned, Judge, Seat

KEEP = 2_000  # who sits on a group's applications already stays its panel, whatever others match


@dataclass(frozen=True)
class Part:
    """A group, or what it was split into. `places`: the open ones."""

    key: str
    group: Group
    places: tuple[Place, ...]

    def halves(self, seed: str) -> list["Part"]:
        """Which application comes into which half is drawn."""
        order = sorted(self.places, key=lambda place: (lots.lot(seed, self.group.key, place.key), place.key))
        middle = (len(order) + 1) // 2
        return [Part(f"{self.key}/{n}", self.group, half) for n, half in ((1, order[:middle]), (2, order[middle:]))]


@dataclass
class Chosen:
    """The panels by group, and whom they seat by application."""

    panels: dict[str, tuple[Panel, ...]] = field(default_factory=dict)
    pairs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    worth: int = 0
    bound: int = 0


def choose(problem: Problem, judges: Mapping[str, Judge], seed: str) -> Chosen:
    """The panels of all groups with open places."""
    settings = problem.settings
    parts = []
    for group in sorted(problem.groups, key=lambda group: group.key):
        places = tuple(sorted((place for place in group.places if place.need > 0), key=lambda place: place.key))
        if places:
            parts += _small_enough(Part(group.key, group, places), settings, judges, seed)
    found = _decide(parts, settings, judges, seed)
    while found.short:
        smaller = [half for part in parts for half in _split_if_short(part, found, seed)]
        better = _decide(smaller, settings, judges, seed) if len(smaller) > len(parts) else found
        if _empty(better, smaller) >= _empty(found, parts):
            break
        parts, found = smaller, better
    return _seated(parts, found, settings, judges)


def _small_enough(part: Part, settings: Settings, judges: Mapping[str, Judge], seed: str) -> list[Part]:
    """The part, halved as long as too few experts have room for it whole who could otherwise sit."""
    seat = _seat(part, settings)
    able = [key for key in seat.affinity if key in judges and not judges[key].away]
    whole = [key for key in able if seat.load(key) <= judges[key].free]
    if len(part.places) < 2 or len(whole) >= min(settings.k, len(able)):
        return [part]
    return [small for half in part.halves(seed) for small in _small_enough(half, settings, judges, seed)]


def _split_if_short(part: Part, found: Assigned, seed: str) -> list[Part]:
    _, rule = found.short.get(part.key, (0, ""))
    return part.halves(seed) if rule in (optimum.LOAD, optimum.ROOM) and len(part.places) > 1 else [part]


def _empty(found: Assigned, parts: Sequence[Part]) -> int:
    """Sheets that no panel member takes."""
    return sum(found.short[part.key][0] * len(part.places) for part in parts if part.key in found.short)


def _decide(parts: Sequence[Part], settings: Settings, judges: Mapping[str, Judge], seed: str) -> Assigned:
    """Nobody is matched worse than must be, as long as that fills as many seats and breaks as few caps."""
    seats = [_seat(part, settings) for part in parts]
    drawn = [_drawn(seat, part, settings, seed) for seat, part in zip(seats, parts, strict=True)]
    people, rules = list(judges.values()), settings.rules
    if settings.mode == lots.POOL:
        return optimum.assign(drawn, people, rules, seed=seed)
    keep = {part.key: _seated_on(part) for part in parts}
    least, lost = fairness.threshold_of_panels(seats, people, rules, keep)
    fit = {seat.key: fairness.fit(seat, least, keep[seat.key]) for seat in seats}
    found = optimum.assign([fairness.only(one, fit[one.key]) for one in drawn], people, rules, seed=seed)
    if found.lost >= lost - 1:
        return found
    return _filled(found, drawn, fit, people, settings, seed)


def _filled(found: Assigned, drawn: Sequence[Seat], fit: Mapping, people, settings: Settings, seed: str) -> Assigned:
    """`found`, or what has fewer empty seats or broken caps by experts who are matched worse, and dear.

    Where there are too many pairs to look at all of them again, panels that lack nothing stay what they are.
    """
    few = sum(len(seat.affinity) for seat in drawn) <= optimum.FEW
    dear = [fairness.dear(one, fit[one.key]) for one in drawn]
    again = [
        one if few or one.key in found.short or one.key in found.excess else fairness.only(one, found.pairs[one.key])
        for one in dear
    ]
    filled = optimum.assign(again, people, settings.rules, seed=seed)
    if filled.lost <= found.lost:
        return found
    if few:
        return filled
    return replace(filled, bound=floor(optimum.bound(dear, people, settings.rules, rounds=optimum.ROUNDS)))


def _seat(part: Part, settings: Settings) -> Seat:
    """A panel as one seat: affinities summed over the applications that an expert would look at."""
    sums, loads, apart, least = Counter(), Counter(), Counter(), settings.least
    for place in part.places:
        for key, value in place.affinity.items():
            if value >= least and key not in place.blocked and key not in place.seated:
                sums[key] += value
                loads[key] += 1
        apart.update(key for key in place.seated if key not in place.blocked)
    known = {key: loads[key] for key in (*sums, *_seated_on(part))}
    if settings.recusal == STRICT:
        known = {key: load for key, load in known.items() if load + apart[key] == len(part.places)}
    others = {key: load for key, load in known.items() if load != len(part.places)}
    return Seat(part.key, settings.k, {key: sums[key] for key in known}, size=len(part.places), loads=others)


def _seated_on(part: Part) -> Counter:
    """On how many of the group's applications each expert sits already."""
    return Counter(key for place in part.group.places for key in place.seated)


def _drawn(seat: Seat, part: Part, settings: Settings, seed: str) -> Seat:
    """The seat as the mode of the draw lets the solver see it: one lot for an expert on a panel, not for each sheet."""
    keep = _seated_on(part)
    means = {key: value // seat.load(key) for key, value in seat.affinity.items() if seat.load(key)}
    drawn = lots.drawn([replace(seat, affinity=means)], settings.mode, seed, noise=settings.noise, least=0)[0]
    affinity = {key: drawn.affinity.get(key, 0) * seat.load(key) + KEEP * keep[key] for key in seat.affinity}
    return replace(seat, affinity=affinity)


def _seated(parts: Sequence[Part], found: Assigned, settings: Settings, judges: Mapping[str, Judge]) -> Chosen:
    """Members get a sheet of every application of their panel that they may look at."""
    chosen = Chosen(worth=found.worth, bound=found.bound)
    for part in parts:
        keep = _seated_on(part)
        seat = _seat(part, settings)
        members = sorted(found.pairs[part.key], key=lambda key: (-keep[key], -seat.affinity[key], key))
        panel = Panel(tuple(members), tuple(place.key for place in part.places))
        chosen.panels[part.group.key] = (*chosen.panels.get(part.group.key, ()), panel)
        for place in part.places:
            chosen.pairs[place.key] = _members_for(place, members, settings, judges)
    return chosen


def _members_for(place: Place, members: Sequence[str], settings: Settings, judges) -> tuple[str, ...]:
    taken: list[str] = []
    for key in members:
        may = key not in place.blocked and key not in place.seated and place.affinity.get(key, 0) >= settings.least
        others = [judges[one] for one in (*place.seated, *taken) if one in judges]
        if len(taken) < place.need and may and not settings.rules.keep_out(judges[key], others):
            taken.append(key)
    return tuple(taken)
