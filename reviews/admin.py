"""Mounts the review's pages under /admin/reviews/assignment/ and puts them into the sidebar."""

from django.contrib import admin

from accounts.choices import Role
from jbgs.lib import nav
from reviews import approving, queries, urls
from reviews.models import Assignment

WATCHERS = (Role.OFFICER, Role.SUPERVISOR)

nav.register(
    "评审", "我的评审", "admin:reviews_todo", roles=(Role.EXPERT,), order=10, count=queries.waiting_for, icon="pen",
    beside=("sheets", "rounds", "tasks"),
)  # fmt: skip
nav.register("评审", "我的资料", "admin:reviews_profile", roles=(Role.EXPERT,), order=11, icon="user")
nav.register(
    "评审", "分派与排名", "admin:reviews_tasks", roles=WATCHERS, order=40, icon="scale",
    beside=("draws", "calls", "applications", "sheets"),
)  # fmt: skip
nav.register(
    "评审", "待复核", "admin:reviews_approvals", roles=WATCHERS, order=43, count=approving.waiting_for, icon="shield"
)
nav.register("评审", "评审会议", "admin:reviews_meetings", roles=(*WATCHERS, Role.EXPERT), order=42, icon="users")
nav.register("评审", "专家库", "admin:reviews_experts", roles=(Role.OFFICER,), order=41, icon="users")


@admin.register(Assignment)
class AssignmentAdmin(admin.ModelAdmin):
    """No stock pages: sheets are seen through `queries.visible_to` and changed through the workflow only."""

    def get_urls(self):
        return urls.back_office(self.admin_site.admin_view)

    def has_module_permission(self, request) -> bool:
        return False

    def has_view_permission(self, request, obj=None) -> bool:
        return False

    has_add_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: False
