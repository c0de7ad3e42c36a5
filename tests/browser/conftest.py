"""A running server whose business time the test moves, and people with browsers."""

import os
import shutil
from contextvars import ContextVar
from datetime import datetime

import pytest
from django.conf import settings as house
from django.test import Client
from playwright.sync_api import expect, sync_playwright

from accounts.models import User
from jbgs.lib import clock
from tests.browser.visitor import Visitor

PATIENCE = 20_000
"""Milliseconds that a page or a paper may take on a busy machine."""


class Calendar:
    """Business time of every thread: it runs on from the moment that was set. Machine time stays what it is.

    Stands in for the clock's own context variable, which a request's thread would not inherit from the test.
    """

    def __init__(self):
        self.offset = None
        self.travelled = ContextVar("calendar", default=None)

    def go(self, moment: datetime) -> None:
        self.offset = moment - clock.machine_now()

    def get(self):
        running = clock.machine_now() + self.offset if self.offset is not None else None
        return self.travelled.get() or running

    def set(self, moment):
        return self.travelled.set(moment)

    def reset(self, token) -> None:
        self.travelled.reset(token)


@pytest.fixture
def calendar(monkeypatch):
    moved = Calendar()
    monkeypatch.setattr(clock, "_travelled", moved)
    return moved


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium, started once for a file of tests."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's own loop runs in this thread; the ORM would take it for an asynchronous view.
        patch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium, live_server, settings):
    """visitor("alice") -> a person with a browser. At the end nobody's browser may have complained."""
    settings.JBGS_DEMO = True  # the phone codes stand on the page
    everybody: list[Visitor] = []

    def come(name: str) -> Visitor:
        context = chromium.new_context(
            viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
        )
        context.set_default_timeout(PATIENCE)
        everybody.append(Visitor(name, context, live_server.url))
        return everybody[-1]

    yield come
    complaints = {person.name: person.unexpected() for person in everybody}
    for person in everybody:
        person.picture(f"last-{person.name}")
        person.leave()
    assert {name: said for name, said in complaints.items() if said} == {}


@pytest.fixture
def signed_in(visitor):
    """signed_in(user) -> a visitor who has signed in already; None -> a stranger."""

    def come(user: User | None) -> Visitor:
        person = visitor(user.username if user else "stranger")
        if user:
            client = Client()
            client.force_login(user)
            session = client.cookies[house.SESSION_COOKIE_NAME].value
            person.context.add_cookies([{"name": house.SESSION_COOKIE_NAME, "value": session, "url": person.server}])
        return person

    return come
