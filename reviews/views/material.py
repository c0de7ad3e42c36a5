"""What the experts of a blind call read, looked over by the officers before: which names were struck out, and where."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from applications import papers_blind
from applications.models import Application
from reviews import queries
from reviews.views.base import application_or_404, page, task_or_404


@require_GET
def material(request, pk: int):
    """Each application of a task: what was struck out of its texts, which files go along, and the paper itself."""
    task = task_or_404(request, pk)
    if not task.call.spec.review.blind:
        raise Http404("本批次不是匿名评审。")
    rows = list(_with_content(queries.applications_of_task(task)))
    for row in rows:
        row.version.application = row
        _, row.hits = papers_blind.material(row.version)
        row.files = papers_blind.anonymous_attachments(row.version.content)
    context = {
        "title": f"{task.title}：匿名评审材料",
        "crumbs": [
            ("分派与排名", reverse("admin:reviews_tasks")),
            (f"{task.code} {task.title}", reverse("admin:reviews_progress", args=[task.pk])),
            ("匿名评审材料", ""),
        ],
        "task": task,
        "rows": rows,
    }
    return page(request, "material", context)


@require_GET
def material_of(request, pk: int):
    """The paper without names of one application; asked for by opening it."""
    application = application_or_404(request, pk)
    if not application.call.spec.review.blind:
        raise Http404("本批次不是匿名评审。")
    return redirect("documents:artifact", pk=papers_blind.request_pdf(application.version, by=request.user).pk)


def _with_content(applications) -> list[Application]:
    """One query: the frozen versions with what stands in them."""
    related = ("version__created_by", "created_by", "unit")
    return applications.filter(version__isnull=False).select_related(*related)
