"""What every test may use; rooms have their own conftest.py for their own rows."""

import os
import shutil

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

PAGES = ("front_", "officer_", "department_")
"""Files of tests that look at pages of applications; what the pages call is tested on both databases."""
DATABASE = {"db", "transactional_db", "live_server", "django_db_setup"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A test marked for one database is left out on the other: not skipped, so that nothing is counted as skipped.

    What asks no database, and what looks at pages, is marked `once`: `make test` runs it on PostgreSQL only.
    """
    for item in items:
        asks = item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ()))
        if not asks or item.path.name.removeprefix("test_").startswith(PAGES):
            item.add_marker("once")
    other = "sqlite" if connection.vendor == "postgresql" else "postgres"
    kept = [item for item in items if other not in item.keywords]
    dropped = [item for item in items if other in item.keywords]
    if dropped:
        items[:] = kept
        dropped[0].config.hook.pytest_deselected(items=dropped)


def pytest_sessionfinish(session):
    """With CI=true a skipped test is a failure: nothing may stay untested because something is not installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def empty_cache():
    """Rate limits and other counters start from nothing."""
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def files_are_thrown_away():
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
