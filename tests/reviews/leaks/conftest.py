"""One played review for all tests of a module here; whatever a test does to it is rolled back."""

import logging

import pytest
from django.db import transaction

from documents import jobs, pdf
from jbgs.lib import clock
from tests.access.conftest import bare_refusals  # noqa: F401  refusals without their frame
from tests.access.table import ASKS_FOR_A_FILE
from tests.access.visiting import undone
from tests.reviews.leaks import surface
from tests.reviews.leaks.scene import VISIT, Scene, play

ASKING = ("olga", "alice", "dora", "signer", "gilder")
"""Whoever opens a page that leads to a file has asked for it; these may have every file there is."""


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker) -> Scene:
    """The review of scene.py with every file that its people may have, built once a module and thrown away."""
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), transaction.atomic():
        built = play()
        with clock.travel(VISIT), pytest.MonkeyPatch.context() as patch:
            # What stands on a paper is read before it is drawn; one test draws one.
            patch.setattr(pdf, "draw", lambda html: pdf.Paper(html.encode(), 1, ()))
            for who in ASKING:
                for _ in surface.walk(built, surface.browser(built.people[who]), only=ASKS_FOR_A_FILE.__contains__):
                    pass
            while jobs.run_pending(100):
                pass
            built.address_book.clear()
            yield built
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture
def visit(scene):
    """The scene at the time of the visit; what looking writes is undone."""
    with clock.travel(VISIT), undone():
        yield scene
