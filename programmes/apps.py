from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = "批次与榜单"
    default_auto_field = "django.db.models.BigAutoField"
