"""Requirements on the form as a whole, on what is promised, and on how long it takes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from programmes.checks import Instant, Int, Optional, key
from programmes.facts import Facts, date_of
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.completeness import missing


def promised(facts: Facts) -> set[str]:
    """The codes of the indicators for which anything at all is promised."""
    parts = ("value", "low", "high", "text")
    return {
        code
        for code, commitment in facts.commitments.items()
        if any(str(commitment.promise.get(part) or "").strip() for part in parts)
    }


def years_after(start: date, years: int) -> date:
    """The same day so many years later; 1 March where that year has no 29 February."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


@dataclass(frozen=True)
class FormComplete(Requirement):
    """Everything that the form calls required is there, and nothing is longer or more than it may be."""

    code: ClassVar = "form_complete"
    section_type: ClassVar = "project"
    rows: ClassVar = ("M01", "W04", "V11", "J12", "S03", "N09", "P15")

    @property
    def rule(self):
        return "申报书必填内容齐全，字数和附件符合要求"

    def problems(self, facts):
        yield from missing(facts)


@dataclass(frozen=True)
class EveryIndicatorPromised(Requirement):
    """Each indicator of the task, or of the part of it that was chosen, has a promise."""

    code: ClassVar = "every_indicator_promised"
    section_type: ClassVar = "commitments"
    rows: ClassVar = ("M01", "W04", "W07", "J21")

    @property
    def rule(self):
        return "对榜单任务的每项预期目标都作出承诺"

    def found(self, facts):
        return f"共 {len(facts.indicators())} 项，已全部承诺"

    def problems(self, facts):
        given = promised(facts)
        for indicator in facts.indicators():
            if indicator.code in given:
                continue
            sentence = f"{indicator.name}：没有承诺值。榜单要求 {indicator.target_text}，请填写。"
            yield Problem(sentence, self.at(facts, indicator.code))


@dataclass(frozen=True)
class PromisesMeetTargets(Requirement):
    """A promise is at least as good as the target of the task."""

    code: ClassVar = "promises_meet_targets"
    section_type: ClassVar = "commitments"
    rows: ClassVar = ("M01", "W04", "J21")

    @property
    def rule(self):
        return "承诺值不低于榜单要求"

    def problems(self, facts):
        given = promised(facts)
        for indicator in facts.indicators():
            if indicator.code not in given:
                continue  # every_indicator_promised speaks of it
            commitment = facts.commitments[indicator.code]
            sentence = indicator.check_promise(commitment.promise)
            if sentence:
                yield Problem(sentence, self.at(facts, indicator.code))


@dataclass(frozen=True)
class DurationAtMost(Requirement):
    """The term of the project is at most so many years."""

    code: ClassVar = "duration_at_most"
    section_type: ClassVar = "project"
    rows: ClassVar = ("W10", "V03", "J07")
    params: ClassVar = {"years": Int(1, 20)}
    example: ClassVar = {"years": 3}
    years: int

    @property
    def rule(self):
        return f"实施期不超过 {self.years} 年"

    def problems(self, facts):
        if facts.starts_on and facts.ends_on:
            if facts.ends_on >= years_after(facts.starts_on, self.years):
                sentence = f"实施期自 {facts.starts_on} 至 {facts.ends_on}，超过 {self.years} 年。请调整起止日期。"
                yield Problem(sentence, self.at(facts))
        elif facts.years and facts.years > self.years:
            sentence = f"实施期为 {facts.years} 年，不得超过 {self.years} 年。请缩短实施期。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class DurationAtLeast(Requirement):
    """The term of the project is at least so many years."""

    code: ClassVar = "duration_at_least"
    section_type: ClassVar = "project"
    rows: ClassVar = ("J07",)
    params: ClassVar = {"years": Int(1, 20)}
    example: ClassVar = {"years": 3}
    years: int

    @property
    def rule(self):
        return f"实施期不少于 {self.years} 年"

    def problems(self, facts):
        if facts.starts_on and facts.ends_on:
            if facts.ends_on + timedelta(days=1) < years_after(facts.starts_on, self.years):
                sentence = f"实施期自 {facts.starts_on} 至 {facts.ends_on}，不足 {self.years} 年。请调整起止日期。"
                yield Problem(sentence, self.at(facts))
        elif facts.years and facts.years < self.years:
            sentence = f"实施期为 {facts.years} 年，须不少于 {self.years} 年。请延长实施期。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class EndsBy(Requirement):
    """The project ends on or before a day that the call names."""

    code: ClassVar = "ends_by"
    section_type: ClassVar = "project"
    rows: ClassVar = ("M21",)
    params: ClassVar = {"date": Instant(date_only=True)}
    example: ClassVar = {"date": "2026-12-31"}
    date: str

    @property
    def rule(self):
        return f"项目在 {self.date}（含）以前完成"

    def problems(self, facts):
        if facts.ends_on and facts.ends_on > date.fromisoformat(self.date):
            sentence = f"项目结束日期为 {facts.ends_on}，须不晚于 {self.date}。请调整起止日期。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class DateCoversTerm(Requirement):
    """A date that was answered, such as the end of the leader's contract, is not before the end of the project."""

    code: ClassVar = "date_covers_term"
    entries: ClassVar = ("question",)
    section_type: ClassVar = "questions"
    rows: ClassVar = ("J29",)
    params: ClassVar = {"section": key, "question": key, "years": Optional(Int(1, 20))}
    example: ClassVar = {"section": "leader", "question": "contract_ends", "years": 3}
    section: str
    question: str
    years: int = 0

    @property
    def rule(self):
        return "合同等期限覆盖项目实施期"

    def problems(self, facts):
        ends, where = self._end_of_project(facts), f"{self.section}.{self.question}"
        label, until = facts.label(self.section, self.question), date_of(facts.answer(self.section, self.question))
        if until is None:
            yield Problem(f"没有填写“{label}”，无法核对是否覆盖项目实施期。请按 2025-03-06 的格式填写。", where)
        elif ends and until < ends:
            sentence = f"“{label}”为 {until}，早于项目结束日期 {ends}。请续签后填写，或更换负责人、调整实施期。"
            yield Problem(sentence, where)

    def asked(self, facts):
        return super().asked(facts) and facts.is_asked(self.section, self.question)

    def _end_of_project(self, facts) -> date | None:
        """As the form says it; else counted from today, which is the earliest the project can begin."""
        years = facts.years or self.years
        return facts.ends_on or (years_after(facts.today, years) if years else None)
