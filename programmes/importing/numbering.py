"""Numbers at the beginnings of lines: which schemes a text uses, and which of their numbers really count.

A scheme is a way of writing (一、 （一） 1. 1.1 1001 任务1 第一章). A number counts when it goes on where its scheme
stood: consistent runs 1, 2, 3 … are the evidence, so a figure that a line break threw to the beginning of a line is
left out.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from programmes.importing.lines import CJK, ENDS, Line

DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
CN = "[一二三四五六七八九十百〇零]{1,5}"
FULL = str.maketrans("０１２３４５６７８９．（）：ＡＢＣＤＥＦＧＨ", "0123456789.():ABCDEFGH")
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
UNIT_AHEAD = (
    r"(?![年月日号时分秒个项种类家台套条次倍人名元万亿度级米寸瓦伏层克吨位%％‰℃°~～\-—–+×/)）]|及以上|以上|以下|左右)"
)
WORDS = r"(?:[一-鿿]{1,6}?)"

PATTERNS = (
    ("chapter", re.compile(rf"^第\s*({CN}|\d{{1,2}})\s*(章|编|篇|部分)\s*[:：、.]?\s*(.*)$")),
    ("section", re.compile(rf"^第\s*({CN}|\d{{1,2}})\s*(节)\s*[:：、.]?\s*(.*)$")),
    ("annex", re.compile(rf"^(?:附件|附录|附表)\s*({CN}|\d{{1,2}})?\s*()[:：.、]?\s*(.*)$")),
    ("cn", re.compile(rf"^({CN})()\s*[、.．]\s*(.*)$")),
    ("cn_paren", re.compile(rf"^[(（]\s*({CN})()\s*[)）]\s*[、.]?\s*(.*)$")),
    ("paren", re.compile(r"^[(（]\s*(\d{1,3})()\s*[)）]\s*[、.]?\s*(.*)$")),
    ("half", re.compile(r"^(\d{1,3})()\s*[)）]\s*(.*)$")),
    ("dotted", re.compile(rf"^(\d{{1,3}}(?:[.．]\d{{1,3}}){{1,4}})()[.．、]?(?![\d.．]){UNIT_AHEAD}\s*(.*)$")),
    ("number", re.compile(r"^(\d{1,3})()\s*[.．](?!\d)\s*(.*)$")),
    ("comma", re.compile(r"^(\d{1,3})()\s*、\s*(.*)$")),
    ("code", re.compile(rf"^([A-Za-z]{{0,4}}[-_]?\d{{2,6}}(?:-\d{{1,4}})*)()(?:\s*[、:：.]\s*|\s+|(?=[{CJK}]))"
                        rf"{UNIT_AHEAD}(?=[{CJK}A-Za-z“\"《0-9])(.*)$")),
    ("worded", re.compile(rf"^[【\[]?({WORDS})\s*(?:[（(]\s*(?={CN}|\d))?({CN}|\d{{1,4}})"
                          rf"\s*(?:[】\])）]\s*[:：]?|[:：、.．]|\s)\s*(.*)$")),
    ("bare", re.compile(rf"^(\d{{1,3}})()\s+{UNIT_AHEAD}(?=[{CJK}A-Za-z“《])(.*)$")),
)  # fmt: skip
WORD_STOPS = re.compile(
    r"[的到在为了和与及至达约共第按从]$|^[年月日]|附件|附录|附表|[图表式]$|^[图表]|合计|共计|截至|截止"
)


@dataclass
class Mark:
    """A number at the beginning of line `at` (index). `numbers`: (2, 10) of 2.10; `rest`: the words behind it."""

    scheme: str
    at: int
    numbers: tuple[int, ...]
    rest: str
    printed: str = ""
    gap: int = 0  # how many numbers are missing just before it
    children: list = field(default_factory=list)


def chinese_number(text: str) -> int:
    """十二 → 12, 一百零三 → 103; digits as they are; 0 where it is no number."""
    if text.isdecimal():
        return int(text)
    total, last = 0, 0
    for sign in text:
        if sign == "十":
            total, last = total + (last or 1) * 10, 0
        elif sign == "百":
            total, last = total + (last or 1) * 100, 0
        elif sign in DIGITS:
            last = last * 10 + DIGITS[sign] if last and "十" not in text else DIGITS[sign]
        else:
            return 0
    return total + last


def candidates(line: Line, at: int) -> list[Mark]:
    """Every way in which the beginning of a line may be a number; the schemes of the text decide later."""
    text = line.text.translate(FULL) if line.text[:1] else ""
    found = []
    if text[:1] in CIRCLED and text[:1]:
        found.append(Mark("circled", at, (CIRCLED.index(text[0]) + 1,), line.text[1:].strip(" 、."), text[0]))
    for scheme, pattern in PATTERNS:
        if not (match := pattern.match(text)):
            continue
        rest = line.text[match.start(3) :].strip()
        if mark := _mark(scheme, match, rest, at):
            found.append(mark)
    return found


def _mark(scheme: str, match: re.Match, rest: str, at: int) -> Mark | None:
    if scheme == "worded":
        word, number = match[1], chinese_number(match[2])
        if not number or WORD_STOPS.search(word) or re.match(CN + "$", word):
            return None
        return Mark(f"worded:{word}", at, (number,), rest, match[2])
    if scheme == "annex":
        if re.match(r"(?:附件|附录|附表)\s*[:：]", match[0]):  # the list of annexes under a letter, not an annex
            return None
        return Mark(scheme, at, (chinese_number(match[1] or "一"),), rest, match[1] or "")
    if scheme == "dotted":
        numbers = tuple(int(part) for part in match[1].split("."))
        # 0.6, 2.0 and 12.05 are figures, not the number of a heading
        if 0 in numbers or any(part.startswith("0") for part in match[1].split(".")):
            return None
        return Mark(f"dotted:{len(numbers)}", at, numbers, rest, match[1])
    if scheme == "code" and (found := re.fullmatch(r"([A-Za-z])[-_]?(\d{2,3})", match[1])):
        # A01, A02, B01: the letter is the upper half of the number
        return Mark("code:letter", at, (ord(found[1].upper()) - 64, int(found[2])), rest, match[1]) if rest else None
    if scheme == "code":
        letters, digits = re.match(r"([A-Za-z]*[-_]?)(.*)", match[1]).groups()
        parts = tuple(int(part) for part in digits.split("-"))
        # the shape (letters, how many digits) is the scheme: 1001 and 2001 are one, 5 and 12 never belong to it
        shape = "-".join(str(len(part)) for part in digits.split("-")) if len(parts) == 1 else str(len(parts))
        return Mark(f"code:{letters}:{shape}", at, parts, rest, match[1]) if rest else None
    number = chinese_number(match[1])
    return Mark(scheme, at, (number,), rest, match[1]) if number else None


def accepted_marks(lines: list[Line]) -> list[Mark]:
    """The numbers that count, in the order of the text: one per line at most."""
    by_scheme: dict[str, list[Mark]] = defaultdict(list)
    for at, line in enumerate(lines):
        for mark in candidates(line, at):
            by_scheme[mark.scheme].append(mark)
    chosen: dict[int, Mark] = {}
    for scheme, marks in by_scheme.items():
        if scheme.startswith("dotted"):
            kept = _best_chain(marks, lines, _dotted_step)
        elif scheme.startswith("code"):
            kept = _best_chain(marks, lines, _code_step)
        elif scheme == "annex":
            kept = [mark for mark in marks if len(mark.rest) <= 50 and not lines[mark.at].text.endswith(("：", ":"))]
        else:
            kept = _runs(marks, lines)
        for mark in kept:
            rival = chosen.get(mark.at)
            if rival is None or _rank(mark, kept) > _rank(rival, [rival]):
                chosen[mark.at] = mark
    return [chosen[at] for at in sorted(chosen)]


def _rank(mark: Mark, siblings: list[Mark]) -> tuple:
    """Between two readings of one line: the one with more company, then the more particular scheme."""
    order = ("dotted", "number", "comma", "worded", "code", "bare")
    scheme = mark.scheme.split(":")[0]
    return (len(siblings) >= 2, -order.index(scheme) if scheme in order else 1)


def _breaks_in(line: Line, before: Line | None) -> bool:
    """Whether this line goes on with the sentence of the line before it: then its number is a mere figure."""
    if before is None or line.own or line.level or line.bold:
        return False
    return before.unfinished and before.width >= 40 and not before.level


def _dotted_step(before: tuple, now: tuple) -> float:
    """How well a number follows another of its scheme: 1 exactly, less over a gap, negative never."""
    if now[:-1] == before[:-1]:
        ahead = now[-1] - before[-1]
        return 1.0 if ahead == 1 else 0.6 - 0.1 * ahead if 1 < ahead <= 4 else -1.0
    if now[:-1] > before[:-1] and now[-1] <= 3:
        return 1.0 if now[-1] == 1 else 0.4 - 0.1 * now[-1]
    return -1.0


def _code_step(before: tuple, now: tuple) -> float:
    if len(now) > 1:
        return _dotted_step(before, now)
    ahead, base = now[0] - before[0], 100 if now[0] >= 1000 else 10
    if 1 <= ahead <= 4:
        return 1.0 if ahead == 1 else 0.6 - 0.1 * ahead
    if ahead > 0 and now[0] // base != before[0] // base and now[0] % base <= 3:
        return 1.0 if now[0] % base <= 1 else 0.4
    return -1.0


def _best_chain(marks: list[Mark], lines: list[Line], step) -> list[Mark]:
    """The heaviest ascending chain (dynamic programming); numbers that do not fit are figures in the text."""
    marks = marks[:4000]
    weight, back = [], []
    for place, mark in enumerate(marks):
        before = lines[mark.at - 1] if mark.at else None
        own = 0.3 - (0.6 if _breaks_in(lines[mark.at], before) else 0.0)
        start = 0.5 if mark.numbers[-1] % 100 <= 1 else 0.0
        best, source = own + start, -1
        for earlier in range(place - 1, max(-1, place - 60), -1):
            value = step(marks[earlier].numbers, mark.numbers)
            if value > 0 and weight[earlier] + value + own > best:
                best, source = weight[earlier] + value + own, earlier
        weight.append(best)
        back.append(source)
    if not weight:
        return []
    place = max(range(len(marks)), key=weight.__getitem__)
    chain = []
    while place >= 0:
        chain.append(marks[place])
        place = back[place]
    chain.reverse()
    for before, mark in zip(chain, chain[1:], strict=False):
        same = before.numbers[:-1] == mark.numbers[:-1]
        ahead = mark.numbers[-1] - before.numbers[-1]
        mark.gap = (
            ahead - 1 if same and 1 < ahead <= 4 else mark.numbers[-1] - 1 if not same and mark.numbers[-1] <= 3 else 0
        )
    return chain if len(chain) >= 2 else []


def _opens(mark: Mark, breaks: bool) -> bool:
    """Whether a run may begin here although its number is not 1: a heading of a text that is a part of another."""
    headings = mark.scheme in {"cn", "chapter", "cn_paren"} or mark.scheme.startswith("worded")
    return headings and not breaks and 2 <= len(mark.rest) <= 25 and mark.rest[-1] not in ENDS + "，、"


def _runs(marks: list[Mark], lines: list[Line]) -> list[Mark]:
    """Runs 1, 2, 3 …, one inside another: a 1 opens one, any other number goes on with the nearest that waits for it.

    A run of one counts only where nothing broke into a sentence.
    """
    open_runs: list[list[Mark]] = []
    done: list[list[Mark]] = []
    for mark in marks:
        number = mark.numbers[0]
        breaks = _breaks_in(lines[mark.at], lines[mark.at - 1] if mark.at else None)
        depth = next(
            (at for at in range(len(open_runs) - 1, -1, -1) if open_runs[at][-1].numbers[0] == number - 1), None
        )
        if number == 1 or not open_runs and _opens(mark, breaks):
            open_runs.append([mark])
        elif depth is not None and number > 1:
            done += open_runs[depth + 1 :]
            del open_runs[depth + 1 :]
            open_runs[depth].append(mark)
        elif open_runs and not breaks and 1 < number - open_runs[-1][-1].numbers[0] <= 3:
            mark.gap = number - open_runs[-1][-1].numbers[0] - 1
            open_runs[-1].append(mark)
        if len(open_runs) > 6:
            done.append(open_runs.pop(0))
    whole = []
    for run in done + open_runs:
        first = run[0]
        if len(run) >= 2 or not _breaks_in(lines[first.at], lines[first.at - 1] if first.at else None):
            whole += run
    return sorted(whole, key=lambda mark: mark.at)
