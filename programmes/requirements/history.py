"""Requirements on what units and people do elsewhere in this installation, or say that they do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from programmes.checks import Choice, Int, ListOf, Optional, code, key
from programmes.facts import Facts, OtherFacts
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.tables import WHERE, cell, fits
from programmes.words import BAN_KINDS, STANDINGS, WITHIN

OTHERS, BANS = frozenset({"others"}), frozenset({"bans"})
PROGRAMMES = Optional(ListOf(code, least=1, distinct=""))
STANDING = Optional(ListOf(Choice(STANDINGS), least=1, distinct=""))


def reaches(scope: str, other: OtherFacts, facts: Facts) -> bool:
    """Whether another application lies within the scope: task, call, programme, year, all."""
    if scope == "task":
        return other.call == facts.call and other.task == facts.task.code
    if scope == "call":
        return other.call == facts.call
    if scope == "programme":
        return other.programme == facts.programme
    return scope == "all" or other.year == facts.year


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Which other applications count: within a scope, of these standings, of these programmes."""

    within: str = "call"
    standings: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()

    PARAMS: ClassVar = {
        "within": Optional(Choice(WITHIN)),
        "standings": STANDING,
        "programmes": PROGRAMMES,
        "except_categories": Optional(ListOf(key, least=1, distinct="")),
    }

    def counted(self, facts: Facts) -> Iterator[OtherFacts]:
        for other in facts.others:
            if not reaches(self.within, other, facts) or other.category in self.except_categories:
                continue
            if self.standings and other.standing not in self.standings:
                continue
            if not self.programmes or other.programme in self.programmes:
                yield other

    def scope(self) -> str:
        what = "、".join(STANDINGS[one] for one in self.standings)
        return f"{WITHIN[self.within]}{what}"


def numbers(others) -> str:
    """（2024-A-0001） for those whose number may be told, '' for none."""
    told = "、".join(other.number for other in others if other.number and other.role == "lead")
    return f"（{told}）" if told else ""


def inside(others) -> str:
    return "；".join(other.inside for other in others if other.inside)


@dataclass(frozen=True)
class ApplicationsAtMost(Counted, Requirement):
    """At most so many applications of one unit. What counts is everything that was submitted and not withdrawn.

    `role`: the ones it leads, or any. `units`: asked of the lead, or of all units that take part.
    """

    code: ClassVar = "applications_at_most"
    rows: ClassVar = ("M29", "J33", "S14", "N13", "P05")
    needs: ClassVar = OTHERS
    params: ClassVar = {
        **Counted.PARAMS,
        "count": Int(1, 100),
        "within": Choice(WITHIN),
        "role": Choice(("lead", "any")),
        "units": Optional(Choice(("lead", "all"))),
    }
    example: ClassVar = {"count": 1, "within": "task", "role": "any", "units": "all"}
    count: int
    role: str = "lead"
    units: str = "lead"

    @property
    def rule(self):
        return f"同一单位在{self.scope()}{self._role()}的申报不超过 {self.count} 项"

    def problems(self, facts):
        others = list(self.counted(facts))
        same = [one for one in others if one.role and (self.role == "any" or one.role == "lead")]
        if len(same) + 1 > self.count:
            sentence = (
                f"本单位已有 {len(same)} 项{self._role()}的申报{numbers(same)}，不得超过 {self.count} 项。"
                "请撤回其中一项，或不再申报本项。"
            )
            yield Problem(sentence, self.at(facts), inside(same))
        if self.units == "all" and self.role == "any":
            yield from self._of_partners(facts, others)

    def _of_partners(self, facts, others):
        section = facts.section_key("partners")
        for position, partner in enumerate(facts.partners):
            same = [one for one in others if partner.code and partner.code in one.units]
            if len(same) + 1 > self.count:
                sentence = (
                    f"联合单位“{partner.name}”在{self.scope()}已牵头或参与 {len(same)} 项其他申报，"
                    f"不得超过 {self.count} 项。请更换联合单位。"
                )
                yield Problem(sentence, f"{section}.{position}.code", inside(same))

    def _role(self) -> str:
        return "牵头" if self.role == "lead" else "牵头或参与"


@dataclass(frozen=True)
class PersonApplicationsAtMost(Counted, Requirement):
    """At most so many applications of one person, recognised by the ID number, else by name and birth date.

    `who`: asked of the leader, or of everybody in the team. `counts`: the applications that he leads, or any.
    """

    code: ClassVar = "person_applications_at_most"
    section_type: ClassVar = "team"
    rows: ClassVar = ("V14", "V17", "J33", "N13")
    needs: ClassVar = OTHERS
    params: ClassVar = {
        **Counted.PARAMS,
        "count": Int(1, 100),
        "who": Choice(("leader", "team")),
        "counts": Optional(Choice(("leader", "any"))),
    }
    example: ClassVar = {"count": 1, "who": "leader", "counts": "leader", "within": "year"}
    count: int
    who: str
    counts: str = "any"

    @property
    def rule(self):
        whom = "项目负责人" if self.who == "leader" else "负责人和团队成员每人"
        return f"{whom}在{self.scope()}{self._role()}的申报不超过 {self.count} 项"

    def problems(self, facts):
        others = list(self.counted(facts))
        for position, member in enumerate(facts.team):
            if self.who == "leader" and not member.is_leader:
                continue
            same = [one for one in others if position in one.people and (self.counts == "any" or one.people[position])]
            if len(same) + 1 > self.count:
                sentence = (
                    f"{member.name}在{self.scope()}已{self._role()} {len(same)} 项其他申报{numbers(same)}，"
                    f"连同本项不得超过 {self.count} 项。请更换人员，或先撤回其他申报。"
                )
                yield Problem(sentence, self.at(facts, f"{position}.name"), inside(same))

    def _role(self) -> str:
        return "作为负责人" if self.counts == "leader" else "牵头或参加"


@dataclass(frozen=True)
class OngoingProjectsAtMost(Requirement):
    """Ongoing projects, as declared in a table and as this installation knows them, are at most so many.

    `who`: the leader, everybody in the team, or the lead unit. `counts`: a person's projects that he leads, or any.
    `section`: a table of ongoing projects, in which `person` is the column of the name (none: all rows count) and
    `where` says which rows count; rows of a person who is not asked do not. `except_categories`: ongoing projects of
    these categories of tasks are left out.
    """

    code: ClassVar = "ongoing_projects_at_most"
    entries: ClassVar = ("person",)
    section_type: ClassVar = "team"
    rows: ClassVar = ("V15", "V16", "J32", "J35")
    needs: ClassVar = OTHERS
    params: ClassVar = {
        "count": Int(0, 50),
        "who": Choice(("leader", "team", "lead_unit")),
        "counts": Optional(Choice(("leader", "any"))),
        "section": Optional(key),
        "person": Optional(key),
        "where": Optional(WHERE),
        "programmes": PROGRAMMES,
        "except_categories": Optional(ListOf(key, least=1, distinct="")),
    }
    example: ClassVar = {
        "count": 0, "who": "leader", "section": "ongoing", "person": "leader",
        "where": [{"column": "plan", "is": ["国家重点研发计划重点专项", "国家科技重大专项"]}],
    }  # fmt: skip
    count: int
    who: str
    counts: str = "leader"
    section: str = ""
    person: str = ""
    where: tuple[Mapping, ...] = ()
    programmes: tuple[str, ...] = ()
    except_categories: tuple[str, ...] = ()

    WHOM: ClassVar = {"leader": "项目负责人", "team": "负责人和团队成员每人", "lead_unit": "牵头单位"}

    @property
    def rule(self):
        return f"{self.WHOM[self.who]}的在研项目不超过 {self.count} 项"

    def problems(self, facts):
        known = [
            one
            for one in facts.others
            if one.standing == "ongoing"
            and one.category not in self.except_categories
            and (not self.programmes or one.programme in self.programmes)
        ]
        for name, position in self._asked_of(facts):
            here = [one for one in known if self._has(one, facts, position)]
            declared = self._declared(facts, name if position is not None else "")
            if len(here) + len(declared) <= self.count:
                continue
            where = f"{self.section}.{declared[0]}" if declared else self._place(facts, position)
            parts = [f"本系统中 {len(here)} 项{numbers(here)}"] if here else []
            parts += [f"所填在研项目表中 {len(declared)} 项"] if declared else []
            sentence = (
                f"{name}有在研项目：{'，'.join(parts)}，不得超过 {self.count} 项。请核对，或更换{self._instead()}。"
            )
            yield Problem(sentence, where, inside(here))

    def _asked_of(self, facts) -> Iterator[tuple[str, int | None]]:
        if self.who == "lead_unit":
            yield facts.unit.name, None
            return
        for position, member in enumerate(facts.team):
            if self.who == "team" or member.is_leader:
                yield member.name, position

    def _has(self, other: OtherFacts, facts: Facts, position: int | None) -> bool:
        if position is None:
            return other.role == "lead"
        return position in other.people and (self.counts == "any" or other.people[position])

    def _declared(self, facts: Facts, name: str) -> list[int]:
        if not self.section:
            return []
        rows = ((position, row) for position, row in facts.rows(self.section) if fits(row, self.where))
        by_name = self.person and name
        return [position for position, row in rows if not by_name or cell(row, self.person) == name.strip()]

    def _place(self, facts: Facts, position: int | None) -> str:
        return facts.section_key("unit") if position is None else self.at(facts, f"{position}.name")

    def _instead(self) -> str:
        return {"leader": "负责人", "team": "人员", "lead_unit": "牵头单位"}[self.who]


@dataclass(frozen=True)
class EarlierWinnersBarred(Requirement):
    """Who was on the list before may not apply again: the lead with any project, or with the same project only."""

    code: ClassVar = "earlier_winners_barred"
    rows: ClassVar = ("M29",)
    needs: ClassVar = OTHERS
    params: ClassVar = {
        "within": Optional(Choice(("task", "programme", "all"))),
        "standings": STANDING,
        "same_title": Optional(Choice(("yes", "no"))),
    }
    example: ClassVar = {"within": "programme", "standings": ["won"]}
    within: str = "programme"
    standings: tuple[str, ...] = ("won",)
    same_title: str = "no"

    @property
    def rule(self):
        what = "的同一项目" if self.same_title == "yes" else "单位"
        return f"{WITHIN[self.within]}{'、'.join(STANDINGS[one] for one in self.standings)}{what}不再申报"

    def problems(self, facts):
        title = "".join(facts.title.split())
        barred = [
            one
            for one in facts.others
            if one.role == "lead"
            and one.standing in self.standings
            and reaches(self.within, one, facts)
            and (self.same_title == "no" or "".join(one.title.split()) == title)
        ]
        if barred:
            words = "、".join(STANDINGS[one] for one in self.standings)
            sentence = f"本单位在{WITHIN[self.within]}已有{words}项目{numbers(barred)}，按规定不再申报。"
            yield Problem(sentence, self.at(facts), inside(barred))


@dataclass(frozen=True)
class NotBanned(Requirement):
    """No ban holds today against the lead, its partners, the leader or the team; `kinds`: of these kinds only."""

    code: ClassVar = "not_banned"
    rows: ClassVar = (
        "V18", "V19", "V23", "J34", "N13", "N23", "N32", "N53", "N54", "N55", "N56", "N58", "P02", "P23",
    )  # fmt: skip
    needs: ClassVar = BANS
    params: ClassVar = {
        "who": Optional(ListOf(Choice(("lead", "partners", "leader", "team")), least=1, distinct="")),
        "kinds": Optional(ListOf(Choice(BAN_KINDS), least=1, distinct="")),
    }
    example: ClassVar = {"who": ["lead", "leader", "team"], "kinds": ["misconduct", "credit"]}
    who: tuple[str, ...] = ("lead", "partners", "leader", "team")
    kinds: tuple[str, ...] = ()

    WHOM: ClassVar = {"lead": "牵头单位", "partners": "联合单位", "leader": "负责人", "team": "团队成员"}

    @property
    def rule(self):
        why = "、".join(BAN_KINDS[one] for one in self.kinds)
        return f"{'、'.join(self.WHOM[one] for one in self.who)}不在{f'{why}等' if why else ''}限制申报的期限内"

    def problems(self, facts):
        for ban in facts.bans:
            place = self._place(ban, facts)
            if place is None or self.kinds and ban.kind not in self.kinds:
                continue
            if ban.programme and ban.programme != facts.programme:
                continue
            until = f"至 {ban.ends_on}" if ban.ends_on else "，没有期限"
            sentence = f"{ban.name}被限制申报{until}（{BAN_KINDS.get(ban.kind, '限制申报')}）。请更换，或期满后再申报。"
            yield Problem(sentence, place, ban.reason)

    def _place(self, ban, facts: Facts) -> str | None:
        if ban.position is not None:
            asked = "team" in self.who or "leader" in self.who and facts.team[ban.position].is_leader
            return f"{facts.section_key('team')}.{ban.position}.name" if asked else None
        if ban.code == facts.unit.code:
            return self.at(facts) if "lead" in self.who else None
        for position, partner in enumerate(facts.partners):
            if partner.code == ban.code:
                return f"{facts.section_key('partners')}.{position}.code" if "partners" in self.who else None
        return None
