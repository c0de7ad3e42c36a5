"""Indicators: what a task asks for, what is promised, what is measured. Exact decimals; no unit is converted."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

COMPARATORS = (">=", ">", "<=", "<", "=", "range", "text")
SENSES = ("covers", "within", "reaches")
SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "="}
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d{1,2})?")
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

Range = tuple[Decimal, Decimal]


def read_decimal(text: str | int | Decimal) -> Decimal:
    """The exact decimal that a text says; full-width digits, 1,000 and 1e-9 are understood. ValueError otherwise."""
    cleaned = unicodedata.normalize("NFKC", str(text)).strip()
    if len(cleaned) > 40 or not NUMBER.fullmatch(cleaned):
        raise ValueError(f"“{str(text)[:40]}”不是数值")
    try:
        return Decimal(cleaned.replace(",", ""))
    except InvalidOperation as problem:
        raise ValueError(f"“{text}”不是数值") from problem


def show_decimal(value: Decimal) -> str:
    """The number as people read it: 1000, 0.25, 1×10⁻⁹; digits as the notice prints them, nothing rounded."""
    text = str(value)
    if "E" not in text:
        return text
    mantissa, exponent = text.split("E")
    power = "10" + str(int(exponent)).translate(SUPERSCRIPT)
    return power if mantissa == "1" else f"{mantissa}×{power}"


@dataclass(frozen=True)
class IndicatorSpec:
    """One target of a task.

    `value` is a Decimal, a (low, high) pair for comparator `range`, None for `text`. `sense` says what a range asks:
    `covers` (the default: reach over all of it; the promise is a range), `within` (stay inside; a value or a range) or
    `reaches` (an amount such as 5—10 patents: at least the low end, more is welcome; a value).
    `group` joins indicators that the notice prints as one (A × B); `conditions` is the setting of the measurement.
    `part`: the code of the task's sub-direction that asks for it, '' where all do.
    """

    code: str
    name: str
    comparator: str
    value: Decimal | Range | None = None
    unit: str = ""
    conditions: str = ""
    sense: str = "covers"
    group: str = ""
    text: str = ""
    part: str = ""

    @property
    def is_text(self) -> bool:
        """True where a person has to judge."""
        return self.comparator == "text"

    @property
    def takes_range(self) -> bool:
        """True where a promise and a measurement are a pair (low, high); `within` also takes a single value."""
        return self.comparator == "range" and self.sense != "reaches"

    @property
    def target_text(self) -> str:
        """The target as the screens print it: ≥ 1000 个, 200—300 kV, or the words of a text indicator."""
        if self.is_text:
            return self.text
        if isinstance(self.value, tuple):
            return self._with_unit(self._show(self.value))
        return f"{SIGNS[self.comparator]} {self._with_unit(show_decimal(self.value))}"

    def show(self, data: Mapping | None) -> str:
        """A promise or a measurement in words: 1200 个, 1—9 GHz, or the text; empty when nothing usable is there."""
        if self.is_text:
            return str((data or {}).get("text") or "").strip()
        try:
            return self._with_unit(self._show(self._read(data or {})))
        except ValueError:
            return ""

    def check_promise(self, promise: Mapping | None) -> str | None:
        """None when the promise is at least as good as the target, else one sentence that names this indicator.

        `promise`: {"value": "12.5"} | {"low": "1", "high": "9"} | {"text": "…"}; a `unit` in it must be the target's.
        """
        problem = self.check_form(promise, word="承诺值")
        if problem or self.is_text:
            return problem
        given = self._read(promise)
        if self._meets(given, self.value):
            return None
        return f"{self.name}：{self._sentence(given)}"

    def check_form(self, data: Mapping | None, word: str = "实测值") -> str | None:
        """None when `data` has the form that this indicator needs, whatever its figures, else a sentence."""
        data = data or {}
        if self.is_text:
            return None if str(data.get("text") or "").strip() else f"{self.name}：没有文字说明。请逐项写明{word}。"
        if data.get("unit") and data["unit"] != self.unit:
            return f"{self.name}：单位须为“{self.unit}”，现为“{data['unit']}”，系统不作换算。请按“{self.unit}”填写。"
        try:
            self._read(data)
        except ValueError as problem:
            unit = f"，单位为“{self.unit}”" if self.unit else ""
            shape = "起止两个数字" if self.takes_range else "数字"
            return f"{self.name}：{problem}。请填写{shape}{unit}。"
        return None

    def judge(self, measured: Mapping, against: Mapping | None = None) -> bool | None:
        """Whether `measured` meets the target, or the promise `against`; None for text, which persons judge.

        Who reaches exactly what was promised keeps the promise, also where the target is a strict bound (> or <).
        ValueError when either has not the form of this indicator (see check_form).
        """
        if self.is_text:
            return None
        given = self._read(measured)
        if against is None:
            return self._meets(given, self.value)
        promised = self._read(against)
        return given == promised or self._meets(given, promised)

    def _read(self, data: Mapping) -> Decimal | Range:
        if not self.takes_range:
            if not str(data.get("value") or "").strip():
                raise ValueError("没有数值")
            return read_decimal(data["value"])
        if self.sense == "within" and str(data.get("value") or "").strip():
            single = read_decimal(data["value"])
            return (single, single)
        if not str(data.get("low") or "").strip() or not str(data.get("high") or "").strip():
            raise ValueError("没有填全起止数值")
        low, high = read_decimal(data["low"]), read_decimal(data["high"])
        if low > high:
            raise ValueError(f"起点 {show_decimal(low)} 大于终点 {show_decimal(high)}")
        return (low, high)

    def _meets(self, given: Decimal | Range, wanted: Decimal | Range) -> bool:
        match self.comparator:
            case ">=":
                return given >= wanted
            case ">":
                return given > wanted
            case "<=":
                return given <= wanted
            case "<":
                return given < wanted
            case "=":
                return given == wanted
        if self.sense == "reaches":
            return given >= (wanted[0] if isinstance(wanted, tuple) else wanted)
        if self.sense == "within":
            return wanted[0] <= given[0] and given[1] <= wanted[1]
        return given[0] <= wanted[0] and wanted[1] <= given[1]

    def _sentence(self, given: Decimal | Range) -> str:
        mine, asked = self._with_unit(self._show(given)), self._with_unit(self._show(self.value))
        bare = self._show(self.value)
        match self.comparator:
            case ">=":
                return f"承诺值 {mine} 小于榜单要求的下限 {asked}。请填写不小于 {bare} 的数值。"
            case ">":
                return f"承诺值 {mine} 没有超过榜单要求的 {asked}。请填写大于 {bare} 的数值。"
            case "<=":
                return f"承诺值 {mine} 大于榜单要求的上限 {asked}。请填写不大于 {bare} 的数值。"
            case "<":
                return f"承诺值 {mine} 没有低于榜单要求的 {asked}。请填写小于 {bare} 的数值。"
            case "=":
                return f"承诺值 {mine} 与榜单要求的 {asked} 不一致。请填写 {bare}。"
        low, high = (show_decimal(end) for end in self.value)
        if self.sense == "reaches":
            return f"承诺值 {mine} 小于榜单要求的下限 {low}。请填写不小于 {low} 的数值。"
        if self.sense == "within":
            return f"承诺范围 {mine} 超出榜单要求的 {asked}。请填写 {low} 至 {high} 之间的数值。"
        return f"承诺范围 {mine} 没有覆盖榜单要求的 {asked}。请填写包含 {low} 至 {high} 的范围。"

    def _show(self, value: Decimal | Range) -> str:
        if not isinstance(value, tuple):
            return show_decimal(value)
        low, high = value
        return show_decimal(low) if low == high else f"{show_decimal(low)}—{show_decimal(high)}"

    def _with_unit(self, text: str) -> str:
        if not self.unit:
            return text
        # A percent sign and a degree stand close to the figure, other units after a space (GB/T 15835).
        return f"{text}{self.unit}" if self.unit in {"%", "‰", "°"} else f"{text} {self.unit}"
