"""Which of all addresses a person is sent to: every url once at least, and every row where the rows differ.

A url with many rows asks one rule about each of them. So everybody opens one row that is theirs and one that is not;
pages that show what a row holds (`SHOWING` in tests/access/table.py) are opened with every row by everybody whose part
of the call differs from the others'.
"""

import json
from collections.abc import Iterator
from itertools import groupby

from tests.access import table
from tests.access.addresses import Page, pages
from tests.access.forged import form_for
from tests.access.played import VIEWERS, Played

ACTORS = table.by_name(table.ACTORS)
LOOK_AT_ALL = {"alice", "bob", "dora", "dick", "olga", "oscar", "erin", "sven"}
"""Everybody else sees nothing, or the same as one of these."""
TO_READ = ("reviewed", "bobs", "submitted", "draft")
TO_ACT_ON = ("draft", "reviewed", "bobs", "submitted")
"""The applications in the order in which one is chosen: units act on drafts, officers on what is in review."""
EMPTY_HANDED = {"nobody", "odin"}
"""They send the empty forms as well, which elsewhere only those do whose forms are taken."""
DRAWN_AT_ONCE = {"applications:pdf": ("draft", "bobs"), "applications:receipt_pdf": ("recommended", "bobs")}
"""Papers that a request draws, a third of a second each."""
JSON = {
    "applications:save_section": ["", "[]", json.dumps({"data": ["伪造"], "base_version": 1}), '{"base_version": {}}'],
}
"""What else may be sent to an address that our scripts speak to."""


def pages_for(played: Played, who: str) -> Iterator[Page]:
    """The pages that this person tries to open."""
    for name, group in groupby(pages(played), key=lambda page: page.name):
        rows = list(group)
        if name in table.SHOWING and (who in LOOK_AT_ALL or rows[0].about not in VIEWERS):
            yield from rows
        else:
            yield from mine_and_anothers(rows, who, TO_READ)


def forms_for(played: Played, who: str) -> Iterator[tuple[Page, dict]]:
    """(page, form): to each address one, a whole one where forms are taken, and an empty one of whoever's are."""
    for name, group in groupby(pages(played), key=lambda page: page.name):
        rows = mine_and_anothers(list(group), who, TO_ACT_ON)
        if name in ACTORS:
            for page in rows:
                yield page, form_for(played, page)
        if name not in ACTORS or who in ACTORS[name] | EMPTY_HANDED:
            yield rows[0], {}


def mine_and_anothers(rows: list[Page], who: str, order: tuple[str, ...]) -> list[Page]:
    """Out of all rows of one url: the own one and somebody else's; the first and the last where they are nobody's."""
    name, about = rows[0].name, {}
    for page in rows:
        about.setdefault(page.about, page)
    if rows[0].about in VIEWERS:
        order = DRAWN_AT_ONCE.get(name) or (table.SPECIAL_ROWS.get(name, order[0]), *order, *about)
        chosen = [one for one in order if one in about]
        sorts = ([one for one in chosen if who in VIEWERS[one]], [one for one in chosen if who not in VIEWERS[one]])
        return [about[one[0]] for one in sorts if one]
    if rows[0].about.startswith("sheet "):
        own = [one for one in about if one.endswith(f"-{who}")]
        sorts = (own, [one for one in about if one not in own])
        return [about[one[0]] for one in sorts if one]
    of_the_admin = name.startswith(("<", "admin:")) and "reviews" not in name
    return rows[:1] if of_the_admin or len(rows) == 1 else [rows[0], rows[-1]]
