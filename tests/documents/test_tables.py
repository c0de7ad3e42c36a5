"""The same sheet on paper: the page that is wide enough, the same words as in the workbook."""

import io

import pypdf
import pytest

from documents import pdf, tables
from documents.sheets import Column, Sheet
from tests.documents import tables as samples


def pages_of(sheet, *, draft=False, **more):
    data = pdf.render(tables.TEMPLATE, tables.paper(sheet, **more), draft=draft)
    assert pdf.strange_faces(data) == set()
    return list(pypdf.PdfReader(io.BytesIO(data)).pages)


def millimetres(page):
    return round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4)


@pytest.mark.parametrize(
    "widths, page",
    [((60, 60), (210, 297)), ((60, 60, 60, 60), (297, 210)), ((60,) * 6, (420, 297)), ((60,) * 9, (420, 297))],
)
def test_the_page_is_the_smallest_that_holds_the_columns(widths, page):
    sheet = Sheet("表", [Column(f"c{i}", "列", width, "short") for i, width in enumerate(widths)], [])
    assert millimetres(pages_of(sheet)[0]) == page


def test_the_columns_fill_the_page_exactly():
    for sheet in (samples.summary(), samples.ranking(), samples.winners()):
        context = tables.paper(sheet)
        assert sum(map(float, context["widths"])) == pytest.approx(257, abs=0.1)
        assert context["page_class"] == "wide"


def test_the_head_is_repeated_and_every_row_is_there():
    pages = [page.extract_text() for page in pages_of(samples.summary(8))]
    assert len(pages) >= 3
    assert all("项目受理号" in text and "名单号 JD2024-TJ-0301-V1" in text for text in pages)
    assert [f"第 {i} 页 共 {len(pages)} 页" in text for i, text in enumerate(pages, 1)] == [True] * len(pages)
    assert "".join(pages).count("BG2024-") == 48
    assert "=3+2" in pages[0] and "附件3" in pages[0] and "注：1．" in pages[-1]


def test_the_words_are_those_of_the_workbook():
    text = pages_of(samples.winners())[0].extract_text()
    for word in ("量子科技", "1,234.50", "8.33%", "2027年10月12日", "单位：万元"):
        assert word in text
    ranking = pages_of(samples.ranking())[0].extract_text()
    assert "89.67" in ranking and "回避" in ranking and "监督人员（签字）" in ranking and "专家评分" in ranking


def test_a_draft_says_so_on_each_page_and_has_no_code():
    pages = [page.extract_text() for page in pages_of(samples.summary(4), draft=True, version="草稿，不得用于报送")]
    assert all("草稿，不得用于报送" in text for text in pages)


@pytest.mark.parametrize(
    "value, kind, words",
    [
        ("0.005", "text", "0.005"),
        (1234567.891, "money", "1,234,567.89"),
        (0.12345, "percent", "12.35%"),
        (2.675, "score", "2.68"),
        (True, "short", "是"),
    ],
)
def test_numbers_are_rounded_as_people_round(value, kind, words):
    assert tables.shown(value, kind) == words
