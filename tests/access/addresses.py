"""Every address of the project, from the resolver itself, filled with rows of the played call."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType
from django.urls import URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from accounts.models import User
from tests.access.played import Played


@dataclass(frozen=True)
class Page:
    """One address. `name`: of its pattern (the route where it has none); `about`: of the application that it is of."""

    name: str
    path: str
    about: str = ""


def patterns() -> Iterator[tuple[str, str, frozenset[str]]]:
    """(name, route, parameters) of each pattern; the name with its namespaces, or the route in brackets."""
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, namespace: str, route: str):
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{entry.namespace}:" if entry.namespace else namespace, here)
            continue
        if isinstance(entry.pattern, RegexPattern):
            keys = frozenset(entry.pattern.regex.groupindex)
        else:
            keys = frozenset(entry.pattern.converters)
        yield (f"{namespace}{entry.name}" if entry.name else f"<{here}>"), here, keys


def pages(played: Played) -> list[Page]:
    """Every pattern with every choice of rows for its parameters; those of `without_rows` are left out."""
    if not played.pages:  # a quarter of a second, and every test asks
        played.pages = list(dict.fromkeys(_pages(played)))
    return played.pages


def _pages(played: Played) -> list[Page]:
    found = []
    for name, route, keys in patterns():
        for about, values in _choices(name, keys, played):
            if name.startswith("<"):
                path = "/" + re.sub(r"<\w+:(\w+)>", lambda key, v=values: str(v[key[1]]), route)
                path = "/admin/nothing-here/" if "(?P<url>" in path else path
            else:
                path = reverse(name, kwargs=values)
            found.append(Page(name, path, about))
    return found


def _choices(name: str, keys: frozenset[str], played: Played) -> Iterator[tuple[str, dict]]:
    if not keys - {"url"}:
        yield "", {}
        return
    for pattern, choose in CHOICES:
        if re.fullmatch(pattern, name):
            for about, values in choose(played):
                yield about, {key: values[key] for key in keys}
            return


def without_rows() -> list[str]:
    """Patterns with parameters that no line of `CHOICES` stands for."""
    return [
        name
        for name, _, keys in patterns()
        if keys - {"url"} and not any(re.fullmatch(pattern, name) for pattern, _ in CHOICES)
    ]


Choose = Callable[[Played], Iterator[tuple[str, dict]]]


def of_applications(played: Played):
    for name, application in played.applications.items():
        files = application.attachments.order_by("pk")
        common = {"pk": application.pk, "number": 1, "attachment": files[0].pk}
        for key in ("project", "attachments") if name in ("draft", "submitted") else ("project",):
            yield name, common | {"key": key}


def of_reports(played: Played):
    report = played.rows["report"]
    yield "", {"pk": report.application_id, "report": report.pk}


def of_feeds(played: Played):
    yield "", {"token": "nobodys-secret"}


def of_lists(played: Played):
    for kind in ("summary.xlsx", "summary.pdf", "letter.pdf"):
        yield "recommended", {"pk": played.rows["list"].pk, "kind": kind}


def of_tasks(played: Played):
    for name in ("reviewed", "measured", "bobs"):
        yield "", {"pk": played.applications[name].task_id, "expert_pk": played.rows["expert-eva"].pk}


def of_sheets(played: Played):
    for name, sheet in played.sheets.items():
        yield f"sheet {name}", {"pk": sheet.pk}


def rows(*names: str) -> Choose:
    """One choice for each of these rows of the played call."""

    def choose(played: Played):
        for name in names:
            yield "", {"pk": played.rows[name].pk, "object_id": played.rows[name].pk}

    return choose


def of_people(played: Played):
    for name in ("filler", "erin", "root"):
        yield "", {"pk": played.people[name].pk, "object_id": played.people[name].pk}


def of_artifacts(played: Played):
    for name, artifact in played.artifacts.items():
        yield f"file {name}", {"pk": artifact.pk, "object_id": artifact.pk}


def of_messages(played: Played):
    for name in ("alice", "dora", "olga", "erin"):
        message = played.rows["messages"][name]
        yield "", {"pk": message.pk, "object_id": message.pk}


def of_call(played: Played):
    yield (
        "",
        {
            "slug": played.call.slug,
            "code": played.cast.task.code,
            "pk": played.call.pk,
            "number": 1,
            "object_id": played.call.pk,
        },  # fmt: skip
    )


def of_list_kinds(played: Played):
    for code in ("publicity", "shortlist", "winners"):
        yield "", {"code": code}


def of_apps(played: Played):
    for label in ("accounts", "programmes", "applications", "reviews", "notifications", "documents", "auth"):
        yield "", {"app_label": label}


def of_content_types(played: Played):
    for model, pk in ((User, played.people["alice"].pk), (type(played.applications["draft"]), 1)):
        yield "", {"content_type_id": ContentType.objects.get_for_model(model).pk, "object_id": pk}


def of_guides(played: Played):
    for name in ("units", "departments", "experts", "officers", "administrators"):
        yield "", {"name": name}


def of_groups(played: Played):
    yield "", {"object_id": 1}


def of_drafts(played: Played):
    yield "", {"pk": played.rows["draft of rules"].pk, "part": "basics", "place": 1}


def of_imports(played: Played):
    yield "", {"pk": played.call.pk, "number": played.rows["import"].pk}


def of_letters(played: Played):
    for name in ("supplement", "rejected"):
        yield name, {"pk": played.applications[name].pk, "opinion": played.rows[f"letter {name}"].pk}


CHOICES: tuple[tuple[str, Choose], ...] = (
    (r"guide", of_guides),
    (r"applications:(publicity|objection)", rows("publicity", "first publicity")),
    (r"applications:create|programmes:.*|admin:programmes_call_.*|<admin/programmes/call/.*", of_call),
    (r"admin:applications_(recommending|edit_call|copy_call|call_yaml|grant)", of_call),
    (r"admin:applications_draft.*", of_drafts),
    (r"admin:programmes_import_.*", of_imports),
    (r"applications:report(_.*)?", of_reports),
    (r"admin:applications_report(_file|_pdf)?", rows("report")),
    (r"notifications:due_feed", of_feeds),
    (r"applications:letter", of_letters),
    (r"applications:.*", of_applications),
    (r"accounts:person_.*|admin:accounts_user_.*|<admin/accounts/user/.*", of_people),
    (r"notifications:open|admin:notifications_.*|<admin/notifications/.*", of_messages),
    (r"documents:.*|admin:documents_.*|<admin/documents/.*", of_artifacts),
    (r"admin:applications_(rerank|confirm_list|list_confirmed|keep_scan|scan|output|reopen_list)", of_lists),
    (r"admin:applications_(list_xlsx|contacts_xlsx|list_pdf)", of_list_kinds),
    (r"admin:applications_(objection|reveal)", rows("objection")),
    (r"admin:applications_round(_xlsx)?", of_call),
    (r"admin:applications_need(_settle)?|admin:reviews_forwarding", of_tasks),
    (r"admin:applications_appeal", rows("appeal")),
    (r"admin:applications_letter", rows("letter supplement", "letter rejected")),
    (r"admin:applications_publicity_one", rows("publicity", "first publicity")),
    (r"admin:applications_award|admin:reviews_(paper|panel|draw|change|assign|officer_recusal|recusals)", of_tasks),
    (r"admin:reviews_(progress|remind)", of_tasks),
    (r"admin:reviews_(paper_of_expert|material|offline|offline_xlsx|ranking|ranking_xlsx|ranking_pdf)", of_tasks),
    (r"admin:reviews_reconsiderations", of_tasks),
    (r"admin:applications_.*|admin:reviews_(scores|material_of|reconsider)", of_applications),
    (r"admin:reviews_pledge|admin:reviews_decline_round", rows("round")),
    (r"admin:reviews_draw_call", of_call),
    (r"admin:reviews_draw_(plan|act|data)", rows("draw")),
    (r"admin:reviews_approval", rows("change")),
    (r"admin:reviews_meeting_(paper|recuse)", rows("meeting item")),
    (r"admin:reviews_meeting_.*|admin:reviews_meeting", rows("meeting")),
    (r"admin:reviews_expert(_change)?", rows("expert-erin")),
    (r"admin:reviews_experts_import", rows("expert import")),
    (r"admin:reviews_.*", of_sheets),
    (r"admin:accounts_department_.*|<admin/accounts/department/.*", rows("department")),
    (r"admin:accounts_unit_.*|<admin/accounts/unit/.*", rows("unit")),
    (r"admin:accounts_rolerecord_.*|<admin/accounts/rolerecord/.*", rows("role record")),
    (r"admin:accounts_attempt_.*|<admin/accounts/attempt/.*", rows("attempt")),
    (r"admin:programmes_calendarday_.*|<admin/programmes/calendarday/.*", rows("day")),
    (r"admin:auth_group_.*|<admin/auth/group/.*", of_groups),
    (r"admin:view_on_site", of_content_types),
    (r"admin:app_list", of_apps),
)
"""Pattern of a url name → the rows that its parameters stand for; the first that fits."""
