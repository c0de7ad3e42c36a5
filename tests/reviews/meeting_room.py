"""A call with a panel round, its applications at the panel's turn, and members who sign in and vote."""

from dataclasses import dataclass

import pytest

from audit.models import Entry
from jbgs.lib.errors import Refused
from reviews import workflow
from reviews.models import Expert, Meeting, MeetingItem
from reviews.workflow import meeting as verbs
from tests.applications.calls import call_with
from tests.cast import world
from tests.reviews.conftest import REVIEWING, Review

PANEL = {"kind": "panel", "label": "会议评审", "quorum": "2/3", "pass_share": "1/2"}
HELD_ON = REVIEWING.date()


@dataclass
class Room:
    """`review` with a meeting of `experts` over `applications`, the first expert its chair."""

    review: Review
    applications: list
    experts: list[Expert]
    meeting: Meeting | None = None

    @property
    def olga(self):
        return self.review.olga

    @property
    def otto(self):
        return self.review.world.otto

    def plan(self, **named) -> Meeting:
        given = {
            "title": "虚构评审会", "held_on": HELD_ON, "place": "虚构会议室", "applications": self.applications,
            "experts": self.experts, "chair": self.experts[0], **named,
        }  # fmt: skip
        by = given.pop("by", self.olga)
        self.meeting = verbs.plan_meeting(self.review.call, by=by, **given)
        return self.meeting

    def item(self, application=None) -> MeetingItem:
        """The item of this application (the first one), freshly read."""
        return self.meeting.items.get(application=application or self.applications[0])

    def sign_in(self, *experts) -> None:
        for expert in experts or self.experts:
            verbs.sign_in(self.meeting, by=expert.user)

    def begin(self, *experts) -> Meeting:
        """Planned, signed in (all members unless named), opened."""
        self.meeting = self.meeting or self.plan()
        self.sign_in(*experts)
        self.meeting = verbs.open_meeting(self.meeting, by=self.olga)
        return self.meeting

    def open(self, application=None) -> MeetingItem:
        return verbs.open_item(self.item(application), by=self.olga)

    def vote(self, choices, application=None) -> None:
        """One letter a member in their order: f(or), a(gainst), 0 (abstains), - (says nothing)."""
        words = {"f": "for", "a": "against", "0": "abstain"}
        for expert, letter in zip(self.experts, choices, strict=False):
            if letter != "-":
                verbs.cast_ballot(self.item(application), by=expert.user, choice=words[letter])

    def decide(self, choices, application=None, **named) -> MeetingItem:
        """Open the item, vote, close it."""
        self.open(application)
        self.vote(choices, application)
        return verbs.close_item(self.item(application), by=self.olga, **named)

    def recuse(self, expert, application, reason="曾共同申报。"):
        workflow.recuse(application, by=self.olga, expert=expert, reason=reason)


def room(*, members: int = 3, items: int = 2, panel=PANEL, rounds=None, **review) -> Room:
    """A room before its meeting is planned."""
    found = Review(world(call_with(review={"rounds": rounds or [panel], **review})))
    return Room(found, found.applications(items), found.experts(members))


def refusal(attempt, *args, **named) -> str:
    """The code with which this is refused."""
    with pytest.raises(Refused) as refused:
        attempt(*args, **named)
    return refused.value.code


def logged(meeting, action: str) -> list[Entry]:
    """What the log of the meeting says of this act, where it was done."""
    return list(Entry.objects.for_object(meeting).done().filter(action=action))
