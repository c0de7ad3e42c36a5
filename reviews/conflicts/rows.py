"""The rows that both sides look at: who is in a team, and who files for a unit; one query each, read once.

The members of the applications looked at, and those of any application who may be one of the experts; the accounts of
the units that apply, and those that are reached by an expert's own phone or mail.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace

from accounts.models import User
from applications.elsewhere import NOT_FILED
from applications.models import Member
from reviews.conflicts.judges import Judge
from reviews.conflicts.ways import mails_in, phones_in

_COMPATIBLE = "[\u2e80-\u2fdf\uf900-\ufaff]"
"""Radicals and characters that only look like the usual ones; they come from papers that were copied."""
_ODD = f"{_COMPATIBLE}|[\uff01-\uff5e]|(教授|研究员|院士|老师|先生|女士|博士|工程师|高工|主任|所长)$"
"""Names that the database cannot compare as people do: full-width letters, a title behind the name. They are few."""
_HAN = re.compile("[\u3400-\u9fff]+")
FEW = 8
"""Up to so many experts are looked for sign by sign, which the database does many times faster than comparing names
that it must strip of their gaps first."""
_GAPS = (" ", "\u3000", "\t", "·", "•", "．", ".")


class MemberRow(NamedTuple):
    """A member of a team, with the application's state and its unit."""

    application: int
    order: int
    name: str
    employer: str
    person_key: str
    name_key: str
    state: str
    code: str
    unit: str
    is_fictitious: bool


class AccountRow(NamedTuple):
    """Somebody who files for a unit, and how this person is reached."""

    unit: int
    name: str
    ways: frozenset[str]


@dataclass(frozen=True)
class People:
    """`members` in the order of their applications and of their lines."""

    members: list[MemberRow]
    accounts: list[AccountRow]


def read_people(
    applications: Collection[int], units: Collection[int], judges: Mapping[int, Judge] | None = None,
    calls: Collection[int] = (), since: date | None = None,
) -> People:  # fmt: skip
    """Two queries. What the judges filed is looked at from the day `since`, and in these calls whenever it was."""
    members = Q(application__in=applications)
    accounts = Q(unit__in=units)
    if judges:
        within = Q(application__submitted_at__date__gte=since) | Q(application__call__in=calls)
        members |= within & ~Q(application__state__in=NOT_FILED) & _alike(judges)
        accounts |= Q(phone__in={phone for judge in judges.values() for phone in judge.phones})
        accounts |= Q(mail__in={mail for judge in judges.values() for mail in judge.mails})
    columns = ("application_id", "order", "name", "employer", "person_key", "name_key", "application__state")
    columns += tuple(f"application__unit__{name}" for name in ("code", "name", "is_fictitious"))
    found = Member.objects.alias(bare=_bare("name")).filter(members).order_by("application_id", "order")
    people = User.objects.alias(mail=Lower("email")).filter(accounts, unit__isnull=False).order_by("pk")
    return People(
        [MemberRow(*row) for row in found.values_list(*columns)],
        [
            AccountRow(unit, name, phones_in(phone or "") | mails_in(mail))
            for unit, name, phone, mail in people.values_list("unit_id", "name", "phone", "email")
        ],
    )


def _alike(judges: Mapping[int, Judge]) -> Q:
    """Members who may be one of these; `same_person` judges."""
    people = [judge.person for judge in judges.values()]
    keys = {key for person in people for key in person.keys if key}
    names = sorted({person.name for person in people})
    in_order = [name for name in names if _HAN.fullmatch(name)] if len(names) <= FEW else []
    others = [name for name in names if name not in in_order]
    found = Q(person_key__in=keys) | Q(name_key__in=keys)
    if in_order:
        found |= Q(name__regex="|".join([*map(".*".join, in_order), _COMPATIBLE]))
    if others:
        found |= Q(bare__in=others) | Q(bare__regex=_ODD)
    return found


def _bare(name: str):
    bare = F(name)
    for gap in _GAPS:
        bare = Replace(bare, Value(gap), Value(""))
    return Lower(bare)
