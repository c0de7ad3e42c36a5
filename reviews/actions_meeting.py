"""The table of acts in a panel's meeting; like actions.py.

Every act holds the meeting's row lock, votes too: a vote and the end of voting come one after the other, and so do two
officers.
"""

from collections.abc import Callable
from dataclasses import dataclass

from applications.models import ReviewRound
from jbgs.lib.errors import Forbidden, Refused
from reviews import guards_meeting as g
from reviews import meetings
from reviews.actions import facts_of
from reviews.guards import says
from reviews.models import Meeting, MeetingItem, MeetingSeat
from reviews.rules import is_officer

M, S = Meeting.State, MeetingItem.State
PLANNED, OPEN, BEFORE, AFTER = (M.PLANNED,), (M.OPEN,), (M.PLANNED, M.OPEN), (M.OPEN, M.CLOSED)
SNAPSHOT = ("state", "title", "place", "minutes", "reason")


def officers(meeting: Meeting, by, data) -> bool:
    """An officer of everything on the agenda."""
    return meetings.is_run_by(meeting, by)


def members(meeting: Meeting, by, data) -> bool:
    """Who sits in this meeting."""
    return by.is_expert and data["seat"] is not None


def voters(meeting: Meeting, by, data) -> bool:
    """A member who does not stand aside from the item. Asked before its state: to others it tells nothing."""
    return members(meeting, by, data) and not meetings.stands_aside(data["item"], data["seat"])


def oneself_or_officers(meeting: Meeting, by, data) -> bool:
    """A member for nobody but themselves."""
    if members(meeting, by, data):
        return data["expert"] in (None, data["seat"].expert) and voters(meeting, by, data)
    return data["expert"] is not None and officers(meeting, by, data)


@dataclass(frozen=True)
class MeetingAct:
    """One act on a meeting; fulfils `audit.door.Action`. The verb passes `item` where the act is of one item.

    `states`: of the meeting, `items`: of the item; `agenda`: it decides what is on the agenda, so the round is locked
    first and no application comes onto two. `late`: what is said to who comes after the end of voting. The guards find
    the actor's own `seat` and the locked `item` in `data`; the verb finds the item as `meeting.item`.
    """

    name: str
    label: str
    party: Callable
    states: tuple[str, ...]
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    agenda: bool = False
    late: str = ""

    def lock(self, meeting: Meeting, data: dict) -> Meeting:
        if self.agenda:
            lock_round(meeting.round_id)
        locked = locked_meeting(meeting.pk)
        if self.items:
            data["item"] = locked.item = meetings.items_of(locked, only=data["item"].pk)[0]
        return locked

    def check(self, meeting: Meeting, by, data: dict) -> None:
        data["seat"] = seat_of(meeting, by)
        if not (by.is_active and self.party(meeting, by, data)):
            raise Forbidden(f"您没有在这次会议中“{self.label}”的权限。")
        if meeting.state not in self.states:
            raise Refused("state_changed", f"会议现在是“{meeting.get_state_display()}”，不能{self.label}。")
        if self.items and data["item"].state not in self.items:
            state = data["item"].get_state_display()
            raise Refused("item_changed", self.late or f"这一项现在是“{state}”，不能{self.label}。")
        for guard in self.guards:
            guard(meeting, by, data)

    def snapshot(self, meeting: Meeting) -> dict:
        return {name: getattr(meeting, name) for name in SNAPSHOT} | {"held_on": meeting.held_on.isoformat()}

    def fire(self, meeting: Meeting, by, data: dict) -> None:
        meeting.save()
        if self.items:
            data["item"].save()

    def facts(self, data: dict) -> dict:
        facts = facts_of(self.logged, data)
        for name in ("experts", "applications"):
            facts |= {name: [row.pk for row in data[name]]} if data.get(name) else {}
        for name in ("chair", "expert"):
            facts |= {name: data[name].pk} if data.get(name) else {}
        if item := data.get("item"):
            facts |= {"item": item.pk, "application": item.application_id, "turn": item.turn}
        return facts

    def after(self, meeting: Meeting, by, data: dict) -> None:
        pass


@dataclass(frozen=True)
class Plan:
    """Planning a meeting, an act on its round; the verb notes in `made` what it made."""

    name: str = "plan_meeting"
    label: str = "安排评审会议"

    def lock(self, round_: ReviewRound, data: dict) -> ReviewRound:
        return lock_round(round_.pk)

    def check(self, round_: ReviewRound, by, data: dict) -> None:
        if not (is_officer(by) and meetings.all_managed(by, round_.call, data["applications"])):
            raise Forbidden("您没有安排这次评审会议的权限。")
        for guard in PLANNING:
            guard(None, by, data)

    def snapshot(self, round_: ReviewRound) -> dict:
        return {}

    def fire(self, round_: ReviewRound, by, data: dict) -> None:
        """Nothing of the round itself changes."""

    def facts(self, data: dict) -> dict:
        return {"meeting": data["made"][-1] if data["made"] else None, "title": data["title"]}

    def after(self, round_: ReviewRound, by, data: dict) -> None:
        pass


def lock_round(pk: int) -> ReviewRound:
    """The round, locked against another agenda only: whoever writes rows that point to it goes on."""
    rows = ReviewRound.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("call__current_version").get(pk=pk)


def locked_meeting(pk: int) -> Meeting:
    """The meeting read under its row lock; nothing of it is read before."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("call__current_version", "round")
    return rows.get(pk=pk)


def seat_of(meeting: Meeting, by) -> MeetingSeat | None:
    """The seat of this person in the meeting."""
    return MeetingSeat.objects.filter(meeting=meeting, expert__user=by.pk).select_related("expert__user").first()


PLANNING = (g.title_given, g.not_past, g.members_fit, g.applications_fit)
_REASON = says("reason", "请写明理由。")

_TABLE = (
    MeetingAct(
        "change_meeting", "修改会议安排", officers, PLANNED, PLANNING, ("title", "place", "held_on"),
        agenda=True,
    ),
    MeetingAct("set_agenda", "调整议程次序", officers, BEFORE, (g.order_whole,), ("order",)),
    MeetingAct("cancel_meeting", "取消会议", officers, PLANNED, (_REASON,), ("reason",)),
    MeetingAct("sign_in", "签到", members, BEFORE, (g.on_the_day,)),
    MeetingAct("open_meeting", "开始会议", officers, PLANNED, (g.ready_to_open,)),
    MeetingAct("open_item", "开始表决", officers, OPEN, (g.no_other_open, g.item_ready), items=(S.WAITING,)),
    MeetingAct(
        "cast_ballot", "表决", voters, OPEN, (g.choice_known, g.may_vote), ("choice",), items=(S.OPEN,),
        late="这一项没有在表决，您这一票没有计入。",
    ),
    MeetingAct("close_item", "结束表决", officers, OPEN, (g.votes_enough,), ("note",), items=(S.OPEN,)),
    MeetingAct(
        "reopen_item", "重新表决", officers, OPEN, (_REASON, g.no_other_open, g.nothing_rests_on_it, g.item_ready),
        ("reason",), items=(S.CLOSED, S.DROPPED),
    ),
    MeetingAct("drop_item", "不表决", officers, OPEN, (_REASON,), ("reason",), items=(S.WAITING, S.OPEN)),
    MeetingAct(
        "stand_aside", "申报回避", oneself_or_officers, BEFORE,
        (says("reason", "请说明回避的情形。"), g.has_a_seat), ("reason",), items=(S.WAITING, S.OPEN),
        late="这一项已经表决。需要回避的，请告诉主管重新表决，再申报回避。",
    ),
    MeetingAct("write_minutes", "写纪要", officers, AFTER, (g.minutes_read,)),
    MeetingAct("close_meeting", "结束会议", officers, OPEN, (g.nothing_left,)),
)  # fmt: skip

ACTS: dict[str, MeetingAct] = {act.name: act for act in _TABLE}
PLAN = Plan()
