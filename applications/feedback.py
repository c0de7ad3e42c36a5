"""What a unit reads of its experts after the decision: their opinions, without names, scores or order (N25)."""

from applications.models import Application, Decision
from applications.states import AFTER_REVIEW, State

ABOUT_THE_REVIEW = ("propose", "pass_over")
TOLD = frozenset({State.NOT_SHORTLISTED}) | AFTER_REVIEW
"""States in which the unit knows what became of the review; a proposal that is not public looks like a review."""


def opinions_for_unit(application: Application) -> list[str]:
    """The opinions that the decision was based on, where the call gives them to units (`flow.opinions_to_unit`) and
    the unit has been told of the decision; else none.

    They are those that were kept, without names, with the decision which two people made, as they stood then: a
    prepared one tells nothing, nor does one that was taken back. One query, and none where the call gives no opinions.
    """
    if not application.call.spec.flow.opinions_to_unit or application.applicant_state not in TOLD:
        return []
    decided = application.decisions.filter(state=Decision.DecisionState.APPROVED, verb__in=ABOUT_THE_REVIEW)
    last = decided.order_by("-approved_at", "-pk").first()
    return list(last.evidence.get("opinions", ())) if last else []
