"""The pages of reports and requests: filled, handed in, judged, listed, exported; nothing typed is lost."""

import io
from datetime import date, datetime, timedelta

import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from applications import workflow
from applications.models import Application, Obligation
from audit.models import Entry
from jbgs.lib import clock
from programmes.calendar import load_calendar
from tests.applications.owing_call import ANSWERS, owing_world
from tests.cast import image_named

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 5, 9, tzinfo=clock.SHANGHAI)


@pytest.fixture
def cast():
    load_calendar([2025, 2026])
    return owing_world()


@pytest.fixture
def working(cast):
    application = cast.shortlisted()
    with clock.travel(datetime(2025, 3, 24, 9, tzinfo=clock.SHANGHAI)):
        workflow.submit_obligation(application.obligations.get(code="plan"), by=cast.alice, text="计划")
        workflow.approve_obligation(application.obligations.get(code="plan"), by=cast.olga)
        application = workflow.start_work(application, by=cast.olga)
    with clock.travel(JANUARY):
        workflow.open_recurring()
    return application


@pytest.fixture
def yearly(working):
    return working.obligations.get(code="yearly")


class Visitor:
    """A signed-in person at a moment."""

    def __init__(self, user, at=JANUARY):
        self.client, self.at = Client(), at
        self.client.force_login(user)

    def get(self, path):
        with clock.travel(self.at):
            return self.client.get(path)

    def post(self, path, data=None):
        with clock.travel(self.at):
            return self.client.post(path, data or {})


def posted(answers, **more):
    return {f"answers.{key}": value for key, value in answers.items()} | {"base": "0"} | more


def path_of(row, end=""):
    return f"/applications/{row.application_id}/reports/{row.pk}/{end}"


class TestTheUnit:
    def test_the_application_lists_what_is_owed_and_offers_requests(self, cast, working, yearly):
        page = Visitor(cast.alice).get(f"/applications/{working.pk}/").content.decode()
        for words in ("自查报告（2025年度）", "2026年3月31日", "提出重大变更", "提出延期申请"):
            assert words in page

    def test_a_report_is_saved_then_handed_in_and_read(self, cast, yearly):
        alice = Visitor(cast.alice)
        assert "主要进展" in alice.get(path_of(yearly)).content.decode()
        assert alice.post(path_of(yearly), posted({"done": "甲"}, save="1")).status_code == 302
        assert Obligation.objects.get(pk=yearly.pk).answers["done"] == "甲"
        assert "还有 2 处没有填好" in alice.get(path_of(yearly)).content.decode()
        sent = alice.post(path_of(yearly), posted(ANSWERS, submit="1", base="1", key="a-key-12345678"))
        assert sent.status_code == 302
        page = alice.get(path_of(yearly)).content.decode()
        assert "12.50 万元" in page and "校验码" in page
        pdf = alice.get(path_of(yearly, "pdf/"))
        text = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
        assert "完成样机" in text and Obligation.objects.get(pk=yearly.pk).print_code in text

    def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stands_there(self, cast, yearly):
        answer = Visitor(cast.alice).post(path_of(yearly), posted({"done": "样机", "spent": "many"}, submit="1"))
        page = answer.content.decode()
        assert answer.status_code == 409 and "没有填写“是否有重大变化”" in page
        assert "须填写数字" in page and 'value="many"' in page and "样机" in page
        assert Obligation.objects.get(pk=yearly.pk).state == "open"

    def test_a_draft_saved_elsewhere_is_not_overwritten(self, cast, yearly):
        workflow.save_obligation(yearly, by=cast.alice, answers={"done": "先保存的"})
        answer = Visitor(cast.alice).post(path_of(yearly), posted({"done": "后来的"}, save="1"))
        assert answer.status_code == 409 and "后来的" in answer.content.decode()
        assert Obligation.objects.get(pk=yearly.pk).answers == {"done": "先保存的"}

    def test_an_extension_with_a_day_that_is_none(self, cast, working):
        alice = Visitor(cast.alice)
        sent = alice.post(f"/applications/{working.pk}/reports/new/", {"code": "longer", "key": "a-key-longer"})
        row = working.obligations.get(code="longer")
        assert sent.url == path_of(row)
        answer = alice.post(path_of(row), {"text": "原因", "wanted_on": "明年", "base": "0", "submit": "1"})
        assert answer.status_code == 409 and "不是有效日期" in answer.content.decode()
        answer = alice.post(
            path_of(row), {"text": "原因", "wanted_on": working.work_due_on.isoformat(), "base": "1", "submit": "1"}
        )
        assert "须晚于现在的期限" in answer.content.decode()

    def test_a_file_is_looked_at_and_kept_under_its_name(self, cast, working):
        stage, alice = working.obligations.get(code="stage"), Visitor(cast.alice)
        wrong = alice.post(path_of(stage, "file/"), {"file": SimpleUploadedFile("a.pdf", b"MZ no pdf")})
        assert wrong.status_code >= 400 and not Obligation.objects.get(pk=stage.pk).file
        assert alice.post(path_of(stage, "file/"), {"file": image_named("现场照片.png")}).status_code == 302
        assert alice.post(path_of(stage), {"text": "", "base": "0", "submit": "1"}).status_code == 302
        found = Obligation.objects.get(pk=stage.pk)
        assert found.file_name == "现场照片.png" and found.content["file"]["sha256"] == found.file_sha256
        assert alice.get(path_of(stage, "file/download/")).status_code == 200
        assert (
            Visitor(cast.olga).get(f"/admin/applications/application/office/reports/{stage.pk}/file/").status_code
            == 200
        )

    def test_others_see_nothing_and_a_forged_form_leaves_one_entry(self, cast, working, yearly):
        assert Visitor(cast.bob).get(path_of(yearly)).status_code == 404
        for person in (cast.bob, cast.dora, cast.sven):
            answer = Visitor(person).post(path_of(yearly), posted(ANSWERS, submit="1"))
            assert answer.status_code == 403, person
        assert Obligation.objects.get(pk=yearly.pk).state == "open"
        refused = Entry.objects.for_object(working).refused()
        assert refused.count() == 3


class TestTheOffice:
    def desk(self, cast, **query):
        words = "&".join(f"{key}={value}" for key, value in query.items())
        return Visitor(cast.olga, datetime(2026, 4, 2, 9, tzinfo=clock.SHANGHAI)).get(
            f"/admin/applications/application/office/reports/?{words}"
        )

    def test_filters_count_and_choose(self, cast, yearly):
        page = self.desk(cast, state="overdue")
        counts = {state: count for state, _, count in page.context["states"]}
        rows = list(page.context["page"].object_list)
        assert counts["overdue"] == len(rows) and yearly in rows
        assert counts["all"] == counts["due"] + counts["overdue"] + counts["submitted"]
        only = self.desk(cast, code="yearly").context["page"].object_list
        assert [row.code for row in only] == ["yearly"]
        assert self.desk(cast, text="没有这样的").context["page"].paginator.count == 0

    def test_an_officer_approves_returns_and_refuses(self, cast, working):
        olga, stage = Visitor(cast.olga), working.obligations.get(code="stage")
        workflow.submit_obligation(stage, by=cast.alice, text="阶段成果")
        path = f"/admin/applications/application/office/reports/{stage.pk}/"
        assert "审核通过" in olga.get(path).content.decode()
        missing = olga.post(path, {"verb": "approve", "opinion": "看过"})
        assert missing.status_code == 409 and "请选择阶段评估的结论" in missing.content.decode()
        assert "看过" in missing.content.decode()
        bad = olga.post(path, {"verb": "return", "opinion": "改", "on": "32日"})
        assert bad.status_code == 400 and "不是有效日期" in bad.content.decode()
        assert olga.post(path, {"verb": "return", "opinion": "补充数据", "on": "2026-02-01"}).status_code == 302
        found = Obligation.objects.get(pk=stage.pk)
        assert (found.state, found.opinion, found.due_on) == ("returned", "补充数据", date(2026, 2, 1))
        with clock.travel(JANUARY):
            workflow.submit_obligation(found, by=cast.alice, text="阶段成果二")
        assert olga.post(path, {"verb": "approve", "result": "pass", "key": "k1"}).status_code == 302
        assert Obligation.objects.get(pk=stage.pk).result == "pass"

    def test_departments_and_supervisors_read_and_do_not_judge(self, cast, working):
        stage = workflow.submit_obligation(working.obligations.get(code="stage"), by=cast.alice, text="阶段成果")
        path = f"/admin/applications/application/office/reports/{stage.pk}/"
        for person in (cast.dora, cast.sven):
            page = Visitor(person).get(path)
            assert page.status_code == 200 and "退回修改</button>" not in page.content.decode()
            assert Visitor(person).post(path, {"verb": "approve", "result": "pass"}).status_code == 403
        for person in (cast.dick, cast.oscar, cast.erin):
            assert Visitor(person).get(path).status_code in (403, 404)
        assert Obligation.objects.get(pk=stage.pk).state == "submitted"

    def test_the_export_has_the_answers_in_columns(self, cast, yearly):
        workflow.submit_obligation(yearly, by=cast.alice, answers=ANSWERS)
        olga = Visitor(cast.olga)
        book = openpyxl.load_workbook(
            io.BytesIO(olga.get("/admin/applications/application/office/reports.xlsx?code=yearly").content)
        )
        cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
        assert "主要进展" in cells and "完成样机" in cells and "12.50 万元" in cells

    def test_the_desk_costs_the_same_for_one_row_and_for_fifty(self, cast, working):
        Obligation.objects.filter(application=working).exclude(code="plan").delete()
        visitor = Visitor(cast.olga)

        def queries() -> int:
            with CaptureQueriesContext(connection) as found:
                assert visitor.get("/admin/applications/application/office/reports/").status_code == 200
            return len(found)

        one = queries()
        Obligation.objects.bulk_create(
            Obligation(application=working, kind="yearly", code=f"y{n}", label="报告", due_on=date(2026, 3, 31))
            for n in range(49)
        )
        assert queries() == one <= 12


def test_the_grounds_stand_where_a_revocation_is_prepared(cast, working):
    olga = Visitor(cast.olga, datetime(2026, 4, 2, 9, tzinfo=clock.SHANGHAI))
    page = olga.get(f"/admin/applications/application/office/decisions/new/{working.pk}/?verb=revoke").content.decode()
    assert "自查报告（2025年度）" in page and "没有提交" in page


def test_an_application_that_ended_takes_no_report(cast, working, yearly):
    with clock.travel(JANUARY):
        cast.heard(working, "terminate")
    with clock.travel(JANUARY + timedelta(days=10)):
        cast.decided(Application.objects.get(pk=working.pk), "terminate", reason="未完成")
    answer = Visitor(cast.alice, JANUARY + timedelta(days=11)).post(path_of(yearly), posted(ANSWERS, submit="1"))
    assert answer.status_code == 409
    assert Obligation.objects.get(pk=yearly.pk).state == "open"
