"""Which room answers which path. The paths themselves stand in each room's urls.py."""

from django.contrib import admin
from django.urls import include, path

from jbgs import health, help

urlpatterns = [
    path("healthz/", health.healthz, name="healthz"),
    path("readyz/", health.readyz, name="readyz"),
    path("help/<slug:name>/", help.guide, name="guide"),
    # Before the back office, because these rooms have pages under /admin/ too (/admin/login/, /admin/first-sign-in/ …).
    path("", include("accounts.urls")),
    path("", include("programmes.urls")),
    path("", include("applications.urls")),
    path("", include("reviews.urls")),
    path("", include("notifications.urls")),
    path("", include("documents.urls")),
    path("admin/", admin.site.urls),
]
