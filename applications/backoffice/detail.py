"""One application as the back office reads it: departments, officers and supervisors share this page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.views.decorators.http import require_safe

from applications import obligations, rules
from applications.backoffice import history
from applications.backoffice.acting import render_page
from applications.backoffice.groups import chip_of
from applications.backoffice.opened import paper_of
from applications.backoffice.reading import sections_of
from applications.diff import compare
from applications.models import Application, Obligation, Version
from applications.queries import for_page
from applications.states import INFO
from jbgs.lib.validators import whole_number

OFFICER_ACTIONS = "applications/backoffice/_officer_actions.html"
HOLDERS = {"unit": "申报单位", "officer": "主管处室", "expert": "评审专家", "nobody": "已办结"}


def application_for(request: HttpRequest, pk: int) -> Application:
    """The application, if this person of the back office sees it; experts have their own, perhaps blind, pages."""
    user = request.user
    if not (user.is_recommender or user.is_officer or user.is_supervisor):
        raise Http404("没有这件申报，或者您没有查看它的权限。")
    return get_object_or_404(for_page(user), pk=pk)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """GET <pk>/?version=<number>: everything of one frozen version, what happened, and what this person may do.

    Context: application, chip, version, versions, sections, files, paper, steps, refusals, holder, verbs (names of the
    verbs that the rules allow now), officer_actions (a template or None).
    """
    application, user = application_for(request, pk), request.user
    versions = list(application.versions.select_related("created_by").defer("content").order_by("-number"))
    version = chosen_version(application, request.GET.get("version", ""))
    context = {
        "title": application.title or application.task.title,
        "application": application,
        "chip": chip_for(application, user),
        "version": version,
        "versions": versions,
        "sections": sections_of(version, application.call.spec.label),
        "files": version.content.get("attachments", []),
        "paper": paper_of(version.pk),
        "steps": history.steps_of(application, user, {row.pk: row.number for row in versions}),
        "refusals": [] if user.is_recommender else list(history.refusals_of(application)[:50]),
        "holder": holder_of(application, user),
        "verbs": rules.verbs_open_to(application, user),
        "reports": reports_to_read(application),
        "aside": [] if user.is_recommender else list(application.officer_recusals.select_related("user", "by")),
        "officer_actions": officer_actions() if user.is_officer else None,
        "crumbs": crumbs(application, user),
    }
    return render_page(request, "applications/backoffice/detail.html", context)


def reports_to_read(application: Application) -> list:
    """What was asked of the unit after the decision; requests that were not sent stay with the unit. No query where
    the call asks for nothing."""
    if not obligations.specs_of(application.call.spec):
        return []
    rows = application.obligations.exclude(kind__in=Obligation.REQUESTS, state=Obligation.ObligationState.OPEN)
    return list(rows.order_by("due_on", "pk"))


def chosen_version(application: Application, typed: str) -> Version:
    """The version that was asked for, else the one in force."""
    number = whole_number(typed)
    if number is not None:
        return get_object_or_404(application.versions, number=number)
    return application.version


def chip_for(application: Application, user) -> dict:
    """The state as this person may know it."""
    if not user.is_recommender:
        return application.chip
    listed = application.recommendation_list
    return chip_of(application, is_open=listed is None or listed.is_open)


def holder_of(application: Application, user) -> str:
    """Who has the application now, in words; departments do not learn so of a proposal that is not public."""
    holder = INFO[application.applicant_state if user.is_recommender else application.state].holder
    if holder == "recommender":
        return application.department.official_name if application.department else "主管处室"
    return application.unit.name if holder == "unit" else HOLDERS[holder]


def officer_actions() -> str | None:
    """The officers' buttons, a template of their own pages."""
    try:
        get_template(OFFICER_ACTIONS)
    except TemplateDoesNotExist:
        return None
    return OFFICER_ACTIONS


def crumbs(application: Application, user) -> list[tuple[str, str]]:
    """The way back to where this person comes from."""
    here = (application.number or application.task.code, "")
    if not user.is_recommender:
        return [here]
    listed = reverse("admin:applications_recommending", args=[application.call.slug])
    return [("推荐名单", reverse("admin:applications_calls")), (application.call.title, listed), here]


@require_safe
def differences(request: HttpRequest, pk: int) -> HttpResponse:
    """GET <pk>/differences/?from=<number>&to=<number>: what changed between two versions; by default the last step."""
    application = application_for(request, pk)
    numbers = list(application.versions.order_by("number").values_list("number", flat=True))
    if len(numbers) < 2:
        raise Http404("这件申报只有一版。")
    newer = _among(request.GET.get("to"), numbers[1:], numbers[-1])
    before = [number for number in numbers if number < newer]
    older = _among(request.GET.get("from"), before, before[-1])
    contents = dict(application.versions.filter(number__in=[older, newer]).values_list("number", "content"))
    context = {
        "title": "修改对照",
        "application": application,
        "older": older,
        "newer": newer,
        "numbers": numbers,
        "difference": compare(contents[older], contents[newer]),
        "opinion": _answered(application, older),
        "crumbs": [
            (application.title or application.number, reverse("admin:applications_detail", args=[pk])),
            ("修改对照", ""),
        ],
    }
    return render_page(request, "applications/backoffice/differences.html", context)


def _among(typed: str | None, numbers: list[int], default: int) -> int:
    number = whole_number(typed)
    return number if number in numbers else default


def _answered(application: Application, number: int):
    """The return or supplement letter for a version: what the next one answers."""
    asked = application.opinions.filter(verb__in=("return_for_changes", "request_supplement"))
    return asked.filter(version__number=number).last()
