"""我的申报, and how an application begins."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications import workflow
from applications.forms.pages import DepartmentForm, suggested
from applications.models import Application
from applications.offers import OwnApplications
from applications.queries import for_page
from applications.standing import Case, due_at, holder
from applications.states import EDITABLE
from applications.views.base import applicant_page, new_key, refusal_logged, sent_key, shown_only_to_the_unit
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Call
from programmes.queries import offered_to, public_call, tasks_of
from programmes.windows import timetables, window

PAGE_SIZE = 50


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """GET /mine/: the unit's applications, newest first. Context: page, rows {application, holder, due_at, edits}."""
    if not request.user.is_unit_person:
        raise Forbidden("“我的申报”是申报单位的页面。请在管理后台办理。")
    page = Paginator(for_page(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    by_call = timetables({application.call for application in page})
    now = clock.now()
    rows = []
    for application in page:
        due = due_at(Case(application, application.call.spec, by_call[application.call_id], now))
        edits = application.state in EDITABLE and (due is None or now < due)
        rows.append({"application": application, "holder": holder(application), "due_at": due, "edits": edits})
    return render(request, "applications/mine.html", {"page": page, "rows": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """/calls/<slug>/tasks/<code>/apply/: choose the recommending body and open a draft; a second click opens none."""
    call, task = _call_and_task(slug, code)
    unit, sent = request.user.unit, sent_key(request)
    if request.method == "POST" and not request.user.is_unit_person:
        workflow.create_application(call, task=task, by=request.user)  # refused, and the refusal stands in the log
    if not request.user.is_unit_person:
        raise Forbidden("只有申报单位的人员可以填报。")
    first = Application.objects.filter(creation_key=sent, unit=unit).first() if sent else None
    present = first or OwnApplications().applications_of(request.user, call).get(task.code)
    if present:
        return redirect("applications:edit" if present.state in EDITABLE else "applications:detail", present.pk)
    form, refusal = _department_form(request, call, unit), None
    if request.method == "POST" and (form is None or form.is_valid()):
        chosen = form.cleaned_data["department"] if form else None
        try:
            application = workflow.create_application(call, task=task, by=request.user, department=chosen, key=sent)
        except Refused as refused:
            refusal = refused
        else:
            _begin(application, request.user)
            return redirect("applications:edit", application.pk)
    context = {
        "call": call, "spec": call.spec, "task": task, "task_spec": call.spec.tasks[task.code], "form": form,
        "window": window(call, "apply", unit=unit), "key": sent or new_key(), "refusal": refusal,
    }  # fmt: skip
    status = refusal.status if refusal else 200
    return render(request, "applications/create.html", context, status=status)


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, application: Application) -> HttpResponse:
    """Change the recommending body of a draft."""
    offered = offered_to(application.call, application.unit)
    data = request.POST if request.method == "POST" else None
    form = DepartmentForm(data, offered=offered, initial={"department": application.department_id})
    if data is not None:
        chosen = form.cleaned_data["department"] if form.is_valid() else application.department
        try:
            with refusal_logged(application, "choose_department", request.user):
                workflow.choose_department(application, chosen, by=request.user)
        except Refused as refusal:
            shown_only_to_the_unit(application, request.user, refusal)
            form.add_error("department", refusal.sentence)
        if form.is_valid():
            return redirect("applications:edit", application.pk)
    return render(request, "applications/department.html", {"application": application, "form": form, "data": data})


def _call_and_task(slug: str, code: str):
    try:
        call = public_call(slug)
    except Call.DoesNotExist as problem:
        raise Http404("没有这个批次。") from problem
    task = tasks_of(call).filter(code=code).first()
    if task is None:
        raise Http404("没有这项任务。")
    return call, task


def _department_form(request: HttpRequest, call: Call, unit) -> DepartmentForm | None:
    """None where the call has no recommendation. A POST from the task page brings no choice yet: the form is shown."""
    if not call.spec.flow.recommendation:
        return None
    offered = offered_to(call, unit)
    data = request.POST if request.method == "POST" and "department" in request.POST else None
    return DepartmentForm(data, offered=offered, initial={"department": suggested(offered, unit)})


def _begin(application: Application, by) -> None:
    """Put what the unit's registration already says into its section, once, so that nobody types it again."""
    for section in application.call_version.spec.form.sections:
        known = {
            entry["key"]: getattr(application.unit, entry["key"], "") or ""
            for entry in section.options.get("fields", [])
            if entry["key"] in ("address", "legal_person", "contact_name", "contact_phone")
        }
        if section.type == "unit" and any(known.values()) and not application.sections.get(key=section.key).version:
            workflow.save_section(application, section.key, known, base_version=0, by=by)
