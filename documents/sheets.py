"""A table as data: columns, rows and what stands around them. documents.xlsx writes it, documents.tables prints it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from documents.text import day, printable
from jbgs.lib import clock

TEXT_KINDS = ("text", "short", "code")
KINDS = (*TEXT_KINDS, "int", "score", "money", "percent", "date", "moment", "serial")
NUMBERS = (int, float, Decimal)
EDGES = ("warn", "dropped", "strong")


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `width` is millimetres on paper: hanzi x 3.7 + 3.5, digits and letters x 2.1 + 3.5 (one line of 10.5 pt).
    `kind`: text (long, left), short (a word, centred), code (never a number, never wrapped), int, score and money (two
    decimals; money with thousands), percent (the value is a fraction: 0.125 is 12.50%), date, moment (date and time),
    serial (the running number; it needs no value). `value` is a callable of the row, or the path of an attribute or key
    ("unit.name"); without it the path is `key`. `group` is a head over neighbouring columns of the same group, and
    `choices` a list to choose from in the workbook. A title may hold \\n.
    """

    key: str
    title: str
    width: float
    kind: str = "text"
    value: Callable[[Any], Any] | str | None = None
    group: str = ""
    choices: Sequence[str] = ()

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"column {self.key!r}: no kind {self.kind!r}, there are {', '.join(KINDS)}")

    def of(self, row: Any) -> Any:
        """The value of this column in a row."""
        if callable(self.value):
            return self.value(row)
        found = row
        for name in (self.value or self.key).split("."):
            found = found[name] if isinstance(found, Mapping) else getattr(found, name)
            if found is None:
                return None
        return found() if callable(found) else found


@dataclass(frozen=True)
class Mark:
    """A value that stands out: `warn` is shaded, `dropped` is struck through, `strong` is bold."""

    value: Any
    style: str

    def __post_init__(self):
        if self.style not in EDGES:
            raise ValueError(f"no mark {self.style!r}, there are {', '.join(EDGES)}")


@dataclass(frozen=True)
class Sheet:
    """One table and what stands around it. `rows` is read once, in order: it may be a generator over a queryset.

    `title` names the tab. Over the table stand `annex` (附件3), `heading`, `left` and `right` (推荐单位：…, 联系人：…),
    at the right `unit` (单位：万元); below it `notes` and `signers` (推荐单位（盖章）); at the foot of each page
    `number` (list number and code). `band(row)` is the word of a line over the rows that share it; `cut_after(row)`
    draws a thick rule under a row; `total` maps column keys to the values of a closing line. `freeze` columns stay when
    the screen is scrolled.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable
    heading: str = ""
    annex: str = ""
    left: str = ""
    right: str = ""
    unit: str = ""
    notes: Sequence[str] = ()
    signers: Sequence[str] = ()
    number: str = ""
    freeze: int = 2
    band: Callable[[Any], str] | None = None
    cut_after: Callable[[Any], bool] | None = None
    total: Mapping[str, Any] | None = None

    @property
    def width(self) -> float:
        """Millimetres of all columns together."""
        return sum(column.width for column in self.columns)

    @property
    def has_groups(self) -> bool:
        """The head has two lines."""
        return any(column.group for column in self.columns)

    def head_groups(self) -> list[tuple[str, int]]:
        """The upper line of the head: (group or "", number of columns)."""
        groups: list[tuple[str, int]] = []
        for column in self.columns:
            if groups and column.group and groups[-1][0] == column.group:
                groups[-1] = (column.group, groups[-1][1] + 1)
            else:
                groups.append((column.group, 1))
        return groups

    def lines(self) -> Iterator["Line"]:
        """Bands and rows in order, values ready: the one place where rows are read."""
        word, serial = None, 0
        for row in self.rows:
            if self.band:
                now = self.band(row)
                if now != word:
                    word = now
                    yield Line(band=str(now))
            serial += 1
            values = [serial if column.kind == "serial" else column.of(row) for column in self.columns]
            yield Line(values=values, cut=bool(self.cut_after and self.cut_after(row)))
        if self.total is not None:
            yield Line(values=[self.total.get(column.key) for column in self.columns], is_total=True)


@dataclass(frozen=True)
class Line:
    """A line of the body: a band, or the values of a row, or the total."""

    band: str = ""
    values: Sequence[Any] = ()
    cut: bool = False
    is_total: bool = False


def plain(value: Any, kind: str) -> Any:
    """The value as the writers take it: None, a clean str, a number, a date or a naive datetime of China's time.

    Text columns hold text, whatever came; a number column holds a number or, where there is none, the words (回避).
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        value = clock.local(value).replace(tzinfo=None) if value.tzinfo else value
        if kind == "moment":
            return value
        value = value.date()
    if isinstance(value, date):
        return value if kind in ("date", "moment") and value.year >= 1900 else day(value)
    if isinstance(value, NUMBERS):
        if kind in TEXT_KINDS or (isinstance(value, float | Decimal) and not _finite(value)):
            return str(value)
        return value
    return printable(str(value))


def _finite(value: float | Decimal) -> bool:
    return Decimal(value).is_finite()
