"""The house as an installed app (operator commands), and the admin with our site as its default."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HouseConfig(AppConfig):
    name = "jbgs"
    verbose_name = "揭榜挂帅"


class BackOfficeConfig(AdminConfig):
    """Makes `django.contrib.admin.site` the back office, so that rooms never import jbgs."""

    default_site = "jbgs.site.BackOfficeSite"
