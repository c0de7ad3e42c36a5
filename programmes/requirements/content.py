"""Requirements on what is promised, what it costs and what is signed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from programmes.checks import Choice, Instant, Int, ListOf, Optional, number
from programmes.facts import Facts
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.completeness import missing
from programmes.words import BUDGET_SOURCES, UNIT_TYPES, source_names, type_names


def money(amount: Decimal) -> str:
    """万元 with two decimals and thousands separators, as on the screens."""
    return f"{amount:,.2f}"


def promised(facts: Facts) -> set[str]:
    """The codes of the indicators for which anything at all is promised."""
    parts = ("value", "low", "high", "text")
    return {
        code
        for code, commitment in facts.commitments.items()
        if any(str(commitment.promise.get(part) or "").strip() for part in parts)
    }


@dataclass(frozen=True)
class FormComplete(Requirement):
    """Everything that the form calls required is there, and nothing is longer or more than it may be."""

    code: ClassVar = "form_complete"
    section_type: ClassVar = "project"

    @property
    def rule(self):
        return "申报书必填内容齐全，字数和附件符合要求"

    def problems(self, facts):
        yield from missing(facts)


@dataclass(frozen=True)
class EveryIndicatorPromised(Requirement):
    """M01, W04: each indicator of the task has a promise."""

    code: ClassVar = "every_indicator_promised"
    section_type: ClassVar = "commitments"

    @property
    def rule(self):
        return "对榜单任务的每项预期目标都作出承诺"

    def found(self, facts):
        return f"共 {len(facts.task.indicators)} 项，已全部承诺"

    def problems(self, facts):
        given = promised(facts)
        for indicator in facts.task.indicators:
            if indicator.code in given:
                continue
            sentence = f"{indicator.name}：没有承诺值。榜单要求 {indicator.target_text}，请填写。"
            yield Problem(sentence, self.at(facts, indicator.code))


@dataclass(frozen=True)
class PromisesMeetTargets(Requirement):
    """A promise is at least as good as the target of the task."""

    code: ClassVar = "promises_meet_targets"
    section_type: ClassVar = "commitments"

    @property
    def rule(self):
        return "承诺值不低于榜单要求"

    def problems(self, facts):
        given = promised(facts)
        for indicator in facts.task.indicators:
            if indicator.code not in given:
                continue  # every_indicator_promised speaks of it
            commitment = facts.commitments[indicator.code]
            sentence = indicator.check_promise(commitment.promise)
            if sentence:
                yield Problem(sentence, self.at(facts, indicator.code))


@dataclass(frozen=True)
class BudgetBalances(Requirement):
    """What is spent is what comes in."""

    code: ClassVar = "budget_balances"
    section_type: ClassVar = "budget"

    @property
    def rule(self):
        return "经费支出合计等于来源合计"

    def found(self, facts):
        return f"合计 {money(facts.money())} 万元"

    def problems(self, facts):
        coming, going = facts.money(), facts.spent()
        if coming != going:
            word = "少" if going < coming else "多"
            sentence = (
                f"支出合计 {money(going)} 万元比来源合计 {money(coming)} 万元{word} {money(abs(coming - going))} 万元。"
                "请调整支出或来源。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class ShareAtMost(Requirement):
    """J15, J16: these sources are at most so many percent of the whole budget; `lead_types` limits it to such leads."""

    code: ClassVar = "share_at_most"
    section_type: ClassVar = "budget"
    params: ClassVar = {
        "sources": ListOf(Choice(BUDGET_SOURCES), least=1, distinct=""),
        "percent": number,
        "lead_types": Optional(ListOf(Choice(UNIT_TYPES), least=1, distinct="")),
    }
    sources: tuple[str, ...]
    percent: Decimal
    lead_types: tuple[str, ...] = ()

    @property
    def rule(self):
        lead = f"{type_names(self.lead_types)}牵头的，" if self.lead_types else ""
        return f"{lead}{source_names(self.sources)}不超过总经费的 {self.percent}%"

    def problems(self, facts):
        if self.lead_types and facts.unit.type not in self.lead_types:
            return
        part, whole = facts.money(*self.sources), facts.money()
        if part * 100 > Decimal(self.percent) * whole:
            most = whole * Decimal(self.percent) / 100
            sentence = (
                f"{source_names(self.sources)} {money(part)} 万元，超过总经费 {money(whole)} 万元的 {self.percent}%"
                f"（{money(most)} 万元）。请调整经费来源。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class AmountAtMost(Requirement):
    """J17: these sources are at most so many 万元."""

    code: ClassVar = "amount_at_most"
    section_type: ClassVar = "budget"
    params: ClassVar = {"sources": ListOf(Choice(BUDGET_SOURCES), least=1, distinct=""), "amount": number}
    sources: tuple[str, ...]
    amount: Decimal

    @property
    def rule(self):
        return f"{source_names(self.sources)}不超过 {money(Decimal(self.amount))} 万元"

    def problems(self, facts):
        part = facts.money(*self.sources)
        if part > Decimal(self.amount):
            limit = money(Decimal(self.amount))
            sentence = f"{source_names(self.sources)} {money(part)} 万元，不得超过 {limit} 万元。请调整经费来源。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class FundingRatioAtLeast(Requirement):
    """W15: `mine` is at least `ratio` times the state's money (配套)."""

    code: ClassVar = "funding_ratio_at_least"
    section_type: ClassVar = "budget"
    params: ClassVar = {"mine": ListOf(Choice(BUDGET_SOURCES), least=1, distinct=""), "ratio": number}
    mine: tuple[str, ...]
    ratio: Decimal

    @property
    def rule(self):
        return f"{source_names(self.mine)}与财政经费之比不低于 {self.ratio}:1"

    def problems(self, facts):
        own, state = facts.money(*self.mine), facts.money("state")
        if own < Decimal(self.ratio) * state:
            needed = Decimal(self.ratio) * state
            sentence = (
                f"{source_names(self.mine)} {money(own)} 万元，按 {self.ratio}:1 须不少于 {money(needed)} 万元，"
                f"还差 {money(needed - own)} 万元。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class DurationAtMost(Requirement):
    """W10, J07: the term of the project."""

    code: ClassVar = "duration_at_most"
    section_type: ClassVar = "project"
    params: ClassVar = {"years": Int(1, 20)}
    years: int

    @property
    def rule(self):
        return f"实施期不超过 {self.years} 年"

    def problems(self, facts):
        if facts.starts_on and facts.ends_on:
            try:
                latest = facts.starts_on.replace(year=facts.starts_on.year + self.years)
            except ValueError:  # 29 February
                latest = date(facts.starts_on.year + self.years, 3, 1)
            if facts.ends_on >= latest:
                sentence = f"实施期自 {facts.starts_on} 至 {facts.ends_on}，超过 {self.years} 年。请调整起止日期。"
                yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class PledgeSigned(Requirement):
    """M07: the unit pledges to finish in time and that all is true."""

    code: ClassVar = "pledge_signed"
    section_type: ClassVar = "pledge"

    @property
    def rule(self):
        return "已作出申报承诺"

    def found(self, facts):
        return f"签署人：{facts.pledge_signer}"

    def problems(self, facts):
        if not facts.pledge_agreed:
            yield Problem("没有作出申报承诺。请阅读承诺书，并由签署人确认。", self.at(facts))
        elif not facts.pledge_signer.strip():
            yield Problem("承诺书没有填写签署人姓名。请填写。", self.at(facts, "signer"))


@dataclass(frozen=True)
class YouthShareAtLeast(Requirement):
    """J31: of all team members over one recommender's list, so many percent were born on or after a date."""

    code: ClassVar = "youth_share_at_least"
    level: ClassVar = "list"
    params: ClassVar = {"percent": number, "born_from": Instant(date_only=True)}
    percent: Decimal
    born_from: str

    @property
    def rule(self):
        return f"推荐项目的负责人和骨干中，{self.born_from}（含）以后出生的不低于 {self.percent}%"

    def found(self, facts):
        young, everybody = self._count(facts)
        return f"{young}/{everybody} 人"

    def problems(self, facts):
        young, everybody = self._count(facts)
        if young * 100 < Decimal(self.percent) * everybody:
            sentence = (
                f"推荐项目的负责人和骨干共 {everybody} 人，其中 {self.born_from}（含）以后出生的 {young} 人，"
                f"不足 {self.percent}%。"
            )
            yield Problem(sentence, "")

    def _count(self, facts) -> tuple[int, int]:
        people = [member for application in facts.applications for member in application.team]
        line = date.fromisoformat(self.born_from)
        return sum(1 for member in people if member.birth_date and member.birth_date >= line), len(people)
