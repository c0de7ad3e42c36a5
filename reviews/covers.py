"""Whole sheets in a linear programme: what an expert cannot take together, as rows that bring its answer nearer. Pure.

A common panel takes room for all its applications. The plain programme seats an expert with room for 35 on one panel of
20 and on three quarters of another; nobody can. A cover is a set of panels that are together too much for an expert:
not all of them may be taken, nor as many out of these and all larger ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy

MOST = 8  # seats of an expert in an answer that are looked at together: the largest parts
ROOM = 1e-3  # by so much an answer must go beyond a cover for it to become a row


@dataclass(frozen=True)
class Cover:
    """Of `pairs` (numbers of pairs of the model, all of one expert) at most `most` may be chosen."""

    pairs: tuple[int, ...]
    most: int


def broken(model, chosen: numpy.ndarray, values: numpy.ndarray) -> list[Cover]:
    """The covers that the answer `values` of the pairs `chosen` breaks, the worst one of each expert."""
    here = values > ROOM
    pairs, parts = chosen[here], values[here]
    order = numpy.lexsort((pairs, -parts, model.people[pairs]))
    pairs, parts = pairs[order], parts[order]
    people = model.people[pairs]
    starts = numpy.flatnonzero(numpy.r_[True, people[1:] != people[:-1]]) if len(people) else people
    found = []
    for start, end in zip(starts, [*starts[1:], len(people)], strict=True):
        if (parts[start:end] < 1 - ROOM).any():
            cover = _worst(model, int(people[start]), pairs[start : min(end, start + MOST)], parts[start:end])
            if cover:
                found.append(cover)
    return found


def _worst(model, judge: int, pairs: numpy.ndarray, parts: numpy.ndarray) -> Cover | None:
    loads, room = model.loads[pairs], model.judges[judge].free
    theirs = model.by_judge[judge]
    best, cover = ROOM, None
    for some in _minimal(loads, room):
        largest = loads[list(some)].max()
        wider = [n for n in range(len(pairs)) if n in some or loads[n] >= largest]
        over = parts[wider].sum() - (len(some) - 1)
        if over > best:
            best = over
            inside = {*pairs[list(some)].tolist(), *theirs[model.loads[theirs] >= largest].tolist()}
            cover = Cover(tuple(sorted(inside)), len(some) - 1)
    return cover


def _minimal(loads: numpy.ndarray, room: int) -> Iterator[tuple[int, ...]]:
    """Sets that are too much together, and no longer if any one is left out."""
    numbers = loads.tolist()
    for count in range(2, len(numbers) + 1):
        for some in combinations(range(len(numbers)), count):
            total = sum(numbers[n] for n in some)
            if total > room >= total - min(numbers[n] for n in some):
                yield some
