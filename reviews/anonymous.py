"""Opinions without the names of those who wrote them: what is kept with a decision may be given to the unit (N25)."""

from collections.abc import Iterable, Mapping

from reviews.models import Assignment

NAMELESS = "×××"


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
