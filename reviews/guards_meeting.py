"""Why an act of a panel's meeting is not allowed now; like guards.py. Planning passes no meeting, changing its own."""

from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import meetings
from reviews.models import Ballot, Expert, MeetingItem

S = MeetingItem.State
LONGEST_AGENDA, MOST_MEMBERS, LONGEST_MINUTES = 200, 60, 20_000


# ---- planning ----


def title_given(meeting, by, data):
    if not data["title"].strip():
        raise Refused("title_missing", "请填写会议名称。", "title", status=422)


def not_past(meeting, by, data):
    if data["held_on"] is None:
        raise Refused("held_on_missing", "请填写会议日期。", "held_on", status=422)
    if data["held_on"] < clock.today():
        raise Refused("held_on_past", "会议日期不能早于今天。", "held_on", status=422)


def members_fit(meeting, by, data):
    """Enough members for the round, all able to take part that day, the chair one of them."""
    experts, least = data["experts"], data["round"].spec.least_people
    if len(experts) < max(1, least):
        sentence = f"会议专家不能少于 {max(1, least)} 位，现在选了 {len(experts)} 位。"
        raise Refused("members_missing", sentence, "experts", status=422)
    if len(experts) > MOST_MEMBERS:
        raise Refused("members_many", f"会议专家最多 {MOST_MEMBERS} 位。", "experts", status=422)
    pks = [expert.pk for expert in experts]
    able = set(Expert.objects.available(on=data["held_on"]).filter(pk__in=pks).values_list("pk", flat=True))
    if away := [expert.user.name for expert in experts if expert.pk not in able]:
        raise Refused("expert_unavailable", f"{'、'.join(away)}那天不能参加评审，请改选。", "experts")
    if data["chair"] is not None and data["chair"].pk not in pks:
        raise Refused("chair_no_member", "组长须是会议专家之一。", "chair", status=422)


def applications_fit(meeting, by, data):
    """Each is at the panel's turn, of this officer's part and on no other agenda that is still to come."""
    applications = data["applications"]
    if not 1 <= len(applications) <= LONGEST_AGENDA:
        raise Refused("agenda_wrong", f"请选择 1 至 {LONGEST_AGENDA} 件申报列入议程。", "applications", status=422)
    allowed = {row.pk for row in meetings.waiting_applications(data["call"], by, data["round"])}
    if meeting is not None:
        allowed |= set(meeting.items.values_list("application_id", flat=True))
    if wrong := [row.title for row in applications if row.pk not in allowed]:
        names = "、".join(f"“{title}”" for title in wrong[:5]) + ("等" if len(wrong) > 5 else "")
        sentence = f"{names}不能列入议程：没有到会议评审环节，或者已经列入另一次会议。"
        raise Refused("not_waiting", sentence, "applications")


def order_whole(meeting, by, data):
    """Every item once; those that were dealt with keep their places."""
    items = meetings.items_of(meeting)
    if sorted(data["order"]) != sorted(item.pk for item in items):
        raise Refused("agenda_changed", "议程在此期间有变化，请刷新后再调整次序。")
    moved = [old for old, new in zip(items, data["order"], strict=True) if old.pk != new]
    if any(item.state in (S.OPEN, S.CLOSED) for item in moved):
        raise Refused("item_done", "已经表决和正在表决的议题不能再调整次序。")


# ---- holding ----


def on_the_day(meeting, by, data):
    if clock.today() < meeting.held_on:
        day = meeting.held_on
        raise Refused("too_early", f"会议在{day.year}年{day.month}月{day.day}日召开，当天才能签到。")


def ready_to_open(meeting, by, data):
    on_the_day(meeting, by, data)
    board = meetings.board(meeting)
    if board.chair is None:
        raise Refused("chair_missing", "还没有指定组长，请先修改会议安排。")
    if len(board.present) < board.needed:
        here, everybody = len(board.present), len(board.seats)
        sentence = f"会议专家 {everybody} 位，已签到 {here} 位，至少 {board.needed} 位签到才能开始。"
        raise Refused("no_quorum", sentence)


def no_other_open(meeting, by, data):
    other = meeting.items.filter(state=S.OPEN).select_related("application").first()
    if other:
        raise Refused("item_open", f"“{other.application.title}”正在表决，请先结束。")


def item_ready(meeting, by, data):
    """The application still waits for this round, and enough members who are not recused have signed in."""
    application = data["item"].application
    if data["item"].state != S.CLOSED:  # what is opened again has its result, which is set aside
        way = meetings.way_of(application)
        if application.state != "in_review" or way is None or way.row.pk != meeting.round_id:
            raise Refused("not_waiting", f"“{application.title}”不在等待会议表决，或者已经登记结果。")
    line = meetings.line_of(data["item"])
    if not line.has_quorum:
        raise Refused("no_quorum", _too_few(line, len(line.present), "已签到"))


def _too_few(line, number: int, word: str) -> str:
    away = f"，{len(line.away)} 位回避" if line.away else ""
    return f"本项应到 {len(line.seats)} 位{away}；{word} {number} 位，至少 {line.needed} 位才能表决。"


def choice_known(meeting, by, data):
    if data["choice"] not in Ballot.Choice.values:
        raise Refused("choice_unknown", "请选择同意、不同意或弃权。", "choice", status=422)


def may_vote(meeting, by, data):
    if not data["seat"].present_at:
        raise Refused("not_signed_in", "请先签到，再表决。")


def votes_enough(meeting, by, data):
    """The quorum of members who are not recused has voted."""
    line = meetings.line_of(data["item"])
    if line.tally.cast < line.needed:
        raise Refused("no_quorum", _too_few(line, line.tally.cast, "已投票"))


def nothing_rests_on_it(meeting, by, data):
    """No decision and no objection stands on the result that would be set aside; none comes while it is."""
    application = Application.objects.select_for_update().get(pk=data["item"].application_id)
    if application.state != "in_review" or application.decisions.filter(state="prepared").exists():
        raise Refused("decision_waiting", "这件申报已经拟定或作出决定，不能重新表决。")
    if application.outcome_objections.filter(state="open").exists():
        raise Refused("objection_open", "申报单位的异议还没有处理完，不能重新表决。")


def has_a_seat(meeting, by, data):
    """Only a member stands aside."""
    if data["expert"] and not meeting.seats.filter(expert=data["expert"]).exists():
        raise Refused("no_member", "这位专家不是会议专家。", "expert", status=422)


def minutes_read(meeting, by, data):
    """Two officers write one text: who read an older one is told."""
    if len(data["text"].replace("\r\n", "\n")) > LONGEST_MINUTES:
        raise Refused("minutes_long", f"纪要最多 {LONGEST_MINUTES} 字。", "minutes", status=422)
    if data["base"] is not None and data["base"] != meetings.digest_of(meeting.minutes):
        raise Refused("minutes_changed", "另一位主管刚刚保存过纪要，本次没有保存。请比较后再保存。", "minutes")


def nothing_left(meeting, by, data):
    left = meeting.items.filter(state__in=[S.WAITING, S.OPEN]).count()
    if left:
        raise Refused("items_left", f"还有 {left} 项没有表决。请逐项表决，或者注明不表决的理由。")
