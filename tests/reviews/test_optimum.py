"""The solver: no cap or recusal broken, the optimum reached, empty seats explained, lots replayable."""

from collections import Counter
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews import lots
from reviews.optimum import GROUPS, LOAD, QUALIFIED, RECUSED, ROOM, Judge, Rules, Seat, assign, bound
from reviews.programme import SHORT

pytestmark = pytest.mark.slow  # pure, so once is enough


def seat(key="a", need=2, affinity=None, **named) -> Seat:
    return Seat(key, need, affinity if affinity is not None else {"x": 900, "y": 800, "z": 700}, **named)


def judges(*rows) -> list[Judge]:
    return [Judge(key, room, tuple(employers), region) for key, room, employers, region in rows]


THREE = judges(("x", 9, "U", "r1"), ("y", 9, "V", "r1"), ("z", 9, "W", "r1"))


# ---- one rule at a time, on both sides ----


def test_the_best_are_taken():
    assert assign([seat()], THREE).pairs == {"a": ("x", "y")}


@pytest.mark.parametrize(
    "per_region, pairs", [(3, ("x", "y", "z")), (2, ("x", "y")), (1, ("x",)), (0, ("x", "y", "z"))]
)
def test_a_region_is_capped(per_region, pairs):
    assert assign([seat(need=3)], THREE, Rules(per_region=per_region)).pairs["a"] == pairs


def test_colleagues_do_not_meet_and_one_who_sits_counts():
    colleagues = judges(("x", 9, "U", ""), ("y", 9, "U", ""), ("z", 9, "W", ""))
    assert assign([seat()], colleagues).pairs["a"] == ("x", "z")
    assert assign([seat(need=1, seated=frozenset({"x"}))], colleagues).pairs["a"] == ("z",)


def test_an_expert_of_two_units_is_a_colleague_of_both():
    rows = judges(("x", 9, ("U", "V"), ""), ("y", 9, ("V", "W"), ""), ("z", 9, ("W", "U"), ""), ("q", 9, ("Q",), ""))
    found = assign([seat(need=2, affinity={"x": 900, "y": 900, "z": 900, "q": 100})], rows)
    assert "q" in found.pairs["a"] and len(found.pairs["a"]) == 2


@pytest.mark.parametrize(
    "one, rows, reason",
    [
        (seat(affinity={"x": 1}), THREE, QUALIFIED),
        (seat(blocked=frozenset({"x", "y"})), THREE, RECUSED),
        (seat(), judges(("x", 0, "U", ""), ("y", 0, "V", ""), ("z", 1, "W", "")), ROOM),
        (seat(), judges(("x", 9, "U", ""), ("y", 9, "U", ""), ("z", 9, "U", "")), GROUPS),
    ],
)
def test_an_empty_seat_says_by_which_rule(one, rows, reason):
    found = assign([one], rows)
    assert found.short == {"a": (1, reason)}


def test_a_seat_that_another_application_took_says_so():
    rows = judges(("x", 1, "U", ""))
    found = assign([seat("a", 1, {"x": 500}), seat("b", 1, {"x": 900})], rows)
    assert found.pairs == {"a": (), "b": ("x",)} and found.short == {"a": (1, LOAD)}


def test_filling_a_seat_goes_before_affinity():
    """x is best for both; b has nobody else."""
    rows = judges(("x", 1, "U", ""), ("y", 1, "V", ""))
    found = assign([seat("a", 1, {"x": 1000, "y": 1}), seat("b", 1, {"x": 10})], rows)
    assert found.pairs == {"a": ("y",), "b": ("x",)}


def test_more_candidates_are_asked_where_the_best_are_taken():
    many = [Judge(f"e{n:03}", 1, (f"u{n}",)) for n in range(130)]
    affinity = {judge.key: 1000 - n for n, judge in enumerate(many)}
    seats = [seat(f"a{n:02}", 5, affinity) for n in range(26)]
    assert assign(seats, many).short == {}


# ---- random instances ----

KEYS = [f"e{n}" for n in range(6)]


@st.composite
def instances(draw):
    rows = [
        Judge(key, draw(st.integers(0, 3)), tuple(draw(st.sets(st.sampled_from("UVW"), min_size=1, max_size=2))),
              draw(st.sampled_from(["", "r1", "r2"])))
        for key in KEYS
    ]  # fmt: skip
    seats = [
        Seat(f"a{n}", draw(st.integers(0, 3)), draw(st.dictionaries(st.sampled_from(KEYS), st.integers(0, 1000))),
             draw(st.frozensets(st.sampled_from(KEYS), max_size=2)))
        for n in range(draw(st.integers(1, 3)))
    ]  # fmt: skip
    return seats, rows, Rules(draw(st.integers(1, 2)), draw(st.integers(0, 2)))


def broken(seats, rows, rules, pairs) -> list[str]:
    """Everything that an assignment must not do, looked at without the solver."""
    known, found = {judge.key: judge for judge in rows}, []
    for one in seats:
        chosen = pairs[one.key]
        employers = Counter(name for key in chosen for name in known[key].employers)
        regions = Counter(known[key].region for key in chosen if known[key].region)
        found += ["duplicate"] * (len(set(chosen)) != len(chosen)) + ["too many"] * (len(chosen) > one.need)
        found += ["recused"] * bool(set(chosen) & one.blocked) + ["unqualified"] * bool(set(chosen) - set(one.affinity))
        found += ["employer"] * any(count > rules.per_employer for count in employers.values())
        found += ["region"] * any(rules.per_region and count > rules.per_region for count in regions.values())
    loads = Counter(key for chosen in pairs.values() for key in chosen)
    return found + ["load"] * any(count > known[key].room for key, count in loads.items())


def worth(seats, pairs) -> int:
    return sum(
        sum(one.affinity[key] for key in pairs[one.key]) - SHORT * (one.need - len(pairs[one.key])) for one in seats
    )


@settings(max_examples=1000, deadline=None)
@given(instances())
def test_no_random_instance_breaks_a_rule(instance):
    seats, rows, rules = instance
    found = assign(seats, rows, rules)
    assert broken(seats, rows, rules, found.pairs) == []
    assert found.worth == worth(seats, found.pairs) <= found.bound + 1e-3
    if all(len(judge.employers) == 1 for judge in rows) and not rules.per_region:
        assert found.worth == pytest.approx(found.bound)  # a laminar family: the linear programme's answer is whole
    assert {key: count for key, (count, _) in found.short.items()} == {
        one.key: one.need - len(found.pairs[one.key]) for one in seats if one.need > len(found.pairs[one.key])
    }


@settings(max_examples=60, deadline=None)
@given(instances())
def test_nothing_is_better_than_the_optimum(instance):
    """All assignments of small instances, one by one."""
    seats, rows, rules = instance
    seats = seats[:2]
    every = [
        [set_ for size in range(one.need + 1) for set_ in combinations(sorted(one.affinity), size)] for one in seats
    ]
    best = max(
        worth(seats, pairs)
        for chosen in product(*every)
        if not broken(seats, rows, rules, pairs := dict(zip((one.key for one in seats), chosen, strict=True)))
    )
    assert worth(seats, assign(seats, rows, rules).pairs) == best


# ---- panels: seats that take several sheets of an expert's room ----


@st.composite
def panels(draw):
    rows = [Judge(key, draw(st.integers(3, 9)), (draw(st.sampled_from("UVW")),)) for key in KEYS[:4]]
    seats = []
    for n in range(draw(st.integers(2, 3))):
        size = draw(st.integers(2, 5))
        means = draw(st.dictionaries(st.sampled_from(KEYS[:4]), st.sampled_from([500, 500, 900])))
        loads = draw(st.dictionaries(st.sampled_from(sorted(means) or KEYS[:1]), st.integers(1, size), max_size=1))
        affinity = {key: value * loads.get(key, size) for key, value in means.items()}
        seats.append(Seat(f"p{n}", draw(st.integers(1, 2)), affinity, size=size, loads=loads))
    return seats, rows, Rules(draw(st.integers(0, 1)), 0)


def overloaded(seats, rows, pairs) -> list[str]:
    used = Counter()
    for one in seats:
        used.update({key: one.load(key) for key in pairs[one.key]})
    return [row.key for row in rows if used[row.key] > row.room]


@settings(max_examples=500, deadline=None)
@given(panels(), st.text(max_size=2))
def test_no_expert_takes_more_sheets_than_there_is_room(instance, seed):
    seats, rows, rules = instance
    found = assign(seats, rows, rules, seed=seed)
    assert overloaded(seats, rows, found.pairs) == []
    assert not any(len(found.pairs[one.key]) > one.need for one in seats)
    assert found.worth <= found.bound


@settings(max_examples=100, deadline=None)
@given(panels())
def test_no_panels_are_better_than_the_optimum(instance):
    seats, rows, rules = instance
    capped = rules if rules.per_employer else Rules(9, 0)
    every = [
        [some for size in range(one.need + 1) for some in combinations(sorted(one.affinity), size)] for one in seats
    ]
    best = max(
        sum(sum(one.affinity[key] for key in pairs[one.key]) - SHORT * one.size * (one.need - len(pairs[one.key]))
            for one in seats)
        for chosen in product(*every)
        for pairs in [dict(zip((one.key for one in seats), chosen, strict=True))]
        if not overloaded(seats, rows, pairs) and "employer" not in broken(seats, rows, capped, pairs)
    )  # fmt: skip
    assert assign(seats, rows, rules).worth == best <= bound(seats, rows, rules, rounds=9) + 1e-3


def test_covers_bring_the_bound_to_what_whole_experts_can_do():
    """Room for one and three quarters of the panels; nobody sits on three quarters."""
    rows = [Judge(key, 35) for key in ("x", "y")]
    seats = [Seat(f"p{n}", 1, {"x": 20_000, "y": 2_000}, size=20) for n in range(2)]
    assert bound(seats, rows, Rules()) > bound(seats, rows, Rules(), rounds=1) == assign(seats, rows).worth == 22_000


# ---- chance ----


def test_lots_follow_from_the_seed_alone():
    assert lots.lot("s", "a", "x") == lots.lot("s", "a", "x") != lots.lot("t", "a", "x")
    assert 0 <= lots.lot("s", "a", "x") < lots.LOTS


def crowd(count=40):
    rows = [Judge(f"e{n:02}", 9, (f"u{n}",)) for n in range(count)]
    affinity = {judge.key: 900 - n for n, judge in enumerate(rows)}
    return [seat(f"a{n}", 3, affinity) for n in range(4)], rows


@pytest.mark.parametrize("mode", [lots.NOISY, lots.POOL])
def test_a_draw_can_be_replayed_and_another_seed_gives_another(mode):
    seats, rows = crowd()
    results = [assign(lots.drawn(seats, mode, seed), rows).digest for seed in ("one", "one", "two")]
    assert results[0] == results[1] != results[2]


def test_noise_costs_little_and_only_lowers():
    seats, _ = crowd()
    for before, after in zip(seats, lots.drawn(seats, lots.NOISY, "s"), strict=True):
        assert all(0 <= before.affinity[key] - value <= lots.NOISE for key, value in after.affinity.items())


def test_a_pure_draw_leaves_out_who_is_not_qualified():
    drawn = lots.drawn([seat(affinity={"x": 499, "y": 500})], lots.POOL, "s")[0]
    assert set(drawn.affinity) == {"y"}


def test_every_qualified_expert_comes_up_about_equally_often():
    rows = [Judge(f"e{n}", 99, (f"u{n}",)) for n in range(5)]
    one = seat(need=1, affinity={judge.key: 600 + 50 * n for n, judge in enumerate(rows)})
    counted = Counter(assign(lots.drawn([one], lots.POOL, str(n)), rows).pairs["a"][0] for n in range(400))
    assert all(50 <= count <= 110 for count in counted.values()) and len(counted) == 5
