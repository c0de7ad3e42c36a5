"""What the tests of the importer share: a reading in short, and files built on the spot."""

import io
from decimal import Decimal

from docx import Document

from documents.xlsx import Column, Sheet, write
from programmes.importing.rows import Found


def short(found: Found) -> list[tuple]:
    """(status, code, field, category, title, owner) of each row."""
    return [(row.status, row.code, row.field, row.category, row.title, row.owner) for row in found.rows]


def triples(row) -> list[tuple]:
    """(name, comparator, value, unit) of each indicator with a figure, the value as text."""
    return [
        (one.name, one.comparator, _text(one.value), one.unit) for one in row.indicators if one.comparator != "text"
    ]


def _text(value) -> str:
    if isinstance(value, tuple):
        return "~".join(format(end, "f") for end in value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def workbook(*sheets: tuple[str, list[list]], merged: dict[str, list[str]] | None = None) -> bytes:
    """An .xlsx as people make it, with merged areas; read, never written, by the code under test."""
    from openpyxl import Workbook  # noqa: TID251 - a stranger's workbook, not one of ours

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(title, []):
            sheet.merge_cells(area)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def house_workbook(rows: list[dict], columns: list[tuple[str, str]]) -> bytes:
    """An .xlsx of our own writer."""
    return write(Sheet("任务", [Column(key, title, 30) for key, title in columns], rows))


def word_file(build) -> bytes:
    """A .docx; `build(document)` fills it."""
    document = Document()
    build(document)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()
