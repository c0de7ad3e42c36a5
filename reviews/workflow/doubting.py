"""A total far from what was to be expected: its expert is asked once to say more, and may answer beside the sheet."""

from audit.door import once, perform
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import advice, messages
from reviews.actions import ACTS
from reviews.models import Assignment

LONGEST = 1000


def ask_for_reasons(task) -> int:
    """Ask each expert of a doubtful sheet once, when nobody of the task is at work any more; the number asked.

    Nobody is told anybody else's score, in which direction the own one is far, or by how much; nothing waits for the
    answer. Call it after the last signature has been committed: of two that come at once the later sees both.
    """
    if not advice.is_complete(task):
        return 0
    asked = 0
    for one in advice.doubtful_sheets(task):
        first = Assignment.objects.filter(pk=one.sheet.pk, reason_asked_at=None).update(reason_asked_at=clock.now())
        if first:
            messages.asked_for_a_reason(one.sheet)
        asked += first
    return asked


@once
def give_fuller_reason(assignment: Assignment, *, by, text: str, key: str = "") -> Assignment:
    """The expert's answer, once; the signed sheet stays as it is. Refused: text_missing, text_too_long, not_asked."""
    text = text.replace("\r\n", "\n").strip()  # a line's end counts once, as on the page
    with perform(ACTS["give_fuller_reason"], assignment, by=by, key=key, text=text) as locked:
        if len(text) > LONGEST:
            raise Refused("text_too_long", f"补充的理由最多 {LONGEST} 字。", "text", status=422)
        locked.fuller_reason = text
    return locked
