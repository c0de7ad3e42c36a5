"""The application on paper: what stands on each page, and that no input can break it."""

import io
from datetime import UTC, datetime

import pypdf
import pytest

from applications import papers
from documents import pdf
from tests.documents import samples

FINAL = {
    "number": "2025-H2-01-0017",
    "version": 3,
    "code": "9F3A-71C2-B84E",
    "sha256": "9f3a71c2b84e" + "0" * 52,
    "submitted_at": datetime(2025, 3, 5, 8, 42, tzinfo=UTC),
}


def render(content, *, draft=False, **changes):
    context = papers.application_paper(content, draft=draft, **(FINAL | changes))
    return pdf.render(papers.TEMPLATE, context, draft=draft)


def pages_of(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


@pytest.fixture(scope="module")
def final():
    data = render(samples.content())
    return data, pages_of(data)


@pytest.fixture(scope="module")
def draft():
    return pages_of(render(samples.content(), draft=True))


def test_each_page_of_a_final_has_number_version_code_hash_and_page(final):
    _, pages = final
    for position, text in enumerate(pages, 1):
        assert "2025-H2-01-0017　第3版　校验码 9F3A-71C2-B84E" in text
        assert FINAL["sha256"] in text
        assert f"第 {position} 页 共 {len(pages)} 页" in text
        assert "草稿" not in text


def test_each_page_of_a_draft_says_so_and_has_no_code(draft):
    for position, text in enumerate(draft, 1):
        assert "草稿（未提交），不得用于报送" in text
        assert f"第 {position} 页 共 {len(draft)} 页" in text
        assert "9F3A" not in text and "SHA-256 9f" not in text


def test_the_code_is_on_every_page_of_a_final_only():
    content = samples.content()
    final = papers.application_paper(content, draft=False, **FINAL)
    assert "<svg" in final["qr"]
    assert "qr" not in papers.application_paper(content, draft=True, **FINAL)


def test_everything_typed_is_there(final):
    text = "\n".join(final[1]).replace("\n", "")
    for word in (
        "大功率碱水电解制氢成套装备（重点产品）",
        "江东省工业和信息化厅",
        "91990000MAFAKE0194",
        "2016年4月18日",
        "阿依努尔·买买提",
        "欧阳䶮旭",
        "沧澜绿电（集团）有限公司",
        "12,000.00",
        "91.67%",
        "≥ 3000 Nm³/h",
        "30—120%",
        "=SUM(A1:A3)",
        "<b>标记</b>不是标记",
        "在申报系统确认本承诺",
        "法定代表人（签字）",
        "2025年3月5日 16:42 提交",
    ):
        assert word in text, word


def test_identity_numbers_are_not_printed(final):
    assert "330" not in "".join(final[1]).replace("3300", "")


def test_no_box_and_no_silent_substitute(final):
    data, _ = final
    assert pdf.strange_faces(data) == set()


def test_the_same_version_gives_the_same_bytes(final):
    assert render(samples.content()) == final[0]


def test_an_empty_draft_prints():
    content = samples.content()
    content |= {
        "sections": {},
        "commitments": {},
        "attachments": [],
        "title": "",
        "number": "",
        "department": {"name": ""},
    }
    content["pledge"] = {"signer": "", "text": "", "signed_at": ""}
    text = "\n".join(pages_of(render(content, draft=True, number="", submitted_at=None)))
    assert "提交后生成" in text and "无联合单位" in text and "无附件" in text


def test_what_is_no_number_is_printed_as_it_was_typed():
    content = samples.content()
    content["sections"]["budget"]["sources"][0]["amount"] = "约三百万"
    content["sections"]["team"]["rows"][0]["months"] = "一年"
    content["commitments"]["i2"] = {"value": "三千二", "proof": "", "note": ""}
    text = "\n".join(pages_of(render(content, draft=True)))
    assert "约三百万" in text and "一年" in text and "三千二" in text


def test_the_longest_texts_stay_on_their_pages():
    """2,000 characters in a narrow column would make a row higher than the page: they get a line of their own."""
    content = samples.content()
    long = "长" * 1990 + "末尾的字。"
    content["commitments"]["i6"] = {"text": long, "proof": "报告" * 100, "note": long}
    content["sections"]["partners"]["rows"][0]["duty"] = long
    for row in content["sections"]["targets"]["rows"].values():
        row["value"] = "成效" * 240 + "完。"
    content["sections"]["questions"]["answers"]["route"] = "A" * 3000
    pages = pages_of(render(content))
    text = "".join(pages).replace("\n", "")
    assert text.count("末尾的字。") == 3 and text.count("完。") >= 10
    assert all("9F3A-71C2-B84E" in page for page in pages)


def test_sixty_members_and_their_sum():
    content = samples.content()
    rows = content["sections"]["team"]["rows"]
    content["sections"]["team"]["rows"] = [dict(rows[i % len(rows)], months=2) for i in range(60)]
    pages = pages_of(render(content))
    team = [page for page in pages if "工作单位" in page]
    assert len(team) >= 3, "the head is repeated"
    assert any("合　计（60 人）" in page and "120" in page for page in team)


def test_amounts_sum_exactly():
    content = samples.content()
    content["sections"]["budget"] = {
        "sources": [
            {"source": "own", "year": 2025, "amount": "0.10"},
            {"source": "own", "year": 2026, "amount": "0.20"},
        ],
        "items": [{"item": "equipment", "amount": "0.29"}],
    }
    section = papers.application_paper(content, draft=True)["sections"][4]
    assert (section["whole"], section["spent"], section["gap"]) == ("0.30", "0.29", "0.01")


def test_control_characters_and_direction_marks_are_left_out():
    content = samples.content()
    content["title"] = "项目\x00名\x0b称\u202e"
    context = papers.application_paper(content, draft=True)
    assert ("项目名称", "项目名称") in context["cover"]
