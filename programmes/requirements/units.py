"""Requirements on the lead unit."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from programmes.checks import Choice, Instant, ListOf, Optional, Text
from programmes.requirements.base import TYPES, Problem, Requirement
from programmes.words import region_names, type_names

UNIT_FACTS = {"enterprise_kind": "企业性质", "certificate_no": "证照编号", "legal_person": "法定代表人"}


@dataclass(frozen=True)
class LeadIs(Requirement):
    """The lead is an independent legal person of one of these types."""

    code: ClassVar = "lead_is"
    rows: ClassVar = ("M06", "W16", "V21", "J25", "J46", "S04", "N04", "P02")
    params: ClassVar = {"types": TYPES, "words": Optional(Text(60))}
    example: ClassVar = {"types": ["enterprise", "public_institution"], "words": "企事业单位"}
    types: tuple[str, ...]
    words: str = ""

    @property
    def rule(self):
        return f"牵头单位为{self.words or type_names(self.types)}"

    def found(self, facts):
        return f"单位类型：{type_names([facts.unit.type])}"

    def problems(self, facts):
        if facts.unit.type not in self.types:
            mine = type_names([facts.unit.type]) or "没有填写"
            sentence = f"牵头单位的类型为“{mine}”，本批次只接收{type_names(self.types)}。请核对单位信息中的类型。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class LeadRegisteredIn(Requirement):
    """The lead is registered in one of these regions (codes of the 37 that units choose from: provinces, the Corps,
    five cities; a province's code covers its city too)."""

    code: ClassVar = "lead_registered_in"
    rows: ClassVar = ("J25",)
    params: ClassVar = {"regions": ListOf(Text(6), least=1, distinct="")}
    example: ClassVar = {"regions": ["320000"]}
    regions: tuple[str, ...]

    @property
    def rule(self):
        return f"牵头单位在{region_names(self.regions)}注册"

    def problems(self, facts):
        if not any(facts.unit.region.startswith(region.removesuffix("0000")) for region in self.regions):
            place = region_names([facts.unit.region]) or "没有填写"
            sentence = f"牵头单位的注册地为“{place}”，本批次须在{region_names(self.regions)}注册。请核对单位信息。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class LeadRegisteredBefore(Requirement):
    """The lead was registered on or before this date."""

    code: ClassVar = "lead_registered_by"
    rows: ClassVar = ("V22",)
    params: ClassVar = {"date": Instant(date_only=True)}
    example: ClassVar = {"date": "2021-06-30"}
    date: str

    @property
    def rule(self):
        return f"牵头单位在 {self.date}（含）以前注册成立"

    def found(self, facts):
        return f"注册日期 {facts.unit.registered_on}"

    def problems(self, facts):
        registered = facts.unit.registered_on
        if registered is None:
            yield Problem("牵头单位没有填写注册日期。请在单位信息中补充。", self.at(facts))
        elif registered > date.fromisoformat(self.date):
            sentence = f"牵头单位注册于 {registered}，须在 {self.date}（含）以前注册成立。请核对单位信息。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class LeadNames(Requirement):
    """The lead's own record says these things, such as an enterprise's kind and its certificate number."""

    code: ClassVar = "lead_names"
    rows: ClassVar = ("J46",)
    params: ClassVar = {"facts": ListOf(Choice(UNIT_FACTS), least=1, distinct="")}
    example: ClassVar = {"facts": ["enterprise_kind", "certificate_no"], "lead_types": ["enterprise"]}
    facts: tuple[str, ...]

    @property
    def rule(self):
        return f"单位信息中填写了{'、'.join(UNIT_FACTS[name] for name in self.facts)}"

    def problems(self, facts):
        for name in self.facts:
            if not getattr(facts.unit, name).strip():
                sentence = f"单位信息中没有填写“{UNIT_FACTS[name]}”。请由单位管理员在单位信息中补充。"
                yield Problem(sentence, self.at(facts))
