"""The due days of recommending departments and of officers, for 我的期限 (notifications.duedates).

Applications of one call that began on the same day are one line: its key is that first day, so that a day that moves
stays the same entry of a calendar.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from django.urls import reverse

from applications import clocks
from applications.backoffice import calls, office
from applications.clocks import REVIEWED, Running
from applications.models import Appeal, Hearing, Objection
from applications.queries import visible_to
from applications.states import State
from notifications.duedates import DueItem
from programmes.windows import end_of
from programmes.words import CLOCK_UNITS


def due_items(user) -> Iterator[DueItem]:
    """A department's or an officer's days; nothing for other people."""
    if not user.is_active:
        return
    if user.is_recommender:
        yield from _of_department(user)
    elif user.is_officer:
        yield from _of_officer(user)


# ---- departments ----


def _of_department(user) -> Iterator[DueItem]:
    """The ends of recommending and confirming, and the clocks of each day's applications; seven queries."""
    rows = calls.call_rows(user)
    for row in rows:
        flow = row.call.spec.flow
        if not flow.recommendation or row.is_confirmed:
            continue
        url = reverse("admin:applications_recommending", args=[row.call.slug])
        if flow.recommendation_list and (row.standing.waiting or row.standing.recommended):
            key, title = f"call:{row.call.pk}:confirm", f"确认推荐名单：{row.call.title}"
            yield DueItem(key, title, row.confirming.closes_at, url)
        if row.standing.waiting:
            key, title = f"call:{row.call.pk}:recommend", f"审核推荐：{row.call.title}"
            note = f"{row.standing.waiting} 个申报待审核"
            yield DueItem(key, title, row.recommending.closes_at, url, note)
    begun = visible_to(user).filter(state=State.SUBMITTED).order_by().values_list("call_id", "submitted_at")
    by_id = {row.call.pk: row.call for row in rows}
    for one in clocks.running(by_id, begun, clocks.OF_DEPARTMENTS):
        yield _line(one, reverse("admin:applications_recommending", args=[one.call.slug]))


# ---- officers ----


def _of_officer(user) -> Iterator[DueItem]:
    """Form check, decisions, objections, appeals, hearings of the officer's calls; nine queries."""
    found = [call for call in office.calls_of(user) if not call.is_rehearsal]
    by_id = {call.pk: call for call in found}
    mine = visible_to(user).filter(call__in=found)
    begun = clocks.with_accepted_at(mine.filter(state__in=(State.RECOMMENDED, *REVIEWED)))
    begun = list(begun.order_by().values_list("call_id", "state", "accepted_at"))
    waiting = Counter(call_id for call_id, state, _ in begun if state == State.RECOMMENDED)
    for pk, (end, provisional) in clocks.form_check_ends(by_id[pk] for pk in waiting).items():
        call, note = by_id[pk], f"{waiting[pk]} 个申报待办"
        url = f"{reverse('admin:applications_examining')}?call={call.slug}"
        due = end_of(end) if type(end) is date else end
        yield DueItem(f"call:{pk}:form_check", f"形式审查：{call.title}", due, url, note, provisional)
    reviewed = [(call_id, moment) for call_id, state, moment in begun if state in REVIEWED]
    for one in clocks.running(by_id, reviewed, clocks.OF_OFFICERS):
        yield _line(one, f"{reverse('admin:applications_decisions')}?call={one.call.slug}")
    for model, page, word in ((Objection, "objection", "答复异议"), (Appeal, "appeal", "作出复审决定")):
        rows = model.objects.filter(application__in=mine, state="open", due_on__isnull=False)
        for row in rows.select_related("application").only("due_on", "due_provisional", "application__number"):
            yield DueItem(
                f"{page}:{row.pk}", f"{word}：{row.application.number}", end_of(row.due_on),
                reverse(f"admin:applications_{page}", args=[row.pk]), provisional=row.due_provisional,
            )  # fmt: skip
    for row in Hearing.objects.filter(application__in=mine, closed_at=None).select_related("application"):
        yield DueItem(
            f"hearing:{row.pk}", f"申报单位陈述申辩期满：{row.application.number}", end_of(row.state_until),
            reverse("admin:applications_detail", args=[row.application_id]),
        )  # fmt: skip


# ---- both ----


def _line(one: Running, url: str) -> DueItem:
    term, start = one.call.spec.clocks[one.name], one.start
    since = f"{start.year}年{start.month}月{start.day}日"
    note = f"{one.count} 个申报，{since}起 {term.count} {CLOCK_UNITS[term.unit]}"
    key = f"call:{one.call.pk}:{one.name}:{start.isoformat()}"
    return DueItem(key, f"{one.words}：{one.call.title}", end_of(one.on), url, note, one.provisional)
