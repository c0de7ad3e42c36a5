"""The panel's meeting: signing in, quorum, votes, the result in the round, voting again, the end."""

from datetime import timedelta

import pytest

from applications import access, workflow
from applications.models import RoundOutcome
from applications.rounds import outcomes_of
from audit.models import Entry
from jbgs.lib.errors import Forbidden, Refused
from reviews import meetings
from reviews.models import Assignment, Ballot, Meeting
from reviews.workflow import meeting as verbs
from tests.reviews.meeting_room import HELD_ON, PANEL, logged, refusal, room

pytestmark = pytest.mark.django_db


class TestSigningIn:
    def test_with_the_pledge_the_member_reads_what_is_not_recused(self):
        r = room(items=2)
        r.recuse(r.experts[0], r.applications[1])
        r.plan()
        member = r.experts[0]
        assert not access.may_review(member.user, r.applications[0])
        verbs.sign_in(r.meeting, by=member.user)
        seat = r.meeting.seats.get(expert=member)
        assert seat.present_at and "客观" in seat.pledge_text
        assert access.may_review(member.user, r.applications[0])
        assert not access.may_review(member.user, r.applications[1])

    def test_not_before_the_day(self):
        r = room()
        r.plan(held_on=HELD_ON + timedelta(days=1))
        assert refusal(verbs.sign_in, r.meeting, by=r.experts[0].user) == "too_early"

    def test_nobody_signs_in_for_a_seat_they_have_not(self):
        r = room()
        r.plan()
        for person in (r.olga, r.review.expert().user, r.review.world.alice):
            with pytest.raises(Forbidden):
                verbs.sign_in(r.meeting, by=person)

    def test_reading_ends_with_the_meeting_but_not_for_a_sheet_of_ones_own(self):
        r = room(items=1, rounds=[{"kind": "mail"}, PANEL])
        seat = r.review.seat(r.applications[0], r.experts[0])[0]
        r.review.sign(seat)
        workflow.record_round(r.applications[0], by=r.olga, kind="mail", passed=True)
        r.begin()
        r.decide("fff")
        assert access.may_review(r.experts[1].user, r.applications[0])
        verbs.close_meeting(r.meeting, by=r.olga)
        assert not access.may_review(r.experts[1].user, r.applications[0])
        assert access.may_review(r.experts[0].user, r.applications[0])
        assert Assignment.objects.get().state == "signed"

    def test_it_begins_with_a_chair(self):
        r = room()
        r.plan(chair=None)
        r.sign_in()
        assert refusal(verbs.open_meeting, r.meeting, by=r.olga) == "chair_missing"

    def test_it_begins_with_enough_members(self):
        r = room(members=4)
        r.plan()
        r.sign_in(*r.experts[:2])
        assert refusal(verbs.open_meeting, r.meeting, by=r.olga) == "no_quorum"  # two thirds of four are three
        r.sign_in(r.experts[2])
        assert verbs.open_meeting(r.meeting, by=r.olga).state == "open"


class TestVoting:
    def test_the_tally_becomes_the_rounds_result(self):
        r = room(members=5)
        r.begin()
        item = r.decide("fffa0", note="路线清楚。")
        outcome = RoundOutcome.objects.get(application=r.applications[0])
        assert (outcome.votes_for, outcome.votes_against, outcome.votes_abstain, outcome.passed) == (3, 1, 1, True)
        assert outcome.people == [expert.user.name for expert in r.experts] and outcome.text == "路线清楚。"
        assert item.outcome == outcome and item.state == "closed" and outcome.held_on == HELD_ON
        assert item.standing == {"members": 5, "present": 5, "recused": []}

    @pytest.mark.parametrize(("choices", "passed"), [("ffa", True), ("faa", False), ("f00", False), ("ffaa", False)])
    def test_more_than_the_share_must_be_for_it(self, choices, passed):
        r = room(members=len(choices), items=1)
        r.begin()
        assert r.decide(choices).outcome.passed is passed

    def test_the_calls_own_share(self):
        r = room(members=3, items=1, panel=PANEL | {"pass_share": "2/3"})
        r.begin()
        assert not r.decide("ffa").outcome.passed

    def test_without_the_quorum_of_votes_it_is_not_closed(self):
        r = room(members=6)
        r.begin()
        r.open()
        r.vote("fff---")
        assert refusal(verbs.close_item, r.item(), by=r.olga) == "no_quorum"
        verbs.cast_ballot(r.item(), by=r.experts[3].user, choice="abstain")  # the fourth of six is enough
        assert verbs.close_item(r.item(), by=r.olga).outcome.votes_abstain == 1

    def test_never_with_fewer_than_the_call_says(self):
        r = room(members=5, panel=PANEL | {"least_people": 5})
        r.begin()
        r.open()
        r.vote("ffff-")
        assert refusal(verbs.close_item, r.item(), by=r.olga) == "no_quorum"

    def test_a_vote_may_be_changed_while_the_item_is_open_and_stays_one(self):
        r = room()
        r.begin()
        r.open()
        r.vote("aff")
        r.vote("f")
        assert Ballot.objects.count() == 3
        assert verbs.close_item(r.item(), by=r.olga).outcome.votes_for == 3
        assert [entry.data["choice"] for entry in logged(r.meeting, "cast_ballot")][::3] == ["against", "for"]

    def test_after_the_end_a_vote_is_refused_and_told_that_it_does_not_count(self):
        r = room(members=4)
        r.begin()
        r.decide("fff-")
        with pytest.raises(Refused, match="没有计入") as refused:
            verbs.cast_ballot(r.item(), by=r.experts[3].user, choice="for")
        assert refused.value.code == "item_changed" and Ballot.objects.count() == 3

    def test_before_it_is_open_and_without_signing_in_nobody_votes(self):
        r = room(members=4)
        r.begin(*r.experts[:3])
        assert refusal(verbs.cast_ballot, r.item(), by=r.experts[0].user, choice="for") == "item_changed"
        r.open()
        assert refusal(verbs.cast_ballot, r.item(), by=r.experts[3].user, choice="for") == "not_signed_in"
        assert refusal(verbs.cast_ballot, r.item(), by=r.experts[0].user, choice="maybe") == "choice_unknown"

    def test_one_item_at_a_time(self):
        r = room()
        r.begin()
        r.open()
        assert refusal(r.open, r.applications[1]) == "item_open"

    def test_only_members_vote(self):
        r = room()
        r.begin()
        r.open()
        for person in (r.olga, r.review.expert().user, r.review.world.sven):
            with pytest.raises(Forbidden):
                verbs.cast_ballot(r.item(), by=person, choice="for")

    def test_a_result_that_was_typed_by_hand_meanwhile_stands(self):
        r = room()
        r.begin()
        workflow.record_round(r.applications[0], by=r.olga, kind="panel", votes_for=3)
        assert refusal(r.open) == "not_waiting"
        verbs.drop_item(r.item(), by=r.olga, reason="已书面表决。")
        assert r.decide("fff", r.applications[1]).outcome.passed

    def test_two_members_of_one_name_are_two_people_in_the_record(self):
        r = room(members=3, items=1)
        for expert in r.experts[:2]:
            expert.user.name = "虚构同名"
            expert.user.save(update_fields=["name"])
        r.begin()
        assert len(set(r.decide("fff").outcome.people)) == 3


class TestAgain:
    def test_opened_again_the_result_is_set_aside_and_the_old_ballots_stay(self):
        r = room(items=1)
        r.begin()
        r.decide("faa")
        verbs.reopen_item(r.item(), by=r.olga, reason="计票有误。")
        assert not outcomes_of(r.applications)  # a decision waits for the new vote
        assert Entry.objects.for_object(r.applications[0]).filter(action="set_round_aside").exists()
        assert meetings.board(r.meeting).lines[0].tally.cast == 0
        r.vote("fff")
        item = verbs.close_item(r.item(), by=r.olga)
        assert item.turn == 2 and item.outcome.passed and item.outcome.reason == "计票有误。"
        assert Ballot.objects.filter(turn=1).count() == Ballot.objects.filter(turn=2).count() == 3
        assert RoundOutcome.objects.filter(replaced_at=None).count() == 1

    def test_not_without_a_reason_not_beside_another_and_not_under_a_decision(self):
        r = room(items=2)
        r.begin()
        r.decide("fff")
        assert refusal(verbs.reopen_item, r.item(), by=r.olga, reason="") == "reason_missing"
        r.open(r.applications[1])
        assert refusal(verbs.reopen_item, r.item(), by=r.olga, reason="虚构") == "item_open"
        verbs.drop_item(r.item(r.applications[1]), by=r.olga, reason="材料不全。")
        workflow.prepare_decision(r.applications[0], by=r.olga, verb="propose", reason="表决通过。")
        assert refusal(verbs.reopen_item, r.item(), by=r.olga, reason="虚构") == "decision_waiting"

    def test_what_was_dropped_may_be_voted_on_after_all(self):
        r = room(items=1)
        r.begin()
        r.open()
        r.vote("aaa")
        verbs.drop_item(r.item(), by=r.olga, reason="先看下一项。")
        assert not RoundOutcome.objects.exists()
        verbs.reopen_item(r.item(), by=r.olga, reason="继续。")
        r.vote("fff")
        assert verbs.close_item(r.item(), by=r.olga).outcome.votes_for == 3


class TestTheEnd:
    def test_every_item_was_dealt_with(self):
        r = room()
        r.begin()
        r.decide("fff")
        assert refusal(verbs.close_meeting, r.meeting, by=r.olga) == "items_left"
        verbs.drop_item(r.item(r.applications[1]), by=r.olga, reason="申报单位撤回。")
        assert verbs.close_meeting(r.meeting, by=r.otto).state == "closed"
        assert refusal(r.vote, "f") == "state_changed"

    def test_a_dropped_application_goes_on_the_next_agenda(self):
        r = room(items=1)
        r.begin()
        verbs.drop_item(r.item(), by=r.olga, reason="材料不全。")
        verbs.close_meeting(r.meeting, by=r.olga)
        r.plan()

    def test_two_officers_write_the_minutes(self):
        r = room()
        r.begin()
        read = meetings.digest_of("")
        verbs.write_minutes(r.meeting, by=r.olga, text="一。", base=read)
        assert refusal(verbs.write_minutes, r.meeting, by=r.otto, text="二。", base=read) == "minutes_changed"
        verbs.write_minutes(r.meeting, by=r.otto, text="一。二。", base=meetings.digest_of("一。"))
        assert Meeting.objects.get().minutes == "一。二。"
