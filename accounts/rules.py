"""Who may do what with accounts, units and departments. The same name serves button, view and workflow."""

from accounts.choices import ADMINISTRATOR_ROLES, BACK_OFFICE_ROLES, Role


def can_edit_unit(unit, user) -> bool:
    """The administrator of the unit itself."""
    return user.is_active and user.role == Role.UNIT_ADMIN and user.unit_id == unit.pk


def can_manage_people(unit, user) -> bool:
    """Adding, stopping and promoting people of a unit is its administrator's."""
    return can_edit_unit(unit, user)


def can_issue_passwords(user) -> bool:
    """First sign-in passwords come from the system administrator."""
    return user.is_active and user.role == Role.SYSTEM_ADMIN


def can_create_accounts(user) -> bool:
    """Accounts are made by the system administrator; they open once the security administrator grants the role."""
    return user.is_active and user.role == Role.SYSTEM_ADMIN


def can_grant_roles(user) -> bool:
    """Rights are the security administrator's (三员分立)."""
    return user.is_active and user.role == Role.SECURITY_ADMIN


def can_hold_role(person, role: str, roles_held: set[str]) -> bool:
    """Whether this account may get `role`: unit people stay in their unit, and nobody is two of the three 三员.

    `roles_held` are all roles the account ever had (`RoleRecord`): who once created accounts never grants rights.
    """
    if role not in BACK_OFFICE_ROLES or person.role not in BACK_OFFICE_ROLES:
        return False
    if role in ADMINISTRATOR_ROLES:
        return not ({*roles_held, person.role} & set(ADMINISTRATOR_ROLES) - {role})
    return person.role not in ADMINISTRATOR_ROLES and not (roles_held & set(ADMINISTRATOR_ROLES))
