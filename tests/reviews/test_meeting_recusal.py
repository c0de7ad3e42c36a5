"""Members who stand aside in a meeting: out of sight, quorum, votes and record, whenever it comes up."""

import pytest

from applications import access
from jbgs.lib.errors import Forbidden
from reviews import meetings
from reviews.models import Ballot, Recusal
from reviews.workflow import meeting as verbs
from tests.reviews.meeting_room import PANEL, logged, refusal, room

pytestmark = pytest.mark.django_db


class TestRecusal:
    def test_who_stands_aside_is_out_of_quorum_votes_and_people(self):
        r = room(members=3)
        r.recuse(r.experts[2], r.applications[0])
        r.begin()
        item = r.decide("ff")
        assert item.outcome.people == [expert.user.name for expert in r.experts[:2]]
        assert item.standing["members"] == 2
        assert [row["expert"] for row in item.standing["recused"]] == [r.experts[2].pk]

    def test_a_computed_ground_counts_like_a_declared_one(self):
        r = room(members=3, items=1)
        application = r.applications[0]
        member = r.review.expert(unit_name=application.unit.name, unit_code=application.unit.code)
        r.experts[2] = member
        r.begin()
        r.open()
        with pytest.raises(Forbidden):
            verbs.cast_ballot(r.item(), by=member.user, choice="for")

    def test_a_forged_vote_hears_the_same_whether_the_item_is_open_or_not(self):
        r = room(members=3)
        r.recuse(r.experts[2], r.applications[0])
        r.begin()
        said = []
        for step in (lambda: None, r.open):
            step()
            with pytest.raises(Forbidden) as refused:
                verbs.cast_ballot(r.item(), by=r.experts[2].user, choice="for")
            said.append((refused.value.code, refused.value.sentence))
        assert said[0] == said[1] and not Ballot.objects.exists()

    def test_declared_in_the_meeting_it_counts_at_once_and_the_ballot_is_struck(self):
        r = room(members=4, items=1)
        r.begin()
        r.open()
        r.vote("fffa")
        verbs.stand_aside(r.item(), by=r.experts[3].user, reason="近亲属任职。")
        struck = Ballot.objects.get(expert=r.experts[3])
        assert struck.struck_at and struck.choice == "against" and "近亲属" in struck.struck_for
        (entry,) = logged(r.meeting, "strike_ballot")
        assert entry.data["expert"] == r.experts[3].pk
        assert Recusal.objects.get().kind == "declared"
        assert not access.may_review(r.experts[3].user, r.applications[0])
        outcome = verbs.close_item(r.item(), by=r.olga).outcome
        assert (outcome.votes_for, outcome.votes_against) == (3, 0) and len(outcome.people) == 3

    def test_an_officer_finds_it_in_the_meeting(self):
        r = room(members=4, items=1)
        r.begin()
        r.open()
        r.vote("fffa")
        verbs.stand_aside(r.item(), by=r.olga, expert=r.experts[3], reason="查明曾任职。")
        assert Recusal.objects.get().kind == "officer"
        with pytest.raises(Forbidden):
            verbs.cast_ballot(r.item(), by=r.experts[3].user, choice="for")

    def test_found_elsewhere_while_the_vote_runs_the_ballot_is_struck_at_the_end(self):
        r = room(members=4, items=1)
        r.begin()
        r.open()
        r.vote("fffa")
        r.recuse(r.experts[3], r.applications[0])
        assert meetings.board(r.meeting).lines[0].tally.cast == 3  # at once, before anything is written
        assert verbs.close_item(r.item(), by=r.olga).outcome.votes_against == 0
        assert Ballot.objects.get(expert=r.experts[3]).struck_at and logged(r.meeting, "strike_ballot")

    def test_nobody_declares_for_another_member(self):
        r = room()
        r.begin()
        with pytest.raises(Forbidden):
            verbs.stand_aside(r.item(), by=r.experts[0].user, expert=r.experts[1], reason="虚构")

    def test_it_needs_a_reason_and_a_seat(self):
        r = room()
        r.begin()
        assert refusal(verbs.stand_aside, r.item(), by=r.experts[0].user, reason=" ") == "reason_missing"
        stranger = r.review.expert()
        assert refusal(verbs.stand_aside, r.item(), by=r.olga, expert=stranger, reason="虚构") == "no_member"

    def test_too_few_are_left_and_the_item_is_not_opened(self):
        r = room(members=3, items=1, panel=PANEL | {"least_people": 3})
        r.recuse(r.experts[2], r.applications[0])
        r.begin()
        assert refusal(r.open) == "no_quorum"

    def test_a_member_knows_nothing_of_the_item(self):
        r = room(members=3, items=3)
        away = r.experts[2]
        r.recuse(away, r.applications[1])
        r.begin()
        before = meetings.board(r.meeting).for_member(away.pk)
        r.decide("ff", r.applications[1], note="暗记")
        after = meetings.board(r.meeting).for_member(away.pk)
        assert [line.application.pk for line in after.lines] == [r.applications[0].pk, r.applications[2].pk]
        assert [line.place for line in after.lines] == [1, 2] and after.open_line is None
        assert before.mark() == after.mark() and (after.done, after.passed) == (0, 0)
        other = meetings.board(r.meeting).for_member(r.experts[0].pk)
        assert other.done == 1 and other.mark() != before.mark()

    def test_a_recusal_that_stood_at_the_vote_hides_the_item_for_good(self):
        r = room(members=3, items=1)
        r.recuse(r.experts[2], r.applications[0])
        r.begin()
        r.decide("ff")
        Recusal.objects.all().delete()
        assert meetings.board(r.meeting).for_member(r.experts[2].pk).lines == []
