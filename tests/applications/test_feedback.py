"""Experts' opinions given to the unit after the decision: without names, and never before two people have decided."""

import pytest

from applications import workflow
from applications.feedback import opinions_for_unit
from applications.models import Application, Decision
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person
from reviews import workflow as reviews
from tests.applications.calls import call_with
from tests.applications.front_help import Visitor, url
from tests.cast import RECOMMENDING, World, world

pytestmark = pytest.mark.django_db
NAMES = {"erin": "艾琳评委", "eva": "伊娃评委"}
OPINIONS = {"erin": "路线清楚，艾琳评委认为可行，暗记甲。", "eva": "指标依据不足，暗记乙。\n请补充数据。"}
POINTS = {"erin": "73.31", "eva": "68.27"}


def reviewed(cast: World) -> Application:
    """One application with two signed sheets."""
    application = cast.in_review()
    make_person("eva", "expert")
    users = {user.username: user for user in type(cast.erin).objects.filter(username__in=NAMES)}
    for username, user in users.items():
        user.name = NAMES[username]
        user.save(update_fields=["name"])
    with clock.travel(RECOMMENDING):
        experts = [
            reviews.create_expert(by=cast.olga, user=user, unit_name=f"虚构研究院{user.username}")
            for user in users.values()
        ]
        for seat in reviews.assign(application, by=cast.olga, experts=experts):
            user = seat.expert.user
            seat = reviews.pledge(seat, by=user)
            points = {criterion.key: POINTS[user.username] for criterion in seat.rules.spec.review.criteria}
            seat = reviews.save_score(
                seat, by=user, points=points, opinion=OPINIONS[user.username], base_version=seat.sheet_version
            )
            reviews.sign(seat, by=user)
    return fresh(application)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def prepared(cast, application, *, chosen: bool) -> Decision:
    with clock.travel(RECOMMENDING):
        lists = {"chosen": [application]} if chosen else {"chosen": [], "passed_over": [application]}
        reviews.prepare_shortlist(cast.call, application.task, by=cast.olga, common_reason="评审结论。", **lists)
    return application.decisions.get(state="prepared")


def page(user, application) -> str:
    response = Visitor(user, RECOMMENDING).get(url("detail", application))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def cast():
    return world(call_with(flow={"opinions_to_unit": True}))


@pytest.fixture
def silent():
    return world(call_with(flow={"opinions_to_unit": False}))


def nothing_is_told(user, application) -> bool:
    text = page(user, application)
    return not any(words in text for words in ("暗记甲", "暗记乙", "专家评审意见", "73.31", "68.27"))


def test_after_a_lost_review_the_unit_reads_them_without_names(cast):
    application = reviewed(cast)
    decision = prepared(cast, application, chosen=False)
    assert nothing_is_told(cast.alice, application), "a prepared decision tells nothing"
    with clock.travel(RECOMMENDING):
        workflow.approve_decision(decision, by=cast.otto)
    text = page(cast.alice, application)
    assert "专家评审意见" in text and "暗记甲" in text and "暗记乙" in text
    assert not any(words in text for words in (*NAMES.values(), *POINTS.values(), "虚构研究院"))
    assert opinions_for_unit(fresh(application)) == sorted(
        ["路线清楚，×××认为可行，暗记甲。", "指标依据不足，暗记乙。\n请补充数据。"]
    )


def test_nobody_but_the_unit_reads_them_there(cast):
    application = reviewed(cast)
    with clock.travel(RECOMMENDING):
        workflow.approve_decision(prepared(cast, application, chosen=False), by=cast.otto)
    for who in (cast.bob, cast.dora, cast.dick, cast.erin):
        response = Visitor(who, RECOMMENDING).get(url("detail", application))
        assert response.status_code in (403, 404) and "暗记乙" not in response.content.decode()


def test_a_call_that_does_not_give_them_tells_nothing(silent):
    application = reviewed(silent)
    with clock.travel(RECOMMENDING):
        workflow.approve_decision(prepared(silent, application, chosen=False), by=silent.otto)
    assert application.decisions.get().evidence["opinions"], "they are kept all the same"
    assert nothing_is_told(silent.alice, application)


def test_a_discarded_decision_tells_nothing(cast):
    application = reviewed(cast)
    decision = prepared(cast, application, chosen=False)
    with clock.travel(RECOMMENDING):
        workflow.discard_decision(decision, by=cast.olga)
    assert nothing_is_told(cast.alice, application)


def test_a_proposal_tells_nothing_before_it_is_public(cast):
    application = reviewed(cast)
    with clock.travel(RECOMMENDING):
        workflow.approve_decision(prepared(cast, application, chosen=True), by=cast.otto)
    assert fresh(application).state == "proposed" and nothing_is_told(cast.alice, application)
    with clock.travel(RECOMMENDING):
        workflow.open_publicity([fresh(application)], by=cast.olga, title="公示", contact="虚构处室")
    assert "暗记甲" in page(cast.alice, application)
    with clock.travel(RECOMMENDING):
        cast.decided(fresh(application), "unpropose")
    assert nothing_is_told(cast.alice, application), "the review goes on"


def test_it_costs_no_query_where_the_call_gives_none(silent, django_assert_num_queries):
    application = reviewed(silent)
    assert not application.call.spec.flow.opinions_to_unit  # read beforehand, as every page does
    with django_assert_num_queries(0):
        opinions_for_unit(application)
