"""Requirements on how units hang together: joint directions, related enterprises, the same project twice."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import ClassVar

from programmes.checks import Choice, Int, ListOf, Optional, key
from programmes.facts import Facts
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.history import inside, numbers, reaches
from programmes.requirements.tables import cell
from programmes.words import RELATIONS, WITHIN

YES_NO = Choice(("yes", "no"))


@dataclass(frozen=True)
class JointDirections(Requirement):
    """A project is divided into joint directions, each taken by another unit; the lead takes exactly so many.

    `section`: the table of the directions; `unit` (and `code`, the credit code): who takes one. `partners_only: yes`:
    every other unit also stands among the partners.
    """

    code: ClassVar = "joint_directions"
    entries: ClassVar = ("unit", "credit_code")
    section_type: ClassVar = "table"
    rows: ClassVar = ("J01", "J02", "J03", "J04")
    params: ClassVar = {
        "section": key, "unit": key, "credit_code": Optional(key), "least": Optional(Int(1, 50)),
        "most": Optional(Int(1, 50)), "lead_takes": Optional(Int(0, 50)), "partners_only": Optional(YES_NO),
    }  # fmt: skip
    example: ClassVar = {
        "section": "directions", "unit": "unit", "credit_code": "code", "least": 3, "most": 5, "lead_takes": 1,
    }  # fmt: skip
    section: str
    unit: str
    credit_code: str = ""
    least: int = 3
    most: int = 5
    lead_takes: int = 1
    partners_only: str = "no"

    @property
    def rule(self):
        return f"设 {self.least} 至 {self.most} 个联合攻关方向，各由不同单位承担，牵头单位承担其中 {self.lead_takes} 个"

    def found(self, facts):
        return f"现有 {len(list(facts.rows(self.section)))} 个"

    def at(self, facts, part=""):
        return f"{self.section}.{part}" if part != "" else self.section

    def problems(self, facts):
        rows = list(facts.rows(self.section))
        if not self.least <= len(rows) <= self.most:
            more = (
                f"请补充 {self.least - len(rows)} 个"
                if len(rows) < self.least
                else f"请删去 {len(rows) - self.most} 个"
            )
            sentence = f"联合攻关方向有 {len(rows)} 个，须为 {self.least} 至 {self.most} 个。{more}。"
            yield Problem(sentence, self.section)
        yield from self._each_by_another(rows, facts)
        own = sum(1 for _, row in rows if self._is_lead(row, facts))
        if own != self.lead_takes:
            sentence = f"牵头单位承担 {own} 个联合攻关方向，须为 {self.lead_takes} 个。请调整承担单位。"
            yield Problem(sentence, self.section)

    def _each_by_another(self, rows, facts: Facts):
        seen: dict[str, int] = {}
        known = {mark for one in facts.partners for mark in (one.code, one.name.strip()) if mark}
        for position, row in rows:
            name, where = cell(row, self.unit), f"{self.section}.{position}.{self.unit}"
            mark = (cell(row, self.credit_code) if self.credit_code else "") or name
            if not mark:
                yield Problem(f"第 {position + 1} 个联合攻关方向没有填写承担单位。请填写。", where)
                continue
            mark = facts.unit.code if self._is_lead(row, facts) else mark
            if mark in seen and mark != facts.unit.code:
                sentence = (
                    f"第 {position + 1} 个联合攻关方向与第 {seen[mark] + 1} 个由同一单位（{name}）承担。"
                    "每个方向须由不同单位承担，请调整。"
                )
                yield Problem(sentence, where)
            seen.setdefault(mark, position)
            if self.partners_only == "yes" and mark != facts.unit.code and mark not in known and name not in known:
                sentence = f"第 {position + 1} 个联合攻关方向的承担单位“{name}”不在联合单位中。请先在联合单位中添加。"
                yield Problem(sentence, where)

    def _is_lead(self, row, facts: Facts) -> bool:
        typed = cell(row, self.credit_code) if self.credit_code else ""
        return typed == facts.unit.code if typed else cell(row, self.unit) == facts.unit.name.strip()


@dataclass(frozen=True)
class RelatedUnitsApart(Requirement):
    """Enterprises related to the lead neither take part in this project nor lead another one within the scope.

    Related: parent, child, child of the same parent (as registered), the same legal representative by name; and what
    the application itself declares in the table `declared`, whose column `credit_code` holds the credit codes.
    `directions`: a table of joint directions, in which the units stand in the same column names.
    """

    code: ClassVar = "related_units_apart"
    section_type: ClassVar = "partners"
    rows: ClassVar = ("J05", "J34")
    needs: ClassVar = frozenset({"others", "related"})
    params: ClassVar = {
        "within": Optional(Choice(WITHIN)),
        "by": Optional(ListOf(Choice(RELATIONS), least=1, distinct="")),
        "directions": Optional(key),
        "declared": Optional(key),
        "credit_code": Optional(key),
        "partners_too": Optional(YES_NO),
    }
    example: ClassVar = {
        "within": "call", "by": ["parent", "child", "sibling", "legal_person"], "directions": "directions",
        "declared": "related", "credit_code": "code",
    }  # fmt: skip
    within: str = "task"
    by: tuple[str, ...] = ("parent", "child", "sibling", "legal_person")
    directions: str = ""
    declared: str = ""
    credit_code: str = "code"
    partners_too: str = "yes"

    @classmethod
    def names(cls, params):
        yield from super().names(params)
        for name in ("directions", "declared"):
            if params.get(name):
                yield (name,), params[name], params.get("credit_code", cls.credit_code)

    @property
    def rule(self):
        return f"牵头单位的关联企业不在{WITHIN[self.within]}同时申报"

    def problems(self, facts):
        related = {one.code: RELATIONS[one.how] for one in facts.related if one.how in self.by}
        if self.declared:
            rows = (cell(row, self.credit_code) for _, row in facts.rows(self.declared))
            related |= {typed: "所填关联企业" for typed in rows if typed and typed != facts.unit.code}
        if self.partners_too == "yes":
            for position, partner in enumerate(facts.partners):
                if how := related.get(partner.code):
                    yield self._inside_problem(partner.name, how, self.at(facts, f"{position}.code"))
        for position, row in facts.rows(self.directions) if self.directions else ():
            if how := related.get(cell(row, self.credit_code)):
                place = f"{self.directions}.{position}.{self.credit_code}"
                yield self._inside_problem(f"第 {position + 1} 个联合攻关方向的承担单位", how, place)
        for code, how in related.items():
            elsewhere = [one for one in facts.others if one.unit_code == code and reaches(self.within, one, facts)]
            if elsewhere:
                name = next((one.name for one in facts.related if one.code == code), code)
                sentence = (
                    f"关联企业“{name}”（{how}）已在{WITHIN[self.within]}牵头申报，不得同时申报。"
                    "请与关联企业商定只由一家申报。"
                )
                yield Problem(sentence, facts.section_key("unit"), inside(elsewhere))

    def _inside_problem(self, name: str, how: str, where: str) -> Problem:
        return Problem(f"{name}是牵头单位的关联企业（{how}），不得同时申报联合攻关方向。请更换单位。", where)


@dataclass(frozen=True)
class TitleNotRepeated(Requirement):
    """The lead (with `related: yes` its related units too) has no other application with the same or a similar title.

    `percent`: how alike two titles must be to count, blanks and signs left out; 100 is the same.
    """

    code: ClassVar = "title_not_repeated"
    section_type: ClassVar = "project"
    rows: ClassVar = ("M17", "V09", "J34")
    needs: ClassVar = frozenset({"others", "related"})
    params: ClassVar = {
        "within": Optional(Choice(WITHIN)), "percent": Optional(Int(50, 100)), "related": Optional(YES_NO),
    }  # fmt: skip
    example: ClassVar = {"within": "year", "percent": 85, "related": "yes"}
    within: str = "call"
    percent: int = 90
    related: str = "no"

    @property
    def rule(self):
        whose = "本单位及关联企业" if self.related == "yes" else "本单位"
        return f"{whose}在{WITHIN[self.within]}没有名称相同或相近的其他申报"

    def problems(self, facts):
        title, codes = _bare(facts.title), {one.code for one in facts.related}
        if not title:
            return
        for other in facts.others:
            own = other.role == "lead"
            if not (own or self.related == "yes" and other.unit_code in codes) or not reaches(
                self.within, other, facts
            ):
                continue
            if other.standing == "ended":
                continue
            alike = int(SequenceMatcher(None, title, _bare(other.title)).ratio() * 100)
            if alike >= self.percent:
                whose = f"本单位的另一申报{numbers([other])}" if own else "关联企业的一项申报"
                sentence = f"项目名称与{whose}相同或相近（相似度 {alike}%）。同一内容不得重复申报，请核对。"
                yield Problem(sentence, self.at(facts, "title"), other.inside)


def _bare(title: str) -> str:
    return "".join(sign for sign in title if sign.isalnum())
