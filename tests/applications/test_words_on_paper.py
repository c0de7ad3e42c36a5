"""Tables, letters and papers speak each call's words and print only what the call has."""

import copy
from pathlib import Path

import pytest
from django.template import Context, Template

from applications import letters, papers, summary_table
from programmes.loader import read_document
from programmes.parse import parse_document
from tests.documents import samples

FIXTURES = Path(__file__).parents[2] / "fixtures/programmes"
LISTED = [
    {"field": "甲", "task": "乙", "title": "丙", "unit": "丁", "partners": "戊", "department": "己", "number": "1"}
]


def spec_of(slug):
    return parse_document(read_document(FIXTURES / f"{slug}.yaml"))


def headings(slug) -> list[str]:
    return [column.title for column in summary_table.sheet_columns(spec_of(slug))]


def test_the_table_of_the_province_has_its_ten_columns_and_notes():
    assert headings("jiangsu-2024") == [
        "序号", "项目受理号", "指南编号", "项目名称", "申报单位", "申报单位类型", "所在县（市、区）", "联合攻关单位",
        "申报材料签字、盖章、日期、附件等内容是否已审核", "备注",
    ]  # fmt: skip
    notes = summary_table.notes_of(spec_of("jiangsu-2024"))
    assert len(notes) == 3 and "项目主管部门填报" in notes[0] and "证书编号" in notes[1] and "联合攻关方向" in notes[2]


def test_the_usual_table_speaks_the_calls_words():
    assert headings("miit-2025")[2:5] == ["揭榜任务编号", "项目名称", "牵头单位"]
    assert "揭榜任务内按推荐次序排列" in summary_table.notes_of(spec_of("miit-2025"))[0]


@pytest.mark.parametrize("slug", ["pv-2024", "sme-2024", "nsfc", "most-2024", "jiangsu-2024"])
def test_no_other_call_prints_the_words_of_the_first(slug):
    spec = spec_of(slug)
    words = letters.Words.of(spec)
    letter = letters.recommendation_letter(
        office="甲厅", letter_no="", addressee="乙部", call_title=spec.title, document_no="", rows=LISTED,
        signed_on=None, words=words,
    )  # fmt: skip
    notice = letters.list_notice(
        call_title=spec.title, name="名单", office="乙部", signed_on=None, rows=LISTED, words=words
    )  # fmt: skip
    said = " ".join([str(letter), str(notice), *headings(slug), *summary_table.notes_of(spec)])
    for word in ("揭榜任务", "榜单任务", "联合参与单位", "任务内"):
        assert word not in said, word


def test_a_call_without_a_task_list_prints_none():
    spec = spec_of("pv-2024")
    words = letters.Words.of(spec)
    assert (words.tasks, words.partners, words.ranked) == (False, False, False)
    notice = letters.list_notice(call_title="甲", name="名单", office="乙", signed_on=None, rows=LISTED, words=words)
    assert [column["key"] for column in notice["columns"]] == ["serial", "title", "unit", "department"]
    assert "行政区划" in notice["order"] and not notice["with_tasks"]
    assert sum(float(column["mm"]) for column in notice["columns"]) == pytest.approx(letters.ANNEX, abs=1)


def test_without_a_team_nobody_but_the_unit_signs_and_without_indicators_no_part_of_them():
    content = samples.content()
    pledge = [one for one in papers.application_paper(content, draft=True)["sections"] if one["type"] == "pledge"]
    assert pledge[0]["alone"]
    bare = copy.deepcopy(content)
    bare["form"] = [one for one in bare["form"] if one["type"] != "team"]
    bare["indicators"] = []
    sections = papers.application_paper(bare, draft=True)["sections"]
    assert not next(one for one in sections if one["type"] == "pledge")["alone"]
    assert "commitments" not in [one["type"] for one in sections]


def test_the_cover_speaks_the_calls_words():
    label = spec_of("nsfc").label
    paper = papers.application_paper(samples.content(), draft=True, label=label)
    facts = [word for word, _ in paper["cover"]]
    assert "资助方向" in facts and "依托单位" in facts and "榜单任务" not in facts
    assert paper["head"].endswith("申请书") and "项目申报书" not in paper["head"]


def test_who_else_leads_a_direction_stands_once_and_the_lead_not():
    column = next(one for one in summary_table.columns_of(spec_of("jiangsu-2024")) if one.code == "direction_units")
    rows = [{"unit": "牵头"}, {"unit": "甲院"}, {"unit": " 甲院 "}, {"unit": ""}, {"unit": "乙校"}, None]
    assert summary_table._others(rows, column, "牵头") == "甲院、乙校"
    assert summary_table._others(None, column, "牵头") == "" and summary_table._others(rows, None, "牵头") == ""


def test_a_screen_speaks_the_calls_word_and_the_default_where_it_shows_many():
    class Call:
        spec = spec_of("pv-2024")

    page = Template('{% load house %}{{ call|word:"lead" }} {{ call|word:"shortlisted" }}')
    assert page.render(Context({"call": Call()})) == "申报企业 列入公告"
    assert page.render(Context({})) == "牵头单位 入围"
