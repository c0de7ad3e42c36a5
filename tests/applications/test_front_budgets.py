"""Query budgets of the front office, on PostgreSQL, after one warm-up request, without transaction control."""

import json
from datetime import timedelta
from random import Random

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.rehearsal.cast import fill, pdf_file
from tests.applications.front_help import Visitor, counted, url
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

ONE_PAGE, SUBMIT, LIST = 20, 40, 12


@pytest.fixture
def cast():
    return world()


def queries_of(visitor, address: str) -> int:
    assert visitor.get(address).status_code == 200
    with counted() as count:
        assert visitor.get(address).status_code == 200
    return count()


def many(cast, number: int) -> None:
    """So many submitted applications of alice's unit, each for a task of its own as far as there are tasks."""
    first = cast.submitted()
    tasks = list(cast.call.tasks.order_by("order"))
    copies = []
    for place in range(1, number):
        row = Application.objects.get(pk=first.pk)
        row.pk, row.task, row.number = None, tasks[place % len(tasks)], f"N-{place:04d}"
        copies.append(row)
    Application.objects.bulk_create(copies)


class TestLists:
    def test_my_applications(self, cast):
        with clock.travel(OPEN):
            many(cast, 1)
        alice, address = Visitor(cast.alice), reverse("applications:mine")
        few = queries_of(alice, address)
        with clock.travel(OPEN):
            for task in cast.call.tasks.order_by("-order")[:3]:
                cast.draft(task=task, filled=False)
            others = [row.pk for row in Application.objects.all()]
            template = Application.objects.get(pk=others[0])
            rows = []
            for place in range(46):
                row = Application.objects.get(pk=template.pk)
                row.pk, row.number = None, f"M-{place:04d}"
                rows.append(row)
            Application.objects.bulk_create(rows)
        page = alice.get(address)
        assert len(page.context["rows"]) == 50
        assert queries_of(alice, address) == few <= LIST

    def test_the_public_list(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "propose")
            publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
        public = Visitor(at=RECOMMENDING + timedelta(hours=1))
        address = reverse("applications:publicity", args=[publicity.pk])
        few = queries_of(public, address)
        template = Application.objects.get(pk=application.pk)
        rows = []
        for place in range(49):
            row = Application.objects.get(pk=template.pk)
            row.pk, row.number, row.rank, row.recommendation_list = None, f"P-{place}", None, None
            rows.append(row)
        Application.objects.bulk_create(rows)
        assert queries_of(public, address) == few <= LIST
        assert queries_of(public, reverse("applications:publicities")) <= LIST


class TestOneApplication:
    @pytest.mark.parametrize("name", ["detail", "check", "submit"])
    def test_its_pages(self, cast, name):
        with clock.travel(OPEN):
            application = cast.draft()
        assert queries_of(Visitor(cast.alice), url(name, application)) <= ONE_PAGE

    def test_every_section(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        alice = Visitor(cast.alice)
        counts = {
            section.key: queries_of(alice, url("section", application, section.key))
            for section in application.call_version.spec.form.sections
        }
        assert max(counts.values()) <= ONE_PAGE, counts

    def test_after_the_submit_and_with_a_long_history(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
            alice = Visitor(cast.alice)
            few = queries_of(alice, url("detail", application))
            for _ in range(4):
                workflow.take_back(application, by=cast.alice)
                workflow.submit(application, by=cast.alice)
        assert queries_of(alice, url("detail", application)) == few <= ONE_PAGE
        assert queries_of(alice, url("receipt", application)) <= ONE_PAGE
        assert queries_of(alice, url("diff", application)) <= ONE_PAGE


class TestSubmit:
    def test_the_same_with_two_and_with_twenty_attachments(self, cast):
        alice = Visitor(cast.alice)
        counts = []
        kinds = ["basis_proof"] * 10 + ["other"] * 5 + ["joint_agreement"] * 3
        for files, task in ((2, 0), (20, 1), (2, 2)):  # the first one warms up; two are what the form requires
            with clock.travel(OPEN):
                application = cast.draft(task=cast.call.tasks.order_by("order")[task])
                for place in range(files - application.attachments.count()):
                    workflow.add_attachment(application, kinds[place], pdf_file(f"{place}.pdf"), by=cast.alice)
            assert application.attachments.count() == files
            key = alice.get(url("submit", application)).context["key"]
            with counted() as count:
                assert alice.post(url("submit", application), {"key": key}).status_code == 302
            counts.append(count())
        assert counts[1] == counts[2] <= SUBMIT, counts

    def test_a_save_while_one_types(self, cast):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
            fill(application, by=cast.alice, rng=Random(1))
        row = application.sections.get(key="team")
        alice, target = Visitor(cast.alice), url("save_section", application, "team")

        def save(version):
            body = json.dumps({"data": row.data, "base_version": version})
            return alice.post(target, body, content_type="application/json")

        assert save(row.version).status_code == 200
        with counted() as count:
            assert save(row.version + 1).status_code == 200
        assert count() <= SUBMIT
