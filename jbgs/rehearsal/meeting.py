"""A panel's meeting: planned, signed in, voted item by item, one recusal in the room, one vote held again, minutes."""

from collections import Counter

from jbgs.lib import clock
from jbgs.rehearsal.fiction import paragraph
from jbgs.rehearsal.stage import Stage, refused
from reviews import conflicts, meetings, workflow
from reviews.models import Assignment, Expert, Meeting, MeetingItem

SPARE = 3
"""More members than the vote needs, so that some can stand aside."""
LEAST, ON_ONE_AGENDA = 7, 100


def hold(stage: Stage, round_, waiting: list) -> None:
    """Meetings over everything that waits, as many on an agenda as a day holds."""
    members = _panel(stage, round_, waiting)
    for start in range(0, len(waiting), ON_ONE_AGENDA):
        _hold(stage, round_, waiting[start : start + ON_ONE_AGENDA], members)


def _panel(stage: Stage, round_, waiting: list) -> list:
    """The experts with the fewest reasons to stand aside, in the order of the cast."""
    away = Counter(expert for expert, _ in conflicts.find(waiting, stage.cast.experts))
    size = max(LEAST, round_.spec.least_people + SPARE)
    places = sorted(range(len(stage.cast.experts)), key=lambda place: (away[stage.cast.experts[place].pk], place))
    return [stage.cast.experts[place] for place in sorted(places[:size])]


def _hold(stage: Stage, round_, applications: list, members: list) -> None:
    officer, second = stage.two_officers()
    meeting = workflow.plan_meeting(
        stage.call, by=officer, title=f"{round_.label}会议", held_on=clock.today(), place="虚构会议室",
        applications=applications, experts=members, chair=members[0], round_=round_.row,
    )  # fmt: skip
    refused(workflow.open_meeting, meeting, by=officer)  # nobody has signed in
    for member in members:
        workflow.sign_in(meeting, by=member.user)
    meeting = workflow.open_meeting(meeting, by=officer)
    somebody_left = False
    for place, item in enumerate(meeting.items.order_by("order")):
        somebody_left |= _vote(stage, place, item, officer, leaving=place > 0 and not somebody_left)
        stage.tick(round_.label)
    workflow.write_minutes(meeting, by=second, text=paragraph(stage.rng, "会议", 120))
    workflow.close_meeting(Meeting.objects.get(pk=meeting.pk), by=second)


def _vote(stage: Stage, place: int, item: MeetingItem, officer, *, leaving: bool) -> bool:
    """One in six does not pass. The first vote ends too early, the third is held again. `leaving`: a member is to stand
    aside; whether one did."""
    fails = place % 6 == 4
    workflow.open_item(item, by=officer)
    if place == 0:
        refused(workflow.close_item, item, by=officer)
    line = meetings.line_of(item)
    leaves = _who_leaves(item, line.present) if leaving and len(line.present) > line.needed else None
    if leaves:
        workflow.cast_ballot(item, by=leaves.user, choice="for")
        workflow.stand_aside(item, by=leaves.user, reason="与项目负责人近三年有合作关系。")
    _ballots(item, fails)
    workflow.close_item(item, by=officer, note=paragraph(stage.rng, "会议", 120))
    if place == 2:
        workflow.reopen_item(item, by=officer, reason="一位专家没有来得及投票。")
        _ballots(item, fails)
        workflow.close_item(item, by=officer, note=paragraph(stage.rng, "会议", 120))
    return leaves is not None


def _who_leaves(item: MeetingItem, present: list) -> Expert | None:
    """Somebody who has not scored the application: a score of theirs would have to be given back first."""
    scored = set(
        Assignment.objects.active().filter(application=item.application_id).values_list("expert_id", flat=True)
    )
    return next((seat.expert for seat in reversed(present) if seat.expert_id not in scored), None)


def _ballots(item: MeetingItem, fails: bool) -> None:
    """Everybody present votes: a quarter for it where it fails, else all but one, who abstains."""
    present = meetings.line_of(item).present
    votes_for = len(present) // 4 if fails else max(1, len(present) - 1)
    for place, seat in enumerate(present):
        choice = "for" if place < votes_for else "against" if fails else "abstain"
        workflow.cast_ballot(item, by=seat.expert.user, choice=choice)
