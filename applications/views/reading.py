"""An application read: its page, the differences between its versions, its paper."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications import letters, papers, rules, timeline
from applications.diff import compare
from applications.exports_lists import LETTERS
from applications.feedback import opinions_for_unit
from applications.models import Application
from applications.queries import visible_to
from applications.renewal import renewal_of
from applications.sent_letters import letters_of, request_letter
from applications.standing import Case, appeal_until, evaluation_times, standing
from applications.states import EDITABLE, State
from applications.versions import content_of, request_pdf
from applications.views.answering import contestable, open_hearing
from applications.views.base import applicant_page, new_key
from applications.views.frame import CHILDREN
from applications.views.reports import reports_of
from applications.workflow import verdicts
from audit.models import Entry
from documents import jobs, pdf
from jbgs.lib import clock
from programmes.windows import Timetable

MEASURED = {State.IN_EVALUATION, State.WON, State.NOT_WON, State.TERMINATED, State.REVOKED}
DRAFT = "draft"


@applicant_page
@require_safe
def detail(request: HttpRequest, application: Application) -> HttpResponse:
    """Who has it, what to do, what next; what happened; versions, files, whom to ask."""
    timetable = Timetable(application.call)
    case = Case(application, application.call.spec, timetable, clock.now())
    versions = list(application.versions.select_related("created_by").defer("content").order_by("-number"))
    entries = Entry.objects.for_object(application).done().select_related("actor")
    now = standing(application, timetable)
    prefetch_related_objects([application], "attachments")
    context = {
        "application": application,
        "standing": now,
        "steps": [
            *timeline.past(case, entries, {row.pk: row.number for row in versions}),
            *timeline.present(now, application),
            *timeline.future(case),
        ],
        "versions": versions,
        "files": [row for row in application.attachments.all() if row.removed_at is None],
        "acts": acts(case, request.user),
        "contact": application.task.field.contact,
        "edits": application.state in EDITABLE,
        "verdicts": verdicts(application) if application.state in MEASURED else [],
        "call_spec": case.spec,
        "letters": [(row, LETTERS[row.verb]) for row in letters_of(application)] if application.number else [],
        "expert_opinions": opinions_for_unit(application),
        "renewal": renewal_of(application),
        "renewal_key": new_key(),
        **reports_of(application, request.user),
    }
    return render(request, "applications/detail.html", context)


def acts(case: Case, user) -> list[dict]:
    """The buttons of the page: what the rules and the clock allow this person now, the main one last."""
    application, filing = case.application, case.filing
    in_time = filing.is_open(case.now)
    supplement_due = application.supplement_due_at
    until = appeal_until(case) if rules.can_appeal(application, user) else None
    offered = (
        ("withdraw", "撤回申报", rules.can_withdraw(application, user)),
        ("take_back", "撤回修改", rules.can_take_back(application, user) and not application.examined_at and in_time),
        ("appeal", "申请复审", until is not None and case.now < until),
        ("round_objection", "对核查结果提出异议", contestable(application, user) is not None),
        ("statement", "陈述申辩", open_hearing(application, user) is not None),
        ("evaluation", _evaluation_label(case), evaluation_times(case).asked
         and rules.can_submit_evaluation(application, user)),
        ("edit", "继续填写" if application.state == State.DRAFT else "修改申报书", rules.can_edit(application, user)
         and (in_time or not filing.has_opened(case.now) if supplement_due is None else case.now < supplement_due)),
    )  # fmt: skip
    buttons = [
        {"url": reverse(f"applications:{name}", args=[application.pk]), "label": label}
        for name, label, allowed in offered
        if allowed
    ]
    if buttons and offered[-1][2] or buttons and buttons[-1]["label"] != "撤回修改" and not offered[0][2]:
        buttons[-1]["main"] = True
    return buttons


def _evaluation_label(case: Case) -> str:
    is_open = evaluation_times(case).are_open(case.now)
    return f"申请{case.label('evaluation', '测评')}" if is_open else "填写实测值"


@applicant_page
@require_safe
def diff(request: HttpRequest, application: Application) -> HttpResponse:
    """?from=1&to=2, or to=draft: what changed between two versions; by default the last step."""
    numbers = list(application.versions.order_by("number").values_list("number", flat=True))
    choices = [str(number) for number in numbers] + ([DRAFT] if application.state in EDITABLE else [])
    if len(choices) < 2:
        return redirect("applications:detail", application.pk)
    newer = request.GET.get("to") if request.GET.get("to") in choices[1:] else choices[-1]
    before = choices[: choices.index(newer)]
    older = request.GET.get("from") if request.GET.get("from") in before else before[-1]
    difference = compare(_content(application, older), _content(application, newer))
    context = {"application": application, "older": older, "newer": newer, "difference": difference, "choices": [
        (choice, "正在修改的草稿" if choice == DRAFT else f"第 {choice} 版") for choice in choices
    ]}  # fmt: skip
    return render(request, "applications/diff.html", context)


def _content(application: Application, choice: str) -> dict:
    if choice == DRAFT:
        prefetch_related_objects([application], *CHILDREN)
        return content_of(application)
    return application.versions.get(number=int(choice)).content


@never_cache
@login_required
@require_safe
def paper(request: HttpRequest, pk: int, number: int | None = None) -> HttpResponse:
    """The application as a PDF: the unit's draft, drawn now with its watermark, or a frozen version's kept file."""
    application = visible_to(request.user).filter(pk=pk).first()
    if application is None:
        raise Http404("没有这件申报，或者您没有查看它的权限。")
    if number is not None:
        return _version_paper(request, application, number)
    if not rules.is_of_unit(application, request.user):
        raise Http404("草稿只有申报单位可以查看。")
    if application.state not in EDITABLE and application.version_id:
        return redirect("applications:pdf_version", pk, application.version.number)
    prefetch_related_objects([application], *CHILDREN)
    context = papers.application_paper(content_of(application), draft=True, label=application.call.spec.label)
    data = pdf.render(papers.TEMPLATE, context, draft=True)
    return _pdf(data, f"{application.title or application.task.title}（草稿）.pdf", request)


@applicant_page
@require_safe
def receipt_paper(request: HttpRequest, application: Application) -> HttpResponse:
    """The receipt of one version as a PDF; `?version=` an older one."""
    wanted = request.GET.get("version", "")
    found = application.versions.select_related("created_by").order_by("-number")
    version = (found.filter(number=int(wanted)) if wanted.isdecimal() and len(wanted) < 5 else found).first()
    if version is None:
        raise Http404("没有这一版。")
    content = version.content
    context = letters.receipt(
        call_title=content["call"]["title"], number=application.number, version=version.number, code=version.code,
        sha256=version.sha256, submitted_at=version.created_at, title=content["title"], unit=content["unit"]["name"],
        task=f"{content['task']['code']} {content['task']['title']}", unit_code=content["unit"]["code"],
        department=content["department"]["name"], by=version.created_by.name, files=len(content["attachments"]),
        next_step="提交后由推荐单位或主管部门审核，办理情况在“我的申报”中查看。",
    )  # fmt: skip
    return _pdf(
        pdf.render("papers/receipt.html", context), f"提交回执 {application.number} 第{version.number}版.pdf", request
    )


@applicant_page
@require_safe
def letter(request: HttpRequest, application: Application, opinion: int) -> HttpResponse:
    """A letter that was sent to this unit, as a PDF: made once and kept."""
    found = next((row for row in letters_of(application) if row.pk == opinion), None)
    if found is None:
        raise Http404("没有这份通知书。")
    return redirect("documents:artifact", request_letter(found, by=request.user).pk)


def _pdf(data: bytes, name: str, request: HttpRequest) -> HttpResponse:
    disposition = "attachment" if "download" in request.GET else "inline"
    headers = {
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "X-Frame-Options": "SAMEORIGIN",
    }
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def _version_paper(request: HttpRequest, application: Application, number: int) -> HttpResponse:
    version = application.versions.defer("content").filter(number=number).first()
    if version is None:
        raise Http404("没有这一版。")
    artifact = request_pdf(version, by=request.user)
    if not jobs.may_read(artifact, request.user):
        raise Http404("没有这个文件，或者您没有查看它的权限。")
    query = "?download" if "download" in request.GET else ""
    return redirect(f"{reverse('documents:artifact', args=[artifact.pk])}{query}")
