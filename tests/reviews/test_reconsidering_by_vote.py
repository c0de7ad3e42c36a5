"""A second look by the panel's vote: from the far totals through the meeting to the decision; and where no vote will
come nobody waits for one."""

import pytest
from django.urls import reverse

from applications.workflow import record_round
from reviews import workflow
from reviews.models import Reconsideration
from reviews.workflow import meeting as verbs
from tests.reviews.meeting_room import HELD_ON, refusal
from tests.reviews.test_reconsidering import close, opened, prepare, review_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(db):
    """A call with a panel after the scores in which 25 points between two experts ask for a second look."""
    rounds = [{"kind": "mail"}, {"kind": "panel", "quorum": "2/3"}]
    return review_of(reconsider={"spread": 25}, aggregate="mean", rounds=rounds)


@pytest.fixture
def far(review):
    application = review.application()
    review.scored({application: [95, 60, 80]})
    return application


def vote(review, application, choices: str):
    """A meeting of three over this application alone, from the plan to its end."""
    experts = review.experts(3)
    meeting = verbs.plan_meeting(
        review.call, by=review.olga, title="虚构评审会", held_on=HELD_ON, applications=[application],
        experts=experts, chair=experts[0],
    )  # fmt: skip
    for expert in experts:
        verbs.sign_in(meeting, by=expert.user)
    verbs.open_meeting(meeting, by=review.olga)
    item = verbs.open_item(meeting.items.get(), by=review.olga)
    for expert, letter in zip(experts, choices, strict=True):
        verbs.cast_ballot(item, by=expert.user, choice={"f": "for", "a": "against"}[letter])
    verbs.close_item(item, by=review.olga, note="已复议。")
    return verbs.close_meeting(meeting, by=review.olga)


def test_sent_on_voted_closed_decided(review, far):
    assert refusal(workflow.forward, review.task, by=review.olga, going=[far.pk]) == "reconsideration_missing"
    row = opened(review, far, way="vote")
    assert refusal(close, review, row) == "reconsideration_not_done"
    workflow.forward(review.task, by=review.olga, going=[far.pk])  # what waits for the vote does not keep it from it
    assert refusal(prepare, review, far) == "reconsideration_open"
    vote(review, far, "ffa")
    assert refusal(prepare, review, far) == "reconsideration_open"
    close(review, row, conclusion="会议表决通过。")
    prepare(review, far)


def test_who_is_not_sent_on_is_not_voted_on_and_that_is_an_answer(review, far):
    row = opened(review, far, way="vote")
    workflow.forward(review.task, by=review.olga, going=[], staying=[far.pk])
    assert close(review, row).state == "closed"


def test_a_vote_that_cannot_come_is_not_awaited(review, far):
    record_round(far, by=review.olga, kind="mail", passed=False)
    assert refusal(opened, review, far, way="vote") == "no_vote_ahead"
    record_round(far, by=review.olga, kind="mail", passed=True, reason="更正。")
    record_round(far, by=review.olga, kind="panel", votes_for=3)
    assert refusal(opened, review, far, way="vote") == "no_vote_ahead"
    assert not Reconsideration.objects.exists()
    opened(review, far, way="explain")


@pytest.mark.slow
def test_the_page_offers_the_vote_as_long_as_it_can_come(client, review, far):
    client.force_login(review.olga)
    address = reverse("admin:reviews_reconsider", args=[far.pk])
    assert 'value="vote"' in client.get(address).content.decode()
    sent = {"ground": "spread", "way": "vote", "reason": "由会议讨论。", "key": "k"}
    answer = client.post(address, sent, follow=True)
    assert (
        "已提起复议，等待会议表决" in answer.content.decode() and "会议评审还没有表决结果。" in answer.content.decode()
    )
    row = Reconsideration.objects.get()
    workflow.forward(review.task, by=review.olga, going=[far.pk])
    vote(review, far, "faa")
    assert client.post(address, {"row": row.pk, "conclusion": "会议表决未通过。"}).status_code == 302
    assert 'value="vote"' not in client.get(address).content.decode()
