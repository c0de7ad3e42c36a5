"""Pages of programme officers, and what of them stands in the sidebar; supervisors read the same pages."""

from django.urls import path, re_path

from accounts.choices import Role
from applications.backoffice import (
    deciding,
    department_lists,
    evaluating,
    every,
    examining,
    lists_out,
    objecting,
    overview,
    publicity,
    recusing,
    sending,
)
from applications.backoffice.worklist import waiting
from jbgs.lib import nav

KIND = r"(?P<code>[a-z]+)"

patterns = [
    path("office/", overview.overview, name="applications_overview"),
    path("office/applications/", every.every, name="applications_every"),
    path("office/check/", examining.examining, name="applications_examining"),
    path("office/check/<int:pk>/", examining.examine_one, name="applications_examine"),
    path("office/lists/", department_lists.lists, name="applications_lists"),
    path("office/lists/<int:pk>/reopen/", department_lists.reopen, name="applications_reopen_list"),
    path("office/start-review/", sending.start_review, name="applications_start_review"),
    path("office/decisions/", deciding.decisions, name="applications_decisions"),
    path("office/decisions/approve/", deciding.approve, name="applications_approve"),
    path("office/decisions/discard/", deciding.discard, name="applications_discard"),
    path("office/decisions/new/<int:pk>/", deciding.prepare, name="applications_prepare"),
    path("office/publicity/", publicity.publicity_desk, name="applications_publicity"),
    path("office/publicity/<int:pk>/", publicity.publicity_one, name="applications_publicity_one"),
    path("office/shortlist/", publicity.unpublished, name="applications_fix_unpublished"),
    path("office/recusal/<int:pk>/", recusing.recusal, name="applications_recusal"),
    path("office/objections/", objecting.objections, name="applications_objections"),
    path("office/objections/new/", objecting.record, name="applications_record_objection"),
    path("office/objections/<int:pk>/", objecting.objection, name="applications_objection"),
    path("office/objections/<int:pk>/reveal/", objecting.reveal, name="applications_reveal"),
    path("office/appeals/", objecting.appeals, name="applications_appeals"),
    path("office/appeals/<int:pk>/", objecting.appeal, name="applications_appeal"),
    path("office/evaluation/", evaluating.evaluations, name="applications_evaluations"),
    path("office/evaluation/<int:pk>/", evaluating.measure, name="applications_measure"),
    path("office/evaluation/<int:pk>/start-work/", evaluating.start_work, name="applications_start_work"),
    path("office/evaluation/tasks/<int:pk>/", evaluating.award, name="applications_award"),
    path("office/outputs/", lists_out.outputs, name="applications_office_outputs"),
    re_path(rf"^office/outputs/{KIND}\.xlsx$", lists_out.list_xlsx, name="applications_list_xlsx"),
    re_path(rf"^office/outputs/{KIND}-contacts\.xlsx$", lists_out.contacts_xlsx, name="applications_contacts_xlsx"),
    re_path(rf"^office/outputs/{KIND}\.pdf$", lists_out.list_pdf, name="applications_list_pdf"),
    path("office/letters/<int:pk>/", lists_out.letter, name="applications_letter"),
]

READERS = (Role.OFFICER, Role.SUPERVISOR)
OFFICERS = (Role.OFFICER,)
LINKS = (
    # section, label, page, roles, order, number, icon
    ("工作台", "总览", "overview", READERS, 5, None, "chart"),
    ("办理", "全部申报", "every", READERS, 20, None, "file"),
    ("办理", "推荐名单", "lists", READERS, 22, None, "list"),
    ("办理", "形式审查", "examining", READERS, 24, waiting("examining"), "shield"),
    ("办理", "送审", "start_review", OFFICERS, 26, waiting("accepted"), "plane"),
    ("办理", "决定与复核", "decisions", READERS, 50, waiting("decisions"), "scale"),
    ("办理", "公示与名单", "publicity", READERS, 52, waiting("publicity"), "horn"),
    ("办理", "异议", "objections", READERS, 54, waiting("objections"), "flag"),
    ("办理", "复审", "appeals", READERS, 56, waiting("appeals"), "return"),
    ("办理", "测评与优胜", "evaluations", READERS, 58, waiting("evaluation"), "star"),
    ("办理", "导出", "office_outputs", READERS, 60, None, "down"),
)
for section, label, page, roles, order, count, icon in LINKS:
    nav.register(section, label, f"admin:applications_{page}", roles, order, count, icon)
