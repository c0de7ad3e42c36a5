"""The acts of 复议 and why they are not allowed now. Both stand on the application, whose lock keeps them from running
beside a decision; experts who may join are locked before it."""

from dataclasses import dataclass

from applications import rounds
from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import guards as g
from reviews import reconsidering
from reviews.actions import ApplicationAct
from reviews.models import WITH_EXPERT, Assignment, AssignmentState, Reconsideration
from reviews.rounds import counts

Way, Ground = Reconsideration.Way, Reconsideration.Ground


def codes_known(application, by, data):
    if data["ground"] not in Ground.values:
        raise Refused("ground_unknown", "请选择复议的情形。", "ground", status=422)
    if data["way"] not in Way.values:
        raise Refused("way_unknown", "请选择复议的方式。", "way", status=422)


def none_is_open(application, by, data):
    if Reconsideration.objects.filter(application=application, state=Reconsideration.State.OPEN).exists():
        raise Refused("reconsideration_open", "这件申报已经在复议，办结以后才能再次提起。")


def no_decision(application, by, data):
    """What a decision rests on does not move under it."""
    if application.decisions.filter(state="prepared").exists():
        raise Refused("decision_waiting", "这件申报的决定正在复核，不能提起复议。请先作废拟定的决定。")


def scores_are_in(application, by, data):
    """There is nothing to look at again while somebody still looks."""
    sheets = Assignment.objects.filter(application=application, round=reconsidering.round_pk_of(application))
    states = set(sheets.values_list("state", flat=True))
    if states & set(WITH_EXPERT):
        raise Refused("scores_open", "还有专家没有提交评分，提交以后才能提起复议。")
    if AssignmentState.SIGNED not in states:
        raise Refused("no_scores", "这件申报没有有效评分，不能提起复议。")


def way_can_be_gone(application, by, data):
    if data["way"] == Way.EXPLAIN:
        named = data["sheets"]
        if not named:
            raise Refused("sheets_missing", "请选择须说明或修改评分的专家。", "sheets", status=422)
        since = reconsidering.with_reopening(application.pk).reopened_at
        fit = (s.application_id == application.pk and counts(s.assigned_at, since) for s in named)
        if not all(fit) or any(s.state != AssignmentState.SIGNED for s in named):
            raise Refused("unknown_sheet", "只能选择这件申报已经提交的评分。", "sheets", status=422)
    if data["way"] == Way.VOTE:
        if not any(spec.kind == rounds.VOTED for spec in rounds.specs_of(application.call)):
            raise Refused("no_panel_round", "本批次没有会议评审，不能以会议表决的方式复议。", "way", status=422)
        if not reconsidering.vote_ahead(application):
            sentence = "这件申报已经表决，或者没有进入会议评审，不会再有表决结果。请改用其他方式复议。"
            raise Refused("no_vote_ahead", sentence, "way", status=422)
    if data["way"] == Way.EXTRA and data["due_at"] and data["due_at"] <= clock.now():
        raise Refused("due_passed", "加评截止须晚于现在。", "due_at", status=422)


def is_open(application, by, data):
    row = Reconsideration.objects.filter(pk=data["row"].pk, application=application).first()
    if row is None or row.state != Reconsideration.State.OPEN:
        raise Refused("reconsideration_closed", "这项复议已经办结。")
    if words := reconsidering.progress(row).words:
        raise Refused("reconsideration_not_done", f"复议还不能办结：{words}")


@dataclass(frozen=True)
class Reconsider(ApplicationAct):
    """Also keeps which sheets went back."""

    def facts(self, data: dict) -> dict:
        sheets = [sheet.pk for sheet in data.get("sheets", ())]
        return super().facts(data) | ({"sheets": sheets} if sheets else {})


class Settle(ApplicationAct):
    """Closing one: it may be done as long as the application is in review."""

    def lock(self, application: Application, data: dict) -> Application:
        return super().lock(application, data | {"experts": []})

    def facts(self, data: dict) -> dict:
        return super().facts(data | {"experts": []}) | {"reconsideration": data["row"].pk}


RECONSIDER = Reconsider(
    "reconsider", "提起复议",
    (codes_known, g.says("reason", "请写明复议的理由。"), none_is_open, no_decision, scores_are_in, way_can_be_gone),
    ("ground", "way", "reason", "due_at"),
)  # fmt: skip
SETTLE = Settle(
    "close_reconsideration", "办结复议", (is_open, g.says("conclusion", "请写明复议的结论。")), ("conclusion",)
)
