"""报告和申请: every report of a call with its day and state; one of them opened, approved, returned or refused."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from applications import exports_owing, obligations, rules, workflow
from applications.actions_owing import can_judge_report
from applications.backoffice.acting import one_time_key, render_page, sent_key
from applications.backoffice.lists_out import XLSX
from applications.backoffice.office import NO_PAGE, office_of, page_or_act, render_office, show_in_place, url
from applications.models import Obligation
from applications.models.proceedings import OWING
from applications.queries import visible_to
from applications.views.reports import report_download, report_pdf_of
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.answers import date_of

ON_A_PAGE = 50
STATES = {
    "all": "全部",
    "due": "未到期",
    "overdue": "逾期未交",
    "waiting": "待审核",
    "submitted": "已提交",
    "returned": "已退回",
    "late": "逾期提交",
}


@dataclass(frozen=True)
class Filter:
    """What was asked for: a state of STATES, a code of the call's obligations, words."""

    state: str = "all"
    code: str = ""
    text: str = ""

    @classmethod
    def of(cls, query, known: list[str]) -> "Filter":
        state, code = query.get("state", ""), query.get("code", "")
        return cls(
            state if state in STATES else "all", code if code in known else "", query.get("text", "").strip()[:60]
        )

    def apply(self, rows: QuerySet) -> QuerySet:
        rows = rows.filter(condition(self.state)) if self.state != "all" else rows
        rows = rows.filter(code=self.code) if self.code else rows
        for word in self.text.split():
            rows = rows.filter(
                Q(application__title__icontains=word) | Q(application__number__icontains=word)
                | Q(application__unit__name__icontains=word)
            )  # fmt: skip
        return rows


def condition(state: str) -> Q:
    """The rows that a filter shows."""
    owed = Q(state__in=Obligation.OWED, application__state__in=OWING)
    today = clock.today()
    return {
        "due": owed & (Q(due_on=None) | Q(due_on__gte=today)),
        "overdue": owed & Q(due_on__lt=today),
        "waiting": Q(state="submitted", needs_officer=True),
        "submitted": Q(state__in=["submitted", "approved"]),
        "returned": Q(state="returned"),
        "late": Q(late=True),
    }[state]


def rows_of(office) -> QuerySet:
    """Every report of the person's part of a call, with what its line shows; requests that are not sent stay out."""
    rows = Obligation.objects.filter(application__in=office.applications())
    rows = rows.exclude(kind__in=Obligation.REQUESTS, state="open")
    return rows.select_related("application__unit", "application__department", "decided_by")


@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """GET office/reports/?call=&state=&code=&text=&page=."""
    office = office_of(request)
    named = obligations.specs_of(office.call.spec)
    wanted, everything = Filter.of(request.GET, [one.code for one in named]), rows_of(office)
    counts = everything.order_by().aggregate(
        **{state: Count("pk", filter=condition(state)) for state in STATES if state != "all"}, all=Count("pk")
    )
    found = wanted.apply(everything).order_by("due_on", "application__number", "pk")
    context = {
        "title": "报告和申请",
        "filter": wanted,
        "states": [(state, words, counts[state]) for state, words in STATES.items()],
        "codes": [(one.code, one.label) for one in named],
        "page": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "today": clock.today(),
    }
    return render_office(request, "reports", office, context)


@require_safe
def reports_xlsx(request: HttpRequest) -> HttpResponse:
    """GET office/reports.xlsx: the rows of the filter as a workbook, with what was answered."""
    office = office_of(request)
    named = obligations.specs_of(office.call.spec)
    wanted = Filter.of(request.GET, [one.code for one in named])
    rows = wanted.apply(rows_of(office)).order_by("due_on", "application__number", "pk")
    name = f"{office.call.title}报告和申请.xlsx"
    data = exports_owing.workbook(office.call, rows, code=wanted.code)
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


# ---- one report ----


def _found(request: HttpRequest, pk: int) -> Obligation:
    """The report if the person sees its application; else 404. Drafts of the unit stay with the unit."""
    related = ("application__call__current_version", "application__task__field", "application__unit", "submitted_by")
    rows = Obligation.objects.filter(application__in=visible_to(request.user)).select_related(*related, "decided_by")
    return get_object_or_404(rows.defer("application__call__current_version__document"), pk=pk)


@require_safe
def report_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/reports/<pk>/: what was handed in; officers judge, departments and supervisors read."""
    if not (request.user.is_officer or request.user.is_supervisor or request.user.is_recommender):
        raise Http404(NO_PAGE)
    return _report(request, _found(request, pk))


def _report(request, row: Obligation, *, refusal: Refused | None = None, status: int = 200) -> HttpResponse:
    application = row.application
    judges = can_judge_report(application, request.user) and row.state == "submitted"
    context = {
        "title": row.name,
        "application": application,
        "report": row,
        "content": row.content if row.sha256 else {},
        "has_file": _file_stands(row),
        "judges": judges,
        "is_stage": row.kind == Obligation.Kind.STAGE,
        "is_extension": row.kind == Obligation.Kind.EXTENSION,
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "key": one_time_key(),
        "crumbs": [(application.number, url("detail", application.pk)), (row.name, "")],
    }
    return render_page(request, "applications/backoffice/report.html", context, status=status)


def report_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/reports/<pk>/ `verb`: approve, return or refuse."""
    row = get_object_or_404(Obligation.objects.select_related("application"), pk=pk)
    verb, words = request.POST.get("verb", ""), request.POST.get("opinion", "")[:4000]
    on, wrong = _day(request.POST.get("on", ""))
    named = {"by": request.user, "key": sent_key(request)}
    try:
        if wrong and rules.is_officer(row.application, request.user):
            raise Refused("date_wrong", wrong, field="on", status=400)
        if verb == "return":
            workflow.return_obligation(row, reason=words, due_on=on, **named)
        elif verb == "refuse":
            workflow.refuse_request(row, reason=words, **named)
        else:
            result = request.POST.get("result", "")[:10]
            workflow.approve_obligation(row, opinion=words, result=result, granted_on=on, **named)
    except Refused as refusal:
        show_in_place(request, refusal, row.application)
        return _report(request, _found(request, pk), refusal=refusal, status=refusal.status)
    messages.success(request, f"“{row.name}”已办理。")
    return redirect(url("report", row.pk))


def _day(typed: str) -> tuple[date | None, str]:
    typed = typed.strip()
    found = date_of(typed) if typed else None
    wrong = f"“{typed[:30]}”不是有效日期。请按 2026-03-31 的格式填写。" if typed and found is None else ""
    return found, wrong


report = page_or_act(report_page, report_act)


@require_safe
def report_file(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/reports/<pk>/file/: the file of what was handed in."""
    row = _found(request, pk)
    if not _file_stands(row):
        raise Http404(NO_PAGE)
    return report_download(row)


def _file_stands(row: Obligation) -> bool:
    """Whether the file is the one that was handed in, and not one that the unit has put there since."""
    handed_in = row.content.get("file", {}).get("sha256", "")
    return bool(row.file) and row.file_sha256 == handed_in


@require_safe
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/reports/<pk>/pdf/."""
    return report_pdf_of(_found(request, pk))
