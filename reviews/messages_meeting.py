"""Who is told what of a panel's meeting. Members hear when and where, never what is on the agenda: of some they must
not know."""

from collections.abc import Iterable

from django.urls import reverse

from jbgs.lib import clock
from notifications.outbox import enqueue
from reviews.messages import _channels
from reviews.models import Expert, Meeting


def planned(meeting: Meeting, experts: Iterable[Expert]) -> None:
    """These take part; told again when day or place has changed."""
    day = f"{meeting.held_on.month}月{meeting.held_on.day}日"
    _tell(
        "meeting_planned",
        meeting,
        experts,
        f"请参加评审会议：{meeting.title}（{day}）",
        f"地点：{meeting.place or '另行通知'}。请在会议当天签到并签署承诺，签到后可以查看材料。",
    )


def cancelled(meeting: Meeting, experts: Iterable[Expert]) -> None:
    """These need not come."""
    _tell("meeting_cancelled", meeting, experts, f"评审会议不再需要您参加：{meeting.title}", meeting.reason)


def _tell(kind: str, meeting: Meeting, experts: Iterable[Expert], title: str, body: str) -> None:
    people = [expert.user for expert in experts]
    stamp = f"meeting:{meeting.pk}:{clock.now().isoformat()}"
    if people:
        enqueue(
            kind, people, title=title, body=body, url=reverse("admin:reviews_meetings"),
            about=f"meeting:{meeting.pk}", dedup=stamp, channels=_channels(meeting.call),
        )  # fmt: skip
