"""Requirements on the team and its leader."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from programmes.checks import Instant, Int, ListOf, Optional, Text, key
from programmes.requirements.base import ATTACHMENTS, Problem, Requirement
from programmes.requirements.promises import years_after

SENIOR_TITLES = (
    "教授", "副教授", "研究员", "副研究员", "正高级工程师", "教授级高级工程师", "研究员级高级工程师", "高级工程师",
    "正高级实验师", "高级实验师", "主任医师", "副主任医师", "主任药师", "副主任药师", "主任护师", "副主任护师",
    "主任技师", "副主任技师", "正高级农艺师", "高级农艺师", "推广研究员", "正高级畜牧师", "高级畜牧师", "正高级兽医师",
    "高级兽医师", "正高级经济师", "高级经济师", "正高级会计师", "高级会计师", "正高级统计师", "高级统计师", "编审",
    "副编审", "正高级", "副高级", "高级",
)  # fmt: skip
"""Titles that count as 高级职称 where a call lists none; 助理研究员 is none of them, so words are compared whole."""
DOCTORATES = ("博士", "博士研究生", "doctor", "phd")
TITLES = ListOf(Text(30), least=1, distinct="")


@dataclass(frozen=True)
class TeamHasOneLeader(Requirement):
    """A project has exactly one leader."""

    code: ClassVar = "team_has_one_leader"
    section_type: ClassVar = "team"
    rows: ClassVar = ("V14", "N08")

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
    example: ClassVar = {"count": 15}
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


class _OfLeader(Requirement):
    """A rule on the leader; where there is none, team_has_one_leader speaks of it."""

    section_type: ClassVar = "team"

    def asked(self, facts):
        return super().asked(facts) and facts.leader() is not None

    def place(self, facts, column: str) -> str:
        return self.at(facts, f"{facts.leader_at()}.{column}")


@dataclass(frozen=True)
class LeaderBornFrom(_OfLeader):
    """The leader was born on or after this date."""

    code: ClassVar = "leader_born_from"
    rows: ClassVar = ("V12", "J30", "N03")
    params: ClassVar = {"date": Instant(date_only=True)}
    example: ClassVar = {"date": "1962-01-01"}
    date: str

    @property
    def rule(self):
        return f"项目负责人于 {self.date}（含）以后出生"

    def problems(self, facts):
        leader, where = facts.leader(), self.place(facts, "birth_date")
        if leader.birth_date is None:
            yield Problem(f"项目负责人{leader.name}没有填写出生日期。请补充。", where)
        elif leader.birth_date < date.fromisoformat(self.date):
            sentence = (
                f"项目负责人{leader.name}出生于 {leader.birth_date}，须在 {self.date}（含）以后出生。"
                "请核对日期，或更换负责人。"
            )
            yield Problem(sentence, where)


@dataclass(frozen=True)
class LeaderAgeAtMost(_OfLeader):
    """On a day (of the call, else the day of the check) the leader is not older than so many full years."""

    code: ClassVar = "leader_age_at_most"
    rows: ClassVar = ("V12", "J30", "N03")
    params: ClassVar = {"years": Int(18, 100), "on": Optional(Instant(date_only=True))}
    example: ClassVar = {"years": 60, "on": "2024-12-31"}
    years: int
    on: str = ""

    @property
    def rule(self):
        return f"项目负责人{f'在 {self.on} ' if self.on else ''}不超过 {self.years} 周岁"

    def problems(self, facts):
        leader, where = facts.leader(), self.place(facts, "birth_date")
        day = date.fromisoformat(self.on) if self.on else facts.today
        if leader.birth_date is None:
            yield Problem(f"项目负责人{leader.name}没有填写出生日期。请补充。", where)
        elif day >= years_after(leader.birth_date, self.years + 1):
            sentence = (
                f"项目负责人{leader.name}出生于 {leader.birth_date}，到 {day} 已超过 {self.years} 周岁。"
                "请核对日期，或更换负责人。"
            )
            yield Problem(sentence, where)


@dataclass(frozen=True)
class LeaderQualified(_OfLeader):
    """The leader has a senior title, or a doctorate, or (where the call allows it) so many letters of recommendation.

    `titles`, `degrees`: what counts, compared whole; senior titles and doctorates by default. `letters`: the kind of
    attachment that holds them, `letter_count` how many are needed.
    """

    code: ClassVar = "leader_qualified"
    rows: ClassVar = ("V12", "N06")
    params: ClassVar = {
        "titles": Optional(TITLES),
        "degrees": Optional(TITLES),
        "letters": Optional(key),
        "letter_count": Optional(Int(1, 20)),
    }
    example: ClassVar = {"letters": "letters", "letter_count": 2}
    titles: tuple[str, ...] = SENIOR_TITLES
    degrees: tuple[str, ...] = DOCTORATES
    letters: str = ""
    letter_count: int = 2

    @classmethod
    def names(cls, params):
        yield from super().names(params)
        if params.get("letters"):
            yield ("letters",), ATTACHMENTS, params["letters"]

    @property
    def rule(self):
        letters = f"，或有 {self.letter_count} 封推荐信" if self.letters else ""
        return f"项目负责人具有高级职称或博士学位{letters}"

    def problems(self, facts):
        leader = facts.leader()
        if leader.title.strip() in self.titles or leader.degree.strip().lower() in self._degrees():
            return
        sent = sum(1 for one in facts.attachments if one.kind == self.letters) if self.letters else 0
        if self.letters and sent >= self.letter_count:
            return
        also = f"，推荐信有 {sent} 封（须 {self.letter_count} 封）" if self.letters else ""
        sentence = (
            f"项目负责人{leader.name}的职称为“{leader.title or '没有填写'}”，"
            f"学位为“{leader.degree or '没有填写'}”{also}。"
            f"须具有高级职称或博士学位{'，或上传推荐信' if self.letters else ''}。请核对，或更换负责人。"
        )
        yield Problem(sentence, self.place(facts, "title"))

    def _degrees(self) -> set[str]:
        # 工学博士 and 博士学位 are doctorates by their name.
        known = {one.lower() for one in self.degrees}
        return (
            known
            | {f"{one}学位" for one in known}
            | {f"{field}学{one}" for one in known for field in FIELDS_OF_DEGREES}
        )


FIELDS_OF_DEGREES = "哲 经济 法 教育 文 历史 理 工 农 医 军事 管理 艺术 交叉".split()
