"""复审 after a lost review (N26, N27): within 15 days of the notice, on a ground that is one, decided in 60 days."""

from datetime import date, datetime, timedelta

import pytest

from applications import workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from tests.applications.calls import call_with
from tests.applications.front_help import Visitor, url
from tests.cast import RECOMMENDING, world

pytestmark = pytest.mark.django_db
GROUNDS = [
    {"code": "procedure", "label": "评审程序不符合规定"},
    {"code": "academic", "label": "不同意评审专家的学术判断", "admissible": False},
]
NOTICE = RECOMMENDING
LAST_DAY = RECOMMENDING.date() + timedelta(days=15)


@pytest.fixture
def cast():
    clocks = {"appeal": {"count": 15, "unit": "days"}, "appeal_decision": {"count": 60, "unit": "days"}}
    return world(call_with(appeal_grounds=GROUNDS, clocks=clocks))


@pytest.fixture
def lost(cast) -> Application:
    """Passed over at `NOTICE`; from then on the unit knows."""
    application = cast.in_review()
    with clock.travel(NOTICE):
        return cast.decided(application, "pass_over")


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.SHANGHAI)


def appeal(application, by, moment, ground="procedure"):
    with clock.travel(moment):
        return workflow.raise_appeal(application, by=by, text="应当回避的专家没有回避。", ground=ground)


def refusal(*args, **named) -> str:
    with pytest.raises(Refused) as caught:
        appeal(*args, **named)
    return caught.value.code


def test_it_is_taken_until_the_end_of_the_fifteenth_day(cast, lost):
    appeal(lost, cast.alice, at(LAST_DAY, 23, 59))
    assert lost.appeals.get().state == "open"


def test_it_is_late_from_the_sixteenth_day_on(cast, lost):
    assert refusal(lost, cast.alice, at(LAST_DAY + timedelta(days=1), 0, 0)) == "appeal_late"
    page = Visitor(cast.alice, at(LAST_DAY + timedelta(days=1), 0, 1)).get(url("appeal", lost))
    assert not lost.appeals.exists()
    assert "申请复审的期限已过" in page.content.decode() and "提交复审申请</button>" not in page.content.decode()
    page = Visitor(cast.alice, at(LAST_DAY, 23, 59)).get(url("appeal", lost))
    assert "提交复审申请</button>" in page.content.decode()


def test_the_days_run_from_the_decision_not_from_the_proposal(cast):
    """A prepared decision is nobody's notice: what counts is when the second person approved it."""
    application = cast.in_review()
    with clock.travel(NOTICE):
        workflow.prepare_decision(application, by=cast.olga, verb="pass_over", reason="排名在名额之后。")
    with clock.travel(NOTICE + timedelta(days=10)):
        workflow.approve_decision(application.decisions.get(), by=cast.otto)
    application = Application.objects.get(pk=application.pk)
    appeal(application, cast.alice, at(LAST_DAY + timedelta(days=10), 23, 59))


@pytest.mark.parametrize(
    ("ground", "code"), [("academic", "ground_inadmissible"), ("", "ground_missing"), ("other", "ground_missing")]
)
def test_another_academic_judgement_is_no_ground(cast, lost, ground, code):
    assert refusal(lost, cast.alice, at(LAST_DAY), ground) == code
    assert not lost.appeals.exists()


def test_it_is_decided_within_sixty_days_of_its_receipt(cast, lost):
    appeal(lost, cast.alice, at(LAST_DAY))
    assert lost.appeals.get().due_on == LAST_DAY + timedelta(days=60)


def test_one_at_a_time_and_by_the_unit_alone(cast, lost):
    for who in (cast.bob, cast.dora, cast.olga, cast.erin):
        assert refusal(lost, who, at(LAST_DAY)) == "forbidden"
    appeal(lost, cast.alice, at(LAST_DAY))
    assert refusal(lost, cast.alice, at(LAST_DAY)) == "appeal_open"


def reopening_is_refused(cast, application) -> bool:
    with pytest.raises(Refused, match="没有成立的复审申请"):
        cast.decided(application, "reopen_review")
    workflow.discard_decision(application.decisions.get(state="prepared"), by=cast.olga)
    return True


def test_upheld_it_leads_to_a_review_afresh_and_dismissed_to_none(cast, lost):
    appeal(lost, cast.alice, at(LAST_DAY))
    with clock.travel(at(LAST_DAY)):
        assert reopening_is_refused(cast, lost)
        workflow.settle_appeal(lost.appeals.get(), by=cast.olga, upheld=False, answer="程序符合规定。")
        assert reopening_is_refused(cast, lost)
    appeal(lost, cast.alice, at(LAST_DAY))
    with clock.travel(at(LAST_DAY)):
        workflow.settle_appeal(lost.appeals.get(state="open"), by=cast.olga, upheld=True, answer="程序有误。")
        again = cast.decided(lost, "reopen_review")
        assert again.state == "in_review"
    with clock.travel(at(LAST_DAY + timedelta(days=1))):
        again = cast.decided(again, "pass_over")
        assert reopening_is_refused(cast, again), "an appeal that was upheld reopens one review, not the next one too"
