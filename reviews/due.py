"""The due days of experts, for 我的期限 (notifications.duedates)."""

from collections.abc import Iterator

from django.urls import reverse

from applications.states import State
from notifications.duedates import DueItem
from reviews.models import Assignment


def due_items(user) -> Iterator[DueItem]:
    """One day for each task and end with sheets in hand; one query. Names the task, never who applies."""
    if not (user.is_active and user.is_expert):
        return
    sheets = Assignment.objects.filter(expert__user=user, application__state=State.IN_REVIEW, due_at__isnull=False)
    sheets = sheets.open_now().select_related("application__task").defer("opinion").order_by("due_at", "pk")
    groups: dict[tuple, list[Assignment]] = {}
    for sheet in sheets:
        groups.setdefault((sheet.round_id, sheet.application.task_id, sheet.assigned_at.date()), []).append(sheet)
    for (round_id, task_id, assigned_on), rows in groups.items():
        task = rows[0].application.task
        yield DueItem(
            f"review:{round_id}:{task_id}:{assigned_on}", f"提交评审意见：{task.title}",
            min(row.due_at for row in rows), reverse("admin:reviews_todo"), f"还有 {len(rows)} 份没有提交",
        )  # fmt: skip
