"""Query budgets of the officers' pages: lists at most twelve, one application at most twenty; the same for 1 and 50."""

import pytest

from applications import workflow
from applications.models import Application, Decision, RecommendationList, State
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_department, make_unit
from tests.applications.office import RECOMMENDING, Visitor, address
from tests.budget import queries_of
from tests.cast import world

pytestmark = pytest.mark.django_db

MOST, MOST_OF_ONE = 14, 22
LISTS = {
    "every": State.RECOMMENDED,
    "examining": State.RECOMMENDED,
    "lists": State.RECOMMENDED,
    "start_review": State.ACCEPTED,
    "decisions": State.IN_REVIEW,
    "publicity": State.PROPOSED,
    "objections": State.PROPOSED,
    "appeals": State.REJECTED,
    "evaluations": State.IN_EVALUATION,
    "office_outputs": State.SHORTLISTED,
}


@pytest.fixture
def cast():
    return world()


def copies(cast, application, count, state, first=5000):
    """`count` more rows in one state, of units, tasks and departments of their own, with what the pages look at."""
    tasks = list(cast.call.tasks.order_by("order"))
    for number in range(first, first + count):
        department = make_department(f"copy-{number}", f"虚构推荐单位 {number}", kind="industry", order=number)
        listed = RecommendationList.objects.create(
            call=application.call, department=department, state="confirmed", letter_no="函",
            confirmed_by=cast.dora, confirmed_at=RECOMMENDING,
        )  # fmt: skip
        row = Application.objects.create(
            call=application.call, call_version=application.call_version, task=tasks[number % 50],
            unit=make_unit(number), department=department, number=f"C-{number}", title=f"第 {number} 个", state=state,
            version=application.version, created_by=application.created_by, created_at=application.created_at,
            state_since=application.state_since, recommendation_list=listed, rank=1, listed_on=RECOMMENDING.date(),
        )  # fmt: skip
        Decision.objects.create(
            application=row, verb="propose", reason="好", prepared_by=cast.otto, prepared_at=RECOMMENDING
        )
        row.appeals.create(text="请复审", raised_by=cast.alice, raised_at=RECOMMENDING)
        row.opinions.create(
            verb="reject", ground="untrue", text="不实", by=cast.olga, at=RECOMMENDING, version=row.version
        )


def objections(cast, count):
    publicity = cast.call.publicities.create(
        title="公示", contact="虚构", opens_at=RECOMMENDING, closes_at=RECOMMENDING.replace(day=18), opened_by=cast.olga
    )
    rows = list(Application.objects.filter(state=State.PROPOSED).order_by("pk")[:count])
    Application.objects.filter(pk__in=[row.pk for row in rows]).update(publicity=publicity)
    for row in rows:
        row.objections.create(publicity=publicity, objector="甲", contact="乙", text="丙", raised_at=RECOMMENDING)


@pytest.mark.parametrize("person", ["olga", "oscar", "sven"])
@pytest.mark.parametrize("page", LISTS)
def test_a_list_costs_the_same_for_one_and_for_fifty(cast, page, person):
    application = cast.confirmed()
    visitor = Visitor(getattr(cast, person), at=RECOMMENDING)
    copies(cast, application, 3, LISTS[page], first=5000)  # one of them in oscar's field
    copies(cast, application, 1, LISTS[page], first=5045)
    objections(cast, 4)
    one = queries_of(lambda: visitor.get(address(page)))
    copies(cast, application, 41, LISTS[page], first=5004)
    objections(cast, 45)
    fifty = queries_of(lambda: visitor.get(address(page)))
    assert len(one) == len(fifty) <= MOST, "\n".join(fifty)


def test_the_overview_costs_the_same_however_much_there_is(cast):
    application = cast.confirmed()
    olga = Visitor(cast.olga, at=RECOMMENDING)
    one = queries_of(lambda: olga.get(address("overview")))
    copies(cast, application, 49, State.IN_REVIEW)
    fifty = queries_of(lambda: olga.get(address("overview")))
    assert len(one) == len(fifty) <= MOST_OF_ONE, "\n".join(fifty)


@pytest.mark.parametrize("person", ["olga", "sven"])
def test_a_form_check_costs_the_same_in_any_queue(cast, person):
    application = cast.confirmed()
    visitor = Visitor(getattr(cast, person), at=RECOMMENDING)
    one = queries_of(lambda: visitor.get(address("examine", application.pk)))
    copies(cast, application, 49, State.RECOMMENDED)
    fifty = queries_of(lambda: visitor.get(address("examine", application.pk)))
    assert len(one) == len(fifty) <= MOST_OF_ONE, "\n".join(fifty)


def test_the_standing_of_a_task_costs_the_same_for_one_and_for_twenty(cast):
    application = cast.shortlisted()
    olga = Visitor(cast.olga, at=RECOMMENDING)
    Application.objects.update(state=State.IN_EVALUATION)
    page = address("award", application.task_id)
    one = queries_of(lambda: olga.get(page))
    copies(cast, application, 20, State.IN_EVALUATION)
    Application.objects.update(task=application.task)
    twenty = queries_of(lambda: olga.get(page))
    assert len(one) == len(twenty) <= MOST_OF_ONE, "\n".join(twenty)


def test_acts_stay_within_bounds(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="好")
    otto = Visitor(cast.otto, at=RECOMMENDING)
    otto.get(address("decisions"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        otto.post(address("approve"), {"decision": application.decisions.get().pk, "key": "k" * 20})
    assert len(captured) <= 40
