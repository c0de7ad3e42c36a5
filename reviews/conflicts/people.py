"""Who is the same person, without reading ID numbers. Nothing here asks the database."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from applications import persons
from reviews.conflicts.register import Identity, relation
from reviews.models import RecusalKind

_TITLES = re.compile(r"(?:副?教授|副?研究员|院士|老师|先生|女士|博士|(?:正高级|高级)?工程师|高工|副?主任|副?所长)$")


@lru_cache(maxsize=200_000)
def bare_name(name: str) -> str:
    """A person's name as it is compared: half-width, small letters, only letters, without a title behind it."""
    text = unicodedata.normalize("NFKC", name or "").casefold()
    bare = "".join(sign for sign in text if sign.isalnum())
    untitled = _TITLES.sub("", bare)
    return untitled if len(untitled) >= 2 else bare


@dataclass(frozen=True)
class Person:
    """Somebody in a team, or an expert. `keys` of applications.persons; `houses`: where they work or worked.

    `words` tell the officer who is meant and `source` where it stands; `in_team`: not only named by the unit.
    """

    name: str
    keys: tuple[str, str]
    houses: tuple[Identity, ...]
    words: str = ""
    source: str = ""
    in_team: bool = False

    @property
    def tokens(self) -> set[str]:
        """Keys under which the same person is found; what is found is then judged by `same_person`."""
        return {key for key in self.keys if key} | {f"w:{self.name}"}


def same_person(one: Person, other: Person) -> bool | None:
    """True where keys agree, False where only name and employer do (probable), None for different people."""
    if persons.same(one.keys, other.keys):
        return True
    if one.name != other.name or not one.name or _contradict(one.keys, other.keys):
        return None
    return False if any(is_same_house(a, b) for a in one.houses for b in other.houses) else None


def is_same_house(one: Identity, other: Identity) -> bool:
    close = relation(one, other)
    return close is not None and close.kind == RecusalKind.SAME_UNIT


def _contradict(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Two ID numbers that differ. A birth date that differs may be a slip of the pen, so it clears nobody."""
    return all(keys[0].startswith(persons.BY_ID) for keys in (one, other))
