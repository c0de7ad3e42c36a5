"""One played review for all tests of a module here, thrown away at its end."""

import gc
import logging

import pytest

from documents import jobs, pdf
from jbgs.lib import clock
from tests.access.conftest import bare_refusals  # noqa: F401  refusals without their frame
from tests.access.table import ASKS_FOR_A_FILE
from tests.access.visiting import undone
from tests.reviews.leaks import surface
from tests.reviews.leaks.playing import play
from tests.reviews.leaks.scene import VISIT, Scene
from tests.reviews.leaks.stage import Stage

ASKING = ("olga", "alice", "dora", "signer", "gilder", "taker", "masker", "member")
"""Whoever opens a page that leads to a file has asked for it; these may have every file there is."""


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker, bare_refusals) -> Scene:  # noqa: F811
    """The played review with every file that its people may have, at the time of the visit.

    Tests without a transaction of their own undo what they write.
    """
    logging.disable(logging.CRITICAL)
    with django_db_blocker.unblock(), undone():
        built = play()
        with clock.travel(VISIT), pytest.MonkeyPatch.context() as patch:
            # What stands on a paper is read before it is drawn; one test draws one.
            patch.setattr(pdf, "draw", lambda html: pdf.Paper(html.encode(), 1, ()))
            for who in ASKING:
                for _ in surface.walk(built, who, only=ASKS_FOR_A_FILE.__contains__):
                    pass
            while jobs.run_pending(100):
                pass
            built.address_book.clear()
            built.closed.clear()
            gc.freeze()  # the scene stays: the collector need not look at it with every request
            yield built
            gc.unfreeze()
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def stage(scene) -> Stage:
    """Who reads what, before and after something happens."""
    with Stage(scene) as found:
        yield found
