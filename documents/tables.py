"""A sheet as a paper: the same columns and rows as in the workbook, on the page that is wide enough."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from documents.sheets import NUMBERS, TEXT_KINDS, Column, Line, Mark, Sheet, plain
from documents.text import day, title_lines, width_of

TEMPLATE = "papers/table.html"
# Width of the text area in millimetres, class of <body>.
PAGES = ((165, "form"), (257, "wide"), (375, "wide a3"))
HANZI, PADDING = 3.7, 3.5  # millimetres at 10.5 pt
TITLE_HANZI = 7.8  # millimetres of one of 22 pt
NARROWEST = 0.85  # a text column gives up so much before the page is turned
SMALL_FROM = 4  # lines: a longer text is set in 9 pt
HUNDREDTH = Decimal("0.01")


def paper(sheet: Sheet, *, version: str = "", hash: str = "", qr: str = "") -> dict:
    """Context of `TEMPLATE`: give it to `documents.pdf.render(TEMPLATE, context, draft=…)`.

    The page is the smallest that holds the columns: A4 upright, A4 landscape, A3 landscape; on it the text columns take
    the room that is left. `version` stands at the foot of each page (the sheet's own `number` without it), `hash` under
    it, `qr` is the SVG of a code in the upper corner.
    """
    least = sum(c.width * (NARROWEST if c.kind == "text" else 1) for c in sheet.columns)
    room, page = next((p for p in PAGES if least <= p[0]), PAGES[-1])
    widths = fitted(sheet.columns, room)
    return {
        "title": sheet.heading.replace("\n", "") or sheet.title,
        "page_class": page,
        "annex": sheet.annex,
        "heading": _heading(sheet.heading, room),
        "left": sheet.left,
        "right": sheet.right,
        "unit": sheet.unit,
        "widths": [f"{width:.2f}" for width in widths],
        "groups": _groups(sheet) if sheet.has_groups else [],
        "heads": [c.title for c in sheet.columns if c.group or not sheet.has_groups],
        "count": len(sheet.columns),
        "lines": [_line(line, sheet.columns, widths) for line in sheet.lines()],
        "notes": sheet.notes,
        "signers": sheet.signers,
        "version": version or sheet.number,
        "hash": hash,
        "qr": qr,
    }


def _heading(words: str, room: float) -> list[str]:
    """The lines of the heading: its own, and where one is too long for the page it ends behind a word."""
    most = room / TITLE_HANZI
    return [line for part in words.split("\n") for line in title_lines(part, most)] if words else []


def fitted(columns, room: float) -> list[float]:
    """Widths that sum up to `room`: text columns grow or shrink, the others keep what they need."""
    whole = sum(column.width for column in columns)
    flexible = sum(column.width for column in columns if column.kind == "text")
    if not flexible or room - (whole - flexible) < flexible / 2:
        return [column.width * room / whole for column in columns]
    factor = (room - (whole - flexible)) / flexible
    return [column.width * factor if column.kind == "text" else column.width for column in columns]


def shown(value: Any, kind: str) -> str:
    """The value in words, as the workbook's formats show it."""
    value = plain(value, kind)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return day(value)
    if isinstance(value, NUMBERS):
        return _number(value, kind)
    return value


def _number(value, kind: str) -> str:
    exact = Decimal(str(value))
    if kind == "percent":
        return f"{(exact * 100).quantize(HUNDREDTH, ROUND_HALF_UP)}%"
    if kind in ("money", "score"):
        rounded = exact.quantize(HUNDREDTH, ROUND_HALF_UP)
        return f"{rounded:,}" if kind == "money" else str(rounded)
    return str(int(exact.to_integral_value(ROUND_HALF_UP)))


def _groups(sheet: Sheet) -> list[dict]:
    """The upper line of the head; a column without a group has its title there, over both lines."""
    cells, position = [], 0
    for group, count in sheet.head_groups():
        cells.append({"title": group or sheet.columns[position].title, "span": count, "tall": not group})
        position += count
    return cells


def _line(line: Line, columns, widths) -> dict:
    if line.band:
        return {"band": line.band}
    cells = [_cell(v, c, w) for v, c, w in zip(line.values, columns, widths, strict=True)]
    return {"cells": cells, "class": "sum" if line.is_total else "cut" if line.cut else ""}


def _cell(value: Any, column: Column, width: float) -> dict:
    mark = ""
    if isinstance(value, Mark):
        mark, value = value.style, value.value
    text = shown(value, column.kind)
    return {"text": text, "class": f"{_class(value, text, column, width)} {mark}".strip()}


def _class(value: Any, text: str, column: Column, width: float) -> str:
    if column.kind == "code":
        return "code"
    if column.kind in ("money", "score", "percent") and isinstance(value, NUMBERS):
        return "n"
    centred = column.kind not in TEXT_KINDS or column.kind == "short"
    lines = width_of(text) * HANZI / max(1.0, width - PADDING)
    return " ".join(filter(None, ("c" if centred else "pre", "s" if lines > SMALL_FROM else "")))
