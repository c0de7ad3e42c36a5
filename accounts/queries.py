"""Finding units, people and recommending bodies."""

import re
import unicodedata

from accounts.choices import Role
from accounts.models import Department, Unit, User
from jbgs.lib.validators import check_mobile


def comparable_name(name: str) -> str:
    """A name without spaces and punctuation, half-width: what people mean when they type it another way."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name or "")).upper()


def find_department(name: str) -> Department | None:
    """The recommending body with this full name or alias (M26); None when there is none, or more than one by alias."""
    wanted = comparable_name(name)
    if not wanted:
        return None
    by_alias = []
    for department in Department.objects.filter(is_rehearsal=False).prefetch_related("aliases"):
        if comparable_name(department.official_name) == wanted:
            return department
        if any(comparable_name(alias.name) == wanted for alias in department.aliases.all()):
            by_alias.append(department)
    return by_alias[0] if len(by_alias) == 1 else None


def person_by_login(login: str) -> User | None:
    """The account with this login name or phone, active or not; a phone wins over a login name that looks like one."""
    login = (login or "").strip()
    try:
        person = User.objects.filter(phone=check_mobile(login)).first()
    except ValueError:
        person = None
    # A unit's administrator signs in with the credit code, which people type in small letters too.
    return person or User.objects.filter(username__in={login, login.upper()}).first()


def people_of(unit: Unit):
    """Everybody of a unit: administrators first, those who were stopped last."""
    return unit.people.order_by("-is_active", "role", "pk")


def administrators_of(unit: Unit):
    """The active administrators of a unit, the longest-serving first."""
    return unit.people.filter(role=Role.UNIT_ADMIN, is_active=True).order_by("pk")
