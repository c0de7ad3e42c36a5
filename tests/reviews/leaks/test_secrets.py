"""Every role opens everything it can: the planted secrets that it reads are exactly those of table.py."""

import re
from collections import defaultdict

import pytest

from notifications.models import Message
from tests.reviews.leaks import surface
from tests.reviews.leaks.scene import Scene
from tests.reviews.leaks.table import allowed

# Once, on PostgreSQL: who learns what does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("bare_refusals")]


def pattern_of(word: str) -> str:
    """Figures stand alone: 73.31 is not found in 173.31 nor in 73.315."""
    return rf"(?<![\d.]){re.escape(word)}(?![\d])" if re.fullmatch(r"[\d.]+", word) else re.escape(word)


class Finder:
    """Finds all planted words in one pass."""

    def __init__(self, scene: Scene):
        self.by_word = defaultdict(list)
        for secret in scene.secrets:
            self.by_word[secret.word].append(secret)
        words = sorted(self.by_word, key=len, reverse=True)
        self.pattern = re.compile("|".join(pattern_of(word) for word in words))

    def __call__(self, text: str) -> list:
        return [secret for word in set(self.pattern.findall(text)) for secret in self.by_word[word]]


def read_by(scene: Scene, who: str, **only) -> dict:
    """Secret → where `who` reads it first: pages, files, and messages on whatever way."""
    find, found = Finder(scene), {}
    for path, response in surface.walk(scene, surface.browser(scene.people[who]), **only):
        assert response.status_code < 500 or path == "/readyz/", f"{response.status_code} at {path}"
        for secret in find(surface.words_of(response)):
            found.setdefault(secret, path)
    for message in Message.objects.filter(user=scene.people[who]):
        for secret in find(f"{message.title} {message.body} {message.url}"):
            found.setdefault(secret, f"{message.channel}: {message.title}")
    return found


WALKING = ("visitor", "alice", "bob", "dora", "oscar", "oleg", "ruth", "olga", "sysadmin", "signer", "recuser", "idle")
"""One of each kind; the others of `ROLES` see what these do."""
WHOLLY = ("olga", "alice", "signer")
"""Whose line of the table must be seen in every kind: the walk really shows what there is."""


@pytest.mark.parametrize("who", WALKING)
def test_everybody_reads_what_the_table_says(visit, who):
    found = read_by(visit, who)
    leaked = [f"{who} reads {secret} at {where}" for secret, where in found.items() if not allowed(who, secret)]
    assert not leaked, "\n".join(leaked)
    seen = {secret.kind for secret in found}
    promised = {secret.kind for secret in visit.secrets if allowed(who, secret)}
    assert seen == promised or (who not in WHOLLY and bool(seen) == bool(promised)), "nothing shows what the table says"
