"""The form: one page for each section, saved by a script as one types, or by a button without one."""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import workflow
from applications.checking import task_of
from applications.diff import compare_section
from applications.forms.shape import nested, shaped
from applications.models import Application, Section
from applications.versions import plain_options
from applications.views.base import (
    applicant_page,
    refusal_logged,
    refuse_strangers,
    sent_key,
    shown_only_to_the_unit,
    to_act_on,
)
from applications.views.frame import Frame, fragments, is_editable, section_url
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.spec import SectionSpec

SIGNED_OUT = "登录已过期，尚未保存。请在新窗口重新登录，本页会继续保存。"


@applicant_page
@require_safe
def edit(request: HttpRequest, application: Application) -> HttpResponse:
    """The first section that is not done."""
    if not is_editable(application):
        return redirect("applications:detail", application.pk)
    progress = Frame(application).problems.progress()
    first = next((entry for entry in progress if entry.tone != "ok" and entry.note != "选填"), progress[0])
    return redirect("applications:section", application.pk, first.section.key)


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, application: Application, key: str) -> HttpResponse:
    """GET shows one section; POST saves it whole and goes on to where the pressed button points."""
    spec = _section_spec(application, key)
    if request.method == "POST":
        return _save_by_button(request, application, spec)
    if not is_editable(application):
        messages.warning(request, f"这件申报现在是“{application.applicant_state.label}”，不能修改。")
        return redirect("applications:detail", application.pk)
    spare, frame = request.GET.get("spare", ""), Frame(application)
    if spec not in frame.form.sections:
        return _beside(request, application, frame, spec)
    context = frame.section_context(
        spec, checked="checked" in request.GET, spare=int(spare) if spare.isdecimal() and len(spare) < 4 else 0
    )
    return render(request, "applications/section.html", context)


def _beside(request: HttpRequest, application: Application, frame: Frame, spec: SectionSpec) -> HttpResponse:
    """A section that is not asked: on to the next one that is, saying so."""
    every = application.call_version.spec.form.sections
    after = [section for section in every[every.index(spec) :] if section in frame.form.sections]
    messages.info(request, f"按已填写的内容，不需要填写“{spec.title}”。")
    return redirect("applications:section", application.pk, (after or frame.form.sections)[0].key)


@applicant_page
@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest, application: Application) -> HttpResponse:
    """POST: the draft moves to the present wording of its call; the difference stands on every page of the draft."""
    if request.method != "POST":
        return redirect("applications:detail", application.pk)
    sent = request.POST.get("version", "")
    try:
        workflow.adopt_version(
            application, by=request.user, key=sent_key(request),
            version=int(sent) if sent.isdecimal() and len(sent) < 19 else 0,
        )  # fmt: skip
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        messages.error(request, refusal.sentence)
        return redirect("applications:detail", application.pk)
    messages.success(request, "已按新要求填报。已经填写的内容都在，不再要求的列在各部分的下面。")
    return redirect("applications:edit", application.pk)


@never_cache
@require_POST
def save_section(request: HttpRequest, pk: int, key: str) -> JsonResponse:
    """POST JSON {data, base_version} → {version, saved_at, errors, fragments}; 409 with both texts when it is older."""
    if not request.user.is_authenticated:
        return _answer({"code": "signed_out", "sentence": SIGNED_OUT}, 401)
    application = to_act_on(pk)
    spec = _section_spec(application, key)
    try:
        _refuse_strangers(application, request.user)
        sent = _read_json(request)
        data = shaped(spec, sent.get("data"), task_of(application))
        row = _save(request, application, spec, data, sent.get("base_version"))
    except Refused as refusal:
        if refusal.code != "section_changed":
            return _answer({"code": refusal.code, "sentence": refusal.sentence, "field": refusal.field}, refusal.status)
        theirs = refusal.details[0]
        context = _conflict(application, spec, theirs, data, refusal)
        html = render_to_string("applications/_conflict.html", context, request)
        body = {"code": refusal.code, "sentence": refusal.sentence, "version": theirs.version, "html": html}
        return _answer(body | {"theirs": theirs.data, "mine": data}, 409)
    frame = Frame(to_act_on(pk))
    places = frame.problems.of(spec)
    if spec not in frame.form.sections:  # somebody else's answer has just made it needless
        return _answer({"version": row.version, "saved_at": f"{clock.local(row.saved_at):%H:%M:%S}", "fragments": {}})
    return _answer(
        {
            "version": row.version,
            "saved_at": f"{clock.local(row.saved_at):%H:%M:%S}",
            "errors": [{"at": place.at, "kind": place.kind, "sentence": place.sentence} for place in places],
            "fragments": fragments(request, frame, spec),
        }
    )


def _save_by_button(request: HttpRequest, application: Application, spec: SectionSpec) -> HttpResponse:
    post = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    typed = nested(post)
    if "data_json" in post:  # the text kept after somebody else's save
        typed = _json(post["data_json"])
    _without_script(typed, post)
    data = shaped(spec, typed, task_of(application))
    try:
        _save(request, application, spec, data, post.get("base_version"))
    except Refused as refusal:
        shown_only_to_the_unit(application, request.user, refusal)
        return _not_saved(request, application, spec, data, refusal)
    return _go_on(request, application, spec, post.get("then", ""))


def _without_script(typed: dict, post: dict) -> None:
    """The buttons of a table's rows: `remove_row` rows.3, `raise_row` rows.3 (it changes places with the one above)."""
    for button in ("remove_row", "raise_row"):
        table, _, row = post.get(button, "").partition(".")
        rows = typed.get(table)
        if not isinstance(rows, dict) or row not in rows:
            continue
        if button == "remove_row":
            rows.pop(row)
            continue
        above = [key for key in rows if key.isdecimal() and row.isdecimal() and int(key) < int(row)]
        if above:
            upper = max(above, key=int)
            rows[upper], rows[row] = rows[row], rows[upper]


def _save(request: HttpRequest, application: Application, spec: SectionSpec, data: dict, base_version) -> Section:
    """Save through the workflow. `base_version` is what the page was made from, as the browser sent it."""
    _refuse_strangers(application, request.user)
    with refusal_logged(application, "save_section", request.user):
        if not str(base_version).isdecimal() or len(str(base_version)) > 9:
            raise Refused("no_version", "页面不完整。请复制您填写的内容，刷新页面后再试。", status=400)
        return workflow.save_section(application, spec.key, data, base_version=int(base_version), by=request.user)


def _refuse_strangers(application: Application, user) -> None:
    with refusal_logged(application, "save_section", user):
        refuse_strangers(application, user)


def _not_saved(request, application, spec: SectionSpec, data: dict, refusal: Refused) -> HttpResponse:
    """Both texts, or the page with what was typed and the sentence; nothing is lost."""
    if refusal.code == "section_changed":
        context = _conflict(application, spec, refusal.details[0], data, refusal)
        return render(request, "applications/conflict.html", context, status=refusal.status)
    context = Frame(application).section_context(spec, data=data) | {"refusal": refusal}
    return render(request, "applications/section.html", context, status=refusal.status)


def _go_on(request: HttpRequest, application: Application, spec: SectionSpec, then: str) -> HttpResponse:
    if then == "check":
        return redirect("applications:check", application.pk)
    if then == "add_rows":
        return redirect(f"{section_url(application, spec.key)}?spare=3#section-body")
    if then and any(section.key == then for section in application.call_version.spec.form.sections):
        return redirect("applications:section", application.pk, then)  # if it is not asked, that page goes on
    messages.success(request, f"“{spec.title}”已保存。")
    return redirect("applications:section", application.pk, spec.key)


def _conflict(application, spec: SectionSpec, theirs: Section, mine: dict, refusal: Refused) -> dict:
    task = task_of(application)
    plain = {"key": spec.key, "type": spec.type, "title": spec.title, "options": plain_options(spec.options)}
    indicators = [
        {"code": item.code, "name": item.name, "comparator": item.comparator, "unit": item.unit}
        for item in task.indicators
    ]
    return {
        "application": application,
        "section": spec,
        "sentence": refusal.sentence,
        "theirs": theirs,
        "mine_json": json.dumps(mine, ensure_ascii=False),
        "changes": compare_section(plain, theirs.data, mine, indicators),
    }


def _section_spec(application: Application, key: str) -> SectionSpec:
    try:
        return application.call_version.spec.form.section(key)
    except KeyError as problem:
        raise Http404("申报书没有这一部分。") from problem


def _read_json(request: HttpRequest) -> dict:
    """The object that our script sends. The body of a form has been read by then and cannot be read again."""
    try:
        return _json(request.body if request.content_type == "application/json" else "")
    except Refused as refusal:
        raise Refused("unreadable", "没有保存：请求的格式不对。请刷新页面后再试。", status=400) from refusal


def _json(text) -> dict:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise Refused("unreadable", "没有保存：内容的格式不对。请返回后重新填写。", status=400) from problem
    return found if isinstance(found, dict) else {}


def _answer(body: dict, status: int = 200) -> JsonResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
