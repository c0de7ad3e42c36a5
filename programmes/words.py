"""Codes that documents may use, with the words for them. Codes are keys, labels are words (DESIGN §6.5)."""

from collections.abc import Iterable
from typing import NamedTuple

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
DRAW_MODES = {"optimal": "择优", "noisy": "择优并随机扰动", "pool": "合格库内随机抽取"}
PANELS = {"common": "同一组专家看全部申报", "free": "每件申报分别抽取"}
PARTIALITY = {"partial": "只回避相关的申报", "strict": "整组回避"}
SIMILAR = {"task": "同一任务", "field": "同一领域", "call": "同一批次"}
TIE_BREAKS = {
    "mean": "全部平均",
    "median": "中位数",
    "heaviest": "权重最高项的平均分",
    "advice": "“建议入围”的专家数",
    "deviation": "标准差（小者在前）",
    "lot": "抽签",
}
TIES_AT_CUT = {"reason": "由主管选定并写明理由", "both": "并列者同时入围", "vote": "由会议评审投票"}
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


class Label(NamedTuple):
    """A word that a call may replace by its own: the default, and where it is read."""

    word: str
    where: str


# The closed vocabulary of `labels`: a call's own words. Everything printed, exported or shown asks `CallSpec.label`.
LABELS: dict[str, Label] = {
    "task": Label("榜单任务", "所申报的任务、方向或需求：表头、封面、名单"),
    "field": Label("领域", "任务所属的领域、专项或行业"),
    "indicator": Label("预期目标", "任务的考核要求"),
    "project": Label("项目", "所申报的事项：函的标题、表下说明"),
    "count": Label("个项目", "数字之后的量词和名词：推荐函中的“等3个项目”"),
    "title": Label("项目名称", "申报事项名称的表头"),
    "application": Label("项目申报书", "申报书的名称：封面、页眉"),
    "lead": Label("牵头单位", "提出申报的单位：表头、封面、承诺书"),
    "partner": Label("联合单位", "参加申报的其他单位：表头"),
    "leader": Label("项目负责人", "申报事项的负责人：封面、签字处"),
    "recommender": Label("推荐单位", "审核并推荐的单位：表头、函、表下说明"),
    "recommend": Label("推荐", "推荐单位的行为：函的标题和正文"),
    "letter": Label("推荐函", "推荐单位的函：文件名"),
    "recommendation_list": Label("项目推荐名单", "函后所附的名单"),
    "proposed_list": Label("拟入围单位名单", "公示的名单；没有另写的，为“拟”加 shortlist 的词"),
    "shortlist": Label("入围单位名单", "公布的名单"),
    "winners": Label("优胜单位名单", "测评或验收后公布的名单"),
    "proposed": Label("拟入围", "公示期间的状态"),
    "shortlisted": Label("入围", "列入名单的状态"),
    "not_shortlisted": Label("未入围", "没有列入名单的状态"),
    "in_progress": Label("攻关中", "名单公布以后的状态"),
    "won": Label("优胜", "测评或验收的好结果"),
    "not_won": Label("未优胜", "测评或验收的另一结果"),
    "revoked": Label("撤销资格", "被撤销后的状态"),
    "work": Label("攻关", "名单公布以后单位做的事"),
    "evaluation": Label("测评", "工作完成以后的评价"),
    "agreement": Label("揭榜协议", "工作开始以前签订的协议"),
}


def word_of(key: str) -> str:
    """The word that a call without one of its own says; the key itself for what is no label."""
    return LABELS[key].word if key in LABELS else key


# Columns of the table that goes with a recommending body's list, with the headings of a call that names none. In braces
# stand the call's own labels.
SUMMARY_COLUMNS: dict[str, str] = {
    "number": "序号",
    "acceptance_no": "受理编号",
    "field": "{field}",
    "task_code": "{task}编号",
    "task": "{task}",
    "owner": "发榜单位",
    "title": "{title}",
    "unit": "{lead}",
    "unit_code": "统一社会信用代码",
    "unit_type": "单位类型",
    "enterprise_kind": "企业类型",
    "region": "所在地区",
    "county": "所在县（市、区）",
    "partners": "{partner}",
    "direction_units": "承担方向的其他单位",
    "leader": "{leader}",
    "contact": "联系人",
    "phone": "联系电话",
    "rank": "次序",
    "opinion": "审核意见",
    "checked": "申报材料签字、盖章、日期、附件等内容是否已审核",
    "stamp": "盖章",
    "remark": "备注",
}
ANSWERS = "answers."
"""Begins the code of a column that shows an answer of the form: answers.<section>.<question>."""


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
