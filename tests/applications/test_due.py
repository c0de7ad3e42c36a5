"""我的期限 of every role: what stands there, from which clock, and what it costs."""

from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import due_office, due_unit, workflow
from applications.models import Application
from jbgs.lib import clock
from notifications import duedates
from programmes.calendar import load_calendar
from programmes.loader import load_document
from programmes.windows import end_of, window
from tests.applications.owing_call import CLOCKS, OBLIGATIONS
from tests.cast import OPEN, RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    load_calendar([2025])
    document = deepcopy(miit_document())
    document["clocks"] |= deepcopy(CLOCKS) | {
        "notice": {"count": 10, "unit": "workdays", "from": "submitted"},
        "recommend": {"count": 30, "unit": "days", "from": "submitted"},
        "form_check": {"count": 45, "unit": "days", "from": "apply_closed"},
        "review_decision": {"count": 90, "unit": "workdays", "from": "accepted"},
    }
    document["obligations"] = deepcopy(OBLIGATIONS)
    return world(load_document(document).call)


def due(user, at=RECOMMENDING) -> dict[str, object]:
    with clock.travel(at):
        return {item.key: item for item in duedates.due_items(user)}


def moment(day: date, hour=9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI)


class TestTheUnit:
    def test_a_draft_is_due_with_the_window_and_no_longer_after_it(self, cast):
        with clock.travel(OPEN):
            draft = cast.draft()
        closes_at = window(cast.call, "apply").closes_at
        key = f"application:{draft.pk}:draft"
        assert due(cast.alice, OPEN)[key].due_at == closes_at
        assert key not in due(cast.alice, closes_at)
        assert due(cast.bob, OPEN) == {}

    def test_reports_and_the_end_of_the_work(self, cast):
        application = cast.shortlisted()
        with clock.travel(moment(application.listed_on, 20)):
            workflow.submit_obligation(application.obligations.get(code="plan"), by=cast.alice, text="计划")
            workflow.approve_obligation(application.obligations.get(code="plan"), by=cast.olga)
            workflow.start_work(application, by=cast.olga)
        found = due(cast.alice, moment(application.listed_on, 21))
        titles = [item.title for item in found.values()]
        assert any("提交阶段评估材料" in title for title in titles)
        assert not any("项目计划书" in title for title in titles)
        assert found[f"application:{application.pk}:work"].due_at == end_of(application.work_due_on)
        stage = application.obligations.get(code="stage")
        late = due(cast.alice, end_of(stage.due_on))[f"obligation:{stage.pk}"]
        with clock.travel(end_of(stage.due_on)):
            assert duedates.urgency(late, clock.now()) == "over", "what is owed stays owed"


class TestTheDepartment:
    def test_the_one_time_notice_and_the_opinion_count_from_the_submission(self, cast):
        with clock.travel(OPEN):
            cast.submitted()
        start = clock.local(OPEN).date()
        found = due(cast.dora, OPEN)
        notice = found[f"call:{cast.call.pk}:notice:{start}"]
        assert notice.due_at == end_of(date(2025, 3, 6)) and not notice.provisional  # 10 working days after 20 February
        assert found[f"call:{cast.call.pk}:recommend:{start}"].due_at == end_of(start + timedelta(days=30))
        assert f"call:{cast.call.pk}:confirm" in found
        assert not [key for key in due(cast.dick, OPEN) if ":notice:" in key]

    def test_beyond_the_published_year_it_is_provisional(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
        Application.objects.filter(pk=application.pk).update(submitted_at=moment(date(2025, 12, 25)))
        found = due(cast.dora, OPEN)[f"call:{cast.call.pk}:notice:2025-12-25"]
        assert found.provisional and found.due_at == end_of(date(2026, 1, 8))


class TestTheOfficer:
    def test_the_form_check_counts_from_the_end_of_intake(self, cast):
        cast.confirmed()
        key = f"call:{cast.call.pk}:form_check"
        assert due(cast.olga)[key].due_at == end_of(date(2025, 3, 6) + timedelta(days=45))

    def test_the_decision_counts_from_the_acceptance(self, cast):
        cast.in_review()
        start = clock.local(RECOMMENDING).date()
        found = due(cast.olga)[f"call:{cast.call.pk}:review_decision:{start}"]
        assert found.due_at > end_of(start + timedelta(days=120)) and "90 个工作日" in found.note

    def test_an_objection_is_named_by_its_number_alone(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "propose")
            workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
            workflow.raise_objection(application, by=cast.bob, objector="虚构", contact="000", text="依据不足")
        (item,) = [item for key, item in due(cast.olga).items() if key.startswith("objection:")]
        assert item.title == f"答复异议：{application.number}"

    def test_who_has_no_part_has_no_days(self, cast):
        cast.in_review()
        assert due(cast.sven) == {} and due(cast.erin) == {}


@pytest.mark.parametrize("role", ["alice", "dora", "olga"])
def test_the_page_costs_the_same_for_one_and_for_many(cast, client, role):
    user = getattr(cast, role)
    path = "/due/" if role == "alice" else "/admin/due/"

    def queries() -> int:
        client.force_login(user)
        with clock.travel(OPEN), CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    with clock.travel(OPEN):
        cast.draft() if role == "alice" else cast.recommended()
    tasks = list(cast.call.tasks.order_by("order")[1:9])
    one = queries()
    with clock.travel(OPEN):
        for task in tasks:
            cast.draft(task=task) if role == "alice" else cast.recommended(task=task)
    many = queries()
    assert one == many <= 15, (one, many)


def test_a_provider_answers_nothing_for_other_people(cast):
    assert list(due_unit.due_items(cast.olga)) == list(due_office.due_items(cast.alice)) == []


def test_the_worklists_say_by_when(cast, client):
    with clock.travel(OPEN):
        cast.submitted()
    client.force_login(cast.dora)
    with clock.travel(OPEN):
        page = client.get(f"/admin/applications/application/recommending/{cast.call.slug}/").content.decode()
    assert "3月6日 24:00前一次性告知需要补正的全部内容：1 个" in page
    with clock.travel(end_of(date(2025, 3, 6))):
        page = client.get(f"/admin/applications/application/recommending/{cast.call.slug}/").content.decode()
    assert "已逾期" in page


def test_officers_read_their_clocks_on_their_worklists(cast, client):
    cast.confirmed()
    client.force_login(cast.olga)
    with clock.travel(RECOMMENDING):
        page = client.get("/admin/applications/application/office/check/").content.decode()
        assert "4月20日 24:00前完成形式审查：1 个" in page


def test_officers_read_by_when_they_decide(cast, client):
    cast.in_review()
    client.force_login(cast.olga)
    with clock.travel(RECOMMENDING):
        page = client.get("/admin/applications/application/office/decisions/").content.decode()
    assert "作出评审结论：1 个" in page
