"""Proposed indicators beside those that people wrote: how many (comparator, value, unit) triples agree."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from programmes.importing.rows import Found, Proposal
from programmes.spec import CallSpec


class Agreement(NamedTuple):
    """`wanted`: triples people wrote; `proposed`: ours; `hits`: in both, per task and counted once each."""

    wanted: int
    proposed: int
    hits: int

    @property
    def precision(self) -> float:
        """Of what is proposed, how much people wrote too."""
        return self.hits / self.proposed if self.proposed else 0.0

    @property
    def recall(self) -> float:
        """Of what people wrote, how much is proposed."""
        return self.hits / self.wanted if self.wanted else 0.0


def same_unit(text: str) -> str:
    """A unit for comparison: ways of writing (², ^2, μ and µ, blanks, brackets) make no difference."""
    text = unicodedata.normalize("NFKC", text).replace("µ", "μ").replace("⋅", "·").replace("−", "-")
    return re.sub(r"[\s^()（）·]", "", text).lower()


def triple(comparator: str, value, unit: str, *, with_unit: bool = True) -> tuple | None:
    """What is compared of one indicator; None for text."""
    if value is None:
        return None
    figures = tuple(value) if isinstance(value, tuple) else (value,)
    return (comparator, *(figure.normalize() for figure in figures), same_unit(unit) if with_unit else "")


def agreement(found: Found, spec: CallSpec, *, with_unit: bool = True, sure_only: bool = False) -> Agreement:
    """Numeric triples of the tasks with the same titles; a task that was not found counts with all it has."""
    ours = {plain_title(row.title): row.indicators for row in found.rows}
    wanted = proposed = hits = 0
    for task in spec.tasks.values():
        mine = ours.get(plain_title(task.title), [])
        asked = Counter(
            filter(None, (triple(one.comparator, one.value, one.unit, with_unit=with_unit) for one in task.indicators))
        )
        given = counted((one for one in mine if not (sure_only and one.doubt)), with_unit)
        wanted, proposed, hits = wanted + asked.total(), proposed + given.total(), hits + (asked & given).total()
    return Agreement(wanted, proposed, hits)


def counted(items: Iterable[Proposal], with_unit: bool = True) -> Counter:
    """The triples of proposals, each as often as it is there."""
    return Counter(filter(None, (triple(one.comparator, one.value, one.unit, with_unit=with_unit) for one in items)))


def plain_title(title: str) -> str:
    """A title without blanks and signs, so that 1 and 2 readings of one title are the same."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", title)).lower()
