"""Pages of a recommending department, and the page of one application that the whole back office shares."""

from django.urls import path, re_path

from accounts.choices import Role
from applications.backoffice import calls, confirming, department, detail, ledger, outputs, recommending
from jbgs.lib import nav

ME = (Role.RECOMMENDER,)

nav.register("推荐工作", "推荐名单", "admin:applications_calls", ME, 10, count=calls.waiting_for, icon="list")
nav.register("推荐工作", "全部申报", "admin:applications_all", ME, 11, icon="file")
nav.register("推荐工作", "导出汇总表", "admin:applications_outputs", ME, 12, icon="down")
nav.register("本单位", "经办人和截止时间", "admin:applications_department", ME, 20, icon="users")

CALL = r"(?P<slug>[A-Za-z0-9._-]+)"
"""A call's slug may hold dots and underscores (programmes/schema.py); Django's slug converter knows no dot."""

patterns = [
    path("all/", ledger.ledger, name="applications_all"),
    path("outputs/", outputs.outputs, name="applications_outputs"),
    path("department/", department.department, name="applications_department"),
    path("department/deadline/", department.own_deadline, name="applications_own_deadline"),
    path("recommending/", recommending.landing, name="applications_calls"),
    re_path(rf"^recommending/{CALL}/$", recommending.recommending, name="applications_recommending"),
    path("lists/<int:pk>/rerank/", recommending.rerank, name="applications_rerank"),
    path("lists/<int:pk>/confirm/", confirming.confirm_page, name="applications_confirm_list"),
    path("lists/<int:pk>/confirmed/", confirming.confirm, name="applications_list_confirmed"),
    path("lists/<int:pk>/scan/", confirming.keep_scan, name="applications_keep_scan"),
    path("lists/<int:pk>/scan/file/", confirming.scan, name="applications_scan"),
    path("lists/<int:pk>/<str:kind>/", outputs.output, name="applications_output"),
    path("<int:pk>/", detail.detail, name="applications_detail"),
    path("<int:pk>/differences/", detail.differences, name="applications_differences"),
    *(
        path(f"<int:pk>/{verb.replace('_', '-')}/", recommending.act, {"verb": verb}, name=f"applications_{verb}")
        for verb in recommending.ACTS
    ),
]
