"""What a call's document may say: every key, every reference, every figure. Unknown keys are refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jbgs.lib.regions import BY_CODE as REGIONS_BY_CODE
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
from programmes.form_schema import QUESTIONS, REPEATABLE, SECTION, conditions
from programmes.indicators import COMPARATORS, SENSES
from programmes.instants import read_instant
from programmes.requirements import REGISTRY
from programmes.requirements.loading import check_params
from programmes.summary_schema import SUMMARY_TABLE, summary_table
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
    ROUND_KINDS,
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


def _share(value, path, report):
    """A fraction below one as text, such as 1/2 or 2/3: more than this share of the votes is needed."""
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) != 2 or not all(part.isdecimal() for part in parts) or not 0 < int(parts[0]) < int(parts[1]):
        report(path, value, "小于 1 的分数，如 1/2 或 2/3")


ROUND = Record(
    {
        "kind": Choice(ROUND_KINDS),
        "label": Optional(Text(40)),
        "experts": Optional(Int(1, 99)),
        "least_people": Optional(Int(1, 20)),
        "pass_share": Optional(_share),
        "clock": Optional(Choice(CLOCKS)),
    }
)

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

REVIEW = Record(
    {
        "blind": Optional(boolean),
        "experts_per_application": Optional(Int(1, 99)),
        "aggregate": Optional(Choice(("mean", "trimmed_mean"))),
        "criteria": Optional(ListOf(CRITERION, least=1, distinct="key")),
        "pledge_text": Optional(Text(4000)),
        "rounds": Optional(ListOf(ROUND, least=1)),
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
    if "tasks" in document and "fields" not in document:
        report(("fields",), MISSING, "有榜单任务的批次须列出领域")
        return
    if "tasks" in document and "indicators" in document:
        report(("indicators",), document["indicators"], "不填：有榜单任务的批次，指标写在各任务中")
    fields = [item["code"] for item in document.get("fields", [])]
    for position, task in enumerate(document.get("tasks", [])):
        if task["field"] not in fields:
            report(("tasks", position, "field"), task["field"], "fields 中的编码：" + "、".join(fields))
        category, known = task.get("category"), [item["code"] for item in document.get("categories", [])]
        if category and category not in known:
            report(("tasks", position, "category"), category, "categories 中的编码：" + "、".join(known))
        for quota in task.get("quotas", {}):
            scope = document.get("quotas", {}).get(quota, {}).get("scope", [])
            if "task" not in scope:
                report(("tasks", position, "quotas", quota), quota, "批次中按 task 计数的名额")


def _indicator_lists(document):
    """(path, indicators, codes of the parts) of every list of indicators."""
    if "indicators" in document:
        yield ("indicators",), document["indicators"], ()
    for row, task in enumerate(document.get("tasks", [])):
        parts = [part["code"] for part in task.get("parts", [])]
        yield ("tasks", row, "indicators"), task.get("indicators", []), parts


def _indicators(document, report):
    for place, indicators, parts in _indicator_lists(document):
        for position, item in enumerate(indicators):
            path, value = (*place, position), item.get("value")
            comparator = item["comparator"]
            if item.get("part") and item["part"] not in parts:
                report((*path, "part"), item["part"], "本任务 parts 中的编码：" + ("、".join(parts) or "（没有）"))
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
    known = [item["code"] for item in document.get("categories", [])]
    for path, item in _all_requirements(document):
        rule = REGISTRY[item["code"]]
        check_params(document, rule, item.get("params", {}), (*path, "params"), report)
        for place, category in enumerate(item.get("categories", [])):
            if category not in known:
                report((*path, "categories", place), category, "categories 中的编码：" + "、".join(known))
        for place, region in enumerate(item.get("params", {}).get("regions", ())):
            if region not in REGIONS_BY_CODE:
                there = (*path, "params", "regions", place)
                report(there, region, "37 个地区（省级、兵团、计划单列市）之一的 6 位代码，如 320000")
        if rule.level == "list":
            flow = document.get("flow", {})
            if path[0] == "tasks":
                report((*path, "code"), item["code"], "写在批次的 requirements 中：它针对整份推荐名单")
            elif not (flow.get("recommendation", True) and flow.get("recommendation_list", True)):
                report((*path, "code"), item["code"], "没有推荐名单的批次不写：它针对整份推荐名单")


def _all_requirements(document):
    """(path, rule) of the call's rules and of every task's own."""
    for position, item in enumerate(document.get("requirements", [])):
        yield ("requirements", position), item
    for row, task in enumerate(document.get("tasks", [])):
        for position, item in enumerate(task.get("requirements", [])):
            yield ("tasks", row, "requirements", position), item


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
    known = list(dict.fromkeys(item["code"] for _, item in _all_requirements(document)))
    for position, item in enumerate(document.get("check_items", [])):
        if item.get("requirement") and item["requirement"] not in known:
            path = ("check_items", position, "requirement")
            report(path, item["requirement"], "requirements 中的编码：" + "、".join(known))
        if item.get("section") and item["section"] not in sections:
            report(("check_items", position, "section"), item["section"], "form 中的键：" + "、".join(sections))
    for path, item in _all_requirements(document):
        if item.get("field") and item["field"].split(".")[0] not in sections:
            report((*path, "field"), item["field"], "form 中的键：" + "、".join(sections))
    for name, quota in document.get("quotas", {}).items():
        if quota.get("most", quota["limit"]) < quota["limit"]:
            report(("quotas", name, "most"), quota["most"], f"不小于 limit（{quota['limit']}）的整数")
        if "recommender" in quota["scope"] and not document.get("flow", {}).get("recommendation", True):
            report(("quotas", name, "scope"), "recommender", "没有推荐环节的批次不能按推荐单位计名额")


def _review(document, report):
    if document.get("flow", {}).get("review", True) and "review" not in document:
        report(("review",), MISSING, "设有评审环节的批次须写明评审办法")
    review = document.get("review", {})
    scored = any(item["kind"] == "mail" for item in review.get("rounds", [{"kind": "mail"}]))
    if review and scored and "criteria" not in review:
        report(("review", "criteria"), MISSING, "有网络评审的批次须列出评分标准")
    weights = [item["weight"] for item in review.get("criteria", [])]
    if weights and sum(weights) != 100:
        report(("review", "criteria"), f"权重合计 {sum(weights)}", "权重合计 100")


def _obligations(document, report):
    clocks = document.get("clocks", {})
    for position, item in enumerate(document.get("obligations", [])):
        path = ("obligations", position)
        if item.get("clock") and item.get("every"):
            report((*path, "clock"), item["clock"], "不填：定期报送的事项由 every 和 by 定期限")
        if item.get("clock") and item["clock"] not in clocks:
            report((*path, "clock"), item["clock"], "clocks 中的键：" + "、".join(clocks))
        if item.get("blocks") and (item.get("every") or item["kind"] in ("change", "extension")):
            report((*path, "blocks"), item["blocks"], "不填：定期报送的事项和申请不能作为下一步的前提")
        if item.get("every") and item["kind"] in ("change", "extension"):
            report((*path, "every"), item["every"], "不填：变更和延期由单位提出，没有周期")
        if item.get("every") and not _is_day(item.get("by", ""), item["every"]):
            report((*path, "by"), item.get("by", MISSING), "每年的日期 MM-DD，或每季度首月的日 DD（1 至 28）")
    for position, item in enumerate(document.get("review", {}).get("rounds", [])):
        if item.get("clock") and item["clock"] not in clocks:
            report(("review", "rounds", position, "clock"), item["clock"], "clocks 中的键：" + "、".join(clocks))


def _is_day(text: str, every: str) -> bool:
    if every == "quarter":
        return text.isdecimal() and 1 <= int(text) <= 28
    try:
        date.fromisoformat(f"2001-{text}")  # no leap year: the day comes every year
    except ValueError:
        return False
    return True


def plain(value: object) -> object:
    """The document as it is stored and hashed: decimals become text, so that not one digit changes."""
    if isinstance(value, Mapping):
        return {entry: plain(item) for entry, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Decimal) else value


LOOKS = (
    _windows, _tasks, _indicators, _requirements, _references, conditions, _review, _obligations, summary_table,
)  # fmt: skip
