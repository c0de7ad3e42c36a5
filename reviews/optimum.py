"""The best assignment of experts to applications under all caps: an exact linear programme, solved by HiGHS. Pure.

    max Σ affinity·x − SHORT·Σ empty seats − PENALTY·Σ broken soft caps
    each application: its seats; each expert: the room left; at most so many experts of one employer and of one region
    on an application; a pair that must not be is no variable

Empty seats are variables, so there is always an answer and it says where seats stay empty and by which rule. Employer
within region within application is a laminar family: the vertices of the programme are whole numbers and no search is
needed (review.md §2.1). Where an expert has two employers, or a seat takes more than one sheet of room (a common
panel), it is not, and the same model is searched in whole numbers.

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

SHORT = 100_000  # an empty seat costs more than affinity can gain or broken soft caps can save
PENALTY = 10_000  # a broken soft cap costs more than affinity can gain, and less than an empty seat
CANDIDATES = 60  # of an application, where only its best ones are looked at (fairness)
FIRST = 20
NEAR = 20  # thousandths by which a pair may be too bad to better the answer, and still joins: fewer rounds
EXACT = 1e-6
NODES = 2_000  # of a search in whole numbers; a count, not a time, stops alike on every machine
SOLVER = f"highspy {highspy.Highs().version()}"


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
        """Whether this one beside those breaks a hard cap."""
        hard = replace(
            self,
            per_employer=self.per_employer if self.employer_hard else 0,
            per_region=self.per_region if self.region_hard else 0,
        )
        sitting = list(sitting)
        return len(hard.broken([*sitting, judge])) > len(hard.broken(sitting))


@dataclass
class Assigned:
    """The answer. `pairs` by application in the order of experts' keys; `short`: empty seats with the reason of each;
    `excess`: soft caps that had to be broken.

    `value`: the sum of affinities in thousandths; `worth`: that without what empty seats and broken caps cost;
    `bound`: the most that the linear programme allows `worth` to be.
    """

    pairs: dict[str, tuple[str, ...]]
    short: dict[str, tuple[int, str]] = field(default_factory=dict)
    excess: dict[str, tuple[str, ...]] = field(default_factory=dict)
    value: int = 0
    worth: int = 0
    bound: int = 0

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
        chosen, programme = self.rank < FIRST, None
        while True:
            programme = _Programme(self, numpy.flatnonzero(chosen), start=programme)
            prices = self.gains - programme.duals()
            if not (~chosen & (prices > EXACT)).any():
                break
            chosen |= prices > -NEAR
        bound = int(numpy.floor(programme.objective + EXACT * max(1, self.needs.sum())))
        if programme.is_whole:
            return self._answer(_Programme(self, numpy.flatnonzero(prices >= -EXACT), face=programme), bound)
        return self._answer(self._search(programme.objective, prices), bound)

    def _search(self, best: float, prices: numpy.ndarray) -> "_Programme":
        """In whole numbers: a pair whose price is worse than what the search lost cannot be in any better answer."""
        loss = 256.0 * self.sizes.max()
        while True:
            near = numpy.flatnonzero(prices >= -loss)
            programme = _Programme(self, near, whole=True)
            if best - programme.objective <= loss or len(near) == len(prices):
                return programme
            loss = min(best - programme.objective, loss * 16) + 1

    def _answer(self, programme: "_Programme", bound: int) -> Assigned:
        taken = programme.chosen[programme.values[: len(programme.chosen)] > 0.5]
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
    def caps(self) -> list["_Caps"]:
        """Employers and regions, where the rules cap them."""
        kinds = [
            (self.rules.per_employer, self.rules.employer_hard, [judge.employers for judge in self.judges]),
            (self.rules.per_region, self.rules.region_hard, [(judge.region,) for judge in self.judges]),
        ]
        return [_Caps(self, most, hard, names) for most, hard, names in kinds if most]


class _Caps:
    """One kind of cap over all pairs. A pair may be under several caps of a kind (two employers) or under none."""

    def __init__(self, model: _Model, most: int, hard: bool, names: Sequence[Iterable[str]]):
        self.most, self.hard = most, hard
        groups = [sorted({name for name in of_one if name}) for of_one in names]
        numbers = {name: number for number, name in enumerate(sorted({name for one in groups for name in one}))}
        self.width = max(1, len(numbers))
        counts = numpy.array([len(one) for one in groups], dtype=numpy.int64)
        flat = numpy.array([numbers[name] for one in groups for name in one], dtype=numpy.int64)
        starts = numpy.concatenate(([0], numpy.cumsum(counts)))[:-1]
        per_pair = counts[model.people] if len(groups) else numpy.zeros(0, dtype=numpy.int64)
        self.pair = numpy.repeat(numpy.arange(len(model.people)), per_pair)
        within = numpy.arange(len(self.pair)) - numpy.repeat(numpy.cumsum(per_pair) - per_pair, per_pair)
        self.key = model.places[self.pair].astype(numpy.int64) * self.width
        if len(flat):
            self.key += flat[starts[model.people[self.pair]] + within]
        self.taken = self._taken(model, groups, numbers)

    def _taken(self, model: _Model, groups: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Counter:
        """How many of each employer or region sit already."""
        known = {judge.key: number for number, judge in enumerate(model.judges)}
        return Counter(
            place * self.width + numbers[name]
            for place, seat in enumerate(model.seats)
            for key in seat.seated
            if key in known
            for name in groups[known[key]]
        )

    def left(self, keys: numpy.ndarray) -> numpy.ndarray:
        """How many may still come under each cap."""
        left = numpy.full(len(keys), self.most, dtype=numpy.int64)
        if self.taken:
            left -= numpy.array([self.taken[int(key)] for key in keys], dtype=numpy.int64)
        return numpy.maximum(left, 0)


class _Programme:
    """One linear programme over the pairs `chosen`, solved. `values` by column, `row_duals` by row.

    `start`: a programme of fewer pairs, from whose answer this one goes on. `whole`: in whole numbers. `face`: a solved
    one; only answers as good as its are allowed, and among them the one with the highest lots is sought.
    """

    def __init__(self, model: _Model, chosen: numpy.ndarray, *, start=None, whole: bool = False, face=None):
        self.model, self.chosen, self.face = model, chosen, face
        self.rows, self.columns, self.entries, self.upper, self.lower = [], [], [], [], []
        self.kept: list[numpy.ndarray] = []  # keys of the caps that became rows, by kind
        count, seats = len(chosen), len(model.seats)
        self._add(model.places[chosen], numpy.arange(count), 1, model.needs, model.needs)
        self._put(numpy.arange(seats), count + numpy.arange(seats), 1, 0)
        rooms = numpy.array([judge.free for judge in model.judges], dtype=numpy.float64)
        self._add(model.people[chosen], numpy.arange(count), model.loads[chosen], -numpy.inf, rooms)
        costs = [model.gains[chosen], -float(SHORT) * model.sizes]
        most = [numpy.ones(count), model.needs]
        self.spot = numpy.full(len(model.places), -1)
        self.spot[chosen] = numpy.arange(count)
        for kind, caps in enumerate(model.caps):
            penalties = self._cap(kind, caps, sum(map(len, costs)))
            costs.append(penalties)
            most.append(numpy.full(len(penalties), numpy.inf))
        self.costs, self.most = numpy.concatenate(costs), numpy.concatenate(most).astype(numpy.float64)
        self.least = numpy.zeros(len(self.costs))
        self.upper, self.lower = numpy.concatenate(self.upper), numpy.concatenate(self.lower)
        self._run(start, whole)

    def _add(self, rows, columns, entries, lower, upper) -> None:
        """New rows below those there are, as many as `upper` has."""
        self._put(rows, columns, entries, sum(map(len, self.upper)))
        self.upper.append(numpy.asarray(upper, dtype=numpy.float64))
        self.lower.append(numpy.broadcast_to(numpy.asarray(lower, dtype=numpy.float64), len(upper)))

    def _put(self, rows, columns, entries, below: int) -> None:
        self.rows.append(rows + below)
        self.columns.append(columns)
        self.entries.append(numpy.broadcast_to(entries, len(columns)))

    def _cap(self, kind: int, caps: _Caps, columns: int) -> numpy.ndarray:
        """Rows for the caps that could be broken; the costs of the columns that let soft ones be."""
        column = self.spot[caps.pair]
        here = column >= 0
        keys, group, count = numpy.unique(caps.key[here], return_inverse=True, return_counts=True)
        left = caps.left(keys)
        binds = count > left
        if self.face:
            binds |= numpy.isin(keys, self.face.kept[kind])
        number = numpy.cumsum(binds) - 1
        inside = binds[group]
        below = sum(map(len, self.upper))
        self.kept.append(keys[binds])
        self._add(number[group[inside]], column[here][inside], 1, -numpy.inf, left[binds])
        if caps.hard:
            return numpy.zeros(0)
        rows = numpy.arange(binds.sum())
        self._put(rows, columns + rows, -1, below)
        return -float(PENALTY) * self.model.sizes[keys[binds] // caps.width]

    def _run(self, start: "_Programme | None", whole: bool) -> None:
        costs = self._narrow() if self.face else self.costs.copy()
        if whole:  # all lots together stay below half a thousandth
            costs[: len(self.chosen)] += self.model.lots[self.chosen] * 0.5 / max(1, self.model.needs.sum())
        solver = _solver()
        solver.passModel(self._lp(costs, whole))
        if start:
            solver.setBasis(self._basis(start))
        solver.run()
        status = solver.getModelStatus()
        found = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kSolutionLimit)
        if status not in found:
            raise RuntimeError(f"the solver stopped: {solver.modelStatusToString(status)}")
        solution, basis = solver.getSolution(), solver.getBasis()
        self.values, self.row_duals = numpy.array(solution.col_value), numpy.array(solution.row_dual)
        self.basis = basis.col_status, basis.row_status

    def _lp(self, costs: numpy.ndarray, whole: bool) -> highspy.HighsLp:
        row, column = numpy.concatenate(self.rows), numpy.concatenate(self.columns)
        order = numpy.lexsort((row, column))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(costs), len(self.upper)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = costs, self.least, self.most
        lp.row_lower_, lp.row_upper_ = self.lower, self.upper
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        starts = numpy.searchsorted(column[order], numpy.arange(len(costs) + 1))
        lp.a_matrix_.start_ = starts.astype(numpy.int32)
        lp.a_matrix_.index_ = row[order].astype(numpy.int32)
        lp.a_matrix_.value_ = numpy.concatenate(self.entries)[order].astype(numpy.float64)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
        return lp

    def _narrow(self) -> numpy.ndarray:
        """Leave nothing but the optimal face, by complementary slackness; the costs that are lots."""
        rows, extra = self._rows_of(self.face), self._extra_of(self.face)
        duals = numpy.where(rows >= 0, self.face.row_duals[rows], 0.0)
        tight = numpy.abs(duals) > EXACT
        self.lower[tight] = self.upper[tight]
        theirs = self.face.extra_prices()
        of_extra = numpy.where(extra >= 0, theirs[extra], 0.0)
        prices = numpy.concatenate((self.model.gains[self.chosen] - self.face.duals()[self.chosen], of_extra))
        self.most[prices < -EXACT] = 0
        self.least = numpy.where(prices > EXACT, self.most, 0.0)
        return numpy.concatenate((self.model.lots[self.chosen], numpy.zeros(len(self.costs) - len(self.chosen))))

    def extra_prices(self) -> numpy.ndarray:
        """Reduced costs of the columns that are no pairs."""
        seats, start = len(self.model.seats), len(self.model.seats) + len(self.model.judges)
        duals = [self.row_duals[:seats]]
        for caps, keys in zip(self.model.caps, self.kept, strict=True):
            if not caps.hard:
                duals.append(-self.row_duals[start : start + len(keys)])
            start += len(keys)
        return self.costs[len(self.chosen) :] - numpy.concatenate(duals)

    def _rows_of(self, other: "_Programme") -> numpy.ndarray:
        """Where each row is in the other programme; -1 where it is not."""
        first = len(self.model.seats) + len(self.model.judges)
        found, start = [numpy.arange(first)], first
        for keys, theirs in zip(self.kept, other.kept, strict=True):
            found.append(_where(keys, theirs, start))
            start += len(theirs)
        return numpy.concatenate(found)

    def _extra_of(self, other: "_Programme") -> numpy.ndarray:
        """Where each column that is no pair is among those of the other programme."""
        found, start = [numpy.arange(len(self.model.seats))], len(self.model.seats)
        for caps, keys, theirs in zip(self.model.caps, self.kept, other.kept, strict=True):
            if not caps.hard:
                found.append(_where(keys, theirs, start))
                start += len(theirs)
        return numpy.concatenate(found)

    def _basis(self, start: "_Programme") -> highspy.HighsBasis:
        """The other's answer as a basis of this: new pairs are out, new rows are slack."""
        lower, basic = highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic
        extra = self._extra_of(start)
        columns = [*start.spot[self.chosen], *numpy.where(extra >= 0, extra + len(start.chosen), -1)]
        basis = highspy.HighsBasis()
        basis.col_status = [start.basis[0][spot] if spot >= 0 else lower for spot in columns]
        basis.row_status = [start.basis[1][spot] if spot >= 0 else basic for spot in self._rows_of(start)]
        basis.valid = True
        return basis

    @property
    def objective(self) -> float:
        """In thousandths, without lots."""
        return float(self.costs @ self.values)

    @property
    def lost(self) -> float:
        """What empty seats and broken caps cost, as a negative number."""
        return float(self.costs[len(self.chosen) :] @ self.values[len(self.chosen) :])

    @property
    def is_whole(self) -> bool:
        return bool((numpy.abs(self.values - numpy.round(self.values)) <= EXACT).all())

    def duals(self) -> numpy.ndarray:
        """What an expert on an application costs the others, for all pairs of the model, chosen or not."""
        model, duals = self.model, self.row_duals
        seats, judges = len(model.seats), len(model.judges)
        found = duals[:seats][model.places] + model.loads * duals[seats : seats + judges][model.people]
        start = seats + judges
        for caps, keys in zip(model.caps, self.kept, strict=True):
            spot = _where(caps.key, keys, start)
            meets = spot >= 0
            found += numpy.bincount(caps.pair[meets], weights=duals[spot[meets]], minlength=len(found))
            start += len(keys)
        return found


def _where(keys: numpy.ndarray, among: numpy.ndarray, start: int) -> numpy.ndarray:
    """The position of each key in the sorted keys `among`, counted from `start`; -1 for one that is not there."""
    if not len(among):
        return numpy.full(len(keys), -1)
    spot = numpy.minimum(numpy.searchsorted(among, keys), len(among) - 1)
    return numpy.where(among[spot] == keys, spot + start, -1)


def _solver() -> highspy.Highs:
    """HiGHS, silent and the same on every run."""
    solver = highspy.Highs()
    options = {
        "output_flag": False,
        "threads": 1,
        "random_seed": 0,
        "simplex_dual_edge_weight_strategy": 1,  # Devex: half the time here
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.5,  # worths are whole numbers and lots stay below half of one
        "mip_max_nodes": NODES,
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver


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
