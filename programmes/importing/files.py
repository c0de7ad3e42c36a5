"""What a file is and what stands in it: .xlsx, .docx, .txt, .md. Content decides, never the name; limits come first."""

import io
import re
from collections import Counter
from pathlib import PurePath

from jbgs.lib.upload_checks import Unfit, check_office, open_zip
from programmes.importing import docx as word
from programmes.importing.lines import read_lines
from programmes.importing.notice import rows_of_lines
from programmes.importing.rows import REFUSED, Found, Unreadable
from programmes.importing.tables import Grid, rows_of_grids, woven

MAX_BYTES = 20 * 1024 * 1024
MAX_TEXT = 2 * 1024 * 1024  # characters: about three thousand pages
MAX_XML = 60 * 1024 * 1024  # bytes of an office file, unpacked, without its pictures
MAX_CELLS = 400_000
MAX_TASKS = 1000  # more is no list of tasks, and no page to confirm it on
STRANGERS = (
    (b"%PDF", "PDF文件", "请把文字复制到 .txt，或另存为 .docx"),
    (b"\xd0\xcf\x11\xe0", "旧版Office文件（.doc、.xls），或者设有密码的Office文件", "请另存为 .docx 或 .xlsx"),
    (b"{\\rtf", "RTF文档", "请另存为 .docx"),
    (b"\x89PNG", "图片", "请提供文字"),
    (b"\xff\xd8\xff", "图片", "请提供文字"),
    (b"Rar!", "压缩包", "请解压后上传其中的文件"),
    (b"7z\xbc\xaf", "压缩包", "请解压后上传其中的文件"),
    (b"<!doc", "网页文件", "请把文字复制到 .txt"),
    (b"<html", "网页文件", "请把文字复制到 .txt"),
)


def read_tasks(data: bytes, name: str) -> Found:
    """The tasks of a file. `Unreadable` with a sentence when it is no list of tasks that we can read."""
    name = PurePath(name).name[-80:] or "文件"
    if not data:
        raise Unreadable(f"“{name}”是空文件。")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"“{name}”有 {len(data) / 1024 / 1024:.1f} MB，超过 {MAX_BYTES // 1024 // 1024} MB。")
    if data[:4] == b"PK\x03\x04":
        found = _office(data, name)
    else:
        for start, what, then in STRANGERS:
            if data[:5].lower().startswith(start.lower()):
                raise Unreadable(f"“{name}”是{what}，此处只读 .xlsx、.docx、.txt 和 .md。{then}。")
        found = _text(decode(data, name), name)
    if len(found.rows) > MAX_TASKS:
        raise Unreadable(f"“{name}”中像任务的有 {len(found.rows)} 项，超过 {MAX_TASKS} 项。请分开上传。")
    if not found.rows:
        said = "".join(found.notes)
        raise Unreadable(
            f"“{name}”中没有找到任务。表格须有任务名称一列，文字须有带编号的标题和“研究内容”“考核指标”一类的小标题。{said}"
        )
    return found


def decode(data: bytes, name: str) -> str:
    """Text of UTF-8, UTF-16 or GB 18030; `Unreadable` for anything that is no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decoded(data, encoding, name)
    if b"\x00" in data:
        raise Unreadable(f"“{name}”不是文字文件。此处只读 .xlsx、.docx、.txt 和 .md。")
    for encoding in ("utf-8", "gb18030"):
        try:
            return _decoded(data, encoding, name)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"“{name}”的文字编码无法识别。请另存为 UTF-8。")


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        if encoding in {"utf-8", "gb18030"}:
            raise
        raise Unreadable(f"“{name}”的文字编码无法识别。请另存为 UTF-8。") from None
    if len(text) > MAX_TEXT:
        raise Unreadable(f"“{name}”有 {len(text)} 个字，太长。请分开上传。")
    return text


def _text(text: str, name: str) -> Found:
    """A notice; tables that are written in Markdown are read where the text itself has no tasks."""
    lines = read_lines(text)
    grids = [Grid(grid, f"第 {line} 行的表格", line) for line, grid in lines.tables]
    lines, grids = woven(lines, grids)
    return _with_tables(rows_of_lines(lines), grids)


def _with_tables(found: Found, grids: list[Grid]) -> Found:
    """The reading of the text or of its tables, whichever has more tasks; never both as one."""
    if not grids:
        return found
    tables = rows_of_grids(grids)
    if tables.found > found.found:
        if found.found:
            tables.notes.append(f"正文中另有 {found.found} 个带编号的标题，未作为任务。")
        return tables
    if tables.found:
        found.notes.append(f"文件中的表格另有 {tables.found} 行像是任务，未读取。")
    return found


def _office(data: bytes, name: str) -> Found:
    file = io.BytesIO(data)
    try:
        check_office(file)
        file.seek(0)
        archive = open_zip(file)
        check_parts(archive, name)
        names = set(archive.namelist())
    except Unfit as problem:
        words = {"encrypted": "设有密码", "too_large": "展开后过大", "active": f"含有{problem.what}"}
        raise Unreadable(
            f"“{name}”{words.get(problem.code, '已损坏，或不是 .xlsx、.docx 文件')}，不能读取。"
        ) from problem
    file.seek(0)
    try:
        if "word/document.xml" in names:
            content = word.read(file)
            text, grids = woven(content.text, content.grids)
            return _with_tables(rows_of_lines(text), grids)
        if "xl/workbook.xml" in names:
            return rows_of_grids(_sheets(file, name))
    except Unreadable:
        raise
    except Exception as problem:  # both libraries raise a dozen classes for broken parts
        raise Unreadable(f"“{name}”的内容已损坏，不能读取。请用 Office 打开后另存再上传。") from problem
    raise Unreadable(f"“{name}”既不是 .xlsx 也不是 .docx。")


def check_parts(archive, name: str) -> None:
    """No part explodes: sizes as declared and as unpacked, and no entity definitions."""
    total = 0
    for info in archive.infolist():
        if not info.filename.endswith((".xml", ".rels")):
            continue
        total += info.file_size
        if total > MAX_XML:
            raise Unreadable(f"“{name}”展开后超过 {MAX_XML // 1024 // 1024} MB，不能读取。请分开上传。")
        with archive.open(info) as part:
            if re.search(rb"<!(?:DOCTYPE|ENTITY)", part.read(4096), re.I):
                raise Unreadable(f"“{name}”的内容不合规范，不能读取。")


def _sheets(file, name: str) -> list[Grid]:
    """All visible sheets, merged areas filled with their first cell."""
    from openpyxl import load_workbook

    book = load_workbook(file, data_only=True)
    grids, cells_seen = [], 0
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        cells_seen += len(sheet._cells)
        if cells_seen > MAX_CELLS:
            raise Unreadable(f"“{name}”的单元格超过 {MAX_CELLS} 个，请只保留任务表。")
        last_row = max((row for row, _column in sheet._cells), default=0)
        last_column = min(max((column for _row, column in sheet._cells), default=0), 200)
        cells = [[""] * last_column for _ in range(min(last_row, 20_000))]
        for (row, column), cell in sheet._cells.items():
            if cell.value is not None and row <= len(cells) and column <= last_column:
                cells[row - 1][column - 1] = shown(cell.value)
        merged = _fill_merged(sheet, cells)
        grids.append(Grid(cells, sheet.title, 1, merged, is_sheet=True))
    return grids


def _fill_merged(sheet, cells: list[list[str]]) -> frozenset:
    filled = set()
    for area in sheet.merged_cells.ranges:
        if area.max_row > len(cells) or area.size["rows"] * area.size["columns"] > 20_000:
            continue
        text = cells[area.min_row - 1][area.min_col - 1] if area.min_col <= len(cells[0]) else ""
        for row in range(area.min_row, area.max_row + 1):
            for column in range(area.min_col, min(area.max_col, len(cells[0])) + 1):
                if (row, column) != (area.min_row, area.min_col):
                    cells[row - 1][column - 1] = text
                    filled.add((row - 1, column - 1))
    return frozenset(filled)


def shown(value) -> str:
    """A cell as people see it: 3.0 → 3, dates as dates."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")
    return str(value)


__all__ = ["MAX_BYTES", "REFUSED", "Counter", "decode", "read_tasks"]
