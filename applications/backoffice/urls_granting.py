"""Pages of the security administrator: who runs and who watches which call."""

from django.urls import path

from accounts.choices import Role
from applications.backoffice import granting
from jbgs.lib import nav

patterns = [
    path("office/grants/", granting.grants, name="applications_grants"),
    path("office/grants/<int:pk>/", granting.grant, name="applications_grant"),
]

nav.register("账号和权限", "批次授权", "admin:applications_grants", (Role.SECURITY_ADMIN,), 925, icon="shield")
