"""What differs between two documents of a call, entry by entry, in words that an officer or an applicant reads.

Lists whose entries have a name (`code`, `key`) are matched by it, so that an inserted task does not change all that
follow; other lists are compared whole. Paths look like `tasks.Q-1-01.indicators.i1.value`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from programmes.words import (
    CLOCK_UNITS,
    CLOCKS,
    DRAW_MODES,
    FORCES,
    OBLIGATION_KINDS,
    PANELS,
    PARTIALITY,
    QUOTA_CODES,
    QUOTA_SCOPES,
    SECTION_TYPES,
    SIMILAR,
    TIE_BREAKS,
    TIES_AT_CUT,
    WINDOWS,
)

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
PARTS = {
    "title": "名称", "year": "年度", "document_no": "文号", "number_prefix": "编号前缀", "programme": "计划",
    "labels": "用语", "categories": "类别", "fields": "领域", "windows": "时间", "flow": "环节", "quotas": "名额",
    "recommenders": "推荐单位", "requirements": "申报条件", "form": "申报书", "review": "评审", "clocks": "期限",
    "check_items": "形式审查事项", "grounds": "不予受理情形", "texts": "文本", "tasks": "榜单任务",
    "obligations": "报送事项", "indicators": "指标", "summary_table": "汇总表",
}  # fmt: skip
_KEYS = {
    "opens": "开始", "closes": "截止", "limit": "数量", "force": "性质", "scope": "计数范围", "count": "数",
    "unit": "单位", "label": "名称", "name": "名称", "title": "名称", "summary": "简介", "category": "类别",
    "field": "领域",
    "indicators": "指标", "value": "数值", "comparator": "比较方式", "conditions": "测试条件", "text": "要求",
    "help": "说明", "required": "必填", "max_chars": "字数上限", "options": "内容", "questions": "问题",
    "kinds": "附件种类",
    "columns": "列", "heading": "表头", "notes": "表下说明",
    "rows": "行", "sources": "经费来源", "items": "支出科目", "criteria": "评审标准", "weight": "权重",
    "anchors": "评分参考", "params": "参数", "contact": "联系方式", "type": "类型", "kind": "类型", "choices": "选项",
    "recommendation": "推荐", "recommendation_list": "推荐名单", "form_check": "形式审查", "supplement": "补正",
    "review": "评审", "agreement": "协议", "evaluation": "测评", "decision_by": "决定人", "publicity": "公示",
    "opinions_to_unit": "向申报单位反馈专家意见", "blind": "匿名评审", "experts_per_application": "每件专家数",
    "aggregate": "合计办法", "pledge_text": "专家承诺书", "rounds": "评审轮次", "after": "起算", "parts": "子方向",
    "owner": "发榜单位", "keywords": "关键词", "details": "说明事项", "max_files": "最多文件数",
    "max_mb": "文件大小上限", "ties": "同分比较", "tie_at_cut": "入围线并列", "assignment": "抽取办法", "mode": "方式",
    "panel": "组织", "recusal": "回避", "noise": "扰动", "qualified_from": "合格匹配度", "per_employer": "同一单位最多",
    "per_region": "同一省份最多", "employer_force": "同一单位的性质", "region_force": "同一省份的性质",
    "load": "每位专家最多", "alternates": "候补", "answer_within": "答复时限（小时）", "years": "追溯年限",
    "region": "同地区回避", "named_in": "建议回避专家的表", "named_at_most": "建议回避最多",
    "similar": "相近申报的范围",
    "reconsider": "复议",
    "spread": "极差", "grey": "灰区", "extra_experts": "加评专家", "quorum": "到会比例", "pass_share": "通过比例",
    "disciplines": "学科", "anonymous": "隐名材料",
}  # fmt: skip
_WORDS = {
    **WINDOWS, **QUOTA_CODES, **QUOTA_SCOPES, **CLOCKS, **CLOCK_UNITS, **FORCES, **SECTION_TYPES, **OBLIGATION_KINDS,
    **DRAW_MODES, **PANELS, **PARTIALITY, **SIMILAR, **TIE_BREAKS, **TIES_AT_CUT,
    "officer": "主管", "owner": "发榜单位", "mean": "平均分", "trimmed_mean": "去掉最高最低后平均",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One entry that differs. `kind`: added, removed or changed; `words` say where; an absent side is ''."""

    path: str
    kind: str
    words: str
    old: str
    new: str

    @property
    def part(self) -> str:
        """The top-level key of the document, for grouping."""
        return self.path.split(".")[0]


def difference(old: Mapping, new: Mapping) -> list[Change]:
    """Everything in which `new` differs from `old`, in the order of `new`; the slug is no content."""
    before, after = (_in_order(one) for one in (old, new))
    return list(_compared(before, after, (), ()))


def _in_order(document: Mapping) -> dict:
    """Without the slug, in the order of the format: a database may have kept the keys in another one."""
    keys = sorted((key for key in document if key != "slug"), key=lambda key: [*PARTS, key].index(key))
    return {key: document[key] for key in keys}


def _compared(old, new, path: tuple[str, ...], words: tuple[str, ...]) -> Iterator[Change]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*new, *(key for key in old if key not in new)]:
            name = (PARTS if not path else _KEYS).get(key) or _WORDS.get(key, key)
            yield from _entry(old.get(key), new.get(key), (*path, key), (*words, name), key in old, key in new)
    elif _named(old) and _named(new):
        before, after = _by_name(old), _by_name(new)
        for key in [*after, *(key for key in before if key not in after)]:
            said = _title(after.get(key) or before[key], key)
            place = (*path, key), (*words, said)
            yield from _entry(before.get(key), after.get(key), *place, key in before, key in after)
        kept = [key for key in before if key in after]
        if kept != [key for key in after if key in before]:
            yield _change(CHANGED, path, (*words, "次序"), "、".join(before), "、".join(after))
    else:
        yield _change(CHANGED, path, words, show(old), show(new))


def _entry(old, new, path, words, was: bool, is_now: bool) -> Iterator[Change]:
    if was and is_now:
        yield from _compared(old, new, path, words)
    elif is_now:
        yield _change(ADDED, path, words, "", show(new))
    else:
        yield _change(REMOVED, path, words, show(old), "")


def _change(kind: str, path: tuple[str, ...], words: tuple[str, ...], old: str, new: str) -> Change:
    return Change(".".join(path), kind, " › ".join(words), old, new)


def _name_of(entry) -> str:
    """What names an entry of a list, '' where nothing does."""
    return str(entry.get("code") or entry.get("key") or "") if isinstance(entry, Mapping) else ""


def _named(value) -> bool:
    """Whether a list's entries can be told apart by their names."""
    if not isinstance(value, list):
        return False
    names = [_name_of(entry) for entry in value]
    return all(names) and len(set(names)) == len(names)


def _by_name(rows: list) -> dict[str, Mapping]:
    return {_name_of(row): row for row in rows}


def _title(entry: Mapping, key: str) -> str:
    return str(entry.get("title") or entry.get("name") or entry.get("label") or key)


def show(value) -> str:
    """A value in a few words: a text whole, a list by its entries' names, a mapping by its own."""
    if value is None:
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(_title(entry, _name_of(entry)) if _name_of(entry) else show(entry) for entry in value)
    if isinstance(value, Mapping):
        named = value.get("title") or value.get("name") or value.get("label")
        if named:
            return str(named)
        return "；".join(f"{_KEYS.get(key) or _WORDS.get(key, key)} {show(item)}" for key, item in value.items())
    return _WORDS.get(str(value), str(value))
