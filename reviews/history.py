"""Every change of a score sheet, out of the log that nobody can bend: who, when, which criterion, old → new; when it
was signed, and with which reason it was given back.

The expert reads the whole of the own sheet. Officers read it once it was signed, up to the last signature: what was
never signed is the expert's own draft.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from audit.models import Entry
from reviews import sheets
from reviews.actions import ACTS
from reviews.models import Advice, Assignment

POINTS, OPINION, ADVICE, MARK = "points", "opinion", "advice", "mark"
ONE_SITTING = timedelta(minutes=10)
"""The page saves while somebody writes: saves of the opinion that follow each other within it are one change."""


@dataclass(frozen=True)
class Change:
    """One thing that became different, or (kind `mark`) an act: signed, given back.

    `item`: the criterion, the opinion, the advice, or the act; `version`: of the sheet after it, 0 for an act that
    saves nothing; `saves`: how many saves it took; `note`: the reason, or the total that was signed.
    """

    at: datetime
    who: str
    is_own: bool
    action: str
    kind: str
    item: str
    old: str = ""
    new: str = ""
    note: str = ""
    version: int = 0
    saves: int = 1


def of(assignment: Assignment) -> list[Change]:
    """All changes, oldest first; one query. The assignment comes with its rules and expert."""
    entries = Entry.objects.for_object(assignment).done()
    labels = {item.key: item.label for item in assignment.rules.spec.review.criteria}
    found: list[Change] = []
    for entry in entries:
        for change in _changes(entry, labels, assignment.expert.user_id):
            _add(found, change)
    return found


def since(assignment: Assignment, version: int) -> list[Change]:
    """What was saved after this version of the sheet."""
    return [change for change in of(assignment) if change.version > version]


def of_signed(assignment: Assignment) -> list[Change]:
    """What officers read: up to the last signature, and the acts after it; empty for a sheet never signed."""
    found = of(assignment)
    last = max((place for place, one in enumerate(found) if one.action == "sign"), default=-1)
    if last < 0:
        return []
    return found[: last + 1] + [one for one in found[last + 1 :] if one.kind == MARK]


def _changes(entry: Entry, labels: dict[str, str], owner: int) -> Iterable[Change]:
    """What one entry of the log came to; an act that changed nothing that people read gives nothing."""
    common = Change(entry.happened_at, entry.actor_label, entry.actor_id == owner, entry.action, MARK, "")
    if entry.action != "save_score":
        act = ACTS.get(entry.action)
        if act is not None:
            yield replace(common, item=act.label, note=_note(entry))
        return
    changes = entry.changes
    version = changes.get("sheet_version", [0, 0])[1]
    old, new = changes.get("points", [{}, {}])
    for key in [*labels, *sorted({*old, *new} - set(labels))]:
        if old.get(key) != new.get(key):
            before, after = sheets.show(old.get(key)), sheets.show(new.get(key))
            yield replace(common, kind=POINTS, item=labels.get(key, key), old=before, new=after, version=version)
    if "opinion" in changes:
        before, after = changes["opinion"]
        yield replace(common, kind=OPINION, item="评审意见", old=before, new=after, version=version)
    if "advice" in changes:
        before, after = (dict(Advice.choices).get(code, "") for code in changes["advice"])
        yield replace(common, kind=ADVICE, item="建议", old=before, new=after, version=version)


def _note(entry: Entry) -> str:
    if entry.action == "sign":
        return f"加权总分 {sheets.show_two(entry.data.get('total'))}"
    return str(entry.data.get("reason") or "")


def _add(found: list[Change], change: Change) -> None:
    last = found[-1] if found else None
    goes_on = last and last.kind == change.kind == OPINION and last.who == change.who
    if goes_on and change.at - last.at <= ONE_SITTING:
        found[-1] = replace(change, old=last.old, saves=last.saves + 1)
    else:
        found.append(change)
