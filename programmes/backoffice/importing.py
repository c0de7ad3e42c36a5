"""任务导入: a file is read and every row shown with its reasons; nothing is written before an officer confirms it."""

import hashlib

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.models import User
from audit import log
from jbgs.lib.errors import Forbidden, Refused
from programmes.importing.files import MAX_BYTES, read_tasks
from programmes.importing.plan import CHANGE_WORDS, CHANGED, NEW, SAME, Entry, Plan, show_indicator
from programmes.importing.rows import DOUBTFUL, REFUSED, STATUS_WORDS, TAKEN, Found, Unreadable, dump, restore
from programmes.importing.template import template
from programmes.loader import InvalidDocument, load_document
from programmes.models import Call, TaskImport

MANAGE = "programmes.manage_call"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TONES = {TAKEN: ("ok", "check"), DOUBTFUL: ("warn", "warn"), REFUSED: ("off", "cross")}
EDITABLE = ("title", "field", "category")
MOST = {"title": 300, "field": 200, "category": 60}
EARLIER = 10


class UploadForm(forms.Form):
    """The file; what it is and what stands in it is judged by its content."""

    file = forms.FileField(
        label="任务清单",
        help_text="Excel工作簿（.xlsx）、Word文档（.docx）或文字（.txt、.md），不超过 20 MB。"
        "读取后先预览，不会直接写入。",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.docx,.txt,.md"}),
        error_messages={"required": "请选择文件。", "empty": "这是空文件。请重新选择。"},
    )

    def clean_file(self):
        """The reading of the file, in `self.found`; its bytes are not kept."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(f"文件有 {file.size / 1024 / 1024:.1f} MB，超过 20 MB。")
        data = file.read()
        try:
            self.found: Found = read_tasks(data, file.name)
        except Unreadable as problem:
            raise forms.ValidationError(problem.sentence) from problem
        self.sha256 = hashlib.sha256(data).hexdigest()
        return file


def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: the form, and what was imported before. POST: read the file and go to its preview."""
    call = _call_of(request, pk)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        draft = TaskImport.objects.create(
            call=call, name=form.cleaned_data["file"].name[-200:], sha256=form.sha256, found=dump(form.found),
            by=request.user,
        )  # fmt: skip
        return redirect("admin:programmes_import_preview", call.pk, draft.pk)
    earlier = call.task_imports.select_related("by", "version", "confirmed_by").defer("found")[:EARLIER]
    context = {"title": "导入任务", "form": form, "earlier": earlier}
    return _render(request, "upload", call, context, status=422 if form.errors else 200)


def blank(request: HttpRequest, pk: int) -> HttpResponse:
    """Our own empty workbook."""
    _call_of(request, pk)
    response = HttpResponse(template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="tasks.xlsx"'
    return response


def preview(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """GET: every row with its reasons, or the result. POST: write what is ticked, after a second look at the call."""
    call = _call_of(request, pk)
    draft = get_object_or_404(TaskImport.objects.select_related("version", "by", "confirmed_by"), pk=number, call=call)
    if request.method != "POST":
        return _show(request, call, draft)
    try:
        written = confirm(draft, by=request.user, form=request.POST)
    except Refused as refusal:
        return _show(request, call, draft, typed=request.POST, refusal=refusal)
    messages.success(request, f"已写入 {written.written} 项任务，批次现为第 {written.version.number} 版。")
    return redirect("admin:programmes_import_preview", call.pk, draft.pk)


def confirm(draft: TaskImport, *, by, form) -> TaskImport:
    """Write the ticked rows as a new version of the call, once.

    Refused: reason_missing, nothing_chosen, invalid (422); call_changed, already_done by somebody else (409). A second
    click of the same person returns what the first one did.
    """
    with transaction.atomic():
        call = Call.objects.select_for_update(of=("self",), no_key=True).get(pk=draft.call_id)
        draft = TaskImport.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        if draft.version_id:
            if draft.confirmed_by_id == by.pk:
                return draft
            raise Refused("already_done", f"{draft.confirmed_by.name}已经确认写入，不必再次办理。")
        if form.get("base") != str(call.current_version_id):
            raise Refused(
                "call_changed", "批次的规则在此期间已经变动，下面是与现行规则重新比较的结果。请核对后再确认。"
            )
        reason = form.get("reason", "").strip()
        if not reason:
            raise Refused("reason_missing", "请写明写入的依据，例如通知的文号。", "reason", status=422)
        plan = Plan(edited(restore(draft.found), form), call.current_version.document)
        chosen = chosen_of(plan, form)
        if not chosen:
            raise Refused("nothing_chosen", "没有勾选要写入的任务。", status=422)
        try:
            loaded = load_document(plan.document_with(chosen), by=by, force=True)
        except InvalidDocument as wrong:
            sentence = "写入后批次不符合格式，没有写入：" + "；".join(wrong.sentences[:5])
            raise Refused("invalid", sentence, status=422) from wrong
        if not loaded.created:
            raise Refused("nothing_changed", "勾选的任务与批次现有的相同，没有需要写入的内容。", status=422)
        draft.version, draft.written, draft.confirmed_by = loaded.version, len(chosen), by
        draft.save(update_fields=["version", "written", "confirmed_by"])
        facts = {"file": draft.name, "sha256": draft.sha256, "rows": len(chosen)}
        facts |= {"version": loaded.version.number, "reason": reason[:500]}
        log.append(call, "import_tasks", by, key=form.get("key", "")[:80], data=facts)
    return draft


def edited(found: Found, form) -> Found:
    """The reading with what was typed over it; a row that lacked only what was typed is no longer refused."""
    for at, row in enumerate(found.rows):
        for name in EDITABLE:
            typed = form.get(f"{name}-{at}")
            if typed is not None and row.status != REFUSED:
                setattr(row, name, " ".join(typed.split())[: MOST[name]] or getattr(row, name))
    return found


def chosen_of(plan: Plan, form) -> list[int]:
    """The ticked places that can be written; a forged number is left out."""
    ticked = {int(text) for text in form.getlist("take") if text.isdecimal() and len(text) < 7}
    return [at for at in sorted(ticked) if at < len(plan.entries) and plan.entries[at].change in {NEW, CHANGED}]


def _call_of(request: HttpRequest, pk: int) -> Call:
    """The call, for an officer of the whole of it; 403, with an entry in the log for a form."""
    call = get_object_or_404(Call.objects.select_related("current_version"), pk=pk)
    user = request.user
    if user.is_active and user.role == User.Role.OFFICER and user.has_perm(MANAGE, call):
        return call
    refusal = Forbidden()
    if request.method == "POST":
        log.append_refusal(call, "import_tasks", user, refusal)
    raise refusal


def _show(request, call: Call, draft: TaskImport, *, typed=None, refusal: Refused | None = None) -> HttpResponse:
    call.refresh_from_db(fields=["current_version"])
    found = restore(draft.found)
    plan = Plan(edited(found, typed) if typed else found, call.current_version.document)
    ticked = set(chosen_of(plan, typed)) if typed else set(plan.chosen_by_default())
    rows = [_Shown(at, entry, at in ticked) for at, entry in enumerate(plan.entries)]
    context = {
        "title": "导入任务：结果" if draft.version_id else "导入任务：预览",
        "draft": draft,
        "rows": rows,
        "found": found,
        "counts": [(status, STATUS_WORDS[status], found.counted(status)) for status in STATUS_WORDS],
        "changes": [(CHANGE_WORDS[change], plan.counted(change)) for change in (NEW, SAME, CHANGED)],
        "left_alone": plan.left_alone,
        "base": call.current_version_id,
        "key": f"import-{draft.pk}",
        "refusal": refusal,
        "reason": (typed or {}).get("reason", ""),
        "ticked": len(ticked),
    }
    status = 200 if refusal is None else refusal.status
    return _render(request, "preview", call, context, status=status)


class _Shown:
    """One row of the preview: what the template prints."""

    def __init__(self, at: int, entry: Entry, ticked: bool):
        self.at, self.row, self.ticked, self.differences = at, entry.row, ticked, entry.differences
        self.status, self.code = entry.status, entry.task["code"] if entry.task else entry.row.code
        self.word = STATUS_WORDS[entry.status]
        self.tone, self.icon = TONES[entry.status]
        self.change = CHANGE_WORDS.get(entry.change, "")
        self.can_take = entry.change in {NEW, CHANGED}
        self.may_edit = entry.status == DOUBTFUL and self.can_take
        doubts = [item.doubt for item in entry.row.indicators]
        written = entry.task.get("indicators", []) if entry.task else []
        self.indicators = [
            {"line": show_indicator(item), "conditions": item.get("conditions", ""), "doubt": doubt,
             "is_text": item["comparator"] == "text"}
            for item, doubt in zip(written, doubts, strict=False)
        ]  # fmt: skip
        self.figures = sum(not item["is_text"] for item in self.indicators)
        self.texts = len(self.indicators) - self.figures


def _render(request, name: str, call: Call, context: dict, *, status: int = 200) -> HttpResponse:
    crumbs = [
        ("批次", reverse("admin:programmes_call_changelist")),
        (call.title, reverse("admin:programmes_call_change", args=[call.pk])),
        (context["title"], ""),
    ]
    context = {**admin.site.each_context(request), "call": call, "crumbs": crumbs, **context}
    return render(request, f"programmes/importing/{name}.html", context, status=status)
