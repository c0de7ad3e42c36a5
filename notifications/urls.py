"""Pages about messages; mounted before the admin because one of them lies under /admin/."""

from django.urls import path

from notifications import due_views, views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.mark_read, name="mark_read"),
    path("inbox/<int:pk>/", views.open_message, name="open"),
    path("due/", due_views.due, name="due"),
    path("due/feed/", due_views.renew_feed, name="renew_due_feed"),
    path("due/<str:token>.ics", due_views.due_feed, name="due_feed"),
    path("admin/due/", due_views.backoffice_due, name="backoffice_due"),
    path("admin/inbox/", views.backoffice_inbox, name="backoffice_inbox"),
]
