"""The draw: who reviews what. Pure and replayable: the same people, applications and seed give the same result, in
whatever database: lots hang on what people are called, never on the keys of their rows.

One common panel for a group of applications, because comparing them by one jury beats any later calibration
(review.md §0.4). Where no panel of full size has room for the whole group, the group is halved and each half gets its
own. A member who must not look at one application keeps the others; a stand-in takes that place. Among those who may,
the least loaded come first and the seed decides between equals; colleagues of one unit do not sit on one panel as long
as there are others.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True)
class Candidate:
    """An expert as the draw sees one. `load`: sheets in hand now, `room`: how many more may come.

    `name`: what the lot is cast on, unique and the same wherever this person is listed (the account's name); without
    one it is the key.
    """

    pk: int
    unit: str
    load: int
    room: int
    name: str = ""

    def lot(self, seed: str) -> bytes:
        """Where this person stands among equals."""
        return sha256(f"{seed}:{self.name or self.pk}".encode()).digest()


@dataclass(frozen=True)
class Place:
    """An application as the draw sees it: how many experts it still needs, who sits on it, who must not."""

    pk: int
    need: int
    seated: frozenset[int] = frozenset()
    blocked: frozenset[int] = frozenset()


@dataclass
class Draw:
    """The outcome. `pairs` by application, `short` how many places stayed empty by application."""

    seed: str
    pairs: dict[int, list[int]] = field(default_factory=dict)
    short: dict[int, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Names the outcome: a confirmed draw must be the one that was shown."""
        rows = sorted((pk, sorted(experts)) for pk, experts in self.pairs.items())
        return sha256(repr((self.seed, rows, sorted(self.short.items()))).encode()).hexdigest()[:16]

    @property
    def missing(self) -> int:
        """How many places stayed empty in all."""
        return sum(self.short.values())


def draw(places: Iterable[Place], candidates: Iterable[Candidate], seed: str) -> Draw:
    """Fill the open places. Order of the arguments does not matter."""
    table = _Table(candidates, seed)
    result = Draw(seed)
    open_places = sorted((place for place in places if place.need > 0), key=lambda place: place.pk)
    if open_places:
        table.fill(open_places, result)
    return result


class _Table:
    """The candidates with the room they have left while places are filled."""

    def __init__(self, candidates: Iterable[Candidate], seed: str):
        self.candidates = {candidate.pk: candidate for candidate in candidates}
        self.room = {pk: candidate.room for pk, candidate in self.candidates.items()}
        self.lot = {pk: candidate.lot(seed) for pk, candidate in self.candidates.items()}

    def fill(self, places: list[Place], result: Draw) -> None:
        size = max(place.need for place in places)
        panel = self._panel(places, size)
        if len(panel) < size and len(places) > 1:
            half = (len(places) + 1) // 2
            self.fill(places[:half], result)
            self.fill(places[half:], result)
            return
        for place in places:
            self._seat(place, panel, result)

    def _panel(self, places: list[Place], size: int) -> list[int]:
        """Up to `size` experts with room for all of `places` that they may look at."""
        wanted = {pk: sum(self._may(pk, place) for place in places) for pk in self.candidates}
        fits = [pk for pk, count in wanted.items() if 0 < count <= self.room[pk]]
        seated = {pk: sum(pk in place.seated for place in places) for pk in fits}
        order = sorted(fits, key=lambda pk: (-seated[pk], -wanted[pk], self._taken(pk), self.lot[pk]))
        return _one_per_unit(order, self.candidates)[:size]

    def _seat(self, place: Place, panel: list[int], result: Draw) -> None:
        seats: list[int] = []
        rest = sorted(self.candidates, key=lambda pk: (self._taken(pk), self.lot[pk]))
        stand_ins = _one_per_unit([pk for pk in rest if pk not in panel], self.candidates, panel)
        for pk in (*panel, *stand_ins):
            if len(seats) < place.need and self.room[pk] > 0 and self._may(pk, place):
                seats.append(pk)
                self.room[pk] -= 1
        result.pairs[place.pk] = seats
        if len(seats) < place.need:
            result.short[place.pk] = place.need - len(seats)

    def _may(self, pk: int, place: Place) -> bool:
        return pk not in place.blocked and pk not in place.seated

    def _taken(self, pk: int) -> int:
        """Sheets in hand, counting those this draw has given."""
        candidate = self.candidates[pk]
        return candidate.load + candidate.room - self.room[pk]


def _one_per_unit(order: list[int], candidates: Mapping[int, Candidate], seated: Iterable[int] = ()) -> list[int]:
    """The same order with second members of one unit moved to the end."""
    units = {candidates[pk].unit for pk in seated}
    first, later = [], []
    for pk in order:
        unit = candidates[pk].unit
        (later if unit in units else first).append(pk)
        units.add(unit)
    return first + later
