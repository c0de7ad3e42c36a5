"""Who is the same person: keys that are equal for equal people and tell nothing about them.

`person_key` is made of the ID number where there is one ("i…"), else of name and birth date ("n…"); `name_key` is
always of name and birth date. Two people are the same where their ID numbers agree, or where one of them gives none and
their names and birth dates agree: leaving the number out hides nobody.
"""

import unicodedata
from datetime import date

from jbgs.lib.crypto import blind_index

BY_ID, BY_NAME = "i", "n"


def keys_of(name: str, birth_date: date | None, id_number: str) -> tuple[str, str]:
    """(person_key, name_key); empty where nothing is known to make one of."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKC", name or "").casefold() if sign.isalnum())
    born = birth_date or _born(id_number)
    by_name = f"{BY_NAME}{blind_index(f'{bare}|{born}')}" if bare and born else ""
    by_id = f"{BY_ID}{blind_index(id_number.upper())}" if id_number else ""
    return by_id or by_name, by_name


def same(mine: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two pairs of keys are of one person."""
    if not mine[0] or not other[0]:
        return False
    if mine[0][0] == other[0][0] == BY_ID:
        return mine[0] == other[0]
    return bool(mine[1]) and mine[1] == other[1]


def _born(id_number: str) -> date | None:
    """The birth date that an ID number of the mainland holds."""
    digits = id_number[6:14]
    if len(id_number) != 18 or not digits.isdecimal():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
