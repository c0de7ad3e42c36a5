"""What a round of the review came to for one application, and the unit's objection to it. Never states (DESIGN §4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

User = settings.AUTH_USER_MODEL


class RoundOutcome(models.Model):
    """The result of one round: a panel's vote, an on-site check, a check of every item, or who goes on from the mail
    round (N16). A correction is a new row with its `reason`; the older one keeps `replaced_at`.

    `people` are the names of those who took part; `items` {code: holds} of a check; `overruled`: an objection against a
    failed check was upheld and the decision may pass over it (P12); `contestable_on` is the last day to object.
    """

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="round_outcomes")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="outcomes")
    passed = models.BooleanField("通过")
    votes_for = models.PositiveSmallIntegerField("赞成", default=0)
    votes_against = models.PositiveSmallIntegerField("反对", default=0)
    votes_abstain = models.PositiveSmallIntegerField("弃权", default=0)
    people = models.JSONField("参加人员", default=list)
    items = models.JSONField("逐项核对", default=dict)
    text = models.TextField("意见", blank=True)
    held_on = models.DateField("日期")
    signed_by_unit = models.BooleanField("申报单位代表已签字", default=False)
    against_ranking = models.BooleanField("与排名不一致", default=False)
    reason = models.TextField("更正或与排名不一致的理由", blank=True)
    overruled = models.BooleanField("异议成立，不影响决定", default=False)
    contestable_on = models.DateField("异议期限", null=True)
    replaced_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "评审结果"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round"], condition=Q(replaced_at=None), name="one_standing_outcome_each_round"
            ),
            models.CheckConstraint(
                condition=Q(against_ranking=False) | ~Q(reason=""), name="outcome_against_ranking_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(overruled=False) | Q(passed=False), name="only_a_failed_outcome_is_overruled"
            ),
            models.CheckConstraint(
                condition=Q(contestable_on=None) | Q(contestable_on__gte=F("held_on")),
                name="outcome_is_contested_after_it_was_held",
            ),
        ]

    def __str__(self):
        return f"{self.application_id}/{self.round_id} {'通过' if self.passed else '未通过'}"

    @property
    def lets_through(self) -> bool:
        """Whether the application may go ahead past this round."""
        return self.passed or self.overruled

    @property
    def votes(self) -> int:
        """The votes cast; abstentions are votes."""
        return self.votes_for + self.votes_against + self.votes_abstain


class OutcomeObjection(models.Model):
    """The unit's objection (异议) to the result of an on-site check (P12); open, it holds up the decision."""

    class ObjectionState(models.TextChoices):
        OPEN = "open", "待处理"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="outcome_objections")
    outcome = models.ForeignKey(RoundOutcome, models.PROTECT, related_name="objections")
    text = models.TextField("异议理由")
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    again = models.BooleanField("重新核查", default=False)
    answer = models.TextField("处理意见", blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "核查结果异议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="open"), name="one_open_outcome_objection_each"
            )
        ]

    def __str__(self):
        return f"{self.application_id} {self.get_state_display()}"


class Hearing(models.Model):
    """Before a termination or a revocation the unit is told what is intended and heard (P22): notice → statement →
    result. Two officers: who gave the notice does not record the result."""

    class Result(models.TextChoices):
        KEPT = "kept", "陈述申辩不成立，维持拟处理意见"
        DROPPED = "dropped", "陈述申辩成立，不再处理"

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="hearings")
    verb = models.CharField(max_length=30)
    ground = models.TextField("拟处理的事实和依据")
    state_until = models.DateField("陈述申辩期限")
    noticed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noticed_at = models.DateTimeField()
    statement = models.TextField("陈述申辩", blank=True)
    stated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    stated_at = models.DateTimeField(null=True)
    held_on = models.DateField("听取日期", null=True)
    result = models.CharField(max_length=10, choices=Result, blank=True)
    finding = models.TextField("听取情况和复核意见", blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "陈述申辩"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(closed_at=None), name="one_open_hearing_each"),
            models.CheckConstraint(condition=Q(verb__in=["terminate", "revoke"]), name="hearing_is_before_an_end"),
            models.CheckConstraint(
                condition=Q(closed_at=None) | (~Q(result="") & ~Q(finding="") & Q(closed_by__isnull=False)),
                name="closed_hearing_has_a_result",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None) | ~Q(closed_by=F("noticed_by")), name="hearing_needs_two_officers"
            ),
        ]

    def __str__(self):
        return f"{self.application_id} {self.verb}"
