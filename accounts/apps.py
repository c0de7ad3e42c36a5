from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, units, recommending bodies, sign-in and roles."""

    name = "accounts"
    verbose_name = "账号与单位"
