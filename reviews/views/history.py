"""The changes of one score sheet: for its expert, and for officers and supervisors once it was signed."""

from django.http import Http404
from django.urls import reverse
from django.views.decorators.http import require_GET

from reviews import blind, history, queries
from reviews.models import Assignment, AssignmentState
from reviews.views.base import page, sheet_or_404

S = AssignmentState
CLOSED = (S.RECUSED, S.REMOVED, S.DECLINED)
"""The expert cannot open it any more."""


@require_GET
def changes(request, pk: int):
    """Who changed what and when; `is_own` is the expert's own page."""
    own = request.user.is_expert
    sheet = sheet_or_404(request, pk, _own(request.user) if own else _theirs(request.user))
    rows = history.of(sheet) if own else history.of_signed(sheet)
    if not rows and not own:
        raise Http404("没有这一页，或者您没有查看它的权限。")
    face = blind.face(sheet.application, request.user)
    context = {
        "title": f"{face.title}：改动记录",
        "crumbs": _crumbs(sheet, face, own),
        "sheet": sheet,
        "face": face,
        "is_own": own,
        "rows": rows[::-1],
        "code": blind.code(sheet.application, sheet.expert.user) if blind.is_blind(sheet.application) else "",
    }
    return page(request, "history", context)


def _own(user):
    return _with_all(Assignment.objects.filter(expert__user=user).exclude(state__in=CLOSED))


def _theirs(user):
    return _with_all(Assignment.objects.filter(application__task__in=queries.tasks_for(user)))


def _with_all(sheets):
    related = ("application__task__field", "application__unit", "application__call__current_version", "rules")
    sheets = sheets.select_related(*related, "expert__user")
    return sheets.defer("rules__document", "application__call__current_version__document")


def _crumbs(sheet: Assignment, face, own: bool) -> list:
    if own:
        return [
            ("我的评审", reverse("admin:reviews_todo")),
            (face.title, reverse("admin:reviews_score", args=[sheet.pk])),
            ("改动记录", ""),
        ]
    task = sheet.application.task
    return [
        ("分派与排名", reverse("admin:reviews_tasks")),
        (f"{task.code} {task.title}", reverse("admin:reviews_progress", args=[task.pk])),
        (face.title, reverse("admin:reviews_scores", args=[sheet.application_id])),
        ("改动记录", ""),
    ]
