"""The security administrator gives a call its officers and supervisors, and takes them away again."""

from applications import access, messages_granting
from applications.actions_granting import APPOINT, DISMISS, SUPERVISOR, Part
from audit.door import once, perform
from programmes.models import Call


@once
def appoint(call: Call, *, by, user, part: Part, key: str = "") -> Call:
    """Make somebody an officer (of all of it, or of one field) or a supervisor of the call; the person is told.

    Refused: person_missing, account_closed, wrong_role, wrong_world, already_granted, field_unknown.
    """
    with perform(APPOINT, call, by=by, key=key, user=user, part=part) as locked:
        give, on = _writer(part, locked, give=True)
        give(user, on)
        messages_granting.appointed(locked, user, part)
    return locked


@once
def dismiss(call: Call, *, by, user, part: Part, reason: str, key: str = "") -> Call:
    """Take it away again, with a reason. Refused: not_granted, reason_missing, nobody_left (a field would be without
    any officer)."""
    with perform(DISMISS, call, by=by, key=key, user=user, part=part, reason=reason) as locked:
        take, on = _writer(part, locked, give=False)
        take(user, on)
        messages_granting.dismissed(locked, user, part, reason.strip())
    return locked


def _writer(part: Part, call: Call, *, give: bool):
    """What writes the row, and on what."""
    if part.kind == SUPERVISOR:
        return (access.grant_supervision if give else access.revoke_supervision), call
    if part.field:
        return (access.grant_field if give else access.revoke_field), part.field
    return (access.grant_call if give else access.revoke_call), call
