"""Reminders to experts before their sheets are due, once each for every end and distance (beat asks each hour).

The distances and the rule of when one has come are those of `applications.reminders`. Rehearsals and the demo's copy
remind nobody.
"""

from collections.abc import Iterator

from django.urls import reverse

from applications.reminders import Reminder
from applications.states import State
from jbgs.lib import clock
from notifications.outbox import enqueue
from programmes.models import Call
from reviews.models import Assignment


def send_reminders() -> int:
    """Tell every expert whose sheets are due soon; the number of experts and tasks that were told now."""
    now, sent = clock.now(), 0
    for reminder in open_sheets():
        days = reminder.days(now)
        if days is not None:
            written = enqueue(
                reminder.event, reminder.people, title=reminder.title, body=reminder.body, url=reminder.url,
                about=reminder.key, dedup=reminder.dedup(days),
            )  # fmt: skip
            sent += bool(written)
    return sent


def open_sheets() -> Iterator[Reminder]:
    """One reminder for each expert, task and end with sheets in hand; one query."""
    sheets = Assignment.objects.open_now().filter(
        application__state=State.IN_REVIEW, application__call__in=Call.objects.real(), due_at__isnull=False
    )
    sheets = sheets.select_related("expert__user", "application__task").defer("opinion")
    groups: dict[tuple, list[Assignment]] = {}
    for sheet in sheets.order_by("pk"):
        groups.setdefault((sheet.expert_id, sheet.application.task_id, sheet.due_at), []).append(sheet)
    for (expert, task, due_at), rows in groups.items():
        first = rows[0]
        yield Reminder(
            event="review_due",
            key=f"task:{task}:expert:{expert}",
            due_at=due_at,
            since=max(row.assigned_at for row in rows),
            people=(first.expert.user,),
            title=f"“{first.application.task.title}”还有 {len(rows)} 份评审没有提交，"
            f"{clock.local(due_at):%-m月%-d日 %H:%M} 截止",
            body="可以分次填写，系统随时保存；全部完成后请逐份确认提交。",
            url=reverse("admin:reviews_todo"),
        )
