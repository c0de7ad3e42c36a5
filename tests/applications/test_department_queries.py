"""Query budgets of a department's pages: every list at most twelve, the same at one row and at fifty."""

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_unit
from tests.budget import queries_of
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db

MOST = 12
PAGES = ("calls", "recommending", "waiting", "all", "outputs", "department", "inbox")


@pytest.fixture
def cast():
    return world()


def address_of(cast, page):
    if page == "inbox":
        return reverse("notifications:backoffice_inbox")
    if page in ("recommending", "waiting"):
        tab = "?tab=waiting" if page == "waiting" else ""
        return reverse("admin:applications_recommending", args=[cast.call.slug]) + tab
    return reverse(f"admin:applications_{page}")


def copies(cast, application, count):
    """`count` more rows like `application`, of units and tasks of their own; only lists look at them."""
    tasks = list(cast.call.tasks.order_by("order"))
    for number in range(count):
        Application.objects.create(
            call=application.call, call_version=application.call_version, task=tasks[number % 5],
            unit=make_unit(5000 + number), department=application.department, number=f"C-{number}",
            title=f"第 {number} 个", state="submitted", version=application.version, created_by=application.created_by,
            created_at=application.created_at, submitted_at=application.submitted_at,
            state_since=application.state_since,
        )  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_list_costs_the_same_for_one_and_for_fifty(client, cast, page):
    with clock.travel(OPEN):
        application = cast.submitted()
        other = cast.submitted(by=cast.another_applicant())
        workflow.recommend(other, by=cast.dora, opinion="同意")
    client.force_login(cast.dora)
    with clock.travel(RECOMMENDING):
        one = queries_of(lambda: client.get(address_of(cast, page)))
        copies(cast, application, 49)
        fifty = queries_of(lambda: client.get(address_of(cast, page)))
    assert len(one) == len(fifty) <= MOST, "\n".join(fifty)


def test_an_opened_application_costs_the_same_among_one_and_among_fifty(client, cast):
    with clock.travel(OPEN):
        application = cast.submitted()
    client.force_login(cast.dora)
    address = reverse("admin:applications_recommending", args=[cast.call.slug])
    with clock.travel(RECOMMENDING):
        one = queries_of(lambda: client.get(address, {"open": application.pk}))
        copies(cast, application, 49)
        fifty = queries_of(lambda: client.get(address, {"open": application.pk}))
    assert len(one) == len(fifty), "\n".join(fifty)
    assert len(fifty) <= MOST + 20, "\n".join(fifty)  # a list and one application's page
