"""A Word document as lines and tables. Numbers that Word counts itself are written out and read like typed ones."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table

from programmes.importing.lines import Line, Text, clean, without_furniture
from programmes.importing.paragraphs import wrap_width
from programmes.importing.tables import Grid

P, R, T, TAB, BREAK, RETURN = (qn(f"w:{name}") for name in ("p", "r", "t", "tab", "br", "cr"))
VAL = qn("w:val")
RAISED, BOLD = f"{qn('w:rPr')}/{qn('w:vertAlign')}", f"{qn('w:rPr')}/{qn('w:b')}"
STYLE, NUMBERED, OUTLINE = (f"{qn('w:pPr')}/{qn(name)}" for name in ("w:pStyle", "w:numPr", "w:outlineLvl"))
OFF = {"0", "false", "off"}
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
    styles = Styles(document)
    numbers = Numbers(document, styles)
    lines: list[Line] = []
    grids: list[Grid] = []
    no = 0
    for block in document.element.body.iterchildren():
        if block.tag == P:
            number = numbers.of(block)
            for part in text_of(block).split("\n"):
                no += 1
                if text := clean(part):
                    level, bold = styles.level(block), _bold(block)
                    lines.append(Line(f"{number}{text}", no, level, bold, own=True, after_blank=True))
                    number = ""
        elif block.tag == qn("w:tbl"):
            no += 1
            grids.append(_grid(Table(block, document), f"第 {len(grids) + 1} 个表格", no))
    return Content(_unbroken(lines), grids)


def _unbroken(lines: list[Line]) -> Text:
    """A document made from a PDF has a paragraph for each line: then its lines may go on, like those of a text."""
    for line in lines:
        line.own = False
    if not wrap_width(lines):
        for line in lines:
            line.own = True
        return Text(lines, [], Counter())
    for line in lines:
        line.own, line.after_blank = bool(line.level), False
    kept, dropped = without_furniture(lines)
    return Text(kept, [], dropped)


def text_of(paragraph) -> str:
    """The text of a w:p, also of hyperlinks and insertions; superscripts marked, so that m² stays m²."""
    pieces = []
    for run in paragraph.iter(R):
        text = "".join(_said(child) for child in run.iterchildren())
        raised = run.find(RAISED)
        if raised is not None and raised.get(VAL) == "superscript" and text.strip():
            text = f"<sup>{text}</sup>"
        pieces.append(text)
    return "".join(pieces)


def _said(child) -> str:
    if child.tag == T:
        return child.text or ""
    if child.tag == TAB:
        return " "
    return "\n" if child.tag in {BREAK, RETURN} else ""


def _bold(paragraph) -> bool:
    runs = [run for run in paragraph.iterchildren(R) if any((text.text or "").strip() for text in run.iterchildren(T))]
    marks = [run.find(BOLD) for run in runs]
    return bool(runs) and all(mark is not None and mark.get(VAL, "1") not in OFF for mark in marks)


class Styles:
    """What styles say of headings and numbers, each looked up once."""

    def __init__(self, document):
        self.found: dict[str, tuple[int, tuple[str, int] | None]] = {}
        root = document.styles.element
        self.elements = {one.get(qn("w:styleId")): one for one in root.iterchildren(qn("w:style"))}
        self.default = next(
            (name for name, one in self.elements.items()
             if one.get(qn("w:default")) == "1" and one.get(qn("w:type")) == "paragraph"), ""
        )  # fmt: skip

    def level(self, paragraph) -> int:
        """The depth of a heading by its own outline level or its style; 0 for running text."""
        own = paragraph.find(OUTLINE)
        if own is not None and own.get(VAL, "9").isdecimal():
            return int(own.get(VAL)) + 1 if int(own.get(VAL)) < 9 else 0
        return self._of(paragraph)[0]

    def number(self, paragraph) -> tuple[str, int] | None:
        """(w:numId, level) of a paragraph that Word numbers, its own or its style's."""
        own = paragraph.find(NUMBERED)
        return _number(own) if own is not None else self._of(paragraph)[1]

    def _of(self, paragraph) -> tuple[int, tuple[str, int] | None]:
        style = paragraph.find(STYLE)
        name = style.get(VAL, self.default) if style is not None else self.default
        if name not in self.found:
            self.found[name] = self._look_up(name)
        return self.found[name]

    def _look_up(self, name: str) -> tuple[int, tuple[str, int] | None]:
        level, number, seen = 0, None, set()
        while name in self.elements and name not in seen:
            seen.add(name)
            element = self.elements[name]
            words = _value(element, "w:name", "").lower().split()
            if not level and len(words) == 2 and words[0] in {"heading", "标题"} and words[1].isdecimal():
                level = int(words[1])
            outline = element.find(OUTLINE)
            if not level and outline is not None and outline.get(VAL, "9").isdecimal() and int(outline.get(VAL)) < 9:
                level = int(outline.get(VAL)) + 1
            own = element.find(NUMBERED)
            if number is None and own is not None:
                number = _number(own)
            name = _value(element, "w:basedOn", "")
        return level, number


def _number(element) -> tuple[str, int] | None:
    number, level = _value(element, "w:numId", ""), _value(element, "w:ilvl", "0")
    return (number, int(level)) if number and number != "0" and level.isdecimal() else None


def _grid(table: Table, name: str, first: int) -> Grid:
    """Cells of a table; a merged cell is given to all it covers, and marked."""
    cells, merged, seen = [], set(), {}
    for row_number, row in enumerate(table.rows):
        line = []
        for column, cell in enumerate(row.cells):
            if cell._tc in seen:
                merged.add((row_number, column))
            seen[cell._tc] = True
            line.append("\n".join(map(text_of, cell._tc.iterchildren(P))))
        cells.append(line)
    return Grid(cells, name, first, frozenset(merged))


class Numbers:
    """The numbers that Word counts: numbering.xml gives the pattern, we count."""

    def __init__(self, document, styles: Styles):
        self.styles = styles
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

    def of(self, paragraph) -> str:
        """The number before a paragraph, as printed, with a blank; "" for none or a bullet."""
        found = self.styles.number(paragraph)
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
