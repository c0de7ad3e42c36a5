"""Experts without their names: numbers that tell nothing, and opinions in which nobody's name stands (N25)."""

from collections.abc import Iterable, Mapping

from jbgs.lib.crypto import keyed_hex
from reviews.models import Assignment

NAMELESS = "×××"


def numbers(application: int, experts: Iterable[int]) -> dict[int, int]:
    """1 … n for the experts (primary keys) of one application (its primary key): 专家 1, 专家 2 …

    The order comes from a secret key, so it has nothing to do with who was seated or signed first, and the same expert
    has another number at the next application: nobody can follow a person from one sheet to another.
    """
    ordered = sorted(set(experts), key=lambda expert: keyed_hex("anonymous experts", f"{application}:{expert}"))
    return {expert: place for place, expert in enumerate(ordered, 1)}


def nameless(opinions: Mapping[int, Iterable[str]]) -> dict[int, list[str]]:
    """The same texts by application, sorted by their words, with the name of every expert who ever had the application
    struck out: somebody may have signed inside the text. One query."""
    names: dict[int, set[str]] = {}
    had = Assignment.objects.filter(application__in=list(opinions)).order_by()
    for application, name in had.values_list("application_id", "expert__user__name"):
        names.setdefault(application, set()).add(name)
    return {
        application: sorted(_without(text, names.get(application, ())) for text in texts)
        for application, texts in opinions.items()
    }


def _without(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        if len(name) > 1:  # one sign is no name, but stands in many words
            text = text.replace(name, NAMELESS)
    return text
