"""One played call for the tests of a file; whatever a test does to it is rolled back."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.access.played import Played, play


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker) -> Iterator[Played]:
    """The call of tests/access/played.py, built once for the file inside a transaction that is thrown away."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield play()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are no news; writing them down costs more than the requests."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
