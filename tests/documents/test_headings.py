"""Headings end their lines behind a word and never inside a bracket, on papers and on tables."""

from documents import tables
from documents.sheets import Column, Sheet
from documents.text import title_lines


def test_a_line_never_ends_inside_a_bracket():
    title = "光伏制造行业规范公告（2024年本）拟公告企业名单公示"
    assert title_lines(title) == ["光伏制造行业规范公告", "（2024年本）拟公告企业名单公示"]
    letter = "虚构推荐单位第1号关于转报光伏制造行业规范公告（2024年本）申报企业的函"
    assert all(line.count("（") == line.count("）") for line in title_lines(letter))


def test_a_bracket_longer_than_a_line_still_ends_somewhere():
    assert "".join(title_lines("名单（" + "甲" * 60 + "）")) == "名单（" + "甲" * 60 + "）"


def test_the_heading_of_a_table_ends_its_lines_where_the_page_does():
    heading = "“战略性科技创新合作”重点专项2024年度联合研发与示范推荐项目汇总表"
    columns = [Column("a", "甲", 120, value=str), Column("b", "乙", 120, value=str)]
    lines = tables.paper(Sheet("表", columns, [], heading=heading))["heading"]
    assert len(lines) == 2 and "".join(lines) == heading and min(map(len, lines)) > 4
    assert tables.paper(Sheet("表", columns, [], heading="短标题"))["heading"] == ["短标题"]
    assert tables.paper(Sheet("表", columns, []))["heading"] == []
