"""Recusal as a story: the engine looks again, two officers clear a ground, nothing is decided while one is open.

When it looks: inside the freeze and the publication of a draw and at each assignment (`conflicts.find`); when an expert
pledges, opens or signs (`guards.may_still_look`); at each change of an expert's people (`people_changed`); each
night for all sheets under way (`look_at_all`), because units, accounts and applications change in rooms below, which
call nobody above; before decisions are prepared and before scores go to applicants (`require_clean`).

A ground that comes up for somebody who has the application in hand takes nothing away by itself: the officers are told,
the sheet is neither opened for the first time nor signed before they have ordered the recusal or two have cleared it.
"""

from collections.abc import Iterable
from dataclasses import asdict

from applications.models import Application
from audit.door import Repeated, perform
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import messages_recusal as tell
from reviews.actions_recusal import APPROVE, CLEAR, DISCARD
from reviews.models import Assignment, Clearance, Expert
from reviews.recusals import seated_conflicts, sheets_under_way, suspected, unsupported, waiting_clearances
from reviews.rounds import counts, reopened_at

__all__ = [
    "approve_clearance",
    "clear",
    "discard_clearance",
    "look_at_all",
    "people_changed",
    "require_clean",
    "suspected",
    "unsupported",
    "waiting_clearances",
]


def people_changed(
    *, experts: Iterable[Expert] = (), applications: Iterable[Application] = ()
) -> list[tuple[Assignment, object]]:
    """Look again at the sheets under way of these experts and of these applications; tell the officers of what is new.

    Returns the sheets with a ground that blocks them, as (sheet, conflict).
    """
    experts, applications = list(experts), list(applications)
    sheets = sheets_under_way(expert__in=experts) if experts else []
    sheets += sheets_under_way(application__in=applications) if applications else []
    return _told({sheet.pk: sheet for sheet in sheets}.values())


def look_at_all() -> int:
    """Each night: every sheet under way. How many have a ground that nobody has ruled on."""
    return len(_told(sheets_under_way()))


def _told(sheets: Iterable[Assignment]) -> list[tuple[Assignment, object]]:
    found = seated_conflicts(sheets)
    for sheet, conflict in found:
        tell.found(sheet, conflict.kind, conflict.sentence)
    return found


def require_clean(task, applications: Iterable[Application]) -> None:
    """Refuse `recusal_open` while an expert who must not look has a sheet that counts on one of these applications.

    `details`: what it is, sheet by sheet. For officers only: the sentences name experts and grounds.
    """
    applications = list(applications)
    sheets = Assignment.objects.active().filter(application__in=applications, application__task=task)
    sheets = sheets.annotate(reopened_at=reopened_at("application")).select_related("application", "expert__user")
    found = seated_conflicts(sheet for sheet in sheets.order_by("pk") if counts(sheet.assigned_at, sheet.reopened_at))
    if found:
        details = [
            {"sentence": f"{sheet.expert.user.name}，“{sheet.application.title}”：{conflict.sentence}"}
            for sheet, conflict in found
        ]
        sentence = f"还有 {len(found)} 项回避情形没有认定，不能继续。请先在“回避认定”中办理：{details[0]['sentence']}"
        raise Refused("recusal_open", sentence, details=details)


def review_is_clean(application: Application) -> None:
    """The same for one application whose decision is to take effect now; called by `applications.guards_review`."""
    require_clean(application.task, [application])


def clear(
    application: Application, *, by, expert: Expert, kinds: Iterable[str], reason: str, key: str = ""
) -> Clearance:
    """Prepare 认定不回避 for these kinds of grounds; another officer approves it.

    Refused: reason_missing, kinds_missing, not_found_any_more, cannot_clear (the same unit or person, a declared
    relation, beyond doubt), already_recused, clearance_waiting.
    """
    kinds, found = sorted(set(kinds)), []
    named = {"expert": expert, "expert_pk": expert.pk, "kinds": kinds, "reason": reason.strip(), "hits": found}
    try:
        with perform(CLEAR, application, by=by, key=key, **named) as locked:
            row = Clearance.objects.create(
                application=locked, expert=expert, kinds=kinds, hits=[asdict(hit) for hit in found],
                reason=reason.strip()[:500], prepared_by=by, prepared_at=clock.now(),
            )  # fmt: skip
            tell.clearance_prepared(row, locked)
    except Repeated:
        return Clearance.objects.filter(application=application, expert=expert, prepared_by=by).latest("pk")
    return row


def approve_clearance(row: Clearance, *, by, key: str = "") -> Clearance:
    """The second officer agrees: from now on the grounds that were shown no longer keep the two apart. Others of these
    kinds that come up later do.

    Refused: state_changed, second_person, cannot_clear, not_found_any_more, already_recused.
    """
    return _answer(APPROVE, row, by, key, state=Clearance.State.APPROVED, approved_by=by, approved_at=clock.now())


def discard_clearance(row: Clearance, *, by, key: str = "") -> Clearance:
    """Drop a clearance that nobody has approved. An approved one stays; who changes their mind orders the recusal."""
    return _answer(DISCARD, row, by, key, state=Clearance.State.DISCARDED)


def _answer(act, row: Clearance, by, key: str, **values) -> Clearance:
    try:
        with perform(act, row.application, by=by, key=key, row=row) as locked:
            Clearance.objects.filter(pk=row.pk).update(**values)
            row.refresh_from_db()
            tell.clearance_answered(row, locked, by)
    except Repeated:
        row.refresh_from_db()
    return row
