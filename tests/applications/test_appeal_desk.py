"""The officer's desk of appeals shows what each is against: a refusal's letter, or the decision of a lost review."""

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application
from jbgs.lib import clock
from tests.applications.front_help import Visitor
from tests.cast import RECOMMENDING, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def desk(cast, application) -> tuple[object, str]:
    """(what the appeal is against, the page)."""
    with clock.travel(RECOMMENDING):
        workflow.raise_appeal(Application.objects.get(pk=application.pk), by=cast.alice, text="请复核。")
    address = reverse("admin:applications_appeal", args=[application.appeals.get().pk])
    response = Visitor(cast.olga, RECOMMENDING).get(address)
    assert response.status_code == 200
    return response.context["against"], response.content.decode()


def test_against_a_refusal_it_shows_the_letter(cast):
    application = cast.confirmed()
    with clock.travel(RECOMMENDING):
        workflow.reject(application, by=cast.olga, ground="incomplete", reason="附件不全。")
    against, page = desk(cast, application)
    letter = application.opinions.get(verb="reject")
    assert against.by == cast.olga and "附件不全。" in page
    assert reverse("admin:applications_letter", args=[letter.pk]) in page


def test_against_a_lost_review_it_shows_the_decision(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "pass_over", reason="排名在名额之后。")
    against, page = desk(cast, application)
    assert against.by == cast.otto and against.letter is None
    assert "原决定的理由" in page and "排名在名额之后。" in page
    assert "不予受理通知书" not in page


def test_a_discarded_decision_is_not_what_it_is_against(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        workflow.prepare_decision(application, by=cast.olga, verb="pass_over", reason="作废的理由。")
        workflow.discard_decision(application.decisions.get(), by=cast.olga)
        cast.decided(application, "pass_over", reason="复核的理由。")
    against, page = desk(cast, application)
    assert against.text == "复核的理由。" and "作废的理由。" not in page
