"""Why a round cannot be recorded, decided over or objected to now, and why an end is not ripe; like guards.py."""

from collections.abc import Callable

from applications.models import Hearing
from applications.rounds import asked_of, meant, outcomes_of, progress
from applications.rules import may_prepare
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.words import ROUND_KINDS

SUPPLIER = {"yes": "纳入供应商目录", "no": "不纳入供应商目录"}
"""What the owner says of the winner when it accepts the result (S10)."""
MOST_PEOPLE, MOST_VOTES = 60, 500

_checks: list[Callable] = []


def register_review(check: Callable) -> None:
    """Have a room above look at the review of an application before a decision on it takes effect: `check(application)`
    raises `Refused`. Called once when the room is ready."""
    if check not in _checks:
        _checks.append(check)


def review_is_clean(application, by, data):
    """What rooms above know against the review holds the decision up, also when it came to light after preparing."""
    for check in _checks:
        check(application)


def _progress(application):
    return progress(application, asked_of(application.call), outcomes_of([application]))


def rounds_passed(application, by, data):
    """Every round that leaves an outcome was passed: a proposal goes past none of them (N16, N20, P11)."""
    rounds_ended(application, by, data)
    if failed := _progress(application).failed:
        raise Refused(
            "round_failed", f"“{failed.label}”没有通过，不能{application.call.spec.label('proposed', '拟入围')}。"
        )


def rounds_ended(application, by, data):
    """No round is open any more, no objection to one either, and nobody can still object to the failed one (P12)."""
    found = _progress(application)
    if found.waiting:
        raise Refused("round_open", f"“{found.waiting.label}”还没有结果，不能作出决定。")
    if application.outcome_objections.filter(state="open").exists():
        raise Refused("objection_open", "申报单位对核查结果的异议还没有处理完。")
    last = found.outcome.contestable_on if found.failed else None
    if last and clock.today() <= last and not application.outcome_objections.filter(outcome=found.outcome).exists():
        raise Refused(
            "round_contestable",
            f"申报单位可以在{last.year}年{last.month}月{last.day}日前对核查结果提出异议，期满后才能决定。",
        )


def theirs_to_discard(application, by, data):
    if not may_prepare(data["decision"].verb, application, by):
        raise Forbidden("这项决定由另一方拟定，您不能作废。")


def supplier_said(application, by, data):
    """Where the owner accepts the result it also says whether the winner becomes a supplier (S10)."""
    asked = application.call.spec.flow.decision_by == "owner"
    if asked and data["decision"].evidence.get("supplier") not in SUPPLIER:
        raise Refused("supplier_missing", "请选择是否纳入供应商目录。", field="supplier")


def appeal_ground(application, by, data):
    """The call's list of grounds, where it has one: one of them, and none that is no ground (N26)."""
    grounds = {ground.code: ground for ground in application.call.spec.appeal_grounds}
    if not grounds:
        return
    ground = grounds.get(data.get("ground") or "")
    if ground is None:
        raise Refused("ground_missing", "请选择复审理由的类别。", field="ground")
    if not ground.admissible:
        raise Refused("ground_inadmissible", f"“{ground.label}”不能作为复审理由。", field="ground")


# ---- recording a round ----


def round_asked(application, by, data):
    """`data["kind"]`, with `row` where the kind comes twice, is a round of the call, and the rounds before it were
    passed; puts the Round into `data`, and its position for the log."""
    asked, outcomes = asked_of(application.call), outcomes_of([application])
    wanted = meant(application, asked, outcomes, data["kind"], data["row"])
    if wanted is None:
        raise Refused("no_such_round", f"本批次没有需要登记结果的“{ROUND_KINDS.get(data['kind'], data['kind'])}”环节。")
    for round_ in asked[: asked.index(wanted)]:
        outcome = outcomes.get((application.pk, round_.row.pk))
        if outcome is None:
            raise Refused("round_open", f"“{round_.label}”还没有结果，不能登记“{wanted.label}”。")
        if not outcome.lets_through:
            raise Refused("round_failed", f"“{round_.label}”没有通过，不再进行“{wanted.label}”。")
    data["round"], data["position"] = wanted, wanted.position
    data["standing"] = outcomes.get((application.pk, wanted.row.pk))


def correction_explained(application, by, data):
    """What was recorded is corrected by a new entry with a reason; never while its objection is open."""
    if data["standing"] is None:
        return
    if not data["reason"].strip():
        raise Refused("reason_missing", "已经登记过结果。需要更正的，请写明更正理由。", field="reason")
    if application.outcome_objections.filter(state="open").exists():
        raise Refused("objection_open", "申报单位已提出异议，请先处理异议，再更正结果。")


def outcome_whole(application, by, data):
    """Everything that this kind of round must say (N20 votes; P11 people and the unit's signature; every item)."""
    if data["held_on"] > clock.today():
        raise Refused("held_later", "日期不能晚于今天。", field="held_on")
    if len(data["people"]) > MOST_PEOPLE:
        raise Refused("too_many_people", f"参加人员最多 {MOST_PEOPLE} 人。", field="people")
    _WHOLE[data["kind"]](application, data)


def _mail(application, data):
    if data["passed"] is None:
        raise Refused("result_missing", "请选择是否进入下一环节。", field="passed")
    if data["against_ranking"] and not data["reason"].strip():
        raise Refused("reason_missing", "与评审排名不一致，请写明理由。", field="reason")


def _panel(application, data):
    spec = data["round"].spec
    cast = data["votes_for"] + data["votes_against"] + data["votes_abstain"]
    if min(data["votes_for"], data["votes_against"], data["votes_abstain"]) < 0 or cast > MOST_VOTES:
        raise Refused("votes_wrong", f"票数须为 0 至 {MOST_VOTES} 的整数。", field="votes_for")
    if cast < max(1, spec.least_people):
        raise Refused("votes_missing", f"参加表决的不能少于 {max(1, spec.least_people)} 人。", field="votes_for")
    if data["people"] and cast > len(data["people"]):
        raise Refused("votes_exceed", f"票数 {cast} 超过参加人员 {len(data['people'])} 人。", field="votes_for")


def _on_site(application, data):
    _enough_people(data)
    if data["passed"] is None:
        raise Refused("result_missing", "请选择核查结论。", field="passed")
    if not data["text"].strip():
        raise Refused("text_missing", "请写明核查情况。", field="text")
    if not data["signed_by_unit"]:
        raise Refused("not_signed", "核查记录须由申报单位代表签字后登记。", field="signed_by_unit")


def _check_all(application, data):
    _enough_people(data)
    for item in application.call_version.spec.check_items:
        if data["items"].get(item.code) is None:
            raise Refused("item_open", f"“{item.label}”还没有核对。", field=item.code)
    if not all(data["items"].values()) and not data["text"].strip():
        raise Refused("text_missing", "有不符合的事项，请写明情况。", field="text")


def _enough_people(data):
    least = data["round"].spec.least_people
    if len(set(data["people"])) < least:
        raise Refused("people_missing", f"{data['round'].label}不得少于 {least} 人，请写明姓名。", field="people")


_WHOLE = {"mail": _mail, "panel": _panel, "on_site": _on_site, "check_all": _check_all}


# ---- the unit's objection ----


def contestable(application, by, data):
    """P12: within the call's days after the check, once for each result."""
    outcomes = [row for row in outcomes_of([application]).values() if row.contestable_on]
    if not outcomes:
        raise Refused("nothing_to_contest", "没有可以提出异议的核查结果。")
    outcome = max(outcomes, key=lambda row: row.pk)
    if clock.today() > outcome.contestable_on:
        last = outcome.contestable_on
        raise Refused("objection_late", f"异议须在{last.year}年{last.month}月{last.day}日前提出，已经超过期限。")
    if application.outcome_objections.filter(outcome=outcome).exists():
        raise Refused("objection_raised", "对这次核查结果已经提出过异议。")
    data["outcome"] = outcome


# ---- the hearing before an end ----


def no_open_hearing(application, by, data):
    if application.hearings.filter(closed_at=None).exists():
        raise Refused("hearing_open", "已经告知过拟处理意见，正在听取陈述申辩。")


def time_to_state(application, by, data):
    if data["state_until"] is None or data["state_until"] <= clock.today():
        raise Refused("due_past", "陈述申辩期限须晚于今天。", field="state_until")


def _open_hearing(application) -> Hearing:
    found = Hearing.objects.select_for_update().filter(application=application, closed_at=None).first()
    if found is None:
        raise Refused("no_hearing", "没有正在进行的陈述申辩。")
    return found


def hearing_open(application, by, data):
    """The unit speaks once, by the day that the notice gave."""
    data["hearing"] = hearing = _open_hearing(application)
    if hearing.stated_at:
        raise Refused("stated", "陈述申辩意见已经提交。需要补充的，请联系主管处室。")
    if clock.today() > hearing.state_until:
        raise Refused("statement_late", "陈述申辩期限已过。")


def hearing_ripe(application, by, data):
    """The result is recorded after the unit spoke or its time is over, by another officer than who gave the notice."""
    data["hearing"] = hearing = _open_hearing(application)
    if not hearing.stated_at and clock.today() <= hearing.state_until:
        raise Refused("hearing_running", "申报单位还没有陈述申辩，期限也没有届满。")
    if hearing.noticed_by_id == by.pk:
        raise Forbidden("告知与复核须由两人分别办理，您是告知人。", code="second_person")
    if data["result"] not in Hearing.Result.values:
        raise Refused("result_missing", "请选择听取结果。", field="result")


def hearing_held(application, by, data):
    """The unit was told and heard, and the ground still stands (P22)."""
    heard = application.hearings.filter(verb=data["decision"].verb, result=Hearing.Result.KEPT)
    if not heard.exists():
        raise Refused(
            "hearing_missing", "须先书面告知申报单位，听取陈述申辩并登记结果，才能作出这项决定。", field="verb"
        )
