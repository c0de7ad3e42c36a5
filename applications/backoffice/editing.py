"""Officers work on a call's rules: copy, change, compare, put in force, take as YAML."""

from datetime import datetime, timedelta
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from applications.backoffice.acting import one_time_key, refuse_stranger, render_page
from applications.backoffice.office import url
from applications.diff import words
from applications.workflow.calls import apply_draft, may_edit
from audit import log
from jbgs.lib.errors import Forbidden, Refused
from programmes import draft_form, editing
from programmes.instants import read_instant
from programmes.loader import line_of
from programmes.models import Call, CallDraft
from programmes.reader import Unreadable, read_text
from programmes.schema import problems_of
from programmes.writing import write_document

NO_CALL = "没有这个批次，或者您没有修改它的权限。"
TASKS_ON_A_PAGE = 50
CHANGES_SHOWN = 300
MOST_YAML = 4_000_000  # characters


def _draft_of(request: HttpRequest, pk: int) -> CallDraft:
    """The draft, for an officer of its call; 404 to read, 403 with an entry in the log to act."""
    related = ("call__current_version", "source__current_version", "base", "saved_by")
    draft = get_object_or_404(CallDraft.objects.select_related(*related), pk=pk)
    _require(request, draft.origin)
    return draft


def _require(request: HttpRequest, call: Call) -> None:
    if getattr(request.user, "is_officer", False) and may_edit(request.user, call):
        return
    if request.method != "POST":
        raise Http404(NO_CALL)
    refusal = Forbidden("您没有修改这个批次规则的权限。")
    log.append_refusal(call, "edit_rules", request.user, refusal)
    refuse_stranger(request, refusal)


def _render(request, template: str, draft: CallDraft, context: dict, *, status: int = 200) -> HttpResponse:
    title = draft.document.get("title", draft.slug)
    crumbs = [("批次", url_of_calls()), (str(title), url("draft", draft.pk)), (context["title"], "")]
    context = {"draft": draft, "call_title": title, "crumbs": crumbs, "parts": draft_form.PART_WORDS, **context}
    return render_page(request, f"applications/backoffice/editing/{template}.html", context, status=status)


def url_of_calls() -> str:
    """The list of calls in the back office."""
    return reverse("admin:programmes_call_changelist")


# ---- begin ----


def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the draft of a call: the one under work, or a new one."""
    call = get_object_or_404(Call.objects.select_related("current_version"), pk=pk)
    _require(request, call)
    if request.method != "POST":
        return redirect("admin:programmes_call_change", pk)
    return redirect(url("draft", editing.start(call, by=request.user).pk))


def copying(request: HttpRequest, pk: int) -> HttpResponse:
    """A new call from an old one: slug, title, year and the new beginning of intake, by which all windows move."""
    call = get_object_or_404(Call.objects.select_related("current_version"), pk=pk)
    _require(request, call)
    window = call.spec.windows["apply"]
    first = window.opens_at or window.closes_at
    typed = {name: request.POST.get(name, "").strip() for name in ("slug", "title", "year", "opens")}
    error = None
    if request.method == "POST":
        try:
            draft = _copied(call, typed, first, request.user)
            messages.success(request, "已经复制为修改稿。核对各项内容后生效，生效前不会公开。")
            return redirect(url("draft", draft.pk))
        except Refused as refusal:
            error = refusal
    else:
        typed = {"slug": "", "title": call.title, "year": str(call.year + 1), "opens": ""}
    context = {
        "title": "复制批次", "call": call, "typed": typed, "error": error, "first": first,
        "crumbs": [("批次", url_of_calls()), (call.title, ""), ("复制批次", "")],
    }  # fmt: skip
    template = "applications/backoffice/editing/copy.html"
    return render_page(request, template, context, status=error.status if error else 200)


def _copied(call: Call, typed: dict, first: datetime, user) -> CallDraft:
    if not typed["year"].isdecimal() or not 2000 <= int(typed["year"]) <= 2100:
        raise Refused("year_unfit", "年度须为 2000 至 2100 的整数。", "year", status=422)
    shift = None
    if typed["opens"]:
        try:
            opens = read_instant(typed["opens"])
            shift = opens - first
            if len(typed["opens"]) == 10:  # a bare day: windows keep their times of day
                shift = timedelta(days=round(shift / timedelta(days=1)))
        except ValueError:
            raise Refused("opens_unfit", draft_form.INSTANT_HELP, "opens", status=422) from None
    named = {"slug": typed["slug"], "title": typed["title"], "year": int(typed["year"])}
    return editing.start_copy(call, by=user, shift=shift, **named)


def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The rules in force as a YAML file that loads to the same call."""
    call = get_object_or_404(Call.objects.select_related("current_version"), pk=pk)
    _require(request, call)
    return _yaml(call.current_version.document, call.slug)


def export_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as it stands, as a YAML file."""
    draft = _draft_of(request, pk)
    return _yaml(draft.document, draft.slug)


def _yaml(document: dict, slug: str) -> HttpResponse:
    response = HttpResponse(write_document(document), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(slug)}.yaml"
    return response


# ---- one draft ----


def overview(request: HttpRequest, pk: int, *, error: Refused | None = None) -> HttpResponse:
    """The differences, what is still wrong, and the button that puts the draft in force."""
    draft = _draft_of(request, pk)
    changes = editing.changes(draft)
    shown = [(change, *words(change.old, change.new)) for change in changes[:CHANGES_SHOWN]]
    context = {
        "total": len(changes),
        "left_out": len(changes) - len(shown),
        "title": "差异与生效", "part": "", "changes": shown, "problems": editing.problems(draft), "error": error,
        "outdated": editing.is_outdated(draft), "reason": request.POST.get("reason", ""), "key": one_time_key(),
    }  # fmt: skip
    return _render(request, "overview", draft, context, status=error.status if error else 200)


def put_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply the draft as it was shown."""
    draft = _draft_of(request, pk)
    try:
        version, reason = _version(request), request.POST.get("reason", "")
        call = apply_draft(draft, by=request.user, base_version=version, reason=reason)
    except Refused as refusal:
        if isinstance(refusal, Forbidden) or not CallDraft.objects.filter(pk=pk).exists():
            raise
        return overview(request, pk, error=refusal)
    messages.success(request, f"“{call.title}”的规则已经生效（第 {call.current_version.number} 版）。")
    return redirect("admin:programmes_call_change", call.pk)


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    draft = _draft_of(request, pk)
    editing.discard(draft, by=request.user)
    messages.success(request, "修改稿已经作废，现行规则没有变动。")
    return redirect(url_of_calls())


def rebase(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare with the rules now in force."""
    editing.rebase(_draft_of(request, pk), by=request.user)
    return redirect(url("draft", pk))


def _version(request: HttpRequest) -> int:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else 0


# ---- parts ----


def part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """One part of the document as a form: basics, rules or texts."""
    draft = _draft_of(request, pk)
    if part not in draft_form.PARTS:
        raise Http404(NO_CALL)
    document, refusal = draft.document, None
    if request.method == "POST":
        document = draft_form.taken(document, part, request.POST, request.POST.getlist)
        refusal = _saved(request, draft, document)
    groups = draft_form.groups(document, part)
    elsewhere = draft_form.mark(groups, problems_of(document))
    wrong = any(entry.errors for group in groups for entry in group.entries)
    if request.method == "POST" and not refusal and not wrong:
        messages.success(request, "已保存到修改稿。")
        return redirect(url("draft_part", pk, part))
    context = {
        "title": draft_form.PART_WORDS[part], "part": part, "groups": groups, "elsewhere": elsewhere,
        "refusal": refusal, "saved": request.method == "POST" and not refusal,
    }  # fmt: skip
    return _render(request, "part", draft, context, status=refusal.status if refusal else 200)


def _saved(request: HttpRequest, draft: CallDraft, document: dict) -> Refused | None:
    """Keep the document, right or wrong; the refusal where somebody else saved in between."""
    try:
        saved = editing.save(draft, document, base_version=_version(request), by=request.user)
    except Refused as refusal:
        return refusal
    draft.version, draft.document = saved.version, saved.document
    draft.saved_by, draft.saved_at = saved.saved_by, saved.saved_at
    return None


def tasks(request: HttpRequest, pk: int) -> HttpResponse:
    """The tasks of the draft, with a search; a new one goes to the end."""
    draft = _draft_of(request, pk)
    if request.method == "POST":
        document = dict(draft.document)
        field = (document.get("fields") or [{"code": "all"}])[0]["code"]
        document["tasks"] = [*document.get("tasks", []), {"code": "NEW", "field": field, "title": "新任务"}]
        document.setdefault("fields", [{"code": field, "name": document.get("title", "")}])
        if refusal := _saved(request, draft, document):
            raise refusal
        return redirect(url("draft_task", pk, len(document["tasks"]) - 1))
    query = request.GET.get("q", "").strip()
    rows = [
        (place, task)
        for place, task in enumerate(draft.document.get("tasks", []))
        if query in task.get("title", "") or query.lower() == str(task.get("code", "")).lower()
    ]
    wrong = {
        problem.path[1] for problem in editing.problems(draft) if len(problem.path) > 1 and problem.path[0] == "tasks"
    }
    names = {field["code"]: field.get("name", "") for field in draft.document.get("fields", [])}
    page = Paginator(rows, TASKS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [
        {"place": place, "task": task, "field": names.get(task.get("field"), ""), "wrong": place in wrong}
        for place, task in page
    ]
    return _render(
        request, "tasks", draft, {"title": "任务", "part": "tasks", "lines": lines, "page": page, "q": query}
    )


def task(request: HttpRequest, pk: int, place: int) -> HttpResponse:
    """One task with its indicators as a table."""
    draft = _draft_of(request, pk)
    held = draft.document.get("tasks", [])
    if place >= len(held):
        raise Http404(NO_CALL)
    current, refusal = held[place], None
    if request.method == "POST":
        removing = "remove" in request.POST
        current = draft_form.task_taken(current, request.POST)
        rows = [*held[:place], *([] if removing else [current]), *held[place + 1 :]]
        refusal = _saved(request, draft, dict(draft.document) | {"tasks": rows})
        if removing and not refusal:
            messages.success(request, "已从修改稿中删去这个任务。已有申报的任务生效后停用，不会删除。")
            return redirect(url("draft_tasks", pk))
    problems = [found for found in problems_of(draft.document) if found.path[:2] == ("tasks", place)]
    if request.method == "POST" and not refusal and not problems:
        messages.success(request, "已保存到修改稿。")
        return redirect(url("draft_task", pk, place))
    context = {
        "title": current.get("title", "任务"), "part": "tasks", "task": current, "place": place, "refusal": refusal,
        "rows": draft_form.task_row(current), "problems": problems, "comparators": draft_form.COMPARATOR_WORDS,
        "fields": draft.document.get("fields", []), "categories": draft.document.get("categories", []),
    }  # fmt: skip
    return _render(request, "task", draft, context, status=refusal.status if refusal else 200)


def whole(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole document as YAML; what cannot be read stays in the field and is told with its line."""
    draft = _draft_of(request, pk)
    text, wrong, refusal = None, [], None
    if request.method == "POST":
        text = request.POST.get("yaml", "")[:MOST_YAML]
        try:
            document, lines = read_text(text)
            if not isinstance(document, dict):
                raise Unreadable("应为键值对，从 slug、title 开始。")
            wrong = [(line_of(lines, found.path), found.sentence) for found in problems_of(document)]
            refusal = _saved(request, draft, document)
        except Unreadable as problem:
            wrong = [(None, str(problem))]
        if not wrong and not refusal:
            messages.success(request, "已保存到修改稿。")
            return redirect(url("draft_yaml", pk))
    context = {
        "title": "全文（YAML）", "part": "yaml", "wrong": wrong, "refusal": refusal,
        "text": write_document(draft.document) if text is None else text,
    }  # fmt: skip
    return _render(request, "whole", draft, context, status=refusal.status if refusal else 200)
