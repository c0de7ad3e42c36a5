"""Files of an application: uploaded one by one before the submit, removed, handed out to who may see them."""

import io
from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from applications import access, rules, workflow
from applications.models import Application, Attachment
from applications.papers_blind import anonymous_attachments
from applications.queries import blind_calls, visible_to
from applications.views.base import applicant_page, refusal_logged, refuse_strangers, shown_only_to_the_unit, to_act_on
from applications.views.frame import Frame, files_by_kind, fragments
from jbgs.lib import properties
from jbgs.lib.errors import Refused
from jbgs.lib.uploads import KINDS

NO_FILE = "没有选择文件。请先选择文件，再上传。"
INLINE = {"pdf", "jpg", "png"}
MOST_AT_ONCE = 20


@applicant_page
@require_POST
def upload(request: HttpRequest, application: Application) -> HttpResponse:
    """POST `kind` and one or more `file`s. A script (Accept: application/json) gets the kind's row as HTML."""
    kind, files = request.POST.get("kind", ""), request.FILES.getlist("file")[:MOST_AT_ONCE]
    refusals = []
    for file in files:
        try:
            _add(application, kind, file, request.user)
        except Refused as refusal:
            shown_only_to_the_unit(application, request.user, refusal)
            refusals.append({"name": file.name, "sentence": refusal.sentence, "status": refusal.status})
    if not files:
        with refusal_logged(application, "add_attachment", request.user):
            refuse_strangers(application, request.user)
        refusals.append({"name": "", "sentence": NO_FILE, "status": 400})
    return _answer(request, application, kind, refusals)


@applicant_page
@require_POST
def remove(request: HttpRequest, application: Application, attachment: int) -> HttpResponse:
    """Take one file out of the draft."""
    row = get_object_or_404(Attachment, pk=attachment, application=application)
    try:
        with refusal_logged(application, "remove_attachment", request.user):
            workflow.remove_attachment(row, by=request.user)
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        return _answer(
            request, application, row.kind, [{"name": row.name, "sentence": refusal.sentence, "status": 409}]
        )
    return _answer(request, application, row.kind, [])


@never_cache
@login_required
@require_safe
def download(request: HttpRequest, pk: int, attachment: int) -> HttpResponse:
    """The file under its own name; `?inline` shows a PDF or a picture in the browser.

    The unit has all its files; everybody else who sees the application has those of its frozen versions. An expert of
    a blind call has those of kinds that the call marks `anonymous`, without names in name and properties.
    """
    row = Attachment.objects.filter(pk=attachment, application_id=pk).first()
    application = visible_to(request.user).select_related("call__current_version").filter(pk=pk).first()
    if row is not None and application is not None and _may_have(application, row, request.user):
        return file_response(row, inline="inline" in request.GET)
    if row is not None and (name := _blind_name(row, request.user)):
        return file_response(row, inline="inline" in request.GET, name=name, file=_without_properties(row))
    raise Http404("没有这个文件，或者您没有查看它的权限。")


def file_response(row: Attachment, *, inline: bool, name: str = "", file=None) -> HttpResponse:
    """A stored file with a type that we chose, never one that the browser guesses.

    `name`, `file`: instead of its own.
    """
    kind = KINDS.get(row.content_type)
    shown = inline and row.content_type in INLINE
    content_type = kind.content_type if kind else "application/octet-stream"
    response = FileResponse(file or row.file.open("rb"), content_type=content_type)
    disposition = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(name or row.name, safe='')}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _may_have(application: Application, row: Attachment, user) -> bool:
    if rules.is_of_unit(application, user):
        return row.removed_at is None or _frozen(application, row)
    return _frozen(application, row)


def _blind_name(row: Attachment, user) -> str:
    """What an expert of a blind call reads the file as; empty for everybody else and for every other file."""
    if not (user.is_expert and row.kind):
        return ""
    application = Application.objects.filter(pk=row.application_id, call_id__in=blind_calls()).first()
    if application is None or not access.may_review(user, application):
        return ""
    for version in application.versions.order_by("-number"):
        for item in anonymous_attachments(version.content):
            if item.get("id") == row.pk:
                return item["name"]
    return ""


def _without_properties(row: Attachment) -> io.BytesIO:
    """The file without author, company and the like; a type that cannot be cleaned is not handed out."""
    if row.content_type not in properties.STRIP:
        raise Http404("没有这个文件，或者您没有查看它的权限。")
    with row.file.open("rb") as file:
        return io.BytesIO(properties.stripped(file.read(), row.content_type))


def _frozen(application: Application, row: Attachment) -> bool:
    """Whether a submitted version names this file."""
    lists = application.versions.values_list("content__attachments", flat=True)
    return any(item.get("id") == row.pk for files in lists for item in files or [])


def _add(application: Application, kind: str, file, user) -> None:
    with refusal_logged(application, "add_attachment", user):
        refuse_strangers(application, user)
        workflow.add_attachment(application, kind, file, by=user)


def _answer(request: HttpRequest, application: Application, kind: str, refusals: list[dict]) -> HttpResponse:
    section = application.call_version.spec.form.of_type("attachments")
    if section is None:
        raise Http404("申报书没有附件部分。")
    status = max((refusal["status"] for refusal in refusals), default=200)
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        frame = Frame(to_act_on(application.pk))
        body = {"refusals": refusals, "fragments": fragments(request, frame, section), "html": ""}
        for options in frame.sheet(section).extra["kinds"]:
            if options["key"] == kind:
                context = {"kind": options, "files": files_by_kind(frame.application), "application": application}
                body["html"] = render_to_string("applications/_files_of_kind.html", context, request)
        return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if not refusals:
        return redirect("applications:section", application.pk, section.key)
    context = Frame(application).section_context(section) | {"refused_kind": kind, "refusals": refusals}
    return render(request, "applications/section.html", context, status=status)
