"""The JSON Schema (2020-12) of a call's document, made from the checkers themselves, for editors.

It says what one entry may be; what two entries say of each other (a window's order, a code that must exist) is looked
at by `programmes.schema.problems_of` when the document is loaded.
"""

from collections.abc import Callable, Mapping
from functools import singledispatch
from typing import Any

from programmes import checks, form_schema, review_schema, schema, summary_schema
from programmes.requirements import REGISTRY, tables
from programmes.words import SECTION_TYPES, SUMMARY_COLUMNS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DAY, CLOCK_TIME = r"\d{4}-\d{2}-\d{2}", r"( \d{2}:\d{2}(:\d{2})?)?"
_NUMBER = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{checks.NUMBER_PATTERN.pattern}$"}]}


def programme_schema() -> dict:
    """The schema of a whole document as plain Python."""
    return {"$schema": DIALECT, "title": "揭榜挂帅批次", **_schema(schema.DOCUMENT)}


@singledispatch
def _schema(checker) -> dict:
    """The schema of one checker; checkers that are functions are looked up by themselves."""
    return _of_function(checker)


@_schema.register
def _(checker: checks.Text) -> dict:
    shortest = {} if checker.empty else {"minLength": 1}
    return {"type": "string", "maxLength": checker.longest, **shortest}


@_schema.register
def _(checker: checks.Int) -> dict:
    return {"type": "integer", "minimum": checker.least, "maximum": checker.most}


@_schema.register
def _(checker: checks.Choice) -> dict:
    options = checker.options
    words = (
        {"description": "；".join(f"{code} {word}" for code, word in options.items())} if _are_words(options) else {}
    )
    return {"enum": list(options), **words}


@_schema.register
def _(checker: checks.Instant) -> dict:
    return {"type": "string", "pattern": f"^{DAY}{'' if checker.date_only else CLOCK_TIME}$"}


@_schema.register
def _(checker: checks.ListOf) -> dict:
    found: dict[str, Any] = {"type": "array", "items": _schema(checker.item)}
    if checker.least:
        found["minItems"] = checker.least
    if checker.distinct == "":
        found["uniqueItems"] = True
    return found


@_schema.register
def _(checker: checks.MapOf) -> dict:
    return {"type": "object", "propertyNames": _schema(checker.name), "additionalProperties": _schema(checker.item)}


@_schema.register
def _(checker: checks.Record) -> dict:
    return _record(checker.entries)


def _record(entries: Mapping[str, Any]) -> dict:
    """Known entries only; one that says which rule it names brings the parameters of that rule."""
    needed = [name for name, item in entries.items() if not isinstance(item, checks.Optional)]
    found = {
        "type": "object",
        "properties": {name: _schema(getattr(item, "item", item)) if _may_miss(item) else _schema(item)
                       for name, item in entries.items()},
        "additionalProperties": False,
    }  # fmt: skip
    if needed:
        found["required"] = needed
    if entries.get("code") == schema.REQUIREMENT["code"]:
        found["allOf"] = [_when("code", code, {"params": _params(rule.params)}) for code, rule in REGISTRY.items()]
    return found


def _may_miss(item) -> bool:
    return isinstance(item, checks.Optional)


def _params(entries: Mapping[str, Any]) -> dict:
    return _record(entries)


def _when(name: str, value: str, properties: dict) -> dict:
    return {"if": {"properties": {name: {"const": value}}, "required": [name]}, "then": {"properties": properties}}


def _section() -> dict:
    found = _schema(form_schema.SHAPE)
    options = {type_: _schema(form_schema.OPTIONS[type_]) for type_ in SECTION_TYPES}
    found["allOf"] = [_when("type", type_, {"options": option}) for type_, option in options.items()]
    return found


def _are_words(options) -> bool:
    return isinstance(options, Mapping) and all(isinstance(word, str) for word in options.values())


def _of_function(checker: Callable) -> dict:
    if checker not in FUNCTIONS:
        raise TypeError(f"no JSON Schema for the checker {checker!r}; add it to programmes.json_schema.FUNCTIONS")
    made = FUNCTIONS[checker]
    return made() if callable(made) else made


_WORD = {"type": "string", "minLength": 1, "maxLength": 120}

FUNCTIONS: dict[Callable, dict | Callable[[], dict]] = {
    checks.code: {"type": "string", "maxLength": 40, "pattern": f"^{checks.CODE_PATTERN.pattern}$"},
    checks.key: {"type": "string", "pattern": f"^{checks.KEY_PATTERN.pattern}$"},
    checks.boolean: {"type": "boolean"},
    checks.number: _NUMBER,
    checks.any_of: {},
    schema._value: {
        "anyOf": [
            *_NUMBER["anyOf"],
            {"type": "null"},
            {"type": "array", "items": _NUMBER, "minItems": 2, "maxItems": 2},
        ]
    },
    review_schema.anchor: {
        "type": "array",
        "prefixItems": [{"type": "integer"}, {"type": "integer"}, {"type": "string"}],
        "minItems": 3,
        "maxItems": 3,
    },
    review_schema.share: {"type": "string", "pattern": r"^\d+/\d+$"},
    tables.conditions: {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"anyOf": [_WORD, {"type": "array", "minItems": 1, "items": _WORD}]},
    },
    summary_schema.column_code: {"anyOf": [{"enum": [*SUMMARY_COLUMNS]}, {"type": "string", "pattern": "^answers\\."}]},
    form_schema.SECTION: _section,
    form_schema.QUESTIONS: lambda: {"type": "array", "minItems": 1, "items": _schema(form_schema.QUESTION)},
}
