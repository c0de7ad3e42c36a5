"""One played call for all tests of a module here; whatever a test does to it is rolled back."""

import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from tests.access.played import Played, play

BARE = {
    "404.html": "{{ exception }}",
    "403.html": "{{ exception }}",
    "refused.html": "{{ refused.sentence }} {% for detail in refused.details %}{{ detail }} {% endfor %}",
}
"""Refusals without the frame around them, for thousands of them are asked for: what they say stays."""


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker) -> Iterator[Played]:
    """The call of tests/access/played.py, built once for each module inside a transaction that is thrown away."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield play()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def bare_refusals() -> Iterator[None]:
    """Draw refusals by `BARE`; test_access_matrix looks at the frame of one by its own."""
    house = settings.TEMPLATES[0]
    files = ("django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader")
    loaders = [("django.template.loaders.cached.Loader", [("django.template.loaders.locmem.Loader", BARE), *files])]
    bare = {name: value for name, value in house.items() if name != "APP_DIRS"}
    with override_settings(TEMPLATES=[bare | {"OPTIONS": house["OPTIONS"] | {"loaders": loaders}}]):
        yield


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals are no news; writing them down costs more than the requests."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
