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
from programmes.form_schema import REPEATABLE, SECTION
from programmes.indicators import COMPARATORS, SENSES
from programmes.instants import read_instant
from programmes.requirements import REGISTRY
from programmes.words import (
    CLOCK_UNITS,
    CLOCKS,
    DEPARTMENT_KINDS,
    FORCES,
    QUOTA_CODES,
    QUOTA_SCOPES,
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
    }
)

TASK = Record(
    {
        "code": code,
        "field": code,
        "title": Text(300),
        "category": Optional(key),
        "summary": Optional(Text(600)),
        "indicators": Optional(ListOf(INDICATOR, distinct="code")),
    }
)

FLOW = Record(
    {
        **{
            switch: Optional(boolean)
            for switch in (
                "recommendation", "recommendation_list", "form_check", "supplement", "review", "agreement",
                "evaluation",
            )
        },
        "decision_by": Optional(Choice(("officer", "owner"))),
        "publicity": Optional(Record({"count": Int(0, 365), "unit": Choice(("days", "workdays"))})),
    }
)  # fmt: skip


def _anchor(value, path, report):
    whole = isinstance(value, list) and len(value) == 3 and all(type(end) is int for end in value[:2])
    if not whole or not 0 <= value[0] <= value[1] <= 100 or not isinstance(value[2], str):
        report(path, value, "[低分, 高分, 说明]，分数为 0 至 100 的整数")


CRITERION = Record(
    {
        "key": key,
        "label": Text(60),
        "weight": Int(1, 100),
        "help": Optional(Text(400)),
        "anchors": Optional(ListOf(_anchor)),
    }
)

REVIEW = Record(
    {
        "blind": Optional(boolean),
        "experts_per_application": Optional(Int(1, 99)),
        "aggregate": Optional(Choice(("mean", "trimmed_mean"))),
        "criteria": ListOf(CRITERION, least=1, distinct="key"),
        "pledge_text": Optional(Text(4000)),
    }
)

QUOTA = Record(
    {
        "limit": Int(1, 100_000),
        "scope": ListOf(Choice(QUOTA_SCOPES), least=1, distinct=""),
        "force": Optional(Choice(FORCES)),
    }
)

REQUIREMENT = Record(
    {
        "code": Choice(REGISTRY),
        "params": Optional(any_of),
        "force": Optional(Choice(FORCES)),
        "field": Optional(Text(80)),
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
        "labels": Optional(MapOf(key, Text(40))),
        "categories": Optional(ListOf(Record({"code": key, "name": Text(60)}), distinct="code")),
        "fields": ListOf(
            Record({"code": code, "name": Text(200), "contact": Optional(CONTACT)}), least=1, distinct="code"
        ),
        "windows": MapOf(Choice(WINDOWS), Record({"opens": Optional(Instant()), "closes": Instant()})),
        "flow": Optional(FLOW),
        "quotas": Optional(MapOf(Choice(QUOTA_CODES), QUOTA)),
        "requirements": Optional(ListOf(REQUIREMENT)),
        "form": ListOf(SECTION, least=1, distinct="key"),
        "review": Optional(REVIEW),
        "clocks": Optional(
            MapOf(
                Choice(CLOCKS),
                Record({"count": Int(0, 3000), "unit": Choice(CLOCK_UNITS), "after": Optional(Text(60))}),
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
        "tasks": ListOf(TASK, least=1, distinct="code"),
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
        for look in (_windows, _tasks, _indicators, _requirements, _references, _review):
            look(document, report)
    return problems


def _windows(document, report):
    if "apply" not in document["windows"]:
        report(("windows", "apply"), MISSING, "须写明单位申报的起止时间")
    for name, item in document["windows"].items():
        if item.get("opens") and read_instant(item["opens"]) >= read_instant(item["closes"], closing=True):
            report(("windows", name, "opens"), item["opens"], f"早于截止时间 {item['closes']} 的时间")
    recommends = document.get("flow", {}).get("recommendation", True)
    if recommends and "recommend" not in document["windows"]:
        report(("windows", "recommend"), MISSING, "设有推荐环节的批次须写明推荐截止时间")


def _tasks(document, report):
    fields = [item["code"] for item in document["fields"]]
    for position, task in enumerate(document["tasks"]):
        if task["field"] not in fields:
            report(("tasks", position, "field"), task["field"], "fields 中的编码：" + "、".join(fields))
        category, known = task.get("category"), [item["code"] for item in document.get("categories", [])]
        if category and category not in known:
            report(("tasks", position, "category"), category, "categories 中的编码：" + "、".join(known))


def _indicators(document, report):
    for row, task in enumerate(document["tasks"]):
        for position, item in enumerate(task.get("indicators", [])):
            path, value = ("tasks", row, "indicators", position), item.get("value")
            comparator = item["comparator"]
            if comparator == "text":
                if value is not None:
                    report((*path, "value"), value, "null：文字指标没有数值")
                if not item.get("text"):
                    report((*path, "text"), MISSING, "文字指标须写明要求")
            elif comparator == "range":
                if not isinstance(value, list):
                    report((*path, "value"), value, "[起, 止]")
                elif Decimal(value[0]) > Decimal(value[1]):
                    report((*path, "value"), f"[{value[0]}, {value[1]}]", "起点不大于终点的 [起, 止]")
            elif value is None or isinstance(value, list):
                report((*path, "value"), value, "一个数值")
            if item.get("sense") and comparator != "range":
                report((*path, "sense"), item["sense"], "不填：只有 range 指标才有 sense")


def _requirements(document, report):
    for position, item in enumerate(document.get("requirements", [])):
        rule = REGISTRY[item["code"]]
        Record(rule.params)(item.get("params", {}), ("requirements", position, "params"), report)


def _references(document, report):
    sections = {section["key"]: section for section in document["form"]}
    texts, types = document.get("texts", {}), set()
    for position, section in enumerate(document["form"]):
        if section["type"] in types and section["type"] not in REPEATABLE:
            report(("form", position, "type"), section["type"], "没有用过的类型：这一类在申报书中只能有一节")
        types.add(section["type"])
        text = section.get("options", {}).get("text") if section["type"] == "pledge" else None
        if text and text not in texts:
            report(("form", position, "options", "text"), text, "texts 中的键：" + "、".join(texts))
    known = [item["code"] for item in document.get("requirements", [])]
    for position, item in enumerate(document.get("check_items", [])):
        if item.get("requirement") and item["requirement"] not in known:
            path = ("check_items", position, "requirement")
            report(path, item["requirement"], "requirements 中的编码：" + "、".join(known))
        if item.get("section") and item["section"] not in sections:
            report(("check_items", position, "section"), item["section"], "form 中的键：" + "、".join(sections))
    for position, item in enumerate(document.get("requirements", [])):
        if item.get("field") and item["field"].split(".")[0] not in sections:
            report(("requirements", position, "field"), item["field"], "form 中的键：" + "、".join(sections))
    for name, quota in document.get("quotas", {}).items():
        if "recommender" in quota["scope"] and not document.get("flow", {}).get("recommendation", True):
            report(("quotas", name, "scope"), "recommender", "没有推荐环节的批次不能按推荐单位计名额")


def _review(document, report):
    if document.get("flow", {}).get("review", True) and "review" not in document:
        report(("review",), MISSING, "设有评审环节的批次须写明评审办法")
    weights = [item["weight"] for item in document.get("review", {}).get("criteria", [])]
    if weights and sum(weights) != 100:
        report(("review", "criteria"), f"权重合计 {sum(weights)}", "权重合计 100")


def plain(value: object) -> object:
    """The document as it is stored and hashed: decimals become text, so that not one digit changes."""
    if isinstance(value, Mapping):
        return {entry: plain(item) for entry, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value
