"""The size of an enterprise by 中小企业划型标准规定 (工信部联企业〔2011〕300号): staff, revenue, assets by trade."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from programmes.checks import Choice, Optional, key
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.values import figure

MICRO, SMALL, MEDIUM, LARGE = "micro", "small", "medium", "large"
SIZES = {MICRO: "微型企业", SMALL: "小型企业", MEDIUM: "中型企业", LARGE: "大型企业"}
STAFF, REVENUE, ASSETS = "staff", "revenue", "assets"
WORDS = {STAFF: "从业人员", REVENUE: "营业收入", ASSETS: "资产总额"}

# Trade → its measures, and for each measure where small, medium and large begin (persons, 万元). Who reaches a class
# in all measures is in it: an enterprise that misses one of them falls into the next lower class.
TRADES: dict[str, dict[str, tuple[int, int, int]]] = {
    "农、林、牧、渔业": {REVENUE: (50, 500, 20_000)},
    "工业": {STAFF: (20, 300, 1_000), REVENUE: (300, 2_000, 40_000)},
    "建筑业": {REVENUE: (300, 6_000, 80_000), ASSETS: (300, 5_000, 80_000)},
    "批发业": {STAFF: (5, 20, 200), REVENUE: (1_000, 5_000, 40_000)},
    "零售业": {STAFF: (10, 50, 300), REVENUE: (100, 500, 20_000)},
    "交通运输业": {STAFF: (20, 300, 1_000), REVENUE: (200, 3_000, 30_000)},
    "仓储业": {STAFF: (20, 100, 200), REVENUE: (100, 1_000, 30_000)},
    "邮政业": {STAFF: (20, 300, 1_000), REVENUE: (100, 2_000, 30_000)},
    "住宿业": {STAFF: (10, 100, 300), REVENUE: (100, 2_000, 10_000)},
    "餐饮业": {STAFF: (10, 100, 300), REVENUE: (100, 2_000, 10_000)},
    "信息传输业": {STAFF: (10, 100, 2_000), REVENUE: (100, 1_000, 100_000)},
    "软件和信息技术服务业": {STAFF: (10, 100, 300), REVENUE: (50, 1_000, 10_000)},
    "房地产开发经营": {REVENUE: (100, 1_000, 200_000), ASSETS: (2_000, 5_000, 10_000)},
    "物业管理": {STAFF: (100, 300, 1_000), REVENUE: (500, 1_000, 5_000)},
    "租赁和商务服务业": {STAFF: (10, 100, 300), ASSETS: (100, 8_000, 120_000)},
    "其他未列明行业": {STAFF: (10, 100, 300)},
}


def size_of(trade: str, figures: dict[str, Decimal]) -> str:
    """micro, small, medium or large; `figures`: the trade's measures. KeyError for what lacks."""
    lowest = min(sum(figures[measure] >= begin for begin in begins) for measure, begins in TRADES[trade].items())
    return (MICRO, SMALL, MEDIUM, LARGE)[lowest]


@dataclass(frozen=True)
class SizeAtMost(Requirement):
    """The lead is at most a small or medium enterprise by its trade, staff, revenue (万元) and assets (万元).

    `trade`, `staff`, `revenue`, `assets`: questions of the section; the trade's choices are the sixteen of the text.
    """

    code: ClassVar = "size_at_most"
    entries: ClassVar = ("trade", STAFF, REVENUE, ASSETS)
    section_type: ClassVar = "questions"
    rows: ClassVar = ("S04",)
    params: ClassVar = {
        "section": key, "trade": key, STAFF: key, REVENUE: key, ASSETS: Optional(key),
        "size": Optional(Choice((MICRO, SMALL, MEDIUM))),
    }  # fmt: skip
    example: ClassVar = {
        "section": "size", "trade": "trade", "staff": "staff", "revenue": "revenue", "assets": "assets",
        "size": "medium",
    }  # fmt: skip
    section: str
    trade: str
    staff: str
    revenue: str
    assets: str = ""
    size: str = MEDIUM

    @property
    def rule(self):
        return f"按《中小企业划型标准规定》不超过{SIZES[self.size]}"

    def found(self, facts):
        return f"测算为{SIZES[size_of(facts.answers(self.section, self.trade)[0], self._figures(facts))]}"

    def problems(self, facts):
        trade, where = "".join(facts.answers(self.section, self.trade)), f"{self.section}.{self.trade}"
        if trade not in TRADES:
            said = f"“{trade[:20]}”不在划型标准所列行业中" if trade else "没有填写"
            yield Problem(f"“{facts.label(self.section, self.trade)}”{said}，无法测算企业规模。请选择所属行业。", where)
            return
        figures = self._figures(facts)
        lacking = [one for one in figures.values() if isinstance(one, Problem)]
        if lacking:
            yield from lacking
            return
        size = size_of(trade, figures)
        if tuple(SIZES).index(size) > tuple(SIZES).index(self.size):
            shown = "、".join(f"{WORDS[measure]} {value:,f}" for measure, value in figures.items())
            sentence = (
                f"按{trade}的划型标准，{shown}，测算为{SIZES[size]}，"
                f"本批次要求不超过{SIZES[self.size]}。请核对所填数值。"
            )
            yield Problem(sentence, where)

    def _figures(self, facts) -> dict:
        trade = "".join(facts.answers(self.section, self.trade))
        return {measure: figure(facts, self.section, getattr(self, measure) or measure) for measure in TRADES[trade]}
