"""The summary table and the letter, read back from the files."""

import io

import openpyxl
import pypdf
import pytest
from django.urls import reverse

from applications import exports, summary_table, workflow
from applications.models import Application, RecommendationList, Version
from documents.models import Artifact
from jbgs.lib import clock
from tests.budget import queries_of
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db

HEADS = [
    "序号", "受理编号", "揭榜任务编号", "项目名称", "牵头单位", "单位类型", "所在县（市、区）", "联合参与单位",
    "申报材料签字、盖章、日期、附件等内容是否已审核", "备注",
]  # fmt: skip


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def listed(cast):
    """Three of one task and one of another, ranked; the third is beyond the limit and was not looked through."""
    tasks = list(cast.call.tasks.order_by("order")[:2])
    with clock.travel(OPEN):
        for task, count in zip(tasks, (3, 1), strict=True):
            for _ in range(count):
                application = cast.submitted(task=task, by=cast.another_applicant())
                held = Application.objects.filter(task=task, state="recommended").count()
                items = [] if held == 2 else ["signed"]
                workflow.recommend(application, by=cast.dora, opinion="同意", over_reason="方案互补", items=items)
    return exports.find_list(RecommendationList.objects.get().pk)


@pytest.fixture
def confirmed(cast, listed):
    with clock.travel(RECOMMENDING):
        workflow.confirm_list(listed, by=cast.dora, letter_no="虚构函[2025]36号", pledge=True)
    return exports.find_list(listed.pk)


def sheet_of(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data)).active


def rows_of(sheet) -> list[list]:
    """The rows under the head."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows) if row[0] == "序号")
    assert rows[head] == HEADS
    return [row for row in rows[head + 1 :] if isinstance(row[0], int)]


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_the_workbook_reads_back(cast, confirmed):
    sheet = sheet_of(exports.summary_xlsx(confirmed))
    words = [cell.value for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert f"{cast.call.title}推荐项目汇总表" in words
    assert any(word.startswith("推荐单位：虚构市工业局") and "（盖章）" in word for word in words)
    assert any(word.startswith("联系人/联系电话：dora") for word in words)
    assert any("联合参与单位指" in word for word in words)
    rows = rows_of(sheet)
    expected = Application.objects.order_by("task__order", "rank").select_related("unit", "task")
    assert [row[1] for row in rows] == [application.number for application in expected]
    assert [row[0] for row in rows] == [1, 2, 3, 4]
    assert [row[2] for row in rows] == [application.task.code for application in expected]
    assert [row[4] for row in rows] == [application.unit.name for application in expected]
    assert all(row[7] == cast.partners[0].name for row in rows)
    assert [row[8] for row in rows] == ["已审核", "已审核", "未审核", "已审核"]
    assert [row[9] for row in rows] == [None, None, "超出名额：方案互补", None]
    assert exports.code_of(confirmed) in sheet.oddFooter.left.text and "草稿" not in "".join(words)


def test_a_formula_in_a_title_stays_text(cast, confirmed):
    application = confirmed.applications.order_by("task__order", "rank").first()
    content = {
        **application.version.content,
        "title": "=1+1",
        "unit": {**application.version.content["unit"], "name": "@SUM(A1)"},
    }
    Version.objects.filter(pk=application.version_id).update(content=content)
    sheet = sheet_of(exports.summary_xlsx(confirmed))
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value in ("=1+1", "@SUM(A1)")}
    assert set(cells) == {"=1+1", "@SUM(A1)"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells.values())


@pytest.mark.parametrize("title", ["123", "true", "null", "2025-03-01"])
def test_a_title_that_looks_like_something_else_stays_as_it_is(cast, confirmed, title):
    application = confirmed.applications.first()
    Version.objects.filter(pk=application.version_id).update(content={**application.version.content, "title": title})
    assert title in [row.title for row in exports.summary_rows(confirmed)]


def test_the_frozen_version_is_what_is_printed(cast, confirmed):
    application = confirmed.applications.select_related("unit").first()
    frozen = application.version.content["title"]
    Application.objects.filter(pk=application.pk).update(title="后来改的名称")
    application.unit.name = "后来改的单位"
    application.unit.save()
    rows = rows_of(sheet_of(exports.summary_xlsx(confirmed)))
    assert frozen in [row[3] for row in rows]
    assert "后来改的单位" not in [row[4] for row in rows]


def test_the_papers_read_back(cast, confirmed):
    table, letter = text_of(exports.summary_pdf(confirmed)), text_of(exports.letter_pdf(confirmed))
    code = exports.code_of(confirmed)
    for row in exports.summary_rows(confirmed):
        assert row.number in table and row.number in letter
    assert code in table and code in letter
    assert "虚构函〔2025〕36号" in letter and "工业和信息化部高新技术司：" in letter
    assert "草稿" not in table and "草稿" not in letter


def test_before_the_confirmation_everything_is_a_draft_without_a_code(cast, listed):
    sheet = sheet_of(exports.summary_xlsx(listed))
    words = "".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "（草稿）" in words and exports.DRAFT in sheet.oddFooter.left.text
    for data in (exports.summary_pdf(listed), exports.letter_pdf(listed)):
        text = text_of(data)
        assert "草稿" in "".join(text.split()) and exports.code_of(listed) not in text


def test_the_code_changes_with_the_list(cast, listed):
    before = exports.code_of(listed)
    task = cast.call.tasks.order_by("order").first()
    order = list(listed.applications.filter(task=task).order_by("-rank").values_list("pk", flat=True))
    workflow.rerank(listed, by=cast.dora, task=task, order=order)
    assert exports.code_of(listed) != before


def test_types_and_places_in_words():
    assert summary_table.unit_type({"type_label": "高校"}) == "高校"
    unit = {"type_label": "企业", "enterprise_kind": "国家高新技术企业", "certificate_no": "GR202499000123"}
    assert summary_table.unit_type(unit) == "企业：国家高新技术企业（GR202499000123）"
    university = {**unit, "type": "university", "type_label": "高校"}
    assert summary_table.unit_type(university) == "高校", "only an enterprise has a kind"
    assert summary_table.place_of("合肥市高新区望江西路 900 号", "安徽省") == "合肥市高新区"
    assert summary_table.place_of("虚构路 20 号", "安徽省") == "安徽省"
    assert summary_table.place_of("", "安徽省") == "安徽省"


def test_downloads(client, cast, confirmed, django_capture_on_commit_callbacks):
    client.force_login(cast.dora)
    book = client.get(reverse("admin:applications_output", args=[confirmed.pk, "summary.xlsx"]))
    assert book.status_code == 200 and len(rows_of(sheet_of(b"".join(book.streaming_content)))) == 4
    address = reverse("admin:applications_output", args=[confirmed.pk, "summary.pdf"])
    with django_capture_on_commit_callbacks(execute=True):
        first = client.get(address)
    assert first.status_code == 302
    artifact = Artifact.objects.get(kind=exports.SUMMARY_PDF)
    assert artifact.state == Artifact.State.DONE
    file = client.get(first["Location"])
    assert exports.code_of(confirmed) in text_of(b"".join(file.streaming_content))
    assert client.get(address)["Location"] == first["Location"]  # the same list is the same file
    assert client.get(reverse("admin:applications_output", args=[confirmed.pk, "other.pdf"])).status_code == 404
    client.force_login(cast.dick)
    assert client.get(first["Location"]).status_code == 404
    client.force_login(cast.olga)
    assert client.get(first["Location"]).status_code == 200


def test_rows_cost_the_same_for_one_and_for_many(cast, confirmed):
    many = queries_of(lambda: list(exports.summary_rows(exports.find_list(confirmed.pk))))
    keep = confirmed.applications.first().pk
    Application.objects.filter(recommendation_list=confirmed).exclude(pk=keep).update(recommendation_list=None)
    one = queries_of(lambda: list(exports.summary_rows(exports.find_list(confirmed.pk))))
    assert len(one) == len(many) <= 5, "\n".join(many)
