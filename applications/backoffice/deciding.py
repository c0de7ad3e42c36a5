"""决定: what one officer prepared and another approves; and preparing what no other page prepares."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from applications import clocks, obligations, rounds, rules, workflow
from applications.actions import ACTS
from applications.backoffice.acting import judged_at_the_door, sent_key
from applications.backoffice.figures import slots_by_task
from applications.backoffice.office import (
    NO_PAGE,
    Office,
    carry_out,
    chosen_ids,
    office_of,
    page_or_act,
    render_office,
    show_in_place,
    to_act_on,
    url,
)
from applications.models import Application, Decision, Hearing
from applications.queries import for_page
from applications.workflow.deciding import TAKES
from jbgs.lib.errors import Refused
from programmes.words import QUOTA_CODES

ON_A_PAGE = 50
RANKED = {"propose", "pass_over"}
AWARDED = {"award", "not_award"}
PREPARED = Decision.DecisionState.PREPARED


@dataclass(frozen=True)
class Line:
    """One decision as its row shows it. `slots`: (used, limit) of the quota that it takes, if that counts by task."""

    decision: Decision
    label: str
    slots: tuple[int, int] | None
    is_own: bool
    evidence: list[tuple[str, str]]
    refused: str = ""

    @property
    def takes(self) -> str:
        """The word of the quota that the decision takes from."""
        return QUOTA_CODES.get(TAKES.get(self.decision.verb, ""), "")


@require_safe
def decisions(request: HttpRequest) -> HttpResponse:
    """GET office/decisions/?tab=done&page=: those that wait, or those that were dealt with."""
    return show(request, office_of(request))


def show(request, office: Office, *, refused: dict[int, str] | None = None, error: str = "", status: int = 200):
    refused = refused or {}
    tab = "done" if request.GET.get("tab") == "done" and not refused else ""
    all_ = Decision.objects.filter(application__in=office.applications())
    waiting = all_.filter(state=PREPARED)
    rows = (
        all_.exclude(state=PREPARED).order_by("-pk")
        if tab
        else waiting.order_by("application__task__order", "rank", "pk")
    )
    page = Paginator(_with_relations(rows), ON_A_PAGE).get_page(request.GET.get("page"))
    slots = {code: slots_by_task(office, code) for code in sorted(set(TAKES.values()))} if not tab else {}
    lines = [_line(decision, slots, request.user, refused) for decision in page.object_list]
    gone = [pk for pk in refused if pk not in {line.decision.pk for line in lines}]
    context = {
        "title": "决定",
        "tab": tab,
        "lines": lines,
        "page": page,
        "error": error,
        "gone": [_line(row, {}, request.user, refused) for row in _with_relations(all_.filter(pk__in=gone))]
        if gone
        else [],
        "clock_lines": clocks.lines_of_review(office.call, office.applications()) if not tab else [],
        "can_approve": office.acts and any(not line.is_own for line in lines) and not tab,
    }
    return render_office(request, "decisions", office, context, status=status)


def _with_relations(rows):
    related = ("application__task__field", "application__unit", "prepared_by", "approved_by")
    return rows.select_related(*related)


def _line(decision: Decision, slots, user, refused) -> Line:
    task_slots = slots.get(TAKES.get(decision.verb, ""), {}).get(decision.application.task_id)
    return Line(
        decision,
        ACTS[decision.verb].label,
        task_slots,
        decision.prepared_by_id == user.pk,
        _evidence(decision.evidence),
        refused.get(decision.pk, ""),
    )


EVIDENCE = {"score": "得分", "mean": "全部平均", "met": "达到指标", "missed": "未达到指标", "hearing": "听取陈述申辩"}


def _evidence(evidence: dict) -> list[tuple[str, str]]:
    """(label, words) of what the decision rests on; what has no name here stays in the row."""
    return [(label, str(evidence[name])) for name, label in EVIDENCE.items() if evidence.get(name) not in (None, "")]


@judged_at_the_door
@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """POST office/decisions/approve/ with `decision` (several): the second person; each decision by itself."""
    return _settle(request, workflow.approve_decision, "已同意 {n} 项决定。")


@judged_at_the_door
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """POST office/decisions/discard/ with `decision`: a prepared decision is undone."""
    return _settle(request, workflow.discard_decision, "已作废 {n} 项拟定的决定。")


def _settle(request: HttpRequest, verb, words: str) -> HttpResponse:
    chosen = Decision.objects.filter(pk__in=chosen_ids(request.POST.getlist("decision"))).order_by("pk")
    chosen = list(chosen.select_related("application__task__field", "application__call__current_version"))
    if not chosen:
        if "decision" in request.POST:
            raise Http404(NO_PAGE)
        return show(request, office_of(request), error="还没有选择决定。请勾选后再办理。", status=422)
    done, refused, status = 0, {}, 409
    for decision in chosen:
        try:
            carry_out(verb, decision, by=request.user, key=sent_key(request))
            done += 1
        except Refused as refusal:
            show_in_place(request, refusal, decision.application)
            refused[decision.pk], status = refusal.sentence, refusal.status
    call = chosen[0].application.call
    if refused:
        said = words.format(n=done) if done else ""
        return show(
            request,
            office_of(request, call),
            refused=refused,
            error=f"{said}{len(refused)} 项没有办理：",
            status=status,
        )
    messages.success(request, words.format(n=done))
    return redirect(url("decisions", call=call.slug))


# ---- preparing ----


class DecisionForm(forms.Form):
    """拟定决定: the verb and its reason."""

    verb = forms.ChoiceField(label="决定")
    reason = forms.CharField(
        label="理由", max_length=2000, widget=forms.Textarea(attrs={"rows": 5, "class": "text"}),
        help_text="随决定存档，原文告知申报单位。", error_messages={"required": "请写明理由。"},
    )  # fmt: skip

    def __init__(self, *args, verbs: list[str], **named):
        super().__init__(*args, **named)
        self.fields["verb"].choices = [(verb, ACTS[verb].label) for verb in verbs]


def preparable(application: Application, user) -> list[str]:
    """The decisions that this person may prepare here: what is ranked is prepared beside its ranking, an end after the
    unit was heard."""
    elsewhere = AWARDED | (RANKED if rounds.has_scores(application.call) else set())
    verbs = [
        verb
        for verb, rule in rules.DECISIONS.items()
        if verb not in elsewhere and rule(application, user) and rules.may_prepare(verb, application, user)
    ]
    if set(verbs) & set(rules.HEARD):
        heard = set(application.hearings.filter(result=Hearing.Result.KEPT).values_list("verb", flat=True))
        verbs = [verb for verb in verbs if verb not in rules.HEARD or verb in heard]
    upheld = (
        application.appeals.filter(state="upheld").exists()
        if any(verb.startswith("reopen") for verb in verbs)
        else True
    )
    return [verb for verb in verbs if upheld or not verb.startswith("reopen")]


@require_safe
def prepare_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/decisions/new/<pk>/?verb=: the form."""
    return _prepare(request, pk)


def _prepare(request, pk: int, *, form: DecisionForm | None = None, status: int = 200) -> HttpResponse:
    application = for_page(request.user).filter(pk=pk).first()
    if application is None or not request.user.is_officer:
        raise Http404(NO_PAGE)
    office = office_of(request, application.call)
    verbs = preparable(application, request.user)
    waiting = application.decisions.filter(state=PREPARED).select_related("prepared_by").first()
    form = form or DecisionForm(verbs=verbs, initial={"verb": request.GET.get("verb", "")})
    can_hear = any(rules.DECISIONS[verb](application, request.user) for verb in rules.HEARD)
    context = {
        "title": "拟定决定",
        "crumbs": [(application.number, url("detail", pk)), ("拟定决定", "")],
        "application": application,
        "form": form,
        "verbs": verbs,
        "waiting": _line(waiting, {}, request.user, {}) if waiting else None,
        "can_hear": can_hear,
        "grounds": obligations.grounds_against(application) if can_hear else [],
    }
    return render_office(request, "prepare", office, context, status=status)


def prepare_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/decisions/new/<pk>/: prepare it for a second person."""
    application = to_act_on(pk)
    form = DecisionForm(request.POST, verbs=preparable(application, request.user))
    if not form.is_valid() and rules.is_officer(application, request.user):
        return _prepare(request, pk, form=form, status=422)
    try:
        carry_out(
            workflow.prepare_decision, application, by=request.user, verb=request.POST.get("verb", ""),
            reason=request.POST.get("reason", ""), key=sent_key(request),
        )  # fmt: skip
    except Refused as refusal:
        show_in_place(request, refusal, application)
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
        return _prepare(request, pk, form=form, status=refusal.status)
    messages.success(request, f"已拟定“{application.title}”的决定，等待另一位主管复核。")
    return redirect(url("decisions", call=application.call.slug))


prepare = page_or_act(prepare_page, prepare_act)
