"""The direct-foreign-key table in which guardian keeps who was given one application (experts)."""

from django.db import models
from guardian.models import UserObjectPermissionBase


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """Written by applications/access.py only."""

    content_object = models.ForeignKey("applications.Application", on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        pass
