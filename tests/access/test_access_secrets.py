"""What is not decided in public is not to be guessed either: pages, lists, filters and refusals do not differ by it.

N34: identities, opinions and results stay secret until they are public. Each test looks at everything that a person can
open, lets something secret happen at the same moment, looks again and compares.
"""

import re

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application
from applications.states import State
from jbgs.lib import clock
from tests.access import table
from tests.access.addresses import pages
from tests.access.forged import form_for
from tests.access.played import VISIT, Played
from tests.access.visiting import browser, undone, words_in

# Once, on PostgreSQL: who is let in does not hang on the database, and the whole matrix takes minutes.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("bare_refusals")]
READERS = table.by_name(table.READERS)
ROOMS = (
    "applications:",
    "programmes:",
    "notifications:",
    "documents:",
    "admin:applications_",
    "admin:reviews_",
    "admin:index",
)
LEFT_OUT = {"applications:pdf", "applications:receipt_pdf", "admin:applications_department"}
"""Papers that are drawn at once, and the page that says when somebody signed in, by the machine's clock."""
FRESH = re.compile(r'(name="(?:csrfmiddlewaretoken|key)"|content|data-token) ?(?:value)?="[^"]*"')
OUTSIDERS = ("alice", "bob", "dora", "dick", "emil", "sysadmin")


def everything(played: Played, who: str, name: str) -> dict[str, str]:
    """All that `who` can read that may have to do with the application: its pages, whether opened or refused, the lists
    that are open to `who`, and the department's by each filter; and what the forms of its pages answer, which nobody's
    permission makes succeed."""
    client, found = browser(played, who), {}
    with clock.travel(VISIT), undone():
        for page in pages(played):
            if not page.name.startswith(ROOMS) or page.name in LEFT_OUT:
                continue
            of_it = page.about == name or page.about.endswith((f" {name}", f"{name}-{who}"))
            if of_it or not page.about and who in READERS.get(page.name, ()):
                found[page.path] = _scrubbed(client.get(page.path))
        if who in READERS["admin:applications_all"]:
            ledger = reverse("admin:applications_all")
            found |= {f"?{state}": _scrubbed(client.get(ledger, {"state": state})) for state in State.values}
        for page in pages(played):
            if page.about == name and page.name.split(":")[-1] in REFUSED:
                found[f"POST {page.path}"] = _scrubbed(client.post(page.path, form_for(played, page)))
    return found


REFUSED = {
    "submit", "take_back", "withdraw", "appeal", "evaluation", "applications_recommend", "applications_decline",
    "applications_return_for_changes", "applications_unrecommend",
}  # fmt: skip
"""Verbs that no state of a review allows; their refusals say who was faster."""


def _scrubbed(response) -> str:
    words = f"{response.status_code} {response.headers.get('Location', '')} {words_in(response)}"
    return re.sub(r"/documents/\d+/", "/documents/", FRESH.sub("", words))


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The addresses whose answers differ, each with the first line that does."""
    found = []
    for path, words in before.items():
        if words != after[path]:
            lines = zip(words.splitlines(), after[path].splitlines(), strict=False)
            old, new = next(((a, b) for a, b in lines if a != b), ("", ""))
            start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
            found.append(f"{path}: {old[max(0, start - 40) : start + 60]!r} → {new[max(0, start - 40) : start + 60]!r}")
    return found


@pytest.mark.parametrize("who", OUTSIDERS)
def test_nobody_outside_can_tell_that_something_was_proposed(played, who):
    """Until the publicity a proposed application looks as one in review to its unit, its department and strangers."""
    application = played.applications["reviewed"]
    before = everything(played, who, "reviewed")
    with clock.travel(VISIT):
        workflow.discard_decision(application.decisions.get(state="prepared"), by=played.people["olga"])
        played.cast.decided(application, "propose", reason="复核暗记")
    assert Application.objects.get(pk=application.pk).state == State.PROPOSED
    assert [] == differences(before, everything(played, who, "reviewed"))


@pytest.mark.parametrize("who", ["erin", "eva"])
def test_an_expert_cannot_tell_what_became_of_an_application(played, who):
    """Whether it was proposed or passed over: the expert sees that the review is over, and no more."""
    application = played.applications["proposed"]
    before = everything(played, who, "proposed")
    with clock.travel(VISIT):
        application = played.cast.decided(application, "unpropose")
        application = played.cast.decided(application, "pass_over")
    assert application.state == State.NOT_SHORTLISTED
    assert [] == differences(before, everything(played, who, "proposed"))


@pytest.mark.parametrize("who", ["alice", "dora", "erin", "emil"])
def test_nobody_outside_can_tell_that_a_decision_waits(played, who):
    before = everything(played, who, "reviewed")
    with clock.travel(VISIT):
        application = played.applications["reviewed"]
        workflow.discard_decision(application.decisions.get(state="prepared"), by=played.people["olga"])
    assert [] == differences(before, everything(played, who, "reviewed"))
