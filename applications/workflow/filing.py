"""The unit's verbs: create, save, attach, submit, take back, withdraw, supplement."""

from django.db import IntegrityError, transaction
from django.db.models import F

from applications import messages, renewal, rules, sections, versions
from applications.actions import ACTS, locked_row
from applications.models import Application, Attachment, NumberSeries, Section
from audit import log
from audit.door import once, perform
from jbgs.lib import clock, uploads
from jbgs.lib.errors import Forbidden, Refused
from programmes import windows
from programmes.queries import offered_to


def create_application(call, *, task, by, department=None, key: str = "") -> Application:
    """Open a draft for one task. The same key by a second click returns the first draft."""
    if not (by.is_active and by.is_unit_person):
        refusal = Forbidden("只有申报单位的人员可以填报。")
        log.append_refusal(call, "create", by, refusal)
        raise refusal
    if key and (first := Application.objects.filter(creation_key=key, unit_id=by.unit_id).first()):
        return first
    window = windows.window(call, "apply", department=department, unit=by.unit)
    if not window.is_open(clock.now()):
        raise Refused("window_closed", f"申报时间截止到 {window.closes_text}，现在不能新建申报。")
    if task.call_id != call.pk or task.retired:
        raise Refused("task_gone", "这项任务不在本批次的榜单中。")
    try:
        return _open_draft(call, task, department, by, key)
    except IntegrityError:  # the other click of a double click was faster by less than our look for it
        first = Application.objects.filter(creation_key=key, unit_id=by.unit_id).first() if key else None
        if first is None:
            raise
        return first


@transaction.atomic
def _open_draft(call, task, department, by, key: str) -> Application:
    now = clock.now()
    application = Application.objects.create(
        call=call, call_version=call.current_version, task=task, unit=by.unit, created_by=by, created_at=now,
        state_since=now, creation_key=key or None, department=department,
    )  # fmt: skip
    Section.objects.bulk_create(
        Section(application=application, key=section.key) for section in call.spec.form.sections
    )
    log.append(application, "create", by, data={"task": task.code})
    return application


def choose_department(application, department, *, by) -> Application:
    """Choose the one recommending body (M17) while the application is the unit's to edit."""
    with transaction.atomic():
        locked = _editable(application, by)
        if locked.version_id and locked.department_id != getattr(department, "pk", None):
            raise Refused("department_fixed", "已经提交过的申报不能更换推荐单位。", field="department")
        if department and not offered_to(locked.call, locked.unit).filter(pk=department.pk).exists():
            raise Refused("department_not_offered", "这个推荐单位不在本单位可选的范围内。", field="department")
        locked.department = department
        locked.save(update_fields=["department"])
    application.department = department
    return locked


def save_section(application, section_key: str, data: dict, *, base_version: int, by) -> Section:
    """Keep one section exactly as typed and rebuild its rows.

    `base_version` is the version the editor read. Raises `Refused("section_changed")` when somebody saved a newer one
    meanwhile: `details` holds that section, so that both texts can be shown and nothing is lost.
    """
    with transaction.atomic():
        locked = _editable(application, by)
        spec = locked.call_version.spec.form.section(section_key)
        current, _ = Section.objects.get_or_create(application=locked, key=section_key)
        if current.version != base_version:
            who = current.saved_by.name if current.saved_by else "其他人"
            when = f"已于 {clock.local(current.saved_at):%H:%M:%S} " if current.saved_at else ""
            sentence = f"{who}{when}保存了这一部分，您的改动没有覆盖它。"
            raise Refused("section_changed", sentence, field=section_key, details=[current])
        data = sections.carried(spec, current.data, data)
        current.data = data
        current.version += 1
        current.saved_by = by
        current.saved_at = clock.now()
        current.save()
        sections.rebuild_rows(locked, spec, data)
        if spec.type == "project":
            locked.title = str(data.get("title") or "").strip()[:120]
            locked.part = _part(locked, data)
            locked.save(update_fields=["title", "part"])
        if spec.type == "pledge":
            text = locked.call.spec.texts.get(spec.options.get("text", "pledge"), "")
            sections.sign_pledge(locked, spec, data, by=by, text=text)
    return current


def _part(application, data: dict) -> str:
    """The chosen part of the task, where it has this part."""
    task = application.call_version.spec.tasks[application.task.code]
    typed = str(data.get("part") or "").strip()
    return typed if any(part.code == typed for part in task.parts) else ""


@once
def adopt_version(application, *, by, version: int, key: str = "") -> Application:
    """Move a draft to the present wording of its call. `version`: that whose difference its owner has seen."""
    numbers = {"from_number": application.call_version.number, "to_number": application.call.current_version.number}
    with perform(ACTS["adopt_version"], application, by=by, key=key, version=version, **numbers) as locked:
        renewal.adopt(locked)
    return locked


def add_attachment(application, kind: str, file, *, by) -> Attachment:
    """Store one uploaded file after looking at what it really is; the name it was given is kept for people."""
    options = attachment_kind(application, kind)
    most_bytes = int(options.get("max_mb", 20)) * 1024 * 1024
    found = uploads.sniff(file, file.name, allowed=options.get("types") or (), max_bytes=most_bytes, field=kind)
    pages, sha256 = uploads.page_count(file, found), uploads.sha256_of(file)  # before the lock: a file may be large
    with transaction.atomic():
        locked = _editable(application, by)
        held = locked.attachments.filter(kind=kind, removed_at__isnull=True).count()
        most = int(options.get("max_files", 1))
        if held >= most:
            raise Refused(
                "file_count", f"“{options['label']}”最多 {most} 个文件。请先删除不需要的文件。", field=kind, status=400
            )
        return Attachment.objects.create(
            application=locked, kind=kind, name=file.name[:200], file=file, content_type=found.code, size=file.size,
            pages=pages, sha256=sha256, uploaded_by=by, uploaded_at=clock.now(),
        )  # fmt: skip


def attachment_kind(application, kind: str) -> dict:
    """The form's options for one kind of attachment; `Refused` when the form has none."""
    section = application.call_version.spec.form.of_type("attachments")
    for options in section.options.get("kinds", []) if section else []:
        if options["key"] == kind:
            return options
    raise Refused("unknown_kind", "申报书没有这一类附件。", field=kind, status=400)


def remove_attachment(attachment: Attachment, *, by) -> Attachment:
    """Take a file out of the draft; a frozen version that names it keeps it."""
    with transaction.atomic():
        _editable(attachment.application, by)
        if attachment.removed_at is None:
            attachment.removed_at = clock.now()
            attachment.save(update_fields=["removed_at"])
    return attachment


@once
def submit(application, *, by, key: str = "", received_at=None) -> Application:
    """Check, number, freeze, tell. `received_at` is the middleware's first line: it decides what is in time."""
    with perform(ACTS["submit"], application, by=by, key=key, received_at=received_at) as locked:
        if not locked.number:
            locked.number = _next_number(locked)
        messages.submitted(locked, versions.freeze(locked, by=by, at=received_at))
    return locked


@once
def take_back(application, *, by, key: str = "", received_at=None) -> Application:
    """Back to the draft within the unit's own window, while nobody has examined it."""
    with perform(ACTS["take_back"], application, by=by, key=key, received_at=received_at) as locked:
        messages.taken_back(locked)
    return locked


@once
def withdraw(application, *, by, key: str = "", reason: str = "") -> Application:
    """Give up a draft or a returned application; final."""
    with perform(ACTS["withdraw"], application, by=by, key=key, reason=reason) as locked:
        pass
    return locked


@once
def supplement(application, *, by, key: str = "", received_at=None) -> Application:
    """Answer the officer's letter with a new Version; the slot and the rank stay."""
    with perform(ACTS["supplement"], application, by=by, key=key, received_at=received_at) as locked:
        versions.freeze(locked, by=by, at=received_at)
        messages.supplemented(locked)
    return locked


def _editable(application, by) -> Application:
    """The application under its lock, if `by` may edit it now."""
    rows = (
        Application.objects.select_for_update(of=("self",))
        .select_related("call__current_version", "call_version", "task__field", "unit")
        .defer("call__current_version__document", "call_version__document")
    )
    locked = locked_row(rows, application.pk)
    if not rules.can_edit.party(locked, by):
        raise Forbidden("您没有修改这件申报的权限。")
    if not rules.can_edit.open(locked):
        raise Refused("not_editable", f"这件申报现在是“{locked.applicant_state.label}”，不能修改。")
    return locked


def _next_number(application) -> str:
    """受理编号: year, task and a running number, such as 2025-Q204-0117; the UPDATE is the lock."""
    spec = application.call.spec
    task = f"{application.task.code.replace('-', '')}-" if spec.has_tasks else ""
    prefix = f"{spec.number_prefix or application.call.year}-{task}"
    key = {"call_id": application.call_id, "prefix": prefix}
    series = NumberSeries.objects.filter(**key)
    if not series.update(last=F("last") + 1):  # the first of its task, unless another first one is faster
        NumberSeries.objects.get_or_create(**key)
        series.update(last=F("last") + 1)
    return f"{prefix}{series.get().last:04d}"
