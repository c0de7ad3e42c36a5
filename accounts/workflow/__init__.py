"""What happens with accounts, units and recommending bodies: one function per verb, Refused where the rules say no."""

from accounts.workflow.departments import first_sign_in, issue_password
from accounts.workflow.people import (
    approve_account,
    change_password,
    change_unit_role,
    create_person,
    deactivate_person,
    grant_role,
    invite_filler,
    open_back_office_account,
    reactivate_person,
    stop_account,
    update_account,
)
from accounts.workflow.sign_in import note_sign_out, sign_in_by_code, sign_in_by_password
from accounts.workflow.units import correct_code, create_unit, register_unit, update_unit

__all__ = [
    "approve_account",
    "change_password",
    "change_unit_role",
    "correct_code",
    "create_person",
    "create_unit",
    "deactivate_person",
    "first_sign_in",
    "grant_role",
    "invite_filler",
    "issue_password",
    "note_sign_out",
    "open_back_office_account",
    "reactivate_person",
    "register_unit",
    "sign_in_by_code",
    "sign_in_by_password",
    "stop_account",
    "update_account",
    "update_unit",
]
