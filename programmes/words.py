"""Codes that documents may use, with the words for them. Codes are keys, labels are words (DESIGN §6.5)."""

from collections.abc import Iterable

from accounts.choices import DepartmentKind, UnitType
from jbgs.lib.regions import region_name

UNIT_TYPES: dict[str, str] = dict(UnitType.choices)
DEPARTMENT_KINDS: dict[str, str] = dict(DepartmentKind.choices)
BUDGET_SOURCES = {"own": "自筹资金", "state": "财政资金", "local": "地方财政资金", "other": "其他资金"}
SECTION_TYPES = {
    "project": "项目信息",
    "unit": "单位情况",
    "partners": "联合单位",
    "team": "项目团队",
    "budget": "经费预算",
    "commitments": "指标承诺",
    "targets": "绩效目标",
    "questions": "申报内容",
    "table": "表格",
    "attachments": "附件",
    "pledge": "承诺书",
}
WINDOWS = {
    "apply": "单位申报",
    "recommend": "推荐",
    "confirm": "确认推荐名单",
    "form_check": "形式审查",
    "review": "评审",
}
QUOTA_CODES = {"recommend": "推荐", "shortlist": "入围", "award": "优胜"}
QUOTA_SCOPES = {"task": "榜单任务", "recommender": "推荐单位", "region": "地区", "call": "批次", "field": "领域"}
CLOCKS = {
    "return": "退回修改",
    "supplement": "补正",
    "review": "专家评审",
    "objection": "处理异议",
    "appeal": "申请复审",
    "appeal_decision": "作出复审决定",
    "work": "攻关期限",
    "ban": "不再受理",
    "notice": "一次性告知",
    "recommend": "审核推荐",
    "form_check": "形式审查",
    "review_decision": "作出评审结论",
    "on_site_objection": "对现场核查结果提出异议",
    "plan": "提交实施方案",
    "stage": "阶段评估",
    "final": "提交总结报告",
}
# What starts a clock (`from` of a clock): what the engine knows the moment of.
EVENTS = {
    "submitted": "提交之日",
    "apply_closed": "申报截止之日",
    "returned": "退回修改之日",
    "supplement_requested": "补正通知发出之日",
    "accepted": "受理之日",
    "on_site": "现场核查之日",
    "notified": "决定通知之日",
    "listed": "名单确定之日",
    "work_due": "攻关期限届满之日",
}
ROUND_KINDS = {
    "mail": "网络评审",
    "panel": "会议评审",
    "on_site": "现场核查",
    "owner": "发榜单位选择",
    "check_all": "逐项核对",
}
OBLIGATION_KINDS = {
    "agreement": "揭榜协议",
    "plan": "实施方案",
    "stage_assessment": "阶段评估",
    "yearly": "年度报告",
    "quarterly": "季度报表",
    "change": "变更申请",
    "extension": "延期申请",
    "final": "总结报告",
}
PERIODS = {"year": "每年", "quarter": "每季度"}
PLEDGE_SIGNERS = {"unit": "申报单位", "leader": "项目负责人", "participants": "参与人员"}
YES_NO = {"yes": "是", "no": "否"}
BETWEEN = "；"
"""Stands between the chosen ones in an answer of several."""
# An end on a day off: as printed, or the next working day after it.
ROLLS = {"none": "不顺延", "next_workday": "顺延到下一个工作日"}
CLOCK_UNITS = {"days": "日", "workdays": "个工作日", "months": "个月", "years": "年"}
# How far a rule looks for other applications, and what has become of them.
WITHIN = {"task": "同一任务", "call": "本批次", "programme": "本计划", "year": "同一年度", "all": "本系统"}
STANDINGS = {"pending": "在审", "ongoing": "在研", "won": "优胜", "ended": "未通过或已终止"}
RELATIONS = {"parent": "上级单位", "child": "下级单位", "sibling": "同一上级单位", "legal_person": "法定代表人同名"}
BAN_KINDS = {
    "revoked": "撤销资格",
    "misconduct": "科研失信处理",
    "credit": "社会信用惩戒",
    "guide_expert": "参与编制规划或指南",
    "staff": "管理工作人员",
    "other": "其他原因",
}
FORCES = {"hard": "硬性", "soft": "原则上"}


def _joined(words: Iterable[str]) -> str:
    return "、".join(word for word in words if word)


def type_names(types: Iterable[str]) -> str:
    """企业、高校 for unit type codes; an unknown code says nothing."""
    return _joined(UNIT_TYPES.get(type_, "") for type_ in types)


def source_names(sources: Iterable[str]) -> str:
    """自筹资金、地方财政资金 for budget source codes."""
    return _joined(BUDGET_SOURCES.get(source, "") for source in sources)


def region_names(regions: Iterable[str]) -> str:
    """江苏省、深圳市 for region codes."""
    return _joined(region_name(region) for region in regions)
