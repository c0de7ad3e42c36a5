"""What a call's document may say of its summary table: columns that the system knows and that the call can fill."""

from programmes.checks import MISSING, ListOf, Optional, Record, Text, key
from programmes.words import ANSWERS, SUMMARY_COLUMNS

NEEDS_SECTION = {"partners": "partners", "leader": "team"}
"""Columns that are read from a section of this type."""
NEEDS_TASKS = ("task_code", "task", "field", "owner")


def column_code(value, path, report):
    """A code of SUMMARY_COLUMNS, or answers.<section>.<question>; whether the form asks it is looked at later."""
    known = isinstance(value, str) and (value in SUMMARY_COLUMNS or value.startswith(ANSWERS))
    if not known:
        report(path, value, f"以下之一：{'、'.join(SUMMARY_COLUMNS)}，或 {ANSWERS}<section>.<question>")


SUMMARY_TABLE = Record(
    {
        "title": Optional(Text(40)),
        "columns": Optional(
            ListOf(
                Record(
                    {
                        "code": column_code,
                        "heading": Optional(Text(60)),
                        "section": Optional(key),
                        "column": Optional(key),
                    }
                ),
                least=1,
                distinct="code",
            )
        ),
        "notes": Optional(ListOf(Text(300))),
    }
)


def summary_table(document, report):
    """Every column has something to show in this call; report(path, found, expected) as programmes.schema does."""
    form = {section["key"]: section for section in document["form"]}
    types = {section["type"] for section in document["form"]}
    for position, column in enumerate(document.get("summary_table", {}).get("columns", [])):
        path, code = ("summary_table", "columns", position), column["code"]
        if code in NEEDS_TASKS and "tasks" not in document:
            report((*path, "code"), code, "其他列：本批次没有榜单任务")
        if code in NEEDS_SECTION and NEEDS_SECTION[code] not in types:
            report((*path, "code"), code, f"其他列：申报书没有 {NEEDS_SECTION[code]} 部分")
        if code == "direction_units":
            _directions(form, column, path, report)
        elif code.startswith(ANSWERS):
            _answer(form, code, (*path, "code"), report)


def _directions(form, column, path, report):
    tables = {name: section for name, section in form.items() if section["type"] == "table"}
    if column.get("section") not in tables:
        report((*path, "section"), column.get("section", MISSING), "申报书中的表格：" + "、".join(tables))
        return
    columns = [one["key"] for one in tables[column["section"]]["options"]["columns"]]
    if column.get("column") not in columns:
        report((*path, "column"), column.get("column", MISSING), "该表格的列：" + "、".join(columns))


def _answer(form, code, path, report):
    section, _, question = code.removeprefix(ANSWERS).partition(".")
    asked = questions_of(form.get(section, {}))
    if question not in asked:
        known = [f"{ANSWERS}{name}.{one}" for name, part in form.items() for one in questions_of(part)]
        report(path, code, "申报书中的问题：" + "、".join(known))


def questions_of(section) -> dict[str, str]:
    """key → label of what a questions or unit section of a document asks, in its order."""
    options = section.get("options", {})
    asked = options.get("questions" if section.get("type") == "questions" else "fields", [])
    return {one["key"]: one["label"] for one in asked}
