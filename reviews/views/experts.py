"""专家库: the list, a new expert, a change."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from jbgs.lib.errors import Refused
from reviews import queries, workflow
from reviews.forms import ExpertFilter, ExpertForm, NewExpertForm
from reviews.models import Expert
from reviews.rules import is_officer
from reviews.views.base import page, pass_on_forbidden

PER_PAGE = 50


@require_GET
def experts(request):
    """All experts with unit, field and load; officers only."""
    _officers_only(request)
    words = queries.disciplines()
    form = ExpertFilter(request.GET or None, disciplines=words)
    rows = queries.experts_with_load()
    if form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    context = {
        "title": "专家库",
        "form": form,
        "page_obj": Paginator(rows.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page")),
    }
    return page(request, "experts", context)


def _filtered(rows, wanted: dict):
    if words := wanted["q"].strip():
        rows = rows.filter(Q(user__name__icontains=words) | Q(unit_name__icontains=words))
    if wanted["available"]:
        rows = rows.filter(is_available=wanted["available"] == "1")
    if word := wanted["discipline"]:
        # JSON lists are searched in Python: SQLite's JSON has no `contains`, and the list is short.
        known = Expert.objects.values_list("pk", "disciplines")
        rows = rows.filter(pk__in=[pk for pk, disciplines in known if word in disciplines])
    return rows


def add(request):
    """A new expert with an account."""
    form = NewExpertForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if expert := _written(form, lambda values: workflow.create_expert(by=request.user, **values)):
            messages.success(request, f"已加入专家库：{expert.user.name}。")
            return redirect("admin:reviews_experts")
    return _form_page(request, form, "加入专家", None)


def change(request, pk: int):
    """An expert's unit, disciplines, load, availability."""
    expert = get_object_or_404(Expert.objects.select_related("user"), pk=pk)
    form = ExpertForm(request.POST or None, instance=expert)
    if request.method == "POST" and form.is_valid():
        if _written(form, lambda values: workflow.update_expert(expert, by=request.user, **values)):
            messages.success(request, f"已保存：{expert.user.name}。")
            return redirect("admin:reviews_experts")
    return _form_page(request, form, expert.user.name, expert)


def _written(form, write):
    """What `write` gave, or None with the refusal at its field."""
    try:
        return write(form.cleaned_data)
    except Refused as refused:
        pass_on_forbidden(refused)
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return None


def _form_page(request, form, title: str, expert):
    _officers_only(request)
    context = {
        "title": title,
        "crumbs": [("专家库", reverse("admin:reviews_experts")), (title, "")],
        "form": form,
        "expert": expert,
    }
    return page(request, "expert_form", context, status=422 if form.errors else 200)


def _officers_only(request) -> None:
    if not is_officer(request.user):
        raise Http404("没有这一页，或者您没有查看它的权限。")
