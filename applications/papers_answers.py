"""The printed sections that the call's document makes: questions, tables, pledges. See applications.papers."""

from datetime import datetime

from documents.text import moment, numeral
from programmes.answers import NUMBERS, asked, columns_of, kind_of, shown, text_of

TEXT_WIDTH = 154  # millimetres that a table has for its columns, besides the number of the row
LONG_CELL = 90  # characters: a longer text stands on a line of its own under its row, else the row outgrows the page
LONG_FIGURE = 16  # characters of a number that may still stand on one line
NARROW = {"integer": 5, "decimal": 7, "percent": 6, "date": 9, "yes_no": 5, "choice": 8, "phone": 9}
"""How wide a column is that names no `width`, beside a text's 14."""
SIGNERS_PER_LINE = 3


def questions(content: dict, data: dict, options: dict) -> dict:
    """The questions that were asked, numbered anew; a short answer stands beside its question."""
    answers = data.get("answers") or {}
    rows = []
    for position, question in enumerate(asked(options.get("questions", []), answers), 1):
        text = text_of(answers, question["key"])
        rows.append(
            {
                "numeral": numeral(position),
                "label": question["label"],
                "is_long": kind_of(question) == "long_text",
                "answer": shown(question, text),
                "paragraphs": paragraphs(text),
            }
        )
    return {"questions": rows}


def paragraphs(text) -> list[str]:
    """A long answer in paragraphs; blank lines and leading blanks are the template's business."""
    return [line.strip() for line in str(text or "").split("\n") if line.strip()]


def table(content: dict, data: dict, options: dict) -> dict:
    """Columns with their widths in millimetres, and rows of printed cells.

    A row with a very long text prints those texts under it, so that it may go on over the page.
    """
    columns = columns_of(options)
    widths = [column.get("width") or NARROW.get(column["kind"], 14) for column in columns]
    for column, width in zip(columns, widths, strict=True):
        column["mm"] = f"{TEXT_WIDTH * width / sum(widths):.1f}"
        column["class"] = "n" if column["kind"] in NUMBERS else "c" if column["kind"] in NARROW else ""
    rows = []
    for row in data.get("rows") or []:
        if not isinstance(row, dict) or not any(str(value or "").strip() for value in row.values()):
            continue
        texts = [text_of(row, column["key"]) for column in columns]
        cells = [_cell(column, text) for column, text in zip(columns, texts, strict=True)]
        below = [(column["label"], text) for column, text in zip(columns, texts, strict=True) if len(text) > LONG_CELL]
        rows.append({"cells": cells, "below": below})
    return {"columns": columns, "rows": rows, "small": len(columns) > 6, "span": len(columns)}


def _cell(column: dict, text: str) -> tuple[str, str]:
    """(text, class) of a printed cell; a number goes without its unit, which stands in the head."""
    if len(text) > LONG_CELL:
        return "见下行", "c"
    if column["kind"] == "date":
        return text, "code"  # 2025-03-06 stays on one line
    words = text if column["kind"] in NUMBERS else shown(column, text)
    kind = "" if column["class"] == "n" and len(words) > LONG_FIGURE else column["class"]
    return words, kind if kind == "n" else f"pre {kind}".strip()


def pledge(content: dict, data: dict, options: dict) -> dict:
    """The pledge as it was signed and the room to sign on paper: for the unit, the leader, or all who take part.

    The only pledge of a form has room for the unit and, where the form names a team, for its leader.
    """
    signed = content.get("pledge") or {}
    role = options.get("signer", "unit")
    signed_at = signed.get("signed_at")
    alone = sum(section["type"] == "pledge" for section in content["form"]) == 1
    names = [name for name in signed.get("signer", "").split("、") if name] if role == "participants" else []
    places = names + [""] * (-len(names) % SIGNERS_PER_LINE) if names else [""] * SIGNERS_PER_LINE
    return {
        "paragraphs": paragraphs(signed.get("text")),
        "signer": signed.get("signer", ""),
        "role": role,
        "alone": alone and any(section["type"] == "team" for section in content["form"]),
        "lines": [places[at : at + SIGNERS_PER_LINE] for at in range(0, len(places), SIGNERS_PER_LINE)],
        "signed_at": moment(datetime.fromisoformat(signed_at)) if signed_at else "",
    }
