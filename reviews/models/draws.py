"""抽取: a plan of who reviews what, from the draft to its publication; who steps in; what was changed afterwards."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from jbgs.lib.crypto import EncryptedTextField
from reviews.models.assignments import Assignment
from reviews.models.experts import Expert

User = settings.AUTH_USER_MODEL


class DrawPlan(models.Model):
    """One draw for one or several tasks of a call.

    draft → frozen (people, applications, conditions and rulings are a hashed snapshot; the seed is committed) → drawn
    (the public value was given, the outcome computed) → published (sheets handed out) → undone, until the first expert
    has opened an application; before it is published it may be discarded. Every plan stays, with its number, so that
    nobody draws again until it pleases without a trace.

    `settings`, `snapshot`, `outcome` have the shapes of `reviews.drawing` (`Settings`, `Problem`, `Outcome` as_json).
    `seed` = SHA-256 of secret ‖ public value ‖ input hash; the secret is shown with the outcome, its commitment before.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "拟定条件"
        FROZEN = "frozen", "已冻结"
        DRAWN = "drawn", "已抽取"
        PUBLISHED = "published", "已发布"
        UNDONE = "undone", "已撤回"
        DISCARDED = "discarded", "已作废"

    call = models.ForeignKey("programmes.Call", models.PROTECT, related_name="draw_plans")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="draw_plans")
    tasks = models.ManyToManyField("programmes.Task", related_name="draw_plans")
    number = models.PositiveIntegerField("次数")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    settings = models.JSONField("条件", default=dict)
    snapshot = models.JSONField("冻结的数据", null=True)
    input_sha256 = models.CharField("数据摘要", max_length=64, blank=True)
    secret = EncryptedTextField(blank=True)
    commitment = models.CharField("种子承诺值", max_length=64, blank=True)
    public_value = models.CharField("现场给数", max_length=40, blank=True)
    public_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    public_at = models.DateTimeField(null=True)
    seed = models.CharField("种子", max_length=64, blank=True)
    solver = models.CharField("求解程序", max_length=60, blank=True)
    outcome = models.JSONField("结果", null=True)
    outcome_sha256 = models.CharField("结果摘要", max_length=64, blank=True)
    preview = models.JSONField("最近一次预览", null=True)
    due_at = models.DateTimeField("评审截止", null=True)
    reason = models.CharField("撤回或作废的理由", max_length=500, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(null=True)
    drawn_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "专家抽取"
        ordering = ["call", "number"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="draw_number_is_used_once"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"])
                | (~Q(input_sha256="") & ~Q(commitment="") & Q(snapshot__isnull=False)),
                name="frozen_draw_has_its_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["drawn", "published", "undone"]) | (~Q(outcome_sha256="") & ~Q(seed="")),
                name="drawn_plan_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["undone", "discarded"]) | ~Q(reason=""), name="ended_draw_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(public_by=None) | ~Q(public_by=F("frozen_by")), name="public_value_is_another_persons"
            ),
        ]

    def __str__(self):
        return f"第 {self.number} 次抽取"


class Alternate(models.Model):
    """候补: who steps in for an application of a published draw, in this order, when somebody declines or recuses."""

    class State(models.TextChoices):
        WAITING = "waiting", "候补"
        CALLED = "called", "已递补"
        PASSED = "passed", "不能递补"

    plan = models.ForeignKey(DrawPlan, models.CASCADE, related_name="alternates")
    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="alternates")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField()
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    note = models.CharField("说明", max_length=200, blank=True)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "候补专家"
        ordering = ["plan", "application", "order"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["plan", "application", "order"], name="alternate_order_is_used_once"),
            models.UniqueConstraint(fields=["plan", "application", "expert"], name="alternate_waits_once"),
        ]

    def __str__(self):
        return f"{self.application_id} 候补 {self.order}"


class ReviewerChange(models.Model):
    """调整: an officer's change of who reviews an application after the draw; a second person approves it."""

    class State(models.TextChoices):
        PREPARED = "prepared", "待复核"
        APPROVED = "approved", "已同意"
        DISCARDED = "discarded", "已作废"

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="reviewer_changes")
    out = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="changes", verbose_name="换下")
    expert_in = models.ForeignKey(Expert, models.PROTECT, null=True, related_name="+", verbose_name="换上")
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PREPARED)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "抽取后的调整"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(out__isnull=False) | Q(expert_in__isnull=False), name="reviewer_change_changes_something"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reviewer_change_has_a_reason"),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")), name="reviewer_change_has_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="approved_reviewer_change_says_by_whom",
            ),
        ]

    def __str__(self):
        return f"{self.application_id} 调整 {self.get_state_display()}"
