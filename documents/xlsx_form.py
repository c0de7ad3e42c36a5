"""A workbook to be filled in away from the system: `documents.xlsx` writes the table, this opens the cells that people
may fill, closes all others, and lets the program that opens it check what is typed.

It also reads what came back: cell by cell as text, a formula never as its value.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zipfile import ZIP_DEFLATED

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from documents.xlsx import NO_DATE, SteadyArchive

PROMPT_MOST, CHOICES_MOST = 255, 255  # characters, limits of the file format
NOTE_WIDTH, NOTE_LINE = 420, 20  # pixels
MOST_ROWS, MOST_COLUMNS = 2000, 80
MOST_UNPACKED = 40 * 1024 * 1024  # bytes
SHUT, OPEN = PatternFill("solid", fgColor="FFF2F2F2"), PatternFill(fill_type=None)
"""Cells that stay as they are are grey, those to fill white."""


@dataclass(frozen=True)
class Field:
    """A column that people fill. `kind`: score (0 to 100, whole hundredths), text or choice; `note` stands at its head
    and, as far as there is room, beside the cell that is being filled."""

    title: str
    kind: str
    note: str = ""
    choices: Sequence[str] = ()
    longest: int = 0


def fillable(data: bytes, fields: Sequence[Field], *, hidden: Sequence[str] = (), tall: float = 0) -> bytes:
    """The workbook with its first sheet to be filled in: `fields` and `hidden` name columns by their titles.

    Rows are at least `tall` points high. Every sheet is protected, without a password: against slips, not against will.
    """
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book.worksheets:
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet = book.worksheets[0]
    head, columns = _head(sheet, [field.title for field in fields])
    last = sheet.max_row
    while last > head and not isinstance(sheet.cell(last, 1).value, int):
        last -= 1  # notes under the table
    for row in sheet.iter_rows(min_row=head + 1, max_row=last, max_col=len(columns)):
        for cell in row:
            cell.fill = SHUT
    for field in fields:
        _open(sheet, field, columns[field.title], head, last)
    for title in hidden:
        sheet.column_dimensions[get_column_letter(columns[title])].hidden = True
    for row in range(head + 1, last + 1):
        sheet.row_dimensions[row].height = max(tall, sheet.row_dimensions[row].height or 0)
    sheet.auto_filter.ref = None
    book.properties.created = book.properties.modified = NO_DATE.replace(tzinfo=None)
    buffer = io.BytesIO()
    ExcelWriter(book, SteadyArchive(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


def _head(sheet, titles: Sequence[str]) -> tuple[int, dict[str, int]]:
    """The row of the head and the columns by their titles."""
    for row in sheet.iter_rows(min_row=1, max_row=20):
        found = {str(cell.value): cell.column for cell in row if cell.value is not None}
        if set(titles) <= set(found):
            return row[0].row, found
    raise ValueError(f"no head with {titles}")


def _open(sheet, field: Field, column: int, head: int, last: int) -> None:
    letter = get_column_letter(column)
    if field.note:
        note = Comment(field.note, "评审系统", width=NOTE_WIDTH)
        note.height = NOTE_LINE * (2 + sum(1 + len(line) // 28 for line in field.note.split("\n")))
        sheet.cell(head, column).comment = note
    for row in range(head + 1, last + 1):
        cell = sheet.cell(row, column)
        cell.protection, cell.fill = Protection(locked=False), OPEN
        if field.kind == "text":
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        else:
            cell.alignment = Alignment(horizontal="center", vertical="center")
    if last > head:
        rule = _rule(field, f"{letter}{head + 1}")
        rule.add(f"{letter}{head + 1}:{letter}{last}")
        sheet.data_validations.append(rule)


def _rule(field: Field, first: str) -> DataValidation:
    named = {"allow_blank": True, "showErrorMessage": True, "errorTitle": field.title[:32].replace("\n", "")}
    if field.note:
        named |= {"showInputMessage": True, "prompt": field.note[:PROMPT_MOST]}
    if field.kind == "choice":
        words = ",".join(field.choices)
        if len(words) > CHOICES_MOST:
            raise ValueError(f"choices of {field.title!r} are too long for a list in a cell")
        return DataValidation(type="list", formula1=f'"{words}"', error="请从列出的选项中选择。", **named)
    if field.kind == "score":
        formula = f"AND(ISNUMBER({first}),{first}>=0,{first}<=100,ROUND({first},2)={first})"
        return DataValidation(type="custom", formula1=formula, error="请填写 0 至 100，最多两位小数。", **named)
    sentence = f"最多 {field.longest} 字。"
    return DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(field.longest), error=sentence, **named
    )


# ---- what came back ----


@dataclass(frozen=True)
class Cell:
    """A cell as text: numbers without a superfluous .0, dates as they stand.

    `problem`: formula, percent, date, error or '': what makes its text something else than a person typed as such.
    """

    place: str
    text: str = ""
    problem: str = ""


class NoTable(Exception):
    """The workbook holds no sheet with this head, or cannot be read: the sentence says which."""


def read(data: bytes, titles: Sequence[str]) -> tuple[list[str], Iterator[tuple[int, list[Cell]]]]:
    """The head that has all of `titles`, wherever it stands, and the rows under it with their numbers in the file.

    The file has passed `jbgs.lib.uploads.sniff`. `NoTable` when no sheet has such a head.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(info.file_size for info in archive.infolist()) > MOST_UNPACKED:
                raise NoTable("文件展开后过大，不能读取。")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS))
            for place, row in enumerate(rows[:20]):
                words = [_text(cell) for cell in row]
                if set(titles) <= set(words):
                    return words, _body(rows[place + 1 :], place + 2)
    except NoTable:
        raise
    except Exception as error:  # openpyxl raises whatever a broken part makes it stumble over
        raise NoTable("文件已损坏，或不是系统下载的评分表。") from error
    raise NoTable("文件中没有系统下载的评分表：找不到表头。请用下载的表填写，不要另建表格。")


def _body(rows: list, first: int) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(rows, first):
        yield number, [_cell(cell, x, number) for x, cell in enumerate(row, 1)]


def _text(cell) -> str:
    return str(cell.value).strip() if cell.value is not None else ""


def _cell(cell, x: int, y: int) -> Cell:
    place, value = f"{get_column_letter(x)}{y}", cell.value
    if value is None:
        return Cell(place)
    if cell.data_type == "f":
        return Cell(place, str(getattr(value, "text", value)), "formula")
    if cell.data_type == "e":
        return Cell(place, str(value), "error")
    if isinstance(value, datetime | date | time):
        return Cell(place, str(value), "date")
    if isinstance(value, bool):
        return Cell(place, str(value).upper(), "error")
    if isinstance(value, float | int):
        text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
        return Cell(place, text, "percent" if "%" in (cell.number_format or "") else "")
    return Cell(place, str(value).replace("_x000D_", "").replace("\r\n", "\n").strip())
