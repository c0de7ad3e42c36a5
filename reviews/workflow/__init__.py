"""The story of a review: one function per verb, keyword-only `by=`; all through the one door (DESIGN §4).

experts (who may be asked) → planning (draw), assigning (by hand), changing (after a draw) → scoring (the expert) →
meeting (the panel votes) → selecting (the officer prepares decisions; a second person approves them in `applications`).
"""

from reviews.workflow.assigning import assign, assign_each, recuse, remind, unassign
from reviews.workflow.changing import (
    approve_change,
    decline,
    discard_change,
    lapse_unanswered,
    open_sheet,
    prepare_change,
)
from reviews.workflow.doubting import ask_for_reasons, give_fuller_reason
from reviews.workflow.experts import create_expert, set_available, update_expert
from reviews.workflow.forwarding import forward
from reviews.workflow.importing import import_experts
from reviews.workflow.meeting import (
    cancel_meeting,
    cast_ballot,
    change_meeting,
    close_item,
    close_meeting,
    drop_item,
    open_item,
    open_meeting,
    order_agenda,
    plan_meeting,
    reopen_item,
    set_agenda,
    sign_in,
    stand_aside,
    write_minutes,
)
from reviews.workflow.people import (
    add_employment,
    ban_expert,
    choose_disciplines,
    declare_relation,
    end_employment,
    go_away,
    lift,
    require_keeper,
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
from reviews.workflow.reconsidering import close_reconsideration, reconsider
from reviews.workflow.recusing import approve_clearance, clear, discard_clearance
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
    "approve_clearance",
    "ask_for_reasons",
    "assign",
    "assign_each",
    "ban_expert",
    "cancel_meeting",
    "cast_ballot",
    "change_meeting",
    "choose_disciplines",
    "clear",
    "close_item",
    "close_meeting",
    "close_reconsideration",
    "create_expert",
    "declare_recusal",
    "declare_relation",
    "decline",
    "discard",
    "discard_change",
    "discard_clearance",
    "draw_at_once",
    "drop_item",
    "end_employment",
    "forward",
    "freeze",
    "give_fuller_reason",
    "give_public_value",
    "go_away",
    "import_experts",
    "lapse_unanswered",
    "lift",
    "open_item",
    "open_meeting",
    "open_plan",
    "open_sheet",
    "order_agenda",
    "plan_meeting",
    "pledge",
    "pledge_all",
    "prepare_change",
    "prepare_shortlist",
    "preview_plan",
    "publish",
    "reconsider",
    "recuse",
    "remind",
    "reopen_item",
    "require_keeper",
    "return_for_revision",
    "save_score",
    "set_agenda",
    "set_available",
    "set_conditions",
    "sign",
    "sign_in",
    "stand_aside",
    "unassign",
    "undo",
    "update_expert",
    "withdraw_relation",
    "write_minutes",
]
