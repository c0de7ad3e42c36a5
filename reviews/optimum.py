"""The best assignment of experts to applications under all caps: an exact linear programme, solved by HiGHS. Pure.

    max Σ affinity·x − SHORT·Σ empty seats − PENALTY·Σ broken soft caps
    each application: its seats; each expert: the room left; at most so many experts of one employer and of one region
    on an application; a pair that must not be is no variable

Empty seats are variables, so there is always an answer and it says where seats stay empty and by which rule. Employer
within region within application is a laminar family: the vertices of the programme are whole numbers and no search is
needed (review.md §2.1). Where an expert has two employers, or a seat takes more than one sheet of room (a common
panel), it is not: covers bring the programme near to what whole experts can do, and the same model is searched in whole
numbers.

Only the best FIRST of an application are variables at first. The others are priced with the duals of the answer:
whoever could still better it joins, and it is solved on from there; when nobody can, the optimum is that of all pairs.
Among all answers of that worth (the optimal face) a second programme takes the one with the highest lots: there is one
only, so that it does not matter by which way a machine's arithmetic came to it.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

import highspy
import numpy

from reviews import covers
from reviews.programme import EXACT, PENALTY, Caps, Programme

CANDIDATES = 60  # of an application, where only its best ones are looked at (fairness)
FIRST = 20
NEAR = 20  # thousandths by which a pair may be too bad to better the answer, and still joins: fewer rounds
ROUNDS = 20  # of covers: more of them bring hardly anything
LOSS = 256  # thousandths on an application, by which a pair may be too bad to better the answer and still is searched
CLOSE = 40  # of an application in a search, by price
APART = 1e-4  # of the affinity: so near to the best a search may end where it is too large to be exhausted
FEW = 10_000  # so many pairs can all be searched
VERSION = 2  # of the algorithm: one more with every change by which an old seed may give another outcome
SOLVER = f"draw {VERSION}, highspy {highspy.Highs().version()}"


@dataclass(frozen=True)
class Seat:
    """An application that needs `need` experts. `affinity`: thousandths by expert; who is not in it is not qualified.

    `blocked`: experts who must not, whatever their affinity. `seated`: experts who have it already; they count against
    employer and region. A common panel is one seat for `size` applications: affinities are sums over them, an empty
    seat and a broken cap weigh `size` times, and it takes `size` of an expert's room, or what `loads` says.
    """

    key: str
    need: int
    affinity: Mapping[str, int]
    blocked: frozenset[str] = frozenset()
    seated: frozenset[str] = frozenset()
    size: int = 1
    loads: Mapping[str, int] = field(default_factory=dict)

    def load(self, expert: str) -> int:
        """How much of this expert's room it takes."""
        return self.loads.get(expert, self.size)


@dataclass(frozen=True)
class Judge:
    """An expert with room for `room` more. `employers`: codes or names of all units one works for; `region`: or ''.

    `away`: cannot be asked on the days of the review; has no room then.
    """

    key: str
    room: int
    employers: tuple[str, ...] = ()
    region: str = ""
    away: bool = False

    @property
    def free(self) -> int:
        """The room that can be used."""
        return 0 if self.away else max(0, self.room)


@dataclass(frozen=True)
class Rules:
    """The caps of one application: experts of one employer, of one region (0: no cap); soft ones may be broken where
    a seat would stay empty."""

    per_employer: int = 1
    per_region: int = 2
    employer_hard: bool = True
    region_hard: bool = True

    def broken(self, judges: Iterable[Judge]) -> tuple[str, ...]:
        """The caps that these experts together break, as `employer:…` and `region:…`."""
        judges = list(judges)
        employers = Counter(name for judge in judges for name in set(judge.employers))
        regions = Counter(judge.region for judge in judges if judge.region)
        found = [f"employer:{name}" for name, count in employers.items() if 0 < self.per_employer < count]
        return tuple(
            sorted(found + [f"region:{name}" for name, count in regions.items() if 0 < self.per_region < count])
        )

    def keep_out(self, judge: Judge, sitting: Iterable[Judge]) -> bool:
        """Whether this one beside those breaks a hard cap, or breaks one further that they had broken already."""
        hard = replace(
            self,
            per_employer=self.per_employer if self.employer_hard else 0,
            per_region=self.per_region if self.region_hard else 0,
        )
        own = {*(f"employer:{name}" for name in judge.employers), f"region:{judge.region}"}
        return not own.isdisjoint(hard.broken([*sitting, judge]))


@dataclass
class Assigned:
    """The answer. `pairs` by application in the order of experts' keys; `short`: empty seats with the reason of each;
    `excess`: soft caps that had to be broken.

    `value`: the sum of affinities in thousandths; `worth`: that without what empty seats and broken caps cost;
    `bound`: the most that `worth` could be, as the linear programme or the search proved.
    """

    pairs: dict[str, tuple[str, ...]]
    short: dict[str, tuple[int, str]] = field(default_factory=dict)
    excess: dict[str, tuple[str, ...]] = field(default_factory=dict)
    value: int = 0
    worth: int = 0
    bound: int = 0

    @property
    def lost(self) -> int:
        """What empty seats and broken caps cost, as a negative number."""
        return self.worth - self.value

    @property
    def digest(self) -> str:
        """The SHA-256 of the pairs: a replayed draw must give the same one."""
        return sha256(repr(sorted(self.pairs.items())).encode()).hexdigest()


def assign(seats: Iterable[Seat], judges: Iterable[Judge], rules: Rules | None = None, *, seed: str = "") -> Assigned:
    """The assignment with the fewest empty seats, then the fewest broken caps, then the greatest affinity.

    Deterministic; between answers of equal worth the seed decides, not the order of names.
    """
    seats = sorted(seats, key=lambda seat: seat.key)
    judges = sorted(judges, key=lambda judge: judge.key)
    rules = rules or Rules()
    if not seats:
        return Assigned({})
    found = _Model(seats, judges, rules, seed).solve()
    _explain(found, seats, {judge.key: judge for judge in judges}, rules)
    return found


def bound(seats: Iterable[Seat], judges: Iterable[Judge], rules: Rules, *, rounds: int = 0) -> float:
    """The most that an assignment can be worth, by the linear programme: of experts who can be parted.

    `rounds` of covers bring it nearer to what whole experts can do; 0: the bare programme.
    """
    seats = sorted(seats, key=lambda seat: seat.key)
    model = _Model(seats, sorted(judges, key=lambda judge: judge.key), rules, "")
    return model.relaxed(rounds)[0].objective if seats else 0.0


class _Model:
    """All admissible pairs as arrays, those of one application together and the best first; and the programme of them.

    Columns of a programme: the chosen pairs, then every application's empty seats, then what soft caps are broken by.
    Rows: applications, experts, caps (only where more candidates share one than may come).
    """

    def __init__(self, seats: Sequence[Seat], judges: Sequence[Judge], rules: Rules, seed: str):
        self.seats, self.judges, self.rules = seats, judges, rules
        self.sizes = numpy.array([seat.size for seat in seats], dtype=numpy.int64)
        self.needs = numpy.array([max(0, seat.need) for seat in seats], dtype=numpy.int64)
        places, people, gains, loads = self._pairs()
        lots = _lots(seed, seats, judges, places, people)
        order = numpy.lexsort((people, lots, -gains, places))
        self.places, self.people, self.gains, self.loads = places[order], people[order], gains[order], loads[order]
        self.lots = lots[order]
        first = numpy.searchsorted(self.places, numpy.arange(len(seats)))
        self.rank = numpy.arange(len(self.places)) - first[self.places]

    def _pairs(self) -> tuple[numpy.ndarray, ...]:
        place, who, gain, load = array("i"), array("i"), array("q"), array("i")
        rooms = {judge.key: (number, judge.free) for number, judge in enumerate(self.judges)}
        for number, seat in enumerate(self.seats):
            out = seat.blocked | seat.seated
            for key, value in seat.affinity.items() if seat.need > 0 else ():
                if key in rooms and key not in out and seat.load(key) <= rooms[key][1]:
                    place.append(number)
                    who.append(rooms[key][0])
                    gain.append(value)
                    load.append(seat.load(key))
        return tuple(numpy.array(column) for column in (place, who, gain, load))

    def solve(self) -> Assigned:
        programme, prices = self.relaxed(ROUNDS)
        most = int(numpy.floor(programme.objective + EXACT * max(1, self.needs.sum())))
        if programme.is_whole:
            pairs = numpy.flatnonzero(prices >= -EXACT)
            best = Programme(self, pairs, face=programme, covers=programme.covers)
            if best.is_whole:  # the face of an answer in whole numbers has others too, unless the caps are a family
                return self._answer(best, most)
        found, proven = self._search(programme, prices)
        return self._answer(found, min(most, proven))

    def relaxed(self, rounds: int) -> tuple[Programme, numpy.ndarray]:
        """The best answer in parts over all pairs, and what each pair would bring it; with the covers it needs."""
        chosen, programme, found = self.rank < FIRST, None, []
        rounds = rounds if self.loads.max(initial=1) > 1 else 0
        while True:
            programme = Programme(self, numpy.flatnonzero(chosen), start=programme, covers=found)
            prices = self.gains - programme.duals()
            if (~chosen & (prices > EXACT)).any():
                chosen |= prices > -NEAR
                continue
            broken = covers.broken(self, programme.chosen, programme.parts) if rounds else []
            if not broken:
                return programme, prices
            found, rounds = found + broken, rounds - 1

    def _search(self, relaxed: Programme, prices: numpy.ndarray) -> tuple[Programme, int]:
        """In whole numbers, and the most that any answer can be worth: one with a pair that was left out is worth no
        more than the best in parts and the pair's price together, which is below 0."""
        few, loss = len(prices) <= FEW, LOSS * self.sizes.max()
        near = self._near(prices, loss)
        apart = 0.5 if few else max(0.5, min(PENALTY / 2, APART * (relaxed.objective - relaxed.lost)))
        found = Programme(self, numpy.flatnonzero(near), apart=apart, covers=relaxed.covers)
        if few and relaxed.objective - found.objective > loss and not near.all():
            near[:] = True
            found = Programme(self, numpy.flatnonzero(near), apart=apart, covers=relaxed.covers)
        without = relaxed.objective + prices[~near].max(initial=-numpy.inf)
        return found, int(numpy.floor(max(found.proven, without) + EXACT))

    def _near(self, prices: numpy.ndarray, loss: float) -> numpy.ndarray:
        """Which pairs a search looks at: the CLOSE best of each application by price, and none that loses more."""
        order = numpy.lexsort((self.rank, -numpy.round(prices, 3), self.places))
        rank = numpy.empty(len(order), dtype=numpy.int64)
        rank[order] = self.rank  # those of one application lie together: the first in price is the first
        return (rank < CLOSE) & (prices >= -loss) | (prices >= -EXACT)

    def _answer(self, programme: "Programme", bound: int) -> Assigned:
        taken = programme.chosen[programme.parts > 0.5]
        pairs: dict[str, list[str]] = {seat.key: [] for seat in self.seats}
        for place, who in zip(self.places[taken], self.people[taken], strict=True):
            pairs[self.seats[place].key].append(self.judges[who].key)
        known = {judge.key: judge for judge in self.judges}
        found = Assigned({key: tuple(sorted(chosen)) for key, chosen in pairs.items()}, bound=bound)
        for seat in self.seats:
            missing = seat.need - len(pairs[seat.key])
            if missing > 0:
                found.short[seat.key] = (missing, "")
            sitting = [known[key] for key in {*pairs[seat.key], *seat.seated} if key in known]
            if pairs[seat.key] and (broken := self.rules.broken(sitting)):
                found.excess[seat.key] = broken
        found.value = int(self.gains[taken].sum())
        found.worth = found.value + int(numpy.round(programme.lost))
        return found

    @cached_property
    def by_judge(self) -> list[numpy.ndarray]:
        order = numpy.argsort(self.people, kind="stable")
        return numpy.split(order, numpy.searchsorted(self.people[order], numpy.arange(1, len(self.judges))))

    @cached_property
    def caps(self) -> list["Caps"]:
        """Employers and regions, where the rules cap them."""
        kinds = [
            (self.rules.per_employer, self.rules.employer_hard, [judge.employers for judge in self.judges]),
            (self.rules.per_region, self.rules.region_hard, [(judge.region,) for judge in self.judges]),
        ]
        return [Caps(self, most, hard, names) for most, hard, names in kinds if most]


def _lots(seed: str, seats, judges, places: numpy.ndarray, people: numpy.ndarray) -> numpy.ndarray:
    """A number from 0 to 1 for each pair that follows from the seed and the two keys, to part equals by."""
    mixed = _hashes(seed, "seat", seats)[places] ^ _hashes(seed, "judge", judges)[people]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # the mixing steps of splitmix64
        mixed = (mixed ^ (mixed >> numpy.uint64(shift))) * numpy.uint64(factor)
    return (mixed >> numpy.uint64(11)) / 2.0**53


def _hashes(seed: str, kind: str, rows) -> numpy.ndarray:
    found = [int.from_bytes(sha256(f"{seed}|{kind}|{row.key}".encode()).digest()[:8]) for row in rows]
    return numpy.array(found, dtype=numpy.uint64)


QUALIFIED, AWAY, ROOM, RECUSED, GROUPS, LOAD = "qualified", "away", "room", "recused", "groups", "load"


def funnel(seat: Seat, judges: Mapping[str, Judge]) -> dict[str, list[str]]:
    """Experts for this seat, by what was asked of them so far: who qualifies, is not away, has room, is not recused."""
    qualified = [key for key in seat.affinity if key in judges and key not in seat.seated]
    here = [key for key in qualified if not judges[key].away]
    able = [key for key in here if judges[key].free >= seat.load(key)]
    return {QUALIFIED: qualified, AWAY: here, ROOM: able, RECUSED: [key for key in able if key not in seat.blocked]}


def rule_of(seat: Seat, judges: Mapping[str, Judge], rules: Rules) -> str:
    """By which rule places of this seat stay empty: the first one after which too few experts are left."""
    steps = funnel(seat, judges)
    for rule, left in steps.items():
        if len(left) < seat.need:
            return rule
    near = [judges[key] for key in sorted({*steps[RECUSED], *seat.seated}) if key in judges]
    return GROUPS if _Model([seat], near, rules, "").solve().short else LOAD


def _explain(found: Assigned, seats: Sequence[Seat], judges: Mapping[str, Judge], rules: Rules) -> None:
    for seat in seats:
        if seat.key in found.short:
            found.short[seat.key] = (found.short[seat.key][0], rule_of(seat, judges, rules))
