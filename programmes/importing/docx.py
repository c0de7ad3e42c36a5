"""A Word document as lines and tables. Numbers that Word counts itself are written out and read like typed ones."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from programmes.importing.lines import Line, Text, clean
from programmes.importing.tables import Grid

CN = "零一二三四五六七八九"
CIRCLES = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"


@dataclass
class Content:
    """What a document holds: running text, and its tables."""

    text: Text
    grids: list[Grid] = field(default_factory=list)


def read(file) -> Content:
    """Paragraphs in order (each a line of its own) and tables; heads and feet of pages are not read."""
    document = Document(file)
    numbers = Numbers(document)
    lines: list[Line] = []
    grids: list[Grid] = []
    no = 0
    for block in document.element.body.iterchildren():
        if block.tag == qn("w:p"):
            paragraph = Paragraph(block, document)
            for part in _raised(paragraph).split("\n"):
                no += 1
                text = clean(part)
                if not text:
                    continue
                number = numbers.of(paragraph)
                numbers_text = f"{number}{text}" if number else text
                lines.append(Line(numbers_text, no, _level(paragraph), _bold(paragraph), own=True, after_blank=True))
        elif block.tag == qn("w:tbl"):
            no += 1
            grids.append(_grid(Table(block, document), f"第 {len(grids) + 1} 个表格", no))
    return Content(Text(lines, [], Counter()), grids)


def _raised(paragraph: Paragraph) -> str:
    """The text, superscripts as signs: m² stays m², 10⁻⁶ stays 10⁻⁶."""
    pieces = []
    for run in paragraph.runs or []:
        text = run.text
        if run.font.superscript and text.strip():
            text = f"<sup>{text}</sup>"
        pieces.append(text)
    joined = "".join(pieces)
    # text in hyperlinks and fields stands outside the runs
    return joined if len(joined) >= len(paragraph.text) else paragraph.text


def _level(paragraph: Paragraph) -> int:
    name = (paragraph.style.name or "") if paragraph.style is not None else ""
    if name.lower().startswith(("heading ", "标题 ")) and name.split()[-1].isdecimal():
        return int(name.split()[-1])
    outline = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    if outline is not None and outline.get(qn("w:val"), "9").isdecimal():
        level = int(outline.get(qn("w:val")))
        return level + 1 if level < 9 else 0
    return 0


def _bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _grid(table: Table, name: str, first: int) -> Grid:
    """Cells of a table; a merged cell is given to all it covers, and marked."""
    cells, merged, seen = [], set(), {}
    for row_number, row in enumerate(table.rows):
        line = []
        for column, cell in enumerate(row.cells):
            if cell._tc in seen:
                merged.add((row_number, column))
            seen[cell._tc] = True
            line.append("\n".join(_raised(paragraph) for paragraph in cell.paragraphs))
        cells.append(line)
    return Grid(cells, name, first, frozenset(merged))


class Numbers:
    """The numbers that Word counts: numbering.xml gives the pattern, we count."""

    def __init__(self, document):
        self.levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self.abstract: dict[str, str] = {}
        self.counts: dict[str, dict[int, int]] = defaultdict(dict)
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        for one in root.findall(qn("w:abstractNum")):
            for level in one.findall(qn("w:lvl")):
                self.levels[(one.get(qn("w:abstractNumId")), int(level.get(qn("w:ilvl"))))] = (
                    _value(level, "w:numFmt", "decimal"),
                    _value(level, "w:lvlText", ""),
                    int(_value(level, "w:start", "1")),
                )
        for one in root.findall(qn("w:num")):
            self.abstract[one.get(qn("w:numId"))] = _value(one, "w:abstractNumId", "")

    def of(self, paragraph: Paragraph) -> str:
        """The number before a paragraph, as printed, with a blank; "" for none or a bullet."""
        found = self._num_of(paragraph)
        if found is None:
            return ""
        number, level = found
        abstract = self.abstract.get(number, "")
        if (abstract, level) not in self.levels:
            return ""
        style, pattern, start = self.levels[(abstract, level)]
        counts = self.counts[abstract]
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if style in {"bullet", "none"} or not pattern:
            return ""
        for at in range(level + 1):
            own = self.levels.get((abstract, at), ("decimal", "", 1))
            pattern = pattern.replace(f"%{at + 1}", _written(counts.get(at, own[2]), own[0]))
        return pattern + " "

    def _num_of(self, paragraph: Paragraph) -> tuple[str, int] | None:
        own = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = paragraph.style
        while own is None and style is not None:
            own = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            style = style.base_style
        if own is None:
            return None
        number, level = _value(own, "w:numId", ""), int(_value(own, "w:ilvl", "0"))
        return (number, level) if number and number != "0" else None


def _value(element, name: str, default: str) -> str:
    child = element.find(qn(name))
    return default if child is None else child.get(qn("w:val"), default)


def _written(number: int, style: str) -> str:
    if "hinese" in style or style in {"japaneseCounting", "ideographDigital", "taiwaneseCounting"}:
        return _chinese(number)
    if style == "decimalEnclosedCircle" and 1 <= number <= 20:
        return CIRCLES[number - 1]
    if style in {"upperLetter", "lowerLetter"} and 1 <= number <= 26:
        letter = chr(ord("A") + number - 1)
        return letter if style == "upperLetter" else letter.lower()
    return str(number)


def _chinese(number: int) -> str:
    if number < 10:
        return CN[number]
    tens, ones = divmod(number, 10)
    if number < 100:
        return ("" if tens == 1 else CN[tens]) + "十" + (CN[ones] if ones else "")
    return str(number)
