"""Who may open and do what in front: pages are not there for strangers, forged acts are refused and logged once."""

import json

import pytest
from django.urls import reverse

from applications import access, workflow
from applications.models import Application, State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person, pdf_file
from programmes.loader import load_document
from tests.applications.front_help import Visitor, url
from tests.cast import OPEN, miit_document, world

pytestmark = pytest.mark.django_db

PAGES = (
    "detail", "edit", "section", "check", "submit", "receipt", "take_back", "withdraw", "diff", "evaluation", "appeal",
    "department",
)  # fmt: skip
STRANGERS = ("bob", "dick", "oscar", "sven", "erin")
ACTS = {
    "submit": {},
    "take_back": {},
    "withdraw": {"reason": ""},
    "evaluation": {"submit": "1"},
    "appeal": {"text": "理由"},
    "department": {"department": ""},
    "section": {"base_version": "1", "title": "偷改"},
}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def submitted(cast):
    with clock.travel(OPEN):
        return cast.submitted()


def address(name: str, application) -> str:
    return url(name, application, "project") if name == "section" else url(name, application)


class TestReading:
    @pytest.mark.parametrize("name", PAGES)
    def test_nobody_else_finds_the_page(self, cast, submitted, name):
        for stranger in STRANGERS:
            response = Visitor(getattr(cast, stranger)).get(address(name, submitted))
            assert response.status_code == 404, stranger
        assert Visitor().get(address(name, submitted)).status_code == 302

    @pytest.mark.parametrize("name", PAGES)
    def test_its_own_department_has_pages_of_its_own(self, cast, submitted, name):
        response = Visitor(cast.dora).get(address(name, submitted))
        assert response.status_code == 403
        assert submitted.title not in response.content.decode()

    def test_colleagues_of_the_unit_see_it(self, cast, submitted):
        colleague = make_person("adam", "unit_filler", unit=cast.alice.unit)
        assert Visitor(colleague).get(url("detail", submitted)).status_code == 200

    def test_a_person_who_was_stopped_sees_nothing(self, cast, submitted):
        visitor = Visitor(cast.alice)
        type(cast.alice).objects.filter(pk=cast.alice.pk).update(is_active=False)
        assert visitor.get(url("detail", submitted)).status_code == 302

    def test_the_list_shows_the_units_own(self, cast, submitted):
        page = Visitor(cast.bob).get(reverse("applications:mine"))
        assert page.status_code == 200 and submitted.title not in page.content.decode()
        assert submitted.title in Visitor(cast.alice).get(reverse("applications:mine")).content.decode()
        assert Visitor(cast.dora).get(reverse("applications:mine")).status_code == 403

    def test_nothing_there_is_nothing_there(self, cast):
        missing = reverse("applications:detail", args=[999999])
        assert Visitor(cast.alice).get(missing).status_code == 404
        assert Visitor(cast.alice).post(reverse("applications:submit", args=[999999])).status_code == 404


class TestForging:
    """A POST by the wrong role: 403, nothing changes, exactly one refusal entry, and no word of the content."""

    @pytest.mark.parametrize("name", ACTS)
    def test_a_forged_act_is_refused_and_logged_once(self, cast, submitted, name):
        for count, who in enumerate([*STRANGERS, "dora", "olga"], 1):
            forger = getattr(cast, who)
            response = Visitor(forger).post(address(name, submitted), ACTS[name] | {"key": "k" * 24})
            assert response.status_code == 403, who
            assert submitted.title not in response.content.decode()
            entries = Entry.objects.for_object(submitted).refused()
            assert entries.count() == count
            assert (entries.last().actor_id, entries.last().code) == (forger.pk, "forbidden")
        fresh = Application.objects.get(pk=submitted.pk)
        before = (State.SUBMITTED, submitted.title, submitted.department_id)
        assert (fresh.state, fresh.title, fresh.department_id) == before

    def test_a_used_key_of_somebody_else_shows_nothing(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        application.refresh_from_db()
        alice, key = Visitor(cast.alice), "k" * 24
        alice.post(url("submit", application), {"key": key})
        response = Visitor(cast.bob).post(url("submit", application), {"key": key})
        assert response.status_code in (403, 409)
        assert application.title not in response.content.decode()

    def test_a_forged_autosave(self, cast, submitted):
        body = json.dumps({"data": {"title": "偷改"}, "base_version": 1})
        target = url("save_section", submitted, "project")
        answer = Visitor(cast.bob).post(target, body, content_type="application/json")
        assert answer.status_code == 403
        assert Entry.objects.for_object(submitted).refused().get().action == "save_section"

    def test_forged_uploads_and_removals(self, cast, submitted):
        row = submitted.attachments.first()
        bob = Visitor(cast.bob)
        bad = pdf_file("x.pdf")
        bad.name = "坏文件.exe"
        assert bob.post(url("attachment_upload", submitted), {"kind": row.kind, "file": bad}).status_code == 403
        assert Entry.objects.for_object(submitted).refused().count() == 1
        assert bob.post(url("attachment_remove", submitted, row.pk)).status_code == 403
        assert Entry.objects.for_object(submitted).refused().count() == 2
        row.refresh_from_db()
        assert row.removed_at is None

    def test_an_attachment_of_another_application_cannot_be_removed_through_ones_own(self, cast, submitted):
        with clock.travel(OPEN):
            own = cast.draft(by=cast.bob, task=cast.call.tasks.order_by("order")[1])
        row = submitted.attachments.first()
        assert Visitor(cast.bob).post(url("attachment_remove", own, row.pk)).status_code == 404

    def test_nobody_but_a_unit_opens_a_draft(self, cast):
        where = reverse("applications:create", args=[cast.call.slug, cast.task.code])
        for who in ("dora", "olga", "erin"):
            before = Entry.objects.for_object(cast.call).refused().count()
            response = Visitor(getattr(cast, who)).post(where, {"department": cast.department.pk, "key": "k" * 24})
            assert response.status_code == 403
            assert Entry.objects.for_object(cast.call).refused().count() == before + 1
        assert not Application.objects.exists()

    def test_a_get_changes_nothing(self, cast, submitted):
        alice = Visitor(cast.alice)
        row = submitted.attachments.first()
        for name in ("submit", "take_back", "withdraw"):
            alice.get(url(name, submitted))
        assert alice.get(url("attachment_remove", submitted, row.pk)).status_code == 405
        assert alice.get(url("save_section", submitted, "project")).status_code == 405
        assert Application.objects.get(pk=submitted.pk).state == State.SUBMITTED


class TestPapersAndFiles:
    def test_the_draft_is_the_units_alone(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        for who in ("bob", "dora", "olga", "erin"):
            assert Visitor(getattr(cast, who)).get(url("pdf", application)).status_code == 404

    def test_a_version_is_for_who_sees_the_application(self, cast, submitted):
        target = url("pdf_version", submitted, 1)
        assert Visitor(cast.alice).get(target).status_code == 302
        assert Visitor(cast.dora).get(target).status_code == 302
        for who in ("bob", "dick", "oscar", "erin"):
            assert Visitor(getattr(cast, who)).get(target).status_code == 404
        assert Visitor(cast.alice).get(url("pdf_version", submitted, 2)).status_code == 404

    def test_files_of_a_version_are_for_who_sees_it_and_new_ones_are_not(self, cast, submitted):
        row = submitted.attachments.first()
        frozen = url("attachment_download", submitted, row.pk)
        assert Visitor(cast.dora).get(frozen).status_code == 200
        assert Visitor(cast.dick).get(frozen).status_code == 404
        with clock.travel(OPEN):
            due = clock.now().replace(day=25)
            workflow.return_for_changes(submitted, by=cast.dora, opinion="请核对", due_at=due)
            new = workflow.add_attachment(submitted, "other", pdf_file("新文件.pdf"), by=cast.alice)
        fresh = url("attachment_download", submitted, new.pk)
        assert Visitor(cast.alice).get(fresh).status_code == 200
        assert Visitor(cast.dora).get(fresh).status_code == 404

    def test_a_removed_file_stays_with_the_version_that_names_it(self, cast, submitted):
        with clock.travel(OPEN):
            workflow.take_back(submitted, by=cast.alice)
            row = submitted.attachments.first()
            workflow.remove_attachment(row, by=cast.alice)
        assert Visitor(cast.alice).get(url("attachment_download", submitted, row.pk)).status_code == 200

    @pytest.mark.parametrize("blind", [False, True])
    def test_an_assigned_expert_reads_files_unless_the_review_is_blind(self, blind):
        document = json.loads(json.dumps(miit_document()))
        document["review"]["blind"] = blind
        cast = world(load_document(document).call)
        with clock.travel(OPEN):
            application = cast.submitted()
        access.grant_review(cast.erin, application)
        target = url("attachment_download", application, application.attachments.first().pk)
        assert Visitor(cast.erin).get(target).status_code == (404 if blind else 200)
