"""遴选: the ranking of one task, the officer's choice against it, and decisions prepared for a second person."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.http import require_GET

from applications.models import Application, Decision
from applications.states import AFTER_REVIEW, State
from documents import xlsx
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import advice, charts, cutting, exports, rules, sheets, workflow
from reviews import ranking as r
from reviews.views import advising
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, task_or_404
from reviews.workflow.selecting import slots

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
USUAL_REASON = "评审得分排名未进入入围名额。"
WIDE_SPREAD, SOME_SPREAD = 3000, 1500
"""Hundredths. Twenty points apart happen in 40 % of honest cases, thirty in 6 % (review.md §0.9, §3.4)."""


def selection(request, pk: int):
    """The ranking with its cut line; a POST prepares the decisions."""
    refused = None
    typed = None
    if request.method == "POST":
        task = get_object_or_404(Task.objects.select_related("call__current_version", "field"), pk=pk)
        typed = _typed(request.POST)
        try:
            made = _prepare(request, task, typed)
            messages.success(request, f"已拟定 {len(made)} 项决定，等待另一位主管复核。")
            return redirect("admin:reviews_ranking", pk=pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    return _selection_page(request, task_or_404(request, pk), typed, refused)


def _typed(data) -> dict:
    """What the form holds: verbs and reasons by application pk."""
    verbs, reasons = {}, {}
    for name, value in data.items():
        head, _, number = name.rpartition("_")
        pk = whole_number(number)
        if pk is not None and head in ("verb", "reason"):
            (verbs if head == "verb" else reasons)[pk] = value.strip()
    return {
        "verbs": verbs,
        "reasons": reasons,
        "common_reason": data.get("common_reason", "").strip(),
        "over_reason": data.get("over_reason", "").strip(),
    }


def _prepare(request, task: Task, typed: dict) -> list[Application]:
    rows = {row.pk: row for row in Application.objects.filter(task=task, pk__in=typed["verbs"])}
    chosen = [row for pk, row in rows.items() if typed["verbs"][pk] == "propose"]
    passed_over = [row for pk, row in rows.items() if typed["verbs"][pk] == "pass_over"]
    return workflow.prepare_shortlist(
        task.call, task, by=request.user, chosen=chosen, passed_over=passed_over, reasons=typed["reasons"],
        common_reason=typed["common_reason"], over_reason=typed["over_reason"], key=sent_key(request),
    )  # fmt: skip


def _selection_page(request, task: Task, typed: dict | None, refused: Refused | None):
    rows = r.ranking(task.call, task)
    rules_version = rows[0].rules if rows else task.call.current_version
    scale, names = charts.scale(rows), charts.expert_names(rows)
    prepared = _prepared(rows)
    places = slots(task.call, rows, {pk for pk, row in prepared.items() if row.verb == "propose"})
    limit, free = (places.limit, places.free) if places else (None, None)
    review = rules_version.spec.review
    beside = advising.context(rows, limit, review, names)
    ranks, looks = advice.calibrated_ranks(beside["advised"]), advising.second_looks(rows, review, beside["advised"])
    lines = [
        _line(row, scale, names, prepared, typed, refused)
        | advising.of_line(row, beside["advised"], ranks, review)
        | {"look": looks.get(row.application.pk)}
        for row in rows
    ]
    _suggest(lines, free, typed, together=review.tie_at_cut == cutting.BOTH)
    # A ranking that will still change is no ground for a decision.
    open_sheets = sum(row.open for row in rows)
    can_choose = rules.manages_task(task, request.user) and not open_sheets and any(li["can_decide"] for li in lines)
    context = {
        "title": f"{task.title}：遴选",
        "crumbs": [("分派与排名", reverse("admin:reviews_tasks")), (f"{task.code} {task.title}", ""), ("遴选", "")],
        "task": task,
        "lines": lines,
        "scale": scale,
        "limit": limit,
        "free": free,
        "cut_after": _cut(lines, limit),
        "soft": bool(places and not places.is_hard),
        "used": places.used if places else 0,
        "waiting": len(prepared),
        "open_sheets": open_sheets,
        "experts": len(names),
        "rule": r.rule_in_words(review, task.call.spec.label("shortlisted")),
        "trims": review.aggregate == "trimmed_mean",
        "looks_asked": sum(look["state"] == "asked" for look in looks.values()),
        "looks_open": sum(look["state"] == "open" for look in looks.values()),
        "word": task.call.spec.label("shortlisted"),
        "version": rules_version,
        "can_choose": can_choose,
        "refused": refused,
        "common_reason": typed["common_reason"] if typed else USUAL_REASON,
        "over_reason": typed["over_reason"] if typed else "",
        "decisions_url": _decisions_url(task.call),
        "prepared": sorted(prepared.values(), key=lambda decision: decision.pk),
        "key": one_time_key(),
        **beside,
    }
    return page(request, "ranking", context, status=refused.status if refused else 200)


def _prepared(rows: list[r.Row]) -> dict[int, Decision]:
    """The decisions that wait for the second person, by application pk."""
    waiting = Decision.objects.filter(application__in=[row.application for row in rows])
    waiting = waiting.filter(state=Decision.DecisionState.PREPARED).select_related("prepared_by")
    return {decision.application_id: decision for decision in waiting}


def _line(row: r.Row, scale, names, prepared, typed, refused) -> dict:
    pk = row.application.pk
    decision = prepared.get(pk)
    errors = {item["field"]: item["sentence"] for item in refused.details} if refused else {}
    return {
        "row": row,
        "application": row.application,
        "strip": charts.strip(row.standing, scale, names),
        "score": r.show(row.standing.score),
        "mean": r.show(row.standing.mean),
        "spread": sheets.show(row.standing.spread),
        "agreement": _agreement(row.standing.spread, row.rules.spec.review),
        "decision": decision,
        "is_ahead": row.application.state in AFTER_REVIEW,
        "can_decide": decision is None and row.application.state == State.IN_REVIEW,
        "verb": typed["verbs"].get(pk, "") if typed else "",
        "reason": typed["reasons"].get(pk, "") if typed else "",
        "error": errors.get(f"reason_{pk}", ""),
    }


def _agreement(spread: int, review) -> str:
    """In three words; far apart is what the call's own rule says, where it says it."""
    wide = review.reconsider.spread * 100 or WIDE_SPREAD
    return "wide" if spread >= wide else "some" if spread >= min(SOME_SPREAD, wide) else "close"


def _suggest(lines: list[dict], free: int | None, typed: dict | None, *, together: bool) -> None:
    """Before anybody chose: the best ranked go ahead as far as slots are free, the others do not. `together`: the call
    keeps equals on one side of the line."""
    if typed is not None:
        return
    taken, last = 0, None
    for line in lines:
        if not line["can_decide"] or not line["row"].is_complete:
            continue
        rank = line["row"].rank
        ahead = free is None or taken < free or (together and rank == last)
        line["verb"] = "propose" if ahead else "pass_over"
        if ahead:
            taken, last = taken + 1, rank


def _cut(lines: list[dict], limit: int | None) -> int:
    """After which line the cut is drawn; 0 for none."""
    return limit if limit and len(lines) > limit and lines[limit]["row"].rank else 0


def _decisions_url(call) -> str:
    """The page where the second person approves what was prepared in this call."""
    return f"{reverse('admin:applications_decisions')}?{urlencode({'call': call.slug})}"


@require_GET
def workbook(request, pk: int):
    """The ranking as .xlsx, ready for the signatures of the panel and the supervisor."""
    task = task_or_404(request, pk)
    response = HttpResponse(xlsx.write(exports.workbook(task), made_at=clock.now()), content_type=XLSX)
    name = f"{task.call.slug}-{task.code}-ranking.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    return response


@require_GET
def paper(request, pk: int):
    """The same as a paper, with the picture of the cut line."""
    task = task_or_404(request, pk)
    response = HttpResponse(exports.ranking_paper(task), content_type="application/pdf")
    name = f"{task.call.slug}-{task.code}-ranking.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name)
    return response
