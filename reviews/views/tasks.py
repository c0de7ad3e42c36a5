"""分派与排名: the tasks of an officer with how far their review has come."""

from django.core.paginator import Paginator
from django.views.decorators.http import require_GET

from reviews import draw_page, queries
from reviews.rounds import experts_wanted
from reviews.views.base import page

PER_PAGE = 50


@require_GET
def overview(request):
    """Every task with an application accepted or further; filters by call and by what is left to do."""
    tasks = list(queries.tasks_for(request.user).order_by("-call__year", "-call__created_at", "order"))
    lines = queries.figures(tasks)
    calls = {line.task.call_id: line.task.call for line in lines}
    chosen = request.GET.get("call", "")
    call = next((call for call in calls.values() if call.slug == chosen), next(iter(calls.values()), None))
    lines = [line for line in lines if line.task.call_id == (call.pk if call else None)]
    todo = request.GET.get("todo", "")
    shown = [line for line in lines if _wanted(line, todo)]
    shown_page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    _put_draws(shown_page, request.user)
    context = {
        "title": "分派与排名",
        "calls": calls.values(),
        "call": call,
        "experts_wanted": experts_wanted(call) if call else 0,
        "todo": todo,
        "page_obj": shown_page,
        "counts": {name: sum(_wanted(line, name) for line in lines) for name in ("", "assign", "chase", "decide")},
    }
    return page(request, "tasks", context)


def _put_draws(lines, user) -> None:
    """Set `draw` on each line: the draw under way for its task that may be read, with its `address`, or None. Two
    queries."""
    lines = list(lines)
    plans = queries.plans_for(user).filter(tasks__in=[line.task for line in lines], state__in=draw_page.OPEN_STATES)
    found = {}
    for plan in plans.distinct().only("number", "state", "call").prefetch_related("tasks"):
        plan.address = draw_page.address_of(plan)
        found |= {task.pk: plan for task in plan.tasks.all()}
    for line in lines:
        line.draw = found.get(line.task.pk)


def _wanted(line: queries.TaskFigures, todo: str) -> bool:
    """Whether a line belongs under a tab: experts are missing, sheets are open, or the ranking can be used."""
    if todo == "assign":
        return line.seats < line.wanted
    if todo == "chase":
        return line.signed < line.seats
    if todo == "decide":
        return line.is_complete and line.in_review > 0
    return True
