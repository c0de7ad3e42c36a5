"""The story of a review: one function per verb, keyword-only `by=`; all through the one door (DESIGN §4).

experts (who may be asked) → assigning (who looks at what) → scoring (the expert) → selecting (the officer prepares
decisions; a second person approves them in `applications`).
"""

from reviews.workflow.assigning import assign, assign_each, draw, plan_draw, recuse, remind, unassign
from reviews.workflow.experts import create_expert, set_available, update_expert
from reviews.workflow.forwarding import forward
from reviews.workflow.scoring import (
    declare_recusal,
    pledge,
    pledge_all,
    return_for_revision,
    save_score,
    sign,
)
from reviews.workflow.selecting import prepare_shortlist

__all__ = [
    "assign",
    "assign_each",
    "create_expert",
    "declare_recusal",
    "draw",
    "forward",
    "plan_draw",
    "pledge",
    "pledge_all",
    "prepare_shortlist",
    "recuse",
    "remind",
    "return_for_revision",
    "save_score",
    "set_available",
    "sign",
    "unassign",
    "update_expert",
]
