"""The order in which few members go in and out, against every order there is."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews import agenda
from reviews.agenda import moves, ordered

ABSENT = st.sets(st.integers(0, 4), max_size=3)


@settings(max_examples=120, deadline=None)
@given(st.lists(ABSENT, max_size=6))
def test_small_agendas_have_the_least_moves_of_all_orders(sets):
    recused = dict(enumerate(sets))
    found = ordered(list(recused), recused)
    assert sorted(found) == list(recused)
    assert moves(found, recused) == min(moves(order, recused) for order in permutations(recused))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 7), min_size=1, max_size=4), min_size=5, max_size=9))
def test_the_way_for_large_agendas_is_close_to_the_best(sets):
    groups = [(frozenset(one), [place]) for place, one in enumerate(dict.fromkeys(map(frozenset, sets)))]
    best, found = agenda._exact(groups), agenda._heuristic(groups)
    assert sorted(str(group) for group in found) == sorted(str(group) for group in groups)
    assert agenda._cost(best) <= agenda._cost(found) <= agenda._cost(best) * 1.25


@settings(max_examples=20, deadline=None)
@given(st.lists(ABSENT, min_size=30, max_size=60))
def test_a_long_agenda_is_never_worse_than_it_came(sets):
    recused = dict(enumerate(sets))
    found = ordered(list(recused), recused)
    assert sorted(found) == list(recused) and moves(found, recused) <= moves(list(recused), recused)
    assert ordered(list(recused), recused) == found


def test_equals_keep_the_order_in_which_they_came():
    assert ordered([3, 1, 2], {}) == [3, 1, 2]
    assert ordered([5, 4, 3, 2], {5: {"a"}, 3: {"a"}}) == [4, 2, 5, 3]


def test_moves_count_going_out_and_coming_in():
    recused = {1: {"a"}, 2: set(), 3: {"a", "b"}}
    assert moves([1, 2, 3], recused) == 6  # a out, in, out with b, both in
    assert moves([2, 1, 3], recused) == 4
    assert moves([], {}) == 0
