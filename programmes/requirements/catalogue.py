"""What every requirement is, for people who write a call: code, params, meaning, rows of domain.md."""

from collections.abc import Mapping
from dataclasses import MISSING, fields

from programmes.checks import (
    Choice,
    Instant,
    Int,
    ListOf,
    MapOf,
    Optional,
    Record,
    Text,
    code,
    key,
    number,
)
from programmes.requirements import FIELDS, REGISTRY, requirement
from programmes.requirements.base import COMMON, Requirement
from programmes.spec import RequirementSpec
from programmes.words import FORCES

THEMES = (
    "promises", "units", "partners", "people", "money", "values", "tables", "sizes", "files", "history", "relations",
    "lists",
)  # fmt: skip
"""The modules in the order in which a call is usually thought through."""


def catalogue() -> list[dict]:
    """Every requirement as plain JSON, by theme and within it in the order of its module."""
    known = sorted(REGISTRY.values(), key=lambda rule: THEMES.index(_theme(rule)))
    return [entry_of(rule) for rule in known]


def entry_of(rule: type[Requirement]) -> dict:
    """code, theme, level, meaning, notes, params [{name, type, required, default}], common, forces, rows, example."""
    meaning, _, notes = (rule.__doc__ or "").strip().partition("\n\n")
    shown = requirement(RequirementSpec(rule.code, rule.example, level=rule.level))
    return {
        "code": rule.code,
        "theme": _theme(rule),
        "level": rule.level,
        "meaning": " ".join(meaning.split()),
        "notes": " ".join(notes.split()),
        "params": [_param(rule, name, item) for name, item in rule.params.items() if name not in COMMON],
        "common": [name for name in COMMON if name in rule.params],
        "forces": list(FORCES),
        "rows": list(rule.rows),
        "example": plain({"code": rule.code} | ({"params": rule.example} if rule.example else {})),
        "says": shown.full_rule,
    }


def words_of(item) -> str:
    """What a checker accepts, in words."""
    if isinstance(item, Optional):
        return words_of(item.item)
    if isinstance(item, Int):
        return f"integer {item.least} to {item.most}"
    if isinstance(item, Text):
        return f"text, at most {item.longest} characters"
    if isinstance(item, Choice):
        return " | ".join(item.options)
    if isinstance(item, Instant):
        return "date 2025-03-06" if item.date_only else "date or time of day"
    if isinstance(item, ListOf):
        return f"list of: {words_of(item.item)}"
    if isinstance(item, MapOf):
        return f"mapping {words_of(item.name)} → {words_of(item.item)}"
    if isinstance(item, Record):
        return "{" + ", ".join(f"{name}: {words_of(entry)}" for name, entry in item.entries.items()) + "}"
    return _NAMED.get(item) or (item.__doc__ or "").strip().splitlines()[0].rstrip(".")


_NAMED = {
    code: "code",
    key: "key",
    number: "number",
}


def plain(value):
    """Tuples and mapping proxies as JSON has them."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | bool) or value is None else str(value)


def _param(rule: type[Requirement], name: str, item) -> dict:
    held = {field.name: field for field in fields(rule)}[FIELDS.get(name, name)]
    default = None if held.default is MISSING else plain(held.default)
    return {
        "name": name,
        "type": words_of(item),
        "required": not isinstance(item, Optional),
        "default": None if default in ("", [], None) else default,
    }


def _theme(rule: type[Requirement]) -> str:
    return rule.__module__.rpartition(".")[2]
