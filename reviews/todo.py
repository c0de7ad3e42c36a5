"""What the review has for 我的待办."""

from collections.abc import Iterable

from django.urls import reverse

from applications.states import State
from jbgs.lib import clock
from notifications.openitems import OpenItem
from reviews import meetings
from reviews.models import Assignment, AssignmentState


def open_items(user) -> Iterable[OpenItem]:
    """One item for each task (and one for an unsigned pledge) that waits for this expert; one query."""
    if not user.is_expert:
        return
    yield from _meetings(user)
    waiting = Assignment.objects.filter(expert__user=user, application__state=State.IN_REVIEW).open_now()
    waiting = waiting.select_related("application__task").order_by("application__task__order", "pk")
    unpledged: dict[int, list[Assignment]] = {}
    by_task: dict[int, list[Assignment]] = {}
    for sheet in waiting.defer("opinion"):
        group, key = (
            (unpledged, sheet.round_id)
            if sheet.state == AssignmentState.ASSIGNED
            else (by_task, sheet.application.task_id)
        )
        group.setdefault(key, []).append(sheet)
    for round_id, sheets in unpledged.items():
        url = reverse("admin:reviews_pledge", args=[round_id])
        yield OpenItem(f"签署评审承诺，{len(sheets)} 份申报待评", url, "签署承诺", due_at=_due(sheets))
    for sheets in by_task.values():
        yield OpenItem(
            f"评审“{sheets[0].application.task.title}”",
            reverse("admin:reviews_score", args=[sheets[0].pk]),
            "继续评审",
            note=f"还有 {len(sheets)} 份没有提交",
            due_at=_due(sheets),
        )


def _meetings(user) -> Iterable[OpenItem]:
    """The meetings of today that this expert sits in; one query."""
    seats = meetings.seats_of(user).filter(meeting__state__in=meetings.LIVE, meeting__held_on__lte=clock.today())
    for seat in seats:
        url = reverse("admin:reviews_meeting_seat", args=[seat.meeting_id])
        note = "" if seat.present_at else "还没有签到"
        yield OpenItem(f"参加评审会议：{seat.meeting.title}", url, "参加会议", note=note)


def _due(sheets: list[Assignment]):
    return min((sheet.due_at for sheet in sheets if sheet.due_at), default=None)
