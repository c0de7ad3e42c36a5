"""Words as papers and tables print them: clean text, dates, numerals, title lines, widths."""

import math
import re
import unicodedata
from datetime import date, datetime

from jbgs.lib import clock

# Not allowed in XML and drawn as a box in a PDF: control characters, halves of pairs, non-characters. And the marks
# that turn the reading direction: they make a text look like another one.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]"
)
DIGITS = "零一二三四五六七八九"
TITLE_MOST = 20  # hanzi of 22 pt in a line of 156 mm
# A title may end its line after the first group and before the second.
BREAK_AFTER = ("）", "揭榜挂帅", "专项", "计划", "工作", "年度", "关于推荐", "关于公布", "、")
BREAK_BEFORE = ("（", "关于", "项目", "拟入围", "入围", "优胜", "申报", "推荐", "专家", "单位名单", "公示")


def printable(value):
    """The same text, list or dict without characters that no paper can carry; line ends become \\n."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [printable(item) for item in value]
    return value


def numeral(number: int) -> str:
    """一 … 九十九 for headings."""
    tens, ones = divmod(number, 10)
    if not tens:
        return DIGITS[ones]
    return ("" if tens == 1 else DIGITS[tens]) + "十" + (DIGITS[ones] if ones else "")


def day(value: date | datetime | None) -> str:
    """2025年3月5日, the day in China; empty for None."""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return f"{value.year}年{value.month}月{value.day}日" if value else ""


def moment(value: datetime | None) -> str:
    """2025年3月5日 16:42, the time in China; empty for None."""
    return f"{day(value)} {clock.local(value):%H:%M}" if value else ""


def spread(label: str, room: int = 4) -> str:
    """A label of two or three hanzi widened to the room of four, as forms print it: 版　　本."""
    gaps = len(label) - 1
    if not 0 < gaps < room - 1:
        return label
    blank, rest = divmod((room - len(label)) * 2, gaps)  # in halves of a hanzi: an en quad is one half
    return "".join(c + "\u2002" * (blank + (i < rest)) for i, c in enumerate(label[:-1])) + label[-1]


def year_number(text: str) -> str:
    """A document number as GB/T 9704 prints it: 〔2025〕 whatever brackets were typed."""
    return re.sub(r"[\[［【（(]\s*((?:19|20)\d\d)\s*[\]］】）)]", r"〔\1〕", text)


def title_lines(title: str, most: float = TITLE_MOST) -> list[str]:
    """A title cut where a word ends, in as few lines as possible and these about equally long."""
    whole = width_of(title)
    if whole <= most:
        return [title]
    places = {match.end() for word in BREAK_AFTER for match in re.finditer(word, title)}
    places |= {match.start() for word in BREAK_BEFORE for match in re.finditer(word, title)}
    fitting = [place for place in range(4, len(title) - 1) if width_of(title[:place]) <= most]
    fitting = [place for place in fitting if not _in_brackets(title, place)] or fitting
    good = [place for place in fitting if place in places and len(title) - place >= 4]
    good = good or [place for place in fitting if not _inside_a_word(title, place)] or fitting[-1:]
    lines = math.ceil(whole / most)
    cut = min(good, key=lambda place: abs(width_of(title[:place]) - whole / lines))
    return [title[:cut], *title_lines(title[cut:], most)]


def width_of(text: str) -> float:
    """Width in hanzi: a wide character is 1, a Latin letter or digit a little more than a half."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.57 for c in text)


def _in_brackets(title: str, place: int) -> bool:
    """Whether a line that ended here would leave a bracket open."""
    return title.count("（", 0, place) > title.count("）", 0, place)


def _inside_a_word(title: str, place: int) -> bool:
    before, after = title[place - 1], title[place]
    return (before.isascii() and after.isascii()) or after in "，。、；：）》”年月日" or before in "（《“"
