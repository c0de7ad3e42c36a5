"""Tables as workbooks. The only file that writes with openpyxl.

Everything is streamed (write-only mode), so 5,000 rows need no more memory than 50, and a table of ten rows looks as it
does in print: merged title, computed row heights, head repeated on each page, one page wide. What somebody typed is
text and stays text: a leading = + - @ never becomes a formula, a code never a number. The same sheets give the same
bytes: time stamps stand still.
"""

import io
import math
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.utils import get_column_letter
from openpyxl.workbook.properties import CalcProperties
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.writer.excel import ExcelWriter

from documents.sheets import TEXT_KINDS, Column, Line, Mark, Sheet, plain
from documents.text import width_of
from documents.xlsx_styles import Styles, name_normal_style

__all__ = ["Column", "Mark", "Sheet", "write"]

NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
CELL_MOST = 32_767  # characters of a cell in the file format
CHOICES_MOST = 255  # characters of a list of choices; a longer one would make the file unreadable for Excel
CUT_WORDS = "……（超出单元格容量，以下从略）"
LINE, HIGHEST = 14, 409  # points: a line of 10.5 pt, the highest row
PIXEL = 25.4 / 96  # millimetres
PAPERS = {"9": (1009, 499), "8": (1474, 736)}  # A4, A3 landscape: printable width in pixels, height in points
SMALLEST = 78  # per cent: below it 10.5 pt is under 8.2 pt on paper


def write(sheets: Sheet | Iterable[Sheet], target=None, *, made_at: datetime | None = None) -> bytes | None:
    """Write the sheets as one .xlsx to `target` (a path or a binary file); without one the bytes are returned.

    `made_at` (aware) is shown in the file's properties; without it they say the year 2000, never the machine's time.
    """
    book = Workbook(write_only=True)
    name_normal_style(book)
    book.calculation = CalcProperties(fullCalcOnLoad=False)
    stamp = (made_at or NO_DATE).astimezone(UTC).replace(tzinfo=None)
    book.properties = DocumentProperties(creator="揭榜挂帅申报系统", created=stamp, modified=stamp)
    names: set[str] = set()
    for sheet in [sheets] if isinstance(sheets, Sheet) else sheets:
        _Writer(book, sheet, names).write()
    buffer = io.BytesIO() if target is None else target
    ExcelWriter(book, SteadyArchive(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue() if target is None else None


class SteadyArchive(ZipFile):
    """A zip whose members all carry the same time, so that equal content gives equal bytes."""

    def writestr(self, name, data, *args, **kwargs):
        super().writestr(self._info(name), data)

    def write(self, filename, arcname=None, *args, **kwargs):
        with open(filename, "rb") as source, self.open(self._info(arcname), "w") as member:
            while piece := source.read(1024 * 1024):
                member.write(piece)

    def _info(self, name) -> ZipInfo:
        info = ZipInfo(str(name), date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = self.compression
        info.external_attr = 0o600 << 16
        return info


class _Writer:
    """Writes one sheet from its top to its end; each row's height is set before the row is appended."""

    def __init__(self, book: Workbook, sheet: Sheet, names: set[str]):
        self.sheet, self.columns = sheet, list(sheet.columns)
        self.last = len(self.columns)
        self.ws = book.create_sheet(_tab_name(sheet.title, names))
        self.styles = Styles(self.ws)
        self.units = [_units(column.width) for column in self.columns]
        self.heights: list[float] = []

    def write(self) -> None:
        self._screen()
        self._over_the_table()
        first_head = len(self.heights) + 1
        self._head()
        last_head = len(self.heights)
        filtered = self._body()
        bottom = len(self.heights)
        self._under_the_table()
        self._choices(last_head + 1, filtered)
        self.ws.auto_filter.ref = f"A{last_head}:{get_column_letter(self.last)}{max(last_head, filtered)}"
        self._print(first_head, last_head, bottom)

    # ---- rows, from top to bottom ----

    def _append(self, cells: Sequence, height: float) -> int:
        y = len(self.heights) + 1
        self.heights.append(min(HIGHEST, height))
        self.ws.row_dimensions[y].height = self.heights[-1]
        self.ws.append(cells)
        return y

    def _merged(self, text: str, style: str, height: float, first: int = 1, last: int = 0) -> None:
        """One text over the columns `first` to `last` of a row of its own."""
        last = last or self.last
        y = self._append([*[None] * (first - 1), self._cell(text, style)], height)
        self._merge(y, first, y, last)

    def _merge(self, top: int, left: int, bottom: int, right: int) -> None:
        if (top, left) != (bottom, right):
            self.ws.merged_cells.add(f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}")

    def _over_the_table(self) -> None:
        sheet, whole = self.sheet, sum(self.units)
        if sheet.annex:
            self._merged(sheet.annex, "annex", 24)
        if sheet.heading:
            lines = sum(max(1, math.ceil(width_of(part) * 3.4 / whole)) for part in sheet.heading.split("\n"))
            self._merged(sheet.heading, "heading", 10 + 28 * lines)
        if sheet.left or sheet.right:
            middle = self._middle() if sheet.left and sheet.right else (self.last if sheet.left else 0)
            cells: list = [None] * self.last
            if sheet.left:
                cells[0] = self._cell(sheet.left, "line")
            if sheet.right:
                cells[middle if middle < self.last else 0] = self._cell(sheet.right, "line_right")
            y = self._append(cells, 24)
            if middle:
                self._merge(y, 1, y, middle)
            if middle < self.last:
                self._merge(y, middle + 1, y, self.last)
        if sheet.unit:
            self._merged(sheet.unit, "unit", 16)

    def _middle(self) -> int:
        """The column after which the left and the right line over the table part, by the length of their texts."""
        share = width_of(self.sheet.left) / ((width_of(self.sheet.left) + width_of(self.sheet.right)) or 1)
        reach, goal = 0.0, sum(self.units) * min(0.75, max(0.25, share))
        for x, units in enumerate(self.units, 1):
            reach += units
            if reach >= goal:
                return min(x, self.last - 1)
        return max(1, self.last - 1)

    def _head(self) -> None:
        if self.sheet.has_groups:
            cells, x = [], 1
            y = len(self.heights) + 1
            for group, count in self.sheet.head_groups():
                text = group or self.columns[x - 1].title
                cells += [self._cell(text if i == 0 else None, "head", x + i, top=True) for i in range(count)]
                self._merge(y, x, y if group else y + 1, x + count - 1)
                x += count
            self._append(cells, 24)
        height = LINE * max(_lines(c.title, u + 1) for c, u in zip(self.columns, self.units, strict=True)) + 10
        top = not self.sheet.has_groups
        cells = [
            self._cell(c.title if top or c.group else None, "head", x, top=top) for x, c in enumerate(self.columns, 1)
        ]
        self._append(cells, height)

    def _body(self) -> int:
        """All lines; the last closes the frame, so each waits for the next. Returns the last filtered row."""
        filtered, waiting = len(self.heights), None
        for line in self.sheet.lines():
            if waiting is not None:
                filtered = self._line(waiting, filtered)
            waiting = line
        return self._line(waiting, filtered, bottom=True) if waiting is not None else filtered

    def _line(self, line: Line, filtered: int, bottom: bool = False) -> int:
        if line.band:
            cells = [
                self._cell(line.band if x == 1 else None, "band", x, bottom=bottom) for x in range(1, self.last + 1)
            ]
            y = self._append(cells, 24)
            self._merge(y, 1, y, self.last)
            return y
        cells, height = [], 24.0
        for x, (column, units, value) in enumerate(zip(self.columns, self.units, line.values, strict=True), 1):
            mark, value = (value.style, value.value) if isinstance(value, Mark) else ("", value)
            value = plain(value, column.kind)
            style = _style(column.kind, value)
            if line.is_total:
                mark = "total"
            cells.append(self._cell(value, style, x, bottom=bottom, cut=line.cut, mark=mark))
            if isinstance(value, str) and column.kind != "code":
                height = max(height, LINE * _lines(value, units) + 6)
        y = self._append(cells, height)
        return filtered if line.is_total else y

    def _under_the_table(self) -> None:
        room = sum(self.units) * 1.17  # notes are 9 pt
        notes = list(self.sheet.notes)
        for position, note in enumerate(notes, 1):
            text = _numbered(note, position, len(notes))
            self._merged(text, "note", 13 * _lines(text, room) + 4)
        if self.sheet.signers:
            self._append([], 10)
            text = "\n\n".join(f"{who}：" for who in self.sheet.signers)
            text += ("\n\n\n" if len(self.sheet.signers) == 1 else "\n\n") + "　　　　　年　　月　　日"
            self._merged(text, "signers", 17 * (text.count("\n") + 1) + 8, first=self._seal_column())

    def _seal_column(self) -> int:
        """The first of the last columns that together are about 75 mm wide."""
        room = 0.0
        for x in range(self.last, 0, -1):
            room += self.columns[x - 1].width
            if room >= 75:
                return x
        return 1

    def _cell(self, value: Any, style: str, x: int = 0, **edges) -> WriteOnlyCell:
        """A cell with its value, type and style; `x` > 0 stands inside the frame."""
        if not isinstance(value, str):
            cell = WriteOnlyCell(self.ws, value)
            cell._style = self.styles.get(style, x, self.last, **edges)
            return cell
        if len(value) > CELL_MOST:
            value = value[: CELL_MOST - len(CUT_WORDS)] + CUT_WORDS
        cell = WriteOnlyCell(self.ws, value)
        cell.data_type = "s"  # openpyxl took a leading = for a formula
        # The quote prefix keeps it text when somebody edits the cell.
        cell._style = self.styles.get(style, x, self.last, quoted=value[:1] in "=+-@", **edges)
        return cell

    # ---- screen and print ----

    def _choices(self, top: int, bottom: int) -> None:
        for x, column in enumerate(self.columns, 1):
            words = ",".join(column.choices)
            if words and bottom >= top and len(words) <= CHOICES_MOST:
                rule = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True, showErrorMessage=True)
                rule.add(f"{get_column_letter(x)}{top}:{get_column_letter(x)}{bottom}")
                self.ws.data_validations.append(rule)

    def _screen(self) -> None:
        """Widths and the frozen part: they stand before the rows in the file, so they are set before the first row."""
        for x, units in enumerate(self.units, 1):
            self.ws.column_dimensions[get_column_letter(x)].width = units
        sheet = self.sheet
        above = (
            sum(map(bool, (sheet.annex, sheet.heading, sheet.left or sheet.right, sheet.unit, sheet.has_groups))) + 1
        )
        self.ws.freeze_panes = f"{get_column_letter(min(sheet.freeze, self.last - 1) + 1)}{above + 1}"
        self.ws.sheet_view.showGridLines = False

    def _print(self, first_head: int, last_head: int, bottom: int) -> None:
        ws, end = self.ws, len(self.heights)
        ws.print_title_rows = f"{first_head}:{last_head}"
        ws.print_area = f"A1:{get_column_letter(self.last)}{end}"
        ws.page_setup.orientation = "landscape"
        pixels = sum(8 * units + 5 for units in self.units)
        # One page wide by a computed scale: with fit-to-width Excel ignores page breaks. 3 % are spare, because
        # programs measure the digit 0 differently.
        paper = next((p for p, (room, _) in PAPERS.items() if int(97 * room / pixels) >= SMALLEST), "8")
        scale = max(20, min(100, int(97 * PAPERS[paper][0] / pixels)))
        ws.page_setup.paperSize, ws.page_setup.scale = int(paper), scale
        self._keep_the_end_together(
            PAPERS[paper][1] * 100 / scale, sum(self.heights[first_head - 1 : last_head]), bottom
        )
        ws.page_margins.left = ws.page_margins.right = 15 / 25.4
        ws.page_margins.top, ws.page_margins.bottom = 18 / 25.4, 16 / 25.4
        ws.page_margins.header = ws.page_margins.footer = 8 / 25.4
        ws.print_options.horizontalCentered = True
        ws.oddFooter.left.text, ws.oddFooter.right.text = self.sheet.number.replace("&", "&&"), "第 &P 页 共 &N 页"
        for part in (ws.oddFooter.left, ws.oddFooter.right):
            part.size, part.font = 9, "宋体,Regular"

    def _keep_the_end_together(self, room: float, head: float, bottom: int) -> None:
        """Two last rows, notes and seal field belong on one page: a break before them where they would be parted."""
        used, page, pages = 0.0, 1, []
        for height in self.heights:
            if used + height > room:
                page, used = page + 1, head
            used += height
            pages.append(page)
        if bottom > 2 and len(pages) > bottom and pages[bottom - 2] != pages[-1]:
            self.ws.row_breaks.append(Break(id=bottom - 2))


def _style(kind: str, value: Any) -> str:
    """The style of a body cell: that of its column, but words in a number column are centred words."""
    if isinstance(value, str) and kind not in TEXT_KINDS:
        return "short"
    if isinstance(value, date) and not isinstance(value, datetime):
        return "date"
    return kind


def _numbered(note: str, position: int, count: int) -> str:
    if count == 1:
        return f"注：{note}"
    return f"{'注：' if position == 1 else '　　'}{position}．{note}"


def _units(width: float) -> float:
    """Millimetres in units of Excel: a column of w units is 8w + 5 pixels wide when the Normal style is 宋体 11."""
    return round((width / PIXEL - 5) / 8, 2)


@lru_cache(maxsize=4096)
def _lines(text: str, units: float) -> int:
    """Lines that a text of 10.5 pt takes in a column: nobody computes a row's height later. Whole hanzi only."""
    room = max(1, int((units - 1.8) / 1.75))
    return sum(max(1, math.ceil(width_of(part) / room)) for part in text.split("\n"))


def _tab_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of [ ] : * ? / \\, no apostrophe at an end, not used twice in the book."""
    bare = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '") or "表"
    name, number = bare[:31], 2
    while name.casefold() in taken:
        name, number = f"{bare[: 30 - len(str(number))]} {number}", number + 1
    taken.add(name.casefold())
    return name
