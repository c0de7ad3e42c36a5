"""Small checkers for documents: each says what it expected, nothing is silently accepted.

A checker is called with (value, path, report); `report(path, value, expected)` collects a problem. Paths are tuples of
keys and list positions, so that the loader can name the line.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from programmes.instants import read_instant

Path = tuple[str | int, ...]
Report = Callable[[Path, Any, str], None]
Checker = Callable[[Any, Path, Report], None]

MISSING = object()


@dataclass(frozen=True)
class UnknownKey:
    """Stands for the value under a key that nobody knows."""

    value: Any


NUMBER_PATTERN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")
CODE_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
KEY_PATTERN = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Text:
    """A non-empty text of at most `longest` characters; `empty` allows none."""

    longest: int = 4000
    empty: bool = False

    def __call__(self, value, path, report):
        if not isinstance(value, str) or (not value.strip() and not self.empty):
            report(path, value, "文字" if self.empty else "不为空的文字")
        elif len(value) > self.longest:
            report(path, value, f"不超过 {self.longest} 字的文字")


def code(value, path, report):
    """A code of letters, digits, dot, hyphen and underline, quoted or not."""
    if not isinstance(value, str) or not CODE_PATTERN.fullmatch(value) or len(value) > 40:
        report(path, value, "编码（英文字母、数字、点、横线、下划线，不超过 40 个字符，数字须加引号）")


def key(value, path, report):
    """A key of lower-case letters, digits and underline."""
    if not isinstance(value, str) or not KEY_PATTERN.fullmatch(value):
        report(path, value, "键（小写英文字母、数字、下划线，以字母开头）")


def boolean(value, path, report):
    """true or false."""
    if not isinstance(value, bool):
        report(path, value, "true 或 false")


@dataclass(frozen=True)
class Int:
    """A whole number from `least` to `most`."""

    least: int = 0
    most: int = 1_000_000

    def __call__(self, value, path, report):
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            report(path, value, f"{self.least} 至 {self.most} 的整数")


def number(value, path, report):
    """An exact number: whole, decimal, or the text of one (as a stored document has it); a binary float is not."""
    exact = isinstance(value, int | Decimal) or (isinstance(value, str) and NUMBER_PATTERN.fullmatch(value))
    if isinstance(value, bool) or not exact:
        report(path, value, "数值")


@dataclass(frozen=True)
class Choice:
    """One of these words."""

    options: Collection[str]

    def __call__(self, value, path, report):
        if not isinstance(value, str) or value not in self.options:
            report(path, value, "以下之一：" + "、".join(self.options))


@dataclass(frozen=True)
class Instant:
    """A date, or a date with a time of day, in China's time."""

    date_only: bool = False

    def __call__(self, value, path, report):
        try:
            if not isinstance(value, str) or (self.date_only and len(value) != 10):
                raise ValueError
            read_instant(value)
        except ValueError:
            report(path, value, "日期 2025-03-06" + ("" if self.date_only else " 或时刻 2025-03-06 17:30"))


@dataclass(frozen=True)
class ListOf:
    """A list of `item`, at least `least` long; `distinct` names the key that may not repeat ("" = the entry itself)."""

    item: Checker
    least: int = 0
    distinct: str | None = None

    def __call__(self, value, path, report):
        if not isinstance(value, list):
            report(path, value, "列表")
            return
        if len(value) < self.least:
            report(path, value, f"至少 {self.least} 项的列表")
        seen = set()
        for position, entry in enumerate(value):
            self.item(entry, (*path, position), report)
            if self.distinct is None:
                continue
            mark = entry.get(self.distinct) if self.distinct and isinstance(entry, Mapping) else entry
            if not isinstance(mark, str):
                continue
            if mark in seen:
                where = (*path, position, self.distinct) if self.distinct else (*path, position)
                report(where, mark, "没有用过的编码")
            seen.add(mark)


@dataclass(frozen=True)
class MapOf:
    """A mapping whose keys all pass `name` and whose values all pass `item`."""

    name: Checker
    item: Checker

    def __call__(self, value, path, report):
        if not isinstance(value, Mapping):
            report(path, value, "键值对")
            return
        for entry_key, entry in value.items():
            self.name(entry_key, (*path, entry_key), report)
            self.item(entry, (*path, entry_key), report)


@dataclass(frozen=True)
class Optional:
    """An entry of a Record that may be left out."""

    item: Checker


@dataclass(frozen=True)
class Record:
    """A mapping with exactly these entries; anything else is refused by name."""

    entries: Mapping[str, Any]

    def __call__(self, value, path, report):
        if not isinstance(value, Mapping):
            report(path, value, "键值对，可用的键：" + "、".join(self.entries))
            return
        for entry_key in value:
            if entry_key not in self.entries:
                near = get_close_matches(str(entry_key), self.entries, 1)
                known = f"{near[0]}（相近），或" if near else ""
                report((*path, entry_key), UnknownKey(value[entry_key]), known + "可用的键：" + "、".join(self.entries))
        for entry_key, item in self.entries.items():
            optional = isinstance(item, Optional)
            if entry_key in value:
                (item.item if optional else item)(value[entry_key], (*path, entry_key), report)
            elif not optional:
                report((*path, entry_key), MISSING, "必须填写")


def any_of(value, path, report):
    """Anything; another checker looks at it."""
