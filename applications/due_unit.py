"""The due days of the people of an applicant's unit, for 我的期限 (notifications.duedates)."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse

from applications.models import Hearing, Obligation, OutcomeObjection, RoundOutcome
from applications.queries import for_page, visible_to
from applications.standing import Case, appeal_until, due_at, evaluation_times
from applications.states import State
from jbgs.lib import clock
from notifications.duedates import DueItem
from programmes.windows import end_of, timetables

WHAT = {
    State.DRAFT: ("提交申报", "edit"),
    State.RETURNED: ("按意见修改后再提交", "edit"),
    State.IN_SUPPLEMENT: ("补正", "edit"),
    State.REJECTED: ("申请复审", "appeal"),
    State.NOT_SHORTLISTED: ("申请复审", "appeal"),
}
WORKING = State.IN_PROGRESS


def due_items(user) -> Iterator[DueItem]:
    """Submissions, supplements, work, evaluations, reports, objections and statements of the unit; seven queries."""
    if not (user.is_active and user.is_unit_person):
        return
    rows = list(for_page(user).filter(state__in=[*WHAT, WORKING]).exclude(call__is_rehearsal=True))
    by_call, now = timetables({row.call for row in rows}), clock.now()
    for row in rows:
        yield from _of_application(Case(row, row.call.spec, by_call[row.call_id], now))
    mine = visible_to(user).exclude(call__is_rehearsal=True)
    yield from _reports(mine)
    yield from _words(mine, now)


def _of_application(case: Case) -> Iterator[DueItem]:
    row = case.application
    name, note = row.title or row.task.title, row.number or f"任务 {row.task.code}"
    if row.state == WORKING:
        yield from _work(case, name, note)
        return
    what, page = WHAT[State(row.state)]
    appeals = page == "appeal"
    end = appeal_until(case) if appeals else due_at(case)
    if end is not None and case.now < end:  # what can no longer be done is owed no more
        url = reverse(f"applications:{page}", args=[row.pk])
        yield DueItem(f"application:{row.pk}:{row.state}", f"{what}：{name}", end, url, note)


def _work(case: Case, name: str, note: str) -> Iterator[DueItem]:
    """The end of the work, and of the time to file for the evaluation where the call prints one."""
    row, url = case.application, reverse("applications:detail", args=[case.application.pk])
    if row.work_due_on:
        title = f"{case.label('work', '攻关')}期限届满：{name}"
        end = end_of(row.work_due_on)
        if case.now < end:
            yield DueItem(f"application:{row.pk}:work", title, end, url, note, row.work_due_provisional)
    closes_at = evaluation_times(case).closes_at
    if closes_at:
        title = f"申请{case.label('evaluation', '测评')}：{name}"
        yield DueItem(
            f"application:{row.pk}:evaluation",
            title,
            closes_at,
            reverse("applications:evaluation", args=[row.pk]),
            note,
        )


def _reports(mine) -> Iterator[DueItem]:
    owed = Obligation.objects.owed().filter(application__in=mine, due_on__isnull=False)
    for row in owed.select_related("application"):
        url = reverse("applications:report", args=[row.application_id, row.pk])
        title = f"提交{row.name}：{row.application.title}"
        note = row.application.number + ("，已退回修改" if row.state == "returned" else "")
        yield DueItem(f"obligation:{row.pk}", title, end_of(row.due_on), url, note, row.due_provisional)


def _words(mine, now) -> Iterator[DueItem]:
    """Until when the unit may object to an on-site check, and speak before an end (P12, P22)."""
    today = clock.local(now).date()
    answered = OutcomeObjection.objects.values("outcome")
    open_outcomes = RoundOutcome.objects.filter(
        application__in=mine, application__state=State.IN_REVIEW, replaced_at=None, contestable_on__gte=today
    )
    for row in open_outcomes.exclude(pk__in=answered).select_related("application"):
        url = reverse("applications:detail", args=[row.application_id])
        title = f"对现场核查结果提出异议：{row.application.title}"
        yield DueItem(f"outcome:{row.pk}", title, end_of(row.contestable_on), url, row.application.number)
    hearings = Hearing.objects.filter(Q(stated_at=None), application__in=mine, closed_at=None, state_until__gte=today)
    for row in hearings.select_related("application"):
        url = reverse("applications:detail", args=[row.application_id])
        title = f"陈述申辩：{row.application.title}"
        yield DueItem(f"hearing:{row.pk}", title, end_of(row.state_until), url, row.application.number)
