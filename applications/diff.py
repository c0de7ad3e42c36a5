"""What changed between two contents of an application, field by field, with the words that went and came.

A content is what `applications.versions` freezes (or the live draft's, by `versions.content_of`). Rows of tables are
matched by what names them (a person, a unit, a file), so that an inserted row does not change all that follow.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from jbgs.lib.countries import CHINA, country_name
from jbgs.lib.uploads import readable_size
from programmes.answers import asked, columns_of, first_words, shown, text_of
from programmes.indicators import IndicatorSpec
from programmes.words import BUDGET_SOURCES, UNIT_TYPES

SAME, CUT, ADD = "same", "cut", "add"
# Words of letters and figures stay whole, every other sign stands alone: Chinese has no spaces to part by.
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.,][0-9]+)*|\s+|.", re.S)
_SENTENCE = re.compile(r"[^。；;！？\n]*[。；;！？\n]?", re.S)
MOST_COMPARED = 250_000  # token pairs: beyond this two texts are compared by sentences only
SHORT_ISLAND = 2  # characters between two changes that are shown as part of them

Run = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One field that differs. `old` and `new` are runs (kind, text); empty where the field was added or removed."""

    section: str
    label: str
    old: list[Run]
    new: list[Run]


@dataclass(frozen=True)
class Difference:
    """All changes in the order of the form, and how many fields stayed the same."""

    changes: list[Change]
    unchanged: int


def compare(old: Mapping, new: Mapping) -> Difference:
    """Everything that differs between two contents."""
    before, after = dict(_fields(old)), dict(_fields(new))
    changes, unchanged = [], 0
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key, ""), after.get(key, "")
        if was == now:
            unchanged += 1
        else:
            changes.append(Change(key[0], key[1], *words(was, now)))
    order = {key[0]: place for place, key in reversed(list(enumerate([*after, *before])))}
    return Difference(sorted(changes, key=lambda change: order[change.section]), unchanged)


def compare_section(section: Mapping, old: Mapping, new: Mapping, indicators=()) -> list[Change]:
    """What differs between two wordings of one section; `section`: {"key", "type", "title", "options"}."""

    def content(data):
        return {
            "form": [section],
            "sections": {section["key"]: data},
            "indicators": list(indicators),
            "commitments": data.get("rows") or {},
        }

    return compare(content(old), content(new)).changes


def words(old: str, new: str) -> tuple[list[Run], list[Run]]:
    """Two texts as runs: what both have (same), what only the old has (cut), what only the new has (add)."""
    left: list[Run] = []
    right: list[Run] = []
    for sentence_old, sentence_new in _aligned(_SENTENCE.findall(old), _SENTENCE.findall(new)):
        if sentence_old == sentence_new:
            _push(left, SAME, sentence_old)
            _push(right, SAME, sentence_new)
            continue
        a, b = _TOKEN.findall(sentence_old), _TOKEN.findall(sentence_new)
        if not a or not b or len(a) * len(b) > MOST_COMPARED:
            _push(left, CUT, sentence_old)
            _push(right, ADD, sentence_new)
            continue
        for same, i1, i2, j1, j2 in _blocks(a, b):
            _push(left, SAME if same else CUT, "".join(a[i1:i2]))
            _push(right, SAME if same else ADD, "".join(b[j1:j2]))
    return left, right


def _aligned(a: list[str], b: list[str]) -> Iterable[tuple[str, str]]:
    """Equal sentences one to one, and between them what was rewritten as one piece."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from zip(a[i1:i2], b[j1:j2], strict=True)
        else:
            yield "".join(a[i1:i2]), "".join(b[j1:j2])


def _blocks(a: list[str], b: list[str]) -> list[tuple[bool, int, int, int, int]]:
    """Opcodes as (same, i1, i2, j1, j2); short equal islands between changes belong to the change."""
    codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    merged: list[tuple[bool, int, int, int, int]] = []
    for place, (tag, i1, i2, j1, j2) in enumerate(codes):
        inside = 0 < place < len(codes) - 1
        same = tag == "equal" and not (inside and sum(map(len, a[i1:i2])) <= SHORT_ISLAND)
        if merged and merged[-1][0] == same:
            last = merged.pop()
            merged.append((same, last[1], i2, last[3], j2))
        else:
            merged.append((same, i1, i2, j1, j2))
    return merged


def _push(runs: list[Run], kind: str, text: str) -> None:
    if not text:
        return
    if runs and runs[-1][0] == kind:
        runs[-1] = (kind, runs[-1][1] + text)
    else:
        runs.append((kind, text))


# ---- a content as flat fields: ((section title, label), text) ----


def lines_of(type_: str, content: Mapping, data: Mapping, options: Mapping) -> list[tuple[str, str]]:
    """(label, text) of everything in one section of this type."""
    return [(label, text.strip()) for label, text in LINES[type_](content, data, options)]


def _fields(content: Mapping) -> Iterable[tuple[tuple[str, str], str]]:
    if "unit" in content:
        yield from _of("基本信息", _basics(content))
    for section in content["form"]:
        lines = LINES.get(section["type"])
        if lines:
            data = content["sections"].get(section["key"]) or {}
            yield from _of(section["title"], lines(content, data, section.get("options") or {}))


def _of(title: str, lines: Iterable[tuple[str, str]]) -> Iterable[tuple[tuple[str, str], str]]:
    """The lines of one section under its title; a label that comes twice is numbered."""
    seen: dict[str, int] = {}
    for label, text in lines:
        seen[label] = seen.get(label, 0) + 1
        yield (title, label if seen[label] == 1 else f"{label}（{seen[label]}）"), text.strip()


def _basics(content):
    yield "推荐单位", (content.get("department") or {}).get("name", "")
    yield "牵头单位", content["unit"].get("name", "")


def _project(content, data, options):
    yield "项目名称", str(data.get("title") or "")
    if data.get("part"):
        yield "子方向", str((content.get("task") or {}).get("part") or data["part"])
    for end, label in (("starts_on", "执行期开始"), ("ends_on", "执行期截止")):
        if data.get(end):
            yield label, str(data[end])


def _unit(content, data, options):
    for entry in options.get("fields", []):
        yield entry["label"], str(data.get(entry["key"]) or "")


def _joined(*parts: tuple[str, object]) -> str:
    return "；".join(f"{label}{value}" for label, value in parts if str(value or "").strip())


def _table(data) -> list[Mapping]:
    return [row for row in data.get("rows") or [] if isinstance(row, Mapping)]


def _partners(content, data, options):
    for row in _table(data):
        kind = UNIT_TYPES.get(row.get("type"), row.get("type"))
        country = country_name(row["country"]) if row.get("country") not in (None, "", CHINA) else ""
        duty = _joined(("代码 ", row.get("code")), ("", kind), ("", country), ("承担任务：", row.get("duty")))
        yield str(row.get("name") or "未填名称的单位"), duty


def _team(content, data, options):
    for row in _table(data):
        parts = (
            ("", "项目负责人" if row.get("is_leader") else ""), ("出生 ", row.get("birth_date")),
            ("", row.get("title")), ("", row.get("degree")), ("", row.get("employer")), ("", row.get("duty")),
            ("证件号码 ", row.get("id_number")), ("投入月数 ", row.get("months")),
        )  # fmt: skip
        yield str(row.get("name") or "未填姓名的成员"), _joined(*parts)


def _budget(content, data, options):
    for row in data.get("sources") or []:
        if str(row.get("amount") or "").strip():
            yield (
                f"{BUDGET_SOURCES.get(row.get('source'), row.get('source'))} {row.get('year')}年",
                f"{row['amount']} 万元",
            )
    labels = {item["key"]: item["label"] for item in options.get("items", [])}
    for row in data.get("items") or []:
        if str(row.get("amount") or "").strip():
            yield labels.get(row.get("item"), str(row.get("item"))), f"{row['amount']} 万元"


def _commitments(content, data, options):
    promised = content.get("commitments") or {}
    for item in content.get("indicators") or []:
        row = promised.get(item["code"]) or {}
        spec = IndicatorSpec(item["code"], item["name"], item["comparator"], unit=item.get("unit") or "")
        typed = "—".join(str(row[part]) for part in ("value", "low", "high", "text") if row.get(part))
        yield (
            item["name"],
            _joined(("", spec.show(row) or typed), ("考核方式：", row.get("proof")), ("说明：", row.get("note"))),
        )


def _targets(content, data, options):
    rows = data.get("rows") or {}
    for entry in options.get("rows", []):
        value = str((rows.get(entry["key"]) or {}).get("value") or "")
        yield entry["name"], f"{value} {entry.get('unit', '')}".strip() if value else ""


def _questions(content, data, options):
    answers = data.get("answers") or {}
    for entry in asked(options.get("questions", []), answers):
        yield entry["label"], shown(entry, text_of(answers, entry["key"]))


def _rows(content, data, options):
    """The rows of a table section, each named by what stands first in it."""
    columns = columns_of(options)
    for row in _table(data):
        name = first_words(columns, row)
        if name:
            cells = ((f"{column['label']} ", shown(column, text_of(row, column["key"]))) for column in columns)
            yield name[:40], _joined(*cells)


def _attachments(content, data, options):
    for row in content.get("attachments") or []:
        pages = f"，{row['pages']} 页" if row.get("pages") else ""
        mark = row.get("sha256", "")[:8]
        yield (
            f"{row['kind_label']}：{row['name']}",
            f"{row['name']}，{readable_size(row['size'])}{pages}（摘要 {mark}）",
        )


def _pledge(content, data, options):
    names = data.get("signers") if "signers" in data else [data.get("signer")]
    yield "签署人", "、".join(str(name) for name in names or [] if name) if data.get("agreed") else ""


LINES = {
    "project": _project,
    "unit": _unit,
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
    "targets": _targets,
    "questions": _questions,
    "table": _rows,
    "attachments": _attachments,
    "pledge": _pledge,
}
