"""推荐名单: where a department examines what was filed through it, recommends, and orders its list."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications import clocks, workflow
from applications.backoffice import calls, groups
from applications.backoffice.acting import (
    address,
    form_on,
    judged_at_the_door,
    one_time_key,
    refuse_stranger,
    render_page,
    sent_key,
)
from applications.backoffice.opened import open_application
from applications.backoffice.ordering import Order
from applications.examination import by_eye
from applications.models import Application, RecommendationList
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Call
from programmes.windows import Timetable, end_of

NO_PAGE = "没有这个批次，或者本单位不在它的推荐单位范围内。"


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """GET recommending/: the calls in which the department recommends."""
    only_for_departments(request)
    context = {"title": "推荐名单", "rows": calls.call_rows(request.user)}
    return render_page(request, "applications/backoffice/calls.html", context)


@require_safe
def recommending(request: HttpRequest, slug: str) -> HttpResponse:
    """GET recommending/<slug>/?tab=&page=&open=<pk>: the department's own applications of one call, task by task."""
    call = call_for(request, slug)
    return show(request, call, query=request.GET, opened=whole_number(request.GET.get("open")))


def only_for_departments(request: HttpRequest) -> None:
    if not request.user.is_recommender:
        raise Http404("这是推荐单位的页面。")


def call_for(request: HttpRequest, slug: str) -> Call:
    """The call, if this person's department recommends in it or has applications of it."""
    only_for_departments(request)
    found = Call.objects.filter(slug=slug).exclude(current_version=None)
    call = found.select_related("programme", "current_version").defer("current_version__document").first()
    if call is None or not (calls.offers(call, request.user.department) or call.pk in calls.standings(request.user)):
        raise Http404(NO_PAGE)
    return call


def show(request, call, *, query, opened=None, refusal=None, typed=None, order=None, status=200) -> HttpResponse:
    """The page; `refusal` and `typed` belong to the opened application, `order` is an order that was not accepted."""
    user, timetable = request.user, Timetable(call)
    listed = RecommendationList.objects.filter(call=call, department=user.department_id)
    listed = listed.select_related("confirmed_by").first()
    row = calls.row_of(call, user.department, timetable, calls.standings(user), listed)
    window = timetable.window("recommend", user.department)
    tab = query.get("tab", "") if query.get("tab", "") in groups.TABS else groups.ALL
    around = Application.objects.filter(pk=opened).values_list("task_id", flat=True).first() if opened else None
    found = groups.groups_of(user, call, listed, tab=tab, page=query.get("page"), around=around, order=order)
    group = next((group for group in found.groups if group.task.pk == around), None)
    opened = opened and open_application(
        user, opened, group=group, listed=listed, window=window, refusal=refusal, typed=typed
    )
    context = {
        "title": "推荐名单",
        "call": call,
        "row": row,
        "window": window,
        "found": found,
        "opened": opened,
        "order": order,
        "tab": tab,
        "tabs": [(name, label, found.counts[name] if name else found.tasks) for name, label in groups.TABS.items()],
        "key": one_time_key(),
        "quota_words": quota_words(call),
        "obstacle": obstacle(row),
        "here": here(call, query),
        "clock_lines": clocks.lines_of_department(call, user.department),
    }
    return render_page(request, "applications/backoffice/recommending.html", context, status=status)


def quota_words(call: Call) -> str:
    """The limit in a sentence, from the call's own figures (M14, M15)."""
    quota = call.spec.quotas.get(groups.QUOTA)
    if quota is None:
        return ""
    per = {"task": "每个任务", "field": "每个领域", "call": "本批次"}
    counted = {"recommender": "按推荐单位计算", "region": "按地区计算"}
    what = "".join(per[name] for name in quota.scope if name in per) or "合计"
    how = "".join(f"，{counted[name]}" for name in quota.scope if name in counted)
    return f"{what}{'原则上' if quota.force == 'soft' else ''}推荐不超过 {quota.limit} 个{how}"


def obstacle(row: calls.CallRow) -> str:
    """Why the list cannot be confirmed yet, in a sentence; empty when it can be."""
    now, standing = clock.now(), row.standing
    if row.confirming.has_closed(now):
        return f"确认推荐名单已于 {row.confirming.closes_text} 截止"
    if standing.waiting:
        return f"还不能确认名单：{standing.waiting} 个申报待审核"
    if not row.filing.has_closed(now):
        return f"还不能确认名单：单位申报到 {row.filing.closes_text} 截止"
    return "" if standing.recommended else "还不能确认名单：没有推荐的项目"


def here(call: Call, query) -> str:
    """The page itself, with the tab and the page of it that the person was on."""
    path = reverse("admin:applications_recommending", args=[call.slug])
    page = query.get("page") or ""
    tab = query.get("tab") if query.get("tab") in groups.TABS else ""
    return address(path, tab=tab, page=whole_number(page))


# ---- acts ----


@judged_at_the_door
@form_on("admin:applications_detail")
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """POST <pk>/recommend/ and the like: one verb; a refusal comes back on the page with everything typed."""
    related = ("call__current_version", "call_version", "task__field", "unit", "department")
    application = get_object_or_404(
        Application.objects.select_related(*related).defer("call__current_version__document", "call_version__document"),
        pk=pk,
    )
    try:
        done = ACTS[verb](application, request)
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    except Refused as refusal:
        return show(
            request, application.call, query=request.POST, opened=pk, refusal=refusal, typed=request.POST,
            status=refusal.status,
        )  # fmt: skip
    messages.success(request, done)
    return redirect(f"{here(application.call, request.POST)}#t-{application.task.code}")


def _recommend(application, request) -> str:
    known = {item.code for item in by_eye(application.call_version.spec)}
    done = workflow.recommend(
        application,
        by=request.user,
        opinion=request.POST.get("opinion", ""),
        rank=_number(request.POST.get("rank", "")),
        over_reason=request.POST.get("over_reason", ""),
        items=[code for code in request.POST.getlist("items") if code in known],
        key=sent_key(request),
    )
    return f"已推荐“{done.title}”，任务内第 {done.rank} 位。"


def _return(application, request) -> str:
    workflow.return_for_changes(
        application,
        by=request.user,
        opinion=request.POST.get("opinion", ""),
        due_at=_end_of(request.POST.get("due_on", "")),
        key=sent_key(request),
    )
    return f"已退回“{application.title}”，已通知申报单位。"


def _decline(application, request) -> str:
    reason = request.POST.get("opinion", "")
    workflow.decline(application, by=request.user, reason=reason, key=sent_key(request))
    return f"“{application.title}”不予推荐，已通知申报单位。"


def _unrecommend(application, request) -> str:
    workflow.unrecommend(application, by=request.user, key=sent_key(request))
    return f"已取消推荐“{application.title}”，名额已空出。"


ACTS = {"recommend": _recommend, "return_for_changes": _return, "decline": _decline, "unrecommend": _unrecommend}


def _number(typed: str) -> int | None:
    """The rank as typed: nothing means the next one, what is no number is refused by the workflow as out of range."""
    typed = typed.strip()
    return None if not typed else int(typed) if typed.isdecimal() and len(typed) < 5 else 0


def _end_of(typed: str):
    """The instant at which the typed day is over; None when it is no day, which the guard refuses."""
    try:
        return end_of(date.fromisoformat(typed.strip()))
    except (ValueError, OverflowError):
        return None


@judged_at_the_door
@form_on("admin:applications_confirm_list")
def rerank(request: HttpRequest, pk: int) -> HttpResponse:
    """POST lists/<pk>/rerank/: the numbers beside the rows, all tasks of the page at once."""
    listed = get_object_or_404(
        RecommendationList.objects.select_related("call__current_version", "department").defer(
            "call__current_version__document"
        ),
        pk=pk,
    )
    order = Order(listed, request.POST)
    try:
        changed = order.save(by=request.user, key=sent_key(request))
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    except Refused as refusal:
        order.refuse(refusal)
        return show(request, listed.call, query=request.POST, order=order, status=refusal.status)
    messages.success(request, f"次序已保存，{changed} 项任务有变动。" if changed else "次序没有变动。")
    return redirect(here(listed.call, request.POST))
