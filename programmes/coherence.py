"""What the entries of a call's document say of each other: codes that must exist, times in order, sums that must fit.

Looked at only when every entry by itself has its form (programmes.schema). Each look is called with (document, report).
"""

from datetime import date
from decimal import Decimal

from jbgs.lib.regions import BY_CODE as REGIONS_BY_CODE
from programmes.checks import MISSING
from programmes.form_schema import REPEATABLE, conditions
from programmes.instants import read_instant
from programmes.requirements import REGISTRY
from programmes.requirements.loading import check_params
from programmes.summary_schema import summary_table


def _windows(document, report):
    if "apply" not in document["windows"]:
        report(("windows", "apply"), MISSING, "须写明单位申报的起止时间")
    for name, item in document["windows"].items():
        if item.get("opens") and read_instant(item["opens"]) >= read_instant(item["closes"], closing=True):
            report(("windows", name, "opens"), item["opens"], f"早于截止时间 {item['closes']} 的时间")
    recommends = document.get("flow", {}).get("recommendation", True)
    if recommends and "recommend" not in document["windows"]:
        report(("windows", "recommend"), MISSING, "设有推荐环节的批次须写明推荐截止时间")
    ends = {name: read_instant(item["closes"], closing=True) for name, item in document["windows"].items()}
    for later in ("recommend", "confirm"):
        if recommends and "apply" in ends and later in ends and ends[later] < ends["apply"]:
            closes = document["windows"][later]["closes"]
            report(("windows", later, "closes"), closes, "不早于申报截止 " + document["windows"]["apply"]["closes"])


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
    rounds = [item["kind"] for item in review.get("rounds", [])]
    for kind, why in (("mail", "网络评审只有一轮，一份申报的评分都在其中"), ("owner", "发榜方选择一次")):
        if rounds.count(kind) > 1:
            second = [place for place, found in enumerate(rounds) if found == kind][1]
            report(("review", "rounds", second, "kind"), kind, f"其他环节：{why}")
    weights = [item["weight"] for item in review.get("criteria", [])]
    if weights and sum(weights) != 100:
        report(("review", "criteria"), f"权重合计 {sum(weights)}", "权重合计 100")
    _named(document, report)
    if review.get("tie_at_cut") == "vote" and "panel" not in rounds:
        report(("review", "tie_at_cut"), "vote", "reason 或 both：本批次没有会议评审（rounds 中没有 panel）")
    if review.get("tie_at_cut") == "both" and document.get("quotas", {}).get("shortlist", {}).get("force") == "hard":
        report(("review", "tie_at_cut"), "both", "reason 或 vote：入围名额是硬性的，并列者不能都入围")


def _named(document, report):
    """The table in which applicants name experts has the columns that the recusal reads."""
    path = ("review", "recusal", "named_in")
    key = document.get("review", {}).get("recusal", {}).get("named_in")
    if not key:
        return
    tables = {item["key"]: item for item in document.get("form", []) if item.get("type") == "table"}
    if key not in tables:
        report(path, key, "form 中 table 章节的键：" + "、".join(tables))
        return
    columns = {column.get("key") for column in tables[key].get("options", {}).get("columns", [])}
    if missing := {"name", "employer", "reason"} - columns:
        report(path, key, f"有 name、employer、reason 三列的表；缺 {'、'.join(sorted(missing))}")


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


LOOKS = (
    _windows, _tasks, _indicators, _requirements, _references, conditions, _review, _obligations, summary_table,
)  # fmt: skip
