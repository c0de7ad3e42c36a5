"""The officer's verbs up to the review: supplement letter, accept, reject, send to review."""

from applications import messages
from applications.actions import ACTS
from applications.models import Application
from applications.workflow.owing import open_obligations
from applications.workflow.recommending import note
from audit.door import once, perform


@once
def request_supplement(application, *, by, items: list[str], due_at, key: str = "") -> Application:
    """One letter that names everything missing at once (P07); slot and rank stay."""
    with perform(ACTS["request_supplement"], application, by=by, key=key, items=items, due_at=due_at) as locked:
        locked.supplement_due_at = due_at
        note(locked, "request_supplement", by, items=[item.strip() for item in items if item.strip()], due_at=due_at)
        messages.supplement_requested(locked, items)
    return locked


@once
def accept(application, *, by, items: dict[str, bool], key: str = "") -> Application:
    """Form check passed: every item was looked at and holds."""
    with perform(ACTS["accept"], application, by=by, key=key, items=items) as locked:
        note(locked, "accept", by, items=sorted(items))
        open_obligations(locked, "accepted")
        messages.accepted(locked)
    return locked


@once
def reject(application, *, by, ground: str, reason: str, key: str = "") -> Application:
    """Not accepted, on one of the call's grounds, with a reason that the unit reads."""
    with perform(ACTS["reject"], application, by=by, key=key, ground=ground, reason=reason) as locked:
        note(locked, "reject", by, text=reason, ground=ground)
        messages.rejected(locked, reason)
    return locked


@once
def start_review(application, *, by, key: str = "") -> Application:
    """Hand the accepted application to the experts."""
    with perform(ACTS["start_review"], application, by=by, key=key) as locked:
        messages.forwarded(locked)
    return locked
