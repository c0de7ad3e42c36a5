"""Requirements on who applies: the lead, its partners, its team."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from programmes.checks import Choice, Instant, Int, ListOf, Optional, Text
from programmes.requirements.base import Problem, Requirement
from programmes.words import UNIT_TYPES, region_names, type_names


@dataclass(frozen=True)
class PartnersAtMost(Requirement):
    """M08: a consortium has one lead and at most so many partners."""

    code: ClassVar = "partners_at_most"
    section_type: ClassVar = "partners"
    params: ClassVar = {"count": Int(0, 100)}
    count: int

    @property
    def rule(self):
        return f"联合单位不超过 {self.count} 家"

    def found(self, facts):
        return f"现有 {len(facts.partners)} 家"

    def problems(self, facts):
        excess = len(facts.partners) - self.count
        if excess > 0:
            sentence = f"联合单位有 {len(facts.partners)} 家，不得超过 {self.count} 家。请删去 {excess} 家。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class PartnersAtLeast(Requirement):
    """J26, W11, V05: so many partners, of these types, from China or from abroad, are needed."""

    code: ClassVar = "partners_at_least"
    section_type: ClassVar = "partners"
    params: ClassVar = {
        "count": Int(1, 100),
        "types": Optional(ListOf(Choice(UNIT_TYPES), least=1)),
        "abroad": Optional(Choice(("yes", "no"))),
        "lead_types": Optional(ListOf(Choice(UNIT_TYPES), least=1)),
    }
    count: int
    types: tuple[str, ...] = ()
    abroad: str = ""
    lead_types: tuple[str, ...] = ()

    @property
    def rule(self):
        lead = f"{type_names(self.lead_types)}牵头的，" if self.lead_types else ""
        return f"{lead}{self._kind()}不少于 {self.count} 家"

    def found(self, facts):
        return f"现有 {self._number(facts)} 家"

    def problems(self, facts):
        if self.lead_types and facts.unit.type not in self.lead_types:
            return
        present = self._number(facts)
        if present < self.count:
            sentence = f"{self._kind()}有 {present} 家，须不少于 {self.count} 家。请补充 {self.count - present} 家。"
            yield Problem(sentence, self.at(facts))

    def _kind(self) -> str:
        place = {"yes": "国（境）外", "no": "境内"}.get(self.abroad, "")
        return f"{place}联合单位" + (f"（{type_names(self.types)}）" if self.types else "")

    def _number(self, facts) -> int:
        partners = (partner for partner in facts.partners if not self.types or partner.type in self.types)
        if self.abroad:
            partners = (partner for partner in partners if partner.is_abroad == (self.abroad == "yes"))
        return sum(1 for _ in partners)


@dataclass(frozen=True)
class PartnerIsNotLead(Requirement):
    """The lead is no partner of itself, and no partner stands twice in the table."""

    code: ClassVar = "partner_is_not_lead"
    section_type: ClassVar = "partners"

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
class LeadIs(Requirement):
    """M06, W16, J25: the lead is an independent legal person of one of these types."""

    code: ClassVar = "lead_is"
    params: ClassVar = {"types": ListOf(Choice(UNIT_TYPES), least=1, distinct=""), "words": Optional(Text(60))}
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
    """J25: the lead is registered in one of these regions (six-digit codes; the first two digits cover a province)."""

    code: ClassVar = "lead_registered_in"
    params: ClassVar = {"regions": ListOf(Text(6), least=1, distinct="")}
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
    """V22: the lead was registered on or before this date."""

    code: ClassVar = "lead_registered_by"
    params: ClassVar = {"date": Instant(date_only=True)}
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
            sentence = f"牵头单位注册于 {registered}，须在 {self.date}（含）以前注册成立。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class CountriesAtLeast(Requirement):
    """W18, V06: the partners come from so many countries besides China."""

    code: ClassVar = "countries_at_least"
    section_type: ClassVar = "partners"
    params: ClassVar = {"count": Int(1, 50)}
    count: int

    @property
    def rule(self):
        return f"国（境）外联合单位来自不少于 {self.count} 个国家（地区）"

    def found(self, facts):
        return f"现有 {self._number(facts)} 个"

    def problems(self, facts):
        if self._number(facts) < self.count:
            sentence = f"国（境）外联合单位来自 {self._number(facts)} 个国家（地区），须不少于 {self.count} 个。"
            yield Problem(sentence, self.at(facts))

    def _number(self, facts) -> int:
        return len({partner.country for partner in facts.partners if partner.is_abroad})


@dataclass(frozen=True)
class TeamHasOneLeader(Requirement):
    """A project has exactly one leader."""

    code: ClassVar = "team_has_one_leader"
    section_type: ClassVar = "team"

    @property
    def rule(self):
        return "团队中指定 1 名项目负责人"

    def found(self, facts):
        return f"负责人：{facts.leader().name}"

    def problems(self, facts):
        leaders = [member.name for member in facts.team if member.is_leader]
        if not leaders:
            yield Problem("团队中没有指定项目负责人。请在团队名单中选定 1 人。", self.at(facts))
        elif len(leaders) > 1:
            sentence = f"团队中有 {len(leaders)} 名项目负责人（{'、'.join(leaders)}），只能有 1 名。请保留其中 1 人。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class TeamAtMost(Requirement):
    """Head counts (Jiangsu 2025: key staff ≤ 5, others ≤ 10)."""

    code: ClassVar = "team_at_most"
    section_type: ClassVar = "team"
    params: ClassVar = {"count": Int(1, 1000)}
    count: int

    @property
    def rule(self):
        return f"团队不超过 {self.count} 人"

    def found(self, facts):
        return f"现有 {len(facts.team)} 人"

    def problems(self, facts):
        excess = len(facts.team) - self.count
        if excess > 0:
            sentence = f"团队有 {len(facts.team)} 人，不得超过 {self.count} 人。请删去 {excess} 人。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class LeaderBornFrom(Requirement):
    """V12: the leader was born on or after this date."""

    code: ClassVar = "leader_born_from"
    section_type: ClassVar = "team"
    params: ClassVar = {"date": Instant(date_only=True)}
    date: str

    @property
    def rule(self):
        return f"项目负责人于 {self.date}（含）以后出生"

    def problems(self, facts):
        leader = facts.leader()
        if leader is None:
            return
        if leader.birth_date is None:
            yield Problem(f"项目负责人{leader.name}没有填写出生日期。请补充。", self.at(facts))
        elif leader.birth_date < date.fromisoformat(self.date):
            sentence = f"项目负责人{leader.name}出生于 {leader.birth_date}，须在 {self.date}（含）以后出生。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class ApplicationsAtMost(Requirement):
    """M29 says nothing, sister calls do: at most so many live applications of the lead, in the task or in the call."""

    code: ClassVar = "applications_at_most"
    params: ClassVar = {"count": Int(1, 100), "within": Choice(("task", "call")), "role": Choice(("lead", "any"))}
    count: int
    within: str
    role: str

    @property
    def rule(self):
        return (
            f"同一单位在{'同一任务' if self.within == 'task' else '本批次'}{self._role()}的申报不超过 {self.count} 项"
        )

    def problems(self, facts):
        same = [
            other
            for other in facts.others
            if (self.within == "call" or other.task == facts.task.code) and (self.role == "any" or other.role == "lead")
        ]
        if len(same) + 1 > self.count:
            numbers = "、".join(other.number for other in same if other.number)
            which = f"（{numbers}）" if numbers else ""
            sentence = f"本单位已有 {len(same)} 项{self._role()}的申报{which}，不得超过 {self.count} 项。"
            yield Problem(sentence, self.at(facts))

    def _role(self) -> str:
        return "牵头" if self.role == "lead" else "牵头或参与"
