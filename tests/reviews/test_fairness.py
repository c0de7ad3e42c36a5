"""The threshold: exact where only recusal and room count, and the worst application gains by it."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jbgs.rehearsal import instances
from reviews import drawing, fairness
from reviews.optimum import Judge, Seat

pytestmark = pytest.mark.slow  # pure, so once is enough

KEYS = ["x", "y", "z", "w"]


@st.composite
def instances_(draw):
    judges = [Judge(key, draw(st.integers(0, 2)), away=draw(st.integers(0, 5)) == 0) for key in KEYS]
    values = st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0, 250, 600, 1000]))
    few = st.frozensets(st.sampled_from(KEYS), max_size=1)
    return [Seat(f"a{n}", draw(st.integers(0, 2)), draw(values), draw(few), draw(few)) for n in range(3)], judges


def best_of_all(seats, judges) -> int:
    """Every way to fill as many seats as can be; the best of their worst pairs."""
    room = {judge.key: judge.free for judge in judges}
    able = [[key for key in sorted(seat.affinity) if key not in seat.blocked | seat.seated] for seat in seats]
    ways = [
        [some for size in range(seat.need + 1) for some in combinations(keys, size)]
        for seat, keys in zip(seats, able, strict=True)
    ]
    found = []
    for chosen in product(*ways):
        taken = [key for some in chosen for key in some]
        if all(taken.count(key) <= room[key] for key in taken):
            least = [seat.affinity[key] for seat, some in zip(seats, chosen, strict=True) for key in some]
            found.append((len(taken), min(least, default=0)))
    return max(found)[1]


@settings(max_examples=300, deadline=None)
@given(instances_())
def test_no_higher_threshold_fills_as_many(instance):
    assert fairness.threshold(*instance) == best_of_all(*instance)


def test_one_gives_up_the_best_so_that_another_is_not_left_with_the_worst():
    seats = [Seat("a", 1, {"x": 1000, "y": 700}), Seat("b", 1, {"x": 600, "y": 100})]
    assert fairness.threshold(seats, [Judge("x", 1), Judge("y", 1)]) == 600


def test_a_pair_below_it_is_dear_and_not_forbidden():
    seats = [Seat("a", 1, {"x": 1000, "y": 700})]
    assert fairness.spare(seats, seats, 800)[0].affinity == {"x": 1000, "y": 700 - fairness.BELOW}


def test_the_worst_application_gains_and_the_sum_hardly_loses(monkeypatch):
    problem = instances.free(150, 60, slack=1.03)
    fair = drawing.solve(problem, "")
    monkeypatch.setattr(fairness, "threshold", lambda seats, judges: 0)
    greatest = drawing.solve(problem, "")
    assert fair.missing == greatest.missing
    assert worst_pair(problem, fair) > worst_pair(problem, greatest)
    assert greatest.value * 0.98 < fair.value <= greatest.value


def worst_pair(problem, outcome) -> int:
    return min(problem.places[key].affinity[one] for key, chosen in outcome.pairs.items() for one in chosen)
