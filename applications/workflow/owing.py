"""What is owed after the decision: opened by events and periods, filled and handed in by the unit, looked at by an
officer; changes and extensions that the unit asks for (N35-N46, P13-P16, W06)."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from accounts.models import system_user
from applications import messages_owing as messages
from applications import obligations
from applications.actions_owing import ACTS, can_report, problems
from applications.models import Application, Obligation
from applications.obligations import AT_THE_LIST, Due
from audit.door import Repeated, perform
from jbgs.lib import clock, uploads
from jbgs.lib.crypto import canonical_json, sha256_hex
from jbgs.lib.errors import Forbidden, Refused
from programmes import answers as answering
from programmes.models import Call
from programmes.spec import ObligationSpec
from programmes.windows import end_of

States = Obligation.ObligationState
FILE_TYPES = ("pdf", "docx", "xlsx", "jpg", "png", "ofd")
FILE_MOST_BYTES = 20 * 1024 * 1024


# ---- opening ----


def open_obligations(application: Application, *events: str) -> list[Obligation]:
    """Open what these events start (programmes.words.EVENTS); the caller holds the application's lock in the door.

    What is open already stays as it is, so that it may be called again.
    """
    spec, opened = application.call.spec, []
    for one in obligations.once_by(spec, events):
        start = start_of(application, obligations.event_of(one, spec))
        row = _open(application, one, "", obligations.due_of(one, spec, start))
        opened += [row] if row else []
    if opened:
        messages.opened(application, opened)
    return opened


def start_of(application: Application, event: str) -> date | None:
    """The day from which a clock counts that starts by this event; today where the event is what happens now."""
    days = {"listed": application.listed_on, "work_due": application.work_due_on}
    return days.get(event, clock.today())


def _open(application, one: ObligationSpec, period: str, due: Due) -> Obligation | None:
    """The new row; None where it is there already."""
    row, is_new = Obligation.objects.get_or_create(
        application=application, code=one.code, period=period,
        defaults={
            "kind": one.kind, "label": one.label, "blocks": one.blocks, "needs_officer": one.needs_officer,
            "opened_at": clock.now(), "due_on": due.on, "due_clock": due.clock, "due_from": due.start,
            "due_provisional": due.provisional,
        },
    )  # fmt: skip
    return row if is_new else None


def open_recurring(call: Call | None = None) -> int:
    """Open the reports whose period is over, of one call or of all that are real, and what a rule added later asks for.

    Idempotent: a row is unique for (application, code, period). Returns how many were opened; beat calls it each day.
    """
    calls = [call] if call else Call.objects.filter(is_rehearsal=False).exclude(current_version=None)
    opened = 0
    for each in calls:
        if obligations.specs_of(each.spec):
            opened += _open_in(each)
    return opened


def _open_in(call: Call) -> int:
    running = Application.objects.filter(call=call, state__in=obligations.RUNNING, listed_on__isnull=False)
    known: dict[int, set] = {}
    for pk, code, period in Obligation.objects.filter(application__in=running).values_list(
        "application_id", "code", "period"
    ):
        known.setdefault(pk, set()).add((code, period))
    opened = 0
    for application in running.order_by("pk"):
        missing = [
            (one, period, due)
            for one, period, due in _asked_for(call, application)
            if (one.code, period) not in known.get(application.pk, ())
        ]
        if missing:
            opened += _open_missing(application, missing)
    return opened


def _asked_for(call: Call, application: Application):
    """(obligation, period, due) of everything that may be asked for by today."""
    spec, today = call.spec, clock.today()
    for one in obligations.once_by(spec, AT_THE_LIST):
        start = start_of(application, obligations.event_of(one, spec))
        if start is not None and obligations.event_of(one, spec) == "notified":
            start = application.listed_on
        yield one, "", obligations.due_of(one, spec, start)
    for one in obligations.recurring_of(spec):
        for period in obligations.periods_of(one, application.listed_on, today, application.work_due_on):
            yield one, period.name, Due(period.due_on)


def _open_missing(application: Application, missing: Iterable[tuple]) -> int:
    codes = [f"{one.code} {period}".strip() for one, period, _ in missing]
    with perform(ACTS["open_obligations"], application, by=system_user(), codes=codes) as locked:
        rows = [row for one, period, due in missing if (row := _open(locked, one, period, due))]
        if rows:
            messages.opened(locked, rows)
    return len(rows)


# ---- the unit ----


def save_obligation(
    obligation: Obligation, *, by, answers: dict, text: str = "", wanted_on: date | None = None, base: int | None = None
) -> Obligation:
    """Keep a report as typed. `base`: the draft that the editor read; Refused("report_changed") when a newer one is
    there: `details` holds that row, so that nothing typed is lost."""
    with transaction.atomic():
        current = _owed(obligation, by)
        if base is not None and base != current.draft:
            who = current.saved_by.name if current.saved_by else "其他人"
            when = f"已于 {clock.local(current.saved_at):%H:%M:%S} " if current.saved_at else ""
            raise Refused("report_changed", f"{who}{when}保存了这份材料，您的改动没有覆盖它。", details=[current])
        _fill(current, answers, text, wanted_on)
        current.draft += 1
        current.saved_by, current.saved_at = by, clock.now()
        current.save()
    return current


def keep_report_file(obligation: Obligation, *, by, file) -> Obligation:
    """Store the report's file before it is handed in; a later one replaces it, none (None) takes it away."""
    kind = sha256 = None
    if file is not None:
        kind = uploads.sniff(file, file.name, allowed=FILE_TYPES, max_bytes=FILE_MOST_BYTES, field="file")
        sha256 = uploads.sha256_of(file)  # before the lock: a file may be large
    with transaction.atomic():
        current = _owed(obligation, by)
        current.file_name = file.name[:200] if file else ""
        current.file_sha256 = sha256 or ""
        if file is None:
            current.file = ""
        else:
            current.file.save(f"{sha256}{kind.suffixes[0]}", file, save=False)
        current.saved_by, current.saved_at = by, clock.now()
        current.save()
    return current


def _owed(obligation: Obligation, by) -> Obligation:
    """The row under its lock, if `by` may fill it now."""
    current = Obligation.objects.select_for_update(of=("self",)).select_related("application").get(pk=obligation.pk)
    if not can_report.party(current.application, by):
        raise Forbidden("您没有填写这份材料的权限。")
    if not can_report.open(current.application) or not current.is_owed:
        raise Refused("report_not_open", f"“{current.name}”现在是“{current.get_state_display()}”，不能修改。")
    return current


def _fill(current: Obligation, answers: dict | None, text: str | None, wanted_on: date | None) -> None:
    current.answers = current.answers if answers is None else answers
    current.text = current.text if text is None else text.strip()
    current.wanted_on = wanted_on or current.wanted_on


def submit_obligation(
    obligation: Obligation, *, by, answers: dict | None = None, text: str | None = None, wanted_on: date | None = None,
    received_at=None, key: str = "",
) -> Obligation:  # fmt: skip
    """Hand it in: with these answers and this text, or as it was saved. A late one is taken and marked late (P21)."""
    named = {"obligation": obligation, "answers": answers, "text": text, "wanted_on": wanted_on, "report": {}}
    try:
        with perform(ACTS["submit_obligation"], obligation.application, by=by, key=key, **named) as locked:
            current = Obligation.objects.get(pk=obligation.pk)
            _fill(current, answers, text, wanted_on)
            current.state = States.SUBMITTED
            current.submitted_by, current.submitted_at = by, received_at or clock.now()
            current.submissions += 1
            current.late = current.late or bool(current.due_on and current.submitted_at >= end_of(current.due_on))
            current.content = content_of(locked, current)
            current.sha256 = sha256_hex(canonical_json(current.content))
            current.save()
            named["report"] |= {"number": current.submissions, "late": current.late, "sha256": current.sha256}
            messages.handed_in(locked, current)
    except Repeated:
        pass
    return Obligation.objects.get(pk=obligation.pk)


def content_of(application: Application, obligation: Obligation) -> dict:
    """What was handed in, frozen: every question that was asked with its answer in words."""
    one = obligations.spec_of(application.call.spec, obligation)
    given = obligation.answers
    return {
        "number": application.number,
        "title": application.title,
        "unit": application.unit.name,
        "name": obligation.name,
        "submission": obligation.submissions,
        "submitted_at": obligation.submitted_at.isoformat(),
        "late": obligation.late,
        "rows": [
            {"label": question["label"], "text": answering.shown(question, answering.text_of(given, question["key"]))}
            for question in answering.asked(one.questions, given)
        ],
        "text": obligation.text,
        "wanted_on": obligation.wanted_on.isoformat() if obligation.wanted_on else "",
        "file": {"name": obligation.file_name, "sha256": obligation.file_sha256},
    }


def missing_in(obligation: Obligation) -> list[tuple[str, str]]:
    """(field, sentence) of what a saved report still lacks."""
    row = obligation
    return problems(row.application, row, row.answers, row.text, row.wanted_on)


def raise_request(application: Application, *, by, code: str, key: str = "") -> Obligation:
    """Begin a change or an extension (N41-N43, P16): a row to fill, of which each code has one at a time."""
    number = str(application.obligations.filter(code=code).count() + 1)
    try:
        with perform(ACTS["raise_request"], application, by=by, key=key, code=code, period=number) as locked:
            one = next(one for one in obligations.requests_of(locked.call.spec) if one.code == code)
            row = _open(locked, one, number, Due())
            if row is None:
                raise Refused("request_open", "刚刚已经提出了同样的申请，请刷新后查看。", field="code")
            row.needs_officer = True
            row.save(update_fields=["needs_officer"])
    except Repeated:
        row = application.obligations.filter(code=code).latest("pk")
    return row


# ---- the officer ----


def approve_obligation(
    obligation: Obligation, *, by, result: str = "", opinion: str = "", granted_on: date | None = None, key: str = ""
) -> Obligation:
    """Approve a report or agree to a request. `result`: pass or fail of a stage assessment; a failed one is a ground
    to end the project, after a hearing (W06). An extension moves the end of the work and what is due after it."""
    named = {"obligation": obligation, "result": result, "opinion": opinion, "moved": []}
    try:
        with perform(
            ACTS["approve_obligation"], obligation.application, by=by, key=key, granted_on=granted_on, **named
        ) as locked:
            current = _decided(obligation, by, States.APPROVED, opinion)
            current.result = result
            if current.kind == Obligation.Kind.EXTENSION:
                current.wanted_on = granted_on or current.wanted_on
                named["moved"] += extend_work(locked, current.wanted_on)
            current.save()
            messages.approved(locked, current)
    except Repeated:
        pass
    return Obligation.objects.get(pk=obligation.pk)


def return_obligation(obligation: Obligation, *, by, reason: str, due_on: date | None = None, key: str = ""):
    """Send a report or a request back to be mended, by a new day where one is given."""
    named = {"obligation": obligation, "reason": reason, "due_on": due_on}
    try:
        with perform(ACTS["return_obligation"], obligation.application, by=by, key=key, **named) as locked:
            current = _decided(obligation, by, States.RETURNED, reason)
            if due_on:
                current.due_on, current.due_clock, current.due_provisional = due_on, "", False
            current.save()
            messages.returned(locked, current)
    except Repeated:
        pass
    return Obligation.objects.get(pk=obligation.pk)


def refuse_request(obligation: Obligation, *, by, reason: str, key: str = "") -> Obligation:
    """Do not agree to a change or an extension; the unit may ask again."""
    try:
        with perform(
            ACTS["refuse_request"], obligation.application, by=by, key=key, obligation=obligation, reason=reason
        ) as locked:
            current = _decided(obligation, by, States.REFUSED, reason)
            current.save()
            messages.refused(locked, current)
    except Repeated:
        pass
    return Obligation.objects.get(pk=obligation.pk)


def _decided(obligation: Obligation, by, state: str, words: str) -> Obligation:
    current = Obligation.objects.get(pk=obligation.pk)
    current.state = state
    current.opinion = words.strip()
    current.decided_by, current.decided_at = by, clock.now()
    return current


def extend_work(application: Application, until: date) -> list[str]:
    """Move the end of the work of a locked application, and what is due after it; says what moved, for the log."""
    application.work_due_on, application.work_due_provisional = until, False
    spec, moved = application.call.spec, []
    for row in application.obligations.filter(state__in=Obligation.OWED).exclude(due_clock=""):
        term = spec.clocks.get(row.due_clock)
        one = obligations.spec_of(spec, row)
        if term is None or not one.clock or obligations.event_of(one, spec) != "work_due":
            continue
        due = obligations.due_of(one, spec, until)
        moved.append(f"{row.code}: {row.due_on} → {due.on}")
        row.due_on, row.due_from, row.due_provisional = due.on, due.start, due.provisional
        row.save(update_fields=["due_on", "due_from", "due_provisional"])
    return moved
