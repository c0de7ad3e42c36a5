"""导出: the tables and the letter of a list. A short workbook is written at once, the rest in the background."""

import io

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from applications import exports, listing
from applications.backoffice import calls
from applications.backoffice.acting import render_page
from applications.backoffice.confirming import find_list
from applications.backoffice.recommending import only_for_departments

KINDS = {
    "summary.xlsx": exports.SUMMARY_XLSX,
    "summary.pdf": exports.SUMMARY_PDF,
    "letter.pdf": exports.LETTER_PDF,
}
AT_ONCE = 500
"""Rows of a workbook that a request may wait for: about a quarter of a second."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def outputs(request: HttpRequest) -> HttpResponse:
    """GET outputs/: what can be exported for each call."""
    only_for_departments(request)
    rows = [row for row in calls.call_rows(request.user) if row.listed and row.standing.recommended]
    return render_page(request, "applications/backoffice/outputs.html", {"title": "导出汇总表", "rows": rows})


@require_safe
def output(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """GET lists/<pk>/summary.xlsx, summary.pdf, letter.pdf: the file, or the page that waits for it."""
    listed = find_list(pk)
    if kind not in KINDS or not listing.can_read(listed, request.user):
        raise Http404("没有这个文件，或者您没有查看它的权限。")
    kind = KINDS[kind]
    if kind == exports.SUMMARY_XLSX and listed.applications.count() <= AT_ONCE:
        data = io.BytesIO(exports.summary_xlsx(listed))
        name = exports.filename_of(listed, kind)
        return FileResponse(data, as_attachment=True, filename=name, content_type=XLSX)
    return redirect("documents:artifact", exports.request(listed, kind, by=request.user).pk)
