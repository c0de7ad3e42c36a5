"""Browsers of the played people."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.test import Client

from tests.access.played import Played


def browser(played: Played, who: str) -> Client:
    """A browser in which this person has signed in; an error of the server is an answer, too."""
    client = Client(raise_request_exception=False)
    if person := played.people[who]:
        client.force_login(person)
    return client


def words_in(response) -> str:
    """The whole answer as text, whatever it is."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is rolled back; code that asks for a transaction of its own gets one."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)
