"""A panel's meeting is planned: members, agenda, chair, who is told, who may."""

from datetime import timedelta

import pytest

from applications import access, workflow
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden
from notifications.models import Message
from reviews import meetings
from reviews.models import Meeting
from reviews.workflow import meeting as verbs
from tests.cast import make_person, make_unit
from tests.reviews.meeting_room import HELD_ON, PANEL, logged, refusal, room

pytestmark = pytest.mark.django_db


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
