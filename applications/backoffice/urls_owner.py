"""Pages of the owner of a need: the needs, one need with those who applied, one result."""

from django.urls import path

from accounts.choices import Role
from applications.backoffice import owner
from jbgs.lib import nav

nav.register(
    "发榜", "本单位的需求", "admin:applications_needs", (Role.OWNER,), 10, count=owner.waiting_for, icon="list"
)

patterns = [
    path("owner/needs/", owner.needs, name="applications_needs"),
    path("owner/needs/<int:pk>/", owner.need, name="applications_need"),
    path("owner/needs/<int:pk>/settle/", owner.settle, name="applications_need_settle"),
    path("owner/results/<int:pk>/", owner.result, name="applications_owner_result"),
]
