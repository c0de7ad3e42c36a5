"""What waits for the people of an applicant's unit, for 我的待办 (notifications.openitems)."""

from collections.abc import Iterator

from django.urls import reverse

from applications.queries import for_page
from applications.standing import Case, due_at, evaluation_times
from applications.states import State
from jbgs.lib import clock
from notifications.openitems import OpenItem
from programmes.windows import timetables

# State → (what is to do, button, the page). Nothing waits for the unit in any other state.
WAITING = {
    State.DRAFT: ("填写并提交", "继续填写", "edit"),
    State.RETURNED: ("按意见修改后再提交", "修改", "edit"),
    State.IN_SUPPLEMENT: ("补正", "补正", "edit"),
    State.IN_PROGRESS: ("申请测评", "填写实测值", "evaluation"),
}


def open_items(user) -> Iterator[OpenItem]:
    """Drafts, returned ones, supplements and evaluations of the unit that can still be done; three queries."""
    if not (user.is_active and user.is_unit_person):
        return
    rows = list(for_page(user).filter(state__in=WAITING).exclude(call__is_rehearsal=True))
    by_call, now = timetables({row.call for row in rows}), clock.now()
    for row in rows:
        case = Case(row, row.call.spec, by_call[row.call_id], now)
        due = due_at(case)
        if row.state == State.IN_PROGRESS and not evaluation_times(case).are_open(now):
            continue  # the work itself is not an errand in this system
        if due is not None and now >= due:
            continue  # too late: the page of the application says so
        what, verb, page = WAITING[State(row.state)]
        note = row.number or f"任务 {row.task.code}"
        yield OpenItem(
            f"{what}：{row.title or row.task.title}", reverse(f"applications:{page}", args=[row.pk]), verb, note, due
        )
