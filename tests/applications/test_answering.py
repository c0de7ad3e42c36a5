"""The unit's own pages: an objection to its on-site check (P12), a statement before an end (P22)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application, Hearing, OutcomeObjection, State
from jbgs.lib import clock
from tests.applications.calls import call_with
from tests.applications.office import RECOMMENDING, Visitor
from tests.applications.test_rounds import FIVE_DAYS, ON_SITE, VISIT
from tests.cast import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world(call_with(review={"rounds": [ON_SITE]}, clocks=FIVE_DAYS))


def page(name: str, application) -> str:
    return reverse(f"applications:{name}", args=[application.pk])


def test_an_objection_within_its_days_once(cast):
    one = cast.in_review()
    alice = Visitor(cast.alice, at=RECOMMENDING)
    assert alice.get(page("round_objection", one)).status_code == 302  # nothing to object to
    with clock.travel(RECOMMENDING):
        workflow.record_round(one, by=cast.olga, **VISIT, passed=False)
    assert "对核查结果提出异议" in alice.get(page("detail", one)).content.decode()
    assert VISIT["text"] in alice.get(page("round_objection", one)).content.decode()
    refused = alice.post(page("round_objection", one), {"text": " "})
    assert refused.status_code == 422 and "请写明异议理由和依据。" in refused.content.decode()
    late = Visitor(cast.alice, at=RECOMMENDING + timedelta(days=9))
    assert late.post(page("round_objection", one), {"text": "有误"}).status_code == 409
    assert alice.post(page("round_objection", one), {"text": "当日检修。"}).status_code == 302
    assert OutcomeObjection.objects.get().text == "当日检修。"
    assert "对核查结果提出异议" not in alice.get(page("detail", one)).content.decode()
    assert Visitor(cast.bob, at=RECOMMENDING).post(page("round_objection", one), {"text": "x"}).status_code == 403
    assert Visitor(cast.bob, at=RECOMMENDING).get(page("round_objection", one)).status_code == 404


def test_a_statement_is_read_in_by_the_day_of_the_notice(cast):
    one = cast.in_review()
    Application.objects.filter(pk=one.pk).update(state=State.SHORTLISTED)
    one.refresh_from_db()
    alice = Visitor(cast.alice, at=RECOMMENDING)
    assert alice.get(page("statement", one)).status_code == 302
    until = (RECOMMENDING + timedelta(days=5)).date()
    with clock.travel(RECOMMENDING):
        workflow.give_notice(one, by=cast.olga, verb="terminate", ground="长期没有进展。", state_until=until)
    shown = alice.get(page("statement", one)).content.decode()
    assert "长期没有进展。" in shown and "终止" in shown
    assert alice.post(page("statement", one), {"text": ""}).status_code == 422
    assert alice.post(page("statement", one), {"text": "已恢复研制。"}).status_code == 302
    assert Hearing.objects.get().statement == "已恢复研制。"
    assert Visitor(cast.bob, at=RECOMMENDING).post(page("statement", one), {"text": "x"}).status_code == 403
