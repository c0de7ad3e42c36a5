"""In a panel's meeting: who stands aside cannot tell that the item is there, is open, is voted on or how it came out;
and no member can tell how, or whether, another one has voted."""

import pytest
from django.urls import reverse

from notifications.models import Message
from reviews.workflow import meeting as verbs
from tests.reviews.leaks.stage import scrubbed
from tests.reviews.leaks.surface import browser, words_of
from tests.reviews.meeting_room import room

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(db):
    """Two items, three members; the last member stands aside from the first item. Everybody has signed in."""
    found = room()
    found.recuse(found.experts[2], found.applications[0], reason="暗由会议回避")
    found.begin()
    return found


def pages_of(found, user) -> dict[str, str]:
    """Everything about the meeting that this person can open, by address."""
    meeting, items = found.meeting, list(found.meeting.items.order_by("pk"))
    paths = [reverse(f"admin:reviews_{name}") for name in ("todo", "meetings")]
    paths += [reverse("notifications:inbox"), reverse("admin:index")]
    names = ("meeting_seat", "meeting_seat_now", "meeting", "meeting_now", "meeting_minutes", "meeting_ballots")
    paths += [reverse(f"admin:reviews_{name}", args=[meeting.pk]) for name in names]
    paths += [
        reverse(f"admin:reviews_meeting_{name}", args=[item.pk]) for item in items for name in ("paper", "recuse")
    ]
    client = browser(user)
    return {path: scrubbed(words_of(client.get(path))) for path in paths}


def differing(before: dict, after: dict) -> list[str]:
    return [path for path, text in before.items() if text != after[path]]


def test_who_stands_aside_notices_nothing(held):
    aside, hidden = held.experts[2].user, held.applications[0]
    before = pages_of(held, aside)
    assert not any(hidden.title in text or hidden.number in text for text in before.values())
    for happens in (
        lambda: held.open(),
        lambda: held.vote("fa"),
        lambda: verbs.close_item(held.item(), by=held.olga),
    ):
        happens()
        assert differing(before, pages_of(held, aside)) == []


def test_a_member_cannot_tell_another_ones_vote(held):
    other = held.experts[1].user
    held.open()
    before = pages_of(held, other)
    held.vote("f")
    assert differing(before, pages_of(held, other)) == []
    held.vote("a")
    assert differing(before, pages_of(held, other)) == []
    held.vote("-f")
    assert differing(before, pages_of(held, other)), "the own vote is seen: the comparison sees something"


def test_nobody_else_learns_of_the_meeting(held):
    world = held.review.world
    for who in (world.alice, world.dora, world.erin, world.oscar, None):
        before = pages_of(held, who)
        assert not any(row.title in text for row in held.applications for text in before.values()), who
        assert not any(held.meeting.title in text for text in before.values()), who


def test_what_members_are_told_names_neither_applications_nor_members(held):
    held.decide("fa")
    names = {expert.user.name for expert in held.experts} | {row.title for row in held.applications}
    for expert in held.experts:
        for message in Message.objects.filter(user=expert.user, event__contains="meeting"):
            others = names - {expert.user.name}
            assert not any(name in message.title + message.body for name in others), message.title
