"""What an organisation is known by, and when two of them are one: codes, names of all times, superiors, spellings."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from accounts.models import Unit
from accounts.queries import comparable_name
from jbgs.lib.regions import suggest_region
from jbgs.lib.validators import normalise
from reviews.conflicts.ways import phones_in
from reviews.models import RecusalKind

SHORTEST = 4
"""Signs that a name must have before another name that begins with it means the same house."""

_HOUSE = re.compile(r"(?:大学|学院|研究院|科学院|工程院|研究所|研究中心|医院|集团|公司|厂)")
_INNER = re.compile(
    r"(?:学院|学部|研究生院|系|院|所|室|中心|部|处|科|组|团队|校区|分校|分公司|分厂|车间|工作站|基地|平台)$"
)
_OWN_BODY = re.compile(r"(?:研究所|研究院|医院|分院|研究中心|子公司)$")
"""Parts of a house that are often a legal person of their own."""
_COMPANY = re.compile(r"(?:股份)?(?:有限)?(?:责任)?公司$")

tidy_name = lru_cache(maxsize=200_000)(comparable_name)


@dataclass(frozen=True)
class Identity:
    """One organisation. `codes`, `names`: all it is known by; `units`: the registered ones (keys of rows) it may be.

    `parents`: their superior units, `above`: all superiors up to the top. `heads`: the houses that its names begin with
    ("虚构大学物理学院" → "虚构大学"); `own_bodies`: those of them in which it is probably a legal person of its own;
    `stems`: its company names without the legal form.
    """

    codes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    units: frozenset[int] = frozenset()
    parents: frozenset[int] = frozenset()
    above: frozenset[int] = frozenset()
    heads: frozenset[str] = frozenset()
    own_bodies: frozenset[str] = frozenset()
    stems: frozenset[str] = frozenset()

    def _common(self) -> set[str]:
        words = {f"n:{name}" for name in self.names | self.heads}
        return words | {f"c:{code}" for code in self.codes} | {f"f:{stem}" for stem in self.stems} | {
            f"p:{pk}" for pk in self.parents
        }  # fmt: skip

    @property
    def shown(self) -> set[str]:
        """The keys under which others find it."""
        return self._common() | {f"u:{pk}" for pk in self.units} | {f"a:{pk}" for pk in self.above}

    @property
    def asked(self) -> set[str]:
        """The keys under which it finds whatever `relation` may answer to."""
        return self._common() | {f"u:{pk}" for pk in self.units | self.above} | {f"a:{pk}" for pk in self.units}


@dataclass(frozen=True)
class Closeness:
    """`kind`: same_unit or related_unit; `certain`: by code, or by a name of any time; `how` in words."""

    kind: str
    certain: bool
    how: str


def relation(one: Identity, other: Identity) -> Closeness | None:
    """How close two organisations are, None for strangers."""
    same, related = RecusalKind.SAME_UNIT, RecusalKind.RELATED_UNIT
    if one.codes & other.codes:
        return Closeness(same, True, "统一社会信用代码相同")
    two_codes = bool(one.codes and other.codes)  # and none in common: two legal persons, whatever their names say
    if one.units & other.units or one.names & other.names:
        return Closeness(same, not two_codes, "名称或曾用名相同" + ("，统一社会信用代码不同" if two_codes else ""))
    if one.units & other.above or other.units & one.above:
        return Closeness(related, False, "一方是另一方的上级单位")
    if one.parents & other.parents:
        return Closeness(related, False, "上级单位相同")
    if one.stems & other.stems:
        return Closeness(related if two_codes else same, False, "名称只有公司形式不同")
    if one.heads & other.names or other.heads & one.names or one.heads & other.heads:
        house = (one.heads | one.names) & (other.heads | other.names)
        apart = two_codes or house & (one.own_bodies | other.own_bodies)
        return Closeness(related if apart else same, False, "从名称看属于同一单位")
    return None


class Register:
    """All registered units with their names of all times and their superiors; one query, when it is first asked.

    The units of rehearsals and demonstrations are made up: their names say nothing of a real house, nor the other way.
    """

    def __init__(self):
        self._known: dict[tuple[str, str, bool], Identity] = {}

    @cached_property
    def _units(self) -> "_Units":
        return _units()

    def reached_by(self, phone: str) -> frozenset[int]:
        """The units (keys of rows) that give this phone as their contact's."""
        return frozenset(self._units.by_phone.get(phone, ()))

    def identity(self, code: str, name: str, is_fictitious: bool = False) -> Identity:
        """The identity of an organisation as somebody typed it, widened by what the register knows of it.

        A registered code says who it is; only without one is the unit looked for by its name, among the made up units
        or among the others.
        """
        typed = (normalise(code), tidy_name(name), is_fictitious)
        if typed not in self._known:
            self._known[typed] = self._identity(*typed)
        return self._known[typed]

    def region(self, house: Identity) -> str:
        """The region in which it is registered, or as its credit code suggests; '' for neither."""
        regions = self._units.regions
        known = next((regions[code] for code in sorted(house.codes) if code in regions), "")
        suggested = next((found for code in sorted(house.codes) if (found := suggest_region(code[2:8]))), None)
        return known or (suggested.code if suggested else "")

    def _identity(self, code: str, name: str, is_fictitious: bool) -> Identity:
        known = self._units
        if code:
            units = {known.by_code[code]} if code in known.by_code else set()
        else:
            units = known.by_name.get((is_fictitious, name), set())
        names = {name} - {""} | {one for pk in units for one in known.names.get(pk, ())}
        codes = {code} - {""} | {known.codes[pk] for pk in units}
        heads = {head: tail for one in names for head, tail in _heads(one)}
        return Identity(
            codes=frozenset(codes),
            names=frozenset(names),
            units=frozenset(units),
            parents=frozenset(known.parent[pk] for pk in units if known.parent[pk]),
            above=frozenset(top for pk in units for top in known.above(pk)),
            heads=frozenset(heads),
            own_bodies=frozenset(head for head, tail in heads.items() if "附属" in tail or _OWN_BODY.search(tail)),
            stems=frozenset(stem for one in names if (stem := _stem(one))),
        )


class _Units:
    """The rows of the register, indexed. `by_name`: by whether they are made up, and a name of any time."""

    COLUMNS = ("pk", "code", "name", "parent_id", "region", "contact_phone", "is_fictitious", "names__name")

    def __init__(self, rows: list[tuple]):
        self.rows = rows
        self.codes: dict[int, str] = {}
        self.parent: dict[int, int | None] = {}
        self.regions: dict[str, str] = {}
        self.names: dict[int, set[str]] = defaultdict(set)
        self.by_code: dict[str, int] = {}
        self.by_name: dict[tuple[bool, str], set[int]] = defaultdict(set)
        self.by_phone: dict[str, set[int]] = defaultdict(set)
        for pk, code, name, parent, region, phone, made_up, also in rows:
            if pk not in self.codes:
                code = normalise(code)
                self.codes[pk], self.by_code[code], self.regions[code] = code, pk, region
                self.parent[pk] = parent
                for number in phones_in(phone):
                    self.by_phone[number].add(pk)
                self._call(pk, name, made_up)
            self._call(pk, also, made_up)

    def _call(self, pk: int, name: str | None, made_up: bool) -> None:
        if name and (tidy := tidy_name(name)):
            self.names[pk].add(tidy)
            self.by_name[made_up, tidy].add(pk)

    def above(self, pk: int) -> Iterable[int]:
        """Its superiors up to the top; a circle is walked once."""
        seen = {pk}
        while (pk := self.parent.get(pk)) and pk not in seen:
            seen.add(pk)
            yield pk


_latest: _Units | None = None


def _units() -> _Units:
    """The register as it stands, always read; the index of the last time serves again where every row is the same."""
    global _latest
    rows, known = list(Unit.objects.order_by("pk", "names__pk").values_list(*_Units.COLUMNS)), _latest
    if known is None or known.rows != rows:
        _latest = known = _Units(rows)
    return known


@lru_cache(maxsize=100_000)
def _heads(name: str) -> tuple[tuple[str, str], ...]:
    """The houses a name begins with, and what follows: ("虚构大学", "物理学院") of "虚构大学物理学院"."""
    if not _INNER.search(name):
        return ()
    ends = (found.end() for found in _HOUSE.finditer(name))
    return tuple((name[:end], name[end:]) for end in ends if SHORTEST <= end < len(name))


def _stem(name: str) -> str:
    stem = _COMPANY.sub("", name)
    return stem if stem != name and len(stem) >= SHORTEST else ""
