"""What a call's document may say: every key, every reference, every figure. Unknown keys are refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from programmes.checks import (
    MISSING,
    Choice,
    Instant,
    Int,
    ListOf,
    MapOf,
    Optional,
    Path,
    Record,
    Text,
    UnknownKey,
    any_of,
    boolean,
    code,
    key,
    number,
)
from programmes.coherence import LOOKS
from programmes.form_schema import QUESTIONS, SECTION
from programmes.indicators import COMPARATORS, SENSES
from programmes.requirements import REGISTRY
from programmes.review_schema import REVIEW
from programmes.summary_schema import SUMMARY_TABLE
from programmes.words import (
    CLOCK_UNITS,
    CLOCKS,
    DEPARTMENT_KINDS,
    EVENTS,
    FORCES,
    LABELS,
    OBLIGATION_KINDS,
    PERIODS,
    QUOTA_CODES,
    QUOTA_SCOPES,
    ROLLS,
    WINDOWS,
)


@dataclass(frozen=True)
class Problem:
    """One thing in a document that is not as it must be: where, what stands there, what was expected."""

    path: Path
    found: object
    expected: str

    @property
    def where(self) -> str:
        """tasks[3].indicators[0].value"""
        words = ""
        for part in self.path:
            words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else str(part)
        return words or "（全文）"

    @property
    def sentence(self) -> str:
        """The problem in one sentence."""
        if self.found is MISSING:
            return f"{self.where}：没有填写，{self.expected}。"
        if isinstance(self.found, UnknownKey):
            return f"{self.where}：没有这个键，其值为 {_shown(self.found.value)}；应为{self.expected}。"
        return f"{self.where}：现为 {_shown(self.found)}，应为{self.expected}。"


def _shown(value: object) -> str:
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "键值对"
    if isinstance(value, list):
        return f"{len(value)} 项的列表"
    text = str(value)
    return f"“{text if len(text) <= 60 else text[:60] + '…'}”"


def _value(value, path, report):
    if isinstance(value, list):
        if len(value) != 2:
            report(path, value, "数值、[起, 止] 或 null")
        for position, end in enumerate(value):
            number(end, (*path, position), report)
    elif value is not None:
        number(value, path, report)


CONTACT = Record({name: Optional(Text(200)) for name in ("office", "phone", "email", "note")})

INDICATOR = Record(
    {
        "code": code,
        "name": Text(120),
        "comparator": Choice(COMPARATORS),
        "value": Optional(_value),
        "unit": Optional(Text(40, empty=True)),
        "conditions": Optional(Text(400, empty=True)),
        "sense": Optional(Choice(SENSES)),
        "group": Optional(code),
        "text": Optional(Text(400, empty=True)),
        "part": Optional(code),
    }
)

REQUIREMENT = {
    "code": Choice(REGISTRY),
    "params": Optional(any_of),
    "force": Optional(Choice(FORCES)),
    "field": Optional(Text(80)),
    "categories": Optional(ListOf(key, least=1, distinct="")),
}

TASK = Record(
    {
        "code": code,
        "field": code,
        "title": Text(300),
        "category": Optional(key),
        "summary": Optional(Text(600)),
        "indicators": Optional(ListOf(INDICATOR, distinct="code")),
        "keywords": Optional(ListOf(Text(60), distinct="")),
        "disciplines": Optional(ListOf(Text(20), distinct="")),
        "details": Optional(ListOf(Record({"label": Text(40), "text": Text(400)}))),
        "parts": Optional(ListOf(Record({"code": code, "title": Text(300)}), least=1, distinct="code")),
        "owner": Optional(Record({"name": Text(120), "code": Optional(code), "region": Optional(Text(6, empty=True))})),
        "requirements": Optional(ListOf(Record(REQUIREMENT | {"add": Optional(boolean)}))),
        "quotas": Optional(
            MapOf(
                Choice(QUOTA_CODES),
                Record(
                    {"limit": Int(1, 100_000), "force": Optional(Choice(FORCES)), "most": Optional(Int(1, 100_000))}
                ),
            )
        ),
    }
)

FLOW = Record(
    {
        **{
            switch: Optional(boolean)
            for switch in (
                "recommendation", "recommendation_list", "form_check", "supplement", "review", "agreement",
                "evaluation", "opinions_to_unit",
            )
        },
        "decision_by": Optional(Choice(("officer", "owner"))),
        "publicity": Optional(Record({"count": Int(0, 365), "unit": Choice(("days", "workdays"))})),
    }
)  # fmt: skip


OBLIGATION = Record(
    {
        "code": code,
        "kind": Choice(OBLIGATION_KINDS),
        "label": Text(60),
        "clock": Optional(Choice(CLOCKS)),
        "every": Optional(Choice(PERIODS)),
        "by": Optional(Text(5)),
        "blocks": Optional(Choice(("start_work", "submit_evaluation"))),
        "needs_officer": Optional(boolean),
        "help": Optional(Text(600)),
        "questions": Optional(QUESTIONS),
    }
)

QUOTA = Record(
    {
        "limit": Int(1, 100_000),
        "scope": ListOf(Choice(QUOTA_SCOPES), least=1, distinct=""),
        "force": Optional(Choice(FORCES)),
        "most": Optional(Int(1, 100_000)),
    }
)

CHECK_ITEM = Record(
    {"code": code, "label": Text(120), "requirement": Optional(Choice(REGISTRY)), "section": Optional(key)}
)

DOCUMENT = Record(
    {
        "slug": code,
        "title": Text(200),
        "year": Int(2000, 2100),
        "document_no": Optional(Text(60)),
        "number_prefix": Optional(code),
        "programme": Record({"slug": code, "title": Text(200)}),
        "labels": Optional(Record({name: Optional(Text(40)) for name in LABELS})),
        "categories": Optional(ListOf(Record({"code": key, "name": Text(60)}), distinct="code")),
        "fields": Optional(
            ListOf(Record({"code": code, "name": Text(200), "contact": Optional(CONTACT)}), least=1, distinct="code")
        ),
        "windows": MapOf(Choice(WINDOWS), Record({"opens": Optional(Instant()), "closes": Instant()})),
        "flow": Optional(FLOW),
        "quotas": Optional(MapOf(Choice(QUOTA_CODES), QUOTA)),
        "requirements": Optional(ListOf(Record(REQUIREMENT))),
        "form": ListOf(SECTION, least=1, distinct="key"),
        "review": Optional(REVIEW),
        "clocks": Optional(
            MapOf(
                Choice(CLOCKS),
                Record(
                    {
                        "count": Int(0, 3000), "unit": Choice(CLOCK_UNITS), "after": Optional(Text(60)),
                        "from": Optional(Choice(EVENTS)), "roll": Optional(Choice(ROLLS)),
                    }
                ),
            )
        ),
        "texts": Optional(MapOf(key, Text(8000))),
        "recommenders": Optional(
            Record(
                {
                    "kinds": Optional(ListOf(Choice(DEPARTMENT_KINDS), distinct="")),
                    "codes": Optional(ListOf(code, distinct="")),
                }
            )
        ),
        "check_items": Optional(
            ListOf(
CHECK_ITEM, distinct="code"
            )
        ),
        "grounds": Optional(ListOf(Record({"code": code, "label": Text(200)}), distinct="code")),
        "appeal_grounds": Optional(
            ListOf(
                Record({"code": code, "label": Text(200), "admissible": Optional(boolean)}), least=1, distinct="code"
            )
        ),
        "obligations": Optional(ListOf(OBLIGATION, distinct="code")),
        "summary_table": Optional(SUMMARY_TABLE),
        "tasks": Optional(ListOf(TASK, least=1, distinct="code")),
        "indicators": Optional(ListOf(INDICATOR, distinct="code")),
    }
)  # fmt: skip


def problems_of(document: object) -> list[Problem]:
    """Everything that is wrong with a document, in its order; empty when it can be loaded.

    References and figures are looked at only when every part has its form, so that one slip is told once.
    """
    problems: list[Problem] = []

    def report(path: Path, found: object, expected: str) -> None:
        problems.append(Problem(path, found, expected))

    DOCUMENT(document, (), report)
    if not problems:
        for look in LOOKS:
            look(document, report)
    return problems


def plain(value: object) -> object:
    """The document as it is stored and hashed: decimals become text, so that not one digit changes."""
    if isinstance(value, Mapping):
        return {entry: plain(item) for entry, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
