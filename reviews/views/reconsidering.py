"""复议: what must be looked at again in a task, and one application's second looks with the forms to open and close."""

from datetime import datetime

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from applications.models import Application
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.instants import read_instant
from reviews import advice as a
from reviews import charts, cutline, reconsidering, rules, sheets, workflow
from reviews import ranking as r
from reviews.models import WITH_EXPERT, Alternate, Assignment, AssignmentState, Expert, Reconsideration
from reviews.picking import Picker, Purpose, Wanted
from reviews.rounds import counts
from reviews.views import advising
from reviews.views import picking as search
from reviews.views.base import (
    application_or_404,
    one_time_key,
    page,
    pass_on_forbidden,
    sent_key,
    task_or_404,
    whole_numbers,
)
from reviews.workflow.selecting import limit_of

Ground, Way = Reconsideration.Ground, Reconsideration.Way


@require_GET
def task_list(request, pk: int):
    """Every application of the task that must be, is being or was looked at again."""
    task = task_or_404(request, pk)
    rows = r.ranking(task.call, task)
    review = rows[0].rules.spec.review if rows else task.call.spec.review
    advised = a.of(rows, limit_of(rows))
    looks = advising.second_looks(rows, review, advised)
    lines = [_line(row, looks[row.application.pk], advised) for row in rows if row.application.pk in looks]
    context = {
        "title": f"{task.title}：复议",
        "crumbs": _crumbs(task, "复议"),
        "task": task,
        "lines": lines,
        "asks": review.reconsider,
        "asked": sum(line["look"]["state"] == "asked" for line in lines),
        "others": [row for row in rows if row.application.pk not in looks and row.rank],
    }
    return page(request, "reconsiderations", context)


def _line(row: r.Row, look: dict, advised: a.Advice | None) -> dict:
    chance = advised.chance.get(a.key_of(row.application)) if advised else None
    return {
        "row": row,
        "application": row.application,
        "look": look,
        "score": r.show(row.standing.score),
        "spread": sheets.show(row.standing.spread),
        "spread_then": _spread_then(row, look),
        "chance": "" if chance is None else cutline.percent(chance),
    }


def _spread_then(row: r.Row, look: dict) -> str:
    """How far apart the totals were when the last second look began, where that was something else than now."""
    then = look["rows"][-1].figures["spread"] if look["rows"] else row.standing.spread
    return sheets.show(then) if then != row.standing.spread else ""


def _figures_then(row: Reconsideration) -> str:
    """What the ranking said when a second look began."""
    then = row.figures
    totals = "、".join(sheets.show_two(total) for total in sorted(then["totals"], reverse=True))
    chance = "" if then["chance"] is None else f"；把握 {cutline.percent(then['chance'])}"
    spread = sheets.show(then["spread"])
    return f"第 {then['rank']} 名，得分 {then['score']}；各专家总分 {totals}，相差 {spread} 分{chance}"


def one(request, pk: int):
    """One application: open a second look, or see the one that is open and close it; the closed ones below."""
    refused = None
    if search.searches(request):
        return _found(request, application_or_404(request, pk))
    if request.method == "POST":
        application = get_object_or_404(Application.objects.select_related("call__current_version", "task"), pk=pk)
        try:
            messages.success(request, _act(request, application))
            return redirect("admin:reviews_reconsider", pk=pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    return _page(request, application_or_404(request, pk), refused)


def _found(request, application: Application):
    """What a search for further experts gives: the lines for the script, else the page with all that was typed."""
    search.officers_of(application.task, request.user)
    if search.lines_only(request):
        return search.lines(request, _picker(request, application))
    return _page(request, application, None)


def _picker(request, application: Application) -> Picker:
    """Whom one could name for a further look; empty until somebody looks, or what was chosen was refused."""
    picker = Picker("again", many=True)
    if request.method != "POST":
        return picker
    return picker.fill(Purpose(application.call, (application,), firm=True), Wanted.sent(request.POST))


def _act(request, application: Application) -> str:
    data = request.POST
    if "conclusion" in data:
        row = get_object_or_404(Reconsideration, pk=whole_number(data.get("row")) or 0, application=application)
        workflow.close_reconsideration(row, by=request.user, conclusion=data["conclusion"], key=sent_key(request))
        return "复议已办结。"
    named = {
        "sheets": Assignment.objects.filter(pk__in=whole_numbers(data.getlist("sheet"))),
        "experts": Expert.objects.filter(pk__in=whole_numbers(data.getlist("expert"))).select_related("user"),
    }
    way = data.get("way", "")
    named = {
        key: rows if way == {"sheets": Way.EXPLAIN, "experts": Way.EXTRA}[key] else () for key, rows in named.items()
    }
    workflow.reconsider(
        application, by=request.user, ground=data.get("ground", ""), way=way, reason=data.get("reason", ""),
        due_at=_moment(data.get("due_at", "")) if way == Way.EXTRA else None, key=sent_key(request), **named,
    )  # fmt: skip
    return "已提起复议，有关专家已经得到通知。" if way != Way.VOTE else "已提起复议，等待会议表决。"


def _moment(text: str) -> datetime | None:
    if not text.strip():
        return None
    try:
        return read_instant(text.strip().replace("T", " "), closing=True)
    except ValueError:
        raise Refused("due_unreadable", "加评截止的写法为 2026-03-01 17:00。", "due_at", status=422) from None


def _page(request, application: Application, refused: Refused | None):
    task = application.task
    rows = r.ranking(application.call, task)
    row = next((line for line in rows if line.application.pk == application.pk), None)
    review = row.rules.spec.review if row else application.call.spec.review
    advised = a.of(rows, limit_of(rows))
    look = advising.second_looks(rows, review, advised).get(application.pk) or {"state": "", "rows": [], "grounds": []}
    open_ = next((found for found in look["rows"] if found.state == Reconsideration.State.OPEN), None)
    for found in look["rows"]:
        found.then = _figures_then(found)
    names = charts.expert_names(rows)
    may = rules.manages_task(task, request.user) and application.state == "in_review"
    context = {
        "title": f"{application.title}：复议",
        "crumbs": _crumbs(task, application.title),
        "application": application,
        "task": task,
        "line": _line(row, look, advised) if row and row.rank else None,
        "look": look,
        "open": open_,
        "waits_for": reconsidering.progress(open_).words if open_ else "",
        "went_back": _went_back(open_, names) if open_ else [],
        "closed": [found for found in look["rows"] if found is not open_],
        "sheets": _signed(row, names) if row and may and not open_ else [],
        "alternates": _alternates(application) if may and not open_ else 0,
        "picker": _picker(request, application) if may and not open_ else None,
        "extra": review.reconsider.extra_experts,
        "vote_ahead": may and not open_ and reconsidering.vote_ahead(application),
        "grounds": Ground.choices,
        "usual_ground": _usual(look),
        "may": may,
        "typed": request.POST,
        "ticked": whole_numbers(request.POST.getlist("sheet")),
        "refused": refused,
        "key": one_time_key(),
    }
    return page(request, "reconsider", context, status=refused.status if refused else 200)


def _usual(look: dict) -> str:
    """The ground that the form offers first: the one that the call asks for."""
    return look["asked"][0] if look.get("asked") else Ground.OFFICER


def _signed(row: r.Row, names: dict) -> list[dict]:
    """The signed sheets that count, with the name under which the ranking shows their expert."""
    found = Assignment.objects.signed().filter(
        application=row.application, expert__in=[sheet.expert for sheet in row.sheets]
    )
    return [
        {"pk": sheet.pk, "name": names[sheet.expert_id], "total": sheets.show_two(sheet.total)}
        for sheet in found.order_by("expert_id")
        if counts(sheet.assigned_at, row.application.reopened_at)
    ]


def _went_back(row: Reconsideration, names: dict) -> list[dict]:
    """The sheets that were sent back, and what became of them."""
    found = Assignment.objects.filter(pk__in=row.figures.get("sheets", [])).order_by("expert_id")
    return [{"name": names.get(sheet.expert_id, "专家"), "words": _now(sheet)} for sheet in found]


def _now(sheet: Assignment) -> str:
    if sheet.state == AssignmentState.SIGNED:
        return f"已重新提交，总分 {sheets.show_two(sheet.total)}"
    return "还没有重新提交" if sheet.state in WITH_EXPERT else f"{sheet.get_state_display()}，评分不再计入"


def _alternates(application: Application) -> int:
    return Alternate.objects.filter(application=application, state=Alternate.State.WAITING).count()


def _crumbs(task, here: str) -> list:
    return [
        ("分派与排名", reverse("admin:reviews_tasks")),
        (f"{task.code} {task.title}", reverse("admin:reviews_ranking", args=[task.pk])),
        (here, ""),
    ]
