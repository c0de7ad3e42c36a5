"""A vote at the moment of closing, two votes, two officers; with real connections and controls without the locks."""

import threading

import pytest

from applications.models import RoundOutcome
from jbgs.lib.errors import Refused
from reviews import actions_meeting, meetings
from reviews.models import Ballot, Meeting, MeetingItem
from reviews.workflow import meeting as verbs
from tests.concurrency import meet, race
from tests.reviews.meeting_room import room

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def no_row_locks(monkeypatch):
    """The control: the same code without `select_for_update`."""
    from django.db.models.query import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())


def codes(results) -> list[str]:
    return sorted(result.code if isinstance(result, Refused) else type(result).__name__ for result in results)


@pytest.fixture
def voting(monkeypatch):
    """A meeting of four in which three have voted on the open item."""
    r = room(members=4)
    r.begin()
    r.open()
    r.vote("fff-")
    return r


def close_and_vote(r):
    last = r.experts[3]
    item = r.item()
    return race(
        lambda: verbs.close_item(item, by=r.olga), lambda: verbs.cast_ballot(item, by=last.user, choice="against")
    )


def counted(r) -> bool:
    """Whether the result holds every ballot that was taken."""
    outcome = RoundOutcome.objects.get()
    return outcome.votes_for + outcome.votes_against == Ballot.objects.count()


@pytest.fixture
def worst_moment(monkeypatch):
    """Who votes has been let in, and writes only when the other one has counted; or two seconds later."""
    counting = threading.Event()
    stands_aside, record = meetings.stands_aside, verbs.record_round

    def let_in(item, seat):
        found = stands_aside(item, seat)
        counting.wait(2)
        return found

    def count(*args, **named):
        counting.set()
        return record(*args, **named)

    monkeypatch.setattr(meetings, "stands_aside", let_in)
    monkeypatch.setattr(verbs, "record_round", count)


class TestAVoteAtTheMomentOfClosing:
    def test_it_is_counted_or_refused_and_never_lost(self, voting, worst_moment):
        results = close_and_vote(voting)
        assert codes(results) in (["MeetingItem", "MeetingItem"], ["MeetingItem", "item_changed"])
        assert counted(voting)
        assert (codes(results)[1] == "MeetingItem") == (Ballot.objects.count() == 4)

    def test_control_without_locks_a_ballot_is_taken_and_not_counted(self, voting, no_row_locks, worst_moment):
        results = close_and_vote(voting)
        assert codes(results) == ["MeetingItem", "MeetingItem"] and not counted(voting)


class TestTwoVotes:
    def test_of_one_member_in_two_windows_one_ballot_stands(self, voting, monkeypatch):
        meet(monkeypatch, actions_meeting, "locked_meeting")
        item, last = voting.item(), voting.experts[3].user
        results = race(
            lambda: verbs.cast_ballot(item, by=last, choice="for"),
            lambda: verbs.cast_ballot(item, by=last, choice="against"),
        )
        assert codes(results) == ["MeetingItem", "MeetingItem"]
        assert Ballot.objects.filter(expert__user=last).count() == 1

    def test_of_two_members_both_count(self, monkeypatch):
        r = room(members=3, items=1)
        r.begin()
        r.open()
        meet(monkeypatch, actions_meeting, "locked_meeting")
        item = r.item()
        race(*(lambda e=expert: verbs.cast_ballot(item, by=e.user, choice="for") for expert in r.experts[:2]))
        assert Ballot.objects.count() == 2


class TestTwoOfficers:
    def open_two(self, r):
        items = [r.item(application) for application in r.applications]
        pairs = zip(items, (r.olga, r.otto), strict=True)
        return race(*(lambda item=item, by=by: verbs.open_item(item, by=by) for item, by in pairs))

    def test_they_open_one_item(self, monkeypatch):
        r = room()
        r.begin()
        meet(monkeypatch, actions_meeting, "locked_meeting")
        assert codes(self.open_two(r)) == ["MeetingItem", "item_open"]
        assert MeetingItem.objects.filter(state="open").count() == 1

    def test_control_without_locks_only_the_constraint_is_left(self, no_row_locks, monkeypatch):
        r = room()
        r.begin()
        meet(monkeypatch, actions_meeting, "locked_meeting")
        assert codes(self.open_two(r)) != ["MeetingItem", "item_open"]

    def test_closing_at_once_records_one_result(self, voting, monkeypatch):
        meet(monkeypatch, actions_meeting, "locked_meeting")
        item = voting.item()
        results = race(*(lambda by=by: verbs.close_item(item, by=by) for by in (voting.olga, voting.otto)))
        assert codes(results) == ["MeetingItem", "item_changed"]
        assert RoundOutcome.objects.count() == 1

    def test_an_application_comes_onto_one_agenda(self, monkeypatch):
        r = room()
        meetings.panel_round(r.review.call)
        meet(monkeypatch, actions_meeting, "lock_round")
        results = race(*(lambda by=by: r.plan(by=by) for by in (r.olga, r.otto)))
        assert codes(results) == ["Meeting", "not_waiting"] and Meeting.objects.count() == 1

    def test_control_without_locks_it_stands_on_two(self, no_row_locks, monkeypatch):
        r = room()
        meetings.panel_round(r.review.call)
        meet(monkeypatch, actions_meeting, "lock_round")
        results = race(*(lambda by=by: r.plan(by=by) for by in (r.olga, r.otto)))
        assert codes(results) != ["Meeting", "not_waiting"]


def test_standing_aside_while_the_vote_is_closed_is_counted_out_or_told_so(voting, monkeypatch):
    verbs.cast_ballot(voting.item(), by=voting.experts[3].user, choice="against")
    meet(monkeypatch, actions_meeting, "locked_meeting")
    item, last = voting.item(), voting.experts[3].user
    results = race(
        lambda: verbs.close_item(item, by=voting.olga), lambda: verbs.stand_aside(item, by=last, reason="近亲属。")
    )
    outcome = RoundOutcome.objects.get()
    assert codes(results) in (["MeetingItem", "MeetingItem"], ["MeetingItem", "item_changed"])
    assert outcome.votes_against == (1 if "item_changed" in codes(results) else 0)
