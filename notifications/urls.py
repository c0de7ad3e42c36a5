"""Pages about messages; mounted before the admin because one of them lies under /admin/."""

from django.urls import path

from notifications import views

app_name = "notifications"

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/read/", views.mark_read, name="mark_read"),
    path("inbox/<int:pk>/", views.open_message, name="open"),
    path("admin/inbox/", views.backoffice_inbox, name="backoffice_inbox"),
]
