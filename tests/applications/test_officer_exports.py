"""Lists and letters of the office read back: columns, order, what never leaves the house, who may have them."""

import io

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from applications import exports_lists, workflow
from applications.backoffice import lists_out
from applications.models import Application, Opinion, State
from documents import jobs
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_unit
from programmes.windows import end_of
from tests.applications.office import RECOMMENDING, Visitor, address, evaluated, evaluation_time
from tests.cast import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def book(answer):
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)).active


def rows_of(sheet) -> list[list]:
    """The cells below the head, without empty ones at the end."""
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(found) if row[0] == "序号")
    return found[head + 1 :]


def text_of(data: bytes) -> str:
    """Everything a PDF says, without blanks and line ends."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


def made(answer) -> bytes:
    """The file behind a redirect to an artifact, made now."""
    from documents.models import Artifact

    artifact = Artifact.objects.get(pk=int(answer.url.rstrip("/").split("/")[-1]))
    jobs.run(artifact.pk)
    artifact.refresh_from_db()
    assert artifact.state == "done", artifact.error
    return artifact.file.open("rb").read()


def beside(application, serial, **named) -> Application:
    """One more on the same list, of another unit."""
    values = {
        "call": application.call, "call_version": application.call_version, "task": application.task,
        "unit": make_unit(serial), "department": application.department, "number": f"B-{serial}",
        "title": f"项目 {serial}", "state": application.state, "version": application.version,
        "created_by": application.created_by, "created_at": application.created_at,
        "state_since": application.state_since, "listed_on": application.listed_on,
        "work_due_on": application.work_due_on,
    }  # fmt: skip
    return Application.objects.create(**values | named)


class TestShortlist:
    @pytest.fixture
    def application(self, cast):
        return cast.shortlisted()

    @pytest.fixture
    def olga(self, cast, application):
        return Visitor(cast.olga, at=application.state_since)

    def test_the_book_has_public_columns_in_administrative_order(self, cast, olga, application):
        beside(application, 40, department=cast.elsewhere, title="=1+1")
        beside(application, 41, task=cast.call.tasks.get(code="A-1-01"), title="另一领域")
        sheet = book(olga.get(address("list_xlsx", "shortlist")))
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert any(text.endswith("入围单位名单") for text in texts)
        body = rows_of(sheet)
        bands = [row[0] for row in body if row[0] in ("量子科技", "原子级制造")]
        assert bands == ["量子科技", "原子级制造"]
        lines = [row for row in body if isinstance(row[0], int)]
        assert [row[0] for row in lines] == [1, 2, 3]
        assert [row[5] for row in lines[:2]] == ["虚构市工业局", "虚构省工业厅"], "by region, not by merit"
        assert lines[1][2] == "=1+1", "a formula stays text"
        assert lines[0][4] == cast.partners[0].name, "partners are read from the Version"
        whole = " ".join(texts)
        leader = application.members.get(is_leader=True)
        for hidden in (leader.name, application.unit.contact_name, application.unit.code, application.number):
            assert hidden not in whole

    def test_a_revoked_one_is_off_the_list(self, olga, application):
        Application.objects.filter(pk=application.pk).update(state=State.REVOKED)
        assert not [row for row in rows_of(book(olga.get(address("list_xlsx", "shortlist")))) if row[0] == 1]

    def test_the_paper_announces_the_list(self, olga, application):
        data = made(olga.get(address("list_pdf", "shortlist")))
        words = text_of(data)
        assert application.unit.name in words and "入围单位名单" in words and "附件" in words
        assert "不分先后" in words and application.number not in words

    def test_the_same_list_is_one_file_and_a_changed_one_another(self, olga, application):
        first, again = (olga.get(address("list_pdf", "shortlist")).url for _ in range(2))
        assert first == again
        beside(application, 42)
        assert olga.get(address("list_pdf", "shortlist")).url != first

    def test_contacts_stand_in_a_book_of_their_own(self, olga, application):
        sheet = book(olga.get(address("contacts_xlsx", "shortlist")))
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert any("内部资料，不得公开" in text for text in texts)
        assert application.unit.code in texts and application.number in texts

    def test_an_unknown_list_is_not_there(self, olga, application):
        for page in ("list_xlsx", "list_pdf", "contacts_xlsx"):
            assert olga.get(address(page, "everything")).status_code == 404
        assert olga.get(address("list_xlsx", "publicity", publicity=999)).status_code == 404

    def test_an_officer_of_one_field_gets_that_field_only(self, cast, application):
        other = beside(application, 43, task=cast.call.tasks.filter(field__code="hydrogen").first(), title="氢的项目")
        oscar = Visitor(cast.oscar, at=application.state_since)
        sheet = book(oscar.get(address("list_xlsx", "shortlist")))
        texts = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
        assert other.title in texts and application.title not in texts and "（清洁氢）" in texts
        answer = oscar.get(address("list_pdf", "shortlist"))
        assert other.unit.name in text_of(made(answer)) and application.unit.name not in text_of(made(answer))

    def test_the_file_of_the_whole_call_is_not_for_him(self, cast, olga, application):
        whole = olga.get(address("list_pdf", "shortlist"))
        made(whole)
        assert olga.get(whole.url).status_code == 200
        for person in (cast.oscar, cast.dora, cast.alice, cast.erin):
            assert Visitor(person, at=application.state_since).get(whole.url).status_code == 404
        assert Visitor(cast.sven, at=application.state_since).get(whole.url).status_code == 200


def test_a_publicity_notice_names_its_days(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
        publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
    olga = Visitor(cast.olga, at=RECOMMENDING)
    words = text_of(made(olga.get(address("list_pdf", "publicity", publicity=publicity.pk))))
    assert "2025年3月10日至2025年3月17日" in words and "5个工作日" in words and application.unit.name in words
    assert publicity.title in olga.get(address("office_outputs")).content.decode()


def test_winners_carry_the_day_of_their_evaluation(cast):
    application = evaluated(cast)
    with clock.travel(evaluation_time(application)):
        application = cast.decided(application, "award")
    olga = Visitor(cast.olga, at=evaluation_time(application))
    sheet = book(olga.get(address("list_xlsx", "winners")))
    head = [cell.value for row in sheet.iter_rows() for cell in row if cell.value == "测评完成日期"]
    (line,) = [row for row in rows_of(sheet) if row[0] == 1]
    assert head and line[6].date() == clock.local(evaluation_time(application)).date()
    assert "优胜单位名单" in text_of(made(olga.get(address("list_pdf", "winners"))))


class TestLetters:
    @pytest.fixture
    def application(self, cast):
        return cast.confirmed()

    def supplement(self, cast, application):
        items = ["联合申报协议：丙方未盖章。请补盖后上传整份协议。", "经费有误"]
        with clock.travel(RECOMMENDING):
            workflow.request_supplement(
                application, by=cast.olga, items=items, due_at=end_of(RECOMMENDING.date().replace(day=17))
            )
        return Opinion.objects.get(application=application, verb="request_supplement")

    def test_the_supplement_letter_tells_everything_once(self, cast, application):
        opinion = self.supplement(cast, application)
        words = text_of(made(Visitor(cast.olga, at=RECOMMENDING).get(address("letter", opinion.pk))))
        for said in (
            application.unit.name, application.number, application.version.code, "丙方未盖章", "请补盖后上传整份协议",
            "经费有误", "2025年3月17日24:00", "5个工作日",
        ):  # fmt: skip
            assert said in words, said

    def test_a_line_of_the_letter_falls_into_its_columns(self):
        parts = exports_lists.item_parts
        assert parts("经费预算：来源与支出不等。请使两者相等。") == {
            "place": "经费预算", "problem": "来源与支出不等。", "demand": "请使两者相等。", "basis": "",
        }  # fmt: skip
        assert parts("缺盖章页")["place"] == "申报材料" and parts("缺盖章页")["problem"] == "缺盖章页"
        assert parts("附件：“协议”不符合。")["demand"] == "请按要求补正。"

    def test_the_refusal_letter_has_ground_reason_and_the_way_to_appeal(self, cast, application):
        with clock.travel(RECOMMENDING):
            workflow.reject(application, by=cast.olga, ground="not_on_task", reason="攻关内容\n与任务无关。")
        opinion = Opinion.objects.get(application=application, verb="reject")
        words = text_of(made(Visitor(cast.olga, at=RECOMMENDING).get(address("letter", opinion.pk))))
        assert "申报内容与所选榜单任务不符" in words and "与任务无关。" in words and "15日内" in words

    def test_it_is_the_units_letter_too_and_no_strangers(self, cast, application):
        opinion = self.supplement(cast, application)
        artifact = lists_out.request_letter(opinion)
        jobs.run(artifact.pk)
        for person, status in (
            (cast.alice, 200), (cast.olga, 200), (cast.sven, 200), (cast.dora, 200), (cast.bob, 404), (cast.dick, 404),
            (cast.oscar, 404),
        ):  # fmt: skip
            visitor = Visitor(person, at=RECOMMENDING)
            assert visitor.get(f"/documents/{artifact.pk}/").status_code == status, person.username
        assert Visitor(cast.oscar, at=RECOMMENDING).get(address("letter", opinion.pk)).status_code == 404
