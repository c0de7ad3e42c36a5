"""Rows of a file beside a call's document: what is new, what is the same, what differs; and the document that follows.

Pure: documents in, documents out. Tasks are found again by their name, else by their code; nothing that the call has is
dropped. A task that differs from the call's is changed only when somebody says so.
"""

import copy
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from jbgs.lib.regions import REGIONS
from programmes.importing.quantities import CN_MEASURE
from programmes.importing.rows import DOUBTFUL, REFUSED, TAKEN, Found, Proposal, Row
from programmes.importing.yardstick import plain_title
from programmes.indicators import SIGNS

NEW, SAME, CHANGED = "new", "same", "changed"
REGION_CODES = {name: region.code for region in REGIONS for name in (region.name, region.short)}
CHANGE_WORDS = {NEW: "新增", SAME: "已有，相同", CHANGED: "已有，不同"}
COUNTED = frozenset((*CN_MEASURE, "人", "名", "本", "部", "份"))
"""Units of things that are counted, not measured."""
SUMMARY_MOST, DETAIL_MOST, DETAILS_MOST = 600, 400, 12


@dataclass
class Entry:
    """One row beside the call. `task`: as the document would have it; None for what is refused."""

    row: Row
    task: dict | None = None
    change: str = ""
    differences: list[str] = field(default_factory=list)

    @property
    def status(self) -> str:
        """taken, doubtful or refused."""
        return self.row.status

    def as_json(self) -> dict:
        """The row with what it would change."""
        code = self.task["code"] if self.task else self.row.code
        return self.row.as_json() | {"code": code, "change": self.change, "differences": self.differences}


class Plan:
    """All rows beside one document. `fields` and `categories` are what the document would need for them."""

    def __init__(self, found: Found, document: Mapping):
        self.found, self.document = found, document
        self.fields = _Named(document.get("fields", []), "f")
        self.categories = _Named(document.get("categories", []), "c")
        self.present = {task["code"]: task for task in document.get("tasks", [])}
        self.by_title = {plain_title(task["title"]): task for task in self.present.values()}
        self.codes = set(self.present)
        self.matched: set[str] = set()
        self.entries = [self._entry(row) for row in found.rows]

    def _entry(self, row: Row) -> Entry:
        if row.status == REFUSED:
            return Entry(row)
        known = self._known(row)
        if not row.field and not known and len(self.fields.names) != 1:
            row.doubt("没有读到领域，请补充。")
        code = known["code"] if known else self._free_code(row.code)
        self.codes.add(code)
        entry = Entry(row, self._task(row, code, known))
        if known is None:
            entry.change = NEW
            return entry
        self.matched.add(code)
        entry.differences = differences(known, entry.task, self)
        entry.change = CHANGED if entry.differences else SAME
        return entry

    def _known(self, row: Row) -> dict | None:
        """The call's task that this row means: of the same name, else of the same printed code."""
        known = self.by_title.get(plain_title(row.title))
        if known is None and row.printed_code:
            known = self.present.get(row.code)
            if known is not None:
                row.doubt(f"编号 {row.code} 在批次中已用于“{known['title']}”，名称不同。")
        return None if known is not None and known["code"] in self.matched else known

    def _free_code(self, code: str) -> str:
        code = code if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,35}", code) else "t"
        free, number = code, 2
        while free in self.codes:
            free, number = f"{code}-{number}", number + 1
        return free

    def _task(self, row: Row, code: str, known: dict | None) -> dict:
        task = {"code": code, "field": self._field(row, known), "title": row.title[:300]}
        if row.category:
            task["category"] = self.categories.code(row.category)
        elif known and known.get("category"):
            task["category"] = known["category"]
        details = [{"label": label[:40], "text": text[:DETAIL_MOST]} for label, text in row.details if label and text]
        summary, rest = _summary(row.content)
        if summary:
            task["summary"] = summary
        details = rest + details
        if row.indicators:
            task["indicators"] = [_indicator(item, at) for at, item in enumerate(row.indicators, start=1)]
        if row.keywords:
            task["keywords"] = list(dict.fromkeys(row.keywords))
        if details:
            task["details"] = details[:DETAILS_MOST]
        if row.owner:
            region = REGION_CODES.get(row.region.strip(), "")
            task["owner"] = {"name": row.owner[:120]} | ({"region": region} if region else {})
        return task

    def _field(self, row: Row, known: dict | None) -> str:
        if row.field:
            return self.fields.code(row.field)
        if known:
            return known["field"]
        return self.fields.items[0]["code"] if len(self.fields.items) == 1 else self.fields.code("未分领域")

    def document_with(self, chosen: Collection[int]) -> dict:
        """The document with the chosen entries (their places in `entries`); what it needs of fields comes along."""
        document = copy.deepcopy(dict(self.document))
        tasks = document.setdefault("tasks", [])
        place = {task["code"]: at for at, task in enumerate(tasks)}
        for at in sorted(chosen):
            entry = self.entries[at]
            if entry.task is None or entry.change == SAME:
                continue
            if entry.task["code"] in place:
                tasks[place[entry.task["code"]]] |= entry.task
            else:
                tasks.append(entry.task)
        used_fields = {task["field"] for task in tasks}
        used_categories = {task.get("category") for task in tasks}
        if fields := self.fields.kept(used_fields):
            document["fields"] = fields
        categories = self.categories.kept(used_categories)
        if categories:
            document["categories"] = categories
        if not tasks:
            del document["tasks"]
        return document

    def chosen_by_default(self, *, doubtful: bool = False, changed: bool = False) -> list[int]:
        """The places of what is written without a person's choice: new and taken; the rest only where said so."""
        statuses = {TAKEN, DOUBTFUL} if doubtful else {TAKEN}
        changes = {NEW, CHANGED} if changed else {NEW}
        return [at for at, entry in enumerate(self.entries) if entry.status in statuses and entry.change in changes]

    @property
    def left_alone(self) -> int:
        """How many tasks of the call the file does not name; they stay as they are."""
        return len(self.present) - len(self.matched)

    def counted(self, change: str) -> int:
        """How many rows are new, the same or changed."""
        return sum(entry.change == change for entry in self.entries)

    def as_json(self) -> dict:
        """What `import_tasks --json` prints: the reading, and each task's change against the call."""
        counts = {change: self.counted(change) for change in (NEW, SAME, CHANGED)}
        return self.found.as_json() | counts | {
            "left_alone": self.left_alone,
            "tasks": [entry.as_json() for entry in self.entries],
        }  # fmt: skip


class _Named:
    """Fields or categories of a document by name; a new name gets the next free code."""

    def __init__(self, items: list, letter: str):
        self.items = [dict(item) for item in items]
        self.first = len(self.items)
        self.letter = letter
        self.names = {self._key(item["name"]): item["code"] for item in self.items}

    @staticmethod
    def _key(name: str) -> str:
        return re.sub(r"(?:重点|重大)?(?:专项|领域|方向)$", "", plain_title(name)) or plain_title(name)

    def code(self, name: str) -> str:
        """The code of a name, new where no name like it is there."""
        key = self._key(name)
        if key not in self.names:
            number, codes = len(self.items) + 1, {item["code"] for item in self.items}
            while f"{self.letter}{number}" in codes:
                number += 1
            self.names[key] = f"{self.letter}{number}"
            self.items.append({"code": self.names[key], "name": name[: 200 if self.letter == "f" else 60]})
        return self.names[key]

    def name(self, code: str) -> str:
        """The name of a code."""
        return next((item["name"] for item in self.items if item["code"] == code), code)

    def kept(self, used: set) -> list:
        """What the document had, and of the new ones those that are used."""
        return self.items[: self.first] + [item for item in self.items[self.first :] if item["code"] in used]


def _summary(content: str) -> tuple[str, list[dict]]:
    """(the beginning of the content, the rest as details): nothing of it is lost up to a dozen pieces."""
    content = content.strip()
    if len(content) <= SUMMARY_MOST:
        return content, []
    cut = max(content.rfind(sign, 0, SUMMARY_MOST) for sign in "。；\n") + 1
    cut = cut if cut > SUMMARY_MOST // 2 else SUMMARY_MOST
    rest, pieces = content[cut:].strip(), []
    while rest and len(pieces) < DETAILS_MOST - 4:
        end = max(rest.rfind(sign, 0, DETAIL_MOST) for sign in "。；\n") + 1
        end = (
            end
            if end > DETAIL_MOST // 2 or len(rest) <= DETAIL_MOST and end == len(rest)
            else min(DETAIL_MOST, len(rest))
        )
        pieces.append({"label": "内容（续）", "text": rest[:end].strip()})
        rest = rest[end:].strip()
    return content[:cut].strip(), [piece for piece in pieces if piece["text"]]


def _indicator(item: Proposal, at: int) -> dict:
    """An indicator as the document writes it; figures as text, exactly."""
    value = item.value
    if isinstance(value, tuple):
        value = [format(end, "f") for end in value]
    elif value is not None:
        value = format(value, "f") if -20 < value.adjusted() < 20 else str(value)
    written = {
        "code": f"i{at}",
        "name": (item.name.strip() or f"指标 {at}")[:120],
        "comparator": item.comparator,
        "value": value,
    }
    for key in ("unit", "conditions"):
        if getattr(item, key):
            written[key] = getattr(item, key)
    if item.group:
        written["group"] = item.group
    if isinstance(item.value, tuple) and item.unit in COUNTED:
        written["sense"] = "reaches"  # 5—10 项: an amount, of which more is welcome
    if item.comparator == "text":
        written["text"] = (item.text or item.name)[:400]
        written.pop("unit", None)
    return written


def differences(known: Mapping, task: Mapping, plan: Plan) -> list[str]:
    """In what a row differs from the call's task, in sentences; only what the file says is compared."""
    words = {"title": "名称", "summary": "简介", "keywords": "关键词", "details": "说明", "owner": "发榜单位"}
    found = []
    for key, name in (("field", "领域"), ("category", "类别")):
        names = plan.fields if key == "field" else plan.categories
        if key in task and task[key] != known.get(key):
            found.append(f"{name}：现为“{names.name(known.get(key, ''))}”，文件为“{names.name(task[key])}”。")
    for key, name in words.items():
        if key in task and task[key] != known.get(key):
            found.append(f"{name}不同：现为“{_short(known.get(key))}”，文件为“{_short(task[key])}”。")
    if "indicators" in task and task["indicators"] != known.get("indicators"):
        mine, theirs = _shown(known.get("indicators", [])), _shown(task["indicators"])
        only = [text for text in theirs if text not in mine]
        gone = [text for text in mine if text not in theirs]
        said = f"指标：现有 {len(mine)} 个，文件 {len(theirs)} 个"
        said += f"；文件新列“{'、'.join(only[:3])}”" if only else ""
        said += f"；文件没有“{'、'.join(gone[:3])}”" if gone else ""
        found.append(said + "。")
    return found


def _shown(indicators: list) -> list[str]:
    return [show_indicator(item) for item in indicators]


def show_indicator(item: Mapping) -> str:
    """An indicator in one line: 寿命≥5000h."""
    value = item.get("value")
    if item["comparator"] == "text":
        return item["name"]
    shown = "~".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{item['name']}{SIGNS.get(item['comparator'], ' ')}{shown}{item.get('unit', '')}"


def _short(value) -> str:
    if not value:
        return "（空）"
    if isinstance(value, Mapping):
        value = value.get("name", "")
    elif isinstance(value, list):
        value = "；".join(str(one.get("text", one)) if isinstance(one, Mapping) else str(one) for one in value)
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:39] + "…"
