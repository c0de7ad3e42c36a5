"""An officer or supervisor stands aside from an application."""

from applications import access, messages
from applications.actions_recusing import RECUSE_OFFICER
from applications.models import Application
from audit.door import once, perform


@once
def recuse_officer(application: Application, *, by, user, reason: str, key: str = "") -> Application:
    """Close the application, and from the review on its whole task, to this officer or supervisor.

    Said by the person or ordered by another officer of the application. Refused: person_missing, no_part,
    already_recused, reason_missing, nobody_left (no other officer has the task).
    """
    with perform(RECUSE_OFFICER, application, by=by, key=key, user=user, reason=reason) as locked:
        access.keep_aside(user, locked, by=by, reason=reason.strip()[:500])
        messages.officer_recused(locked, user, by)
    return locked
