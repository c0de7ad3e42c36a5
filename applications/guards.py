"""Why an act is not allowed now: each guard looks at the locked application and raises `Refused` with a sentence.

Signature: guard(application, by, data), `data` being what the workflow verb passed to the door.
"""

from django.db.models import prefetch_related_objects

from applications import checking, obligations, reasons
from applications.facts import CHILDREN
from applications.models import Decision, Measurement, Opinion
from applications.states import State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes import windows


def received_at(data):
    """When the request arrived: the middleware's first line, else now."""
    return data.get("received_at") or clock.now()


def in_filing_time(application, by, data):
    """The apply window, or the return's own due date, which replaces it (DESIGN §5 Windows, M12)."""
    due = application.return_due_at if application.state == State.RETURNED else None
    _in_window(
        application, "apply", data, due=due, late="申报已于 {end} 截止，本次提交未被接收。草稿仍保留，可以下载。"
    )


def in_recommending_time(application, by, data):
    """The department's window (M13)."""
    _in_window(application, "recommend", data, late="推荐已于 {end} 截止，不能再办理。需要延期请联系主管处室。")


def _in_window(application, name, data, *, late, due=None):
    at = received_at(data)
    window = windows.window(application.call, name, department=application.department, unit=application.unit, due=due)
    if window.opens_at and at < window.opens_at:
        raise Refused("not_open_yet", f"还没有开始，{clock.local(window.opens_at):%-m月%-d日 %H:%M} 起可以办理。")
    if at >= window.closes_at:
        raise Refused("window_closed", late.format(end=window.closes_text))


def has_department(application, by, data):
    """Exactly one recommending body where the call has that stage (M17)."""
    if application.call_version.spec.flow.recommendation and application.department_id is None:
        raise Refused("no_department", "还没有选择推荐单位。请先选择，再提交。", field="department")


def complete(application, by, data):
    """Everything that is missing, at once, each with its section (F09); what is 原则上 has a reason.

    Its rows are kept for the freezing.
    """
    prefetch_related_objects([application], *CHILDREN)
    problems = checking.problems(application)
    missing = [problem for problem in problems if problem.blocks]
    if missing:
        raise Refused(
            "incomplete", f"还有 {len(missing)} 处需要填写或改正，不能提交。", field=missing[0].section, details=missing
        )
    asked = reasons.asked(application, problems)
    unexplained = {one.key for one in asked if not one.reason}
    if unexplained:
        raise Refused(
            "reasons_missing", f"有 {len(unexplained)} 项不符合“原则上”的要求，请逐项说明理由后再提交。",
            field="reasons", details=[problem for problem in problems if problem.key in unexplained],
        )  # fmt: skip
    application.soft_reasons = {one.key: one.kept for one in asked}  # what no longer asks for a reason is dropped


def not_examined(application, by, data):
    if application.examined_at:
        raise Refused("examined", "推荐单位已经审核过这一版，不能自行撤回。需要修改请联系推荐单位退回。")


def list_open(application, by, data):
    """After confirmation nothing moves until an officer reopens the list."""
    current = data.get("recommendation_list") or application.recommendation_list
    if current is not None and not current.is_open:
        raise Refused("list_confirmed", "推荐名单已经确认，不能再变动。需要改动请联系主管处室退回名单。")


def list_confirmed(application, by, data):
    """Form check begins when the department has confirmed its list (DESIGN §4 accept)."""
    flow = application.call.spec.flow
    if not (flow.recommendation and flow.recommendation_list):
        return
    current = application.recommendation_list
    if current is None or current.is_open:
        raise Refused("list_not_confirmed", "推荐单位还没有确认推荐名单，暂不能办理形式审查。")


def says(name: str, sentence: str):
    """A guard that asks for a text, such as an opinion or a reason."""

    def guard(application, by, data):
        if not (data.get(name) or "").strip():
            raise Refused(f"{name}_missing", sentence, field=name)

    return guard


def due_ahead(application, by, data):
    if data.get("due_at") is None or data["due_at"] <= clock.now():
        raise Refused("due_past", "修改期限须晚于现在。", field="due_at")


def items_named(application, by, data):
    """One letter names everything that is missing (P07 一次性告知)."""
    if not [item for item in data.get("items") or [] if str(item).strip()]:
        raise Refused("items_missing", "请逐项写明需要补正的内容。", field="items")


def wording_as_shown(application, by, data):
    """A draft moves to that wording of its call whose difference its owner has just read, and to no other."""
    call = application.call
    if call.current_version_id == application.call_version_id:
        raise Refused("already_current", "这件申报已经按现行要求填报。")
    if data.get("version") != call.current_version_id:
        raise Refused("wording_changed", "申报要求又有更新。请重新核对变化后再办理。")
    if application.task.code not in call.spec.tasks:
        raise Refused("task_gone", "这项任务已不在现行榜单中，不能按新要求填报。")


def supplements_allowed(application, by, data):
    """A call may forbid supplements; where it allows them, everything is told at once, so there is one letter."""
    if not application.call.spec.flow.supplement:
        raise Refused("no_supplement", "本批次不设补正环节。")
    if Opinion.objects.filter(application=application, verb="request_supplement").exists():
        raise Refused("supplement_used", "已经一次性告知过补正内容，不能再次通知补正。")


def in_supplement_time(application, by, data):
    if received_at(data) >= application.supplement_due_at:
        end = clock.local(application.supplement_due_at)
        raise Refused("supplement_late", f"补正已于 {end:%-m月%-d日 %H:%M} 截止，本次提交未被接收。")


def items_checked(application, by, data):
    """Every item of the form check was looked at and holds."""
    looked = data.get("items") or {}
    for item in application.call_version.spec.check_items:
        answer = looked.get(item.code)
        if answer is None:
            raise Refused("item_open", f"“{item.label}”还没有核对。", field=item.code)
        if not answer:
            raise Refused(
                "item_failed", f"“{item.label}”核对为不符合，不能受理。请通知补正或不予受理。", field=item.code
            )


def ground_known(application, by, data):
    grounds = {ground.code for ground in application.call_version.spec.grounds}
    if data.get("ground") not in grounds:
        raise Refused("ground_missing", "请选择不予受理的情形。", field="ground")


def supplement_overdue(application, by, data):
    """While a supplement may still come in, the application cannot be refused."""
    if application.state == State.IN_SUPPLEMENT and clock.now() < application.supplement_due_at:
        raise Refused("supplement_running", "补正期限未到，暂不能作出不予受理的决定。")


def second_person(application, by, data):
    """A decision is approved by another officer than the one who prepared it; guards run again here."""
    decision = Decision.objects.select_for_update().get(pk=data["decision"].pk)
    data["decision"] = decision
    require_prepared(decision)
    if decision.prepared_by_id == by.pk:
        raise Forbidden("拟定与复核须由两人分别办理，您是拟定人。", code="second_person")


def require_prepared(decision: Decision) -> None:
    """Of two people who deal with a decision at once, the second hears who was faster, what they did and when."""
    if decision.state == Decision.DecisionState.PREPARED:
        return
    person, at, done = decision.approved_by, decision.approved_at, "复核同意"
    if decision.state == Decision.DecisionState.DISCARDED:
        entries = Entry.objects.for_object(decision.application).done().filter(action="discard_decision")
        entries = entries.select_related("actor")
        entry = next((row for row in entries if row.data.get("decision") == decision.pk), None)
        person, at, done = (entry.actor, entry.happened_at, "作废") if entry else (None, None, "作废")
    who = f"{person.name}已于 {clock.local(at):%-m月%-d日 %H:%M} " if person and at else "已"
    raise Refused("decision_settled", f"这项决定{who}{done}，不能再办理。")


def reason_given(application, by, data):
    if not data["decision"].reason.strip():
        raise Refused("reason_missing", "请写明理由。", field="reason")


def reason_against_ranking(application, by, data):
    decision = data["decision"]
    if decision.against_ranking and not decision.reason.strip():
        raise Refused("reason_missing", "决定与评审排名不一致，请写明理由。", field="reason")


def appeal_upheld(application, by, data):
    """Against what stands now: one that was upheld before reopened an earlier decision."""
    if not application.appeals.filter(state="upheld", settled_at__gte=application.state_since).exists():
        raise Refused("no_upheld_appeal", "没有成立的复审申请，不能重新办理。")


def publicity_over(application, by, data):
    """The public list has stood its days and no objection is open (F22)."""
    if not application.call.spec.flow.publicity_days:
        return
    if application.publicity is None:
        raise Refused("no_publicity", "还没有公示，不能确定入围名单。")
    if clock.now() < application.publicity.closes_at:
        end = clock.local(application.publicity.closes_at)
        raise Refused("publicity_running", f"公示到 {end:%-m月%-d日 %H:%M} 结束，期满后才能确定名单。")
    if application.objections.filter(state="open").exists():
        raise Refused("objection_open", "还有异议没有处理完。")


def publicity_open(application, by, data):
    now = clock.now()
    publicity = application.publicity
    if publicity is None or not publicity.opens_at <= now < publicity.closes_at:
        raise Refused("publicity_closed", "不在公示期内，不能提出异议。")


def not_yet_public(application, by, data):
    if application.publicity_id:
        raise Refused("already_public", "这个项目已经在公示。")


def objector_known(application, by, data):
    """Objections are real-name and say what they rest on (F22)."""
    for name, word in (("objector", "异议人"), ("contact", "联系方式"), ("text", "异议内容和依据")):
        if not (data.get(name) or "").strip():
            raise Refused(f"{name}_missing", f"请填写{word}。", field=name)


def objection_open(application, by, data):
    current = type(data["objection"]).objects.select_for_update().get(pk=data["objection"].pk)
    if current.state != "open":
        raise Refused("objection_settled", f"这项异议{by_whom(current)}处理（{current.get_state_display()}）。")


def by_whom(row) -> str:
    """Who settled an objection or an appeal, and when."""
    return f"{row.settled_by.name}已于 {clock.local(row.settled_at):%-m月%-d日 %H:%M} "


def in_appeal_time(application, by, data):
    """An appeal comes within the call's days after the notice (N26: 15 days); no such clock means no appeal."""
    spec = application.call.spec.clocks.get("appeal")
    if spec is None:
        raise Refused("no_appeal", "本批次没有设置复审环节。")
    if clock.now() >= windows.due_after(spec, application.state_since):
        raise Refused("appeal_late", f"复审申请须在收到通知之日起 {spec.count} 日内提出，已经超过期限。")
    if application.appeals.filter(state="open").exists():
        raise Refused("appeal_open", "已经有一项复审申请正在办理。")


def nothing_owed(verb: str):
    """A guard: everything that the call puts before `verb` is handed in, and approved where an officer looks at it."""

    def guard(application, by, data):
        needed = obligations.blocking(application.call.spec, verb)
        if not needed:
            return
        rows = {row.code: row for row in application.obligations.filter(code__in=[one.code for one in needed])}
        for one in needed:
            row = rows.get(one.code)
            if row is None or row.submitted_at is None:
                raise Refused("obligation_open", f"还没有提交“{one.label}”。")
            if row.result == row.Result.FAIL:
                raise Refused("obligation_failed", f"“{one.label}”未通过，不能办理。")
            if not row.is_done:
                raise Refused("obligation_not_approved", f"“{one.label}”{NOT_DONE[row.state]}，不能办理。")

    return guard


NOT_DONE = {
    "submitted": "还没有审核",
    "returned": "已退回修改，还没有再提交",
    "open": "还没有提交",
    "refused": "没有获得同意",
}


agreement_signed = nothing_owed("start_work")
reports_in = nothing_owed("submit_evaluation")


def in_evaluation_time(application, by, data):
    """The evaluation window, where the call prints one; else after the term of the work (M22)."""
    if not application.call.spec.flow.evaluation:
        raise Refused("no_evaluation", "本批次不设测评环节。")
    if "evaluation" in application.call.spec.windows:
        _in_window(application, "evaluation", data, late="测评申请已于 {end} 截止，本次提交未被接收。")
    elif application.work_due_on and clock.today() <= application.work_due_on:
        due = application.work_due_on
        raise Refused("work_running", f"攻关期限到 {due.year}年{due.month}月{due.day}日为止，期满后才能申请测评。")


def everything_measured(application, by, data):
    """A measured value and its proof for every indicator of the task (M22)."""
    filed = {row.indicator_code: row for row in Measurement.objects.filter(application=application)}
    missing = []
    for indicator in checking.indicators_of(application):
        row = filed.get(indicator.code)
        if row is None:
            missing.append(f"{indicator.name}：没有填写实测值。")
        elif problem := indicator.check_form(row.measured):
            missing.append(problem)
        elif not row.proof.strip():
            missing.append(f"{indicator.name}：没有说明实测值的证明材料。")
    if missing:
        raise Refused("not_measured", missing[0], field="measurements", details=missing)


def measurements_confirmed(application, by, data):
    """Winners are named on values that an officer has confirmed."""
    if application.measurements.filter(confirmed_by__isnull=True).exists() or not application.measurements.exists():
        raise Refused("not_confirmed", "还有实测值没有核实，不能作出决定。")
