"""Requirements on a recommender's whole list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from programmes.checks import Choice, Instant, Optional, number
from programmes.requirements.base import Problem, Requirement


@dataclass(frozen=True)
class YouthShareAtLeast(Requirement):
    """Of all leaders and key staff over one recommender's list, so many percent were born on or after a date.

    Whoever stands in the team counts; `who: leaders` counts the leaders only. A person without a birth date is not
    young.
    """

    code: ClassVar = "youth_share_at_least"
    level: ClassVar = "list"
    rows: ClassVar = ("J30", "J31")
    params: ClassVar = {
        "percent": number,
        "born_from": Instant(date_only=True),
        "who": Optional(Choice(("team", "leaders"))),
    }
    example: ClassVar = {"percent": 40, "born_from": "1984-01-01"}
    percent: Decimal
    born_from: str
    who: str = "team"

    @property
    def rule(self):
        return f"推荐项目的{self._whom()}中，{self.born_from}（含）以后出生的不低于 {self.percent}%"

    def found(self, facts):
        young, everybody = self.count(facts)
        return f"{young}/{everybody} 人"

    def problems(self, facts):
        young, everybody = self.count(facts)
        if young * 100 < Decimal(self.percent) * everybody:
            sentence = (
                f"推荐项目的{self._whom()}共 {everybody} 人，其中 {self.born_from}（含）以后出生的 {young} 人，"
                f"不足 {self.percent}%。请调整推荐的项目，或退回由单位增加青年人员。"
            )
            yield Problem(sentence, "")

    def count(self, facts) -> tuple[int, int]:
        """(young, all) people of the list."""
        line = date.fromisoformat(self.born_from)
        people = [
            member
            for application in facts.applications
            for member in application.team
            if self.who == "team" or member.is_leader
        ]
        return sum(1 for one in people if one.birth_date and one.birth_date >= line), len(people)

    def _whom(self) -> str:
        return "负责人和骨干" if self.who == "team" else "负责人"
