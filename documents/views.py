"""Handing out files: who asks is asked first, and a file that is still being made has a page that waits."""

from pathlib import PurePosixPath
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from documents import jobs
from documents.models import Artifact

WAIT_SECONDS = 2
CONTENT_TYPES = {
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".svg": "image/svg+xml",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
}


@never_cache
@login_required
@require_GET
def artifact(request, pk: int):
    """The file, or its state while it is being made: a page that looks again, or JSON for `Accept: application/json`.

    `?download` saves it under its name; otherwise a PDF opens in the browser. A stranger gets 404: whether a file
    exists is nobody else's business.
    """
    row = _readable(request, pk)
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse(_status(row), status=200)
    if row.state == Artifact.State.DONE:
        try:
            return _file(row, as_attachment="download" in request.GET or not row.filename.endswith(".pdf"))
        except FileNotFoundError:  # lost from the storage: it is made again, with the same content
            row = jobs.request(row.kind, row.owner_key, renew=True)
    status = 500 if row.state == Artifact.State.FAILED else 202
    return render(request, "documents/waiting.html", {"artifact": row, "wait_seconds": WAIT_SECONDS}, status=status)


@login_required
@require_POST
def retry(request, pk: int):
    """Ask again for a file that could not be made."""
    row = _readable(request, pk)
    jobs.request(row.kind, row.owner_key)
    return redirect("documents:artifact", pk=pk)


def _readable(request, pk: int) -> Artifact:
    row = Artifact.objects.filter(pk=pk).first()
    if row is None or not jobs.may_read(row, request.user):
        raise Http404("没有这个文件，或者您没有查看它的权限。")
    return row


def _status(row: Artifact) -> dict:
    done = row.state == Artifact.State.DONE
    return {
        "state": row.state,
        "label": row.get_state_display(),
        "filename": row.filename,
        "size": row.size,
        "url": reverse("documents:artifact", args=[row.pk]) if done else "",
        "error": row.error if row.state == Artifact.State.FAILED else "",
    }


def _file(row: Artifact, *, as_attachment: bool) -> HttpResponse:
    content_type = CONTENT_TYPES.get(PurePosixPath(row.filename).suffix.lower(), "application/octet-stream")
    prefix = settings.JBGS_X_ACCEL_PREFIX
    if prefix:  # the proxy reads the file; its location is internal and points to MEDIA_ROOT
        response = HttpResponse(content_type=content_type)
        response["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{quote(row.file.name)}"
        kind = "attachment" if as_attachment else "inline"
        response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(row.filename, safe='')}"
    else:
        response = FileResponse(
            row.file.open("rb"), as_attachment=as_attachment, filename=row.filename, content_type=content_type
        )
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"  # a department reads the application beside its own form
    return response
