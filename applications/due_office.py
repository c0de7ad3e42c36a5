"""The due days of recommending departments and of officers, for 我的期限 (notifications.duedates).

Clocks that only measure people's own work (one-time notice P07, opinion P08, form check N12, decision P09) are counted
when they are read, with the working calendar as it is, so they are never stored and never stale. Applications of one
call that began on the same day are one line: its key is that first day, so that a day that moves stays the same entry.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from django.db.models import DateTimeField, OuterRef, Subquery
from django.urls import reverse

from applications.backoffice import calls, office
from applications.models import Appeal, Application, Hearing, Objection
from applications.queries import visible_to
from applications.states import State
from audit.models import Entry, Outcome
from jbgs.lib import clock
from notifications.duedates import DueItem
from programmes.models import Call, Extension
from programmes.spec import ClockSpec
from programmes.windows import Timetable, due_date, end_of, known_days

LONGEST = timedelta(days=400)
"""Beyond the longest clock of an office; how far back the calendar is read."""


def due_items(user) -> Iterator[DueItem]:
    """A department's or an officer's days; nothing for other people."""
    if not user.is_active:
        return
    if user.is_recommender:
        yield from _of_department(user)
    elif user.is_officer:
        yield from _of_officer(user)


# ---- departments ----

MEASURED_BY_DEPARTMENTS = (("notice", "一次性告知需要补正的全部内容"), ("recommend", "提出审核意见"))


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
    yield from _measured(by_id, begun, MEASURED_BY_DEPARTMENTS, "admin:applications_recommending", by_path=True)


# ---- officers ----

MEASURED_BY_OFFICERS = (("review_decision", "作出评审结论"),)
REVIEWED = (State.ACCEPTED, State.IN_REVIEW)


def _of_officer(user) -> Iterator[DueItem]:
    """Form check, decisions, objections, appeals, hearings of the officer's calls; nine queries."""
    found = [call for call in office.calls_of(user) if not call.is_rehearsal]
    by_id = {call.pk: call for call in found}
    mine = visible_to(user).filter(call__in=found)
    accepted = Entry.objects.filter(
        object_type=Application._meta.label_lower, object_id=OuterRef("pk"), action="accept", outcome=Outcome.DONE
    ).order_by("-sequence")
    begun = mine.filter(state__in=(State.RECOMMENDED, *REVIEWED)).annotate(
        accepted_at=Subquery(accepted.values("happened_at")[:1], output_field=DateTimeField())
    )
    begun = list(begun.order_by().values_list("call_id", "state", "accepted_at"))
    yield from _form_checks(by_id, Counter(call_id for call_id, state, _ in begun if state == State.RECOMMENDED))
    reviewed = [(call_id, moment) for call_id, state, moment in begun if state in REVIEWED]
    yield from _measured(by_id, reviewed, MEASURED_BY_OFFICERS, "admin:applications_decisions")
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


def _form_checks(by_id: Mapping[int, Call], waiting: Counter) -> Iterator[DueItem]:
    """N12: the form check of all is over so many days after the end of intake; the call's own window else. An end of
    one department or unit does not count here, so own deadlines are not read."""
    extended: dict[int, list] = {pk: [] for pk in waiting}
    for row in Extension.objects.filter(call__in=waiting, department=None, unit=None) if waiting else ():
        extended[row.call_id].append(row)
    for pk, number in waiting.items():
        call = by_id[pk]
        timetable = Timetable(call, extended[pk], [])
        term = call.spec.clocks.get("form_check")
        if term:
            last = clock.local(timetable.window("apply").closes_at - timedelta(seconds=1)).date()
            on, provisional = due_date(term, last)
            end = end_of(on)
        elif "form_check" in call.spec.windows:
            end, provisional = timetable.window("form_check").closes_at, False
        else:
            continue
        url = f"{reverse('admin:applications_examining')}?call={call.slug}"
        note = f"{number} 个申报待办"
        yield DueItem(f"call:{pk}:form_check", f"形式审查：{call.title}", end, url, note, provisional)


# ---- both ----


def _measured(by_id: Mapping[int, Call], begun: Iterable[tuple], clocks, page: str, by_path=False):
    """One line for each call, clock and day of beginning; the calendar is read once. `begun`: (call, moment)."""
    counted: Counter = Counter()
    for call_id, moment in begun:
        if call_id in by_id and moment is not None:
            counted[call_id, clock.local(moment).date()] += 1
    days = known_days(clock.today() - LONGEST) if counted else {}
    for (call_id, start), number in sorted(counted.items()):
        call = by_id[call_id]
        for name, words in clocks:
            term = call.spec.clocks.get(name)
            if term is not None:
                yield _line(call, name, words, term, start, number, days, page, by_path)


def _line(
    call: Call, name: str, words: str, term: ClockSpec, start: date, number: int, days, page: str, by_path: bool
) -> DueItem:
    on, provisional = due_date(term, start, days)
    url = reverse(page, args=[call.slug]) if by_path else f"{reverse(page)}?call={call.slug}"
    note = f"{number} 个申报，{start.year}年{start.month}月{start.day}日起 {term.count} {UNITS[term.unit]}"
    key = f"call:{call.pk}:{name}:{start.isoformat()}"
    return DueItem(key, f"{words}：{call.title}", end_of(on), url, note, provisional)


UNITS = {"days": "日", "workdays": "个工作日", "months": "个月", "years": "年"}
