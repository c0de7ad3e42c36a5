"""What a rehearsal wrote into its folder, without what two runs of one seed may differ in: codes and print time."""

import re
from pathlib import Path

import openpyxl
import pypdf

CODES = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}|[0-9a-f]{32,}")
"""The code on each page and the hash of a content or file: both also stand for the row that was printed."""


def names(folder: Path) -> list[str]:
    """The paths of all files, relative to the folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def cells(folder: Path) -> dict[str, list]:
    """The values of every cell of every sheet of every workbook."""
    found = {}
    for name in names(folder):
        if name.endswith(".xlsx"):
            book = openpyxl.load_workbook(folder / name, read_only=True)
            found |= {f"{name}#{sheet.title}": list(sheet.iter_rows(values_only=True)) for sheet in book}
            book.close()
    return found


def texts(folder: Path) -> dict[str, str]:
    """The text of every PDF, without blanks and line ends: a code of another width breaks its line elsewhere."""
    return {name: _text(folder / name) for name in names(folder) if name.endswith(".pdf")}


def _text(path: Path) -> str:
    words = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    return CODES.sub("<code>", "".join(words.split()))
