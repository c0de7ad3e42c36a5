from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("", views.home, name="home"),
    path("calls/<str:slug>/", views.call_page, name="call"),
    path("calls/<str:slug>/tasks/<str:code>/", views.task_page, name="task"),
]
