"""The public pages of the calls: they need no sign-in, and they say only what the call's document says."""

from collections import Counter
from itertools import groupby
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from jbgs.lib import clock
from programmes import own
from programmes.indicators import IndicatorSpec
from programmes.models import Call, Task
from programmes.queries import fields_with_counts, public_call, public_calls, tasks_of
from programmes.requirements import requirement
from programmes.spec import WHOLE, CallSpec, PartSpec, TaskSpec
from programmes.stages import stages_of
from programmes.windows import Timetable, Window, timetables

MINE = "mine"
FORM_RULES = frozenset({"project", "pledge", "attachments", "commitments"})
"""Rules that ask for parts of the form, which the page lists anyway."""


class Row(NamedTuple):
    """One task of the list. `mine`: the visitor's own application, or None.

    `heading`: the category under whose heading the task stands; "" where the categories of its field alternate, so that
    each task says its own.
    """

    task: Task
    spec: TaskSpec
    mine: object | None
    heading: str = ""


def home(request: HttpRequest) -> HttpResponse:
    """GET /: the public calls, those that can be applied for first.

    Context: `rows`, each {call, spec, window (apply), stages, fields: [{code, name, count}]}.
    """
    calls = list(public_calls().prefetch_related(fields_with_counts()))
    by_call = timetables(calls)
    rows = [
        {
            "call": call,
            "spec": call.spec,
            "window": by_call[call.pk].window("apply", unit=_unit(request)),
            "stages": stages_of(call.spec, by_call[call.pk], clock.now()),
            "fields": [{"code": f.code, "name": f.name, "count": f.task_count} for f in call.offered_fields],
        }
        for call in calls
    ]
    rows.sort(key=lambda row: row["window"].has_closed(clock.now()))
    return render(request, "programmes/home.html", {"rows": rows})


def call_page(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /calls/<slug>/?q=&field=&category=…&mine=: the tasks of one call.

    Context: call, spec, window (apply), stages, task_count (all tasks), tasks (Rows that pass the filters, in the
    order of the document), fields, categories, mine_options (lists of {code, name, count} over all tasks), heading,
    filters {q, field, categories, mine}. An unknown value of a filter is left out, as if it had not been sent.
    """
    call = _call(slug)
    if not call.spec.has_tasks:  # nothing to choose: the call itself is what is applied for
        return _task_page(request, call, WHOLE)
    spec, mine = call.spec, own.applications_of(request.user, call)
    timetable = Timetable(call)
    everything = list(tasks_of(call))
    filters = _filters(request, spec, has_own=bool(mine))
    found = list(tasks_of(call, field=filters["field"], categories=filters["categories"], text=filters["q"]))
    if filters["mine"]:
        found = [task for task in found if task.code in mine]
    context = {
        "call": call,
        "spec": spec,
        "window": timetable.window("apply", unit=_unit(request)),
        "stages": stages_of(spec, timetable, clock.now()),
        "task_count": len(everything),
        "tasks": _rows(found, spec, mine),
        "heading": _heading(spec, filters),
        "filters": filters,
        **_options(spec, everything, mine),
    }
    return render(request, "programmes/call.html", context)


def task_page(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """GET /calls/<slug>/tasks/<code>/: one task with all its targets.

    Context: call, spec, task, task_spec, targets (those of all, then those of each part), window (apply, with the
    visitor's own extension), window_closed, contact of the field, mine (own application or None), can_apply, apply_url,
    why_not (a sentence), rules (sentences, of a call without tasks), perhaps key.
    """
    call = _call(slug)
    return _task_page(request, call, code) if call.spec.has_tasks else redirect("programmes:call", slug)


def _task_page(request: HttpRequest, call: Call, code: str) -> HttpResponse:
    task = tasks_of(call).filter(code=code).first()
    if task is None:
        raise Http404("没有这项任务。")
    window = Timetable(call).window("apply", unit=_unit(request))
    mine = own.applications_of(request.user, call).get(task.code)
    context = {
        "call": call,
        "spec": call.spec,
        "task": task,
        "task_spec": call.spec.tasks[task.code],
        "targets": _targets(call.spec.tasks[task.code]),
        "window": window,
        "window_closed": window.has_closed(clock.now()),
        "contact": task.field.contact,
        "mine": mine,
        "can_apply": False,
        "apply_url": "",
        "why_not": _why_closed(window),
        "rules": [] if call.spec.has_tasks else _rules(call.spec, task.code),
    }
    if mine is None and window.is_open(clock.now()):
        context |= own.offer(request.user, call, task, window)
    return render(request, "programmes/task.html", context)


def _call(slug: str) -> Call:
    try:
        return public_call(slug)
    except Call.DoesNotExist as problem:
        raise Http404("没有这个批次。") from problem


def _rows(tasks: list[Task], spec: CallSpec, mine) -> list[Row]:
    """The tasks in the order of the document, each with its heading: no order of a document is changed for it."""
    specs = [spec.tasks[task.code] for task in tasks]
    blocks = [key for key, _ in groupby((item.field, item.category) for item in specs)]
    alternate = {field for (field, _), count in Counter(blocks).items() if count > 1}
    return [
        Row(task, item, mine.get(task.code), "" if item.field in alternate else item.category)
        for task, item in zip(tasks, specs, strict=True)
    ]


def _targets(task: TaskSpec) -> list[tuple[PartSpec | None, list[IndicatorSpec]]]:
    """The targets under their headings: first those that every application promises, then those of each part."""
    groups = [(part, [item for item in task.indicators if item.part == part.code]) for part in task.parts]
    shared = [item for item in task.indicators if not item.part]
    return [(part, items) for part, items in ((None, shared), *groups) if items]


def _rules(spec: CallSpec, code: str) -> list[str]:
    """What is asked of whoever applies, each rule in words; those of the form itself go without saying."""
    rules = (requirement(rule) for rule in spec.requirements_of(code) if rule.level == "application")
    return [rule.rule for rule in rules if rule.section_type not in FORM_RULES]


def _unit(request: HttpRequest):
    return request.user.unit if request.user.is_authenticated and request.user.unit_id else None


def _why_closed(window: Window) -> str:
    now = clock.now()
    if window.has_closed(now):
        return f"申报已于 {window.closes_text} 截止。"
    if not window.has_opened(now):
        return f"申报自 {clock.local(window.opens_at):%-m月%-d日 %H:%M} 开始。"
    return ""


def _filters(request: HttpRequest, spec: CallSpec, *, has_own: bool) -> dict:
    field = request.GET.get("field", "")
    wanted = request.GET.getlist("category")
    return {
        "q": request.GET.get("q", "").strip()[:100],
        "field": field if any(item.code == field for item in spec.fields) else "",
        "categories": [code for code in spec.categories if code in wanted],
        "mine": [MINE] if has_own and MINE in request.GET.getlist("mine") else [],
    }


def _options(spec: CallSpec, tasks: list[Task], mine) -> dict:
    """How many tasks each choice of the filters has, over the whole call."""
    by_field = Counter(task.field.code for task in tasks)
    by_category = Counter(task.category for task in tasks)
    own_count = sum(1 for task in tasks if task.code in mine)
    return {
        "fields": [
            {"code": item.code, "name": item.name, "count": by_field[item.code]}
            for item in spec.fields
            if by_field[item.code]
        ],
        "categories": [
            {"code": code, "name": name, "count": by_category[code]}
            for code, name in spec.categories.items()
            if by_category[code]
        ],
        "mine_options": [{"code": MINE, "name": "本单位已申报的", "count": own_count}] if own_count else [],
    }


def _heading(spec: CallSpec, filters: dict) -> str:
    """What the list shows: the chosen field's name, or that it is a search result; empty for everything."""
    if filters["q"]:
        return "搜索结果"
    return spec.field(filters["field"]).name if filters["field"] else ""
