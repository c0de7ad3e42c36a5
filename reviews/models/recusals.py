"""回避: who does not look at what, and what a second person found harmless."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reviews.models.experts import Expert

User = settings.AUTH_USER_MODEL


class RecusalKind(models.TextChoices):
    """Grounds. The first ones are computed (reviews.conflicts); the last two are what people said."""

    SAME_UNIT = "same_unit", "同单位"
    RELATED_UNIT = "related_unit", "有隶属关系"
    FORMER_UNIT = "former_unit", "曾任职"
    JOINT = "joint", "共同申报"
    RELATION = "relation", "已登记的利益关系"
    SAME_PERSON = "same_person", "同一人或同一联系方式"
    OWN_APPLICATION = "own_application", "本人有相近申报"
    NAMED = "named", "申报单位建议回避"
    REGION = "region", "同地区"
    DECLARED = "declared", "专家申报"
    OFFICER = "officer", "主管认定"


SAID = (RecusalKind.DECLARED, RecusalKind.OFFICER)
"""What a person said: never recomputed away."""


class Recusal(models.Model):
    """This expert does not look at this application. `source`: from where the ground is known, for the officer.

    Computed ones are noted when experts are drawn, so that the ranking can say so.
    """

    Kind = RecusalKind

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="recusals")
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="recusals")
    kind = models.CharField("种类", max_length=16, choices=RecusalKind)
    reason = models.CharField("理由", max_length=500)
    source = models.CharField("来源", max_length=200, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["expert", "application"], name="expert_is_recused_once_from_each"),
            models.CheckConstraint(condition=Q(kind__in=RecusalKind.values), name="recusal_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="recusal_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.expert_id} {self.get_kind_display()} {self.application_id}"


class Clearance(models.Model):
    """认定不回避: computed grounds between an expert and an application that two officers found harmless.

    It covers only the grounds that the two saw, the `hits` of the `kinds` it names: another one that appears later,
    be it of the same kind, counts again and takes a clearance of its own. It is a pin: nothing that is computed takes
    it away. Certain grounds (the same unit, the same person, what the expert declared) have none.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "待复核"
        APPROVED = "approved", "已同意"
        DISCARDED = "discarded", "已作废"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="clearances")
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="clearances")
    kinds = models.JSONField("所涉理由", default=list)
    hits = models.JSONField("认定时的依据", default=list)
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREPARED)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "认定不回避"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["expert", "application"], condition=Q(state="prepared"), name="one_clearance_waits_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="clearance_has_a_reason"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")), name="clearance_has_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_clearance_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.expert_id} / {self.application_id} {self.get_state_display()}"
