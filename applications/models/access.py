"""Who was given one application (experts; the direct-foreign-key table of guardian), and to whom one is closed."""

from django.conf import settings
from django.db import models
from guardian.models import UserObjectPermissionBase


class ApplicationUserObjectPermission(UserObjectPermissionBase):
    """Written by applications/access.py only."""

    content_object = models.ForeignKey("applications.Application", on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        pass


class OfficerRecusal(models.Model):
    """回避 of an officer or supervisor (N28, N32): this application, and the review of its task, are closed to them.

    Said by themselves or ordered by another officer; a row of its own, because grants are given for whole calls.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="recusals")
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="officer_recusals")
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "工作人员回避"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "application"], name="officer_is_recused_once_from_each"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="officer_recusal_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.user_id} {self.application_id}"
