"""Who has an application now, what its unit is to do, what comes next: one row of words per state.

Derived from the state table, the windows and the call's own labels; never a promise of a result, never a name of an
officer or an expert. Whoever adds a state adds a row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from applications import obligations
from applications.states import INFO, State
from jbgs.lib import clock
from programmes import windows
from programmes.parse import closes_text
from programmes.spec import CallSpec

OFFICE = "主管处室"
NOTHING = "现在不用操作"


@dataclass(frozen=True)
class Standing:
    """The three answers of the page's head, each a heading and a line."""

    who: str
    who_note: str
    todo: str
    todo_note: str
    next: str
    next_note: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class Case:
    """What the words are made of. `timetable`: the call's windows; `now`: business time."""

    application: object
    spec: CallSpec
    timetable: windows.Timetable
    now: datetime

    @property
    def department(self) -> str:
        department = self.application.department
        return department.official_name if department else "尚未选择推荐单位"

    @property
    def office(self) -> str:
        """The office of the task's field, by name."""
        return self.application.task.field.contact.get("office") or OFFICE

    @property
    def filing(self) -> windows.Window:
        """When the unit may submit: the call's window, or the due date that a return gave."""
        due = self.application.return_due_at if self.application.state == State.RETURNED else None
        return self.timetable.window("apply", self.application.department, self.application.unit, due)

    @property
    def recommending_end(self) -> str:
        return until(self.timetable.window("recommend", self.application.department).closes_at)

    @property
    def list_is_open(self) -> bool:
        current = self.application.recommendation_list
        return self.spec.flow.recommendation_list and (current is None or current.is_open)

    def label(self, key: str, default: str) -> str:
        return self.spec.label(key, default)


def standing(application, timetable: windows.Timetable) -> Standing:
    """What the applicant reads above everything else, in the state that the applicant may know."""
    case = Case(application, application.call.spec, timetable, clock.now())
    return WORDS[application.applicant_state](case)


def holder(application) -> str:
    """Who has it, in a word, for list rows; no query."""
    return {
        "unit": "本单位",
        "recommender": application.department.official_name if application.department else OFFICE,
        "officer": OFFICE,
        "expert": "评审专家",
        "nobody": "已办结",
    }[INFO[application.applicant_state].holder]


def due_at(of: Case) -> datetime | None:
    """Until when the unit has to do something, for list rows; None while nothing waits for it. No query."""
    application = of.application
    match application.applicant_state:
        case State.DRAFT | State.RETURNED:
            return of.filing.closes_at
        case State.IN_SUPPLEMENT:
            return application.supplement_due_at
        case State.IN_PROGRESS:
            times = evaluation_times(of)
            return times.closes_at if times.are_open(of.now) else times.opens_at
    return None


def until(moment: datetime | None) -> str:
    """The end as people read it, without the year while it is the present one: 3月6日 24:00."""
    return closes_text(moment).removeprefix(f"{clock.today().year}年") if moment else ""


def _since(case: Case) -> str:
    """How long it has been with whoever has it."""
    minutes = int((case.now - case.application.state_since).total_seconds() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return f"{days} 天 {hours} 小时" if hours else f"{days} 天"
    return f"{hours} 小时" if hours else f"{max(minutes, 1)} 分钟"  # “0 分” reads like a score


def _after_filing(case: Case) -> tuple[str, str]:
    flow = case.spec.flow
    if flow.recommendation:
        return "推荐单位审核", case.department
    return ("形式审查" if flow.form_check else "评审"), case.office


def _draft(case: Case) -> Standing:
    filing, unit = case.filing, case.application.unit.name
    following = _after_filing(case)
    if filing.has_closed(case.now):
        return Standing(
            unit,
            "草稿没有提交",
            NOTHING,
            f"申报已于 {until(filing.closes_at)} 截止，草稿仍保留，可以下载",
            "无",
            "本次申报没有提交",
        )
    if not filing.has_opened(case.now):
        opens = f"{clock.local(filing.opens_at):%-m月%-d日 %H:%M}"
        return Standing(unit, "草稿，推荐单位看不到", "可以先填写", f"{opens} 起可以提交", *following)
    return Standing(
        unit, "草稿，推荐单位看不到", "填写后检查并提交", f"{until(filing.closes_at)} 前提交，逾期不能提交", *following,
        filing.closes_at,
    )  # fmt: skip


def _returned(case: Case) -> Standing:
    filing, unit = case.filing, case.application.unit.name
    if filing.has_closed(case.now):
        return Standing(
            unit,
            "退回后没有再提交",
            NOTHING,
            f"修改期限已于 {until(filing.closes_at)} 届满，内容仍保留，可以下载",
            "无",
            "本次申报没有再提交",
        )
    return Standing(
        unit, "已退回本单位修改", "按意见修改后再提交", f"修改期限 {until(filing.closes_at)}", "重新审核",
        case.department if case.spec.flow.recommendation else case.office, filing.closes_at,
    )  # fmt: skip


def _submitted(case: Case) -> Standing:
    application, filing = case.application, case.filing
    can_take_back = not application.examined_at and filing.is_open(case.now)
    todo_note = (
        f"{until(filing.closes_at)} 前发现错误，可以撤回修改后再提交" if can_take_back else "办理结果会发消息告知"
    )
    if not case.spec.flow.recommendation:
        return Standing(case.office, f"已收到 {_since(case)}", NOTHING, todo_note, "形式审查", "")
    return Standing(
        case.department, f"正在审核第 {application.version.number} 版，已收到 {_since(case)}", NOTHING, todo_note,
        f"推荐、{'退回修改'}或不推荐", f"推荐单位应在 {case.recommending_end} 前办理",
    )  # fmt: skip


def _recommended(case: Case) -> Standing:
    if case.list_is_open:
        return Standing(
            case.department,
            "拟推荐，推荐名单尚未确认",
            NOTHING,
            "以确认的推荐名单为准",
            "确认推荐名单",
            f"推荐单位应在 {case.recommending_end} 前确认",
        )
    return Standing(
        case.office,
        f"形式审查，已收到 {_since(case)}",
        NOTHING,
        "需要补正的，会一次性通知",
        "受理、补正或不予受理",
        "办理结果会发消息告知",
    )


def _in_supplement(case: Case) -> Standing:
    due = case.application.supplement_due_at
    if due and case.now >= due:
        return Standing(
            case.office, "补正期限已过", NOTHING, f"补正已于 {until(due)} 截止", "形式审查", "逾期未补正的，不予受理"
        )
    return Standing(
        case.application.unit.name,
        "等待补正",
        "按通知逐项补正后提交",
        f"补正期限 {until(due)}",
        "形式审查",
        "推荐次序保留",
        due,
    )


def _accepted(case: Case) -> Standing:
    return Standing(
        case.office, "已受理，等待送审", NOTHING, "评审期间不能修改申报书", "专家评审", "时间由主管处室安排"
    )


def _in_review(case: Case) -> Standing:
    flow = case.spec.flow
    following = "公示" if flow.publicity_days else "确定名单"
    return Standing(
        "评审专家",
        "正在评审",
        NOTHING,
        "评审期间不公开名次和分数",
        f"确定拟{case.label('shortlisted', '入围')}名单",
        f"列入名单的项目{following}",
    )


def _proposed(case: Case) -> Standing:
    closes = until(case.application.publicity.closes_at) if case.application.publicity else ""
    return Standing(
        case.office,
        f"正在公示，{closes} 结束",
        NOTHING,
        "收到异议的，主管处室会与本单位联系",
        f"确定{case.label('shortlist', '入围名单')}",
        "公示期满、没有未办结的异议后确定",
    )


def _shortlisted(case: Case) -> Standing:
    work = case.label("work", "攻关")
    due = case.application.work_due_on
    note = f"{due.year}年{due.month}月{due.day}日前完成" if due else "期限按名单确定之日起计算"
    return Standing(
        case.office,
        f"已{case.label('shortlisted', '入围')}，等待启动{work}",
        NOTHING,
        "需要签订协议或提交方案的，会发消息告知",
        f"启动{work}",
        note,
    )


def _in_progress(case: Case) -> Standing:
    work, evaluation = case.label("work", "攻关"), case.label("evaluation", "测评")
    unit, times = case.application.unit.name, evaluation_times(case)
    if not times.asked:
        return _lasting(case)
    if times.are_open(case.now):
        note = f"{until(times.closes_at)} 前提交" if times.closes_at else f"{work}期限已满，逐项填写实测值和证明"
        return Standing(
            unit, f"正在{work}", f"申请{evaluation}", note, evaluation, "逐项核对实测值与承诺值", times.closes_at
        )
    if times.closes_at and case.now >= times.closes_at:
        return Standing(
            unit,
            f"正在{work}",
            NOTHING,
            f"{evaluation}申请已于 {until(times.closes_at)} 截止",
            evaluation,
            "请联系主管处室",
        )
    note = f"{until(times.opens_at)} 前完成，期满后申请{evaluation}"
    return Standing(unit, f"正在{work}", f"完成{work}", note, evaluation, "逐项核对实测值与承诺值", times.opens_at)


def _lasting(case: Case) -> Standing:
    """A call without an evaluation: the state lasts, to the end of its term where it has one; reports are due."""
    due = case.application.work_due_on
    reports = bool(obligations.specs_of(case.spec))
    return Standing(
        case.application.unit.name,
        case.label("in_progress", f"正在{case.label('work', '攻关')}"),
        "按期报送报告，有变化的提出申请" if reports else NOTHING,
        "需要提交的材料列在下方" if reports else "",
        "期满" if due else "无",
        f"{due.year}年{due.month}月{due.day}日届满" if due else "没有后续环节",
    )


@dataclass(frozen=True)
class EvaluationTimes:
    """When the unit may file for the evaluation: the call's window, else from the end of the term of the work (M22).

    `asked`: whether the call has an evaluation at all.
    """

    opens_at: datetime | None
    closes_at: datetime | None
    asked: bool = True

    def are_open(self, at: datetime) -> bool:
        if not self.asked:
            return False
        return (self.opens_at is None or at >= self.opens_at) and (self.closes_at is None or at < self.closes_at)


def evaluation_times(case: Case) -> EvaluationTimes:
    if not case.spec.flow.evaluation:
        return EvaluationTimes(None, None, asked=False)
    if "evaluation" in case.spec.windows:
        window = case.timetable.window("evaluation", case.application.department, case.application.unit)
        return EvaluationTimes(window.opens_at, window.closes_at)
    due = case.application.work_due_on
    return EvaluationTimes(windows.end_of(due) if due else None, None)


def _in_evaluation(case: Case) -> Standing:
    return Standing(
        case.office,
        f"{case.label('evaluation', '测评')}申请已收到 {_since(case)}",
        NOTHING,
        "需要现场核实的，主管处室会与本单位联系",
        f"确定{case.label('winners', '优胜名单')}",
        "结果会发消息告知",
    )


def _ended(who_note: str, todo_note: str = "办理过程和理由见下方") -> Callable[[Case], Standing]:
    return lambda case: Standing("已办结", who_note, NOTHING, todo_note, "无", "没有后续环节")


def _appealable(who_note: str) -> Callable[[Case], Standing]:
    def words(case: Case) -> Standing:
        end = appeal_until(case)
        if end is None or case.now >= end:
            return _ended(who_note)(case)
        return Standing(
            "已办结",
            who_note,
            "不服的，可以申请复审",
            f"{until(end)} 前提出",
            "无",
            "没有申请复审的，不再办理",
            end,
        )

    return words


def appeal_until(case: Case) -> datetime | None:
    """The exclusive end of the time for an appeal; None where the call has none."""
    spec = case.spec.clocks.get("appeal")
    return windows.due_after(spec, case.application.state_since) if spec else None


WORDS: dict[State, Callable[[Case], Standing]] = {
    State.DRAFT: _draft,
    State.RETURNED: _returned,
    State.SUBMITTED: _submitted,
    State.NOT_RECOMMENDED: _ended("推荐单位没有推荐"),
    State.RECOMMENDED: _recommended,
    State.IN_SUPPLEMENT: _in_supplement,
    State.REJECTED: _appealable("不予受理"),
    State.ACCEPTED: _accepted,
    State.IN_REVIEW: _in_review,
    State.PROPOSED: _proposed,
    State.NOT_SHORTLISTED: _appealable("本次没有列入名单"),
    State.SHORTLISTED: _shortlisted,
    State.IN_PROGRESS: _in_progress,
    State.IN_EVALUATION: _in_evaluation,
    State.WON: lambda case: _ended(f"结果：{case.label('won', '优胜')}", "名单和后续支持以主管部门通知为准")(case),
    State.NOT_WON: lambda case: _ended(f"结果：{case.label('not_won', '未优胜')}")(case),
    State.TERMINATED: _ended("项目已终止"),
    State.REVOKED: _ended("资格已撤销"),
    State.WITHDRAWN: _ended("本单位已撤回申报"),
}
