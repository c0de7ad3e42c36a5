"""Before an end the unit is told what is intended and why, speaks, and is heard (P22)."""

from datetime import date

from applications import messages, rules
from applications.actions import ACTS
from applications.models import Application, Hearing
from audit.door import once, perform
from jbgs.lib import clock
from jbgs.lib.errors import Refused


@once
def give_notice(application, *, by, verb: str, ground: str, state_until: date, key: str = "") -> Application:
    """Tell the unit that it will be terminated or revoked, why, and until when it may speak. `verb`: of rules.HEARD."""
    named = {"verb": verb, "ground": ground, "state_until": state_until}
    with perform(ACTS["notice"], application, by=by, key=key, **named) as locked:
        if verb not in rules.HEARD or not rules.DECISIONS[verb].open(locked):
            raise Refused("state_changed", f"这件申报现在是“{locked.get_state_display()}”，不能办理这项告知。")
        hearing = Hearing.objects.create(
            application=locked, verb=verb, ground=ground.strip(), state_until=state_until, noticed_by=by,
            noticed_at=clock.now(),
        )  # fmt: skip
        messages.end_announced(locked, ACTS[verb].label, hearing)
    return locked


@once
def make_statement(application, *, by, text: str, key: str = "") -> Application:
    """The unit's statement and defence, once, by the day of the notice."""
    with perform(ACTS["make_statement"], application, by=by, key=key, text=text) as locked:
        hearing = locked.hearings.get(closed_at=None)
        hearing.statement, hearing.stated_by, hearing.stated_at = text.strip(), by, clock.now()
        hearing.save(update_fields=["statement", "stated_by", "stated_at"])
        messages.statement_made(locked, hearing)
    return locked


@once
def close_hearing(
    application, *, by, result: str, finding: str, held_on: date | None = None, key: str = ""
) -> Application:
    """Another officer records how the unit was heard: `kept` lets the decision be prepared, `dropped` ends it."""
    named = {"result": result, "finding": finding, "held_on": held_on or clock.today()}
    with perform(ACTS["close_hearing"], application, by=by, key=key, **named) as locked:
        hearing = locked.hearings.get(closed_at=None)
        hearing.result, hearing.finding, hearing.held_on = result, finding.strip(), named["held_on"]
        hearing.closed_by, hearing.closed_at = by, clock.now()
        hearing.save(update_fields=["result", "finding", "held_on", "closed_by", "closed_at"])
        messages.hearing_closed(locked, ACTS[hearing.verb].label, hearing)
    return locked
