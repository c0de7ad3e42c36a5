from datetime import UTC, date, datetime

import pytest

from documents.text import day, moment, numeral, printable, spread, title_lines, width_of, year_number


def test_characters_that_no_paper_can_carry_are_left_out():
    assert printable("甲\x00乙\x0b丙\r\n丁\ud800\ufffe\u202e戊\t") == "甲乙丙\n丁戊\t"
    assert printable({"rows": [{"a": "x\x07"}], "n": 3, "t": ("y\x01",)}) == {"rows": [{"a": "x"}], "n": 3, "t": ["y"]}


@pytest.mark.parametrize(
    "number, words", [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (35, "三十五"), (99, "九十九")]
)
def test_numerals(number, words):
    assert numeral(number) == words


def test_dates_are_chinas():
    late = datetime(2025, 3, 5, 16, 42, tzinfo=UTC)
    assert (day(late), moment(late)) == ("2025年3月6日", "2025年3月6日 00:42")
    assert (day(date(2025, 3, 5)), day(None), moment(None)) == ("2025年3月5日", "", "")


def test_labels_are_spread_to_the_room_of_four():
    assert [spread(label) for label in ("版本", "校验码", "申报单位", "项目负责人", "名")] == [
        "版\u2002\u2002\u2002\u2002本",
        "校\u2002验\u2002码",
        "申报单位",
        "项目负责人",
        "名",
    ]


@pytest.mark.parametrize("typed", ["[2025]36号", "［2025］36号", "（2025）36号", "〔2025〕36号", "【2025】36号"])
def test_document_numbers_have_hexagonal_brackets(typed):
    assert year_number(f"江东工信高新函{typed}") == "江东工信高新函〔2025〕36号"


@pytest.mark.parametrize(
    "title, lines",
    [
        ("推荐项目汇总表", ["推荐项目汇总表"]),
        ("2025年未来产业创新任务揭榜挂帅拟入围单位名单公示", ["2025年未来产业创新任务揭榜挂帅", "拟入围单位名单公示"]),
        (
            "江东省工业和信息化厅关于推荐2025年未来产业创新任务揭榜挂帅项目的函",
            ["江东省工业和信息化厅关于推荐", "2025年未来产业创新任务揭榜挂帅项目的函"],
        ),
    ],
)
def test_titles_are_cut_where_a_word_ends(title, lines):
    assert title_lines(title) == lines
    assert "".join(title_lines(title)) == title


def test_no_title_line_is_too_long():
    for title in ("甲" * 57, "2025年" * 9, "A" * 50, "Nm³/h级碱性电解水制氢成套装备研制与工程应用揭榜挂帅任务"):
        assert "".join(title_lines(title)) == title
        assert max(map(width_of, title_lines(title))) <= 20


def test_widths():
    assert width_of("甲乙") == 2 and 0.5 < width_of("a") < 0.7
