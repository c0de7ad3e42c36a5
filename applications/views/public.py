"""结果公示: what everybody may read, from a white list of columns, and the way to object. No sign-in."""

from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import attempts
from accounts.choices import AttemptKind
from accounts.views.base import address_of
from applications import workflow
from applications.forms.pages import ObjectionForm
from applications.models import Application
from applications.publication import PublicRow, public_rows, publicities_in_order
from applications.views.base import new_key, sent_key
from jbgs.lib import clock
from jbgs.lib.errors import Refused


@require_safe
def publicities(request: HttpRequest) -> HttpResponse:
    """GET /publicity/: all lists that were made public, the newest first."""
    now = clock.now()
    rows = [{"publicity": publicity, "is_open": now < publicity.closes_at} for publicity in publicities_in_order(now)]
    return render(request, "applications/publicities.html", {"rows": rows})


@require_safe
def publicity(request: HttpRequest, pk: int) -> HttpResponse:
    """GET /publicity/<pk>/: the list by task, inside a task in administrative order."""
    shown = _publicity(pk)
    rows = public_rows(shown)
    field = request.GET.get("field", "")
    chosen = [row for row in rows if row.field_code == field] or rows
    context = {
        "publicity": shown,
        "spec": shown.call.spec,
        "is_open": clock.now() < shown.closes_at,
        "groups": [(key, list(group)) for key, group in groupby(chosen, key=PublicRow.task)],
        "count": len(rows),
        "shown_count": len(chosen),
        "fields": _fields(rows),
        "field": field,
    }
    return render(request, "applications/publicity.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """/publicity/<pk>/objection/: object under one's real name. `?application=` chooses the project beforehand."""
    shown = _publicity(pk)
    listed = Application.objects.filter(publicity=shown).select_related("unit").order_by("task__order", "unit__name")
    data = request.POST if request.method == "POST" else None
    form, status = (
        ObjectionForm(data, applications=listed, initial={"application": request.GET.get("application")}),
        200,
    )
    if data is not None and form.is_valid():
        named = dict(form.cleaned_data)
        try:
            attempts.begin(AttemptKind.OBJECTION, named["contact"].strip().lower(), address_of(request))
            workflow.raise_objection(named.pop("application"), by=request.user, key=sent_key(request), **named)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            status = refusal.status
        else:
            return redirect(f"{reverse('applications:objection', args=[pk])}?received=1")
    context = {
        "publicity": shown, "form": form, "is_open": clock.now() < shown.closes_at,
        "key": sent_key(request) or new_key(), "received": "received" in request.GET,
        "answer": shown.call.spec.clocks.get("objection"),
    }  # fmt: skip
    return render(request, "applications/objection.html", context, status=status)


def _publicity(pk: int):
    found = publicities_in_order(clock.now()).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这份公示。")
    return found


def _fields(rows: list[PublicRow]) -> list[dict]:
    counted: dict[str, dict] = {}
    for row in rows:
        entry = counted.setdefault(row.field_code, {"code": row.field_code, "name": row.field_name, "count": 0})
        entry["count"] += 1
    return list(counted.values())
