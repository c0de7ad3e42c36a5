from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("documents/<int:pk>/", views.artifact, name="artifact"),
    path("documents/<int:pk>/retry/", views.retry, name="retry"),
]
