"""Every address of the project, asked by a person of every role: who is let in, what they read, what it changes.

The table in tests/access/table.py says who may; tests/access/played.py what nobody else may read.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils.http import urlencode

from audit.models import Entry
from jbgs.lib import clock
from tests.access import table
from tests.access.addresses import Page, pages, patterns, without_rows
from tests.access.choosing import JSON, forms_for, pages_for
from tests.access.played import PEOPLE, SECRETS, VIEWERS, VISIT, Played
from tests.access.visiting import browser, undone, words_in

READERS, ACTORS = table.by_name(table.READERS), table.by_name(table.ACTORS)
PUBLIC_LISTS = {"applications:publicity", "applications:objection"}
ON_PUBLIC_LISTS = {"public", "working", "measured"}
TOLD = {("emil", "reviewed")}
"""He was told of it when it was given to him, and stood down."""
AS_A_FORM = {"data": "伪造", "base_version": "1"}
"""With a body in parts, which has been read when the view looks at it."""
HOUSE = settings.TEMPLATES
FORM = "application/x-www-form-urlencoded"
REFUSAL_ROWS = {"audit_entry", "accounts_attempt"}

# Once, on PostgreSQL: who is let in does not hang on the database, and the whole matrix takes minutes.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("bare_refusals")]


class Writes:
    """The tables that a request has written for good: what a rolled back savepoint took with it does not count."""

    def __init__(self):
        self.done: list[tuple[str, str]] = []

    @property
    def tables(self) -> set[str]:
        return {name for kind, name in self.done if kind == "row"}

    def __call__(self, execute, sql, params, many, context):
        verb, *words = sql.split(None, 4)
        if verb in ("INSERT", "UPDATE", "DELETE"):
            self.done.append(("row", words[0 if verb == "UPDATE" else 1].strip('"')))
        elif verb == "SAVEPOINT":
            self.done.append(("savepoint", words[0]))
        elif verb == "ROLLBACK" and ("savepoint", words[-1]) in self.done:
            del self.done[self.done.index(("savepoint", words[-1])) :]
        return execute(sql, params, many, context)


@contextmanager
def written() -> Iterator[Writes]:
    """Watch what is written inside the block."""
    writes = Writes()
    with connection.execute_wrapper(writes):
        yield writes


def is_let_in(response) -> bool:
    """A page or a file, or the way to one; not the way to the sign-in."""
    if response.status_code in (301, 302):
        return not any(door in response["Location"] for door in ("/signin/", "/admin/login/"))
    return response.status_code < 300 or response.wsgi_request.path == "/readyz/"


def overheard(played: Played, who: str, page: Page, words: str) -> list[str]:
    """Whatever stands in an answer that this person must not read."""
    found = [
        f"{who} reads of {name!r} at {page.path}"
        for name, viewers in VIEWERS.items()
        if who not in viewers
        and (who, name) not in TOLD
        and not (page.name in PUBLIC_LISTS and name in ON_PUBLIC_LISTS)
        if any(word in words for word in played.words_of(name))
    ]
    found += [
        f"{who} reads {secret!r} at {page.path}"
        for secret, may in SECRETS.items()
        if who not in may and secret in words
    ]
    return found


def lost_headers(who: str, page: Page, response) -> list[str]:
    """What every answer carries; and no cache keeps a page of somebody who is signed in."""
    headers = response.headers
    lost = []
    if (
        headers.get("X-Content-Type-Options") != "nosniff"
        or "default-src 'self'" not in headers["Content-Security-Policy"]
    ):
        lost.append(f"{page.path} has no policy")
    if headers.get("X-Frame-Options") not in ("SAMEORIGIN", "DENY"):
        lost.append(f"{page.path} may be framed")
    kept = "no-store" not in headers.get("Cache-Control", "") and "Cookie" not in headers.get("Vary", "")
    if who != "nobody" and response.status_code == 200 and kept:
        lost.append(f"{page.path} may be kept by a cache")
    return lost


def test_every_address_stands_in_the_table():
    """A new url is added consciously: to READERS always, to ACTORS if it takes forms."""
    names = {name for name, _, _ in patterns()}
    assert sorted(names - set(READERS)) == [], "add them to tests/access/table.py, which says how"
    assert without_rows() == [], "say in CHOICES of tests/access/addresses.py which rows they stand for"
    assert sorted(set(READERS) - names) == [], "the table names urls that are gone"
    assert sorted(set(ACTORS) - names) == []


@pytest.mark.parametrize("who", PEOPLE)
def test_reading(played, who):
    """GET: never a server error, only what is one's own, and nothing changes."""
    client, wrong, let_in, done = browser(played, who), [], defaultdict(bool), Entry.objects.done().count()
    for page in pages_for(played, who):
        with clock.travel(VISIT), written() as writes:
            response = client.get(page.path)
            words = words_in(response)
        if response.status_code >= 500 and page.name != "readyz":
            wrong.append(f"{who} gets {response.status_code} at {page.path}")
        let_in[page.name] |= is_let_in(response)
        wrong += overheard(played, who, page, words) + lost_headers(who, page, response)
        wrong += [
            f"{who} writes {name} by opening {page.path}" for name in writes.tables - _may_be_written(page, response)
        ]
        if page.about in VIEWERS and response.status_code == 200 and who not in VIEWERS[page.about]:
            wrong.append(f"{who} is shown {page.path} of {page.about!r}")
    wrong += [
        f"{who} is {'not ' if who in READERS[name] else ''}let in at {name}"
        for name, inside in let_in.items()
        if name in READERS and inside != (who in READERS[name])
    ]
    assert not wrong, "\n".join(wrong)
    assert Entry.objects.done().count() == done, "something was done by looking"


def _may_be_written(page: Page, response) -> set[str]:
    if page.name in table.ASKS_FOR_A_FILE:
        return {"documents_artifact"} if response.status_code < 400 else {"audit_entry"}
    if page.name == "notifications:open":
        return {"notifications_message"}  # following a message is reading it
    return {"audit_entry"} if response.status_code in (403, 404) else set()


@pytest.mark.parametrize("who", PEOPLE)
def test_acting(played, who):
    """POST, empty and with a whole form: without permission nothing changes but the log of refusals."""
    client, wrong = browser(played, who), []
    for page, data in forms_for(played, who):
        with clock.travel(VISIT), written() as writes, undone():
            response = client.post(page.path, urlencode(data), content_type=FORM)
            words = words_in(response)
        if settings.SESSION_COOKIE_NAME in response.cookies:  # signed out, or in as somebody else
            client = browser(played, who)
        if response.status_code >= 500:
            wrong.append(f"{who} gets {response.status_code} by posting to {page.path}")
        if who not in ACTORS.get(page.name, ()):
            wrong += [f"{who} writes {name} by posting to {page.path}" for name in writes.tables - REFUSAL_ROWS]
        if page.name != "admin:applications_reveal":
            wrong += overheard(played, who, page, words)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", PEOPLE)
def test_whatever_a_script_sends(played, who):
    """Addresses of our scripts, with a body that no script of ours would send: an answer, and nothing is written."""
    client = browser(played, who)
    for page in (page for page in pages(played) if page.name in JSON and page.about in ("draft", "reviewed")):
        for body in (*JSON[page.name], AS_A_FORM):
            sent = {"data": body, "content_type": "application/json"} if body != AS_A_FORM else {"data": AS_A_FORM}
            with clock.travel(VISIT), written() as writes, undone():
                response = client.post(page.path, **sent)
            assert 400 <= response.status_code < 500, (page.path, body)
            assert writes.tables <= REFUSAL_ROWS, (page.path, body)
            if who not in VIEWERS[page.about]:
                assert response.status_code in (401, 403, 404), (page.path, body)


def test_the_page_of_a_refusal_says_nothing(played):
    """Refusals as they are, with their frame, to everybody: one of each kind."""
    with override_settings(TEMPLATES=HOUSE):
        for who in PEOPLE:
            client, away = browser(played, who), played.applications["bobs" if who in VIEWERS["draft"] else "draft"]
            for path in ("/nothing-here/", reverse("applications:detail", args=[away.pk])):
                response = client.get(path)
                page = Page("refusal", path)
                assert response.status_code in (302, 403, 404)
                assert overheard(played, who, page, words_in(response)) == []
                assert response.status_code == 302 or "<title>" in words_in(response)
                assert not lost_headers(who, page, response)


def test_no_form_is_taken_without_its_token(played):
    """No view is exempt from the check that a form comes from our own page."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(played.people["olga"])
    taken = [
        page.path for page in pages(played) if page.about in ("", "draft") and client.post(page.path).status_code != 403
    ]
    assert taken == []
