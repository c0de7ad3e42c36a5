"""The table of all acts on an application: verb, rule, guards, locks. The story itself is in workflow/ (DESIGN §4)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import system_user
from applications import guards as g
from applications import guards_review as gr
from applications import obligations, quota, rules
from applications.models import Application, RecommendationList
from applications.states import State
from audit.door import perform
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused

SNAPSHOT = (
    "state",
    "number",
    "title",
    "rank",
    "department_id",
    "call_version_id",
    "version_id",
    "publicity_id",
    "return_due_at",
    "supplement_due_at",
    "listed_on",
    "work_due_on",
)


def locked_application(pk: int) -> Application:
    """The application read under its row lock, with what every guard needs."""
    related = ("call__current_version", "call_version", "task__field", "unit", "department")
    nullable = ("publicity", "recommendation_list", "version")
    rows = (
        Application.objects.select_for_update(of=("self",))
        .select_related(*related, *nullable)
        .defer("call__current_version__document", "call_version__document", "version__content")
    )
    return locked_row(rows, pk)


def locked_row(rows, pk: int) -> Application:
    """The row `pk` of locking `rows`. Who waited while somebody moved it to another call version looks again.

    PostgreSQL joins the row that it waited for with the old call version, finds that they no longer belong together,
    and leaves it out.
    """
    try:
        return rows.get(pk=pk)
    except Application.DoesNotExist:
        return rows.get(pk=pk)


@dataclass(frozen=True)
class Act:
    """One row of the table; fulfils `audit.door.Action`.

    `scopes`: quota codes whose scopes are locked before the application. `list_lock`: lock the department's list too.
    `logged`: names of the verb's arguments that belong into the log. `transition`: False for acts that leave the state.
    """

    name: str
    label: str
    rule: rules.Rule
    guards: tuple[Callable, ...] = ()
    scopes: tuple[str, ...] = ()
    list_lock: bool = False
    logged: tuple[str, ...] = ()
    transition: bool = True

    def lock(self, application: Application, data: dict) -> Application:
        quota.lock(application, self.scopes)
        if self.list_lock and application.department_id:
            data["recommendation_list"], _ = RecommendationList.objects.select_for_update().get_or_create(
                call_id=application.call_id, department_id=application.department_id
            )
        return locked_application(application.pk)

    def check(self, application: Application, by, data: dict) -> None:
        if not self.rule.party(application, by):
            raise Forbidden(f"您没有对这件申报“{self.label}”的权限。")
        if not self.rule.open(application):
            raise Refused("state_changed", _who_was_faster(application, self.label, by))
        for guard in self.guards:
            guard(application, by, data)

    def snapshot(self, application: Application) -> dict:
        return {name: _plain(getattr(application, name)) for name in SNAPSHOT}

    def fire(self, application: Application, by, data: dict) -> None:
        if self.transition:
            getattr(application, self.name)()
            application.state_since = clock.now()
        application.save()

    def facts(self, data: dict) -> dict:
        facts = {name: _plain(data[name]) for name in self.logged if data.get(name) not in (None, "")}
        if decision := data.get("decision"):
            facts |= {"decision": decision.pk, "reason": decision.reason, "prepared_by": decision.prepared_by_id}
        return facts

    def after(self, application: Application, by, data: dict) -> None:
        if self.transition:
            advance(application)


def _plain(value):
    return value.isoformat() if isinstance(value, date | datetime) else value


def _who_was_faster(application: Application, label: str, by) -> str:
    """Who did what and when, so that the second person understands the 409.

    Applicants, departments and the public hear of their own people only, and of no result that is not public yet.
    """
    inside = getattr(by, "is_officer", False) or rules.is_owner(application, by)
    state = application.get_state_display() if inside else application.applicant_state.label
    moves = [act.name for act in ACTS.values() if act.transition]
    entries = Entry.objects.for_object(application).done().filter(action__in=moves)
    last = entries.select_related("actor").order_by("-sequence").first()
    if last is None or not inside and not _of_one_house(application, by, last.actor):
        return f"这件申报现在是“{state}”，不能{label}。"
    when, done = clock.local(last.happened_at), ACTS[last.action].label
    return f"{last.actor_label}已于 {when:%-m月%-d日 %H:%M} 办理“{done}”，现在是“{state}”，不能再{label}。"


def _of_one_house(application: Application, by, actor) -> bool:
    """Whether the actor is of the applying unit, or of the department that asks."""
    if actor is None:
        return False
    if rules.is_of_unit(application, actor):
        return True
    return getattr(by, "is_recommender", False) and all(rules.is_recommender(application, one) for one in (by, actor))


def _decision(name: str, label: str, rule: rules.Rule, *guards, scopes=()) -> Act:
    return Act(name, label, rule, (g.second_person, *guards), scopes=scopes)


OPINION = g.says("opinion", "请写明意见。")
REASON = g.says("reason", "请写明理由。")

_TABLE = (
    Act(
        "adopt_version", "按新要求填报", rules.can_adopt_version, (g.wording_as_shown,), transition=False,
        logged=("from_number", "to_number"),
    ),
    Act("submit", "提交", rules.can_submit, (g.in_filing_time, g.has_department, g.complete)),
    Act("take_back", "撤回修改", rules.can_take_back, (g.in_filing_time, g.not_examined)),
    Act("withdraw", "撤回申报", rules.can_withdraw, logged=("reason",)),
    Act(
        "return_for_changes", "退回修改", rules.can_return_for_changes,
        (g.list_open, OPINION, g.due_ahead), list_lock=True, logged=("opinion", "due_at"),
    ),
    Act(
        "recommend", "推荐", rules.can_recommend, (g.in_recommending_time, g.list_open, OPINION),
        scopes=("recommend",), list_lock=True, logged=("opinion", "rank", "over_reason"),
    ),
    Act(
        "unrecommend", "取消推荐", rules.can_unrecommend, (g.in_recommending_time, g.list_open),
        scopes=("recommend",), list_lock=True,
    ),
    Act(
        "decline", "不推荐", rules.can_decline, (g.in_recommending_time, g.list_open, REASON),
        list_lock=True, logged=("reason",),
    ),
    Act(
        "request_supplement", "通知补正", rules.can_request_supplement,
        (g.list_confirmed, g.supplements_allowed, g.items_named, g.due_ahead), logged=("items", "due_at"),
    ),
    Act("supplement", "补正", rules.can_supplement, (g.in_supplement_time, g.complete)),
    Act("accept", "受理", rules.can_accept, (g.list_confirmed, g.items_checked), logged=("items",)),
    Act(
        "reject", "不予受理", rules.can_reject,
        (g.list_confirmed, g.supplement_overdue, g.ground_known, REASON), logged=("ground", "reason"),
    ),
    Act("start_review", "送审", rules.can_start_review),
    _decision(
        "propose", "拟入围", rules.can_propose, g.reason_against_ranking, gr.rounds_passed, gr.review_is_clean,
        scopes=("shortlist",),
    ),
    _decision("pass_over", "未入围", rules.can_pass_over, g.reason_given, gr.rounds_ended, gr.review_is_clean),
    _decision("unpropose", "撤销拟入围", rules.can_unpropose, g.reason_given, scopes=("shortlist",)),
    Act(
        "open_publicity", "公示", rules.can_open_publicity, (g.not_yet_public,),
        transition=False, logged=("publicity_title",),
    ),
    Act("object", "提出异议", rules.can_object, (g.publicity_open, g.objector_known), transition=False),
    Act(
        "settle_objection", "处理异议", rules.can_settle,
        (g.objection_open, g.says("answer", "请写明处理意见。")), transition=False, logged=("answer", "upheld"),
    ),
    Act("shortlist", "入围", rules.can_shortlist, (g.publicity_over,), logged=("listed_on",)),
    Act("start_work", "启动攻关", rules.can_start_work, (g.agreement_signed,)),
    Act(
        "submit_evaluation", "申请测评", rules.can_submit_evaluation,
        (g.in_evaluation_time, g.reports_in, g.everything_measured),
    ),
    Act("confirm_measurements", "核实实测值", rules.can_confirm_measurements, transition=False),
    _decision(
        "award", "优胜", rules.can_award, g.measurements_confirmed, gr.supplier_said, scopes=("award",)
    ),
    _decision("not_award", "未优胜", rules.can_not_award, g.measurements_confirmed, g.reason_given),
    Act(
        "appeal", "申请复审", rules.can_appeal,
        (g.in_appeal_time, gr.appeal_ground, g.says("text", "请写明复审理由。")), transition=False,
        logged=("ground", "text"),
    ),
    Act(
        "settle_appeal", "处理复审", rules.can_settle,
        (g.says("answer", "请写明处理意见。"),), transition=False, logged=("answer", "upheld"),
    ),
    _decision("reopen_form_check", "重新形式审查", rules.can_reopen_form_check, g.appeal_upheld),
    _decision("reopen_review", "重新评审", rules.can_reopen_review, g.appeal_upheld),
    _decision("terminate", "终止", rules.can_terminate, gr.hearing_held, g.reason_given),
    _decision("revoke", "撤销", rules.can_revoke, gr.hearing_held, g.reason_given),
    Act(
        "prepare_decision", "拟定决定", rules.can_decide, transition=False,
        logged=("verb", "reason", "rank", "against_ranking", "over_reason"),
    ),
    Act("discard_decision", "作废拟定", rules.can_decide, (gr.theirs_to_discard,), transition=False),
    Act(
        "record_round", "登记评审结果", rules.can_record_round,
        (gr.round_asked, gr.correction_explained, gr.outcome_whole), transition=False,
        logged=("kind", "position", "passed", "votes_for", "votes_against", "votes_abstain", "people", "items",
                "held_on", "text", "reason", "against_ranking"),
    ),
    Act(
        "object_to_round", "对核查结果提出异议", rules.can_object_to_round,
        (gr.contestable, g.says("text", "请写明异议理由和依据。")), transition=False, logged=("text",),
    ),
    Act(
        "settle_round_objection", "处理核查结果异议", rules.can_settle,
        (g.says("answer", "请写明处理意见。"),), transition=False, logged=("answer", "upheld", "again"),
    ),
    Act(
        "notice", "拟处理告知", rules.can_notice,
        (gr.no_open_hearing, g.says("ground", "请写明拟处理的事实和依据。"), gr.time_to_state), transition=False,
        logged=("verb", "ground", "state_until"),
    ),
    Act(
        "make_statement", "陈述申辩", rules.can_make_statement,
        (gr.hearing_open, g.says("text", "请写明陈述申辩的意见。")), transition=False, logged=("text",),
    ),
    Act(
        "close_hearing", "登记听取结果", rules.can_notice,
        (gr.hearing_ripe, g.says("finding", "请写明听取情况和复核意见。")), transition=False,
        logged=("result", "finding", "held_on"),
    ),
)  # fmt: skip

ACTS: dict[str, Act] = {act.name: act for act in _TABLE}

# A stage that the call switched off is passed at once, by the system (DESIGN §4). State → (flow switch, act).
PASSED_WHEN_OFF: dict[str, tuple[str, Act]] = {
    state: (switch, Act(verb, ACTS[verb].label, rules.passes(verb), logged=("reason",)))
    for state, switch, verb in (
        (State.SUBMITTED, "recommendation", "recommend"),
        (State.RECOMMENDED, "form_check", "accept"),
        (State.ACCEPTED, "review", "start_review"),
        (State.SHORTLISTED, "agreement", "start_work"),
    )
}


def advance(application: Application) -> None:
    """Pass the stage that follows if the call has switched it off; same transaction, actor `system`."""
    switch, act = PASSED_WHEN_OFF.get(application.state, ("", None))
    flow = application.call.spec.flow
    if act is None or getattr(flow, switch) or (act.name == "accept" and _list_still_open(application, flow)):
        return
    if obligations.blocking(application.call.spec, act.name):  # something must be handed in first
        return
    with perform(act, application, by=system_user(), reason="stage off"):
        pass
    application.refresh_from_db(fields=["state", "state_since"])


def _list_still_open(application: Application, flow) -> bool:
    current = application.recommendation_list
    return flow.recommendation and flow.recommendation_list and (current is None or current.is_open)
