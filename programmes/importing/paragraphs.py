"""Lines to paragraphs: what a line break cut is joined, what begins with a number or a label begins anew."""

import re
from collections import Counter
from dataclasses import dataclass

from programmes.importing.labels import MAKES_A_TASK, NOTE, OTHER, Label, bare_label, label_at, role_of
from programmes.importing.lines import CJK, ENDS, Line, width_of
from programmes.importing.numbering import Mark

NUMBER = re.compile(r"^\s*(?:[（(]\d{1,2}[)）]|\d{1,2}[.、．)）](?!\d)|[①-⑳])\s*")
LONGEST = 6000  # signs of a paragraph; longer ones are no notice, and joining them would take for ever
INSIDE = re.compile(rf"(?<=[。；;])\s*([{CJK}]{{3,8}})[：:]")


@dataclass
class Paragraph:
    """`mark`: its number, if that counts; `label`: what stands before the colon; `text` without either."""

    text: str
    line: int
    mark: Mark | None = None
    label: Label | None = None
    level: int = 0
    bold: bool = False
    bullet: bool = False
    last_width: int = 0
    at: int = 0  # place among the paragraphs

    @property
    def title_like(self) -> bool:
        """Short, and not a sentence."""
        return (
            bool(self.text) and len(self.text) <= 80 and self.text[-1] not in ENDS + "，,、" and "。" not in self.text
        )


def wrap_width(lines: list[Line]) -> int:
    """The width at which a text breaks its lines, or 0 where a line is a paragraph."""
    widths = sorted(line.width for line in lines if not line.own)
    if len(widths) < 12:
        return 0
    full = widths[int(len(widths) * 0.9)]
    near = [line for line in lines if not line.own and full * 0.8 <= line.width <= full * 1.15]
    cut = sum(line.unfinished for line in near)
    return full if len(near) >= 0.2 * len(widths) and cut >= 0.5 * len(near) and 24 <= full <= 140 else 0


def frequent_labels(lines: list[Line]) -> Counter:
    """How often each label stands at the beginning of a line, also behind a number."""
    counts: Counter = Counter()
    for line in lines:
        if label := label_at(NUMBER.sub("", line.text)):
            counts[label.word] += 1
    return counts


def paragraphs_of(lines: list[Line], marks: list[Mark]) -> list[Paragraph]:
    """All paragraphs in order; labels in the middle of a paragraph begin a new one as well."""
    full = wrap_width(lines)
    by_line = {mark.at: mark for mark in marks}
    counts = frequent_labels(lines)
    bare = Counter(label.word for line in lines if (label := bare_label(line.text)))
    found: list[Paragraph] = []
    for at, line in enumerate(lines):
        mark = by_line.get(at)
        text = mark.rest if mark else line.text
        label = _label(text, line, mark, counts, bare)
        if mark is None and label is None and found and _goes_on(found[-1], line, full):
            _append(found[-1], line)
            continue
        found.append(
            Paragraph(text, line.no, mark, label, line.level, line.bold, line.bullet, last_width=line.width)
        )  # fmt: skip
        if label:
            found[-1].text = label.rest
    inside = {word for word, count in counts.items() if count >= 2 and _splits(word)}
    inside |= {word for word, count in _labels_inside(found).items() if count >= 2}
    split = [part for paragraph in found for part in _split(paragraph, inside)]
    for at, paragraph in enumerate(split):
        paragraph.at = at
    return split


def _labels_inside(paragraphs: list[Paragraph]) -> Counter:
    """Labels of a task that only ever stand behind the end of a sentence, never first."""
    counts: Counter = Counter()
    for paragraph in paragraphs:
        for found in INSIDE.finditer(paragraph.text):
            if role_of(found[1]) in MAKES_A_TASK:
                counts[found[1]] += 1
    return counts


def _splits(word: str) -> bool:
    label = label_at(word + "：")
    return label is not None and label.role != OTHER


def _label(text: str, line: Line, mark: Mark | None, counts: Counter, bare: Counter) -> Label | None:
    """The label of a line. A word whose meaning is unknown must recur; a bare one must recur or be dressed up."""
    label = label_at(text)
    if label and (label.role != OTHER or counts[label.word] >= (2 if len(label.word) <= 6 else 3)):
        return label
    label = bare_label(text)
    chapter = mark is not None and mark.scheme in {"cn", "chapter", "section"}  # 二、重点任务 heads a part of the text
    if label and label.role == NOTE:  # （二）申报条件 heads a part; 其他要求 among other bare labels is one of them
        return label if mark is None and not line.level and max(bare.values()) >= 2 else None
    if label and (bare[label.word] >= 2 or not chapter and (mark or line.level or line.bold)):
        return label
    return None


def _goes_on(before: Paragraph, line: Line, full: int) -> bool:
    """Whether this line goes on with the paragraph before it."""
    if len(before.text) > LONGEST or line.own or line.level or line.bullet or line.bold or before.level and not full:
        return False
    if _open_bracket(before.text):
        return True
    if full:
        return before.last_width >= 0.84 * full
    # a paragraph per line: only a sentence that a page break cut goes on
    return bool(before.text) and before.text[-1] not in ENDS and len(before.text) > 60


def _open_bracket(text: str) -> bool:
    tail = text[-60:]
    last_open = max((tail.rfind(sign) for sign in "（("), default=-1)
    return last_open >= 0 and not re.search(r"[）)]", tail[last_open:])


def _append(paragraph: Paragraph, line: Line) -> None:
    left, right = paragraph.text[-1:], line.text[:1]
    both_latin = left.isascii() and right.isascii() and left.isalnum() and right.isalnum()
    paragraph.text += (" " if both_latin and left.isalpha() and right.isalpha() else "") + line.text
    paragraph.last_width = width_of(line.text)


def _split(paragraph: Paragraph, words: set[str]) -> list[Paragraph]:
    """A paragraph in which a known label stands after the end of a sentence, as several."""
    if not words or not any(word in paragraph.text for word in words):
        return [paragraph]
    choice = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    cuts = list(re.finditer(rf"(?<=[。；;！!?？\s])[【\[]?({choice})[】\]]?[：:]", paragraph.text))
    if not cuts:
        return [paragraph]
    parts, text = [], paragraph.text
    ends = [cut.start() for cut in cuts[1:]] + [len(text)]
    paragraph.text = text[: cuts[0].start()].strip()
    parts.append(paragraph)
    for cut, end in zip(cuts, ends, strict=True):
        label = label_at(cut[1] + "：")
        parts.append(Paragraph(text[cut.end() : end].strip(), paragraph.line, None, label))
    return parts
