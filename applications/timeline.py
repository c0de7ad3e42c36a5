"""What an applicant reads of the log: what happened to the application, said without anybody's name in an office.

Only acts in SHOWN are told. Decisions are told by their effect: a proposal through its publicity, never before it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from applications.standing import Case, Standing, until
from applications.states import INFO, State
from jbgs.lib import clock

UNIT, DEPARTMENT, AUTHORITY = "unit", "department", "authority"


@dataclass(frozen=True)
class Shown:
    """How one act is told: its words, whose act it is, its icon and tone, and which logged fact is quoted."""

    label: str
    party: str
    icon: str = "check"
    tone: str = ""
    quote: str = ""


SHOWN: dict[str, Shown] = {
    "create": Shown("建立草稿", UNIT, "pen"),
    "submit": Shown("提交", UNIT),
    "take_back": Shown("撤回修改", UNIT, "return", "warn"),
    "withdraw": Shown("撤回申报", UNIT, "cross", "warn", "reason"),
    "return_for_changes": Shown("退回修改", DEPARTMENT, "return", "warn", "opinion"),
    "recommend": Shown("拟推荐", DEPARTMENT, "up", "ok"),
    "unrecommend": Shown("取消拟推荐，重新审核", DEPARTMENT, "return"),
    "decline": Shown("不推荐", DEPARTMENT, "cross", "bad", "reason"),
    "request_supplement": Shown("通知补正", AUTHORITY, "return", "warn", "items"),
    "supplement": Shown("提交补正", UNIT),
    "accept": Shown("受理", AUTHORITY, "check", "ok"),
    "reject": Shown("不予受理", AUTHORITY, "cross", "bad", "reason"),
    "start_review": Shown("送专家评审", AUTHORITY, "half"),
    "open_publicity": Shown("列入公示名单", AUTHORITY, "horn", "ok"),
    "unpropose": Shown("撤出公示名单，重新评审", AUTHORITY, "return", "warn", "reason"),
    "pass_over": Shown("未入围", AUTHORITY, "cross", "", "reason"),
    "shortlist": Shown("入围", AUTHORITY, "flag", "ok"),
    "start_work": Shown("启动攻关", AUTHORITY, "flag"),
    "submit_evaluation": Shown("申请测评", UNIT),
    "award": Shown("优胜", AUTHORITY, "star", "ok"),
    "not_award": Shown("未优胜", AUTHORITY, "cross", "", "reason"),
    "appeal": Shown("申请复审", UNIT, "send", "", "text"),
    "settle_appeal": Shown("答复复审申请", AUTHORITY, "check", "", "answer"),
    "reopen_form_check": Shown("复审成立，重新形式审查", AUTHORITY, "return"),
    "reopen_review": Shown("复审成立，重新评审", AUTHORITY, "return"),
    "terminate": Shown("终止", AUTHORITY, "alert", "bad", "reason"),
    "revoke": Shown("撤销", AUTHORITY, "alert", "bad", "reason"),
}
# The call's own words for outcomes stand before ours.
LABEL_KEYS = {"shortlist": "shortlisted", "award": "won", "not_award": "not_won"}


def past(case: Case, entries: Iterable, versions: Mapping[int, int]) -> list[dict]:
    """Steps of `_timeline.html` for what was done. `entries`: done log entries with `actor`, oldest first; `versions`:
    number of a version by its id. What the system passed because a stage is off is left out."""
    steps: list[tuple[datetime, dict]] = []
    for entry in entries:
        shown = SHOWN.get(entry.action)
        if shown is None or entry.data.get("reason") == "stage off":
            continue
        if entry.action == "unpropose" and not (entry.changes.get("publicity_id") or [None])[0]:
            continue  # it was never public, so for the applicant nothing happened
        steps.append((entry.happened_at, _step(case, entry, shown, versions)))
    if confirmed := _list_confirmed(case):
        # Behind what was done before it; what the office did at the same instant came after it.
        place = max((i for i, (_, step) in enumerate(steps, 1) if step["label"] == SHOWN["recommend"].label), default=0)
        while place < len(steps) and steps[place][0] < confirmed[0]:
            place += 1
        steps.insert(place, confirmed)
    return [step for _, step in steps]


def _list_confirmed(case: Case) -> tuple[datetime, dict] | None:
    """The list is an object of its own, with a log of its own; for the applicant its confirmation is a step."""
    current = case.application.recommendation_list
    if current is None or current.is_open:
        return None
    text = f"{case.department}确认推荐名单，函文号 {current.letter_no}"
    when = _when(case, current.confirmed_at)
    step = {"label": "推荐", "state": "past", "icon": "check", "tone": "ok", "when": when, "text": text, "quote": ""}
    return current.confirmed_at, step


def _step(case: Case, entry, shown: Shown, versions) -> dict:
    label = case.label(LABEL_KEYS[entry.action], shown.label) if entry.action in LABEL_KEYS else shown.label
    if number := versions.get((entry.changes.get("version_id") or [None, None])[1]):
        label = f"{label}第 {number} 版"
    return {
        "label": label,
        "state": "past",
        "icon": shown.icon,
        "tone": shown.tone,
        "when": _when(case, entry.happened_at),
        "text": _text(case, entry, shown),
        "quote": _quote(entry, shown),
    }


def _text(case: Case, entry, shown: Shown) -> str:
    who = {
        UNIT: f"{entry.actor.name}（{entry.actor.get_role_display()}）" if entry.actor else "",
        DEPARTMENT: case.department if case.spec.flow.recommendation else case.office,
        AUTHORITY: case.office,
    }[shown.party]
    due = entry.data.get("due_at")
    if due:
        return f"{who}，请于 {until(datetime.fromisoformat(due))} 前修改后提交"
    if entry.action == "submit" and (entry.changes.get("number") or [1])[0] is None:
        return f"{who}提交，受理编号 {entry.changes['number'][1]}"
    if entry.action == "recommend":
        return f"{who}，以确认的推荐名单为准"
    if entry.action == "open_publicity" and case.application.publicity:
        return f"{who}，公示到 {until(case.application.publicity.closes_at)}"
    return who


def _quote(entry, shown: Shown) -> str:
    said = entry.data.get(shown.quote) if shown.quote else ""
    if isinstance(said, list):
        return "\n".join(f"{number}. {item}" for number, item in enumerate(said, 1))
    if entry.action == "settle_appeal":
        return f"{'复审成立' if entry.data.get('upheld') else '复审不成立'}。{said or ''}"
    return str(said or "")


def _when(case: Case, moment: datetime) -> str:
    there = clock.local(moment)
    year = "" if there.year == clock.local(case.now).year else f"{there.year}年"
    return f"{year}{there:%-m月%-d日 %H:%M}"


def present(standing: Standing, application) -> list[dict]:
    """The step under way; none when the application is at its end."""
    if INFO[application.applicant_state].is_final:
        return []
    when = f"{until(standing.due_at)} 前" if standing.due_at else ""
    todo = "" if standing.todo.startswith("现在") else f"：{standing.todo}"
    return [
        {
            "label": _stage_now(application),
            "state": "present",
            "when": when,
            "text": f"{standing.who}{todo}",
        }
    ]


def _stage_now(application) -> str:
    """The stage under way in the call's own words, where it has some."""
    state = application.applicant_state
    words = {State.IN_PROGRESS: "work", State.IN_EVALUATION: "evaluation"}.get(state, "")
    return application.call.spec.label(words, STAGE_NOW[state]) if words else STAGE_NOW[state]


STAGE_NOW: dict[State, str] = {
    State.DRAFT: "填写申报书",
    State.RETURNED: "修改申报书",
    State.SUBMITTED: "推荐单位审核",
    State.RECOMMENDED: "推荐单位确认名单、形式审查",
    State.IN_SUPPLEMENT: "补正",
    State.ACCEPTED: "等待送审",
    State.IN_REVIEW: "专家评审",
    State.PROPOSED: "公示期内",
    State.SHORTLISTED: "启动前准备",
    State.IN_PROGRESS: "攻关",
    State.IN_EVALUATION: "测评",
}

# The stages of the way in order, each with the states that have it behind them or under way.
_ORDER = (
    State.DRAFT, State.RETURNED, State.SUBMITTED, State.IN_SUPPLEMENT, State.RECOMMENDED, State.ACCEPTED,
    State.IN_REVIEW, State.PROPOSED, State.SHORTLISTED, State.IN_PROGRESS, State.IN_EVALUATION,
)  # fmt: skip


def future(case: Case) -> list[dict]:
    """The stages that the call still has after the present one, dated only where the call dates them."""
    state = case.application.applicant_state
    if state not in _ORDER:
        return []
    flow, place = case.spec.flow, _ORDER.index(state)
    work = case.spec.clocks.get("work")
    units = {"years": "年", "months": "个月", "days": "日", "workdays": "个工作日"}
    term = f"{work.after or '名单确定之日'}起 {work.count} {units[work.unit]}" if work else ""
    stages = (
        (State.SUBMITTED, flow.recommendation, "推荐单位审核", _window(case, "recommend")),
        (State.RECOMMENDED, flow.form_check, "形式审查", _window(case, "form_check")),
        (State.IN_REVIEW, flow.review, "专家评审", _window(case, "review")),
        (State.PROPOSED, flow.publicity_days > 0, f"公示、确定{case.label('shortlist', '入围名单')}", ""),
        (State.IN_PROGRESS, True, case.label("work", "攻关"), term),
        (State.IN_EVALUATION, flow.evaluation, case.label("evaluation", "测评"), ""),
    )
    return [
        {"label": label, "state": "future", "when": when}
        for stage, on, label, when in stages
        if on and _ORDER.index(stage) > place
    ]


def _window(case: Case, name: str) -> str:
    if name not in case.spec.windows:
        return ""
    return f"{until(case.timetable.window(name, case.application.department).closes_at)} 前"
