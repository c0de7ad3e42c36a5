"""A draft and the present wording of its call: what has changed since it was opened, and the move to it (DESIGN §3).

An application keeps the form, the requirements and the indicators of the call version under which it was opened. A
draft moves to the present ones when its owner has seen the difference and accepts it; what was submitted never moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from applications import sections
from applications.diff import lines_of
from applications.models import Application, Section
from applications.states import State
from jbgs.lib import clock
from programmes.answers import columns_of, shown, text_of
from programmes.diff import ADDED, CHANGED, REMOVED, Change, difference
from programmes.parse import tasks_of
from programmes.requirements import requirement
from programmes.spec import CallSpec, SectionSpec, TaskSpec

CACHE_SIZE = 64
_cache: dict[tuple[str, str, str], tuple[Change, ...]] = {}


@dataclass(frozen=True)
class Renewal:
    """What a draft's owner is shown: `changes` in words, and the version (its id) that is accepted with them."""

    version: int
    changes: tuple[Change, ...]


def renewal_of(application: Application) -> Renewal | None:
    """What the present wording asks otherwise than the draft's own; None where nothing, or where it cannot move."""
    call = application.call
    if application.state != State.DRAFT or call.current_version_id == application.call_version_id:
        return None
    if application.task.code not in call.spec.tasks:
        return None
    changes = changes_between(application.call_version, call.current_version, application.task.code)
    return Renewal(call.current_version_id, changes) if changes else None


def changes_between(old, new, task_code: str) -> tuple[Change, ...]:
    """The differences of two call versions in what binds an application for this task."""
    key = (old.sha256, new.sha256, task_code)
    if key not in _cache:
        while len(_cache) >= CACHE_SIZE:
            _cache.pop(next(iter(_cache)))
        found = difference(_binding(old.document, task_code), _binding(new.document, task_code))
        _cache[key] = (*map(_said, found), *_rules(old.spec, new.spec, task_code))
    return _cache[key]


def _binding(document: Mapping, task_code: str) -> dict:
    """The parts of a document that an application keeps: its form, and its task's indicators and parts."""
    task = next(task for task in tasks_of(document) if task["code"] == task_code)
    return {"form": document["form"], "indicators": task.get("indicators", []), "parts": task.get("parts", [])}


def _said(change: Change) -> Change:
    words = change.words.replace(" › 内容", "")
    words = "子方向" + words.removeprefix("parts") if words.startswith("parts") else words
    if change.kind == CHANGED:
        return Change(change.path, change.kind, words, change.old, change.new)
    old, new = ("" if words.endswith(text) else text for text in (change.old, change.new))  # its name says it all
    return Change(change.path, change.kind, words, old, new)


def _rules(old: CallSpec, new: CallSpec, task_code: str) -> list[Change]:
    """The requirements in words, matched by their codes."""
    before, after = (_sentences(spec, task_code) for spec in (old, new))
    changes = []
    for code in dict.fromkeys([*after, *before]):
        was, now = before.get(code, ""), after.get(code, "")
        if was != now:
            kind = CHANGED if was and now else ADDED if now else REMOVED
            changes.append(Change(f"requirements.{code}", kind, "申报条件", was, now))
    return changes


def _sentences(spec: CallSpec, task_code: str) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for rule in spec.requirements_of(task_code):
        found.setdefault(rule.code, []).append(requirement(rule).rule)
    return {code: "；".join(sentences) for code, sentences in found.items()}


# ---- the move ----


def adopt(application: Application) -> None:
    """Give a locked draft its call's current version. What is no longer asked stays, and is named in `gone`."""
    old, version = application.call_version.spec, application.call.current_version
    new, task_code = version.spec, application.task.code
    rows = {row.key: row for row in application.sections.all()}
    indicators = [
        {"code": item.code, "name": item.name, "comparator": item.comparator, "unit": item.unit}
        for item in old.tasks[task_code].indicators
    ]
    for section in old.sections_of(task_code):
        row = rows.get(section.key)
        if row is not None:
            content = {"commitments": row.data.get("rows") or {}, "indicators": indicators, "attachments": []}
            _remember(row, section, _counterpart(new, section), content, new.tasks[task_code])
    _remember_files(application, old, new, rows)
    for section in new.form.sections:
        if section.key not in rows:
            rows[section.key] = Section(application=application, key=section.key)
    _withdraw_pledges(application, new, rows)
    for row in rows.values():
        row.version += 1  # a page that was opened before shows the old form: its save is refused with both texts
        row.save()
    application.call_version = version
    sections.rebuild_all(application, new)
    if not any(part.code == application.part for part in new.tasks[task_code].parts):
        application.part = ""


def _counterpart(spec: CallSpec, section: SectionSpec) -> SectionSpec | None:
    """The section of the other form with the same key and type."""
    return next((one for one in spec.form.sections if (one.key, one.type) == (section.key, section.type)), None)


def _remember(row: Section, old: SectionSpec, new: SectionSpec | None, content: dict, task: TaskSpec) -> None:
    """Write what the new form does not ask into the section's `gone`, as people read it."""
    lost = _lost(old, new, row.data, content, {indicator.code for indicator in task.indicators})
    if new is None:
        lost = [(f"{old.title}：{label}", text) for label, text in lost]
    if lost:
        held = row.data.get("gone", [])
        kept = [item for item in held if (item["label"], item["text"]) not in lost]
        row.data = {**row.data, "gone": [*kept, *({"label": label, "text": text} for label, text in lost)]}


def _lost(old: SectionSpec, new: SectionSpec | None, data: dict, content: dict, codes: set) -> list[tuple[str, str]]:
    """(label, text) of what the new section does not show: columns of a table, promises, answers."""
    if old.type == "table" and new is not None:
        kept = {column["key"] for column in columns_of(new.options)}
        columns = [column for column in columns_of(old.options) if column["key"] not in kept]
        texts = [(column["label"], [shown(column, text_of(row, column["key"])) for row in data.get("rows") or []])
                 for column in columns]  # fmt: skip
        return [(label, "\n".join(cells)) for label, cells in texts if any(cells)]
    before = lines_of(old.type, content, data, old.options)
    later = content | {"indicators": [item for item in content["indicators"] if item["code"] in codes]}
    after = lines_of(new.type, later, data, new.options) if new is not None else []
    still = {text for _, text in after}
    return [(label, text) for label, text in before if text.strip() and text not in still]


def _remember_files(application: Application, old: CallSpec, new: CallSpec, rows: dict[str, Section]) -> None:
    section, later = old.form.of_type("attachments"), new.form.of_type("attachments")
    if section is None:
        return
    kept = {kind["key"] for kind in later.options.get("kinds", [])} if later else set()
    labels = {kind["key"]: kind["label"] for kind in section.options.get("kinds", [])}
    files = [row for row in application.attachments.all() if row.removed_at is None and row.kind not in kept]
    if files:
        row = rows.setdefault(section.key, Section(application=application, key=section.key))
        lost = [{"label": labels.get(file.kind, file.kind), "text": file.name} for file in files]
        row.data = {**row.data, "gone": [*row.data.get("gone", []), *lost]}


def _withdraw_pledges(application: Application, new: CallSpec, rows: dict[str, Section]) -> None:
    """A pledge that the new form words otherwise, or does not ask, has to be made anew."""
    texts = {
        section.key: (section.options.get("signer", "unit"), new.texts.get(section.options.get("text", "pledge"), ""))
        for section in new.form.sections
        if section.type == "pledge"
    }
    for pledge in application.pledges.filter(withdrawn_at__isnull=True):
        if texts.get(pledge.section) == (pledge.role, pledge.text):
            continue
        pledge.withdrawn_at = clock.now()
        pledge.save(update_fields=["withdrawn_at"])
        if pledge.section in rows:
            rows[pledge.section].data = {**rows[pledge.section].data, "agreed": False}
