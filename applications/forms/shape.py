"""From a posted form or a script's JSON to what a section keeps: known keys only, text exactly as it was typed.

Names of inputs are dotted paths (`rows.0.name`), the same in HTML, in posted forms and, as nested objects, in JSON.
Nothing is judged here: a value that cannot be read stays as it is, and `applications.sections` says so.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from jbgs.lib.countries import code_of
from programmes.answers import columns_of, kind_of, text_of
from programmes.spec import SectionSpec, TaskSpec
from programmes.words import BETWEEN, YES_NO

LONGEST = 20_000  # characters of one answer; the form's own limits are told, not cut
MOST_ROWS = 500
PARTNER_COLUMNS = ("name", "code", "type", "country", "duty")
MEMBER_COLUMNS = ("name", "birth_date", "title", "degree", "employer", "duty", "months")
PROMISE_PARTS = ("value", "low", "high", "text")
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_INDEX = re.compile(r"\d{1,4}")


def nested(flat: Mapping[str, str]) -> dict:
    """{"rows.0.name": "x"} → {"rows": {"0": {"name": "x"}}}; a path that runs through a value is left out."""
    whole: dict = {}
    for path, value in flat.items():
        *way, last = path.split(".")[:6]
        place = whole
        for step in way:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                break
        else:
            place[last] = value
    return whole


def shaped(section: SectionSpec, data, task: TaskSpec) -> dict:
    """What `section` keeps of `data` (nested mappings, lists or mappings by index); {} for attachments."""
    data = data if isinstance(data, Mapping) else {}
    shape = SHAPES.get(section.type)
    return shape(section.options, data, task) if shape else {}


def text(value, longest: int = LONGEST) -> str:
    """One value as it was typed: line ends as in Unix, without characters that no database or paper can hold."""
    if isinstance(value, bool) or value is None or isinstance(value, Mapping | list):
        return ""
    kept = str(value).replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "ignore").decode()
    return "".join(sign for sign in kept if sign in "\n\t" or unicodedata.category(sign) != "Cc")[:longest]


def iso_date(typed: str) -> str:
    """1985/3/6, 1985.03.06 and 1985年3月6日 in the one form that is kept; anything else stays as typed."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", typed).strip())
    if not found:
        return typed
    try:
        return date(*map(int, found.groups())).isoformat()
    except ValueError:
        return typed


def rows_of(data: Mapping, name: str) -> list[Mapping]:
    """The rows of a table in their order, from a list or from a mapping by index."""
    table = data.get(name)
    if isinstance(table, Mapping):
        numbered = sorted((int(key), row) for key, row in table.items() if _INDEX.fullmatch(str(key)))
        table = [row for _, row in numbered]
    return [row for row in table if isinstance(row, Mapping)][:MOST_ROWS] if isinstance(table, list) else []


def _ticked(value) -> bool:
    return value is True or str(value).lower() in ("on", "true", "1")


def _row(row: Mapping, columns) -> dict:
    return {column: text(row.get(column), 2000) for column in columns}


def _typed(rows: list[dict]) -> list[dict]:
    """Without rows in which nothing was typed, so that a finding's number is the row's place on the screen."""
    return [row for row in rows if any(str(value).strip() for value in row.values() if value is not False)]


def _project(options, data, task):
    kept = {"title": text(data.get("title"), 300)}
    if task.parts:
        kept["part"] = text(data.get("part"), 40)
    if options.get("term") == "dates":
        kept |= {end: iso_date(text(data.get(end), 40)) for end in ("starts_on", "ends_on")}
    return kept


def _unit(options, data, task):
    return {field["key"]: text(data.get(field["key"])) for field in options.get("fields", [])}


def _partners(options, data, task):
    rows = [_row(row, PARTNER_COLUMNS) for row in rows_of(data, "rows")]
    for row in rows:
        if not any(value.strip() for column, value in row.items() if column != "country"):
            row["country"] = ""  # chosen beforehand, not typed
        row["country"] = code_of(row["country"]) or row["country"]
    return {"rows": _typed(rows)}


def _team(options, data, task):
    rows = []
    for typed in rows_of(data, "rows"):
        row = _row(typed, MEMBER_COLUMNS)
        row["birth_date"] = iso_date(row["birth_date"])
        row["is_leader"] = _ticked(typed.get("is_leader"))
        rows.append(row)
    return {"rows": _typed(rows)}


def _budget(options, data, task):
    """Cells without an amount are kept too, so that a finding's number is the cell's place."""
    sources = [
        {"source": text(row.get("source"), 40), "year": _year(row.get("year")), "amount": text(row.get("amount"), 60)}
        for row in rows_of(data, "sources")
    ]
    items = [
        {"item": text(row.get("item"), 40), "amount": text(row.get("amount"), 60)} for row in rows_of(data, "items")
    ]
    return {"sources": sources, "items": items}


def _year(value):
    typed = text(value, 10)
    return int(typed) if typed.isdecimal() else typed


def _commitments(options, data, task):
    rows = data.get("rows") if isinstance(data.get("rows"), Mapping) else {}
    kept = {}
    for indicator in task.indicators:
        row = rows.get(indicator.code)
        if isinstance(row, Mapping):
            parts = {part: text(row.get(part), 2000) for part in PROMISE_PARTS if row.get(part) not in (None, "")}
            kept[indicator.code] = {**parts, "proof": text(row.get("proof"), 4000), "note": text(row.get("note"), 2000)}
    return {"rows": kept}


def _targets(options, data, task):
    rows = data.get("rows") if isinstance(data.get("rows"), Mapping) else {}
    kept = {}
    for row in options.get("rows", []):
        typed = rows.get(row["key"])
        kept[row["key"]] = {"value": text(typed.get("value") if isinstance(typed, Mapping) else None)}
    return {"rows": kept}


def _questions(options, data, task):
    answers = data.get("answers") if isinstance(data.get("answers"), Mapping) else {}
    return {"answers": answers_of(options.get("questions", []), answers)}


def answers_of(entries, answers: Mapping) -> dict:
    """The answers to these questions as they are kept: texts, a list for a multi."""
    return {entry["key"]: _answer(entry, answers.get(entry["key"])) for entry in entries}


def _answer(entry, value):
    kind = kind_of(entry)
    if kind == "multi":
        if isinstance(value, Mapping):  # ticks come by their place
            value = [value[place] for place in sorted(value, key=str) if _INDEX.fullmatch(str(place))]
        parts = value if isinstance(value, list | tuple) else text(value).split(BETWEEN)
        return list(dict.fromkeys(part for part in (text(one, 200).strip() for one in parts[:100]) if part))
    typed = text(value)
    if kind == "date":
        return iso_date(typed)
    if kind == "yes_no":
        return {words: code for code, words in YES_NO.items()}.get(typed.strip(), typed)
    return typed


def _table(options, data, task):
    columns = columns_of(options)
    rows = [
        {column["key"]: text_of({"cell": _answer(column, row.get(column["key"]))}, "cell")
         if kind_of(column) == "multi" else _answer(column, row.get(column["key"])) for column in columns}
        for row in rows_of(data, "rows")
    ]  # fmt: skip
    return {"rows": _typed(rows)}


def _pledge(options, data, task):
    agreed = _ticked(data.get("agreed"))
    if options.get("signer") != "participants":
        return {"agreed": agreed, "signer": text(data.get("signer"), 60)}
    ticked = data.get("signers") or {}
    ticked = ticked.values() if isinstance(ticked, Mapping) else ticked if isinstance(ticked, list) else []
    names = [*ticked, *text(data.get("others")).replace("、", "\n").split("\n")]
    signers = dict.fromkeys(name for name in (text(one, 60).strip() for one in names[:MOST_ROWS]) if name)
    return {"agreed": agreed, "signers": list(signers)}


SHAPES = {
    "project": _project,
    "unit": _unit,
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
    "targets": _targets,
    "questions": _questions,
    "table": _table,
    "pledge": _pledge,
}
