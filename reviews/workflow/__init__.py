"""The story of a review: one function per verb, keyword-only `by=`; all through the one door (DESIGN §4).

experts (who may be asked) → planning (the draw) and assigning (by hand) → changing (after the draw) → scoring (the expert)
→ selecting (the officer prepares decisions; a second person approves them in `applications`).
"""

from reviews.workflow.assigning import assign, assign_each, draw, plan_draw, recuse, remind, unassign
from reviews.workflow.changing import (
    approve_change,
    decline,
    discard_change,
    lapse_unanswered,
    open_sheet,
    prepare_change,
)
from reviews.workflow.experts import create_expert, set_available, update_expert
from reviews.workflow.forwarding import forward
from reviews.workflow.people import (
    add_employment,
    ban_expert,
    choose_disciplines,
    declare_relation,
    end_employment,
    go_away,
    lift,
    withdraw_relation,
)
from reviews.workflow.planning import (
    discard,
    draw_at_once,
    freeze,
    give_public_value,
    open_plan,
    preview_plan,
    publish,
    set_conditions,
    undo,
)
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
    "add_employment",
    "approve_change",
    "assign",
    "assign_each",
    "ban_expert",
    "choose_disciplines",
    "create_expert",
    "declare_recusal",
    "declare_relation",
    "decline",
    "discard",
    "discard_change",
    "draw",
    "draw_at_once",
    "end_employment",
    "forward",
    "freeze",
    "give_public_value",
    "go_away",
    "lapse_unanswered",
    "lift",
    "open_plan",
    "open_sheet",
    "plan_draw",
    "pledge",
    "pledge_all",
    "prepare_change",
    "prepare_shortlist",
    "preview_plan",
    "publish",
    "recuse",
    "remind",
    "return_for_revision",
    "save_score",
    "set_available",
    "set_conditions",
    "sign",
    "unassign",
    "undo",
    "update_expert",
    "withdraw_relation",
]
