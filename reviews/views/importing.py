"""专家导入: a workbook is read and every line shown with its verdict; nothing is written before an officer confirms."""

import hashlib
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import mask_phone
from reviews import expert_jobs, expert_sheet, importing, workflow
from reviews.disciplines import Tree
from reviews.expert_forms import UploadForm
from reviews.importing import CHANGE, NEW, REFUSED, SAME
from reviews.models import ExpertImport
from reviews.rules import is_officer
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key
from reviews.views.experts import XLSX, officers_only

EARLIER = 10
JOB_TITLES = frozenset(expert_sheet.TITLES[key] for key in expert_sheet.JOBS)
KEPT_FOR = timedelta(days=30)
"""An upload that nobody confirms is forgotten after this time, with the people in it."""
TONES = {NEW: ("ok", "plus"), CHANGE: ("info", "pen"), SAME: ("off", "check"), REFUSED: ("bad", "cross")}


def upload(request):
    """GET: the form, and what was imported before. POST: read the file and go to its preview."""
    if request.method == "POST" and not is_officer(request.user):
        raise Forbidden("只有主管可以维护专家库。")
    officers_only(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and form.is_valid():
        if kept := _kept(request, form):
            return redirect("admin:reviews_experts_import", kept.pk)
    earlier = ExpertImport.objects.select_related("by", "confirmed_by").defer("content").order_by("-at", "-pk")
    context = {
        "title": "导入专家",
        "crumbs": [("专家库", reverse("admin:reviews_experts")), ("导入专家", "")],
        "form": form,
        "earlier": earlier[:EARLIER],
    }
    return page(request, "experts_upload", context, status=422 if form.errors else 200)


def _kept(request, form) -> ExpertImport | None:
    """The lines of the file, kept until they are confirmed; None with the refusal at the field."""
    file = form.cleaned_data["file"]
    if file.size > expert_sheet.MAX_BYTES:
        form.add_error("file", f"文件有 {file.size / 1024 / 1024:.1f} MB，超过 5 MB。")
        return None
    data = file.read()
    try:
        book = expert_sheet.read(data, file.name, Tree.load())
    except Refused as refused:
        form.add_error("file", refused.sentence)
        return None
    ExpertImport.objects.filter(confirmed_at=None, at__lt=clock.now() - KEPT_FOR).delete()
    row = ExpertImport(
        name=file.name[-200:], sha256=hashlib.sha256(data).hexdigest(), notes=book.notes, by=request.user
    )
    row.lines = [line.as_json() for line in book.lines]
    row.save()
    return row


@require_GET
def template(request):
    """Our own empty workbook."""
    officers_only(request)
    name = "专家名册模板.xlsx"
    return HttpResponse(
        expert_sheet.template(Tree.load()), content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )  # fmt: skip


def preview(request, pk: int):
    """GET: each line with its verdict, or the result. POST: write what can be written, after a second look."""
    row = get_object_or_404(ExpertImport.objects.select_related("by", "confirmed_by"), pk=pk)
    if request.method != "POST":
        return _show(request, row)
    leave_out = request.POST.get("leave_out") == "on"
    try:
        done = workflow.import_experts(
            row, by=request.user, leave_out=leave_out, shown=request.POST.get("shown", ""), key=sent_key(request)
        )
    except Refused as refused:
        pass_on_forbidden(refused)
        row.refresh_from_db()
        return _show(request, row, refused, leave_out)
    messages.success(request, f"已写入 {done.written} 位专家。")
    return redirect("admin:reviews_experts_import", done.pk)


def _show(request, row: ExpertImport, refused: Refused | None = None, leave_out: bool = False):
    officers_only(request)
    lines = importing.lines_of(row)
    tree = Tree.load()
    order = [REFUSED, CHANGE, NEW, SAME]
    shown = [_Shown(line, tree) for line in sorted(lines, key=lambda line: (order.index(line.verdict), line.row))]
    title = "导入专家：结果" if row.confirmed_at else "导入专家：预览"
    counts = importing.counts(lines)
    context = {
        "title": title,
        "crumbs": [
            ("专家库", reverse("admin:reviews_experts")),
            ("导入专家", reverse("admin:reviews_experts_upload")),
            (row.name, ""),
        ],
        "row": row,
        "lines": shown,
        "counts": counts,
        "refused_lines": counts[0][2],
        "to_write": sum(line.verdict in (NEW, CHANGE) for line in lines),
        "shown": importing.digest(lines),
        "refusal": refused,
        "leave_out": leave_out,
        "key": one_time_key(),
    }
    return page(request, "experts_preview", context, status=refused.status if refused else 200)


def _difference(field: str, before: str, after: str) -> str:
    if field in JOB_TITLES and not before:
        return f"增加{field}：{after}"
    return f"{field}：{before or '未填'} → {after or '未填'}"


class _Shown:
    """One line of the preview: what the template prints."""

    def __init__(self, line: importing.Line, tree: Tree):
        values = line.values
        self.row, self.verdict, self.sentences = line.row, line.verdict, line.sentences
        self.differences = [_difference(*words) for words in line.differences]
        self.word = importing.WORDS[line.verdict]
        self.tone, self.icon = TONES[line.verdict]
        self.name = values.get("name", "")
        self.phone = mask_phone(values["phone"]) if values.get("phone") else ""
        self.unit_name, self.title = values.get("unit_name", ""), values.get("title", "")
        self.disciplines = [tree.name(word) for word in values.get("disciplines", [])]
        self.jobs = [
            f"{word}：{expert_jobs.told(map(expert_jobs.Job.kept, values[key]))}"
            for key, word in (("also_at", "兼任"), ("former", "曾任"))
            if values.get(key)
        ]
        self.expert = line.expert
