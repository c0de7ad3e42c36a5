"""Requirements on the rows of a table section."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from programmes.answers import BETWEEN, YES_NO
from programmes.checks import Choice, Int, ListOf, Optional, Record, Text, key, number
from programmes.facts import Facts, decimal_of
from programmes.requirements.base import Problem, Requirement
from programmes.requirements.values import plain

WHERE = ListOf(Record({"column": key, "is": ListOf(Text(120), least=1, distinct="")}), least=1)
COMPARATORS = {
    ">=": ("不低于", lambda value, limit: value >= limit),
    ">": ("高于", lambda value, limit: value > limit),
    "<=": ("不高于", lambda value, limit: value <= limit),
    "<": ("低于", lambda value, limit: value < limit),
    "=": ("等于", lambda value, limit: value == limit),
}


def cell(row: Mapping, column: str) -> str:
    """What stands in a cell, without blanks around."""
    value = row.get(column)
    return "" if value is None else str(value).strip()


def fits(row: Mapping, where) -> bool:
    """Whether a row has one of the named words in each of the named columns."""
    return all(any(part.strip() in one["is"] for part in cell(row, one["column"]).split(BETWEEN)) for one in where)


@dataclass(frozen=True)
class _OfTable(Requirement):
    """A rule on the rows of one table section; not asked where the form has no such section."""

    section_type: ClassVar = "table"
    section: str

    def asked(self, facts):
        return super().asked(facts) and facts.has_section(self.section)

    def at(self, facts, part=""):
        return f"{self.section}.{part}" if part != "" else self.section


@dataclass(frozen=True)
class _Counted(_OfTable):
    count: int
    where: tuple[Mapping, ...] = ()
    words: str = ""

    def _number(self, facts: Facts) -> int:
        return sum(1 for _, row in facts.rows(self.section) if fits(row, self.where))

    def _name(self, facts: Facts) -> str:
        return self.words or facts.section_title(self.section)

    def found(self, facts):
        return f"现有 {self._number(facts)} 项"


@dataclass(frozen=True)
class RowsAtLeast(_Counted):
    """A table has at least so many rows, all of them or those with certain words in certain columns."""

    code: ClassVar = "rows_at_least"
    rows: ClassVar = ("J22", "N10")
    params: ClassVar = {"section": key, "count": Int(1, 500), "where": Optional(WHERE), "words": Optional(Text(60))}
    example: ClassVar = {
        "section": "ip", "count": 1, "where": [{"column": "status", "is": ["已授权"]}], "words": "已授权的知识产权",
    }  # fmt: skip

    @property
    def rule(self):
        return f"{self.words or '表格所列'}不少于 {self.count} 项"

    def problems(self, facts):
        present = self._number(facts)
        if present < self.count:
            sentence = (
                f"{self._name(facts)}有 {present} 项，须不少于 {self.count} 项。请补充 {self.count - present} 项。"
            )
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class RowsAtMost(_Counted):
    """A table has at most so many rows, all of them or those with certain words in certain columns."""

    code: ClassVar = "rows_at_most"
    rows: ClassVar = ("W08", "N10", "N30")
    params: ClassVar = {"section": key, "count": Int(0, 500), "where": Optional(WHERE), "words": Optional(Text(60))}
    example: ClassVar = {"section": "avoid", "count": 3, "words": "建议回避的专家"}

    @property
    def rule(self):
        return f"{self.words or '表格所列'}不超过 {self.count} 项"

    def problems(self, facts):
        excess = self._number(facts) - self.count
        if excess > 0:
            sentence = f"{self._name(facts)}有 {self.count + excess} 项，不得超过 {self.count} 项。请删去 {excess} 项。"
            yield Problem(sentence, self.at(facts))


@dataclass(frozen=True)
class RowsAre(_OfTable):
    """In every row (or every row that fits `where`) the column says one of these words."""

    code: ClassVar = "rows_are"
    entries: ClassVar = ("column",)
    rows: ClassVar = ("P03", "P28")
    params: ClassVar = {
        "section": key, "column": key, "is": ListOf(Text(120), least=1, distinct=""), "where": Optional(WHERE),
        "words": Optional(Text(120)),
    }  # fmt: skip
    example: ClassVar = {"section": "oem", "column": "meets", "is": ["yes"], "words": "委外代工企业符合规范条件"}
    column: str
    wanted: tuple[str, ...]
    where: tuple[Mapping, ...] = ()
    words: str = ""

    @property
    def rule(self):
        return self.words or f"表格每一行均为“{self._wanted()}”"

    def problems(self, facts):
        label = facts.label(self.section, self.column)
        for position, row in facts.rows(self.section):
            found = cell(row, self.column)
            if found in self.wanted or not fits(row, self.where):
                continue
            said = f"为“{YES_NO.get(found, found)}”" if found else "没有填写"
            sentence = (
                f"{facts.section_title(self.section)}第 {position + 1} 行：“{label}”{said}，须为“{self._wanted()}”。"
                "请核对，或删去这一行。"
            )
            yield Problem(sentence, self.at(facts, f"{position}.{self.column}"))

    def _wanted(self) -> str:
        return "”或“".join(YES_NO.get(one, one) for one in self.wanted)


@dataclass(frozen=True)
class RowsDiffer(_OfTable):
    """No two rows say the same in a column."""

    code: ClassVar = "rows_differ"
    entries: ClassVar = ("column",)
    rows: ClassVar = ("J03", "J34")
    params: ClassVar = {"section": key, "column": key}
    example: ClassVar = {"section": "directions", "column": "unit"}
    column: str

    @property
    def rule(self):
        return "表格各行互不重复"

    def problems(self, facts):
        seen: dict[str, int] = {}
        for position, row in facts.rows(self.section):
            found = cell(row, self.column)
            if found and found in seen:
                sentence = (
                    f"{facts.section_title(self.section)}第 {position + 1} 行的"
                    f"“{facts.label(self.section, self.column)}”"
                    f"与第 {seen[found] + 1} 行相同（{found[:40]}）。请删去或改填。"
                )
                yield Problem(sentence, self.at(facts, f"{position}.{self.column}"))
            seen.setdefault(found, position)


def conditions(value, path, report):
    """{column: word or [words]}: which rows a threshold is for."""
    if not isinstance(value, Mapping) or not value:
        report(path, value, "键值对：列的键 → 取值或取值的列表")
        return
    for column, words in value.items():
        key(column, (*path, column), report)
        (ListOf(Text(120), least=1) if isinstance(words, list) else Text(120))(words, (*path, column), report)


THRESHOLD = Record(
    {
        "when": Optional(conditions),
        "column": key,
        "comparator": Choice(COMPARATORS),
        "value": number,
        "unit": Optional(Text(20)),
    }
)


@dataclass(frozen=True)
class RowsMeetThresholds(_OfTable):
    """Figures of a table against a list of thresholds: each row against all that are for rows like it.

    `rules`: [{when: {column: word or [words]}, column, comparator, value, unit}], such as P30's dozens with one
    limit for existing and another for new lines. `covered: yes`: a row for which no threshold stands is a problem.
    """

    code: ClassVar = "rows_meet_thresholds"
    rows: ClassVar = ("P30", "P31", "P33")
    params: ClassVar = {
        "section": key, "rules": ListOf(THRESHOLD, least=1), "covered": Optional(Choice(("yes", "no"))),
        "words": Optional(Text(60)),
    }  # fmt: skip
    example: ClassVar = {
        "section": "lines",
        "rules": [
            {"when": {"product": "P型电池", "built": "现有"}, "column": "efficiency", "comparator": ">=",
             "value": "23.2", "unit": "%"},
            {"when": {"product": "P型电池", "built": "新建"}, "column": "efficiency", "comparator": ">=",
             "value": "23.7", "unit": "%"},
        ],
        "words": "产品和工艺指标",
    }  # fmt: skip
    rules: tuple[Mapping, ...]
    covered: str = "no"
    words: str = ""

    @property
    def rule(self):
        return f"{self.words or '表格所列数值'}达到规定的限值（共 {len(self.rules)} 条）"

    @classmethod
    def names(cls, params):
        yield from super().names(params)
        for place, one in enumerate(params["rules"]):
            for column in (one["column"], *(one.get("when") or {})):
                yield ("rules", place), params["section"], column

    def problems(self, facts):
        for position, row in facts.rows(self.section):
            asked = [one for one in self.rules if self._is_for(one, row)]
            if not asked and self.covered == "yes":
                sentence = f"{facts.section_title(self.section)}第 {position + 1} 行：没有适用的限值。请核对所选类别。"
                yield Problem(sentence, self.at(facts, position))
            for one in asked:
                yield from self._compare(one, row, position, facts)

    def _is_for(self, rule: Mapping, row: Mapping) -> bool:
        return all(
            cell(row, column) in ([words] if isinstance(words, str) else words)
            for column, words in (rule.get("when") or {}).items()
        )

    def _compare(self, rule: Mapping, row: Mapping, position: int, facts: Facts):
        column, unit = rule["column"], rule.get("unit", "")
        typed, limit = cell(row, column), Decimal(rule["value"])
        found, (word, holds) = decimal_of(typed), COMPARATORS[rule["comparator"]]
        who = f"{facts.section_title(self.section)}第 {position + 1} 行"
        kind = "、".join(cell(row, one) for one in rule.get("when") or {})
        label, where = facts.label(self.section, column), self.at(facts, f"{position}.{column}")
        needed = f"{word} {plain(limit)}{'' if unit in ('%', '') else ' '}{unit}"
        if found is None:
            yield Problem(f"{who}：“{label}”{'不是数值' if typed else '没有填写'}，须{needed}。请填写数值。", where)
        elif not holds(found, limit):
            sentence = (
                f"{who}{f'（{kind}）' if kind else ''}："
                f"“{label}”为 {plain(found)}{'' if unit in ('%', '') else ' '}{unit}，须{needed}。请核对检测结果。"
            )
            yield Problem(sentence, where)
