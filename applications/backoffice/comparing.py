"""Applications side by side, from their frozen Versions: unit, short answers, promises. No query of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from applications.models import Application
from programmes.answers import text_of
from programmes.words import YES_NO

SHORT = ("choice", "multi", "yes_no", "integer", "decimal", "percent", "date")
UNIT = (
    ("统一社会信用代码", "code"), ("类型", "type_label"), ("注册地", "region_label"),
    ("成立日期", "registered_on"), ("联系人", "contact_name"), ("联系电话", "contact_phone"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row: what is compared, and each application's words in the columns' order ('' where nothing is said)."""

    label: str
    cells: tuple[str, ...]
    unit: str = ""

    @property
    def says_something(self) -> bool:
        return any(self.cells)


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    title: str
    lines: tuple[Line, ...]


def comparison(applications: Sequence[Application]) -> list[Group]:
    """What a chooser compares; questions of the first application's form, whose wording all of a call share."""
    contents = [one.version.content for one in applications]
    if not contents:
        return []
    groups = [Group("单位", tuple(_line(label, [c["unit"].get(key) for c in contents]) for label, key in UNIT))]
    groups.append(Group("推荐", (_line("推荐单位", [c["department"]["name"] for c in contents]),)))
    groups.append(Group("需达到的指标", tuple(_promises(contents))))
    for section in contents[0]["form"]:
        if section["type"] == "questions":
            groups.append(Group(section["title"], tuple(_answers(section, contents))))
    kept = (Group(one.title, tuple(line for line in one.lines if line.says_something)) for one in groups)
    return [group for group in kept if group.lines]


def _line(label: str, values, unit: str = "") -> Line:
    return Line(label, tuple(str(value or "") for value in values), unit)


def _answers(section: dict, contents: list[dict]):
    for question in section["options"].get("questions", []):
        if question.get("kind", "long_text") in SHORT:
            said = [text_of(_answered(content, section), question["key"]) for content in contents]
            words = [YES_NO.get(one, one) if question["kind"] == "yes_no" else one for one in said]
            yield _line(question["label"], words, question.get("unit", ""))


def _answered(content: dict, section: dict) -> dict:
    return content["sections"].get(section["key"], {}).get("answers", {})


def _promises(contents: list[dict]):
    for indicator in contents[0]["indicators"]:
        promised = [content["commitments"].get(indicator["code"], {}) for content in contents]
        said = [_promise(one) for one in promised]
        yield _line(f"{indicator['name']}（{indicator['target_text']}）", said, indicator["unit"])


def _promise(promise: dict) -> str:
    if promise.get("text"):
        return promise["text"]
    if promise.get("low") or promise.get("high"):
        return f"{promise.get('low', '')}—{promise.get('high', '')}"
    return promise.get("value", "")
