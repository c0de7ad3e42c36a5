"""The threshold: exact where only recusal and room count, and the worst application gains by it."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews import drawing, fairness
from reviews.drawing import Group, Place, Problem, Settings
from reviews.optimum import Judge, Seat

pytestmark = pytest.mark.slow  # pure, so once is enough

KEYS = ["x", "y", "z", "w"]


@st.composite
def instances(draw):
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
@given(instances())
def test_no_higher_threshold_fills_as_many(instance):
    assert fairness.threshold(*instance) == best_of_all(*instance)


def test_one_gives_up_the_best_so_that_another_is_not_left_with_the_worst():
    seats = [Seat("a", 1, {"x": 1000, "y": 700}), Seat("b", 1, {"x": 600, "y": 100})]
    assert fairness.threshold(seats, [Judge("x", 1), Judge("y", 1)]) == 600


def test_a_pair_below_it_is_dear_and_not_forbidden():
    seats = [Seat("a", 1, {"x": 1000, "y": 700})]
    assert fairness.spare(seats, seats, 800)[0].affinity == {"x": 1000, "y": 700 - fairness.BELOW}


def test_a_draw_leaves_nobody_the_worst_though_the_sum_would_gain(monkeypatch):
    """x is best for both; without fairness a would take x, and b be left with y."""
    places = (Place("a", 1, {"x": 1000, "y": 300}), Place("b", 1, {"x": 500, "y": 100}))
    judges = (Judge("x", 1), Judge("y", 1))
    problem = Problem(Settings(mode="optimal", panel="free", k=1), (Group("T", "虚构任务", places),), judges)
    assert drawing.solve(problem, "").pairs == {"a": ("y",), "b": ("x",)}
    monkeypatch.setattr(fairness, "threshold", lambda seats, judges: 0)
    assert drawing.solve(problem, "").pairs == {"a": ("x",), "b": ("y",)}


def test_a_cap_may_need_a_pair_below_it():
    """Of two colleagues only one may come: the third is far below the threshold, and still better than nobody."""
    places = (Place("a", 2, {"x": 1000, "y": 1000, "z": 100}),)
    judges = (Judge("x", 1, ("U",)), Judge("y", 1, ("U",)), Judge("z", 1, ("V",)))
    problem = Problem(Settings(mode="optimal", panel="free", k=2), (Group("T", "虚构任务", places),), judges)
    outcome = drawing.solve(problem, "")
    assert outcome.missing == 0 and "z" in outcome.pairs["a"]


def _task(key: str, affinity: dict, size: int) -> Group:
    return Group(key, "虚构任务", tuple(Place(f"{key}{n}", 1, affinity) for n in range(size)))


def two_tasks(**named) -> Problem:
    """Three applications each. x is best for both tasks and has room for one."""
    tasks = {"T": {"x": 1000, "y": 300}, "S": {"x": 500, "y": 100}}
    groups = (_task(key, affinity, 3) for key, affinity in tasks.items())
    return Problem(Settings(**{"mode": "optimal", "k": 1} | named), tuple(groups), (Judge("x", 3), Judge("y", 9)))


def test_no_panel_gets_the_worst_though_the_sum_would_gain(monkeypatch):
    outcome = drawing.solve(two_tasks(), "")
    assert outcome.pairs["T0"] == ("y",) and outcome.pairs["S0"] == ("x",) and not outcome.missing
    monkeypatch.setattr(fairness, "threshold_of_panels", lambda *given: (0, 0.0))
    outcome = drawing.solve(two_tasks(), "")
    assert outcome.pairs["T0"] == ("x",) and outcome.pairs["S0"] == ("y",)


def test_a_small_panel_is_not_given_up_for_a_large_one():
    """What thirty applications gain is more than any price for three: the floor is no price."""
    problem = two_tasks()
    groups = (_task("T", {"x": 1000, "y": 300}, 30), problem.groups[1])
    problem = Problem(problem.settings, groups, (Judge("x", 30), Judge("y", 40)))
    outcome = drawing.solve(problem, "")
    assert outcome.pairs["S0"] == ("x",) and {outcome.pairs[f"T{n}"] for n in range(30)} == {("y",)}


def test_a_panel_is_filled_by_who_is_below_the_threshold_rather_than_left_short(monkeypatch):
    """The threshold is found with experts who can be parted; whole ones may not do."""
    monkeypatch.setattr(fairness, "threshold_of_panels", lambda *given: (400, 0.0))
    outcome = drawing.solve(two_tasks(recusal="strict"), "")  # nobody stands in
    assert not outcome.missing and outcome.pairs["T0"] == ("x",) and outcome.pairs["S0"] == ("y",)
    assert outcome.worth <= outcome.bound


def test_who_sits_already_stays_under_any_threshold():
    late = Place("B", 1, {"x": 100, "y": 900})
    before = Place("A", 0, {"x": 100, "y": 900}, seated=("x",))
    problem = Problem(
        Settings(mode="optimal", k=1), (Group("T", "虚构任务", (before, late)),), (Judge("x", 3), Judge("y", 3))
    )
    assert drawing.solve(problem, "").pairs["B"] == ("x",)
