"""One linear programme of an assignment (`reviews.optimum`), handed to HiGHS and read back. Pure.

Columns: the chosen pairs, then every application's empty seats, then what soft caps are broken by. Rows: applications,
experts, caps (only where more candidates share one than may come).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import highspy
import numpy

SHORT = 100_000  # an empty seat costs more than affinity can gain or broken soft caps can save
PENALTY = 10_000  # a broken soft cap costs more than affinity can gain, and less than an empty seat
EXACT = 1e-6
NODES = 4_000_000  # of a search in whole numbers, times its columns: a count, not a time, stops alike on every machine


class Caps:
    """One kind of cap over all pairs. A pair may be under several caps of a kind (two employers) or under none."""

    def __init__(self, model, most: int, hard: bool, names: Sequence[Iterable[str]]):
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

    def _taken(self, model, groups: Sequence[Sequence[str]], numbers: Mapping[str, int]) -> Counter:
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


class Programme:
    """One linear programme over the pairs `chosen`, solved. `values` by column, `row_duals` by row.

    `start`: a programme of fewer pairs, from whose answer this one goes on. `covers`: further rows. `apart`: in whole
    numbers, until none can be better by more (0: in parts). `face`: a solved one; only answers as good as its are
    allowed, and among them the one with the highest lots is sought.
    """

    def __init__(self, model, chosen: numpy.ndarray, *, start=None, apart: float = 0, face=None, covers=()):
        self.model, self.chosen, self.face, self.covers = model, chosen, face, tuple(covers)
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
        self._cover()
        self.costs, self.most = numpy.concatenate(costs), numpy.concatenate(most).astype(numpy.float64)
        self.least = numpy.zeros(len(self.costs))
        self.upper, self.lower = numpy.concatenate(self.upper), numpy.concatenate(self.lower)
        self._run(start, apart)

    def _add(self, rows, columns, entries, lower, upper) -> None:
        """New rows below those there are, as many as `upper` has."""
        self._put(rows, columns, entries, sum(map(len, self.upper)))
        self.upper.append(numpy.asarray(upper, dtype=numpy.float64))
        self.lower.append(numpy.broadcast_to(numpy.asarray(lower, dtype=numpy.float64), len(upper)))

    def _put(self, rows, columns, entries, below: int) -> None:
        self.rows.append(rows + below)
        self.columns.append(columns)
        self.entries.append(numpy.broadcast_to(entries, len(columns)))

    def _cap(self, kind: int, caps: Caps, columns: int) -> numpy.ndarray:
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

    def _cover(self) -> None:
        """Rows for what an expert cannot take together."""
        sizes = [len(cover.pairs) for cover in self.covers]
        column = self.spot[self._covered]
        row = numpy.repeat(numpy.arange(len(sizes)), sizes)
        here = column >= 0
        self._add(row[here], column[here], 1, -numpy.inf, [cover.most for cover in self.covers])

    @cached_property
    def _covered(self) -> numpy.ndarray:
        """The pairs of all covers, one after the other."""
        return numpy.array([pair for cover in self.covers for pair in cover.pairs], dtype=numpy.int64)

    def _run(self, start: "Programme | None", apart: float) -> None:
        costs = self._narrow() if self.face else self.costs.copy()
        if apart:  # all lots together stay below half a thousandth
            costs[: len(self.chosen)] += self.model.lots[self.chosen] * 0.5 / max(1, self.model.needs.sum())
        solver = _solver()
        solver.passModel(self._lp(costs, bool(apart)))
        if apart:
            solver.setOptionValue("mip_abs_gap", apart)
            solver.setOptionValue("mip_max_nodes", max(10, min(2_000, NODES // len(costs))))
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
        self.proven = solver.getInfo().mip_dual_bound if apart else self.objective

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

    def _rows_of(self, other: "Programme") -> numpy.ndarray:
        """Where each row is in the other programme; -1 where it is not."""
        first = len(self.model.seats) + len(self.model.judges)
        found, start = [numpy.arange(first)], first
        for keys, theirs in zip(self.kept, other.kept, strict=True):
            found.append(_where(keys, theirs, start))
            start += len(theirs)
        number = numpy.arange(len(self.covers))
        found.append(numpy.where(number < len(other.covers), start + number, -1))
        return numpy.concatenate(found)

    def _extra_of(self, other: "Programme") -> numpy.ndarray:
        """Where each column that is no pair is among those of the other programme."""
        found, start = [numpy.arange(len(self.model.seats))], len(self.model.seats)
        for caps, keys, theirs in zip(self.model.caps, self.kept, other.kept, strict=True):
            if not caps.hard:
                found.append(_where(keys, theirs, start))
                start += len(theirs)
        return numpy.concatenate(found)

    def _basis(self, start: "Programme") -> highspy.HighsBasis:
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
    def parts(self) -> numpy.ndarray:
        """How much of each chosen pair is taken."""
        return self.values[: len(self.chosen)]

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
        weights = numpy.repeat(duals[start:], [len(cover.pairs) for cover in self.covers])
        return found + numpy.bincount(self._covered, weights=weights, minlength=len(found))


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
    }
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver
