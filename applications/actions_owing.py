"""Who may do what with obligations, why not now, and the rows of the table of acts for it (DESIGN §4).

The acts are done on the application, which is what the door locks; the obligation comes in `data` and is read again
under that lock.
"""

from applications import guards as g
from applications import rules
from applications.actions import ACTS, Act
from applications.models import Obligation
from applications.models.proceedings import OWING
from applications.obligations import requests_of, spec_of
from applications.states import State
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes import answers
from programmes.windows import end_of

States = Obligation.ObligationState

can_report = rules.Rule("submit_obligation", rules.is_of_unit, lambda application: application.state in OWING)
can_judge_report = rules.Rule("judge_obligation", rules.is_officer, lambda application: application.state in OWING)
can_raise_request = rules.Rule(
    "raise_request", rules.is_of_unit, lambda application: application.state == State.IN_PROGRESS
)
opens_by_system = rules.Rule("open_obligations", rules.is_system, lambda application: application.state in OWING)


def current(application, by, data):
    """The obligation as it stands under the lock; of this application."""
    data["obligation"] = Obligation.objects.select_for_update(of=("self",)).get(
        pk=data["obligation"].pk, application=application
    )
    found = data["obligation"]
    data["code"], data["period"] = found.code, found.period
    for name in ("answers", "text", "wanted_on"):  # what is not sent with the act is as it was saved
        if name in data and data[name] is None:
            data[name] = getattr(found, name)


def still_owed(application, by, data):
    found = data["obligation"]
    if not found.is_owed:
        when = f"{clock.local(found.submitted_at):%-m月%-d日 %H:%M} " if found.submitted_at else ""
        raise Refused("obligation_handed_in", f"“{found.name}”已于 {when}提交，现在是“{found.get_state_display()}”。")


def handed_in(application, by, data):
    found = data["obligation"]
    if found.state != States.SUBMITTED:
        raise Refused("obligation_not_waiting", f"“{found.name}”现在是“{found.get_state_display()}”，不能审核。")


def problems(application, obligation: Obligation, filled: dict, text: str, wanted_on) -> list[tuple[str, str]]:
    """(field, sentence) of everything that is missing or wrong in a report, all at once."""
    one = spec_of(application.call.spec, obligation)
    found = []
    for question in answers.asked(one.questions, filled):
        given = answers.text_of(filled, question["key"])
        if not given and question.get("required", True):
            found.append((question["key"], f"没有填写“{question['label']}”。"))
        elif sentence := answers.problem_of(question, given):
            found.append((question["key"], sentence))
    if not one.questions and not text.strip() and not obligation.file:
        found.append(("text", "没有填写内容。请填写，或者上传文件。"))
    if obligation.kind == Obligation.Kind.EXTENSION:
        found += [("wanted_on", sentence) for sentence in [_wrong_end(application, wanted_on)] if sentence]
    return found


def _wrong_end(application, wanted_on) -> str:
    if wanted_on is None:
        return "没有填写拟延至的日期。"
    due = application.work_due_on
    if due is not None and wanted_on <= due:
        return f"拟延至的日期须晚于现在的期限 {due.year}年{due.month}月{due.day}日。"
    return ""


def report_complete(application, by, data):
    found = problems(application, data["obligation"], data["answers"], data["text"], data["wanted_on"])
    if found:
        raise Refused("report_incomplete", found[0][1], field=found[0][0], details=found)


def result_said(application, by, data):
    """A stage assessment is passed or failed, never merely approved (W06)."""
    obligation = data["obligation"]
    if obligation.kind == Obligation.Kind.STAGE and data.get("result") not in Obligation.Result.values:
        raise Refused("result_missing", "请选择阶段评估的结论。", field="result")
    if obligation.kind == Obligation.Kind.EXTENSION:
        sentence = _wrong_end(application, data.get("granted_on") or obligation.wanted_on)
        if sentence:
            raise Refused("end_not_later", sentence, field="granted_on")


def is_request(application, by, data):
    if not data["obligation"].is_request:
        raise Refused("not_a_request", "只有变更和延期申请可以不同意。报告不合要求的，请退回修改。")


def is_report(application, by, data):
    due = data.get("due_on")
    if due is not None and end_of(due) <= clock.now():
        raise Refused("due_past", "修改期限须晚于今天。", field="due_on")


def request_offered(application, by, data):
    """The call lists this kind of request, and none of it is under way."""
    offered = {one.code: one for one in requests_of(application.call.spec)}
    one = offered.get(data["code"])
    if one is None:
        raise Refused("no_such_request", "本批次没有这一类申请。", field="code")
    if one.kind == Obligation.Kind.EXTENSION and application.work_due_on is None:
        raise Refused("nothing_to_extend", "这个项目没有期限，不需要申请延期。", field="code")
    running = application.obligations.filter(code=one.code, state__in=[*Obligation.OWED, States.SUBMITTED]).first()
    if running is not None:
        raise Refused("request_open", f"“{running.name}”还没有办结，不能再提出。", field="code")


REASON = g.says("reason", "请写明理由。")
NAMED = ("code", "period")

OPEN = Act("open_obligations", "开始报送", opens_by_system, transition=False, logged=("codes",))
OWING_ACTS = (
    Act(
        "submit_obligation", "提交报告", can_report, (current, still_owed, report_complete), transition=False,
        logged=(*NAMED, "wanted_on", "report"),
    ),
    Act(
        "approve_obligation", "审核通过", can_judge_report, (current, handed_in, result_said), transition=False,
        logged=(*NAMED, "result", "opinion", "granted_on", "moved"),
    ),
    Act(
        "return_obligation", "退回报告", can_judge_report, (current, handed_in, REASON, is_report), transition=False,
        logged=(*NAMED, "reason", "due_on"),
    ),
    Act(
        "refuse_request", "不同意申请", can_judge_report, (current, handed_in, is_request, REASON), transition=False,
        logged=(*NAMED, "reason"),
    ),
    Act("raise_request", "提出变更或延期", can_raise_request, (request_offered,), transition=False, logged=NAMED),
    OPEN,
)  # fmt: skip

ACTS.update({act.name: act for act in OWING_ACTS})
