"""The best assignment of experts to applications under all caps: an exact linear programme, solved by HiGHS. Pure.

    max Σ affinity·x − SHORT·Σ empty seats
    each application: its seats; each expert: the room left; one expert per employer and at most `per_region` of one
    region on an application; a pair that must not be is no variable

Empty seats are variables, so there is always an answer and it says where seats stay empty and by which rule. Employer
within region within application is a laminar family: the vertices of the programme are whole numbers and no search is
needed (review.md §2.1); where an expert has two employers it is not, and the same model is solved in whole numbers.

Affinities are thousandths. Only the best CANDIDATES of an application are variables at first; where seats stay empty
although others could take them, it is solved again with all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import highspy
import numpy

SHORT = 100_000  # an empty seat costs more than any sum of affinities can gain
CANDIDATES = 60
EXACT = 1e-6
SOLVER = f"highspy {highspy.Highs().version()}"


@dataclass(frozen=True)
class Seat:
    """An application that needs `need` experts. `affinity`: thousandths by expert; who is not in it is not qualified.

    `blocked`: experts who must not, whatever their affinity. `seated`: experts who have it already; they count against
    employer and region.
    """

    key: str
    need: int
    affinity: Mapping[str, int]
    blocked: frozenset[str] = frozenset()
    seated: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Judge:
    """An expert with room for `room` more. `employers`: codes or names of all units one works for; `region`: or ''."""

    key: str
    room: int
    employers: tuple[str, ...] = ()
    region: str = ""


@dataclass(frozen=True)
class Rules:
    """The caps of one application: experts of one employer, of one region (0: no cap)."""

    per_employer: int = 1
    per_region: int = 2


@dataclass
class Assigned:
    """The answer. `pairs` by application in the order of experts' keys; `short`: empty seats with the reason of each.

    `value`: the sum of affinities in thousandths; `worth`: that without what empty seats cost; `bound`: the most that
    the linear programme allows `worth` to be.
    """

    pairs: dict[str, tuple[str, ...]]
    short: dict[str, tuple[int, str]] = field(default_factory=dict)
    value: int = 0
    bound: float = 0.0

    @property
    def worth(self) -> int:
        """What the programme maximises."""
        return self.value - SHORT * sum(missing for missing, _ in self.short.values())

    @property
    def digest(self) -> str:
        """The SHA-256 of the pairs: a replayed draw must give the same one."""
        return sha256(repr(sorted(self.pairs.items())).encode()).hexdigest()


def assign(seats: Iterable[Seat], judges: Iterable[Judge], rules: Rules | None = None) -> Assigned:
    """The assignment with the fewest empty seats and, among those, the greatest affinity. Deterministic."""
    seats = sorted(seats, key=lambda seat: seat.key)
    judges = {judge.key: judge for judge in sorted(judges, key=lambda judge: judge.key)}
    rules = rules or Rules()
    found = _Model(seats, judges, rules, CANDIDATES).solve()
    if found.short and any(len(_admissible(seat, judges)) > CANDIDATES for seat in seats):
        found = _Model(seats, judges, rules, None).solve()
    _explain(found, seats, judges, rules)
    return found


def _admissible(seat: Seat, judges: Mapping[str, Judge]) -> list[str]:
    """Who may sit on it and has room, the best first."""
    out = seat.blocked | seat.seated
    keys = (key for key in seat.affinity if key not in out and key in judges and judges[key].room > 0)
    return sorted(keys, key=lambda key: (-seat.affinity[key], key))


class _Model:
    """Columns: one for each admissible pair, then one for each application's empty seats."""

    def __init__(self, seats: Sequence[Seat], judges: Mapping[str, Judge], rules: Rules, most: int | None):
        self.seats, self.judges, self.rules = seats, judges, rules
        self.pairs = [(place, key) for place, seat in enumerate(seats) for key in _admissible(seat, judges)[:most]]
        self.rows: list[tuple[list[int], float, float]] = []  # (columns, lower, upper)
        self.two_employers = any(len(judge.employers) > 1 for judge in judges.values())

    def solve(self) -> Assigned:
        self._demands()
        self._rooms()
        self._groups()
        solver = self._solver()
        values = numpy.array(solver.getSolution().col_value[: len(self.pairs)])
        fractional = numpy.abs(values - numpy.round(values)) > EXACT
        bound = solver.getObjectiveValue()
        if fractional.any():
            solver = self._solver(whole=True)
            values = numpy.array(solver.getSolution().col_value[: len(self.pairs)])
        return self._answer(values, bound)

    def _demands(self) -> None:
        """Experts and empty seats make up what an application needs."""
        columns: dict[int, list[int]] = defaultdict(list)
        for column, (place, _) in enumerate(self.pairs):
            columns[place].append(column)
        for place, seat in enumerate(self.seats):
            self.rows.append(([*columns[place], len(self.pairs) + place], seat.need, seat.need))

    def _rooms(self) -> None:
        columns: dict[str, list[int]] = defaultdict(list)
        for column, (_, key) in enumerate(self.pairs):
            columns[key].append(column)
        for key, found in columns.items():
            if len(found) > self.judges[key].room:
                self.rows.append((found, 0, self.judges[key].room))

    def _groups(self) -> None:
        """Employer and region caps, only where more candidates share one than may come."""
        groups: dict[tuple, list[int]] = defaultdict(list)
        for column, (place, key) in enumerate(self.pairs):
            judge = self.judges[key]
            for employer in judge.employers if self.rules.per_employer else ():
                groups[place, "employer", employer].append(column)
            if self.rules.per_region and judge.region:
                groups[place, "region", judge.region].append(column)
        for (place, kind, name), columns in groups.items():
            left = self._left(self.seats[place], kind, name)
            if len(columns) > left:
                self.rows.append((columns, 0, left))

    def _left(self, seat: Seat, kind: str, name: str) -> int:
        """How many of one employer or region may still come."""
        seated = (self.judges[key] for key in seat.seated if key in self.judges)
        if kind == "employer":
            return max(0, self.rules.per_employer - sum(name in judge.employers for judge in seated))
        return max(0, self.rules.per_region - sum(name == judge.region for judge in seated))

    def _solver(self, *, whole: bool = False) -> highspy.Highs:
        columns = len(self.pairs) + len(self.seats)
        gains = [self.seats[place].affinity[key] for place, key in self.pairs]
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, len(self.rows)
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = numpy.array([*gains, *(-SHORT for _ in self.seats)], dtype=numpy.float64)
        model.col_lower_ = numpy.zeros(columns)
        model.col_upper_ = numpy.array([1.0] * len(self.pairs) + [float(seat.need) for seat in self.seats])
        model.row_lower_ = numpy.array([row[1] for row in self.rows], dtype=numpy.float64)
        model.row_upper_ = numpy.array([row[2] for row in self.rows], dtype=numpy.float64)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = numpy.cumsum([0, *(len(row[0]) for row in self.rows)], dtype=numpy.int32)
        model.a_matrix_.index_ = numpy.array([column for row in self.rows for column in row[0]], dtype=numpy.int32)
        model.a_matrix_.value_ = numpy.ones(len(model.a_matrix_.index_))
        if whole:
            model.integrality_ = [highspy.HighsVarType.kInteger] * columns
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        solver.setOptionValue("mip_rel_gap", 0.0)
        solver.passModel(model)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the solver stopped: {solver.modelStatusToString(solver.getModelStatus())}")
        return solver

    def _answer(self, values, bound: float) -> Assigned:
        chosen: dict[str, list[str]] = {seat.key: [] for seat in self.seats}
        total = 0
        for (place, key), value in zip(self.pairs, values, strict=True):
            if value > 0.5:
                chosen[self.seats[place].key].append(key)
                total += self.seats[place].affinity[key]
        pairs = {key: tuple(sorted(found)) for key, found in chosen.items()}
        short = {
            seat.key: (seat.need - len(pairs[seat.key]), "") for seat in self.seats if seat.need > len(pairs[seat.key])
        }
        return Assigned(pairs, short, total, bound)


QUALIFIED, RECUSED, ROOM, GROUPS, LOAD = "qualified", "recused", "room", "groups", "load"


def _explain(found: Assigned, seats: Sequence[Seat], judges: Mapping[str, Judge], rules: Rules) -> None:
    """By which rule each empty seat stays empty: the first one after which too few are left."""
    for seat in seats:
        if seat.key not in found.short:
            continue
        missing, _ = found.short[seat.key]
        known = [key for key in seat.affinity if key in judges and key not in seat.seated]
        free = [key for key in known if key not in seat.blocked]
        able = [key for key in free if judges[key].room > 0]
        if len(known) < seat.need:
            reason = QUALIFIED
        elif len(free) < seat.need:
            reason = RECUSED
        elif len(able) < seat.need:
            reason = ROOM
        elif not _fits_alone(seat, judges, rules):
            reason = GROUPS
        else:
            reason = LOAD
        found.short[seat.key] = (missing, reason)


def _fits_alone(seat: Seat, judges: Mapping[str, Judge], rules: Rules) -> bool:
    """Whether this application could be filled if no other one wanted anybody."""
    return not _Model([seat], judges, rules, None).solve().short
