"""Scoring away from the system: the workbook down, the filled one up, and what became of each of its lines."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from applications.states import State
from audit import log
from jbgs.lib.errors import Refused
from programmes.models import Task
from reviews import offline as forms
from reviews.models import ACTIVE, Assignment, Expert
from reviews.refusing import require
from reviews.views.base import page, pass_on_forbidden, tell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def offline(request, pk: int):
    """Down and up on one page; after an upload with the verdict of each line."""
    if request.method == "POST":
        return _take(request, pk)
    task, expert = _own_task(request, pk)
    return _page(request, task, expert)


def _take(request, pk: int):
    task = get_object_or_404(Task, pk=pk)
    mine = request.user.is_authenticated and request.user.is_expert and _sheets(request.user, task).exists()
    require(mine, task, "upload_scores", request.user, "您没有这个任务的评审，不能上传评分表。")
    expert = Expert.objects.select_related("user").get(user=request.user)
    lines, refused = [], None
    try:
        file = request.FILES.get("file")
        if file is None:
            raise Refused("no_file", "没有选择文件。请先选择填好的评分表。", "file", status=422)
        lines = forms.read(file.read(forms.MAX_BYTES + 1), by=request.user, name=file.name)
        forms.save(lines, by=request.user)
    except Refused as caught:
        pass_on_forbidden(caught)
        refused = caught
    _log(lines, refused, task, request.user)
    return _page(request, task, expert, lines=lines, refused=refused)


def _log(lines, refused: Refused | None, task: Task, by) -> None:
    """One entry for an upload that was not taken as a whole: the lines that were refused, with the first reason."""
    left = [line for line in lines if line.verdict == forms.REFUSED]
    if left:
        refused = Refused(left[0].code, left[0].sentence, status=left[0].status)
    if refused:
        log.append_refusal(task, "upload_scores", by, refused, data={"rows": [line.row for line in left]})


def _page(request, task: Task, expert: Expert, *, lines=(), refused: Refused | None = None):
    context = {
        "title": "离线评分",
        "crumbs": [("我的评审", reverse("admin:reviews_todo")), (task.title, ""), ("离线评分", "")],
        "task": task,
        "open": forms.open_sheets(expert, task),
        "lines": lines,
        "counts": {name: sum(line.verdict == name for line in lines) for name in ("saved", "unchanged", "refused")},
        "refused": refused,
    }
    return page(request, "offline", context, status=refused.status if refused else 200)


@require_GET
def workbook(request, pk: int):
    """The .xlsx of the expert's open sheets of the task."""
    task, expert = _own_task(request, pk)
    try:
        data = forms.workbook(expert, task)
    except Refused as refused:
        tell(request, refused)
        return redirect("admin:reviews_offline", pk=pk)
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(forms.filename(expert, task))}"
    return answer


def _own_task(request, pk: int) -> tuple[Task, Expert]:
    """A task of which this expert has a sheet that counts, else 404."""
    if not _sheets(request.user, pk).exists():
        raise Http404("没有这一页，或者您没有查看它的权限。")
    expert = Expert.objects.select_related("user").get(user=request.user)
    return Task.objects.select_related("call__current_version").get(pk=pk), expert


def _sheets(user, task):
    return Assignment.objects.filter(
        expert__user=user, expert__user__role="expert", application__task=task, state__in=ACTIVE,
        application__state=State.IN_REVIEW,
    )  # fmt: skip
