"""Requirements on the units that apply together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from jbgs.lib.countries import CONTINENTS, code_of, continent_of
from programmes.checks import Choice, Int, ListOf, Optional, Text
from programmes.requirements.base import TYPES, Problem, Requirement
from programmes.words import region_names, type_names

YES_NO = Choice(("yes", "no"))
# America is one continent to a notice that wants partners from Asia, Europe and America (V05).
PARTS_OF_THE_WORLD = {
    "asia": ("AS",),
    "europe": ("EU",),
    "america": ("NA", "SA"),
    "africa": ("AF",),
    "oceania": ("OC",),
}
WORLD_WORDS = {
    "america": "美洲",
    **{name: CONTINENTS[codes[0]] for name, codes in PARTS_OF_THE_WORLD.items() if len(codes) == 1},
}


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Which of the units count: of these types, from China or abroad, from these regions; the lead too with `lead`."""

    types: tuple[str, ...] = ()
    abroad: str = ""
    regions: tuple[str, ...] = ()
    lead: str = ""

    PARAMS: ClassVar = {
        "types": Optional(TYPES),
        "abroad": Optional(YES_NO),
        "regions": Optional(ListOf(Text(6), least=1, distinct="")),
        "lead": Optional(YES_NO),
    }

    @classmethod
    def looks_at(cls, params) -> frozenset[str]:
        """Where the partners are registered is looked up only for a rule that asks for regions."""
        return frozenset({"regions"}) if params.get("regions") else frozenset()

    def kind(self) -> str:
        """The counted units in words."""
        place = {"yes": "国（境）外", "no": "境内"}.get(self.abroad, "")
        place += f"在{region_names(self.regions)}的" if self.regions else ""
        whole = "参加单位（含牵头单位）" if self.lead == "yes" else "联合单位"
        return f"{place}{whole}" + (f"（{type_names(self.types)}）" if self.types else "")

    def number(self, facts) -> int:
        """How many there are."""
        return sum(1 for type_, region, abroad in self._units(facts) if self._counts(type_, region, abroad))

    def _units(self, facts) -> Iterator[tuple[str, str, bool]]:
        if self.lead == "yes":
            yield facts.unit.type, facts.unit.region, False
        for partner in facts.partners:
            yield partner.type, partner.region, partner.is_abroad

    def _counts(self, type_: str, region: str, abroad: bool) -> bool:
        if self.types and type_ not in self.types or self.abroad and abroad != (self.abroad == "yes"):
            return False
        return not self.regions or (
            not abroad and any(region and region.startswith(one.removesuffix("0000")) for one in self.regions)
        )


@dataclass(frozen=True)
class PartnersAtMost(Counted, Requirement):
    """A consortium has at most so many partners (or units, the lead counted)."""

    code: ClassVar = "partners_at_most"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("M08", "W09", "V03")
    params: ClassVar = {"count": Int(0, 100)} | Counted.PARAMS
    example: ClassVar = {"count": 10, "abroad": "no", "lead": "yes"}
    count: int

    @property
    def rule(self):
        return f"{self.kind()}不超过 {self.count} 家"

    def found(self, facts):
        return f"现有 {self.number(facts)} 家"

    def problems(self, facts):
        excess = self.number(facts) - self.count
        if excess > 0:
            sentence = f"{self.kind()}有 {self.number(facts)} 家，不得超过 {self.count} 家。请删去 {excess} 家。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class PartnersAtLeast(Counted, Requirement):
    """So many partners of these types, from China or abroad, from these regions, are needed."""

    code: ClassVar = "partners_at_least"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("M09", "W11", "W14", "W17", "V03", "V05", "J26", "J27")
    params: ClassVar = {"count": Int(1, 100)} | Counted.PARAMS
    example: ClassVar = {"count": 1, "types": ["enterprise"], "regions": ["320000"], "lead_types": ["university"]}
    count: int

    @property
    def rule(self):
        return f"{self.kind()}不少于 {self.count} 家"

    def found(self, facts):
        return f"现有 {self.number(facts)} 家"

    def problems(self, facts):
        present = self.number(facts)
        if present < self.count:
            sentence = f"{self.kind()}有 {present} 家，须不少于 {self.count} 家。请补充 {self.count - present} 家。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class PartnersOnly(Requirement):
    """Every partner from China is of one of these types: state organs neither lead nor join."""

    code: ClassVar = "partners_only"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("V21",)
    params: ClassVar = {"types": TYPES}
    example: ClassVar = {"types": ["enterprise", "university", "institute"]}
    types: tuple[str, ...]

    @property
    def rule(self):
        return f"境内联合单位均为{type_names(self.types)}"

    def problems(self, facts):
        for position, partner in enumerate(facts.partners):
            if partner.is_abroad or partner.type in self.types:
                continue
            sentence = (
                f"联合单位“{partner.name}”的类型为“{type_names([partner.type]) or '没有填写'}”，"
                f"只能是{type_names(self.types)}。请核对类型，或删去这家单位。"
            )
            yield Problem(sentence, self.at(facts, f"{position}.type"))


@dataclass(frozen=True)
class PartnerIsNotLead(Requirement):
    """The lead is no partner of itself, and no partner stands twice in the table."""

    code: ClassVar = "partner_is_not_lead"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("M08",)

    @property
    def rule(self):
        return "联合单位与牵头单位不同，且各不相同"

    def problems(self, facts):
        seen: dict[str, int] = {}
        for position, partner in enumerate(facts.partners):
            where = self.at(facts, f"{position}.code")
            if partner.code == facts.unit.code and partner.code or partner.name == facts.unit.name:
                sentence = f"第 {position + 1} 家联合单位“{partner.name}”就是牵头单位。请删去，或改填其他单位。"
                yield Problem(sentence, where)
                continue
            mark = partner.code or partner.name
            if mark in seen:
                sentence = f"第 {position + 1} 家联合单位“{partner.name}”与第 {seen[mark] + 1} 家相同。请删去其中一家。"
                yield Problem(sentence, where)
            seen.setdefault(mark, position)


@dataclass(frozen=True)
class CountriesAtLeast(Requirement):
    """The partners come from so many countries or regions besides the mainland; a name and its code are one."""

    code: ClassVar = "countries_at_least"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("W18", "V06")
    params: ClassVar = {"count": Int(1, 50)}
    example: ClassVar = {"count": 2}
    count: int

    @property
    def rule(self):
        return f"国（境）外联合单位来自不少于 {self.count} 个国家（地区）"

    def found(self, facts):
        return f"现有 {self._number(facts)} 个"

    def problems(self, facts):
        present = self._number(facts)
        if present < self.count:
            sentence = (
                f"国（境）外联合单位来自 {present} 个国家（地区），须不少于 {self.count} 个。"
                "请补充来自其他国家（地区）的单位。"
            )
            yield Problem(sentence, self.at(facts))

    def _number(self, facts) -> int:
        return len({code_of(one.country) or one.country.strip() for one in facts.partners if one.is_abroad})


@dataclass(frozen=True)
class ContinentsInclude(Requirement):
    """There is a partner from abroad in each of these parts of the world."""

    code: ClassVar = "continents_include"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("V05",)
    params: ClassVar = {"continents": ListOf(Choice(PARTS_OF_THE_WORLD), least=1, distinct="")}
    example: ClassVar = {"continents": ["asia", "europe", "america"]}
    continents: tuple[str, ...]

    @property
    def rule(self):
        return f"国（境）外联合单位覆盖{'、'.join(WORLD_WORDS[name] for name in self.continents)}"

    def problems(self, facts):
        reached = set()
        for position, partner in enumerate(facts.partners):
            if not partner.is_abroad:
                continue
            continent = continent_of(code_of(partner.country))
            reached.add(continent)
            if not continent:
                sentence = (
                    f"联合单位“{partner.name}”的国家（地区）“{partner.country}”无法识别。请填写通用名称，如“德国”。"
                )
                yield Problem(sentence, self.at(facts, f"{position}.country"))
        lacking = [name for name in self.continents if not reached.intersection(PARTS_OF_THE_WORLD[name])]
        if lacking:
            names = "、".join(WORLD_WORDS[name] for name in lacking)
            yield Problem(f"国（境）外联合单位中没有来自{names}的单位。请补充。", self.at(facts))
