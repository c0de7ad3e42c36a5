"""Rounds beside the experts' scores: votes, checks on site and of every item, objections (N16, N20, P11, P12)."""

from datetime import timedelta

import pytest

from applications import rounds, workflow
from applications.models import OutcomeObjection, ReviewRound, RoundOutcome
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.spec import RoundSpec
from tests.applications.calls import call_with
from tests.cast import RECOMMENDING, world

pytestmark = pytest.mark.django_db

PANEL = {"kind": "panel", "label": "会评", "pass_share": "2/3"}
ON_SITE = {"kind": "on_site", "least_people": 2}
CHECK_ALL = {"kind": "check_all"}
FIVE_DAYS = {"on_site_objection": {"count": 5, "unit": "workdays"}}
VISIT = {"kind": "on_site", "people": ["虚构甲", "虚构乙"], "text": "现场与材料一致。", "signed_by_unit": True}


@pytest.fixture
def play():
    """play(rounds…) → (cast, application in review)."""

    def make(*kinds, **changes):
        cast = world(call_with(review={"rounds": list(kinds)}, clocks=FIVE_DAYS, **changes))
        return cast, cast.in_review()

    return make


def record(cast, application, **named):
    with clock.travel(RECOMMENDING):
        return workflow.record_round(application, by=cast.olga, **named)


def refusal(attempt, *args, **named) -> str:
    with pytest.raises(Refused) as refused:
        attempt(*args, **named)
    return refused.value.code


def propose(cast, application, verb="propose"):
    with clock.travel(RECOMMENDING):
        return cast.decided(application, verb)


@pytest.mark.parametrize(
    ("votes", "passed"),
    [((2, 1, 0), False), ((3, 1, 0), True), ((2, 0, 1), False), ((0, 0, 3), False), ((1, 0, 0), True)],
)
def test_more_than_the_share_of_the_votes_cast_must_be_for_it(votes, passed):
    assert rounds.vote_passes(RoundSpec("panel", pass_share="2/3"), *votes) is passed


def test_half_is_not_more_than_half():
    assert not rounds.vote_passes(RoundSpec("panel"), 2, 2, 0)
    assert rounds.vote_passes(RoundSpec("panel"), 3, 2, 0)
    assert not rounds.vote_passes(RoundSpec("panel"), 0, 0, 0)


def test_rows_are_made_once_for_each_round_of_the_call():
    call = call_with(review={"rounds": [{"kind": "mail"}, PANEL, PANEL]})
    made = rounds.rounds_of(call)
    assert [(one.kind, one.position) for one in made] == [("mail", 1), ("panel", 2), ("panel", 3)]
    assert [one.row.pk for one in rounds.rounds_of(call)] == [one.row.pk for one in made]
    assert ReviewRound.objects.filter(call=call).count() == 3


def test_a_call_without_review_has_no_rounds():
    assert rounds.rounds_of(call_with(flow={"review": False})) == []


def test_the_mail_round_alone_leaves_no_outcome_and_blocks_nothing(play):
    cast, application = play({"kind": "mail"})
    assert propose(cast, application).state == "proposed"


class TestPanel:
    def test_a_proposal_waits_for_the_vote_and_for_who_goes_to_the_panel(self, play):
        cast, application = play({"kind": "mail"}, PANEL)
        assert refusal(propose, cast, application) == "round_open"
        assert refusal(record, cast, application, kind="panel", votes_for=3) == "round_open"
        record(cast, application, kind="mail", passed=True)
        assert refusal(propose, cast, application) == "round_open"
        record(cast, application, kind="panel", votes_for=5, votes_against=1, people=[f"虚构{n}" for n in range(6)])
        assert propose(cast, application).state == "proposed"

    def test_a_lost_vote_forbids_the_proposal_and_allows_passing_over(self, play):
        cast, application = play(PANEL)
        record(cast, application, kind="panel", votes_for=2, votes_against=1)
        assert refusal(propose, cast, application) == "round_failed"
        assert propose(cast, application, "pass_over").state == "not_shortlisted"

    def test_who_is_not_forwarded_needs_no_vote(self, play):
        cast, application = play({"kind": "mail"}, PANEL)
        record(cast, application, kind="mail", passed=False)
        assert refusal(record, cast, application, kind="panel", votes_for=3) == "round_failed"
        assert refusal(propose, cast, application) == "round_failed"
        assert propose(cast, application, "pass_over").state == "not_shortlisted"

    def test_against_the_ranking_asks_for_a_reason(self, play):
        cast, application = play({"kind": "mail"}, PANEL)
        named = {"kind": "mail", "passed": True, "against_ranking": True}
        assert refusal(record, cast, application, **named) == "reason_missing"
        record(cast, application, **named, reason="交叉领域，提交会评。")
        assert RoundOutcome.objects.get().against_ranking

    @pytest.mark.parametrize(
        ("named", "code"),
        [
            ({}, "votes_missing"),
            ({"votes_for": -1, "votes_against": 3}, "votes_wrong"),
            ({"votes_for": 501}, "votes_wrong"),
            ({"votes_for": 3, "people": ["虚构甲"]}, "votes_exceed"),
        ],
    )
    def test_votes_that_cannot_be(self, play, named, code):
        cast, application = play(PANEL)
        assert refusal(record, cast, application, kind="panel", **named) == code
        assert not RoundOutcome.objects.exists()


class TestOnSite:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"people": ["虚构甲", " 虚构甲 "]}, "people_missing"),
            ({"people": []}, "people_missing"),
            ({"passed": None}, "result_missing"),
            ({"text": " "}, "text_missing"),
            ({"signed_by_unit": False}, "not_signed"),
            ({"held_on": (RECOMMENDING + timedelta(days=1)).date()}, "held_later"),
        ],
    )
    def test_two_people_and_the_units_signature(self, play, change, code):
        cast, application = play(ON_SITE)
        assert refusal(record, cast, application, **(VISIT | {"passed": True} | change)) == code

    def test_a_passed_check_lets_the_decision_through_at_once(self, play):
        cast, application = play(ON_SITE)
        record(cast, application, **VISIT, passed=True)
        assert propose(cast, application).state == "proposed"

    def test_a_failed_one_can_be_contested_for_the_calls_working_days(self, play):
        cast, application = play(ON_SITE)
        record(cast, application, **VISIT, passed=False)
        outcome = RoundOutcome.objects.get()
        assert outcome.contestable_on.isoformat() == "2025-03-17"  # five working days after Monday, March 10
        assert refusal(propose, cast, application, "pass_over") == "round_contestable"
        with clock.travel(RECOMMENDING + timedelta(days=8)):
            assert refusal(workflow.object_to_round, application, by=cast.alice, text="有误") == "objection_late"
            assert cast.decided(application, "pass_over").state == "not_shortlisted"

    def test_on_the_last_day_the_unit_may_still_object(self, play):
        cast, application = play(ON_SITE)
        record(cast, application, **VISIT, passed=False)
        with clock.travel(RECOMMENDING + timedelta(days=7)):
            workflow.object_to_round(application, by=cast.alice, text="设备当日检修。")
        with clock.travel(RECOMMENDING + timedelta(days=30)):
            assert refusal(cast.decided, application, "pass_over") == "objection_open"

    def objected(self, play):
        cast, application = play(ON_SITE)
        record(cast, application, **VISIT, passed=False)
        with clock.travel(RECOMMENDING + timedelta(days=1)):
            workflow.object_to_round(application, by=cast.alice, text="设备当日检修。")
        return cast, application, OutcomeObjection.objects.get()

    def test_a_dismissed_objection_leaves_the_result(self, play):
        cast, application, objection = self.objected(play)
        with clock.travel(RECOMMENDING + timedelta(days=2)):
            workflow.settle_round_objection(objection, by=cast.otto, upheld=False, answer="记录属实。")
            assert refusal(cast.decided, application, "propose") == "round_failed"
            assert cast.decided(application, "pass_over").state == "not_shortlisted"

    def test_an_upheld_one_overrules_a_failed_check(self, play):
        cast, application, objection = self.objected(play)
        with clock.travel(RECOMMENDING + timedelta(days=2)):
            workflow.settle_round_objection(objection, by=cast.otto, upheld=True, answer="补充检测合格。")
            assert cast.decided(application, "propose").state == "proposed"

    def test_an_upheld_one_may_order_a_new_check(self, play):
        cast, application, objection = self.objected(play)
        with clock.travel(RECOMMENDING + timedelta(days=2)):
            workflow.settle_round_objection(objection, by=cast.otto, upheld=True, answer="重新核查。", again=True)
            assert refusal(cast.decided, application, "propose") == "round_open"
            workflow.record_round(application, by=cast.olga, **VISIT, passed=True)
            assert cast.decided(application, "propose").state == "proposed"
        assert [row.replaced_at is None for row in RoundOutcome.objects.order_by("pk")] == [False, True]

    def test_once_for_each_result_and_by_the_unit_alone(self, play):
        cast, application, objection = self.objected(play)
        with clock.travel(RECOMMENDING + timedelta(days=2)):
            with pytest.raises(Forbidden):
                workflow.object_to_round(application, by=cast.bob, text="别人的")
            assert refusal(workflow.object_to_round, application, by=cast.alice, text="再次") == "objection_raised"
            named = VISIT | {"passed": True, "reason": "更正"}
            assert refusal(workflow.record_round, application, by=cast.olga, **named) == "objection_open"
            workflow.settle_round_objection(objection, by=cast.otto, upheld=False, answer="不成立。")
            again = refusal(workflow.settle_round_objection, objection, by=cast.olga, upheld=True, answer="成立。")
        assert again == "already_settled"


def test_every_item_is_checked_and_a_failed_one_explained(play):
    cast, application = play(CHECK_ALL)
    codes = [item.code for item in application.call_version.spec.check_items]
    people = ["虚构甲"]
    partly = dict.fromkeys(codes[1:], True)
    assert refusal(record, cast, application, kind="check_all", items=partly, people=people) == "item_open"
    failing = dict.fromkeys(codes, True) | {codes[0]: False}
    assert refusal(record, cast, application, kind="check_all", items=failing, people=people) == "text_missing"
    record(cast, application, kind="check_all", items=failing, people=people, text="第一项不符合。")
    assert not RoundOutcome.objects.get().passed


def test_a_correction_is_a_new_entry_with_its_reason(play):
    cast, application = play(PANEL)
    record(cast, application, kind="panel", votes_for=1, votes_against=4)
    assert refusal(record, cast, application, kind="panel", votes_for=4, votes_against=1) == "reason_missing"
    record(cast, application, kind="panel", votes_for=4, votes_against=1, reason="计票人更正，见会议记录。")
    assert propose(cast, application).state == "proposed"
    old, new = RoundOutcome.objects.order_by("pk")
    assert old.replaced_at and new.reason and (old.votes_for, new.votes_for) == (1, 4)
    assert Entry.objects.for_object(application).done().filter(action="record_round").count() == 2


def test_only_officers_of_the_call_record_and_only_in_review(play):
    cast, application = play(PANEL)
    for stranger in (cast.alice, cast.dora, cast.oscar, cast.erin, cast.sven):
        with pytest.raises(Forbidden), clock.travel(RECOMMENDING):
            workflow.record_round(application, by=stranger, kind="panel", votes_for=3)
    record(cast, application, kind="panel", votes_for=3)
    propose(cast, application)
    assert refusal(record, cast, application, kind="panel", votes_for=3, reason="晚了") == "state_changed"


def test_a_round_that_the_call_does_not_have(play):
    cast, application = play(PANEL)
    assert refusal(record, cast, application, kind="on_site", passed=True) == "no_such_round"
    assert refusal(record, cast, application, kind="nonsense") == "no_such_round"
