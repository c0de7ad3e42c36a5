"""What a section's page counts and compares as one types: promises with targets, people, money."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from programmes.indicators import IndicatorSpec


def promise_parts(indicator: IndicatorSpec) -> tuple[tuple[str, str], ...]:
    """The inputs that one indicator needs: a value, both ends of a range, or words."""
    if indicator.is_text:
        return (("text", "承诺内容"),)
    if indicator.takes_range:
        return (("low", "承诺值起点"), ("high", "承诺值终点"))
    return (("value", "承诺值"),)


def verdict(indicator: IndicatorSpec, row: Mapping) -> dict:
    """How a promise compares with the target, as a sign and a word: {"tone", "icon", "label"}."""
    given = {part: str(row.get(part) or "").strip() for part in ("value", "low", "high", "text")}
    if not any(given.values()):
        return {"tone": "none", "icon": "minus", "label": "待填写"}
    if indicator.check_form(given, word="承诺值"):
        return {"tone": "bad", "icon": "warn", "label": "不能识别"}
    if indicator.is_text:
        return {"tone": "none", "icon": "check", "label": "已填写"}
    if indicator.check_promise(given):
        return {"tone": "bad", "icon": "warn", "label": "未达到"}
    same = indicator.show(given) == indicator.show(_target_as_promise(indicator))
    return {"tone": "ok", "icon": "check", "label": "达到要求" if same else "优于要求"}


def _target_as_promise(indicator: IndicatorSpec) -> dict:
    if indicator.takes_range:
        return {"low": str(indicator.value[0]), "high": str(indicator.value[1])}
    least = indicator.value[0] if isinstance(indicator.value, tuple) else indicator.value
    return {"value": str(least)}


def team_summary(rows: list[Mapping], youth_born_from: str | None) -> list[tuple[str, str, str]]:
    """Figures under the team table: (label, figure, unit); the young only where the call asks for them."""
    filled = [row for row in rows if str(row.get("name") or "").strip()]
    months = sum(int(row["months"]) for row in filled if str(row.get("months") or "").isdecimal())
    figures = [("团队人数", str(len(filled)), "人"), ("投入合计", str(months), "人月")]
    if youth_born_from and filled:
        young = sum(1 for row in filled if _born(row) and _born(row) >= date.fromisoformat(youth_born_from))
        figures.insert(1, (f"{youth_born_from}（含）以后出生", str(young), f"人，{young / len(filled):.0%}"))
    return figures


def budget_totals(data: Mapping, years) -> dict:
    """Sums of what can be read: by source, by year, of all sources and of all items; Decimals in 万元."""
    by_source: dict[str, Decimal] = {}
    by_year = {year: Decimal(0) for year in years}
    for row in data.get("sources") or []:
        amount, year = _amount(row), year_of(row.get("year"))
        by_source[row.get("source")] = by_source.get(row.get("source"), Decimal(0)) + amount
        if year in by_year:
            by_year[year] += amount
    spent = sum((_amount(row) for row in data.get("items") or []), Decimal(0))
    whole = sum(by_source.values(), Decimal(0))
    own = by_source.get("own", Decimal(0))
    return {
        "by_source": by_source, "by_year": list(by_year.values()), "whole": whole, "spent": spent, "gap": whole - spent,
        "own_share": f"{own / whole:.0%}" if whole else "",
    }  # fmt: skip


def _amount(row: Mapping) -> Decimal:
    try:
        amount = Decimal(str(row.get("amount") or "0").replace(",", "").replace("，", ""))
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() and abs(amount) < Decimal("1e12") else Decimal(0)


def _born(row: Mapping) -> date | None:
    try:
        return date.fromisoformat(str(row.get("birth_date") or ""))
    except ValueError:
        return None


def year_of(value) -> int | str:
    """A year as a number; what is none stays as it is."""
    return int(value) if str(value).isdecimal() else str(value)
