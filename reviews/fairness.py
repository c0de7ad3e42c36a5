"""Max–min fairness: no application shall get worse experts than must be, even if the sum would gain by it. Pure.

Before the optimum, the highest affinity is sought at which every seat that can be filled at all still is if no pair
below it is used (review.md §2.4: that lifts the worst application most, for 0.1 % of the sum). Pairs below it are not
forbidden, only dear: employer and region caps, which the search does not look at, may still need one.

On a common panel what counts of an expert is the mean affinity to its applications. There the search looks at caps too,
and at experts who can be parted: what whole ones then cannot fill is filled by pairs below the threshold, and dear.
Where all is filled, no such pair is used, whatever the sum of a larger panel would gain by it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from reviews import optimum
from reviews.optimum import CANDIDATES, Judge, Rules, Seat

BELOW = 3_000
"""What a pair below the threshold costs: more than affinity can gain, less than a broken soft cap."""


def threshold(seats: Sequence[Seat], judges: Sequence[Judge]) -> int:
    """The highest least affinity of a pair at which as many seats are filled as can be; 0 where none can.

    Looks at recusal and room; among the CANDIDATES best experts of each application.
    """
    rooms = {judge.key: judge.free for judge in judges}
    able = [_able(seat, rooms) for seat in sorted(seats, key=lambda seat: seat.key) if seat.need > 0]
    most = sum(need for need, _ in able)
    lost = _Matching(able, rooms, 0, most).lost
    values = sorted({value for _, pairs in able for value, _ in pairs})
    low, high = 0, len(values) - 1  # values[low] is known to do, or nothing is
    if high < 0 or lost == most:
        return 0
    while low < high:
        middle = (low + high + 1) // 2
        fills = _Matching(able, rooms, values[middle], lost).lost == lost
        low, high = (middle, high) if fills else (low, middle - 1)
    return values[low]


def threshold_of_panels(
    seats: Sequence[Seat], judges: Iterable[Judge], rules: Rules, keep: Mapping[str, Collection[str]]
) -> tuple[int, float]:
    """The highest least affinity of an expert to a panel at which no more seats stay empty and no more soft caps are
    broken than must be; and what these cost at least, as a negative number.

    `keep`: by panel, who sits on it whatever the affinity. Among the CANDIDATES best experts of each panel.
    """
    judges, best = list(judges), [_best(seat, keep[seat.key]) for seat in seats]

    def lost_from(value: int) -> float:
        some = [only(seat, fit(seat, value, keep[seat.key])) for seat in best]
        alike = (replace(seat, affinity=dict.fromkeys(seat.affinity, 0)) for seat in some)
        return optimum.bound(alike, judges, rules, rounds=1)

    values = sorted({mean(seat, key) for seat in best for key in seat.affinity if key not in keep[seat.key]})
    lost, low, high = lost_from(0), 0, len(values) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if lost_from(values[middle]) >= lost - 1 else (low, middle - 1)
    return (values[low] if values else 0), lost


def mean(seat: Seat, expert: str) -> int:
    """The mean affinity of this expert to the panel's applications; one that an expert must leave out counts 0."""
    return seat.affinity[expert] // seat.size


def fit(seat: Seat, least: int, keep: Collection[str]) -> set[str]:
    """Who is not matched worse than `least`, or sits already."""
    return {key for key in seat.affinity if key in keep or mean(seat, key) >= least}


def only(seat: Seat, some: Collection[str]) -> Seat:
    """The panel with nobody but these."""
    return replace(seat, affinity={key: value for key, value in seat.affinity.items() if key in some})


def dear(seat: Seat, some: Collection[str]) -> Seat:
    """The panel with BELOW taken off every application of whoever is not among these."""
    costs = {key: 0 if key in some else BELOW * seat.load(key) for key in seat.affinity}
    return replace(seat, affinity={key: value - costs[key] for key, value in seat.affinity.items()})


def _best(seat: Seat, keep: Collection[str]) -> Seat:
    order = sorted(seat.affinity, key=lambda key: (key not in keep, -mean(seat, key), key))
    return only(seat, set(order[:CANDIDATES]))


def spare(drawn: Sequence[Seat], seats: Sequence[Seat], least: int) -> list[Seat]:
    """`drawn` with BELOW taken off every pair whose affinity in `seats`, given in the same order, is under `least`."""
    return [
        replace(one, affinity={key: _dear(value, seat.affinity[key], least) for key, value in one.affinity.items()})
        for one, seat in zip(drawn, seats, strict=True)
    ]


def _dear(value: int, affinity: int, least: int) -> int:
    return value if affinity >= least else value - BELOW


def _able(seat: Seat, rooms: Mapping[str, int]) -> tuple[int, list[tuple[int, str]]]:
    """How many it needs, and its best candidates as (affinity, expert), the best first."""
    out = seat.blocked | seat.seated
    pairs = ((value, key) for key, value in seat.affinity.items() if key not in out and rooms.get(key, 0) > 0)
    return seat.need, sorted(pairs, key=lambda pair: (-pair[0], pair[1]))[:CANDIDATES]


class _Matching:
    """As many seats as can be filled with pairs of at least `least`: greedily, then along augmenting paths.

    `lost`: seats that stay empty; the search ends as soon as there are more than `bearable`.
    """

    def __init__(
        self, able: list[tuple[int, list[tuple[int, str]]]], rooms: Mapping[str, int], least: int, bearable: int
    ):
        self.candidates = [[key for value, key in pairs if value >= least] for _, pairs in able]
        self.left = dict(rooms)
        self.held: dict[str, set[int]] = {key: set() for key in rooms}
        self.dead: set[str] = set()  # experts from whom no path leads to free room, now or later
        self.lost = 0
        wanting = [self._greedy(place, need) for place, (need, _) in enumerate(able)]
        for place, missing in enumerate(wanting):
            for _ in range(missing):
                if not self._augment(place):
                    self.lost += 1
                    if self.lost > bearable:
                        return

    def _greedy(self, place: int, need: int) -> int:
        """Take whoever has room; how many are still missing."""
        for key in self.candidates[place]:
            if need and self.left[key] > 0:
                self._take(place, key)
                need -= 1
        return need

    def _take(self, place: int, key: str) -> None:
        self.left[key] -= 1
        self.held[key].add(place)

    def _augment(self, place: int) -> bool:
        """One more expert for `place`, others moving on to free room; whether there is a way."""
        came: dict[str, int] = {}  # expert → the application that asks for them
        through: dict[int, str] = {place: ""}  # application → the expert it would give up
        queue = [place]
        for asking in queue:
            for key in self.candidates[asking]:
                if key in came or key in self.dead or asking in self.held[key]:
                    continue
                came[key] = asking
                if self.left[key] > 0:
                    self._move(key, came, through)
                    return True
                fresh = sorted(other for other in self.held[key] if other not in through)
                through |= dict.fromkeys(fresh, key)
                queue += fresh
        self.dead |= came.keys()
        return False

    def _move(self, key: str, came: Mapping[str, int], through: Mapping[int, str]) -> None:
        """Back along the path: each application takes an expert and gives up the one through whom it was reached."""
        self.left[key] -= 1
        while key:
            asking = came[key]
            self.held[key].add(asking)
            key = through[asking]
            if key:
                self.held[key].discard(asking)
