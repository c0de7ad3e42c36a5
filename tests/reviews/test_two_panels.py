"""A call whose applications come before a panel twice: each meeting's outcome goes into the round that it holds."""

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import ReviewRound, RoundOutcome
from applications.rounds import progress_of
from reviews import meetings
from reviews.workflow import meeting as verbs
from tests.reviews.meeting_room import Room, refusal, room

pytestmark = pytest.mark.django_db

FIRST = {"kind": "panel", "label": "初评", "quorum": "2/3", "pass_share": "1/2"}
FINAL = {"kind": "panel", "label": "终评", "least_people": 4, "quorum": "3/4", "pass_share": "2/3"}
VISIT = {"kind": "on_site", "label": "现场核查", "least_people": 1}
VISITED = {"kind": "on_site", "people": ["虚构甲"], "text": "一致。", "signed_by_unit": True, "passed": True}


def two(items: int = 2, *, between=()) -> Room:
    return room(members=4, items=items, rounds=[FIRST, *between, FINAL])


def first_passed(r: Room, *choices: str) -> None:
    """The first meeting from its beginning to its end; one row of letters for each application."""
    r.begin()
    for application, letters in zip(r.applications, choices, strict=True):
        r.decide(letters, application)
    verbs.close_meeting(r.meeting, by=r.olga)
    r.meeting = None


def of_round(application, order: int) -> RoundOutcome | None:
    return RoundOutcome.objects.filter(application=application, round__order=order, replaced_at=None).first()


def test_each_meeting_records_into_its_own_round():
    r = two(items=1)
    (application,) = r.applications
    first_passed(r, "fffa")
    assert of_round(application, 1).votes_for == 3 and of_round(application, 2) is None
    second = r.plan()
    assert second.round.order == 2 and meetings.board(second).round.label == "终评"
    r.begin()
    item = r.decide("ffaa")
    assert item.outcome == of_round(application, 2)
    assert (item.outcome.votes_for, item.outcome.passed) == (2, False)  # two thirds, not half
    assert of_round(application, 1).votes_for == 3
    assert progress_of(r.applications)[application.pk].failed.label == "终评"


def test_a_round_between_them_comes_between_them():
    r = two(items=1, between=[VISIT])
    first_passed(r, "ffff")
    assert refusal(r.plan) == "not_waiting"
    workflow.record_round(r.applications[0], by=r.olga, **VISITED)
    r.begin()
    assert r.decide("ffff").outcome.round.order == 3


def test_an_agenda_holds_what_waits_for_one_round():
    r = two(items=2)
    first_passed(r, "ffff", "aaaa")
    late = r.review.application()
    r.applications.append(late)
    assert refusal(r.plan) == "not_waiting"
    first = ReviewRound.objects.get(call=r.review.call, order=1)
    final = ReviewRound.objects.get(call=r.review.call, order=2)
    assert r.plan(applications=[late], round_=first).round == first
    assert refusal(r.plan, applications=[late], round_=final) == "not_waiting"
    assert r.plan(applications=r.applications[:1], round_=final).round == final


def test_a_panel_of_the_second_round_keeps_the_second_rounds_rules():
    r = two(items=1)
    first_passed(r, "ffff")
    assert refusal(r.plan, experts=r.experts[:3]) == "members_missing"
    r.begin()
    r.open()
    r.vote("fff-")
    assert refusal(verbs.close_item, r.item(), by=r.olga) == "no_quorum"


def test_voted_again_in_the_second_meeting_the_first_result_stands():
    r = two(items=1)
    (application,) = r.applications
    first_passed(r, "ffff")
    r.begin()
    r.decide("aaaa")
    verbs.reopen_item(r.item(), by=r.olga, reason="计票有误。")
    assert of_round(application, 1) and not of_round(application, 2)
    r.vote("ffff")
    assert verbs.close_item(r.item(), by=r.olga).outcome == of_round(application, 2)


def test_typed_by_hand_it_goes_where_the_application_waits_and_corrects_what_is_named():
    r = two(items=1)
    (application,) = r.applications
    first, final = (one.row for one in meetings.rounds_of(r.review.call))
    votes = {"by": r.olga, "kind": "panel", "votes_for": 4}
    assert refusal(workflow.record_round, application, row=final, **votes) == "round_open"
    workflow.record_round(application, **votes)
    workflow.record_round(application, **votes | {"votes_for": 5})
    assert (of_round(application, 1).votes_for, of_round(application, 2).votes_for) == (4, 5)
    assert refusal(workflow.record_round, application, row=first, **votes) == "reason_missing"
    workflow.record_round(application, row=first, reason="计票更正。", **votes | {"votes_for": 6})
    assert (of_round(application, 1).votes_for, of_round(application, 2).votes_for) == (6, 5)
    workflow.record_round(application, reason="计票更正。", **votes | {"votes_for": 7})
    assert (of_round(application, 1).votes_for, of_round(application, 2).votes_for) == (6, 7)


def test_a_round_of_another_call_is_none_of_this_one():
    r, strange = two(items=1), ReviewRound.objects.create(call=two_elsewhere(), kind="panel", order=1)
    named = {"by": r.olga, "kind": "panel", "votes_for": 4, "row": strange}
    assert refusal(workflow.record_round, r.applications[0], **named) == "no_such_round"
    assert refusal(r.plan, round_=strange) == "no_such_round"


def two_elsewhere():
    from tests.cast import load_miit

    return load_miit()


@pytest.mark.slow
class TestPages:
    def test_the_plan_is_of_the_round_that_was_chosen(self, client):
        r = two(items=2)
        first_passed(r, "ffff", "aaaa")
        late = r.review.application()
        client.force_login(r.olga)
        address = reverse("admin:reviews_meeting_plan") + f"?call={r.review.call.slug}"
        pages = {n: client.get(f"{address}&round={n}").content.decode() for n in (1, 2)}
        assert "初评" in pages[2] and client.get(address).context["round"].label == "初评"  # somebody waits for it
        assert late.title in pages[1] and r.applications[0].title not in pages[1]
        assert r.applications[0].title in pages[2] and late.title not in pages[2]
        assert "会议专家不少于 4 位" in pages[2] and "终评" in pages[2]
        assert client.get(f"{address}&round=7").status_code == 404
        data = {
            "title": "虚构终评会", "held_on": "2025-04-10", "chair": r.experts[0].pk, "key": "k",
            "expert": [one.pk for one in r.experts], "application": [r.applications[0].pk],
        }  # fmt: skip
        assert client.post(f"{address}&round=2", data).status_code == 302
        assert r.review.call.meetings.latest("pk").round.order == 2

    def test_changing_offers_what_waits_for_the_meetings_own_round(self, client):
        r = two(items=1)
        first_passed(r, "ffff")
        r.plan()
        late = r.review.application()
        client.force_login(r.olga)
        shown = client.get(reverse("admin:reviews_meeting_change", args=[r.meeting.pk])).content.decode()
        assert late.title not in shown and r.applications[0].title in shown and "不少于 4 位" in shown

    def test_the_officers_sheet_of_the_second_round_records_into_it(self, client):
        r = two(items=1)
        first_passed(r, "ffff")
        application = r.applications[0]
        client.force_login(r.olga)
        address = reverse("admin:applications_round", args=[r.review.call.slug, 2])
        answer = client.post(address, {f"votes_for_{application.pk}": "5", "held_on": "2025-04-10", "people": ""})
        assert answer.status_code == 302 and of_round(application, 2).votes_for == 5
        address = reverse("admin:applications_round_record", args=[application.pk, 1])
        data = {"votes_for": "6", "held_on": "2025-04-10", "people": "", "reason": "更正。"}
        assert client.post(address, data).status_code == 302
        assert (of_round(application, 1).votes_for, of_round(application, 2).votes_for) == (6, 5)
