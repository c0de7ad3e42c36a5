"""A call's document as fields that an officer types: what stands in each, and what comes back from a posted form.

Names of fields are the dotted paths of the document (`quotas.recommend.limit`). Nothing is judged here: what cannot be
read stays as it was typed, and programmes.schema says at which field it is wrong.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from programmes.indicators import COMPARATORS, SIGNS
from programmes.reader import DECIMAL, WHOLE
from programmes.schema import Problem
from programmes.words import (
    CLOCK_UNITS,
    CLOCKS,
    DEPARTMENT_KINDS,
    FORCES,
    LABELS,
    QUOTA_CODES,
    QUOTA_SCOPES,
    WINDOWS,
    word_of,
)

INSTANT_HELP = "如 2025-03-06（当日 24:00 止）或 2025-03-06 17:30（17:30:00 之前收到的有效）"
SWITCHES = {
    "recommendation": "推荐单位审核推荐",
    "recommendation_list": "推荐单位确认推荐名单",
    "form_check": "形式审查",
    "supplement": "可以通知补正",
    "review": "评审",
    "agreement": "签订协议后启动",
    "evaluation": "期满测评（验收）",
    "opinions_to_unit": "向申报单位反馈专家意见",
}
INDICATOR_COLUMNS = ("code", "name", "comparator", "value", "unit", "conditions", "text", "part")
BLANK_INDICATORS = 3
_RANGE = re.compile(r"\s*\[?\s*([^\s,，~～\[\]]+)\s*(?:[,，~～]|至)\s*([^\s,，~～\[\]]+)\s*\]?\s*")


@dataclass
class Entry:
    """One field. `kind`: text, long, int, bool, choice, multi, instant; `value` as typed, a tuple for multi."""

    name: str
    label: str
    kind: str = "text"
    value: object = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    help: str = ""
    errors: list[str] = field(default_factory=list)


@dataclass
class Group:
    """Fields under one heading."""

    title: str
    entries: list[Entry]
    help: str = ""
    columns: int = 2


def groups(document: Mapping, part: str) -> list[Group]:
    """The fields of one part: basics, rules or texts. KeyError for an unknown part."""
    made = list(PARTS[part](document))
    for group in made:
        for entry in group.entries:
            entry.value = shown(document, entry)
    return made


def _basics(document: Mapping) -> Iterator[Group]:
    yield Group("批次", [
        Entry("title", "名称"), Entry("document_no", "文号"), Entry("year", "年度", "int"),
        Entry("number_prefix", "受理编号前缀"), Entry("programme.title", "计划名称"),
    ])  # fmt: skip
    kinds = Entry("recommenders.kinds", "哪些推荐单位可供选择", "multi", choices=DEPARTMENT_KINDS, help="不选即为全部")
    yield Group("推荐单位", [kinds])
    labels = [
        Entry(f"labels.{key}", word_of(key), help=LABELS[key].where if key in LABELS else "")
        for key in document.get("labels", {})
    ]
    if labels:
        yield Group("本批次的用语", labels, "页面、表格和通知中使用的词，如“优胜”或“通过验收”。")


def _rules(document: Mapping) -> Iterator[Group]:
    windows = [
        Entry(f"windows.{name}.{end}", f"{word}{'开始' if end == 'opens' else '截止'}", "instant")
        for name, word in WINDOWS.items()
        for end in ("opens", "closes")
    ]
    yield Group("时间", windows, f"{INSTANT_HELP}。延期请在批次页面办理，记录都会保留；这里改的是规则本身。")
    switches = [Entry(f"flow.{key}", word, "bool") for key, word in SWITCHES.items()]
    yield Group("环节", [
        *switches,
        Entry("flow.decision_by", "由谁决定", "choice", choices={"officer": "主管", "owner": "发榜单位"}),
        Entry("flow.publicity.count", "公示天数", "int", help="0 为不公示"),
        Entry("flow.publicity.unit", "公示按", "choice", choices={"workdays": "工作日", "days": "日"}),
    ])  # fmt: skip
    for code, word in QUOTA_CODES.items():
        yield Group(f"{word}名额", [
            Entry(f"quotas.{code}.limit", "不超过（个）", "int", help="不填为不限"),
            Entry(f"quotas.{code}.scope", "按什么计数", "multi", choices=QUOTA_SCOPES),
            Entry(f"quotas.{code}.force", "性质", "choice", choices=FORCES, help="原则上：超出须写明理由"),
        ], columns=3)  # fmt: skip
    for name, word in CLOCKS.items():
        if name in document.get("clocks", {}):
            yield Group(f"期限：{word}", [
                Entry(f"clocks.{name}.count", "数", "int"),
                Entry(f"clocks.{name}.unit", "单位", "choice", choices=CLOCK_UNITS),
                Entry(f"clocks.{name}.after", "从何时起算（说明）"),
            ], columns=3)  # fmt: skip


def _texts(document: Mapping) -> Iterator[Group]:
    yield Group("文本", [Entry(f"texts.{key}", key, "long") for key in document.get("texts", {})])
    if "review" in document:
        yield Group("评审", [Entry("review.pledge_text", "专家承诺书", "long")])


PARTS = {"basics": _basics, "rules": _rules, "texts": _texts}
PART_WORDS = {
    "basics": "基本信息",
    "rules": "时间、环节和名额",
    "texts": "文本",
    "tasks": "任务",
    "yaml": "全文（YAML）",
}


def shown(document: Mapping, entry: Entry):
    """What stands in a field: the text of its value, a tuple for several choices."""
    value = _at(document, entry.name.split("."))
    if entry.kind == "multi":
        return tuple(value) if isinstance(value, list) else ()
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def taken(document: Mapping, part: str, posted: Mapping, many) -> dict:
    """The document with what was typed in a part's fields. `posted`: one text a name; `many(name)`: all of them."""
    result = copy.deepcopy(dict(document))
    for group in groups(document, part):
        for entry in group.entries:
            if entry.kind == "multi":
                _put(result, entry.name.split("."), [value for value in many(entry.name) if value in entry.choices])
            elif entry.name in posted:
                _put(result, entry.name.split("."), _read(posted[entry.name], entry.kind))
    return result


def _read(typed: str, kind: str):
    text = typed.replace("\r\n", "\n").strip()
    if kind == "int" and WHOLE.fullmatch(text):
        return int(text)
    if kind == "bool":
        return {"true": True, "false": False}.get(text, text)
    return text


def _at(document, path: list[str]):
    for step in path:
        if not isinstance(document, Mapping) or step not in document:
            return None
        document = document[step]
    return document


def _put(document: dict, path: list[str], value) -> None:
    """Set a value; an empty one is left out, and so is a mapping that has nothing left."""
    step, rest = path[0], path[1:]
    if rest:
        inner = document.get(step)
        inner = inner if isinstance(inner, dict) else {}
        _put(inner, rest, value)
        value = inner
    if value in ("", [], {}):
        document.pop(step, None)
    else:
        document[step] = value


def mark(made: Iterable[Group], problems: Iterable[Problem]) -> list[Problem]:
    """Put each problem at its field; those that belong to none of these fields are returned."""
    entries = [entry for group in made for entry in group.entries]
    left = []
    for problem in problems:
        where = ".".join(str(step) for step in problem.path)
        fitting = [entry for entry in entries if where == entry.name or where.startswith(f"{entry.name}.")]
        inner = [entry for entry in entries if entry.name.startswith(f"{where}.")]
        for entry in (fitting or inner)[:1]:
            entry.errors.append(problem.expected)
        if not fitting and not inner:
            left.append(problem)
    return left


# ---- one task ----


def task_row(task: Mapping) -> list[dict]:
    """The indicators of a task as rows of texts, with empty rows to add some."""
    rows = [
        {column: _figures(row[column]) if column == "value" else str(row[column] or "")
         for column in INDICATOR_COLUMNS if column in row}
        for row in task.get("indicators", [])
    ]  # fmt: skip
    return [*rows, *({} for _ in range(BLANK_INDICATORS))]


def _figures(value) -> str:
    if isinstance(value, list):
        return " ~ ".join(str(end) for end in value)
    return "" if value is None else str(value)


def task_taken(task: Mapping, posted: Mapping) -> dict:
    """The task with what was typed: its own texts, and its indicators row by row; an emptied row is left out."""
    result = copy.deepcopy(dict(task))
    for name in ("code", "title", "field", "category", "summary"):
        if name in posted:
            _put(result, [name], _read(posted[name], "text"))
    held = result.get("indicators", [])
    rows = []
    for place in range(len(held) + BLANK_INDICATORS):
        typed = {column: posted.get(f"indicators.{place}.{column}", "").strip() for column in INDICATOR_COLUMNS}
        if any(value for column, value in typed.items() if column not in ("comparator",)):
            rows.append(_indicator(held[place] if place < len(held) else {}, typed, place))
    _put(result, ["indicators"], rows)
    return result


def _indicator(row: Mapping, typed: Mapping[str, str], place: int) -> dict:
    made = dict(row) | {"code": typed["code"] or f"i{place + 1}", "name": typed["name"]}
    made["comparator"] = typed["comparator"] or ("text" if not typed["value"] else ">=")
    made["value"] = _value(typed["value"], made["comparator"])
    for column in ("unit", "conditions", "text", "part"):
        _put(made, [column], typed[column])
    return made


def _value(typed: str, comparator: str):
    """None, an exact number as it is stored, or [low, high]; anything else as typed."""
    if not typed:
        return None
    if comparator == "range" and (ends := _RANGE.fullmatch(typed)):
        return [_number(end) for end in ends.groups()]
    return _number(typed)


def _number(text: str):
    cleaned = text.replace(",", "")
    if WHOLE.fullmatch(cleaned):
        return int(cleaned)
    return cleaned if DECIMAL.fullmatch(cleaned) else text


COMPARATOR_WORDS = {code: SIGNS.get(code, {"range": "区间", "text": "文字"}.get(code, code)) for code in COMPARATORS}
