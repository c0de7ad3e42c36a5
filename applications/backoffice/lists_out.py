"""导出: the lists of a call as workbooks and papers, the letters that officers have sent."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from applications import exports_lists
from applications.backoffice.office import NO_PAGE, Office, office_of, part_of, render_office
from applications.exports_lists import KINDS, ListKind
from applications.models import Opinion, Publicity
from applications.queries import closed_to, visible_to
from applications.sent_letters import request_letter
from documents import jobs
from documents.models import Artifact
from jbgs.lib.validators import whole_number
from programmes.models import Call

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTICE = "list_notice"
LETTERS_SHOWN = 100


@require_safe
def outputs(request: HttpRequest) -> HttpResponse:
    """GET office/outputs/: what can be taken out of the house now."""
    office = office_of(request)
    applications = office.applications()
    publicities = Publicity.objects.filter(applications__in=applications).distinct().order_by("-opens_at")
    letters = Opinion.objects.filter(application__in=applications, verb__in=exports_lists.LETTERS)
    letters = letters.select_related("application__unit", "by").order_by("-at")
    context = {
        "title": "导出",
        "lists": [
            (kind, kind.name(office.call), exports_lists.listed(applications, kind).count())
            for kind in KINDS.values()
            if kind.code != "publicity"
        ],
        "publicities": publicities,
        "letters": letters[:LETTERS_SHOWN],
        "letter_names": exports_lists.LETTERS,
        "scope": scope_of(office),
    }
    return render_office(request, "office_outputs", office, context)


def scope_of(office: Office) -> str:
    """The fields of an officer who has not the whole call; they stand in the heading."""
    if office.whole:
        return ""
    return "、".join(dict.fromkeys(task.field.name for task in office.tasks))


def _asked(request: HttpRequest, code: str) -> tuple[Office, ListKind, QuerySet, Publicity | None]:
    """Part, kind, applications and, for a list of a publicity, that publicity."""
    office, kind = office_of(request), KINDS.get(code)
    if kind is None:
        raise Http404(NO_PAGE)
    publicity = None
    if code == "publicity":
        pk = whole_number(request.GET.get("publicity"))
        publicity = get_object_or_404(Publicity, pk=pk, call=office.call)
    return office, kind, office.applications(), publicity


@require_safe
def list_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """GET office/outputs/<kind>.xlsx?call=: made at once, it costs two queries."""
    office, kind, applications, publicity = _asked(request, code)
    lines = exports_lists.lines_of(office.call, applications, kind, publicity)
    data = exports_lists.workbook(office.call, kind, lines, scope=scope_of(office))
    return _book(data, f"{office.call.title}{kind.name(office.call)}.xlsx")


@require_safe
def contacts_xlsx(request: HttpRequest, code: str) -> HttpResponse:
    """GET office/outputs/<kind>-contacts.xlsx?call=: persons and telephones, for officers only."""
    office, kind, applications, _ = _asked(request, code)
    if not office.acts:
        raise Http404(NO_PAGE)
    data = exports_lists.contacts(office.call, kind, applications, scope=scope_of(office))
    return _book(data, f"{kind.name(office.call).removesuffix('名单')}联系信息（内部）.xlsx")


def _book(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


@require_safe
def list_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """GET office/outputs/<kind>.pdf?call=: made in the background, once for each wording of the list."""
    office, kind, applications, publicity = _asked(request, code)
    lines = exports_lists.lines_of(office.call, applications, kind, publicity)
    fields = [] if office.whole else sorted({task.field_id for task in office.tasks})
    about = f"publicity:{publicity.pk}" if publicity else f"call:{office.call.pk}:{code}"
    scope = ",".join(map(str, fields)) or "all"
    without = sorted(_closed(office.call, request.user))
    artifact = jobs.request(
        NOTICE,
        f"{about}:{scope}:{exports_lists.digest(lines)[:24]}",
        params={
            "call": office.call.pk, "kind": code, "fields": fields, "publicity": publicity.pk if publicity else None,
            "without": without,
        },
        by=request.user,
    )  # fmt: skip
    return redirect(f"{reverse('documents:artifact', args=[artifact.pk])}")


@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/letters/<opinion>/: the letter as a PDF, made once and kept."""
    opinion = get_object_or_404(
        Opinion.objects.filter(application__in=visible_to(request.user), verb__in=exports_lists.LETTERS), pk=pk
    )
    artifact = request_letter(opinion, by=request.user)
    return redirect("documents:artifact", artifact.pk)


# ---- what the worker does ----


def build_notice(artifact: Artifact) -> tuple[bytes, str]:
    call = Call.objects.select_related("current_version").get(pk=artifact.params["call"])
    kind = KINDS[artifact.params["kind"]]
    publicity = Publicity.objects.filter(pk=artifact.params["publicity"]).first()
    rows = call.applications.exclude(pk__in=artifact.params.get("without", ()))
    if fields := artifact.params["fields"]:
        rows = rows.filter(task__field__in=fields)
    lines = exports_lists.lines_of(call, rows, kind, publicity)
    name = f"{call.title}{kind.name(call)}{'公示' if publicity else ''}.pdf"
    return exports_lists.notice(call, kind, lines, publicity=publicity), name


def may_read_notice(artifact: Artifact, user) -> bool:
    """Who has the whole call, or all the fields of this list, and stands aside from nothing on it."""
    call = Call.objects.filter(pk=artifact.params["call"]).first()
    part = part_of(user, call) if call else None
    fields = set(artifact.params["fields"])
    if part is None or not _closed(call, user) <= set(artifact.params.get("without", ())):
        return False
    return part.whole or (bool(fields) and fields <= part.fields)


def _closed(call: Call, user) -> set[int]:
    """The applications of the call from which this person stands aside."""
    return set(call.applications.filter(closed_to(user)).values_list("pk", flat=True))


def register() -> None:
    """Called once when the app is ready."""
    jobs.register(NOTICE, build_notice, may_read=may_read_notice)
