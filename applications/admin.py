"""Mounts the back office's pages under /admin/applications/application/ (DESIGN §4: transition pages are own views)."""

from django.contrib import admin

from applications.backoffice import urls
from applications.models import Application


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """No stock pages: applications are seen through `queries.visible_to` and changed through the workflow only."""

    def get_urls(self):
        """Pages behind the back office's gate; forms that only act are judged by the workflow's door instead."""
        for pattern in urls.patterns:
            if not getattr(pattern.callback, "judged_at_the_door", False):
                pattern.callback = self.admin_site.admin_view(pattern.callback)
        return urls.patterns

    def has_module_permission(self, request):
        return False

    def has_view_permission(self, request, obj=None):
        return False

    has_add_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: False
