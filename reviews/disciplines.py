"""学科: the tree by which experts and tasks are matched, and the table it is loaded from.

An expert's and a task's `disciplines` are codes of this tree and free words; a free word is a tree of its own.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO

from django.db import transaction

from jbgs.lib.errors import Refused
from reviews.models import Discipline

COLUMNS = ["code", "name", "parent"]


@dataclass(frozen=True)
class Tree:
    """All disciplines. `names`: code → name; `parents`: code → code above, "" for a first level."""

    names: Mapping[str, str]
    parents: Mapping[str, str]

    @classmethod
    def load(cls) -> "Tree":
        """The tree as the database has it; one query."""
        rows = list(Discipline.objects.order_by("code").values_list("code", "name", "parent__code"))
        return cls({code: name for code, name, _ in rows}, {code: parent or "" for code, _, parent in rows})

    def path(self, code: str) -> tuple[str, ...]:
        """Codes from the first level down to `code`; () for one that is not in the tree."""
        found: list[str] = []
        while code in self.names and code not in found:
            found.append(code)
            code = self.parents[code]
        return tuple(reversed(found))

    def name(self, code: str) -> str:
        """The name of a code; a free word stands for itself."""
        return self.names.get(code, code)

    def label(self, code: str) -> str:
        """Code and name, as lists and forms write it: `14030 光学`; a free word as it is."""
        return f"{code} {self.names[code]}" if code in self.names else code

    def read(self, word: str) -> str:
        """The code that somebody meant by `14030`, `140.30`, `14030 光学` or, where only one has it, `光学` (or one and
        what lies below it: the upper one); the word itself where none fits."""
        first = word.split(" ", 1)[0].replace(".", "")
        if first in self.names:
            return first
        named = self._by_name.get(word, ())
        return named[0] if named and all(named[0] in self.path(code) for code in named) else word

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for code, name in sorted(self.names.items()):
            found.setdefault(name, []).append(code)
        return found

    def below(self, code: str) -> frozenset[str]:
        """The code itself and everything under it; for a free word the word alone."""
        return frozenset({code, *(other for other in self.names if code in self.path(other))})

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """For a grouped select: (first level, [(code, label), …]), the first level itself at the head of its group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for code in sorted(self.names):
            groups.setdefault(self.path(code)[0], []).append((code, self.label(code)))
        return [(self.label(first), entries) for first, entries in groups.items()]


def words_of(typed: str) -> list[str]:
    """What somebody wrote in one line, apart: commas, 、, semicolons and line breaks part words."""
    for mark in "、，;；\n":
        typed = typed.replace(mark, ",")
    return list(dict.fromkeys(" ".join(word.split()) for word in typed.split(",") if word.strip()))


@dataclass(frozen=True)
class Loaded:
    """What a table brought."""

    created: int
    changed: int
    same: int


def load(text: str) -> Loaded:
    """Write the disciplines of a CSV text (code,name,parent; parents in any order). The same text again changes
    nothing, and nothing is taken away.

    Refused bad_disciplines with every wrong row in `details`: empty or repeated codes, unknown parents, circles.
    """
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    if not rows or [cell.strip() for cell in rows[0]] != COLUMNS:
        raise Refused("bad_disciplines", f"第 1 行应为表头 {','.join(COLUMNS)}。", status=422)
    read = [(place, [cell.strip() for cell in row]) for place, row in enumerate(rows[1:], 2) if any(row)]
    with transaction.atomic():
        known = {row.code: row for row in Discipline.objects.select_for_update(of=("self",)).select_related("parent")}
        faults = list(_faults(read, known))
        if faults:
            raise Refused("bad_disciplines", "".join(faults[:20]), status=422, details=faults)
        return _written([cells for _, cells in read], known)


def _faults(read: Iterable[tuple[int, list[str]]], known: Mapping[str, Discipline]) -> Iterator[str]:
    parents = {code: row.parent.code if row.parent else "" for code, row in known.items()}
    lines: dict[str, int] = {}
    for place, cells in read:
        if len(cells) != len(COLUMNS) or not cells[0] or not cells[1]:
            yield f"第 {place} 行：须有代码、名称、上级代码三项，上级代码可以为空。"
        elif cells[0] in lines:
            yield f"第 {place} 行：代码 {cells[0]} 在第 {lines[cells[0]]} 行已经出现。"
        elif len(cells[0]) > 20 or len(cells[1]) > 80:
            yield f"第 {place} 行：代码最多 20 个字，名称最多 80 个字。"
        else:
            lines[cells[0]], parents[cells[0]] = place, cells[2]
    for code, place in lines.items():
        if parents[code] and parents[code] not in parents:
            yield f"第 {place} 行：上级代码 {parents[code]} 不在表中，也没有载入过。"
        elif code in _above(code, parents):
            yield f"第 {place} 行：{code} 的上级代码绕成一圈。"


def _above(code: str, parents: Mapping[str, str]) -> set[str]:
    found: set[str] = set()
    while (code := parents.get(code, "")) and code not in found:
        found.add(code)
    return found


def _written(rows: list[list[str]], known: dict[str, Discipline]) -> Loaded:
    """Rows first, parents afterwards: a child may stand before its parent."""
    new = [Discipline(code=code, name=name) for code, name, _ in rows if code not in known]
    before = {code: (row.name, row.parent.code if row.parent else "") for code, row in known.items()}
    known |= {row.code: row for row in Discipline.objects.bulk_create(new)}
    differing = []
    for code, name, parent in rows:
        if before.get(code) != (name, parent):
            known[code].name, known[code].parent = name, known.get(parent)
            differing.append(known[code])
    Discipline.objects.bulk_update(differing, ["name", "parent"], batch_size=200)
    return Loaded(len(new), len(differing) - len(new), len(rows) - len(differing))
