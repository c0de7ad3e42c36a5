"""A document → rows: a call, its version, its fields and tasks. Loading twice changes nothing (DESIGN §5)."""

from collections.abc import Mapping
from pathlib import Path as File
from typing import NamedTuple

from django.db import models, transaction

from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from programmes.freezing import require_rule_kept
from programmes.models import Call, CallVersion, Field, Programme, Task
from programmes.parse import parse_document
from programmes.reader import Unreadable, read_file
from programmes.schema import plain, problems_of
from programmes.spec import CallSpec


class InvalidDocument(Exception):
    """A document that cannot be loaded: `sentences` name file, line, place, what stands there, what was expected."""

    def __init__(self, sentences: list[str]):
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class CallIsOpen(Exception):
    """A change of a call that is open or in use, loaded without force."""


class Loaded(NamedTuple):
    """What loading did. `created`: a version was written; version.number is 1 where the call itself is new."""

    call: Call
    created: bool
    version: CallVersion


def read_document(source: File | str) -> dict:
    """The validated document of a YAML file, decimals as text; InvalidDocument with every problem otherwise."""
    file = File(source)
    try:
        document, lines = read_file(file)
    except OSError as problem:
        raise InvalidDocument([f"{file}：读不到这个文件（{problem.strerror}）。"]) from problem
    except Unreadable as problem:
        raise InvalidDocument([f"{file}：{problem}"]) from problem
    problems = problems_of(document)
    if problems:
        raise InvalidDocument([f"{file}:{line_of(lines, found.path)}: {found.sentence}" for found in problems])
    return plain(document)


def line_of(lines: Mapping, path: tuple) -> int:
    """The line of a path, or of the nearest thing around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


@transaction.atomic
def load_document(source: dict | File | str, *, by=None, force: bool = False, **marks) -> Loaded:
    """Load a file or a document; equal content writes nothing, other content a new version.

    A call that is open or has applications changes only with `force` (CallIsOpen otherwise). Fields and tasks that the
    new document lacks are deleted, or retired where something refers to them. `marks` (is_rehearsal, is_demo,
    original) are set on a new call only. InvalidDocument when the content is not valid; Refused `review_frozen`, force
    or not, when it would change by what scores decide after intake has opened.
    """
    document = _checked(source)
    sha256 = sha256_hex(canonical_json(document))
    call = Call.objects.select_for_update(of=("self",), no_key=True).filter(slug=document["slug"]).first()
    if call is None:
        programme = _programme(document["programme"])
        call = Call.objects.create(
            slug=document["slug"], programme=programme, title=document["title"], year=document["year"], **marks
        )
    elif call.current_version and call.current_version.sha256 == sha256:
        return Loaded(call, False, call.current_version)
    elif not force and is_live(call):
        raise CallIsOpen(f"批次 {call.slug} 已经开始或已有申报。确需更改，请强制载入，系统将保留原版本并建立新版本。")
    if call.current_version:
        require_rule_kept(call, parse_document(document))
    version = CallVersion.objects.create(
        call=call, number=call.versions.count() + 1, document=document, sha256=sha256, created_by=by
    )
    spec = version.spec
    call.current_version, call.programme = version, _programme(document["programme"])
    call.title, call.year = spec.title, spec.year
    call.save(update_fields=["current_version", "programme", "title", "year"])
    _write_fields(call, spec)
    _write_tasks(call, spec)
    _drop_fields(call, spec)
    return Loaded(call, True, version)


load_programme = load_document


def _checked(source: dict | File | str) -> dict:
    if not isinstance(source, Mapping):
        return read_document(source)
    document = plain(source)
    problems = problems_of(document)
    if problems:
        raise InvalidDocument([found.sentence for found in problems])
    return document


def _programme(item: Mapping) -> Programme:
    programme, _ = Programme.objects.update_or_create(slug=item["slug"], defaults={"title": item["title"]})
    return programme


def is_live(call: Call) -> bool:
    """Whether a change concerns somebody: intake is open, or something outside this room refers to the call."""
    window = call.spec.windows["apply"]
    now = clock.now()
    return (window.opens_at is None or window.opens_at <= now) and now < window.closes_at or in_use(call)


def in_use(row: models.Model) -> bool:
    """Whether any row of another room refers to this one; asked of the models, so no higher room is imported."""
    for relation in row._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation) or relation.concrete:
            continue
        if relation.related_model._meta.app_label == "programmes":
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: row}).exists():
            return True
    return False


def _write_fields(call: Call, spec: CallSpec) -> None:
    for order, item in enumerate(spec.fields, start=1):
        words = {"name": item.name, "order": order, "contact": dict(item.contact), "retired": False}
        Field.objects.update_or_create(call=call, code=item.code, defaults=words)


def _write_tasks(call: Call, spec: CallSpec) -> None:
    fields = {field.code: field for field in call.fields.all()}
    present = {task.code: task for task in call.tasks.all()}
    new, kept = [], []
    for order, item in enumerate(spec.tasks.values(), start=1):
        task = present.pop(item.code, None)
        if task is None:
            new.append(task := Task(call=call, code=item.code))
        else:
            kept.append(task)
        task.field, task.title, task.category = fields[item.field], item.title, item.category
        task.summary, task.order, task.retired = item.summary, order, False
        task.owner_name, task.owner_code = (item.owner.name, item.owner.code) if item.owner else ("", "")
    Task.objects.bulk_create(new)
    Task.objects.bulk_update(
        kept, ["field", "title", "category", "summary", "order", "retired", "owner_name", "owner_code"]
    )
    for task in present.values():
        _retire_or_delete(task, used=in_use(task))


def _drop_fields(call: Call, spec: CallSpec) -> None:
    for field in call.fields.exclude(code__in=[item.code for item in spec.fields]):
        _retire_or_delete(field, used=field.tasks.exists() or in_use(field))


def _retire_or_delete(row: Field | Task, *, used: bool) -> None:
    """Delete what nobody uses; keep, marked as retired, what somebody does (DESIGN §3)."""
    if used:
        row.retired = True
        row.save(update_fields=["retired"])
    else:
        row.delete()
