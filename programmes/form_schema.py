"""The sections of an application form: known types, each with the options that it understands."""

from programmes.checks import Choice, Instant, Int, ListOf, Optional, Record, Text, any_of, boolean, key
from programmes.words import BUDGET_SOURCES, PLEDGE_SIGNERS, SECTION_TYPES, UNIT_TYPES

MEMBER_COLUMNS = ("name", "birth_date", "title", "degree", "employer", "duty", "months")
# A form may ask twice for answers, but the rows of an application know no section: one of each other type.
REPEATABLE = ("questions", "table", "pledge")
FILE_TYPES = ("pdf", "docx", "xlsx", "jpg", "png", "ofd")

ENTRY = {
    "key": key,
    "label": Text(80),
    "help": Optional(Text(400)),
    "required": Optional(boolean),
    "max_chars": Optional(Int(1, 20_000)),
}
UNIT_FIELD = Record(ENTRY | {"kind": Optional(Choice(("text", "long_text", "integer", "phone", "email", "date")))})
# What an answer is; a long text is the rule. `unit` stands behind a number.
QUESTION_KINDS = (
    "long_text", "text", "integer", "decimal", "percent", "date", "choice", "multi", "yes_no", "phone", "email",
)  # fmt: skip
CHOICES = Optional(ListOf(Text(120), least=1, distinct=""))
CONDITION = Record({"question": key, "is": ListOf(Text(120), least=1, distinct="")})
QUESTION = Record(
    ENTRY
    | {
        "kind": Optional(Choice(QUESTION_KINDS)),
        "choices": CHOICES,
        "unit": Optional(Text(20)),
        "when": Optional(CONDITION),
    }
)
COLUMN = Record(
    ENTRY
    | {
        "kind": Optional(Choice(QUESTION_KINDS)),
        "choices": CHOICES,
        "unit": Optional(Text(20)),
        "width": Optional(Int(1, 100)),
    }
)
LABELLED = Record({"key": key, "label": Text(80)})

TARGET_ROW = Record(
    {
        "key": key,
        "level1": Text(40),
        "level2": Text(40),
        "name": Text(120),
        "unit": Optional(Text(20, empty=True)),
        "kind": Choice(("integer", "percent", "text", "choice")),
        "choices": Optional(ListOf(Text(60), least=1, distinct="")),
        "required": Optional(boolean),
        "max_chars": Optional(Int(1, 4000)),
    }
)

ATTACHMENT_KIND = Record(
    {
        "key": key,
        "label": Text(80),
        "help": Optional(Text(400)),
        "required": Optional(boolean),
        "required_with": Optional(Choice(("partners",))),
        "max_files": Optional(Int(1, 100)),
        "max_mb": Optional(Int(1, 500)),
        "types": ListOf(Choice(FILE_TYPES), least=1, distinct=""),
    }
)

OPTIONS = {
    "project": Record(
        {
            "title_max": Optional(Int(5, 300)),
            "term": Optional(Choice(("none", "dates"))),
            "most_years": Optional(Int(1, 20)),
        }
    ),
    "unit": Record({"fields": ListOf(UNIT_FIELD, distinct="key")}),
    "partners": Record({"types": Optional(ListOf(Choice(UNIT_TYPES), least=1, distinct=""))}),
    "team": Record(
        {
            "least": Optional(Int(0, 1000)),
            "most": Optional(Int(1, 1000)),
            "required_columns": Optional(ListOf(Choice(MEMBER_COLUMNS), distinct="")),
            "youth_born_from": Optional(Instant(date_only=True)),
        }
    ),
    "budget": Record(
        {
            "years": ListOf(Int(2000, 2100), least=1),
            "sources": ListOf(Choice(BUDGET_SOURCES), least=1, distinct=""),
            "items": Optional(ListOf(LABELLED, distinct="key")),
        }
    ),
    "commitments": Record({"proof_required": Optional(boolean), "proof_max": Optional(Int(10, 4000))}),
    "targets": Record({"rows": ListOf(TARGET_ROW, least=1, distinct="key")}),
    "questions": Record({"questions": ListOf(QUESTION, least=1, distinct="key")}),
    "table": Record(
        {
            "columns": ListOf(COLUMN, least=1, distinct="key"),
            "least": Optional(Int(0, 500)),
            "most": Optional(Int(1, 500)),
            "row_label": Optional(Text(20)),
        }
    ),
    "attachments": Record({"kinds": ListOf(ATTACHMENT_KIND, least=1, distinct="key")}),
    "pledge": Record({"text": key, "signer": Optional(Choice(PLEDGE_SIGNERS))}),
}

WHEN = Record(
    {
        "category": Optional(ListOf(key, least=1, distinct="")),
        "section": Optional(key),
        "question": Optional(key),
        "is": Optional(ListOf(Text(120), least=1, distinct="")),
    }
)

SHAPE = Record(
    {
        "key": key,
        "type": Choice(SECTION_TYPES),
        "title": Text(60),
        "help": Optional(Text(600)),
        "required": Optional(boolean),
        "options": Optional(any_of),
        "when": Optional(WHEN),
    }
)


def SECTION(value, path, report):  # noqa: N802  (a checker like the others)
    """One section: its own shape, then the options of its type."""
    SHAPE(value, path, report)
    if isinstance(value, dict) and value.get("type") in OPTIONS:
        OPTIONS[value["type"]](value.get("options", {}), (*path, "options"), report)
        rows = value.get("options", {})
        for position, row in enumerate(rows.get("rows", []) if isinstance(rows, dict) else []):
            if isinstance(row, dict) and (row.get("kind") == "choice") != ("choices" in row):
                report((*path, "options", "rows", position, "choices"), row.get("choices"), "仅 choice 类须列出的选项")
