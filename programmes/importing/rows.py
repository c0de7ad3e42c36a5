"""What a reading of a task list yields. No models here: rows are plain data until somebody confirms them."""

import dataclasses
from dataclasses import dataclass
from decimal import Decimal

TAKEN, DOUBTFUL, REFUSED = "taken", "doubtful", "refused"
STATUS_WORDS = {TAKEN: "可收录", DOUBTFUL: "存疑", REFUSED: "不收录"}


class Unreadable(Exception):
    """A file that cannot be read as a task list; `sentence` says what it is and what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Proposal:
    """One proposed indicator. `value`: Decimal, (low, high) or None for text; `doubt` says why it is not sure."""

    name: str
    comparator: str
    value: Decimal | tuple[Decimal, Decimal] | None = None
    unit: str = ""
    conditions: str = ""
    text: str = ""
    group: str = ""
    doubt: str = ""

    def as_json(self) -> dict:
        """The indicator with figures as numbers (ints where whole), as the command prints it."""
        value = self.value
        if isinstance(value, tuple):
            value = [_plain(end) for end in value]
        elif value is not None:
            value = _plain(value)
        words = {key: getattr(self, key) for key in ("name", "comparator", "unit", "conditions", "text")}
        return {**words, "value": value} | ({"group": self.group} if self.group else {})


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


@dataclass
class Row:
    """One task as the file has it. `line` counts from 1 in the text or the sheet; `place` names the sheet."""

    code: str = ""
    title: str = ""
    field: str = ""
    category: str = ""
    owner: str = ""
    region: str = ""
    content: str = ""
    targets: str = ""
    keywords: list[str] = dataclasses.field(default_factory=list)
    details: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    indicators: list[Proposal] = dataclasses.field(default_factory=list)
    status: str = TAKEN
    why: list[str] = dataclasses.field(default_factory=list)
    line: int = 0
    place: str = ""
    printed_code: bool = False

    def doubt(self, sentence: str) -> None:
        """Mark as doubtful; a refused row stays refused."""
        if self.status == TAKEN:
            self.status = DOUBTFUL
        if sentence not in self.why:
            self.why.append(sentence)

    def refuse(self, sentence: str) -> None:
        """Mark as not to be taken."""
        self.status = REFUSED
        if sentence not in self.why:
            self.why.append(sentence)

    def as_json(self) -> dict:
        """The row as `import_tasks --json` prints it."""
        words = ("code", "title", "field", "category", "owner", "region", "status", "why", "line", "place")
        shown = {key: getattr(self, key) for key in words}
        return shown | {
            "keywords": self.keywords,
            "details": [{"label": label, "text": text} for label, text in self.details],
            "content": self.content,
            "targets": self.targets,
            "indicators": [item.as_json() for item in self.indicators],
        }


@dataclass
class Found:
    """All rows of one file in its order, and what is to be said about the file as a whole."""

    rows: list[Row] = dataclasses.field(default_factory=list)
    notes: list[str] = dataclasses.field(default_factory=list)
    kind: str = ""

    def counted(self, status: str) -> int:
        """How many rows have a status."""
        return sum(row.status == status for row in self.rows)

    @property
    def found(self) -> int:
        """The tasks: rows that are taken or doubtful; what is refused is no task."""
        return len(self.rows) - self.counted(REFUSED)

    @property
    def fields(self) -> list[str]:
        """The names of fields in their order."""
        return list(dict.fromkeys(row.field for row in self.rows if row.field and row.status != REFUSED))

    @property
    def categories(self) -> list[str]:
        """The names of categories in their order."""
        return list(dict.fromkeys(row.category for row in self.rows if row.category and row.status != REFUSED))

    def as_json(self) -> dict:
        """`{found, taken, doubtful, refused, fields, categories, notes, tasks}`."""
        return {
            "found": self.found,
            "taken": self.counted(TAKEN),
            "doubtful": self.counted(DOUBTFUL),
            "refused": self.counted(REFUSED),
            "fields": self.fields,
            "categories": self.categories,
            "notes": self.notes,
            "tasks": [row.as_json() for row in self.rows],
        }


def dump(found: Found) -> dict:
    """A reading as JSON; figures as text, so that nothing is rounded."""
    data = dataclasses.asdict(found)
    for row in data["rows"]:
        for item in row["indicators"]:
            value = item["value"]
            item["value"] = [str(end) for end in value] if isinstance(value, tuple) else value and str(value)
            if value == 0 and not isinstance(value, tuple):
                item["value"] = "0"
    return data


def restore(data: dict) -> Found:
    """The reading that `dump` wrote."""
    rows = []
    for item in data["rows"]:
        proposals = [Proposal(**{**one, "value": _restored(one["value"])}) for one in item["indicators"]]
        details = [tuple(pair) for pair in item["details"]]
        rows.append(Row(**{**item, "indicators": proposals, "details": details}))
    return Found(rows, data["notes"], data["kind"])


def _restored(value):
    if isinstance(value, list):
        return (Decimal(value[0]), Decimal(value[1]))
    return None if value is None else Decimal(value)
