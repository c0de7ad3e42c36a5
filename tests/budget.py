"""Counting queries as the issue counts them: one warm-up request, transaction control left out."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

CONTROL = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK", "PRAGMA")


def queries_of(request) -> list[str]:
    """The SQL of `request()`, a callable, after it was called once to warm up."""
    request()
    with CaptureQueriesContext(connection) as captured:
        request()
    return [query["sql"] for query in captured if not query["sql"].lstrip().upper().startswith(CONTROL)]
