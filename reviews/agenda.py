"""The order of a meeting's agenda in which recused members go in and out of the room as little as possible; pure.

Before the first item and after the last everybody is in the room, so the number of moves is twice the number of times
that somebody goes out. Items with the same recused members stand together. With at most `EXACT` different sets the
order is the best one; with more of them cheapest insertion is improved until no shifted or turned part helps (three
starts; measured against the best order of 11 sets: 1 to 2 per cent more moves).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence

EXACT = 11
"""Different sets of recused members up to which every order is looked at (2^n·n² steps)."""

Group = tuple[frozenset, list]


def moves(order: Iterable[Hashable], recused: Mapping[Hashable, Iterable[Hashable]]) -> int:
    """How often a member goes out or comes in again when the items are taken in this order."""
    return _length([frozenset(recused.get(item, ())) for item in order])


def ordered(items: Sequence[Hashable], recused: Mapping[Hashable, Iterable[Hashable]]) -> list:
    """The items in an order with few moves; equals keep the order in which they came. The same input, the same order.

    `recused`: the members who stand aside, by item; an item that it does not name has none.
    """
    groups: dict[frozenset, list] = {}
    for item in items:
        groups.setdefault(frozenset(recused.get(item, ())), []).append(item)
    free = groups.pop(frozenset(), [])
    found = list(groups.items())
    best = _exact(found) if len(found) <= EXACT else _heuristic(found)
    return free + [item for _, members in best for item in members]


def _length(sets: Sequence[frozenset]) -> int:
    """Members who move, from the full room through these sets of absentees and back."""
    before, total = frozenset(), 0
    for here in (*sets, frozenset()):
        total += len(before ^ here)
        before = here
    return total


def _exact(groups: list[Group]) -> list[Group]:
    """The shortest way through all groups by dynamic programming; among equal ones the first by the given order."""
    sets = [members for members, _ in groups]
    ways: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {
        (1 << one, one): (len(sets[one]), (one,)) for one in range(len(sets))
    }
    for _ in range(len(sets) - 1):
        longer: dict[tuple[int, int], tuple[int, tuple[int, ...]]] = {}
        for (seen, last), (length, way) in ways.items():
            for following in range(len(sets)):
                if not seen >> following & 1:
                    key = (seen | 1 << following, following)
                    found = (length + len(sets[last] ^ sets[following]), (*way, following))
                    longer[key] = min(longer.get(key, found), found)
        ways = longer
    best = min(((length + len(sets[last]), way) for (_, last), (length, way) in ways.items()), default=(0, ()))
    return [groups[place] for place in best[1]]


def _heuristic(groups: list[Group]) -> list[Group]:
    """The best of three improved ways: put together from the largest sets, the smallest, and as they came."""
    by_size = sorted(groups, key=lambda one: len(one[0]))  # stable: equals stay as they came
    return min((_improved(_inserted(start)) for start in (by_size[::-1], by_size, groups)), key=_cost)


def _inserted(groups: list[Group]) -> list[Group]:
    """Each group at the cheapest place between those before it."""
    way: list[Group] = []
    for group in groups:
        way = min(([*way[:place], group, *way[place:]] for place in range(len(way) + 1)), key=_cost)
    return way


def _cost(way: list[Group]) -> int:
    return _length([members for members, _ in way])


def _improved(way: list[Group]) -> list[Group]:
    """Shift or turn parts of the way while that makes it shorter."""
    cost, better = _cost(way), True
    while better:
        better = False
        for other in _neighbours(way):
            if (length := _cost(other)) < cost:
                way, cost, better = other, length, True
                break
    return way


def _neighbours(way: list[Group]):
    """Every turned part, and every part of at most three groups moved elsewhere."""
    for start in range(len(way)):
        for end in range(start + 2, len(way) + 1):
            yield [*way[:start], *reversed(way[start:end]), *way[end:]]
    for size in (1, 2, 3):
        for start in range(len(way) - size + 1):
            part, rest = way[start : start + size], [*way[:start], *way[start + size :]]
            for place in range(len(rest) + 1):
                yield [*rest[:place], *part, *rest[place:]]
