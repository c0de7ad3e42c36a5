"""Opinions in which nobody's name stands (N25). The numbers of experts in tables are `exports.numbers_of`."""

import re
from collections.abc import Iterable, Mapping

from applications.models import Application, Partner
from reviews.models import Assignment, Expert

NAMELESS = "×××"


def nameless(opinions: Mapping[int, Iterable[str]]) -> dict[int, list[str]]:
    """The same texts by application, sorted by their words, without anything that tells who wrote them: somebody may
    have signed inside the text, or named a colleague.

    Struck out: names, accounts, numbers and units (of now and before) of every expert who ever had the application,
    however they are spaced, and any telephone number and e-mail address. Units of the application itself stay: were
    they struck, the gap would say that one of their people sat on the panel. Three queries.
    """
    told: dict[int, set[str]] = {}
    had = Assignment.objects.filter(application__in=list(opinions)).order_by().select_related("expert__user")
    for sheet in had.prefetch_related("expert__employments").only("application_id", "expert"):
        told.setdefault(sheet.application_id, set()).update(_words_of(sheet.expert))
    own = _units_of(opinions)
    return {
        application: sorted(
            _without(text, told.get(application, set()) - own.get(application, set())) for text in texts
        )
        for application, texts in opinions.items()
    }


def _words_of(expert: Expert) -> set[str]:
    """Everything by which somebody could recognise the expert."""
    units = [(row.unit_name, row.unit_code) for row in expert.employments.all()]
    words = {expert.user.name, expert.user.username, expert.number, expert.unit_name, expert.unit_code}
    return words.union(*units)


def _units_of(applications: Iterable[int]) -> dict[int, set[str]]:
    """Names and codes of the applicants' units and their partners, by application; two queries."""
    found: dict[int, set[str]] = {}
    leads = Application.objects.filter(pk__in=list(applications)).values_list("pk", "unit__name", "unit__code")
    partners = Partner.objects.filter(application__in=list(applications)).values_list("application", "name", "code")
    for application, name, code in (*leads, *partners):
        found.setdefault(application, set()).update((name, code))
    return found


ANYBODYS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<!\d)(?:(?:\+|00)86[- ]?)?[1１][3-9３-９]\d(?:[- ]?\d{4}){2}(?!\d)"  # mobile
    r"|(?<!\d)0\d{2,3}[-－ ]\d{7,8}(?!\d)"  # landline
)


def _without(text: str, words: Iterable[str]) -> str:
    text = ANYBODYS.sub(NAMELESS, text)
    for word in sorted(filter(None, words), key=len, reverse=True):
        if len(word) > 1:  # one sign is no name, but stands in many words
            text = re.sub(_spaced(word), NAMELESS, text, flags=re.IGNORECASE)
    return text


def _spaced(word: str) -> str:
    """The word with any spaces between its signs; a Latin one only where it stands alone."""
    if word.isascii():
        return rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])"
    return r"\s*".join(re.escape(sign) for sign in word if not sign.isspace())
