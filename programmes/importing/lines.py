"""A text as clean lines: marks of Markdown, TeX and HTML resolved, page furniture dropped, nothing else changed.

Numbers and units stay exactly as written; only the way of writing them (`$1\\ \\mu\\text{s}$`, `m<sup>3</sup>`) is
turned into signs. What is dropped is counted, so that the preview can say so.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field

CJK = "\u3400-\u9fff\u3007"
ENDS = "。；;！？!?：:"  # signs after which a line may well be finished
WIDE = {"F", "W"}

SUPER = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
TEX = (
    (re.compile(r"\\(?:text|mathrm|mathbf|mathit|rm|operatorname|textit|textbf)\s*\{([^{}]*)\}"), r"{\1}"),
    (re.compile(r"\^\s*\{?\s*\\circ\s*\}?\s*C\b"), "℃"),
    (re.compile(r"\^\s*\{?\s*\\circ\s*\}?"), "°"),
)
TEX_SIGNS = {
    "geqslant": "≥", "leqslant": "≤", "geq": "≥", "leq": "≤", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "pm": "±",
    "times": "×", "cdot": "·", "sim": "~", "mu": "μ", "Omega": "Ω", "lambda": "λ", "alpha": "α", "beta": "β",
    "gamma": "γ", "Delta": "Δ", "delta": "δ", "degree": "°", "circ": "°", "AA": "Å", "approx": "≈", "infty": "∞",
    "sigma": "σ", "theta": "θ", "pi": "π", "rho": "ρ", "eta": "η", "varepsilon": "ε", "phi": "φ", "quad": " ",
    "left": "", "right": "", "mathring": "", "leftarrow": "←", "rightarrow": "→", "colon": ":",
}  # fmt: skip
MATH = re.compile(r"\$\$?([^$\n]{1,200}?)\$\$?")
MARK_SUP, MARK_SUB = re.compile(r"<sup>(.{1,12}?)</sup>", re.I), re.compile(r"<sub>(.{1,12}?)</sub>", re.I)
TAG = re.compile(r"</?(?:p|div|span|b|i|u|strong|em|font|center|br|a|img|h[1-6])\b[^<>]{0,200}>", re.I)
PICTURE, LINK = re.compile(r"!\[[^\]]*\]\([^)]*\)"), re.compile(r"\[([^\]\n]{1,200})\]\([^)\n]{1,400}\)")
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
BULLET = re.compile(r"^\s*(?:[-*+•▪◆■●·]\s+|>\s?)")
BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
RULE_LINE = re.compile(r"^\s*([-*_=—]\s*){3,}$")
SPACED = re.compile(rf"(?<=[{CJK}，。；：、（）“”])[ \t]+(?=[{CJK}，。；：、（）“”])")
PAGE_NUMBER = re.compile(
    r"^(?:[-—–―·•~\s]*\d{1,4}[-—–―·•~\s]*|第\s*\d{1,4}\s*页(?:\s*[/，,]?\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4}"
    r"|[Pp]age\s+\d{1,4}(?:\s+of\s+\d{1,4})?)$"
)
OF_A_SENTENCE = re.compile(r"[，；。：、≥≤<>＜＞=%％]")  # what a running head never has
DASHED_NUMBER = re.compile(r"^[-—–―·•~]\s*\d{1,4}\s*[-—–―·•~]$|页|/|[Pp]age")
TABLE_ROW, TABLE_RULE = re.compile(r"^\s*\|.*\|\s*$"), re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")


@dataclass
class Line:
    """One line. `level`: depth of a heading that the file itself marks (0: none); `after_blank`, `new_page`."""

    text: str
    no: int
    level: int = 0
    bold: bool = False
    bullet: bool = False
    after_blank: bool = False
    new_page: bool = False
    own: bool = False  # a paragraph of its own for certain (a Word paragraph, a heading)
    width: int = field(default=0)

    def __post_init__(self):
        self.width = width_of(self.text)

    @property
    def unfinished(self) -> bool:
        """Whether its last sign is none that ends a sentence or a list entry."""
        return bool(self.text) and self.text[-1] not in ENDS


@dataclass
class Text:
    """Lines, tables (grids of cells, with the line where they stood), and what was dropped: {word: count}."""

    lines: list[Line]
    tables: list[tuple[int, list[list[str]]]]
    dropped: Counter


def width_of(text: str) -> int:
    """Width in half signs: a hanzi takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in WIDE else 1 for sign in text)


def clean(text: str) -> str:
    """One line of running text: signs instead of markup, no stray blanks between hanzi."""
    if "$" in text:
        text = MATH.sub(lambda found: _math(found[1]), text)
    elif "\\" in text:
        text = re.sub(r"\\([*_#.\-+()\[\]!~])", r"\1", text)
    if "<" in text:
        text = MARK_SUB.sub(r"\1", MARK_SUP.sub(lambda found: _raised(found[1]), text))
        text = TAG.sub("", text)
    if "[" in text:
        text = LINK.sub(r"\1", PICTURE.sub("", text))
    if "&" in text:
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    text = "".join(" " if sign in "\t\u00a0\u3000\u2002\u2003\u2009" else sign for sign in text if _kept(sign))
    text = re.sub(r"(?<=[μµ]) (?=[A-Za-zΩ])", "", re.sub(r" {2,}", " ", text))
    # 率 不 低 于: letters set apart; a single blank (专题一 名称) may part a number from its title
    return (SPACED.sub("", text) if len(SPACED.findall(text)) >= 3 else text).strip()


def _kept(sign: str) -> bool:
    return sign in "\t\u00a0" or unicodedata.category(sign) not in {"Cf", "Cc", "Co", "Cs"}


def _math(tex: str) -> str:
    for pattern, replacement in TEX:
        tex = pattern.sub(replacement, tex)
    tex = re.sub(r"\\([A-Za-z]+)", lambda found: TEX_SIGNS.get(found[1], found[1]), tex)
    tex = re.sub(r"\\[ ,;:!]", " ", tex).replace("\\%", "%").replace("\\", "")
    tex = re.sub(r"\^\{([^{}]*)\}|\^(\w)", lambda found: _raised(found[1] or found[2]), tex)
    tex = re.sub(r"_\{([^{}]*)\}|_(\w)", lambda found: found[1] or found[2], tex)
    tex = re.sub(r"(?<=[μ])\s+(?=[A-Za-zΩ])", "", tex.replace("{", "").replace("}", ""))
    return " ".join(tex.split())


def _raised(text: str) -> str:
    """An exponent as signs where it is a whole number, else in brackets: cm³, Hz^(1/2)."""
    text = text.strip()
    return text.translate(SUPER) if re.fullmatch(r"[-+−]?\d+|n", text) else f"^({text})"


def read_lines(text: str) -> Text:
    """All lines of a text, cleaned; page numbers, running heads and letters of a watermark are dropped and counted."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\u2028", "\n")
    lines: list[Line] = []
    tables: list[tuple[int, list[list[str]]]] = []
    blank, grid = False, None
    for no, raw in enumerate(text.split("\n"), start=1):
        new_page = "\f" in raw or raw[:1] == " "  # a text from a PDF starts its pages with one or the other
        raw = raw.replace("\f", "")
        if TABLE_ROW.match(raw):
            if grid is None:
                tables.append((no, grid := []))
            if not TABLE_RULE.match(raw):
                grid.append([clean(BOLD.sub(r"\2", cell)) for cell in raw.strip().strip("|").split("|")])
            continue
        line = _line(raw, no)
        if line is None:
            blank = True
            continue
        grid = None
        line.after_blank, line.new_page, blank = blank, new_page, False
        lines.append(line)
    lines, dropped = without_furniture(lines)
    return Text(lines, tables, dropped)


def without_furniture(lines: list[Line]) -> tuple[list[Line], Counter]:
    """The lines without watermarks, page numbers and running heads; how many of each were dropped."""
    dropped: Counter = Counter()
    lines = _without_watermark(lines, dropped)
    lines = _without_page_numbers(lines, dropped)
    return _without_running_heads(lines, dropped), dropped


def _line(raw: str, no: int) -> Line | None:
    level, bullet, bold = 0, False, False
    if found := HEADING.match(raw):
        level, raw = len(found[1]), found[2]
    elif RULE_LINE.match(raw) and not re.search(r"\d", raw):
        return None
    elif found := BULLET.match(raw):
        bullet, raw = True, raw[found.end() :]
    bold = raw.lstrip().startswith(("**", "__"))
    cleaned = clean(BOLD.sub(r"\2", raw).replace("**", ""))
    return Line(cleaned, no, level, bold, bullet, own=bool(level)) if cleaned else None


def _without_watermark(lines: list[Line], dropped: Counter) -> list[Line]:
    """Three and more lines of one sign in a row are a watermark, spread letter by letter; so are lone Latin letters."""
    kept, run = [], []
    letters = sum(len(line.text) == 1 and line.text.isascii() and line.text.isalpha() for line in lines)

    def settle():
        if len(run) >= 3:
            dropped["水印"] += len(run)
        else:
            kept.extend(one for one in run if not (letters >= 3 and one.text.isascii() and one.text.isalpha()))
        run.clear()

    for line in lines:
        if len(line.text) == 1:
            run.append(line)
        else:
            settle()
            kept.append(line)
    settle()
    return kept


def _without_page_numbers(lines: list[Line], dropped: Counter) -> list[Line]:
    """Numbers alone on a line: always where they are dressed (— 5 —), bare ones when they run upwards."""
    bare = [int(line.text) for line in lines if line.text.isdecimal() and len(line.text) <= 4]
    rising = sum(later > earlier for earlier, later in zip(bare, bare[1:], strict=False))
    drop_bare = len(bare) >= 3 and rising >= 0.7 * (len(bare) - 1)
    kept, page = [], False
    for line in lines:
        dressed = DASHED_NUMBER.search(line.text)
        if PAGE_NUMBER.match(line.text) and not line.level and (dressed or drop_bare or not line.text.isdecimal()):
            dropped["页码"] += 1
            page = True
            continue
        line.new_page, page = line.new_page or page, False
        kept.append(line)
    return kept


def _without_running_heads(lines: list[Line], dropped: Counter) -> list[Line]:
    """A short line that stands three times or more, mostly first or last on a page, is a running head."""
    counts = Counter(line.text for line in lines if len(line.text) <= 40 and not OF_A_SENTENCE.search(line.text))
    edges: Counter = Counter()
    for place, line in enumerate(lines):
        last = place + 1 == len(lines) or lines[place + 1].new_page
        if counts.get(line.text, 0) >= 3 and (not place or line.new_page or last):
            edges[line.text] += 1
    heads = {
        words
        for words, count in edges.items()
        if count >= max(3, 0.8 * counts[words]) and not re.match(r"\d|[（(]?[一二三]", words)
    }
    kept, page = [], False
    for line in lines:
        if line.text in heads:
            dropped["页眉页脚"] += 1
            page = page or line.new_page
            continue
        line.new_page, page = line.new_page or page, False
        kept.append(line)
    return kept
