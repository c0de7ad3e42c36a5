"""Who is the same person, and whose phone or mail it is, without reading ID numbers. Nothing here asks the database."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from applications import persons
from reviews.conflicts.register import Identity, relation
from reviews.models import RecusalKind

_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86)?[\s-]*(1[3-9]\d(?:[\s-]*\d){8})(?!\d)", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TITLES = re.compile(r"(?:副?教授|副?研究员|院士|老师|先生|女士|博士|(?:正高级|高级)?工程师|高工|副?主任|副?所长)$")
_TWO_PART_ENDS = frozenset(f"{kind}.cn" for kind in ("edu", "ac", "com", "org", "net", "gov", "mil"))
PUBLIC_MAIL = frozenset(
    """qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net vip.163.com vip.126.com 188.com sina.com sina.cn
    sohu.com tom.com 139.com 189.cn wo.cn 21cn.com aliyun.com 263.net gmail.com outlook.com hotmail.com live.com
    live.cn msn.com yahoo.com yahoo.cn icloud.com me.com proton.me example.com example.org example.net""".split()
)
"""Where anybody has a mailbox (and the names kept for examples): such an address says nothing of an employer."""


@lru_cache(maxsize=200_000)
def bare_name(name: str) -> str:
    """A person's name as it is compared: half-width, small letters, only letters, without a title behind it."""
    text = unicodedata.normalize("NFKC", name or "").casefold()
    bare = "".join(sign for sign in text if sign.isalnum())
    untitled = _TITLES.sub("", bare)
    return untitled if len(untitled) >= 2 else bare


@lru_cache(maxsize=100_000)
def phones_in(text: str) -> frozenset[str]:
    """The mobile numbers in what somebody typed, as 11 digits. Landlines are shared by whole offices."""
    found = _MOBILE.findall(unicodedata.normalize("NFKC", text or ""))
    return frozenset(re.sub(r"\D", "", number) for number in found)


@lru_cache(maxsize=100_000)
def mails_in(text: str) -> frozenset[str]:
    """The mail addresses in what somebody typed, in small letters."""
    return frozenset(mail.casefold() for mail in _MAIL.findall(unicodedata.normalize("NFKC", text or "")))


def house_domain(mail: str) -> str:
    """The domain by which a mail address names an employer; '' for a public mailbox, which only counts whole."""
    labels = mail.rpartition("@")[2].split(".")
    size = 3 if ".".join(labels[-2:]) in _TWO_PART_ENDS else 2
    domain = ".".join(labels[-size:])
    known = {domain, ".".join(labels)} & PUBLIC_MAIL
    return "" if known or len(labels) < size or labels[-1] in ("example", "invalid", "test") else domain


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
