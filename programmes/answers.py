"""Answers: what each kind of question accepts, when a question or a section is asked, how an answer is read out.

Every answer is one text, kept exactly as it was typed: `yes_no` is "yes" or "no", `choice` one of the question's
choices, a date 2025-03-06, a number without its unit. The answer of a `multi` is the list of its chosen ones; in a
table's cell, and wherever one text is needed (`text_of`), they are joined by "；". An entry is the mapping of a
question or of a table's column in the call's document: {key, label, kind, choices, unit, max_chars, required, help,
when}.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from programmes.indicators import read_decimal
from programmes.spec import CallSpec, FormSpec, SectionSpec
from programmes.words import BETWEEN, YES_NO

Entry = Mapping[str, object]

NUMBERS = ("integer", "decimal", "percent")
CLOSED = ("choice", "multi", "yes_no")
"""Kinds whose answers are known beforehand."""
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,22}[0-9]")


def kind_of(entry: Entry) -> str:
    """The kind of a question; a long text where it names none."""
    return entry.get("kind") or "long_text"


def columns_of(options: Mapping) -> list[dict]:
    """The columns of a table as entries; a cell is a line of text where its column names no kind."""
    return [{"kind": "text"} | dict(column) for column in options.get("columns", [])]


def text_of(answers: Mapping, key: str) -> str:
    """The answer under a key as one text without surrounding blanks; '' where there is none."""
    value = answers.get(key)
    if isinstance(value, list | tuple):
        return BETWEEN.join(str(part).strip() for part in value if str(part).strip())
    return "" if value is None or isinstance(value, Mapping) else str(value).strip()


def choices_of(entry: Entry) -> tuple[tuple[str, str], ...]:
    """(value, words) of everything that can be chosen; () for what is typed."""
    if kind_of(entry) == "yes_no":
        return tuple(YES_NO.items())
    return tuple((choice, choice) for choice in entry.get("choices", ()))


def chosen(entry: Entry, text: str) -> list[str]:
    """What an answer says, one by one: the chosen ones of a `multi`, else the text itself; [] for nothing."""
    parts = text.split(BETWEEN) if kind_of(entry) == "multi" else [text]
    return [part.strip() for part in parts if part.strip()]


# ---- when something is asked ----


def asked(entries: Iterable[Entry], answers: Mapping) -> list[Entry]:
    """The questions that are asked, given these answers. What depends on one that is not asked is not asked either."""
    found: dict[str, Entry] = {}
    for entry in entries:
        when = entry.get("when")
        if not when or _meets(found.get(when["question"]), answers, when):
            found[entry["key"]] = entry
    return list(found.values())


def _meets(question: Entry | None, answers: Mapping, when: Mapping) -> bool:
    """Whether the question is asked and answered by one of the words that the condition names."""
    if question is None:
        return False
    given = chosen(question, text_of(answers, question["key"]))
    return any(word in when["is"] for word in given)


def condition_words(when: Mapping, entries: Iterable[Entry]) -> str:
    """The condition of a question for people: “是否涉及人体研究”为“是”时填写."""
    question = next((entry for entry in entries if entry["key"] == when["question"]), {})
    known = dict(choices_of(question))
    words = "”或“".join(known.get(value, value) for value in when["is"])
    return f"“{question.get('label', when['question'])}”为“{words}”时填写"


def asked_sections(spec: CallSpec, task_code: str, data: Mapping[str, Mapping]) -> tuple[SectionSpec, ...]:
    """The sections that an application for this task has, given what is saved ({section key: its data})."""
    found: dict[str, SectionSpec] = {}
    for section in spec.sections_of(task_code):
        when = section.when
        if "section" not in when or _meets(*_question_of(found.get(when["section"]), when, data), when):
            found[section.key] = section
    return tuple(found.values())


def asked_form(spec: CallSpec, task_code: str, data: Mapping[str, Mapping]) -> FormSpec:
    """The form with the sections that are asked only."""
    return FormSpec(asked_sections(spec, task_code, data))


def _question_of(section: SectionSpec | None, when: Mapping, data: Mapping) -> tuple[Entry | None, Mapping]:
    """The question to which a section's condition refers, if it is asked itself, with the answers beside it."""
    if section is None:
        return None, {}
    saved = data.get(section.key) or {}
    if section.type == "unit":
        entries, answers = section.options.get("fields", []), saved
    else:
        answers = saved.get("answers") or {}
        entries = asked(section.options.get("questions", []), answers)
    return next((entry for entry in entries if entry["key"] == when["question"]), None), answers


# ---- what an answer must be ----


def problem_of(entry: Entry, text: str) -> str:
    """What is wrong with an answer, as one sentence that names the question; '' for a good one and for none."""
    if not text:
        return ""
    look = _LOOKS.get(kind_of(entry))
    wanted = look(entry, text) if look else ""
    if wanted:
        return f"“{entry['label']}”{wanted}，现为“{text[:30]}”。"
    most = entry.get("max_chars")
    if most and len(text) > most:
        return f"“{entry['label']}”有 {len(text)} 字，超出 {len(text) - most} 字，限 {most} 字。请精简。"
    return ""


def _integer(entry: Entry, text: str) -> str:
    value = number_of(text)
    return "" if value is not None and value == value.to_integral_value() else "须填写整数"


def _decimal(entry: Entry, text: str) -> str:
    return "须填写数字" if number_of(text) is None else ""


def _percent(entry: Entry, text: str) -> str:
    value = number_of(text)
    return "" if value is not None and 0 <= value <= 100 else "须填写 0 至 100 的数字"


def _date(entry: Entry, text: str) -> str:
    return "须按 2025-03-06 的格式填写有效日期" if date_of(text) is None else ""


def _chosen(entry: Entry, text: str) -> str:
    known = dict(choices_of(entry))
    return "" if all(part in known for part in chosen(entry, text)) else "须从列出的各项中选择"


def _phone(entry: Entry, text: str) -> str:
    cleaned = unicodedata.normalize("NFKC", text)
    return "" if _PHONE.fullmatch(cleaned) else "须填写电话号码，只含数字、加号、括号和横线"


def _email(entry: Entry, text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return "须填写电子邮箱，如 name@example.com"
    return ""


_LOOKS = {
    "integer": _integer, "decimal": _decimal, "percent": _percent, "date": _date, "choice": _chosen, "multi": _chosen,
    "yes_no": _chosen, "phone": _phone, "email": _email,
}  # fmt: skip


def number_of(text: str) -> Decimal | None:
    """The exact number that an answer says, 12% as 12; None where it says none."""
    cleaned = unicodedata.normalize("NFKC", text).strip().removesuffix("%")
    try:
        value = read_decimal(cleaned)
    except ValueError:
        return None
    return value if value.is_finite() else None


def date_of(text: str) -> date | None:
    """The day that an answer says; None where it says none."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


# ---- how an answer is read out ----


def shown(entry: Entry, text: str) -> str:
    """An answer for people: 是, 甲、乙, 12 万元, 30%, 2025年3月6日; what cannot be read stays as typed."""
    kind = kind_of(entry)
    if not text or problem_of({**entry, "max_chars": None}, text):
        return text
    if kind in CLOSED:
        known = dict(choices_of(entry))
        return "、".join(known[part] for part in chosen(entry, text))
    if kind == "date":
        day = date_of(text)
        return f"{day.year}年{day.month}月{day.day}日"
    if kind == "percent":
        return text if text.endswith(("%", "％")) else f"{text}%"
    unit = str(entry.get("unit") or "")
    return f"{text} {unit}" if unit else text


def first_words(columns: Sequence[Entry], row: Mapping) -> str:
    """What names a row of a table: its first cell in which something stands; '' for an empty row."""
    return next((shown(column, text) for column in columns if (text := text_of(row, column["key"]))), "")
