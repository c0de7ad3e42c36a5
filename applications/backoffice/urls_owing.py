"""Paths of reports and requests in the back office, and their place in the sidebar."""

from django.urls import path

from accounts.choices import Role
from applications.backoffice import reporting
from jbgs.lib import nav

patterns = [
    path("office/reports/", reporting.reports, name="applications_reports"),
    path("office/reports.xlsx", reporting.reports_xlsx, name="applications_reports_xlsx"),
    path("office/reports/<int:pk>/", reporting.report, name="applications_report"),
    path("office/reports/<int:pk>/file/", reporting.report_file, name="applications_report_file"),
    path("office/reports/<int:pk>/pdf/", reporting.report_pdf, name="applications_report_pdf"),
]

nav.register("办理", "报告和申请", "admin:applications_reports", (Role.OFFICER, Role.SUPERVISOR), 57, None, "file")
