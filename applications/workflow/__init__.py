"""The story of an application, one function per verb, keyword-only `by=`; all through the one door (DESIGN §4).

filing (the unit) → recommending (its department) → examining (the officer) → deciding (two officers) → working.
"""

from applications.workflow.banning import Banned, lift_ban, record_ban
from applications.workflow.deciding import (
    approve_decision,
    discard_decision,
    open_publicity,
    prepare_decision,
    raise_appeal,
    raise_objection,
    settle_appeal,
    settle_objection,
    shortlist,
)
from applications.workflow.examining import accept, reject, request_supplement, start_review
from applications.workflow.explaining import save_reasons
from applications.workflow.filing import (
    add_attachment,
    adopt_version,
    choose_department,
    create_application,
    remove_attachment,
    save_section,
    submit,
    supplement,
    take_back,
    withdraw,
)
from applications.workflow.granting import appoint, dismiss
from applications.workflow.hearing import close_hearing, give_notice, make_statement
from applications.workflow.owing import (
    approve_obligation,
    keep_report_file,
    open_recurring,
    raise_request,
    refuse_request,
    return_obligation,
    save_obligation,
    submit_obligation,
)
from applications.workflow.recommending import (
    confirm_list,
    decline,
    keep_letter_scan,
    recommend,
    reopen_list,
    rerank,
    return_for_changes,
    unrecommend,
)
from applications.workflow.recusing import recuse_officer
from applications.workflow.rounds import object_to_round, record_round, settle_round_objection
from applications.workflow.working import (
    confirm_measurements,
    save_measurements,
    start_work,
    submit_evaluation,
    verdicts,
)

__all__ = [
    "Banned",
    "accept",
    "add_attachment",
    "adopt_version",
    "appoint",
    "approve_decision",
    "approve_obligation",
    "choose_department",
    "close_hearing",
    "confirm_list",
    "confirm_measurements",
    "create_application",
    "decline",
    "discard_decision",
    "dismiss",
    "give_notice",
    "keep_letter_scan",
    "keep_report_file",
    "lift_ban",
    "make_statement",
    "object_to_round",
    "open_publicity",
    "open_recurring",
    "prepare_decision",
    "raise_appeal",
    "raise_objection",
    "raise_request",
    "recommend",
    "recuse_officer",
    "record_ban",
    "record_round",
    "refuse_request",
    "reject",
    "remove_attachment",
    "reopen_list",
    "request_supplement",
    "rerank",
    "return_for_changes",
    "return_obligation",
    "save_measurements",
    "save_obligation",
    "save_reasons",
    "save_section",
    "settle_appeal",
    "settle_objection",
    "settle_round_objection",
    "shortlist",
    "start_review",
    "start_work",
    "submit",
    "submit_evaluation",
    "submit_obligation",
    "supplement",
    "take_back",
    "unrecommend",
    "verdicts",
    "withdraw",
]
