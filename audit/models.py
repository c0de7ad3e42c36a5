"""The append-only log. One hash chain per object; triggers refuse every UPDATE and DELETE (migration 0002)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jbgs.lib.crypto import canonical_json, sha256_hex


class Outcome(models.TextChoices):
    DONE = "done", "已办理"
    REFUSED = "refused", "未接受"


class EntryQuerySet(models.QuerySet):
    def for_object(self, obj) -> "EntryQuerySet":
        """Entries of one object, oldest first."""
        return self.filter(object_type=obj._meta.label_lower, object_id=obj.pk).order_by("sequence")

    def done(self) -> "EntryQuerySet":
        return self.filter(outcome=Outcome.DONE)

    def refused(self) -> "EntryQuerySet":
        return self.filter(outcome=Outcome.REFUSED)


class Entry(models.Model):
    """One act on one object: who, what, when by the business clock and by the machine, with which differences."""

    object_type = models.CharField(max_length=60)
    object_id = models.PositiveBigIntegerField()
    sequence = models.PositiveIntegerField()
    action = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    sentence = models.TextField(blank=True)
    key = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        constraints = [
            models.UniqueConstraint(fields=["object_type", "object_id", "sequence"], name="audit_sequence_is_unique"),
            models.UniqueConstraint(
                fields=["object_type", "object_id", "key"],
                condition=Q(outcome="done") & ~Q(key=""),
                name="audit_key_is_used_once",
            ),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="audit_recorded_at")]

    def __str__(self):
        return f"{self.object_type}#{self.object_id}/{self.sequence} {self.action}"

    def computed_hash(self) -> str:
        """SHA-256 over every column but the hash itself, in canonical JSON; hex."""
        return sha256_hex(
            canonical_json(
                [
                    self.object_type,
                    self.object_id,
                    self.sequence,
                    self.action,
                    self.outcome,
                    self.actor_id,
                    self.actor_label,
                    self.code,
                    self.sentence,
                    self.key,
                    self.data,
                    self.changes,
                    self.happened_at.isoformat(),
                    self.recorded_at.isoformat(),
                    self.previous_hash,
                ]
            )
        )
