"""The panel's meeting: planning, quorum, votes, recusal, the result in the round, reading rights, the log."""

from datetime import timedelta

import pytest

from applications import access, workflow
from applications.models import RoundOutcome
from applications.rounds import outcomes_of
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from notifications.models import Message
from reviews import meetings
from reviews.models import Assignment, Ballot, Meeting, Recusal
from reviews.workflow import meeting as verbs
from tests.cast import make_person, make_unit
from tests.reviews.meeting_room import HELD_ON, PANEL, room

pytestmark = pytest.mark.django_db


def refusal(attempt, *args, **named) -> str:
    with pytest.raises(Refused) as refused:
        attempt(*args, **named)
    return refused.value.code


def logged(meeting, action: str) -> list[Entry]:
    return list(Entry.objects.for_object(meeting).done().filter(action=action))


class TestPlanning:
    def test_members_agenda_and_chair(self):
        r = room(members=3, items=2)
        meeting = r.plan()
        assert meeting.state == "planned" and meeting.items.count() == 2
        assert [seat.expert for seat in meeting.seats.filter(is_chair=True)] == [r.experts[0]]
        assert logged(meeting, "plan_meeting")[0].data["experts"] == [expert.pk for expert in r.experts]

    def test_members_are_told_when_and_where_and_not_what(self):
        r = room()
        r.plan()
        told = Message.objects.filter(event="meeting_planned", channel="inbox")
        assert {message.user for message in told} == {expert.user for expert in r.experts}
        for message in told:
            assert not any(row.title in message.title + message.body for row in r.applications)
            assert "虚构会议室" in message.body

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"title": " "}, "title_missing"),
            ({"held_on": None}, "held_on_missing"),
            ({"held_on": HELD_ON - timedelta(days=1)}, "held_on_past"),
            ({"experts": []}, "members_missing"),
            ({"applications": []}, "agenda_wrong"),
        ],
    )
    def test_what_a_plan_must_have(self, changes, code):
        r = room()
        assert refusal(r.plan, **changes) == code
        assert not Meeting.objects.exists()

    def test_never_fewer_members_than_the_call_says(self):
        assert refusal(room(members=3, panel=PANEL | {"least_people": 4}).plan) == "members_missing"

    def test_the_chair_is_a_member(self):
        r = room()
        assert refusal(r.plan, chair=r.review.expert()) == "chair_no_member"

    def test_who_cannot_take_part_that_day_is_not_invited(self):
        r = room()
        r.experts[1].absences.create(
            kind="away", from_on=HELD_ON, to_on=HELD_ON, by=r.olga, at=clock.now(), reason="虚构出差"
        )
        assert refusal(r.plan) == "expert_unavailable"
        r.experts[1].absences.update(from_on=HELD_ON + timedelta(days=1), to_on=HELD_ON + timedelta(days=2))
        r.plan()

    def test_an_application_is_on_one_agenda_only(self):
        r = room()
        r.plan()
        assert refusal(r.plan, by=r.otto) == "not_waiting"
        verbs.cancel_meeting(r.meeting, by=r.olga, reason="改期。")
        r.plan(by=r.otto)

    def test_an_application_that_is_not_at_the_panels_turn_is_not_listed(self):
        r = room(rounds=[{"kind": "mail"}, PANEL])
        assert refusal(r.plan) == "not_waiting"
        for row in r.applications:
            workflow.record_round(row, by=r.olga, kind="mail", passed=row == r.applications[0])
        assert refusal(r.plan) == "not_waiting"  # the second one did not get so far
        r.plan(applications=r.applications[:1])

    def test_a_call_without_a_panel_has_no_meetings(self):
        r = room(rounds=[{"kind": "mail"}])
        assert refusal(r.plan) == "no_such_round"

    @pytest.mark.parametrize("who", ["oscar", "sven", "erin", "alice"])
    def test_only_officers_of_the_call_plan(self, who):
        r = room()
        with pytest.raises(Forbidden):
            r.plan(by=getattr(r.review.world, who))

    def test_a_second_click_plans_one_meeting(self):
        r = room()
        assert r.plan(key="k").pk == r.plan(key="k").pk

    def test_other_members_and_another_agenda_before_it_begins(self):
        r = room(members=4, items=3)
        r.plan(experts=r.experts[:3], applications=r.applications[:2])
        verbs.sign_in(r.meeting, by=r.experts[0].user)
        Message.objects.all().delete()
        verbs.change_meeting(
            r.meeting, by=r.olga, title="虚构评审会", held_on=HELD_ON, place="虚构会议室", experts=r.experts[1:],
            applications=r.applications[1:], chair=r.experts[1],
        )  # fmt: skip
        assert set(r.meeting.items.values_list("application", flat=True)) == {row.pk for row in r.applications[1:]}
        assert r.meeting.seats.get(is_chair=True).expert == r.experts[1]
        told = dict(Message.objects.filter(channel="inbox").values_list("user", "event"))
        assert told == {r.experts[0].user_id: "meeting_cancelled", r.experts[3].user_id: "meeting_planned"}
        assert not access.may_review(r.experts[0].user, r.applications[1])  # who left reads no more

    def test_the_agenda_comes_in_an_order_with_few_moves(self):
        r = room(members=3, items=5)
        for place in (0, 2, 4):
            r.recuse(r.experts[1], r.applications[place])
        meeting = r.plan()
        board = meetings.board(meeting)
        assert board.moves == board.least_moves == 2
        titles = [line.application.pk for line in board.lines]
        assert sorted(titles) == [row.pk for row in r.applications] and titles != sorted(titles)

    def test_an_order_of_ones_own_names_every_item(self):
        r = room(items=3)
        order = [item.pk for item in meetings.items_of(r.plan())][::-1]
        verbs.set_agenda(r.meeting, by=r.olga, order=order)
        assert [item.pk for item in meetings.items_of(r.meeting)] == order
        assert refusal(verbs.set_agenda, r.meeting, by=r.olga, order=order[:2]) == "agenda_changed"


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


class TestWhoRunsIt:
    @pytest.mark.parametrize("who", ["oscar", "sven", "erin", "alice", "dora"])
    def test_nobody_else_holds_it(self, who):
        r = room()
        r.begin()
        person = getattr(r.review.world, who)
        for verb in (verbs.close_meeting, verbs.order_agenda):
            with pytest.raises(Forbidden):
                verb(r.meeting, by=person)
        for named in (verbs.open_item, verbs.close_item):
            with pytest.raises(Forbidden):
                named(r.item(), by=person)

    def test_an_officer_of_the_field_holds_a_meeting_about_it_and_no_other(self):
        r = room(items=1)
        otherwise = r.review.call.tasks.exclude(field=r.review.task.field).first()
        person = make_person("felix", "officer")
        access.grant_field(person, r.review.task.field)
        r.plan(by=person)
        assert meetings.visible_to(person).count() == 1
        verbs.change_meeting(
            r.meeting, by=r.olga, title="虚构评审会", held_on=HELD_ON, experts=r.experts, chair=r.experts[0],
            applications=[*r.applications, r.review.application(task=otherwise, unit=make_unit(77))],
        )  # fmt: skip
        person.__dict__.pop("_jbgs_grants", None)
        assert meetings.visible_to(person).count() == 0 and meetings.visible_to(r.review.world.sven).count() == 1
        with pytest.raises(Forbidden):
            verbs.order_agenda(r.meeting, by=person)
