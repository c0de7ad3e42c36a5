"""The expert's pages: the list, the pledge, the score sheet beside the frozen version, the confirmation."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from applications import papers_blind
from applications.models import ReviewRound
from applications.states import State
from applications.versions import request_pdf
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task
from reviews import advice, blind, papers, queries, score_sheet, workflow
from reviews.forms import RecusalForm
from reviews.models import WRITABLE, Advice, Assignment, AssignmentState, Expert
from reviews.rules import is_its_expert
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, sheet_or_404, tell
from reviews.workflow.scoring import pledge_text

S = AssignmentState
SIGNED_OUT = "登录已过期，尚未保存。请在新窗口重新登录，本页会继续保存。"


@require_GET
def todo(request):
    """我的评审: everything this expert has or had, by task; tasks in which something waits come first."""
    rows = blind.put_faces(queries.sheets_of(request.user), request.user) if request.user.is_expert else []
    waiting = [row for row in rows if row.is_with_expert and _in_review(row)]
    unpledged = [row for row in waiting if row.state == S.ASSIGNED]
    at_work = {row.application.task_id for row in waiting}
    rows.sort(key=lambda row: row.application.task_id not in at_work)
    context = {
        "title": "我的评审",
        "rows": rows,
        "waiting": waiting,
        "signed": sum(row.state == S.SIGNED for row in rows),
        "recused": sum(row.state == S.RECUSED for row in rows),
        "next_due": min((row.due_at for row in waiting if row.due_at), default=None),
        "unpledged": len(unpledged),
        "to_score": {row.application.task_id for row in rows if row.is_writable and _in_review(row)},
        "pledge_round": next((row.round_id for row in unpledged), None),
        "several_calls": len({row.application.call_id for row in rows}) > 1,
        "now": clock.now(),
    }
    return page(request, "todo", context)


def pledge(request, pk: int):
    """The pledge of one round, with what is to be reviewed: who is too close says so before reading anything."""
    round_ = get_object_or_404(ReviewRound, pk=pk)
    if request.method == "POST":
        if not request.POST.get("agreed"):
            messages.error(request, "请先阅读承诺，勾选“我已阅读并承诺”。")
            return redirect("admin:reviews_pledge", pk=pk)
        workflow.pledge_all(round_, by=request.user, key=sent_key(request))
        messages.success(request, "已签署评审承诺，可以开始评审。")
        return redirect("admin:reviews_todo")
    rows = Assignment.objects.filter(
        expert__user=request.user, round=round_, state=S.ASSIGNED, application__state=State.IN_REVIEW
    )
    rows = rows.select_related("application__task", "application__unit", "application__call__current_version", "rules")
    rows = rows.order_by("application__number").defer("rules__document")
    rows = blind.put_faces(rows, request.user, partners=True)
    if not rows:
        return redirect("admin:reviews_todo")
    context = {
        "title": "签署评审承诺",
        "crumbs": [("我的评审", reverse("admin:reviews_todo")), ("签署评审承诺", "")],
        "rows": rows,
        "text": pledge_text(rows[0].rules),
        "answer_by": min((row.answer_by for row in rows if row.answer_by), default=None),
        "due_at": min((row.due_at for row in rows if row.due_at), default=None),
        "key": one_time_key(),
    }
    return page(request, "pledge", context)


def score(request, pk: int):
    """The document at the left, the sheet at the right. Signed or decided: read-only.

    A POST is the way without a script: it saves and leads to the confirmation page.
    """
    typed = refused = None
    if request.method == "POST":
        typed = score_sheet.typed(request.POST)
        try:
            _save(pk, typed, request.user)
            return redirect("admin:reviews_confirm", pk=pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    sheet = _own_sheet(request, pk, refused)
    if sheet.state == S.ASSIGNED:
        return redirect("admin:reviews_pledge", pk=sheet.round_id)
    if sheet.opened_at is None and sheet.is_writable and _in_review(sheet):
        workflow.open_sheet(sheet, by=request.user)
    return _score_page(request, sheet, typed or score_sheet.saved(sheet), refused)


def _score_page(request, sheet: Assignment, typed, refused: Refused | None):
    review = sheet.rules.spec.review
    context = {
        "title": sheet.face.title,
        "sheet": sheet,
        "application": sheet.application,
        "criteria": score_sheet.rows(review, typed.points, refused),
        "typed": typed,
        "refused": refused,
        "writable": sheet.is_writable and _in_review(sheet),
        "advice_choices": Advice.choices,
        "summary": score_sheet.summary(review, score_sheet.as_points(typed.points, review)),
        **_material(sheet, request.user),
        "task_spec": sheet.rules.spec.tasks.get(sheet.application.task.code),
        "asks_reason": advice.asks_reason(sheet),
        "key": one_time_key(),
        **_neighbours(sheet, request.user),
    }
    return page(request, "score", context, status=refused.status if refused else 200)


def _in_review(sheet: Assignment) -> bool:
    return sheet.application.state == State.IN_REVIEW


def _material(sheet: Assignment, user) -> dict:
    """What the expert reads: the paper and the files that go with it; in a blind call those without names."""
    content = sheet.version.content
    if sheet.face.is_blind:
        request, attachments = papers_blind.request_pdf, papers_blind.anonymous_attachments(content)
    else:
        request, attachments = request_pdf, content.get("attachments", [])
    return {"artifact": request(sheet.version, by=user), "attachments": attachments}


@require_POST
def save(request, pk: int):
    """Autosave; answers with JSON. A refusal gets its status from the middleware, which speaks JSON too.

    401 with a sentence when the session has ended: the page tries again, so the door is not asked, nothing is logged.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"code": "signed_out", "sentence": SIGNED_OUT}, status=401)
    saved = _save(pk, score_sheet.typed(request.POST), request.user)
    answer = {
        "version": saved.sheet_version,
        "saved_at": clock.local(saved.saved_at).strftime("%H:%M:%S"),
        **score_sheet.summary(saved.rules.spec.review, saved.points).as_json(),
    }
    return JsonResponse(answer)


def _save(pk: int, typed, user) -> Assignment:
    sheet = get_object_or_404(Assignment.objects.only("pk", "application_id"), pk=pk)
    return workflow.save_score(
        sheet, by=user, points=typed.points, opinion=typed.opinion, advice=typed.advice,
        base_version=typed.base_version,
    )  # fmt: skip


def confirm(request, pk: int):
    """All scores once more before they are signed: what is stored is what was clicked."""
    refused = None
    if request.method == "POST":
        version = whole_number(request.POST.get("base_version"))
        shown = -1 if version is None else version
        try:
            related = ("application__unit", "application__call__current_version")
            sheet = get_object_or_404(Assignment.objects.select_related(*related), pk=pk)
            workflow.sign(sheet, by=request.user, key=sent_key(request), base_version=shown)
            return _after_signing(request, sheet)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    sheet = _own_sheet(request, pk, refused)
    if sheet.state in (S.SIGNED, S.ASSIGNED):
        if refused:
            tell(request, refused)
        return redirect("admin:reviews_score", pk=pk)
    review, typed = sheet.rules.spec.review, score_sheet.saved(sheet)
    summary = score_sheet.summary(review, score_sheet.as_points(typed.points, review))
    context = {
        "title": "核对并提交",
        "crumbs": [
            ("我的评审", reverse("admin:reviews_todo")),
            (sheet.face.title, reverse("admin:reviews_score", args=[pk])),
            ("核对并提交", ""),
        ],
        "sheet": sheet,
        "application": sheet.application,
        "criteria": score_sheet.rows(review, typed.points),
        "typed": typed,
        "summary": summary,
        "ready": not summary.missing and bool(typed.opinion),
        "problems": _problems(refused),
        "advice": dict(Advice.choices).get(typed.advice, ""),
        "key": one_time_key(),
    }
    return page(request, "confirm", context, status=refused.status if refused else 200)


def _problems(refused: Refused | None) -> list[str]:
    """Everything that stands in the way, a sentence each; for an incomplete sheet each gap."""
    if refused is None:
        return []
    gaps = refused.details if isinstance(refused.details, list) else []
    return [gap["sentence"] for gap in gaps] or [refused.sentence]


def _after_signing(request, sheet):
    """On to the next one of the task that is still open, else to the list."""
    messages.success(request, f"“{blind.face(sheet.application, request.user).title}”的评分已提交。")
    rest = Assignment.objects.filter(
        expert__user=request.user, round=sheet.round_id, application__task=sheet.application.task_id,
        application__state=State.IN_REVIEW, state__in=WRITABLE,
    )  # fmt: skip
    following = _in_order(rest, request.user)
    return redirect("admin:reviews_score", pk=following[0].pk) if following else redirect("admin:reviews_todo")


def _in_order(sheets, user) -> list[Assignment]:
    """Sheets in the order in which the expert goes through them: by number, in a blind call by the own codes."""
    sheets = sheets.select_related("application__unit", "application__call__current_version")
    sheets = sheets.defer("opinion", "application__call__current_version__document")
    return blind.put_faces(sheets.order_by("application__number", "pk"), user)


def recuse(request, pk: int):
    """申报回避: which relation; afterwards this application cannot be opened any more."""
    form = RecusalForm(request.POST or None)
    if request.method == "POST":
        sheet = get_object_or_404(Assignment.objects.select_related("expert"), pk=pk)
        if form.is_valid() or not is_its_expert(sheet, request.user):
            reason = form.reason if form.is_valid() else ""
            try:
                workflow.declare_recusal(sheet, by=request.user, reason=reason, key=sent_key(request))
                messages.success(request, "已申报回避，主管会另行安排专家。")
                return redirect("admin:reviews_todo")
            except Refused as refused:
                pass_on_forbidden(refused)
                tell(request, refused)
    sheet = _own_sheet(request, pk)
    context = {
        "title": "申报回避",
        "crumbs": [("我的评审", reverse("admin:reviews_todo")), ("申报回避", "")],
        "sheet": sheet,
        "application": sheet.application,
        "form": form,
        "key": sent_key(request) or one_time_key(),
    }
    return page(request, "recuse", context, status=422 if form.errors else 200)


@require_GET
def paper(request, pk: int):
    """The expert's own score sheet of a task, as PDF for signature; asked for by opening it."""
    task = get_object_or_404(Task.objects.select_related("call__current_version"), pk=pk)
    expert = get_object_or_404(Expert, user=request.user)
    return redirect("documents:artifact", pk=papers.request_paper(expert, task, by=request.user).pk)


def _own_sheet(request, pk: int, refused: Refused | None = None) -> Assignment:
    """The expert's own sheet; officers read sheets on their own page, and a recused one is closed. `refused`: why an
    act on it was not done; on a closed sheet that is the answer, with its reason."""
    related = ("application__task__field", "application__unit", "application__call__current_version", "version")
    sheets = Assignment.objects.filter(expert__user=request.user).exclude(state__in=[S.RECUSED, S.REMOVED])
    sheets = sheets.select_related(*related, "rules", "expert").prefetch_related("scores")
    sheets = sheets if request.user.is_expert else sheets.none()
    sheets = sheets.defer("application__call__current_version__document", "rules__document")
    if refused and not sheets.filter(pk=pk).exists():
        raise refused
    sheet = sheet_or_404(request, pk, sheets)
    blind.put_faces([sheet], request.user)
    return sheet


def _neighbours(sheet: Assignment, user) -> dict:
    """The expert's sheets of the same task: the row of numbers above the page, and the ones before and after."""
    rows = Assignment.objects.filter(
        expert=sheet.expert, round=sheet.round_id, application__task=sheet.application.task
    ).exclude(state=S.REMOVED)
    rows = _in_order(rows, user)
    openable = [row for row in rows if row.state != S.RECUSED]
    here = openable.index(sheet)
    return {
        "sequence": rows,
        "place": rows.index(sheet) + 1,
        "signed": sum(row.state == S.SIGNED for row in rows),
        "recused": sum(row.state == S.RECUSED for row in rows),
        "previous": openable[here - 1] if here else None,
        "following": openable[here + 1] if here + 1 < len(openable) else None,
    }
