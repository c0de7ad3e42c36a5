"""The back office: Django's admin, opened by role (DESIGN §1), with a sidebar of the person's own links."""

from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from jbgs.help import GUIDE_OF_ROLE
from jbgs.lib import nav


class BackOfficeSite(admin.AdminSite):
    site_title = site_header = "揭榜挂帅 后台"
    index_title = "工作台"
    site_url = "/"
    enable_nav_sidebar = True
    empty_value_display = "—"

    def has_permission(self, request) -> bool:
        """Active people of a back-office role; `is_staff` and `is_superuser` alone open nothing."""
        return request.user.is_active and request.user.is_back_office

    def each_context(self, request) -> dict:
        """Adds `nav` (groups of links, counted only when a template shows them) and the guide's address."""
        context = super().each_context(request)
        if context["has_permission"]:
            context["nav"] = SimpleLazyObject(lambda: nav.groups_for(request.user, request.path))
        role = getattr(request.user, "role", None)
        context["guide_url"] = reverse("guide", args=[GUIDE_OF_ROLE.get(role, "officers")])
        return context

    def login(self, request, extra_context=None):
        """Sign-in is accounts' page: password or phone code, and the departments' first sign-in."""
        query = urlencode({"next": request.GET["next"]}) if "next" in request.GET else ""
        url = reverse("accounts:backoffice_signin")
        return HttpResponseRedirect(f"{url}?{query}" if query else url)
