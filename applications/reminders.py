"""Reminders before something closes, to whom it concerns, once each (beat asks each hour).

A reminder is due `days` before an end (setting REMINDER_DAYS, 7 and 1): from that moment until the end, and only where
the thing was already open at that moment, so that nobody is reminded of what has just been asked of them. The outbox
keeps each (thing, end, days) to one message a person; an end that is moved is a new end. Rehearsals and the demo's copy
remind nobody.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.urls import reverse

from accounts.models import Department, User
from applications import access, clocks
from applications.models import Appeal, Application, Decision, Objection, Obligation, RecommendationList
from applications.states import State
from jbgs.lib import clock
from notifications.models import Message
from notifications.outbox import enqueue
from programmes.instants import closes_text
from programmes.models import Call
from programmes.windows import Timetable, end_of

CHUNK = 500


def reminder_days() -> tuple[int, ...]:
    """How many days before an end people are reminded, the nearest last."""
    return tuple(sorted(getattr(settings, "REMINDER_DAYS", (7, 1)), reverse=True))


@dataclass(frozen=True)
class Reminder:
    """One thing that ends at `due_at` (exclusive) and was open since `since` (None: always). `key` names the thing.

    Without `due_at` it has no end: it is told once, at once.
    """

    event: str
    key: str
    due_at: datetime | None
    since: datetime | None
    people: tuple
    title: str
    body: str
    url: str

    def days(self, now: datetime) -> int | None:
        """The nearest of the days that has come, or None while none has or when the end has passed."""
        if self.due_at is None:
            return 0
        came = [days for days in reminder_days() if self._came(days, now)]
        return min(came, default=None)

    def _came(self, days: int, now: datetime) -> bool:
        moment = self.due_at - timedelta(days=days)
        return moment <= now < self.due_at and (self.since is None or self.since <= moment)

    def dedup(self, days: int) -> str:
        return f"{self.key}:{self.due_at.isoformat()}:{days}" if self.due_at else self.key


def send_reminders() -> int:
    """Send what is due now and was not sent; the number of reminders, each to all whom it concerns."""
    now, sent = clock.now(), 0
    for call in Call.objects.real().exclude(current_version=None).select_related("current_version"):
        waiting = [(one, days) for one in reminders_of(call) if one.people and (days := one.days(now)) is not None]
        for start in range(0, len(waiting), CHUNK):
            sent += _send(waiting[start : start + CHUNK])
    return sent


def _send(waiting: list[tuple[Reminder, int]]) -> int:
    """Enqueue those of which no message exists; what is written twice at one moment is still one row (outbox)."""
    keys = {one.dedup(days) for one, days in waiting}
    known = set(Message.objects.filter(dedup__in=keys).values_list("event", "dedup"))
    sent = 0
    for one, days in waiting:
        if (one.event, one.dedup(days)) not in known:
            enqueue(
                one.event, list(one.people), title=one.title, body=one.body, url=one.url, about=one.key,
                dedup=one.dedup(days),
            )  # fmt: skip
            sent += 1
    return sent


def reminders_of(call: Call) -> Iterator[Reminder]:
    """Everything of one call that has an end and somebody who has to do something before it."""
    timetable = Timetable(call)
    yield from _to_units(call, timetable)
    yield from _of_obligations(call)
    yield from _to_departments(call, timetable)
    yield from _to_officers(call)
    yield from _of_clocks(call)


def _until(moment: datetime) -> str:
    return closes_text(moment, this_year=clock.local(clock.now()).year)


# ---- units ----


def _to_units(call: Call, timetable: Timetable) -> Iterator[Reminder]:
    """Drafts, returned ones, supplements and running work, each with its own end."""
    states = [State.DRAFT, State.RETURNED, State.IN_SUPPLEMENT, State.IN_PROGRESS]
    found = Application.objects.filter(call=call, state__in=states).select_related("unit", "department", "task")
    applications = list(found.order_by("pk"))
    people = _people("unit_id", {one.unit_id for one in applications})
    for application in applications:
        due_at, title, body = _of_unit(call, application, timetable)
        if due_at is not None:
            yield Reminder(
                f"reminder_{application.state}", f"application:{application.pk}", due_at, application.state_since,
                tuple(people.get(application.unit_id, ())), title, body,
                reverse("applications:detail", args=[application.pk]),
            )  # fmt: skip


def _of_unit(call: Call, application: Application, timetable: Timetable) -> tuple[datetime | None, str, str]:
    """(end, title, body) of what the unit has to do; no end where nothing is."""
    name = f"“{application.title or application.task.title}”"
    if application.state == State.DRAFT:
        due = timetable.window("apply", application.department, application.unit).closes_at
        return due, f"{name}还没有提交，申报将于 {_until(due)} 截止", "逾期不能提交。草稿仍保留。"
    if application.state == State.RETURNED:
        due = application.return_due_at
        if due is None:
            return None, "", ""
        return due, f"{name}退回后还没有再提交，修改期限 {_until(due)}", "逾期不能再提交。"
    if application.state == State.IN_SUPPLEMENT:
        due = application.supplement_due_at
        return due, f"{name}还没有提交补正，补正期限 {_until(due)}", "逾期未补正的，不予受理。"
    if "evaluation" in call.spec.windows:
        due = timetable.window("evaluation", application.department, application.unit).closes_at
        label = call.spec.label("evaluation", "测评")
        return due, f"{name}还没有申请{label}，申请将于 {_until(due)} 截止", "请逐项填写实测值和证明。"
    if application.work_due_on is None:
        return None, "", ""
    due, work = end_of(application.work_due_on), call.spec.label("work", "攻关")
    mark = "（暂定）" if application.work_due_provisional else ""
    then = f"期满后申请{call.spec.label('evaluation', '测评')}。" if call.spec.flow.evaluation else ""
    return due, f"{name}的{work}期限将于 {_until(due)}{mark} 届满", then


def _of_obligations(call: Call) -> Iterator[Reminder]:
    """What a unit owes by a day: its people and the officers are told."""
    owed = Obligation.objects.owed().filter(application__call=call, due_on__isnull=False)
    owed = list(owed.select_related("application__task", "application__unit"))
    units = _people("unit_id", {row.application.unit_id for row in owed})
    officers = _Officers(call)
    for row in owed:
        application, due = row.application, end_of(row.due_on)
        mark = "（暂定）" if row.due_provisional else ""
        title = f"“{application.title}”的{row.name}须在 {_until(due)}{mark} 前提交"
        for people, page, ids in (
            (units.get(application.unit_id, ()), "applications:report", (application.pk, row.pk)),
            (officers.of(application), "admin:applications_report", (row.pk,)),
        ):
            yield Reminder(
                "reminder_obligation", f"obligation:{row.pk}:{page}", due, row.opened_at, tuple(people), title, "",
                reverse(page, args=ids),
            )  # fmt: skip


# ---- departments ----


def _to_departments(call: Call, timetable: Timetable) -> Iterator[Reminder]:
    """Applications that nobody has examined; a list that is not confirmed."""
    flow = call.spec.flow
    if not flow.recommendation:
        return
    rows = Application.objects.filter(call=call, department__isnull=False).order_by()
    counted = {
        row["department"]: row
        for row in rows.values("department").annotate(
            waiting=Count("pk", filter=Q(state=State.SUBMITTED)),
            listed=Count("pk", filter=Q(recommendation_list__state="open")),
        )
        if row["waiting"] or row["listed"]
    }
    confirmed = RecommendationList.objects.filter(call=call, state="confirmed").values_list("department_id", flat=True)
    closed = set(confirmed)
    people = _people("department_id", set(counted))
    page = reverse("admin:applications_recommending", args=[call.slug])
    for department in Department.objects.filter(pk__in=counted):
        row, persons = counted[department.pk], tuple(people.get(department.pk, ()))
        if row["waiting"]:
            due = timetable.window("recommend", department).closes_at
            yield Reminder(
                "reminder_recommend", f"recommend:{call.pk}:{department.pk}", due, None, persons,
                f"还有 {row['waiting']} 个申报待审核，推荐将于 {_until(due)} 截止", call.title, page,
            )  # fmt: skip
        if flow.recommendation_list and department.pk not in closed:
            due = timetable.window("confirm", department).closes_at
            yield Reminder(
                "reminder_confirm", f"confirm:{call.pk}:{department.pk}", due, None, persons,
                f"推荐名单还没有确认，确认将于 {_until(due)} 截止", call.title, page,
            )  # fmt: skip


# ---- officers ----


class _Officers:
    """Who are the officers of an application without those who stand aside; asked once for each call and field."""

    def __init__(self, call: Call):
        self.known: dict[tuple[int, int], list[User]] = {}
        self.aside = access.Aside(call)

    def of(self, application: Application) -> list[User]:
        key = (application.call_id, application.task.field_id)
        if key not in self.known:
            self.known[key] = list(access.all_officers_of(application))
        return [officer for officer in self.known[key] if not self.aside.closes(officer, application)]


def _to_officers(call: Call) -> Iterator[Reminder]:
    """Objections and appeals with a day to answer; decisions that have waited for a second person."""
    officers = _Officers(call)
    for model, page, word in ((Objection, "objection", "异议"), (Appeal, "appeal", "复审申请")):
        rows = model.objects.filter(application__call=call, state="open", due_on__isnull=False)
        for row in rows.select_related("application__task"):
            due = end_of(row.due_on)
            yield Reminder(
                f"reminder_{page}", f"{page}:{row.pk}", due, row.raised_at, tuple(officers.of(row.application)),
                f"“{row.application.title}”的{word}须在 {_until(due)} 前答复", "",
                reverse(f"admin:applications_{page}", args=[row.pk]),
            )  # fmt: skip
    yield from _of_decisions(call, officers)


def _of_decisions(call: Call, officers: _Officers) -> Iterator[Reminder]:
    """A decision has no end: who may approve it is told when it has waited as long as the last reminder's days."""
    patience = timedelta(days=reminder_days()[-1])
    rows = Decision.objects.filter(
        application__call=call, state=Decision.DecisionState.PREPARED, prepared_at__lte=clock.now() - patience
    )
    page = f"{reverse('admin:applications_decisions')}?call={call.slug}"
    by_person: dict[User, list[Decision]] = {}
    for row in rows.select_related("application__task").order_by("pk"):
        for person in officers.of(row.application):
            if person.pk != row.prepared_by_id:
                by_person.setdefault(person, []).append(row)
    for person, waiting in by_person.items():
        # Named by the newest one: the same batch is told once, later ones again.
        yield Reminder(
            "reminder_decisions", f"decisions:{call.pk}:{waiting[-1].pk}:{person.pk}", None, None, (person,),
            f"{len(waiting)} 项决定等待您复核", call.title, page,
        )  # fmt: skip


# ---- clocks that measure an office's own work ----


def _of_clocks(call: Call) -> Iterator[Reminder]:
    """P07 and P08 to departments, P09 and N12 to officers: how many applications run out, of which day (clocks.py)."""
    by_id, waiting = {call.pk: call}, Application.objects.filter(call=call).order_by()
    if clocks.OF_DEPARTMENTS.keys() & call.spec.clocks.keys():
        begun = waiting.filter(state=State.SUBMITTED, department__isnull=False)
        begun = begun.values_list("call_id", "submitted_at", "department_id")
        found = list(clocks.running(by_id, begun, clocks.OF_DEPARTMENTS))
        people = _people("department_id", {one.who for one in found})
        for one in found:
            url = reverse("admin:applications_recommending", args=[call.slug])
            yield _clocked(one, f"department:{one.who}", people.get(one.who, ()), url)
    if clocks.OF_OFFICERS.keys() & call.spec.clocks.keys():
        officers, groups = _Officers(call), {}
        rows = clocks.with_accepted_at(waiting.filter(state__in=clocks.REVIEWED)).select_related("task")
        for row in rows:
            groups.setdefault(row.task.field_id, []).append(row)
        for field, members in groups.items():
            people = {person.pk: person for row in members for person in officers.of(row)}
            begun = ((call.pk, row.accepted_at) for row in members)
            for one in clocks.running(by_id, begun, clocks.OF_OFFICERS):
                url = f"{reverse('admin:applications_decisions')}?call={call.slug}"
                yield _clocked(one, f"field:{field}", people.values(), url)
    yield from _of_form_check(call, waiting)


def _clocked(one: clocks.Running, whom: str, people: Iterable, url: str) -> Reminder:
    due, mark = end_of(one.on), "（暂定）" if one.provisional else ""
    return Reminder(
        "reminder_clock", f"clock:{one.call.pk}:{one.name}:{one.start}:{whom}", due, end_of(one.start), tuple(people),
        f"{one.count} 个申报须在 {_until(due)}{mark} 前{one.words}", one.call.title, url,
    )  # fmt: skip


def _of_form_check(call: Call, waiting) -> Iterator[Reminder]:
    """N12: to the officers of every application that still waits for its form check."""
    if "form_check" not in call.spec.clocks:
        return
    rows = list(waiting.filter(state=State.RECOMMENDED).select_related("task"))
    if not rows:
        return
    officers = _Officers(call)
    people = {person.pk: person for row in rows for person in officers.of(row)}
    on, provisional = clocks.form_check_ends([call])[call.pk]
    due, mark = end_of(on), "（暂定）" if provisional else ""
    url = f"{reverse('admin:applications_examining')}?call={call.slug}"
    yield Reminder(
        "reminder_clock", f"clock:{call.pk}:form_check", due, None, tuple(people.values()),
        f"{len(rows)} 个申报须在 {_until(due)}{mark} 前完成形式审查", call.title, url,
    )  # fmt: skip


def _people(key: str, ids: Iterable[int]) -> dict[int, list[User]]:
    """Active people by the id of their unit or department; one query."""
    found: dict[int, list[User]] = {}
    for person in User.objects.filter(**{f"{key}__in": list(ids)}, is_active=True):
        found.setdefault(getattr(person, key), []).append(person)
    return found
