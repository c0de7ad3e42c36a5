"""How cells of a workbook look: each style is put together once per sheet and then shared by its cells."""

from openpyxl import styles as look
from openpyxl.cell import WriteOnlyCell

# The reader's machine has the face or puts its own in place; nothing is embedded in a workbook.
SONG, HEI, FANG, TITLE = "宋体", "黑体", "仿宋", "方正小标宋简体"
BODY = look.Font(name=SONG, size=10.5)
HEAD = look.Font(name=HEI, size=10.5)
GREY = look.PatternFill("solid", fgColor="F2F2F2")
YELLOW = look.PatternFill("solid", fgColor="FFF2CC")
NO_FILL = look.PatternFill()
THIN, MEDIUM, THICK = (look.Side(style=style) for style in ("thin", "medium", "thick"))

CENTRE = look.Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = look.Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)  # else the text touches the rule
RIGHT = look.Alignment(horizontal="right", vertical="center", indent=1)
FLUSH = look.Alignment(horizontal="left", vertical="center", wrap_text=True)
FLUSH_RIGHT = look.Alignment(horizontal="right", vertical="center")
UPPER = look.Alignment(horizontal="left", vertical="top", wrap_text=True)
ONE_LINE = look.Alignment(horizontal="center", vertical="center")

# name: font, alignment, number format, fill
STYLES = {
    "annex": (look.Font(name=HEI, size=16), FLUSH, "@", NO_FILL),
    "heading": (look.Font(name=TITLE, size=20), CENTRE, "@", NO_FILL),
    "line": (look.Font(name=FANG, size=12), FLUSH, "@", NO_FILL),
    "line_right": (look.Font(name=FANG, size=12), FLUSH_RIGHT, "@", NO_FILL),
    "unit": (look.Font(name=SONG, size=9), FLUSH_RIGHT, "@", NO_FILL),
    "head": (HEAD, CENTRE, "@", GREY),
    "band": (HEAD, LEFT, "@", GREY),
    "note": (look.Font(name=SONG, size=9), FLUSH, "@", NO_FILL),
    "signers": (look.Font(name=FANG, size=12), UPPER, "@", NO_FILL),
    "text": (BODY, LEFT, "@", NO_FILL),
    "short": (BODY, CENTRE, "@", NO_FILL),
    "code": (BODY, ONE_LINE, "@", NO_FILL),
    "serial": (BODY, CENTRE, "0", NO_FILL),
    "int": (BODY, CENTRE, "0", NO_FILL),
    "score": (BODY, RIGHT, "0.00", NO_FILL),
    "money": (BODY, RIGHT, "#,##0.00", NO_FILL),
    "percent": (BODY, RIGHT, "0.00%", NO_FILL),
    "date": (BODY, CENTRE, 'yyyy"年"m"月"d"日"', NO_FILL),
    "moment": (BODY, CENTRE, "yyyy-mm-dd hh:mm", NO_FILL),
}


def name_normal_style(book) -> None:
    """宋体 11 as the Normal style: the unit of column widths. Unnamed, each program measures its own face."""
    font = look.Font(name=SONG, size=11, family=3, charset=134)
    book._named_styles["Normal"].font = font
    book._fonts[0] = font


class Styles:
    """The styles of one sheet. Setting font, fill and borders on every cell takes more time than writing it; so each
    combination is set once on a cell that is not written, and its style array is shared."""

    def __init__(self, ws):
        self.ws = ws
        self._made: dict = {}

    def get(
        self, name: str, x: int = 0, last: int = 0, *, top=False, bottom=False, cut=False, mark: str = "", quoted=False
    ):
        """The style array of `name`. With `x` (1 … last) the cell stands in the frame: thin inside, medium outside."""
        edge = (bool(x), x == 1, x == last)
        key = (name, edge, top, bottom, cut, mark, quoted)
        if key not in self._made:
            self._made[key] = self._make(name, edge, top, bottom, cut, mark, quoted)
        return self._made[key]

    def _make(self, name, edge, top, bottom, cut, mark, quoted):
        cell = WriteOnlyCell(self.ws)
        font, cell.alignment, cell.number_format, fill = STYLES[name]
        framed, first, last = edge
        if framed:
            cell.border = look.Border(
                left=MEDIUM if first else THIN,
                right=MEDIUM if last else THIN,
                top=MEDIUM if top else THIN,
                bottom=THICK if cut else MEDIUM if bottom else THIN,
            )
        cell.font = {
            "dropped": look.Font(name=SONG, size=10.5, color="808080", strike=True),
            "strong": look.Font(name=SONG, size=10.5, bold=True),
            "total": HEAD,
        }.get(mark, font)
        cell.fill = {"warn": YELLOW, "total": GREY}.get(mark, fill)
        cell.quotePrefix = quoted
        return cell._style
