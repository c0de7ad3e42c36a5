"""What a unit hands in after the decision: reports, plans, requests (workflow.owing). Pages of the unit."""

from datetime import date
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import obligations, papers_owing, workflow
from applications.actions_owing import can_raise_request, can_report
from applications.forms.inputs import Input, question_inputs
from applications.forms.reports import read_report
from applications.models import Application, Obligation
from applications.views.base import applicant_page, new_key, refusal_logged, sent_key, shown_only_to_the_unit
from applications.workflow.owing import missing_in
from documents import pdf
from jbgs.lib.errors import Refused


def reports_of(application: Application, user) -> dict:
    """What the application's page and the list of reports show; one query, none where the call asks for nothing."""
    spec = application.call.spec
    if not obligations.specs_of(spec):
        return {"reports": [], "requests": []}
    offered = obligations.requests_of(spec) if can_raise_request(application, user) else []
    rows = list(application.obligations.order_by("due_on", "pk"))
    running = {row.code for row in rows if row.state in (*Obligation.OWED, "submitted")}
    return {"reports": rows, "requests": [one for one in offered if one.code not in running]}


@applicant_page
@require_safe
def reports(request: HttpRequest, application: Application) -> HttpResponse:
    """GET reports/: everything that was asked for, the nearest day first; what may be asked for oneself."""
    context = {"application": application, "key": new_key(), "call_spec": application.call.spec}
    return render(request, "applications/reports.html", context | reports_of(application, request.user))


@applicant_page
@require_POST
def raise_request(request: HttpRequest, application: Application) -> HttpResponse:
    """POST reports/new/ `code`: begin a change or an extension, then fill it."""
    code = request.POST.get("code", "")[:40]
    row = workflow.raise_request(application, by=request.user, code=code, key=sent_key(request))
    return redirect("applications:report", application.pk, row.pk)


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, application: Application, report: int) -> HttpResponse:
    """One report: to fill and hand in while it is owed, else to read."""
    row = _row(application, report)
    if request.method == "POST":
        return _send(request, application, row)
    fills = row.is_owed and can_report(application, request.user)
    return _page(request, application, row, fills=fills)


def _row(application: Application, pk: int) -> Obligation:
    row = application.obligations.filter(pk=pk).select_related("saved_by", "submitted_by").first()
    if row is None:
        raise Http404("没有这份材料。")
    row.application = application
    return row


def _send(request: HttpRequest, application: Application, row: Obligation) -> HttpResponse:
    """Save, or save and hand in; what is refused is shown at its field, with everything that was typed."""
    typed = read_report(obligations.spec_of(application.call.spec, row), request.POST)
    base = request.POST.get("base", "")
    base = int(base) if base.isdecimal() and len(base) < 9 else None
    try:
        with refusal_logged(application, "save_obligation", request.user):
            saved = workflow.save_obligation(
                row, by=request.user, answers=typed.answers, text=typed.text, wanted_on=typed.wanted_on, base=base
            )
        if typed.errors:
            raise Refused("report_incomplete", typed.errors[0][1], field=typed.errors[0][0], details=typed.errors)
        if "submit" not in request.POST:
            messages.success(request, f"“{row.name}”已保存，尚未提交。")
            return redirect("applications:report", application.pk, row.pk)
        workflow.submit_obligation(saved, by=request.user, received_at=request.received_at, key=sent_key(request))
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        newer = next((one for one in refusal.details if isinstance(one, Obligation)), None)
        fresh = newer or _row(application, row.pk)
        fresh.application = application
        shown = _typed_over(fresh, typed)
        return _page(request, application, shown, fills=fresh.is_owed, refusal=refusal, newer=newer)
    messages.success(request, f"“{row.name}”已提交。")
    return redirect("applications:report", application.pk, row.pk)


def _typed_over(row: Obligation, typed) -> Obligation:
    """The row with what was just typed, for showing only."""
    row.answers, row.text, row.wanted_on = typed.answers, typed.text, typed.wanted_on or row.wanted_on
    return row


def _page(request, application, row, *, fills: bool, refusal: Refused | None = None, newer=None) -> HttpResponse:
    one = obligations.spec_of(application.call.spec, row)
    errors: dict[str, list[str]] = {}
    found = [pair for pair in (refusal.details if refusal else []) if isinstance(pair, tuple)]
    for field, sentence in found:
        errors.setdefault(field, []).append(sentence)
    context = {
        "application": application,
        "call_spec": application.call.spec,
        "report": row,
        "one": one,
        "fills": fills,
        "inputs": inputs_of(one, row, errors) if fills else [],
        "content": row.content,
        "refusal": refusal,
        "newer": newer,
        "missing": len(missing_in(row)) if fills and row.draft else None,
        "key": new_key(),
    }
    return render(request, "applications/report.html", context, status=refusal.status if refusal else 200)


def inputs_of(one, row: Obligation, errors) -> list[Input]:
    """The controls of a report: its questions, or one text; the day that an extension asks for."""
    inputs = question_inputs(one.questions, row.answers, errors=errors)
    if row.kind == Obligation.Kind.EXTENSION:
        wanted = row.wanted_on.isoformat() if isinstance(row.wanted_on, date) else ""
        inputs.append(
            Input(
                "wanted_on",
                "wanted_on",
                "拟延至",
                wanted,
                kind="date",
                required=True,
                errors=errors.get("wanted_on", []),
            )
        )
    if not one.questions:
        label = "申请理由" if row.is_request else "内容"
        inputs.append(
            Input(
                "text", "text", label, row.text, kind="long_text", required=not row.file, errors=errors.get("text", [])
            )
        )
    return inputs


@applicant_page
@require_POST
def report_file(request: HttpRequest, application: Application, report: int) -> HttpResponse:
    """POST reports/<pk>/file/: store the report's file, or take it away (`remove`)."""
    row = _row(application, report)
    file = None if "remove" in request.POST else request.FILES.get("file")
    try:
        if file is None and "remove" not in request.POST:
            raise Refused("file_missing", "没有选择文件。请选择后上传。", field="file", status=400)
        with refusal_logged(application, "keep_report_file", request.user):
            workflow.keep_report_file(row, by=request.user, file=file)
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        return _page(request, application, row, fills=row.is_owed, refusal=refusal)
    messages.success(request, "文件已上传。" if file else "文件已删除。")
    return redirect("applications:report", application.pk, row.pk)


def report_download(row: Obligation) -> HttpResponse:
    """The report's file under the name that it was given."""
    if not row.file:
        raise Http404("没有上传文件。")
    headers = {
        "Content-Disposition": content_disposition_header(True, row.file_name),
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(row.file.open("rb"), content_type="application/octet-stream", headers=headers)


@applicant_page
@require_safe
def report_file_of(request: HttpRequest, application: Application, report: int) -> HttpResponse:
    """GET reports/<pk>/file/download/."""
    return report_download(_row(application, report))


def report_pdf_of(row: Obligation) -> HttpResponse:
    """What was handed in, as a paper with code and date on every page; made at once, it is short."""
    if not row.sha256:
        raise Http404("还没有提交。")
    name = quote(f"{row.content['number']} {row.name}.pdf", safe="")
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}", "X-Frame-Options": "SAMEORIGIN"}
    data = pdf.render("papers/report.html", papers_owing.report(row))
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@applicant_page
@require_safe
def report_pdf(request: HttpRequest, application: Application, report: int) -> HttpResponse:
    """GET reports/<pk>/pdf/."""
    return report_pdf_of(_row(application, report))
