"""The record of a meeting says what its rows say: who counted then, whatever is found out later."""

import pytest
from django.urls import reverse

from applications.models import RoundOutcome
from reviews import meetings, papers_meeting
from reviews.models import Ballot, Meeting
from reviews.workflow import meeting as verbs
from tests.reviews.meeting_room import room

pytestmark = pytest.mark.django_db


def minutes(r) -> dict:
    return papers_meeting.minutes(meetings.board(Meeting.objects.get(pk=r.meeting.pk)))


def held():
    """Two items: one voted on twice with a member who stood aside meanwhile, one not voted on."""
    r = room(members=5, items=3)
    r.recuse(r.experts[4], r.applications[0], reason="曾任职。")
    r.begin(*r.experts[:4])
    r.decide("ffa0", r.applications[0], note="路线清楚。")
    r.decide("afff", r.applications[1])
    verbs.reopen_item(r.item(r.applications[1]), by=r.olga, reason="计票有误。")
    verbs.stand_aside(r.item(r.applications[1]), by=r.experts[3].user, reason="近亲属。")
    r.vote("ffa", r.applications[1])
    verbs.close_item(r.item(r.applications[1]), by=r.olga)
    verbs.drop_item(r.item(r.applications[2]), by=r.olga, reason="材料不全。")
    verbs.write_minutes(r.meeting, by=r.olga, text="其他情况。")
    r.meeting = verbs.close_meeting(r.meeting, by=r.olga)
    return r


def test_every_number_is_the_rows_own():
    r = held()
    said = minutes(r)
    lines = {line["number"]: line for line in said["lines"]}
    for application in r.applications[:2]:
        item, line = r.item(application), lines[application.number]
        outcome = RoundOutcome.objects.get(application=application, replaced_at=None)
        ballots = Ballot.objects.filter(item=item, turn=item.turn, struck_at=None)
        counted = tuple(ballots.filter(choice=choice).count() for choice in ("for", "against", "abstain"))
        assert tuple(line["votes"]) == counted == (outcome.votes_for, outcome.votes_against, outcome.votes_abstain)
        assert line["result"] == ("通过" if outcome.passed else "未通过")
        assert (line["members"], line["present"]) == (item.standing["members"], item.standing["present"])
        assert len(outcome.people) == line["present"]
    assert [lines[row.number]["members"] for row in r.applications[:2]] == [4, 4]
    assert [lines[row.number]["present"] for row in r.applications[:2]] == [4, 3]
    assert lines[r.applications[1].number]["again"] == "第 2 次表决，理由：计票有误。"
    assert lines[r.applications[2].number]["none"] == "未表决：材料不全。"
    facts = dict(said["facts"])
    assert facts["出席情况"] == "应到 5 位，实到 4 位"
    assert facts["议题"] == "共 3 项，表决 2 项，通过 1 项，未表决 1 项"
    away = {(row["title"], row["name"]) for row in said["recusals"]}
    assert away == {
        (r.applications[0].title, r.experts[4].user.name), (r.applications[1].title, r.experts[3].user.name)
    }  # fmt: skip


def test_what_is_found_out_after_the_meeting_does_not_change_its_minutes():
    r = held()
    before = minutes(r)
    r.recuse(r.experts[0], r.applications[0], reason="事后查明曾任职。")
    r.recuse(r.experts[1], r.applications[2], reason="事后查明曾任职。")
    assert minutes(r) == before and before["version"]


def test_who_must_have_stood_aside_is_named_beside_the_vote_that_counted_them(client):
    r = room(members=4, items=1)
    r.begin()
    r.decide("ffff")
    r.recuse(r.experts[3], r.applications[0], reason="会后查明。")
    (line,) = meetings.board(r.meeting).lines
    assert line.reasons == [] and [seat.expert for seat, _ in line.late] == [r.experts[3]]
    client.force_login(r.olga)
    shown = client.get(reverse("admin:reviews_meeting", args=[r.meeting.pk])).content.decode()
    assert "表决后发现须回避" in shown and "会后查明。" in shown
    assert meetings.board(r.meeting).for_member(r.experts[3].pk).lines == []  # to them it is gone all the same


def test_voted_on_again_without_them_nothing_is_late(client):
    r = room(members=4, items=1)
    r.begin()
    r.decide("ffff")
    r.recuse(r.experts[3], r.applications[0], reason="会后查明。")
    verbs.reopen_item(r.item(), by=r.olga, reason="一位专家须回避。")
    r.vote("fff-")
    verbs.close_item(r.item(), by=r.olga)
    (line,) = meetings.board(r.meeting).lines
    assert line.late == [] and [seat.expert for seat, _ in line.reasons] == [r.experts[3]]
    assert minutes(r)["lines"][0]["members"] == 3
