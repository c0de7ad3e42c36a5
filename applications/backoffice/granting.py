"""授权: the security administrator's pages on which calls get their officers and supervisors."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.rules import can_grant_roles
from applications import access, workflow
from applications.actions_granting import OFFICER, ROLES, SUPERVISOR, Part
from applications.backoffice.acting import one_time_key, refuse_stranger, render_page, sent_key
from applications.backoffice.office import page_or_act
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Call, CallUserObjectPermission, Field, FieldUserObjectPermission

NO_PAGE = "没有这个页面，或者您没有查看它的权限。"
ON_A_PAGE = 30
TWO = 2
"""Officers whom a decision takes: one prepares, another approves."""


class AppointForm(forms.Form):
    """Whom to appoint, and for what part of the call. `kind`: officer or supervisor."""

    use_required_attribute = False
    user = forms.ModelChoiceField(
        label="人员", queryset=User.objects.none(), empty_label="请选择",
        error_messages={"required": "请选择人员。", "invalid_choice": "请从列表中选择人员。"},
    )  # fmt: skip
    field = forms.ModelChoiceField(
        label="范围", queryset=Field.objects.none(), required=False, empty_label="整个批次",
        error_messages={"invalid_choice": "本批次没有这个领域。"},
    )  # fmt: skip

    def __init__(self, data, *, call: Call, kind: str):
        super().__init__(data, auto_id=f"{kind}_%s")
        self.kind = kind
        people = User.objects.filter(
            role=ROLES[kind], is_active=True, is_fictitious=call.is_rehearsal or call.is_demo
        ).order_by("name", "pk")
        self.fields["user"].queryset = people
        self.fields["user"].label_from_instance = lambda user: f"{user.name}（{user.username}）"
        if kind == SUPERVISOR:
            del self.fields["field"]
        else:
            self.fields["field"].queryset = call.fields.filter(retired=False).order_by("order")


@dataclass(frozen=True)
class Row:
    """One call of the list with its people. `lacks`: what is missing, in words."""

    call: Call
    officers: list[User]
    of_fields: list[tuple[Field, list[User]]]
    supervisors: list[User]
    lacks: tuple[str, ...]


def _row(call: Call, fields: list[Field], holders: access.Holders) -> Row:
    counts = [len(holders.officers_of_field(call, field)) for field in fields] or [0]
    lacks = []
    if not max(counts):
        lacks.append("没有主管")
    elif not min(counts):
        lacks.append("有领域没有主管")
    elif min(counts) < TWO:
        lacks.append("有的领域只有一名主管，决定须两人办理" if len(fields) > 1 else "只有一名主管，决定须两人办理")
    supervisors = holders.supervisors(call)
    if not any(user.is_active and user.is_supervisor for user in supervisors):
        lacks.append("没有监督人员")
    own = [(field, people) for field in fields if (people := holders.of_field(call, field))]
    return Row(call, holders.officers(call), own, supervisors, tuple(lacks))


def _rows(calls: list[Call]) -> list[Row]:
    holders = access.Holders(calls)
    fields: dict[int, list[Field]] = {}
    for field in Field.objects.filter(call__in=calls, retired=False).order_by("order"):
        fields.setdefault(field.call_id, []).append(field)
    return [_row(call, fields.get(call.pk, []), holders) for call in calls]


def _calls():
    """Every call but rehearsals, whose people come with them."""
    calls = Call.objects.filter(is_rehearsal=False).exclude(current_version=None)
    return calls.select_related("current_version").defer("current_version__document").order_by("-year", "-pk")


def _require(user) -> None:
    if not can_grant_roles(user):
        raise Http404(NO_PAGE)


@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """GET office/grants/: every call with who runs and who watches it; `?q=` a call, or a person."""
    _require(request.user)
    calls, text = _calls(), request.GET.get("q", "").strip()[:100]
    if text:
        named = Q(user__name__icontains=text) | Q(user__username__icontains=text)
        held = CallUserObjectPermission.objects.filter(named).values("content_object")
        in_field = FieldUserObjectPermission.objects.filter(named).values("content_object__call")
        calls = calls.filter(Q(title__icontains=text) | Q(slug__icontains=text) | Q(pk__in=held) | Q(pk__in=in_field))
    page = Paginator(calls, ON_A_PAGE).get_page(request.GET.get("p"))
    context = {"title": "批次授权", "page": page, "rows": _rows(list(page)), "q": text, "crumbs": [("批次授权", "")]}
    return render_page(request, "applications/backoffice/grants.html", context)


@require_safe
def grant_page(request: HttpRequest, pk: int) -> HttpResponse:
    """GET office/grants/<pk>/: one call, with the forms that give and take."""
    _require(request.user)
    return _show(request, get_object_or_404(_calls(), pk=pk))


def _show(request, call: Call, *, form: AppointForm | None = None, refused=None, status: int = 200) -> HttpResponse:
    opened = request.POST if refused else request.GET
    context = {
        "title": "授权",
        "call": call,
        "row": _rows([call])[0],
        "forms": {
            kind: form if form and form.kind == kind else AppointForm(None, call=call, kind=kind) for kind in ROLES
        },
        "opened": (opened.get("part", ""), whole_number(opened.get("user", "")) or 0),
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "key": one_time_key(),
        "crumbs": [("批次授权", reverse("admin:applications_grants")), (call.title, "")],
    }
    return render_page(request, "applications/backoffice/grant.html", context, status=status)


def grant_act(request: HttpRequest, pk: int) -> HttpResponse:
    """POST office/grants/<pk>/: appoint or dismiss. Whoever sends it, the workflow's door judges."""
    call = get_object_or_404(_calls(), pk=pk)
    user = User.objects.filter(pk=whole_number(request.POST.get("user", ""))).first()
    part, taking = _part(call, request.POST), request.POST.get("act") == "dismiss"
    try:
        if taking:
            reason = request.POST.get("reason", "")[:500]
            workflow.dismiss(call, by=request.user, user=user, part=part, reason=reason, key=sent_key(request))
        else:
            workflow.appoint(call, by=request.user, user=user, part=part, key=sent_key(request))
    except Forbidden as refusal:
        refuse_stranger(request, refusal)
    except Refused as refusal:
        return _refused(request, call, part, refusal, taking)
    messages.success(request, f"{user.name}{'不再担任' if taking else '已担任'}{part.words}，已通知本人。")
    return redirect("admin:applications_grant", pk=pk)


def _part(call: Call, posted) -> Part:
    """`part` of a dismissal names kind and field ("officer:12"), a form for appointing sends them apart."""
    kind, _, of = posted.get("part", "").partition(":")
    field = call.fields.filter(pk=whole_number(of or posted.get("field", ""))).first()
    return Part(SUPERVISOR) if kind == SUPERVISOR else Part(OFFICER, field)


def _refused(request, call: Call, part: Part, refusal: Refused, taking: bool) -> HttpResponse:
    if taking:
        return _show(request, call, refused=refusal, status=refusal.status)
    form = AppointForm(request.POST, call=call, kind=part.kind)
    form.full_clean()
    if refusal.field not in form.errors:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return _show(request, call, form=form, status=refusal.status)


grant = page_or_act(grant_page, grant_act)
