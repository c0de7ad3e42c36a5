"""Pages on which officers work on a call's rules; a GET comes through the gate, a POST is judged by the page."""

from django.urls import path

from applications.backoffice import editing
from applications.backoffice.acting import form_on, judged_at_the_door
from applications.backoffice.office import page_or_act


def _page(view):
    return page_or_act(view, view)


def _form(view):
    return judged_at_the_door(form_on("admin:applications_draft")(view))


patterns = [
    path("calls/<int:pk>/edit/", _page(editing.begin), name="applications_edit_call"),
    path("calls/<int:pk>/copy/", _page(editing.copying), name="applications_copy_call"),
    path("calls/<int:pk>/rules.yaml", editing.export, name="applications_call_yaml"),
    path("drafts/<int:pk>/", editing.overview, name="applications_draft"),
    path("drafts/<int:pk>/rules.yaml", editing.export_draft, name="applications_draft_yaml_file"),
    path("drafts/<int:pk>/apply/", _form(editing.put_in_force), name="applications_draft_apply"),
    path("drafts/<int:pk>/discard/", _form(editing.discard), name="applications_draft_discard"),
    path("drafts/<int:pk>/rebase/", _form(editing.rebase), name="applications_draft_rebase"),
    path("drafts/<int:pk>/tasks/", _page(editing.tasks), name="applications_draft_tasks"),
    path("drafts/<int:pk>/tasks/<int:place>/", _page(editing.task), name="applications_draft_task"),
    path("drafts/<int:pk>/yaml/", _page(editing.whole), name="applications_draft_yaml"),
    path("drafts/<int:pk>/<slug:part>/", _page(editing.part), name="applications_draft_part"),
]
