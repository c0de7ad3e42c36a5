"""专家库: the list, a new expert, what is known of one, a change, the list as a workbook."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import exports_experts, people, workflow
from reviews.disciplines import Tree
from reviews.expert_forms import ExpertFilter, ExpertForm, NewExpertForm
from reviews.ledger import figures_of
from reviews.models import Expert
from reviews.rules import is_officer
from reviews.views.around import Around
from reviews.views.base import page, pass_on_forbidden

PER_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def experts(request):
    """All experts with unit, field and figures; officers only."""
    form, rows, tree = _asked(request)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    page_obj.object_list = people.with_figures(page_obj.object_list, tree)
    context = {"title": "专家库", "form": form, "page_obj": page_obj, "query": request.GET.urlencode()}
    return page(request, "experts", context)


@require_GET
def workbook(request):
    """The experts that the filters leave, with their figures, as .xlsx; without ID numbers."""
    _, rows, tree = _asked(request)
    data = exports_experts.workbook(people.with_figures(rows.prefetch_related("employments"), tree), tree)
    name = f"专家库{clock.today():%Y%m%d}.xlsx"
    return HttpResponse(
        data, content_type=XLSX, headers={"Content-Disposition": content_disposition_header(True, name)}
    )


def _asked(request):
    officers_only(request)
    tree = Tree.load()
    form = ExpertFilter(request.GET or None, tree=tree, used=people.words_in_use())
    return form, people.listed(form.cleaned_data if form.is_valid() else {}, tree), tree


def add(request):
    """A new expert with an account."""
    tree = Tree.load()
    form = NewExpertForm(request.POST or None, tree=tree)
    if request.method == "POST" and form.is_valid():
        if expert := _written(form, lambda: workflow.create_expert(by=request.user, **form.values())):
            messages.success(request, f"已加入专家库：{expert.user.name}。")
            return redirect("admin:reviews_expert", expert.pk)
    return _form_page(request, form, "加入专家", None)


def change(request, pk: int):
    """An expert's unit, disciplines, load, availability."""
    expert = get_object_or_404(Expert.objects.select_related("user"), pk=pk)
    form = ExpertForm(request.POST or None, tree=Tree.load(), expert=expert)
    if request.method == "POST" and form.is_valid():
        if _written(form, lambda: workflow.update_expert(expert, by=request.user, **form.values(changing=True))):
            messages.success(request, f"已保存：{expert.user.name}。")
            return redirect("admin:reviews_expert", expert.pk)
    return _form_page(request, form, f"{expert.user.name}：修改资料", expert)


def expert(request, pk: int):
    """GET: everything known of one expert. POST: an act around them (`views.around`)."""
    expert = get_object_or_404(Expert.objects.select_related("user").with_absences(), pk=pk)
    around = Around(request, expert)
    if request.method == "POST" and around.act():
        return redirect("admin:reviews_expert", pk)
    officers_only(request)
    context = {
        "title": expert.user.name,
        "crumbs": [("专家库", reverse("admin:reviews_experts")), (expert.user.name, "")],
        "expert": expert,
        "chip": people.chip_of(expert),
        "ledger": figures_of([expert])[expert.pk],
        "calls": people.calls_of(expert, request.user),
        "steps": people.steps_of(expert, around.tree),
        **around.context(),
    }
    return page(request, "expert", context, status=around.status)


def _written(form, write):
    """What `write` gave, or None with the refusal at its field."""
    try:
        return write()
    except Refused as refused:
        pass_on_forbidden(refused)
        if refused.code == "namesake":
            form.ask_for_namesake()
        form.add_error(refused.field if refused.field in form.fields else None, refused.sentence)
        return None


def _form_page(request, form, title: str, expert):
    officers_only(request)
    back = [(expert.user.name, reverse("admin:reviews_expert", args=[expert.pk]))] if expert else []
    context = {
        "title": title,
        "crumbs": [("专家库", reverse("admin:reviews_experts")), *back, ("修改资料" if expert else title, "")],
        "form": form,
        "expert": expert,
    }
    return page(request, "expert_form", context, status=422 if form.errors else 200)


def officers_only(request) -> None:
    """The list of experts is the officers'; for everybody else there is no such page."""
    if not is_officer(request.user):
        raise Http404("没有这一页，或者您没有查看它的权限。")
