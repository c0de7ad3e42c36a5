"""Requirements on what it costs and who pays."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from programmes.checks import Choice, ListOf, number
from programmes.requirements.base import Problem, Requirement
from programmes.words import BUDGET_SOURCES, source_names

SOURCES = ListOf(Choice(BUDGET_SOURCES), least=1, distinct="")
# J18: government money is not the applicant's own, so it can never stand on the side of the co-funding.
OWN_SOURCES = ListOf(Choice([source for source in BUDGET_SOURCES if source != "state"]), least=1, distinct="")


def money(amount: Decimal) -> str:
    """万元 with two decimals and thousands separators, as on the screens."""
    return f"{amount:,.2f}"


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
    """These sources are at most so many percent of the whole budget."""

    code: ClassVar = "share_at_most"
    section_type: ClassVar = "budget"
    rows: ClassVar = ("J15", "J16")
    params: ClassVar = {"sources": SOURCES, "percent": number}
    example: ClassVar = {"sources": ["state"], "percent": 30, "lead_types": ["enterprise"]}
    sources: tuple[str, ...]
    percent: Decimal

    @property
    def rule(self):
        return f"{source_names(self.sources)}不超过总经费的 {self.percent}%"

    def problems(self, facts):
        part, whole = facts.money(*self.sources), facts.money()
        if part * 100 > Decimal(self.percent) * whole:
            most = whole * Decimal(self.percent) / 100
            sentence = (
                f"{source_names(self.sources)} {money(part)} 万元，超过总经费 {money(whole)} 万元的 {self.percent}%"
                f"（{money(most)} 万元）。请调整经费来源。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class FundingShareAtLeast(Requirement):
    """These sources are at least so many percent of the whole budget."""

    code: ClassVar = "funding_share_at_least"
    section_type: ClassVar = "budget"
    rows: ClassVar = ("J16", "P29")
    params: ClassVar = {"sources": SOURCES, "percent": number}
    example: ClassVar = {"sources": ["own"], "percent": 30}
    sources: tuple[str, ...]
    percent: Decimal

    @property
    def rule(self):
        return f"{source_names(self.sources)}不低于总经费的 {self.percent}%"

    def problems(self, facts):
        part, whole = facts.money(*self.sources), facts.money()
        if part * 100 < Decimal(self.percent) * whole:
            least = whole * Decimal(self.percent) / 100
            sentence = (
                f"{source_names(self.sources)} {money(part)} 万元，不足总经费 {money(whole)} 万元的 {self.percent}%"
                f"（{money(least)} 万元）。请调整经费来源。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class AmountAtMost(Requirement):
    """These sources are at most so many 万元."""

    code: ClassVar = "amount_at_most"
    section_type: ClassVar = "budget"
    rows: ClassVar = ("J17",)
    params: ClassVar = {"sources": SOURCES, "amount": number}
    example: ClassVar = {"sources": ["state"], "amount": 2000}
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
class AmountAtLeast(Requirement):
    """These sources are at least so many 万元."""

    code: ClassVar = "amount_at_least"
    section_type: ClassVar = "budget"
    rows: ClassVar = ("W15", "J18")
    params: ClassVar = {"sources": SOURCES, "amount": number}
    example: ClassVar = {"sources": ["own"], "amount": 500}
    sources: tuple[str, ...]
    amount: Decimal

    @property
    def rule(self):
        return f"{source_names(self.sources)}不少于 {money(Decimal(self.amount))} 万元"

    def problems(self, facts):
        part, limit = facts.money(*self.sources), Decimal(self.amount)
        if part < limit:
            sentence = (
                f"{source_names(self.sources)} {money(part)} 万元，须不少于 {money(limit)} 万元，"
                f"还差 {money(limit - part)} 万元。请调整经费来源。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class FundingRatioAtLeast(Requirement):
    """`mine` is at least `ratio` times the state's money (配套); the state's own money cannot be named as mine."""

    code: ClassVar = "funding_ratio_at_least"
    section_type: ClassVar = "budget"
    rows: ClassVar = ("W15", "V04", "J18")
    params: ClassVar = {"mine": OWN_SOURCES, "ratio": number}
    example: ClassVar = {"mine": ["own", "other"], "ratio": "1.5"}
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
                f"还差 {money(needed - own)} 万元。请调整经费来源。"
            )
            yield Problem(sentence, self.at(facts))
