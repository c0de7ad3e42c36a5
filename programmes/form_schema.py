"""The sections of an application form: known types, each with the options that it understands."""

from programmes.checks import Choice, Instant, Int, ListOf, Optional, Record, Text, any_of, boolean, key
from programmes.words import BETWEEN, BUDGET_SOURCES, PLEDGE_SIGNERS, SECTION_TYPES, UNIT_TYPES, YES_NO

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
        "anonymous": Optional(boolean),
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
    """One section: its own shape, then the options of its type, then what its entries need of each other."""
    SHAPE(value, path, report)
    if not isinstance(value, dict) or value.get("type") not in OPTIONS:
        return
    options = value.get("options", {})
    OPTIONS[value["type"]](options, (*path, "options"), report)
    if not isinstance(options, dict):
        return
    for name in ("rows", "questions", "columns"):
        for position, entry in enumerate(_entries(options, name)):
            _choices(entry, (*path, "options", name, position), report)
    if "most_years" in options and options.get("term") != "dates":
        report((*path, "options", "most_years"), options["most_years"], "不填：只有 term 为 dates 才有 most_years")
    least, most = options.get("least"), options.get("most")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        report((*path, "options", "least"), least, f"不大于 most（{most}）")


def QUESTIONS(value, path, report):  # noqa: N802
    """A list of questions outside the form, such as an obligation's: shapes, choices and conditions."""
    ListOf(QUESTION, least=1, distinct="key")(value, path, report)
    entries = _entries({"questions": value}, "questions")
    for position, entry in enumerate(entries):
        _choices(entry, (*path, position), report)
    _question_conditions(entries, path, report)


def _entries(options, name: str) -> list[dict]:
    rows = options.get(name, [])
    return [row if isinstance(row, dict) else {} for row in rows] if isinstance(rows, list) else []


def _choices(entry: dict, path, report) -> None:
    """A closed kind lists its choices and no other does; those of a multi are joined in an answer by "；"."""
    kind = entry.get("kind")
    if (kind in ("choice", "multi")) != ("choices" in entry):
        report((*path, "choices"), entry.get("choices"), "仅 choice、multi 类须列出的选项")
    choices = entry.get("choices")
    if kind == "multi" and isinstance(choices, list):
        for place, choice in enumerate(choices):
            if isinstance(choice, str) and BETWEEN in choice:
                report((*path, "choices", place), choice, f"不含“{BETWEEN}”的文字")


def conditions(document, report) -> None:
    """Every `when` names something that comes before it and can be answered by the words it lists."""
    categories = [item["code"] for item in document.get("categories", [])]
    before: dict[str, dict] = {}
    for place, section in enumerate(document["form"]):
        path = ("form", place)
        if section["type"] == "questions":
            _question_conditions(section["options"]["questions"], (*path, "options", "questions"), report)
        if section.get("when"):
            _section_condition(section["when"], before, categories, (*path, "when"), report)
        before[section["key"]] = section


def _question_conditions(entries: list[dict], path, report) -> None:
    before: dict[str, dict] = {}
    for place, entry in enumerate(entries):
        when = entry.get("when")
        if isinstance(when, dict) and when.get("question"):
            _answerable(before, when, (*path, place, "when"), report)
        before[entry.get("key", "")] = entry


def _section_condition(when: dict, before: dict, categories: list[str], path, report) -> None:
    named = [name for name in ("section", "question", "is") if name in when]
    if ("category" in when) == bool(named) or named and len(named) < 3:
        report(path, when, "category，或 section、question 和 is 三项")
        return
    for place, code in enumerate(when.get("category", [])):
        if code not in categories:
            report((*path, "category", place), code, "categories 中的编码：" + "、".join(categories))
    if not named:
        return
    if when["section"] not in before:
        report((*path, "section"), when["section"], "前面一节的键：" + "、".join(before))
        return
    section = before[when["section"]]
    name = {"questions": "questions", "unit": "fields"}.get(section["type"], "")
    entries = section.get("options", {}).get(name, []) if name else []
    _answerable({entry["key"]: {"kind": "text"} | entry if name == "fields" else entry for entry in entries}, when,
                path, report)  # fmt: skip


def _answerable(before: dict, when: dict, path, report) -> None:
    """The question stands before, and its kind can give the words of the condition."""
    question = before.get(when["question"])
    if question is None:
        report((*path, "question"), when["question"], "前面一个问题的键：" + ("、".join(before) or "（没有）"))
        return
    kind = question.get("kind", "long_text")
    if kind not in ("choice", "multi", "yes_no", "text"):
        report((*path, "question"), when["question"], "choice、multi、yes_no 或 text 类的问题")
        return
    known = list(YES_NO) if kind == "yes_no" else question.get("choices", [])
    for place, word in enumerate(when.get("is", [])):
        if kind != "text" and word not in known:
            label = question.get("label", when["question"])
            report((*path, "is", place), word, f"“{label}”的选项：" + "、".join(known))
