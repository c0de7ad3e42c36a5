"""评审环节: what each round came to, its record form, the votes of a panel at once, objections to a check."""

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from applications import papers_rounds, rounds, rules, workflow
from applications.backoffice.acting import sent_key
from applications.backoffice.office import (
    NO_PAGE,
    Office,
    carry_out,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    to_act_on,
    url,
)
from applications.models import Application, OutcomeObjection, RoundOutcome
from applications.queries import for_page
from applications.states import AFTER_REVIEW, State
from documents import pdf, xlsx
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Call

ON_A_PAGE = 50
VOTES = ("votes_for", "votes_against", "votes_abstain")
SHOWN = frozenset({State.IN_REVIEW, State.NOT_SHORTLISTED}) | AFTER_REVIEW
TABS = {"": "待登记", "done": "已登记", "all": "全部"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass
class Line:
    """One application in one round. `reason`: why it is not asked for yet, or no more."""

    application: Application
    outcome: RoundOutcome | None
    can_record: bool
    reason: str = ""
    typed: dict | None = None
    error: str = ""

    @property
    def is_open(self) -> bool:
        return self.application.state == State.IN_REVIEW


def lines_of(office: Office, round_: rounds.Round) -> list[Line]:
    """The applications of the person's part in this round, by task and number; three queries."""
    rows = office.applications().filter(state__in=SHOWN).select_related("task__field", "unit").order_by(
        "task__order", "number"
    )  # fmt: skip
    applications = list(rows)
    asked, outcomes = rounds.asked_of(office.call), rounds.outcomes_of(applications)
    lines = []
    for one in applications:
        before = next(
            (
                (step, outcomes.get((one.pk, step.row.pk)))
                for step in asked[: asked.index(round_)]
                if (found := outcomes.get((one.pk, step.row.pk))) is None or not found.lets_through
            ),
            None,
        )
        why = ""
        if before:
            why = f"“{before[0].label}”{'未通过' if before[1] else '还没有结果'}"
        can = not why and one.state == State.IN_REVIEW and office.acts
        lines.append(Line(one, outcomes.get((one.pk, round_.row.pk)), can, why))
    return lines


def _round(call: Call, number: int) -> rounds.Round:
    found = next((one for one in rounds.asked_of(call) if one.position == number), None)
    if found is None:
        raise Http404(NO_PAGE)
    return found


@require_safe
def rounds_page(request: HttpRequest) -> HttpResponse:
    """GET office/rounds/: the rounds of the call with their numbers, and the objections that are open."""
    office = office_of(request)
    asked = rounds.asked_of(office.call)
    applications = list(office.applications().filter(state__in=SHOWN).only("pk", "state", "call_id"))
    outcomes = rounds.outcomes_of(applications)
    numbers = {one.row.pk: {"waiting": 0, "passed": 0, "failed": 0} for one in asked}
    for one in applications:
        way = rounds.progress(one, asked, outcomes)
        if way.waiting and one.state == State.IN_REVIEW:
            numbers[way.waiting.row.pk]["waiting"] += 1
    for (_, round_pk), outcome in outcomes.items():
        if round_pk in numbers:
            numbers[round_pk]["passed" if outcome.passed else "failed"] += 1
    objections = OutcomeObjection.objects.filter(application__in=office.applications())
    objections = objections.select_related("application__unit", "outcome", "settled_by").order_by("state", "-pk")[:50]
    context = {
        "title": "评审环节",
        "rounds": [{"round": one, **numbers[one.row.pk]} for one in asked],
        "all_rounds": rounds.specs_of(office.call),
        "objections": objections,
    }
    return render_office(request, "rounds", office, context)


@require_safe
def round_page(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET office/rounds/<call>/<n>/?tab=: the applications of one round."""
    return _show(request, office_of(request, get_object_or_404(Call, slug=slug)), int(number))


def _show(request, office: Office, number: int, *, typed=None, errors=None, sheet=None, error="", status=200):
    round_ = _round(office.call, number)
    tab = request.GET.get("tab", "")
    lines = lines_of(office, round_)
    counts = {
        "": sum(line.is_open and not line.reason and line.outcome is None for line in lines),
        "done": sum(line.outcome is not None for line in lines),
        "all": len(lines),
    }
    if typed is not None:
        lines = [line for line in lines if line.application.pk in typed]
    elif tab == "done":
        lines = [line for line in lines if line.outcome]
    elif tab != "all":
        lines = [line for line in lines if line.outcome is None and not line.reason and line.is_open]
    page = Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page"))
    for line in page.object_list:
        line.typed = (typed or {}).get(line.application.pk)
        line.error = (errors or {}).get(line.application.pk, "")
    context = {
        "title": round_.label,
        "crumbs": [("评审环节", url("rounds", call=office.call.slug)), (round_.label, "")],
        "round": round_,
        "tab": tab,
        "tabs": [(key, label, counts[key]) for key, label in TABS.items()],
        "page": page,
        "lines": page.object_list,
        "bulk": round_.kind == "panel" and office.acts and any(line.can_record for line in page.object_list),
        "sheet": sheet or {"held_on": clock.today().isoformat(), "people": ""},
        "error": error,
    }
    return render_office(request, "round", office, context, status=status)


def round_act(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """POST office/rounds/<call>/<n>/: the votes of a panel on several applications; each stands by itself."""
    call, number = get_object_or_404(Call.objects.select_related("current_version"), slug=slug), int(number)
    typed: dict[int, dict] = {}
    for name, value in request.POST.items():
        head, _, rest = name.rpartition("_")
        pk = whole_number(rest)
        if pk is not None and head in (*VOTES, "text", "reason"):
            typed.setdefault(pk, {})[head] = value.strip()[:2000]
    typed = {pk: row for pk, row in typed.items() if any(row.get(name) for name in VOTES)}
    sheet = {name: request.POST.get(name, "").strip()[:4000] for name in ("held_on", "people")}
    applications = list(Application.objects.filter(call=call, pk__in=typed).select_related("task").order_by("pk"))
    round_ = next((one for one in rounds.asked_of(call) if one.position == number), None)
    if not applications or round_ is None:
        return _show(request, office_of(request, call), number, sheet=sheet, error="还没有填写票数。", status=422)
    done, errors, status = 0, {}, 422
    for one in applications:
        try:
            carry_out(workflow.record_round, one, by=request.user, kind=round_.kind, row=round_.row,
                      key=sent_key(request), **_votes(typed[one.pk]), **_when_and_who(sheet))  # fmt: skip
            done += 1
        except Refused as refusal:
            show_in_place(request, refusal, one)
            errors[one.pk], status = refusal.sentence, refusal.status
    if errors:
        said = f"已登记 {done} 项；{len(errors)} 项没有登记。" if done else f"{len(errors)} 项没有登记。"
        left = {pk: row for pk, row in typed.items() if pk in errors}
        return _show(request, office_of(request, call), number, typed=left, errors=errors, sheet=sheet, error=said,
                     status=status)  # fmt: skip
    messages.success(request, f"已登记 {done} 项表决结果。")
    return redirect(url("round", slug, number))


round_ = page_or_act(round_page, round_act)


def _votes(row: dict) -> dict:
    counted = {}
    for name in VOTES:
        number = whole_number(row.get(name) or "0")
        if number is None:
            raise Refused("votes_wrong", "票数须为整数。", "votes_for", status=422)
        counted[name] = number
    return counted | {"text": row.get("text", ""), "reason": row.get("reason", "")}


def _when_and_who(sheet: dict) -> dict:
    try:
        held_on = date.fromisoformat(sheet["held_on"]) if sheet["held_on"] else None
    except ValueError:
        raise Refused("held_wrong", "日期不是有效日期，应如 2025-03-10。", "held_on", status=422) from None
    names = sheet["people"].replace("，", "、").replace(",", "、").replace("\n", "、").replace("；", "、")
    return {"held_on": held_on, "people": names.split("、")}


# ---- one application ----


@require_safe
def record_page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """GET office/rounds/record/<pk>/<n>/: the record of one round for one application, with its history."""
    return _record(request, pk, number)


def _record(request, pk: int, number: int, *, typed: dict | None = None, refusal: Refused | None = None, status=200):
    application = for_page(request.user).filter(pk=pk).first()
    if application is None or not (request.user.is_officer or request.user.is_supervisor):
        raise Http404(NO_PAGE)
    office = office_of(request, application.call)
    round_ = _round(application.call, number)
    history = list(application.round_outcomes.filter(round=round_.row).select_related("by").order_by("-pk"))
    standing = next((row for row in history if row.replaced_at is None), None)
    items = application.call_version.spec.check_items if round_.kind == "check_all" else ()
    given = (typed or {}).get("items", {})
    context = {
        "title": f"{application.title}：{round_.label}",
        "crumbs": [
            ("评审环节", url("rounds", call=office.call.slug)),
            (round_.label, url("round", office.call.slug, number)),
            (application.number, ""),
        ],
        "application": application,
        "round": round_,
        "history": history,
        "standing": standing,
        "items": [{"item": item, "answer": given.get(item.code)} for item in items],
        "typed": typed or {"held_on": clock.today().isoformat()},
        "refusal": refusal,
        "can_record": rules.can_record_round(application, request.user),
        "objections": application.outcome_objections.filter(outcome__round=round_.row).select_related("settled_by"),
    }
    return render_office(request, "round_record", office, context, status=status)


def record_act(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """POST office/rounds/record/<pk>/<n>/: keep the record; recorded again it is a correction with its reason."""
    application = to_act_on(pk)
    asked = next((one for one in rounds.asked_of(application.call) if one.position == number), None)
    typed = _typed(request.POST, application)
    try:
        named = {name: typed[name] for name in ("text", "reason")}
        named |= _when_and_who(typed) | {"signed_by_unit": bool(typed["signed_by_unit"])}
        named |= {key: value for key, value in _votes(typed).items() if key in VOTES}
        carry_out(
            workflow.record_round, application, by=request.user, kind=asked.kind if asked else "",
            row=asked and asked.row, key=sent_key(request), items=typed["items"],
            passed={"yes": True, "no": False}.get(typed["passed"]), **named,
        )  # fmt: skip
    except Refused as refusal:
        show_in_place(request, refusal, application)
        return _record(request, pk, number, typed=typed, refusal=refusal, status=refusal.status)
    messages.success(request, f"“{application.title}”的结果已登记。")
    return redirect(url("round", application.call.slug, number))


record = page_or_act(record_page, record_act)


def _typed(post, application: Application) -> dict:
    names = (*VOTES, "text", "reason", "held_on", "people", "passed", "signed_by_unit")
    typed = {name: post.get(name, "").strip()[:4000] for name in names}
    answers = {item.code: post.get(f"item.{item.code}") for item in application.call_version.spec.check_items}
    return typed | {"items": {code: answer == "yes" for code, answer in answers.items() if answer in ("yes", "no")}}


@require_safe
def record_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """GET office/rounds/record/<pk>/<n>.pdf: the record to be signed, filled in as far as it was recorded."""
    application = for_page(request.user).filter(pk=pk).first()
    if application is None or not (request.user.is_officer or request.user.is_supervisor):
        raise Http404(NO_PAGE)
    round_ = _round(application.call, number)
    outcome = application.round_outcomes.filter(round=round_.row, replaced_at=None).first()
    data = pdf.render(papers_rounds.TEMPLATE, papers_rounds.record(application, round_, outcome))
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{application.number}-{round_.label}记录.pdf")
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_safe
def workbook(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """GET office/rounds/<call>/<n>.xlsx: every application with what the round came to."""
    office = office_of(request, get_object_or_404(Call, slug=slug))
    round_ = _round(office.call, int(number))
    sheet = papers_rounds.sheet(office.call, round_, [line for line in lines_of(office, round_) if not line.reason])
    response = HttpResponse(xlsx.write(sheet, made_at=clock.now()), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{office.call.slug}-{round_.label}.xlsx")
    return response


# ---- objections to a check ----


def _objection(pk: int) -> OutcomeObjection:
    rows = OutcomeObjection.objects.select_related("outcome__round", "application__call__current_version")
    return get_object_or_404(rows.select_related("application__task__field", "application__unit"), pk=pk)


@require_safe
def objection_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/round-objections/<pk>/: what the unit objects to, and the answer."""
    return _objection_page(request, pk)


def _objection_page(request, pk: int, *, typed=None, refusal=None, status=200) -> HttpResponse:
    found = _objection(pk)
    if not for_page(request.user).filter(pk=found.application_id).exists() or not (
        request.user.is_officer or request.user.is_supervisor
    ):
        raise Http404(NO_PAGE)
    office = office_of(request, found.application.call)
    context = {
        "title": "核查结果异议",
        "crumbs": [("评审环节", url("rounds", call=office.call.slug)), ("核查结果异议", "")],
        "objection": found,
        "application": found.application,
        "typed": typed or {"upheld": "", "answer": ""},
        "refusal": refusal,
        "can_settle": found.state == "open" and rules.can_settle(found.application, request.user),
    }
    return render_office(request, "round_objection", office, context, status=status)


def objection_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/round-objections/<pk>/ with `upheld` (again, yes or no) and `answer`."""
    found = _objection(pk)
    typed = {name: request.POST.get(name, "").strip()[:4000] for name in ("upheld", "answer")}
    try:
        if typed["upheld"] not in ("again", "yes", "no") and rules.is_officer(found.application, request.user):
            raise Refused("result_missing", "请选择处理结论。", "upheld", status=422)
        carry_out(
            workflow.settle_round_objection, found, by=request.user, upheld=typed["upheld"] in ("again", "yes"),
            again=typed["upheld"] == "again", answer=typed["answer"], key=sent_key(request),
        )  # fmt: skip
    except Refused as refusal:
        show_in_place(request, refusal, found.application)
        return _objection_page(request, pk, typed=typed, refusal=refusal, status=refusal.status)
    messages.success(request, "处理意见已记录，已告知申报单位。")
    return redirect(url("round_objection", pk))


objection = page_or_act(objection_page, objection_act)
