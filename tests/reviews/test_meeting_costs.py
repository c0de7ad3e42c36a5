"""The lists around a meeting cost the same for few and for many lines."""

import pytest
from django.urls import reverse

from tests.budget import queries_of
from tests.reviews.meeting_room import PANEL, room
from tests.reviews.test_forwarding import scored

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def cost(client, person, name: str, *args) -> int:
    client.force_login(person)
    return len(queries_of(lambda: client.get(reverse(f"admin:reviews_{name}", args=args))))


def test_the_list_of_meetings_for_officers_and_members(client):
    r = room(items=1)
    r.plan()
    few = [cost(client, person, "meetings") for person in (r.olga, r.experts[0].user, r.review.world.sven)]
    for application in r.review.applications(9):
        r.plan(applications=[application])
    many = [cost(client, person, "meetings") for person in (r.olga, r.experts[0].user, r.review.world.sven)]
    assert few == many and max(many) <= 20


def test_the_members_page_and_the_plan(client):
    r = room(members=4, items=2)
    r.begin()
    r.open()
    r.vote("ff")
    waiting = r.review.applications(1)
    r.plan(applications=waiting)
    seat = ("meeting_seat", r.meeting.pk - 1)
    pages = [(r.experts[0].user, *seat), (r.experts[2].user, *seat), (r.olga, "meeting_change", r.meeting.pk)]
    few = [cost(client, *page) for page in pages]
    first = r.experts[0].meeting_seats.order_by("pk")[0].meeting
    for place, application in enumerate(r.review.applications(15), 3):
        first.items.create(application=application, order=place)
    for place, application in enumerate(r.review.applications(15), 2):
        r.meeting.items.create(application=application, order=place)
    r.review.experts(10)
    assert [cost(client, *page) for page in pages] == few and max(few) <= 40


def test_who_goes_on(client):
    review, applications = scored(90, 80)
    few = cost(client, review.olga, "forwarding", review.task.pk)
    more = review.applications(12)
    review.scored({one: [70 - place, 70 - place] for place, one in enumerate(more)})
    assert cost(client, review.olga, "forwarding", review.task.pk) == few <= 20


def test_planning_where_the_panel_meets_twice(client):
    r = room(items=2, rounds=[PANEL, PANEL | {"label": "终评"}])
    client.force_login(r.olga)
    address = reverse("admin:reviews_meeting_plan") + f"?call={r.review.call.slug}"
    few = len(queries_of(lambda: client.get(address)))
    r.review.applications(15)
    assert len(queries_of(lambda: client.get(address))) == few <= 40
