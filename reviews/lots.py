"""Chance in the assignment: by a seed that anybody can check, never by a generator's hidden state.

Three ways (review.md §4): `optimal`; `noisy`, the optimum of affinities each lowered by a lot of its own, so that
nobody can foretell who reviews what (the default); `pool`, a pure draw (随机抽取) among all who are qualified.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from reviews.optimum import Seat

OPTIMAL, NOISY, POOL = "optimal", "noisy", "pool"
MODES = (OPTIMAL, NOISY, POOL)
NOISE = 300  # thousandths: keeps about 97 % of the affinity, and three pairs in five change with another seed
QUALIFIED_FROM = 500
LOTS = 2**32


def lot(seed: str, application: str, expert: str) -> int:
    """A number from 0 to LOTS - 1 that follows from the seed and the two keys alone."""
    return int.from_bytes(sha256(f"{seed}|{application}|{expert}".encode()).digest()[:4])


def drawn(
    seats: Iterable[Seat], mode: str, seed: str, *, noise: int = NOISE, least: int = QUALIFIED_FROM
) -> list[Seat]:
    """The same seats with the affinities that the solver shall see. KeyError for an unknown mode.

    `noise`: the greatest lot of the mode `noisy`, in thousandths; `least`: from which affinity somebody is qualified
    for the mode `pool`.
    """
    change = {
        OPTIMAL: lambda seat: seat.affinity,
        NOISY: lambda seat: {
            key: value - lot(seed, seat.key, key) * noise // LOTS for key, value in seat.affinity.items()
        },
        POOL: lambda seat: {
            key: lot(seed, seat.key, key) * 1000 // LOTS for key, value in seat.affinity.items() if value >= least
        },
    }[mode]
    return [replace(seat, affinity=change(seat)) for seat in seats]
