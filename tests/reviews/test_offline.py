"""The offline form: what goes down, what comes back, and the verdict of every line; nothing typed is lost."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import offline, workflow
from reviews.models import Assignment
from tests.budget import queries_of
from tests.reviews.conftest import REVIEWING

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both


@pytest.fixture
def expert(review):
    """An expert with three open sheets."""
    expert = review.expert()
    for application in review.applications(3):
        review.seat(application, expert)
    return expert


def sheets_of(expert) -> list[Assignment]:
    return list(Assignment.objects.filter(expert=expert).order_by("application__number"))


class Book:
    """A downloaded workbook as somebody fills it in with an office program."""

    def __init__(self, data: bytes):
        self.book = openpyxl.load_workbook(io.BytesIO(data))
        self.sheet = self.book.worksheets[0]
        for row in self.sheet.iter_rows(max_row=20):
            words = {str(cell.value): cell.column for cell in row if cell.value is not None}
            if offline.CHECK in words:
                self.head, self.columns = row[0].row, words
                break

    def row_of(self, sheet) -> int:
        column = self.columns[offline.SHEET]
        rows = range(self.head + 1, self.sheet.max_row + 1)
        return next(y for y in rows if self.sheet.cell(y, column).value == f"S{sheet.pk}")

    def put(self, sheet, title: str, value):
        self.sheet.cell(self.row_of(sheet), self.columns[title]).value = value
        return self

    def fill(self, sheet, points, opinion="离线写的意见。", advice="可以入围"):
        for title in self.columns:
            if title.endswith("%"):
                self.put(sheet, title, points)
        return self.put(sheet, offline.OPINION, opinion).put(sheet, offline.ADVICE, advice)

    def first_criterion(self) -> str:
        return next(title for title in self.columns if title.endswith("%"))

    def content(self) -> bytes:
        target = io.BytesIO()
        self.book.save(target)
        return target.getvalue()


def down(review, expert) -> Book:
    return Book(offline.workbook(expert, review.task))


def up(book: Book, expert) -> dict[int, offline.Line]:
    """Verdicts by sheet."""
    lines = offline.read(book.content(), by=expert.user)
    offline.save(lines, by=expert.user)
    return {line.sheet.pk if line.sheet else -line.row: line for line in lines}


def verdicts(found) -> list[str]:
    return [line.code or line.verdict for line in found.values()]


# ---- down ----


def test_the_workbook_has_the_criteria_their_anchors_checks_and_locks(review, expert):
    book = down(review, expert)
    sheet = book.sheet
    assert [ws.title for ws in book.book.worksheets] == ["评分", "评分标准", "填写说明"]
    assert sheet.protection.sheet
    first = sheets_of(expert)[0]
    y = book.row_of(first)
    for criterion in review.criteria:
        column = book.columns[offline.head_of(criterion)]
        assert not sheet.cell(y, column).protection.locked
        note = sheet.cell(book.head, column).comment.text
        assert all(words in note for _, _, words in criterion.anchors)
    for title in (offline.SHEET, offline.VERSION, offline.CHECK):
        assert sheet.cell(y, book.columns[title]).protection.locked
    rules = {rule.type for rule in sheet.data_validations.dataValidation}
    assert rules == {"custom", "list", "textLength"}
    standards = " ".join(str(cell.value) for row in book.book.worksheets[1] for cell in row)
    assert all(words in standards for criterion in review.criteria for _, _, words in criterion.anchors)


def test_it_holds_what_is_stored_and_only_open_sheets(review, expert):
    first, second, third = sheets_of(expert)
    review.fill(first, 86.5, opinion="已写的意见")
    review.sign(second, 70)
    book = down(review, expert)
    assert book.sheet.cell(book.row_of(first), book.columns[book.first_criterion()]).value == 86.5
    assert book.sheet.cell(book.row_of(first), book.columns[offline.OPINION]).value == "已写的意见"
    with pytest.raises(StopIteration):
        book.row_of(second)
    assert book.row_of(third)


def test_without_an_open_sheet_there_is_no_workbook(review):
    expert = review.expert()
    review.seat(review.application(), expert, pledged=False)
    with pytest.raises(Refused) as refused:
        offline.workbook(expert, review.task)
    assert refused.value.code == "no_open_sheets"


# ---- up ----


def test_filled_lines_are_saved_and_the_others_unchanged(review, expert):
    first, second, third = sheets_of(expert)
    book = down(review, expert).fill(first, 86.5).fill(second, "90")
    found = up(book, expert)
    assert [found[one.pk].verdict for one in (first, second, third)] == ["saved", "saved", "unchanged"]
    first.refresh_from_db()
    assert first.opinion == "离线写的意见。" and first.advice == "acceptable" and first.state == "scoring"
    assert set(first.scores.values_list("points", flat=True)) == {8650}
    assert third.scores.count() == 0
    assert set(verdicts(up(book, expert))) == {"unchanged"}, "the same file again changes nothing"


def test_a_part_of_a_line_is_saved_too(review, expert):
    (first, *_) = sheets_of(expert)
    book = down(review, expert)
    up(book.put(first, book.first_criterion(), 77), expert)
    assert list(first.scores.values_list("points", flat=True)) == [7700]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (120, "score_out_of_range"),
        (-1, "score_out_of_range"),
        (86.555, "score_out_of_range"),
        ("八十六", "score_out_of_range"),
        ("=40+46", "not_plain"),
        (True, "not_plain"),
    ],
)
def test_a_wrong_value_is_refused_with_row_and_cell_and_takes_nothing_from_others(review, expert, value, code):
    first, second, _ = sheets_of(expert)
    book = down(review, expert).fill(first, 80).fill(second, 81)
    book.put(first, book.first_criterion(), value)
    found = up(book, expert)
    line = found[first.pk]
    assert (line.verdict, line.code) == ("refused", code)
    letter = openpyxl.utils.get_column_letter(book.columns[book.first_criterion()])
    assert f"第 {book.row_of(first)} 行" in line.sentence and f"{letter}{book.row_of(first)}" in line.sentence
    assert found[second.pk].verdict == "saved" and first.scores.count() == 0
    assert any(one.label == offline.OPINION and one.typed == "离线写的意见。" for one in line.lost)


def test_a_percent_cell_is_refused(review, expert):
    (first, *_) = sheets_of(expert)
    book = down(review, expert).fill(first, 80)
    cell = book.sheet.cell(book.row_of(first), book.columns[book.first_criterion()])
    cell.value, cell.number_format = 0.86, "0%"
    assert up(book, expert)[first.pk].code == "not_plain"


def test_an_unknown_advice_and_a_too_long_opinion_are_refused(review, expert):
    first, second, _ = sheets_of(expert)
    book = down(review, expert).fill(first, 80, advice="随便").fill(second, 80, opinion="长" * 3001)
    found = up(book, expert)
    assert [found[first.pk].code, found[second.pk].code] == ["unknown_advice", "opinion_too_long"]


def test_the_form_of_another_expert_is_refused_and_shows_nothing_stored(review, expert):
    (first, *_) = sheets_of(expert)
    review.fill(first, 66, opinion="第一位专家存下的暗记")
    book = down(review, expert).fill(first, 91)
    other = review.expert()
    review.seat(first.application, other)
    found = up(book, other)
    assert set(verdicts(found)) == {"not_yours"}
    line = next(iter(found.values()))
    assert line.status == 403 and "另一位专家" in line.sentence
    assert all(not one.stored for line in found.values() for one in line.compared)
    assert Assignment.objects.get(pk=first.pk).opinion == "第一位专家存下的暗记"


def test_an_older_version_is_refused_with_what_changed_since(review, expert):
    (first, *_) = sheets_of(expert)
    review.fill(first, 60, opinion="")
    book = down(review, expert).fill(first, 91)
    with clock.travel(REVIEWING + timedelta(hours=1)):
        review.fill(first, {review.criteria[0].key: "72"}, opinion="网页上后来写的")
        line = up(book, expert)[first.pk]
    assert (line.code, line.status) == ("sheet_changed", 409)
    assert {(one.old, one.new) for one in line.since} >= {("60", "72"), ("", "网页上后来写的")}
    compared = {one.label: (one.typed, one.stored) for one in line.compared}
    assert compared[review.criteria[0].label] == ("91", "72")
    assert compared[offline.OPINION] == ("离线写的意见。", "网页上后来写的")
    assert compared[offline.ADVICE][0] == "可以入围"
    assert Assignment.objects.get(pk=first.pk).opinion == "网页上后来写的"


def test_a_line_that_nobody_touched_does_not_mind_a_newer_sheet(review, expert):
    first, second, _ = sheets_of(expert)
    book = down(review, expert).fill(second, 91)
    review.fill(first, 72)
    found = up(book, expert)
    assert [found[first.pk].verdict, found[second.pk].verdict] == ["unchanged", "saved"]


@pytest.mark.parametrize("act", ["sign", "recuse", "declare"])
def test_a_sheet_that_was_closed_meanwhile_is_refused(review, expert, act):
    (first, *_) = sheets_of(expert)
    book = down(review, expert).fill(first, 91)
    if act == "sign":
        review.sign(first, 70)
    elif act == "recuse":
        workflow.recuse(first.application, by=review.olga, expert=expert, reason="亲属关系")
    else:
        workflow.declare_recusal(first, by=expert.user, reason="亲属关系")
    line = up(book, expert)[first.pk]
    assert (line.verdict, line.code, line.status) == ("refused", "state_changed", 409)
    if act != "sign":
        assert all(not one.stored for one in line.compared)
    assert Assignment.objects.get(pk=first.pk).scores.filter(points=9100).count() == 0


def test_a_row_of_ones_own_is_no_application(review, expert):
    book = down(review, expert)
    y = book.sheet.max_row + 2
    book.sheet.cell(y, book.columns[book.first_criterion()]).value = 88
    book.sheet.cell(y, book.columns[offline.OPINION]).value = "自己加的一行"
    found = up(book, expert)
    assert found[-y].code == "unknown_sheet" and found[-y].lost


@pytest.mark.parametrize("title", [offline.SHEET, offline.VERSION, offline.CHECK])
def test_a_line_whose_marks_were_changed_is_refused(review, expert, title):
    first, second, _ = sheets_of(expert)
    review.fill(first, 60)
    book = down(review, expert).fill(first, 91)
    y = book.row_of(first)
    value = {offline.SHEET: f"S{second.pk}", offline.VERSION: "0", offline.CHECK: "0" * 8 + "-" + "0" * 20}[title]
    book.sheet.cell(y, book.columns[title]).value = value
    lines = offline.read(book.content(), by=expert.user)
    offline.save(lines, by=expert.user)
    line = next(one for one in lines if one.row == y)
    assert line.code == "bad_check" and line.lost
    assert set(Assignment.objects.get(pk=first.pk).scores.values_list("points", flat=True)) == {6000}


def test_another_wording_is_refused(review, expert):
    (first, *_) = sheets_of(expert)
    book = down(review, expert).fill(first, 91)
    book.sheet.cell(book.head, book.columns[book.first_criterion()]).value = "另一批次的评审项\n30%"
    line = up(book, expert)[first.pk]
    assert line.code == "other_wording" and review.criteria[0].label in line.sentence.replace("\n30%", "")


def test_the_same_sheet_twice_counts_once(review, expert):
    (first, *_) = sheets_of(expert)
    book = down(review, expert).fill(first, 91)
    y = book.sheet.max_row + 1
    for x in range(1, book.sheet.max_column + 1):
        book.sheet.cell(y, x).value = book.sheet.cell(book.row_of(first), x).value
    book.sheet.cell(y, book.columns[book.first_criterion()]).value = 12
    lines = offline.read(book.content(), by=expert.user)
    assert [line.code for line in lines if line.sheet == first] == ["", "line_twice"]
    offline.save(lines, by=expert.user)
    twice = next(line for line in lines if line.code == "line_twice")
    told = next(one for one in twice.compared if one.typed == "12")
    assert told.stored == "91"  # what the first of the two has just saved


@pytest.mark.parametrize("content", [b"", b"no workbook at all", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused_as_a_whole(expert, content):
    with pytest.raises(Refused):
        offline.read(content, by=expert.user)


def test_a_workbook_of_somebodys_own_is_refused_as_a_whole(review, expert):
    from documents import xlsx

    own = xlsx.write(xlsx.Sheet("表", [xlsx.Column("a", "项目", 40)], [{"a": "数据"}]))
    with pytest.raises(Refused) as refused:
        offline.read(own, by=expert.user)
    assert refused.value.code == "no_table"


def test_a_file_that_another_program_saved_reads_the_same(review, expert):
    """Other programs write whole numbers as floats, carriage returns into texts and drop or add empty rows."""
    (first, *_) = sheets_of(expert)
    book = down(review, expert).fill(first, 86.0, opinion="第一段\r\n第二段_x000D_\n第三段 ")
    book.sheet.cell(book.sheet.max_row + 40, 1).value = None
    book.sheet.protection.sheet = False
    book.sheet.insert_rows(1)
    found = up(book, expert)
    assert found[first.pk].verdict == "saved"
    first.refresh_from_db()
    assert first.opinion == "第一段\n第二段\n第三段"
    again = down(review, expert)
    assert set(verdicts(up(again, expert))) == {"unchanged"}


def test_reading_costs_the_same_for_one_and_many_lines(review, expert):
    content = down(review, expert).content()
    few = queries_of(lambda: offline.read(content, by=expert.user))
    for application in review.applications(9):
        review.seat(application, expert)
    content = down(review, expert).content()
    assert len(few) == len(queries_of(lambda: offline.read(content, by=expert.user))) <= 4


# ---- the page ----


def url(name: str, review) -> str:
    return reverse(f"admin:reviews_{name}", args=[review.task.pk])


def upload(client, review, content: bytes):
    return client.post(url("offline", review), {"file": SimpleUploadedFile("评分表.xlsx", content)})


def test_down_and_up_in_the_browser(review, expert, client):
    client.force_login(expert.user)
    assert "离线评分" in client.get(reverse("admin:reviews_todo")).content.decode()
    assert client.get(url("offline", review)).status_code == 200
    answer = client.get(url("offline_xlsx", review))
    assert answer.status_code == 200 and expert.number in answer["Content-Disposition"]
    first, second, _ = sheets_of(expert)
    book = Book(answer.content).fill(first, 88).fill(second, 120)
    text = upload(client, review, book.content()).content.decode()
    assert "已保存" in text and "超出范围" in text and "没有变化" in text
    assert "离线写的意见。" in text, "what was typed in the refused line is shown"
    assert set(first.scores.values_list("points", flat=True)) == {8800}


def test_no_file_and_a_broken_one_are_told(review, expert, client):
    client.force_login(expert.user)
    assert client.post(url("offline", review)).status_code == 422
    assert upload(client, review, b"nothing").status_code in (400, 409, 415, 422)


def test_strangers_get_neither_page_nor_verdict(review, expert, client):
    other = review.expert()
    for person in (other.user, review.olga, review.world.sven, review.world.alice):
        client.force_login(person)
        assert client.get(url("offline", review)).status_code in (302, 403, 404)
        assert client.get(url("offline_xlsx", review)).status_code in (302, 403, 404)
        assert upload(client, review, b"x").status_code == 403
