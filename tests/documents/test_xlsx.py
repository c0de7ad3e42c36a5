"""What stands in a workbook is what was meant: types, text that stays text, a page that prints."""

import io
import time
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from documents.sheets import Column, Mark, Sheet
from documents.xlsx import write
from tests.documents import tables


def read(*sheets, **options):
    book = load_workbook(io.BytesIO(write(sheets, **options)))
    return book.worksheets[0] if len(sheets) == 1 else book


def one_column(kind, *values, **options):
    """The body cells of a table of one column."""
    ws = read(Sheet("表", [Column("v", "值", 40, kind)], [{"v": value} for value in values], **options))
    return [ws.cell(y, 1) for y in range(2, 2 + len(values))]


@pytest.mark.parametrize("typed", ["=1+1", "+86", "-40℃冷启动", "@附件另报", '=HYPERLINK("http://x","y")', "＝1"])
def test_text_stays_text(typed):
    (cell,) = one_column("text", typed)
    assert (cell.value, cell.data_type, cell.number_format) == (typed, "s", "@")
    assert cell.quotePrefix is (typed[0] in "=+-@")


def test_no_formula_in_any_cell_of_the_file():
    data = write(
        Sheet("=1", [Column("v", "=2", 40)], [{"v": "=3"}], heading="=4", notes=["=5"], left="=6", signers=["=7"])
    )
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        xml = box.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml and b"<f " not in xml and xml.count(b"inlineStr") == 6


def test_codes_are_text_whatever_comes():
    cells = one_column("code", "007", 9003, "91990000MAFAKE0194", Decimal("12"), "13800000001")
    assert [cell.value for cell in cells] == ["007", "9003", "91990000MAFAKE0194", "12", "13800000001"]
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}


@pytest.mark.parametrize(
    "kind, value, back, form",
    [
        ("int", 12, 12, "0"),
        ("score", Decimal("86.25"), 86.25, "0.00"),
        ("money", Decimal("12000.50"), 12000.5, "#,##0.00"),
        ("percent", Decimal("0.0833"), 0.0833, "0.00%"),
        ("date", date(2025, 3, 5), datetime(2025, 3, 5), 'yyyy"年"m"月"d"日"'),
        ("date", datetime(2025, 3, 5, 17, 0, tzinfo=UTC), datetime(2025, 3, 6), 'yyyy"年"m"月"d"日"'),
        ("moment", datetime(2025, 3, 5, 8, 42, tzinfo=UTC), datetime(2025, 3, 5, 16, 42), "yyyy-mm-dd hh:mm"),
        ("int", "回避", "回避", "@"),
        ("short", True, "是", "@"),
        ("money", float("nan"), "nan", "@"),
        ("date", date(1899, 1, 2), "1899年1月2日", "@"),
        ("text", None, None, "@"),
        ("money", "", None, "#,##0.00"),
    ],
)
def test_values_keep_their_type(kind, value, back, form):
    (cell,) = one_column(kind, value)
    assert (cell.value, cell.number_format) == (back, form)


def test_what_xml_cannot_hold_is_left_out_and_line_ends_are_kept():
    (cell,) = one_column("text", "甲\x00\x0b乙\r\n丙\ud800\ufffe")
    assert cell.value == "甲乙\n丙"


def test_a_text_that_does_not_fit_is_cut_where_people_see_it():
    (cell,) = one_column("text", "长" * 40_000)
    assert len(cell.value) == 32_767 and cell.value.endswith("……（超出单元格容量，以下从略）")


def test_serial_numbers_count_the_rows_and_not_the_bands():
    ws = read(tables.winners())
    column = [ws.cell(y, 1).value for y in range(4, 14)]
    assert column == ["量子科技", 1, 2, "原子级制造", 3, "清洁氢", 4, 5, 6, None]
    assert ws["A4"].alignment.horizontal == "left" and "A4:G4" in map(str, ws.merged_cells.ranges)


def test_the_summary_table_is_ready_to_print():
    ws = read(tables.summary())
    assert ws.title == "推荐项目汇总表"
    assert [ws["A1"].value, ws["A2"].value] == ["附件3", "2024年度省科技重大专项推荐项目汇总表"]
    assert {"A1:J1", "A2:J2"} <= set(map(str, ws.merged_cells.ranges))
    assert ws.print_title_rows == "$4:$4" and ws.freeze_panes == "E5" and ws.auto_filter.ref == "A4:J10"
    assert (ws.page_setup.orientation, ws.page_setup.paperSize) == ("landscape", 9)
    assert 78 <= ws.page_setup.scale <= 100 and not ws.sheet_view.showGridLines
    assert ws.oddFooter.left.text.startswith("名单号 JD2024-TJ-0301-V1")
    assert ws.oddFooter.right.text == "第 &P 页 共 &N 页"
    assert ws.parent._named_styles["Normal"].font.name == "宋体"
    assert ws.row_dimensions[5].height > 24 and ws.column_dimensions["D"].width == pytest.approx(21.6, abs=0.5)
    assert ws["J8"].value == "=3+2（企业3家、高校院所2家）" and ws["J8"].data_type == "s"
    assert ws["C5"].value == "9003" and ws["A5"].value == 1
    assert (ws["A4"].border.left.style, ws["A4"].border.top.style, ws["B5"].border.left.style) == (
        "medium",
        "medium",
        "thin",
    )
    assert (ws["A10"].border.bottom.style, ws["J10"].border.right.style) == ("medium", "medium")
    assert [str(v.sqref) for v in ws.data_validations.dataValidation] == ["I5:I10"]


def test_the_ranking_shows_dropped_scores_flags_and_the_line():
    ws = read(tables.ranking())
    assert ws["E3"].value == "专家评分" and "E3:I3" in map(str, ws.merged_cells.ranges)
    assert "A3:A4" in map(str, ws.merged_cells.ranges) and ws["E4"].value == "1"
    assert ws.print_title_rows == "$3:$4"
    assert ws["G5"].font.strike and ws["I5"].font.strike and not ws["E5"].font.strike
    assert ws["J5"].font.bold and ws["J5"].value == pytest.approx(89.6667, abs=1e-3)
    assert ws["K8"].fill.fgColor.rgb.endswith("FFF2CC")
    assert ws["A7"].border.bottom.style == "thick" and ws["A6"].border.bottom.style == "thin"
    assert ws["G9"].value == "回避" and ws["G9"].data_type == "s"


def test_totals_close_the_table_outside_the_filter():
    ws = read(tables.winners())
    assert ws["E13"].value == 25924.5 and ws["B13"].value == "合　计"
    assert ws.auto_filter.ref == "A3:G12"


def test_an_empty_table_has_its_head():
    ws = read(Sheet("空表", [Column("a", "甲", 30), Column("b", "乙", 30)], []))
    assert [ws["A1"].value, ws["B1"].value, ws.max_row] == ["甲", "乙", 1]


def test_tab_names_are_allowed_and_used_once():
    columns, long = [Column("a", "甲", 30)], "H-2-01 大功率碱水电解制氢成套装备研制与工程应用和示范项目"
    book = read(
        Sheet("a/b:[c]*?", columns, []), Sheet(long, columns, []), Sheet(long, columns, []), Sheet("'", columns, [])
    )
    assert book.sheetnames[0] == "a b  c" and book.sheetnames[3] == "表"
    assert len(set(book.sheetnames)) == 4 and all(len(name) <= 31 for name in book.sheetnames)


def test_a_table_too_wide_for_a4_goes_on_a3():
    ws = read(Sheet("宽表", [Column(f"c{i}", "列", 30) for i in range(13)], []))
    assert ws.page_setup.paperSize == 8


def test_the_same_sheets_give_the_same_bytes():
    first = write(tables.summary())
    time.sleep(0.01)
    assert write(tables.summary()) == first
    stamped = write(tables.summary(), made_at=datetime(2025, 3, 5, 8, 42, tzinfo=UTC))
    assert stamped != first
    assert load_workbook(io.BytesIO(stamped)).properties.created == datetime(2025, 3, 5, 8, 42)


def test_a_path_is_written(tmp_path):
    assert write(tables.summary(), tmp_path / "表.xlsx") is None
    assert load_workbook(tmp_path / "表.xlsx").sheetnames == ["推荐项目汇总表"]


def test_rows_are_read_once_and_may_be_a_generator():
    reads = []

    def rows():
        for number in range(3):
            reads.append(number)
            yield {"v": number}

    ws = read(Sheet("表", [Column("v", "值", 30, "int")], rows()))
    assert [ws.cell(y, 1).value for y in (2, 3, 4)] == [0, 1, 2] and reads == [0, 1, 2]


def test_values_are_found_by_path_key_attribute_or_function():
    class Unit:
        name = "东溟理工大学"

        def get_type_display(self):
            return "高校"

    row = {"unit": Unit(), "none": None}
    assert Column("x", "", 20, value="unit.name").of(row) == "东溟理工大学"
    assert Column("x", "", 20, value="unit.get_type_display").of(row) == "高校"
    assert Column("x", "", 20, value="none.name").of(row) is None
    assert Column("x", "", 20, value=lambda r: len(r)).of(row) == 2
    with pytest.raises(AttributeError):
        Column("x", "", 20, value="unit.nmae").of(row)
    with pytest.raises(ValueError, match="moneyy"):
        Column("x", "", 20, "moneyy")
    with pytest.raises(ValueError, match="blink"):
        Mark(1, "blink")


def test_five_thousand_rows_take_seconds():
    sheet = tables.summary(834)
    assert len(sheet.rows) > 5000
    start = time.process_time()
    data = write(sheet)
    assert time.process_time() - start < 8, "about 1 s on an idle core"
    assert len(data) < 2_000_000


def test_rows_are_streamed():
    def peak(times):
        sheet = tables.summary(times)
        tracemalloc.start()
        write(sheet)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used / 1024 / 1024

    few, many = peak(20), peak(200)
    assert many - few < 4, f"{few:.1f} MB for 120 rows, {many:.1f} MB for 1,200"
