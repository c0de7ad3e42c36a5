"""Requirements on single answers: figures, shares of figures, declarations, dates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from programmes.answers import YES_NO
from programmes.checks import Instant, Int, ListOf, Optional, Text, key, number
from programmes.facts import Facts, date_of, decimal_of
from programmes.requirements.base import Problem, Requirement

PLACE = {"section": key, "question": key}


def plain(value: Decimal) -> str:
    """A figure without an exponent and without a tail of zeros, 1,000 as people write it."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class _OfAnswer(Requirement):
    """A rule on one answer; not asked where the question is not asked of this application."""

    section_type: ClassVar = "questions"
    section: str
    question: str

    def asked(self, facts):
        return super().asked(facts) and facts.is_asked(self.section, self.question)

    def at(self, facts, part=""):
        return f"{self.section}.{self.question}"

    def number(self, facts: Facts) -> Decimal | Problem:
        """The figure, or what keeps it from being one."""
        return figure(facts, self.section, self.question)


def figure(facts: Facts, section: str, question: str) -> Decimal | Problem:
    """The figure that was answered, or the Problem that there is none to compare."""
    typed, where = facts.answer(section, question), f"{section}.{question}"
    found, label = decimal_of(typed), facts.label(section, question)
    if found is not None:
        return found
    if not str(typed).strip():
        return Problem(f"没有填写“{label}”，无法核对。请填写数值。", where)
    return Problem(f"“{label}”现为“{str(typed)[:20]}”，不是数值，无法核对。请只填写数字。", where)


def with_unit(facts: Facts, section: str, question: str, value: Decimal, unit: str) -> str:
    """12 万元: the figure with the unit of the rule, else of the question."""
    unit = unit or str(facts.entry(section, question).get("unit") or "")
    return f"{plain(value)} {unit}".strip() if unit != "%" else f"{plain(value)}%"


@dataclass(frozen=True)
class ValueAtLeast(_OfAnswer):
    """An answered figure is at least so much (of `words`, as the rule calls it)."""

    code: ClassVar = "value_at_least"
    entries: ClassVar = ("question",)
    rows: ClassVar = ("P26", "P27", "P31")
    params: ClassVar = PLACE | {"value": number, "unit": Optional(Text(20)), "words": Optional(Text(60))}
    example: ClassVar = {
        "section": "strength", "question": "rnd_cost", "value": 1000, "unit": "万元", "words": "上一年度研发费用",
    }  # fmt: skip
    value: Decimal
    unit: str = ""
    words: str = ""

    @property
    def rule(self):
        return f"{self.words or '所填数值'}不低于 {plain(Decimal(self.value))}{f' {self.unit}' if self.unit else ''}"

    def found(self, facts):
        return f"现为 {with_unit(facts, self.section, self.question, self.number(facts), self.unit)}"

    def problems(self, facts):
        found, least = self.number(facts), Decimal(self.value)
        if isinstance(found, Problem):
            yield found
        elif found < least:
            mine, needed = (with_unit(facts, self.section, self.question, one, self.unit) for one in (found, least))
            sentence = f"“{facts.label(self.section, self.question)}”为 {mine}，须不低于 {needed}。请核对后填写。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class ValueAtMost(_OfAnswer):
    """An answered figure is at most so much."""

    code: ClassVar = "value_at_most"
    entries: ClassVar = ("question",)
    rows: ClassVar = ("P30", "P32")
    params: ClassVar = PLACE | {"value": number, "unit": Optional(Text(20)), "words": Optional(Text(60))}
    example: ClassVar = {
        "section": "safety",
        "question": "accidents",
        "value": 0,
        "unit": "起",
        "words": "生产安全事故",
    }
    value: Decimal
    unit: str = ""
    words: str = ""

    @property
    def rule(self):
        return f"{self.words or '所填数值'}不超过 {plain(Decimal(self.value))}{f' {self.unit}' if self.unit else ''}"

    def found(self, facts):
        return f"现为 {with_unit(facts, self.section, self.question, self.number(facts), self.unit)}"

    def problems(self, facts):
        found, most = self.number(facts), Decimal(self.value)
        if isinstance(found, Problem):
            yield found
        elif found > most:
            mine, limit = (with_unit(facts, self.section, self.question, one, self.unit) for one in (found, most))
            sentence = f"“{facts.label(self.section, self.question)}”为 {mine}，不得超过 {limit}。请核对后填写。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class ShareAtLeast(Requirement):
    """One answered figure is at least so many percent of another of the same section (`words` name the share)."""

    code: ClassVar = "share_at_least"
    entries: ClassVar = ("numerator", "denominator")
    section_type: ClassVar = "questions"
    rows: ClassVar = ("P26", "P27", "P29")
    params: ClassVar = {
        "section": key, "numerator": key, "denominator": key, "percent": number, "words": Optional(Text(60)),
    }  # fmt: skip
    example: ClassVar = {
        "section": "strength", "numerator": "rnd_cost", "denominator": "sales", "percent": 3,
        "words": "研发费用占销售收入的比例",
    }  # fmt: skip
    section: str
    numerator: str
    denominator: str
    percent: Decimal
    words: str = ""

    @property
    def rule(self):
        return f"{self.words or '所填两项数值之比'}不低于 {self.percent}%"

    def asked(self, facts):
        both = (self.numerator, self.denominator)
        return super().asked(facts) and all(facts.is_asked(self.section, one) for one in both)

    def problems(self, facts):
        figures = [figure(facts, self.section, one) for one in (self.numerator, self.denominator)]
        lacking = [one for one in figures if isinstance(one, Problem)]
        if lacking:
            yield from lacking
            return
        part, whole = figures
        names = [facts.label(self.section, one) for one in (self.numerator, self.denominator)]
        if whole <= 0:
            yield Problem(f"“{names[1]}”须大于 0，无法计算比例。请核对。", f"{self.section}.{self.denominator}")
        elif part * 100 < Decimal(self.percent) * whole:
            share = (part * 100 / whole).quantize(Decimal("0.01"), "ROUND_DOWN")  # 2.996 is not shown as 3
            sentence = f"“{names[0]}”为“{names[1]}”的 {plain(share)}%，须不低于 {self.percent}%。请核对两项数值。"
            yield Problem(sentence, f"{self.section}.{self.numerator}")


@dataclass(frozen=True)
class AnswerIs(_OfAnswer):
    """A declaration: the question is answered by one of these words (yes and no for a yes_no question)."""

    code: ClassVar = "answer_is"
    entries: ClassVar = ("question",)
    rows: ClassVar = ("V19", "V20", "V23", "J18", "J24", "J34", "J36", "N32", "P02", "P28", "P32")
    params: ClassVar = PLACE | {"is": ListOf(Text(120), least=1, distinct=""), "words": Optional(Text(120))}
    example: ClassVar = {
        "section": "declarations", "question": "civil_servant", "is": ["no"], "words": "申报人员不是国家机关公务人员",
    }  # fmt: skip
    wanted: tuple[str, ...]
    words: str = ""

    @property
    def rule(self):
        return self.words or f"所填内容为“{self._wanted()}”"

    def problems(self, facts):
        label, given = facts.label(self.section, self.question), facts.answers(self.section, self.question)
        if not given:
            yield Problem(f"没有填写“{label}”。请填写。", self.at(facts))
        elif not all(one in self.wanted for one in given):
            shown = "、".join(YES_NO.get(one, one) for one in given)
            why = f"本批次要求{self.words}" if self.words else f"须为“{self._wanted()}”"
            yield Problem(f"“{label}”现为“{shown[:40]}”，{why}。请核对；属实的，不符合申报条件。", self.at(facts))

    def _wanted(self) -> str:
        return "”或“".join(YES_NO.get(one, one) for one in self.wanted)


@dataclass(frozen=True)
class AnswersAtLeast(Requirement):
    """At least so many of these questions are answered by something that is not nothing (nor 0)."""

    code: ClassVar = "answers_at_least"
    entries: ClassVar = ("questions",)
    section_type: ClassVar = "questions"
    rows: ClassVar = ("W13", "J20", "J22")
    params: ClassVar = {
        "section": key, "questions": ListOf(key, least=1, distinct=""), "count": Int(1, 100),
        "words": Optional(Text(60)),
    }  # fmt: skip
    example: ClassVar = {
        "section": "international", "questions": ["papers", "patents", "standards", "exchange", "platforms"],
        "count": 1, "words": "国际合作成果",
    }  # fmt: skip
    section: str
    questions: tuple[str, ...]
    count: int
    words: str = ""

    @property
    def rule(self):
        return f"{self.words or '所列各项'}至少填写 {self.count} 项"

    def found(self, facts):
        return f"已填写 {self._number(facts)} 项"

    def problems(self, facts):
        present = self._number(facts)
        if present < self.count:
            names = "、".join(facts.label(self.section, one) for one in self.questions)
            sentence = f"{names}中已填写 {present} 项，须至少 {self.count} 项（0 不计）。请补充。"
            yield Problem(sentence, f"{self.section}.{self.questions[0]}")

    def _number(self, facts) -> int:
        return sum(1 for one in self.questions if self._says_something(facts, one))

    def _says_something(self, facts, question: str) -> bool:
        given = facts.answers(self.section, question)
        return bool(given) and decimal_of(given[0]) != 0 and given != ("no",)


@dataclass(frozen=True)
class DateFrom(_OfAnswer):
    """An answered date is on or after a day."""

    code: ClassVar = "date_from"
    entries: ClassVar = ("question",)
    rows: ClassVar = ("J28", "P33")
    params: ClassVar = PLACE | {"date": Instant(date_only=True)}
    example: ClassVar = {"section": "plant", "question": "built_on", "date": "2024-11-15"}
    date: str

    @property
    def rule(self):
        return f"所填日期不早于 {self.date}"

    def problems(self, facts):
        yield from _date_problem(self, facts, lambda found: found >= date.fromisoformat(self.date), "不早于", self.date)


@dataclass(frozen=True)
class DateBy(_OfAnswer):
    """An answered date is on or before a day; on or before the day of the check where none is named."""

    code: ClassVar = "date_by"
    entries: ClassVar = ("question",)
    rows: ClassVar = ("J28", "P33")
    params: ClassVar = PLACE | {"date": Optional(Instant(date_only=True))}
    example: ClassVar = {"section": "agreement", "question": "signed_on"}
    date: str = ""

    @property
    def rule(self):
        return f"所填日期不晚于 {self.date or '提交当日'}"

    def problems(self, facts):
        last = date.fromisoformat(self.date) if self.date else facts.today
        yield from _date_problem(self, facts, lambda found: found <= last, "不晚于", self.date or f"提交当日 {last}")


def _date_problem(rule: _OfAnswer, facts: Facts, holds, words: str, day: str):
    label, found = facts.label(rule.section, rule.question), date_of(facts.answer(rule.section, rule.question))
    if found is None:
        yield Problem(f"没有填写“{label}”。请按 2025-03-06 的格式填写。", rule.at(facts))
    elif not holds(found):
        yield Problem(f"“{label}”为 {found}，须{words} {day}。请核对。", rule.at(facts))
