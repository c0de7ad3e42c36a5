"""What waits for a recommending department, for 我的待办 (notifications.openitems)."""

from collections.abc import Iterator

from django.urls import reverse

from applications.backoffice import calls
from jbgs.lib import clock
from notifications.openitems import OpenItem


def open_items(user) -> Iterator[OpenItem]:
    """Applications to examine, then the list to confirm; nothing for other people. Five queries, one of them the
    sidebar's own."""
    if not (user.is_active and user.is_recommender) or not calls.standings(user):
        return
    now = clock.now()
    for row in calls.call_rows(user):
        if row.is_confirmed or not row.call.spec.flow.recommendation_list and not row.standing.waiting:
            continue
        url = reverse("admin:applications_recommending", args=[row.call.slug])
        due = row.confirming.closes_at
        if row.standing.waiting:
            waiting = f"审核申报：{row.call.title}"
            yield OpenItem(waiting, f"{url}?tab=waiting", "去审核", f"{row.standing.waiting} 个申报待审核", due)
        elif row.standing.recommended and row.filing.has_closed(now):
            confirm = reverse("admin:applications_confirm_list", args=[row.listed.pk]) if row.listed else url
            note = f"拟推荐 {row.standing.recommended} 个项目"
            yield OpenItem(f"确认推荐名单：{row.call.title}", confirm, "去确认", note, due)
