"""Slots under a limit. A scope's row is the lock; a use holds one slot (DESIGN §6.1)."""

from django.db import models
from django.db.models import F, Q


class QuotaScope(models.Model):
    """What one limit counts over, such as "task=Q-1-01|recommender=12"; the row to lock before counting."""

    call = models.ForeignKey("programmes.Call", models.CASCADE, related_name="quota_scopes")
    code = models.CharField(max_length=20)
    scope_key = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "code", "scope_key"], name="quota_scope_is_unique"),
        ]

    def __str__(self):
        return f"{self.code} {self.scope_key}"


class QuotaUse(models.Model):
    """One slot held by one application. Beyond the limit only with a reason, and only where the limit is soft."""

    scope = models.ForeignKey(QuotaScope, models.CASCADE, related_name="uses")
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="quota_uses")
    slot = models.PositiveSmallIntegerField()
    limit = models.PositiveSmallIntegerField()
    soft = models.BooleanField()
    over_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["slot"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "slot"], name="quota_slot_is_used_once"),
            models.UniqueConstraint(fields=["scope", "application"], name="quota_one_slot_each"),
            models.CheckConstraint(
                condition=Q(slot__lte=F("limit")) | (Q(soft=True) & ~Q(over_reason="")),
                name="quota_over_limit_has_reason",
            ),
        ]

    def __str__(self):
        return f"{self.scope}: {self.slot}/{self.limit}"


class NumberSeries(models.Model):
    """The last number given out for a prefix; incremented by UPDATE, so two submits cannot get the same one."""

    call = models.ForeignKey("programmes.Call", models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=40)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "prefix"], name="number_series_is_unique")]

    def __str__(self):
        return f"{self.prefix}{self.last}"
