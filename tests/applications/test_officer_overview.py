"""The landing page, the list of everything, what waits for whom: numbers that agree with the rows."""

import pytest
from django.urls import reverse

from applications import access, workflow
from applications.backoffice.worklist import open_items, work_of
from applications.models import Application, State
from jbgs.lib import clock, nav
from jbgs.rehearsal.cast import make_person, make_unit
from programmes.copying import copy_call
from tests.applications.office import RECOMMENDING, Visitor, address, in_evaluation
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def olga(cast):
    return Visitor(cast.olga, at=RECOMMENDING)


def fresh(user):
    """The same person without what a request keeps."""
    return type(user).objects.get(pk=user.pk)


def work(cast, user=None):
    return work_of(fresh(user or cast.olga))[cast.call.pk]


class TestWork:
    def test_each_step_counts_at_its_place(self, cast):
        with clock.travel(OPEN):
            application = cast.recommended()
        assert work(cast).checks == 0, "its list is still open"
        with clock.travel(RECOMMENDING):
            workflow.confirm_list(
                application.recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True
            )
            assert (work(cast).checks, work(cast).examining) == (1, 1)
            workflow.accept(
                application, by=cast.olga,
                items={item.code: True for item in application.call_version.spec.check_items},
            )  # fmt: skip
            assert (work(cast).checks, work(cast).accepted) == (0, 1)
            application = workflow.start_review(application, by=cast.olga)
            workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="好")
            assert (work(cast).decisions, work(cast).own_decisions) == (0, 1)
            assert (work(cast, cast.otto).decisions, work(cast, cast.otto).own_decisions) == (1, 0)
            application = workflow.approve_decision(application.decisions.get(), by=cast.otto)
            assert work(cast).unpublished == 1
            publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
            assert (work(cast).unpublished, work(cast).ripe) == (0, 0)
        with clock.travel(publicity.closes_at):
            assert work(cast).ripe == 1

    def test_objections_hold_the_list_and_are_due(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            application = cast.decided(application, "propose")
            publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
            workflow.raise_objection(application, by=cast.bob, objector="虚构", contact="000", text="依据不足")
            found = work(cast)
        assert found.objections == 1 and found.objection_due.isoformat() == "2025-03-24"
        with clock.travel(publicity.closes_at):
            assert work(cast).ripe == 0
            workflow.settle_objection(application.objections.get(), by=cast.olga, upheld=True, answer="成立")
            assert (work(cast).ripe, work(cast).upheld) == (0, 1)

    def test_evaluation_counts_values_then_decisions(self, cast):
        application = in_evaluation(cast)
        assert (work(cast).measures, work(cast).to_award) == (1, 0)
        texts = {code: {"text_met": True} for code in application.measurements.values_list("indicator_code", flat=True)}
        workflow.confirm_measurements(application, by=cast.olga, rows=texts)
        assert (work(cast).measures, work(cast).to_award) == (0, 1)

    def test_an_officer_of_another_field_has_none_of_it(self, cast):
        cast.confirmed()
        assert work(cast, cast.oscar).checks == 0


class TestOpenItems:
    def test_they_lead_to_the_page_where_it_is_done(self, cast):
        cast.confirmed()
        (item,) = open_items(fresh(cast.olga))
        assert item.title == "1 个申报待形式审查" and item.url == address("examining", call=cast.call.slug)
        assert not list(open_items(fresh(cast.sven))) and not list(open_items(fresh(cast.alice)))

    def test_rehearsals_are_left_out(self, cast):
        cast.confirmed()
        type(cast.call).objects.update(is_rehearsal=True)
        assert not list(open_items(fresh(cast.olga)))

    def test_they_stand_on_the_back_offices_inbox(self, cast, olga):
        cast.confirmed()
        assert "1 个申报待形式审查" in olga.get(reverse("notifications:backoffice_inbox")).content.decode()


class TestOverview:
    def test_the_funnel_counts_drafts_without_showing_them(self, cast, olga):
        with clock.travel(OPEN):
            draft = cast.draft(by=cast.bob)
        draft.refresh_from_db()
        application = cast.confirmed(task=cast.call.tasks.order_by("order").last())
        page = olga.get(address("overview")).content.decode()
        assert "建立草稿 2 份，提交 1 份，推荐 1 份，受理 0 份" in page
        assert draft.task.title not in page and draft.title not in page
        assert application.task.title in page and "0/5" in page and "个申报待形式审查" in page
        assert "3月20日 24:00" in page, "what ends next"

    def test_the_sidebar_shows_what_waits_and_no_zeros(self, cast):
        cast.confirmed()
        items = {item.label: item.count for group in nav.groups_for(fresh(cast.olga)) for item in group.items}
        assert items["形式审查"] == 1 and items["送审"] is None
        seen = {item.label for group in nav.groups_for(fresh(cast.sven)) for item in group.items}
        assert "形式审查" in seen and "送审" not in seen

    def test_another_call_is_chosen_and_remembered(self, cast, olga):
        with clock.travel(RECOMMENDING):
            copy = copy_call(cast.call, "miit-2025-second")
        access.grant_call(cast.olga, copy)
        assert f'value="{cast.call.slug}"' in olga.get(address("every")).content.decode()
        olga.get(address("overview", call=cast.call.slug))
        cast.confirmed()
        assert Application.objects.get().number in olga.get(address("every")).content.decode()
        assert Application.objects.get().number not in olga.get(
            address("every", call=copy.slug)
        ).content.decode()  # fmt: skip
        assert olga.get(address("overview", call="no-such-call")).status_code == 404


class TestEvery:
    @pytest.fixture
    def rows(self, cast):
        application = cast.confirmed()
        second = Application.objects.create(
            call=application.call, call_version=application.call_version, unit=make_unit(70), number="WL2025-A101-0001",
            task=cast.call.tasks.get(code="A-1-01"), department=cast.elsewhere, title="原子级抛光", state="accepted",
            version=application.version, created_by=cast.alice, created_at=clock.now(), state_since=clock.now(),
        )  # fmt: skip
        return application, second

    @pytest.mark.parametrize(
        "query, found",
        [
            ({}, {0, 1}),
            ({"field": "atomic"}, {1}),
            ({"task": "A-1-01"}, {1}),
            ({"state": State.RECOMMENDED}, {0}),
            ({"text": "抛光"}, {1}),
            ({"text": "A101-0001 抛光"}, {1}),
            ({"text": "抛光 没有的词"}, set()),
            ({"state": "no-such-state", "department": "x"}, {0, 1}),
            ({"field": "no-such-field"}, set()),
        ],
    )
    def test_filters(self, olga, rows, query, found):
        page = olga.get(address("every"), query).content.decode()
        assert {place for place, row in enumerate(rows) if row.number in page} == found

    def test_by_department(self, cast, olga, rows):
        page = olga.get(address("every"), {"department": cast.elsewhere.pk}).content.decode()
        assert rows[1].number in page and rows[0].number not in page

    def test_nothing_found_says_so(self, olga, rows):
        assert "没有符合条件的申报" in olga.get(address("every"), {"text": "不存在"}).content.decode()

    def test_what_is_not_recommended_is_not_there(self, cast, olga):
        with clock.travel(OPEN):
            application = cast.submitted()
        assert application.number not in olga.get(address("every")).content.decode()


def test_buttons_on_the_applications_page_lead_to_the_right_pages(cast, olga):
    application = cast.confirmed()
    detail = reverse("admin:applications_detail", args=[application.pk])
    assert address("examine", application.pk) in olga.get(detail).content.decode()
    sven = Visitor(cast.sven, at=RECOMMENDING)
    assert address("examine", application.pk) not in sven.get(detail).content.decode()
    with clock.travel(RECOMMENDING):
        workflow.accept(
            application, by=cast.olga, items={item.code: True for item in application.call_version.spec.check_items}
        )
    assert address("start_review") in olga.get(detail).content.decode()


def test_buttons_after_the_shortlist(cast):
    application = in_evaluation(cast)
    olga = Visitor(cast.olga, at=application.state_since)
    page = olga.get(reverse("admin:applications_detail", args=[application.pk])).content.decode()
    assert address("measure", application.pk) in page and address("award", application.task_id) in page
    assert address("prepare", application.pk) in page and ">终止<" in page.replace("\n", "")


def test_somebody_without_a_call_is_told_whom_to_ask(cast):
    stranger = Visitor(make_person("new-officer", "officer"))
    assert stranger.get(address("overview")).status_code == 404
