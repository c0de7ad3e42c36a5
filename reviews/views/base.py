"""What the review's pages share: the frame, and what a crafted address gets.

Pages (GET) look first whether the person may see the thing: else 404, with an entry in its log. Acts (POST) go straight
to the workflow's door, which answers 403 and writes the one entry, whoever sent the form.
"""

from django.contrib import messages
from django.http import Http404

from applications.backoffice.acting import one_time_key, render_page, sent_key
from applications.models import Application
from audit import log
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import queries
from reviews.models import Assignment

__all__ = [
    "application_or_404",
    "one_time_key",
    "page",
    "pass_on_forbidden",
    "sent_key",
    "sheet_or_404",
    "task_or_404",
    "tell",
    "whole_numbers",
]


def page(request, template: str, context: dict, *, status: int = 200):
    """A page of the back office from templates/reviews/."""
    return render_page(request, f"reviews/{template}.html", context, status=status)


def sheet_or_404(request, pk: int, sheets) -> Assignment:
    """The sheet out of those this person may see; else 404, and the try is in the log of the sheet."""
    return _found(sheets.filter(pk=pk).first(), Assignment, pk, request.user)


def task_or_404(request, pk: int) -> Task:
    """The task if this person runs or watches its review; else 404, and the try is in the log of the task."""
    return _found(queries.tasks_for(request.user).filter(pk=pk).first(), Task, pk, request.user)


def application_or_404(request, pk: int) -> Application:
    """An application of a task whose review this person runs or watches; else 404 and a log entry."""
    rows = Application.objects.filter(task__in=queries.tasks_for(request.user), state__in=queries.FROM_REVIEW_ON)
    rows = rows.select_related("task__field", "call__current_version", "unit", "department")
    return _found(rows.filter(pk=pk).first(), Application, pk, request.user)


def _found(row, model, pk: int, user):
    if row is not None:
        return row
    if there := model.objects.filter(pk=pk).first():
        log.append_refusal(there, "read_review", user, Forbidden("您没有查看这些评审内容的权限。"))
    raise Http404("没有这一页，或者您没有查看它的权限。")


def pass_on_forbidden(refused: Refused) -> None:
    """Somebody whose verb it is not gets the page that says so; every other refusal is shown where it was typed."""
    if refused.status == 403:
        raise refused


def tell(request, refused: Refused) -> None:
    """Show a refusal on the next page."""
    messages.error(request, refused.sentence)


def whole_numbers(values) -> list[int]:
    """Primary keys out of a form; what is no number was not offered and is left out."""
    return [number for value in values if (number := whole_number(value)) is not None]
