"""The draw never breaks a rule, is the same for the same seed, and says what it could not fill."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.old_drawing import Candidate, Place, draw


@st.composite
def situations(draw_one):
    experts = draw_one(st.integers(0, 14))
    candidates = [
        Candidate(pk, f"单位{draw_one(st.integers(1, 8))}", draw_one(st.integers(0, 5)), draw_one(st.integers(0, 12)))
        for pk in range(1, experts + 1)
    ]
    some = st.frozensets(st.integers(1, max(1, experts)), max_size=4)
    places = []
    for pk in range(1, draw_one(st.integers(1, 12)) + 1):
        blocked = draw_one(some)
        places.append(Place(pk, draw_one(st.integers(0, 5)), draw_one(some) - blocked, blocked))
    return places, candidates


@settings(max_examples=300, deadline=None)
@given(situations(), st.text(max_size=6))
def test_no_rule_is_ever_broken(situation, seed):
    places, candidates = situation
    result = draw(places, candidates, seed)
    given_to = dict.fromkeys((candidate.pk for candidate in candidates), 0)
    for place in places:
        seats = result.pairs.get(place.pk, [])
        assert len(seats) == len(set(seats)) <= place.need
        assert not set(seats) & (place.blocked | place.seated)
        assert len(seats) + result.short.get(place.pk, 0) == place.need
        for pk in seats:
            given_to[pk] += 1
    assert all(given_to[candidate.pk] <= candidate.room for candidate in candidates)


@settings(max_examples=100, deadline=None)
@given(situations(), st.randoms())
def test_the_same_seed_gives_the_same_whatever_the_order(situation, rng):
    places, candidates = situation
    first = draw(places, candidates, "7")
    rng.shuffle(places)
    rng.shuffle(candidates)
    assert draw(places, candidates, "7").digest == first.digest


@settings(max_examples=100, deadline=None)
@given(situations(), st.randoms())
def test_the_same_people_are_drawn_in_a_database_with_other_keys(situation, rng):
    """The rows of another database have other keys, in another order; who is drawn hangs on the people."""
    places, candidates = situation
    named = [replace(candidate, name=f"expert-{candidate.pk}") for candidate in candidates]
    keys = rng.sample(range(1, 10_000), len(candidates))
    other = dict(zip((candidate.pk for candidate in candidates), keys, strict=True))

    def there(pks):
        return frozenset(other.get(pk, -pk) for pk in pks)

    here = draw(places, named, "7").pairs
    moved = [replace(candidate, pk=other[candidate.pk]) for candidate in named]
    rows = [replace(place, seated=there(place.seated), blocked=there(place.blocked)) for place in places]
    elsewhere = draw(rows, moved, "7").pairs
    assert elsewhere == {pk: [other[expert] for expert in experts] for pk, experts in here.items()}


def test_a_place_stays_empty_only_when_nobody_may_take_it():
    candidates = [Candidate(pk, f"单位{pk}", 0, 1) for pk in range(1, 6)]
    result = draw([Place(1, 3), Place(2, 3)], candidates, "x")
    assert result.missing == 1 and sum(map(len, result.pairs.values())) == 5


def test_one_panel_for_all_with_stand_ins_for_who_must_not_look():
    candidates = [Candidate(pk, f"单位{pk}", 0, 20) for pk in range(1, 9)]
    places = [Place(pk, 5, blocked=frozenset({1, 2}) if pk == 3 else frozenset()) for pk in range(1, 7)]
    result = draw(places, candidates, "x")
    panels = {tuple(sorted(seats)) for pk, seats in result.pairs.items() if pk != 3}
    assert len(panels) == 1 and not result.missing and not {1, 2} & set(result.pairs[3])


def test_the_least_loaded_come_first_and_colleagues_do_not_sit_together():
    candidates = [Candidate(1, "甲", 9, 20), *(Candidate(pk, "乙", 0, 20) for pk in (2, 3)), Candidate(4, "丙", 0, 20)]
    (seats,) = draw([Place(1, 3)], candidates, "x").pairs.values()
    assert 1 in seats and 4 in seats  # the busy one rather than a second colleague of one unit
    (two,) = draw([Place(1, 2)], candidates, "x").pairs.values()
    assert 1 not in two


def test_different_seeds_give_different_panels():
    candidates = [Candidate(pk, f"单位{pk}", 0, 20) for pk in range(1, 21)]
    panels = {tuple(sorted(draw([Place(1, 5)], candidates, str(seed)).pairs[1])) for seed in range(40)}
    assert len(panels) > 30


def test_a_group_beyond_everybodys_room_is_split():
    candidates = [Candidate(pk, f"单位{pk}", 0, 10) for pk in range(1, 31)]
    result = draw([Place(pk, 5) for pk in range(1, 51)], candidates, "x")
    assert not result.missing
    assert len({tuple(sorted(seats)) for seats in result.pairs.values()}) <= 8
