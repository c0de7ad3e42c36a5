"""Paths of the front office. The back office's stand in its own admin pages."""

from django.urls import path

from applications.views import answering, attachments, filling, mine, proceedings, public, reading, reports, submitting

app_name = "applications"

_one = "applications/<int:pk>/"

urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("calls/<str:slug>/tasks/<str:code>/apply/", mine.create, name="create"),
    path(_one, reading.detail, name="detail"),
    path(f"{_one}department/", mine.department, name="department"),
    path(f"{_one}edit/", filling.edit, name="edit"),
    path(f"{_one}edit/<str:key>/", filling.section, name="section"),
    path(f"{_one}edit/<str:key>/save/", filling.save_section, name="save_section"),
    path(f"{_one}attachments/", attachments.upload, name="attachment_upload"),
    path(f"{_one}attachments/<int:attachment>/", attachments.download, name="attachment_download"),
    path(f"{_one}attachments/<int:attachment>/remove/", attachments.remove, name="attachment_remove"),
    path(f"{_one}adopt/", filling.adopt, name="adopt"),
    path(f"{_one}check/", submitting.check, name="check"),
    path(f"{_one}submit/", submitting.submit, name="submit"),
    path(f"{_one}receipt/", submitting.receipt, name="receipt"),
    path(f"{_one}receipt/pdf/", reading.receipt_paper, name="receipt_pdf"),
    path(f"{_one}take-back/", submitting.take_back, name="take_back"),
    path(f"{_one}withdraw/", submitting.withdraw, name="withdraw"),
    path(f"{_one}diff/", reading.diff, name="diff"),
    path(f"{_one}pdf/", reading.paper, name="pdf"),
    path(f"{_one}pdf/<int:number>/", reading.paper, name="pdf_version"),
    path(f"{_one}letters/<int:opinion>/", reading.letter, name="letter"),
    path(f"{_one}evaluation/", proceedings.evaluation, name="evaluation"),
    path(f"{_one}appeal/", proceedings.appeal, name="appeal"),
    path(f"{_one}check-objection/", answering.object_to_round, name="round_objection"),
    path(f"{_one}statement/", answering.statement, name="statement"),
    path(f"{_one}reports/", reports.reports, name="reports"),
    path(f"{_one}reports/new/", reports.raise_request, name="raise_request"),
    path(f"{_one}reports/<int:report>/", reports.report, name="report"),
    path(f"{_one}reports/<int:report>/file/", reports.report_file, name="report_file"),
    path(f"{_one}reports/<int:report>/file/download/", reports.report_file_of, name="report_file_of"),
    path(f"{_one}reports/<int:report>/pdf/", reports.report_pdf, name="report_pdf"),
    path("publicity/", public.publicities, name="publicities"),
    path("publicity/<int:pk>/", public.publicity, name="publicity"),
    path("publicity/<int:pk>/objection/", public.objection, name="objection"),
]
