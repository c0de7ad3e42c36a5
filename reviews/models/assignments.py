"""One score sheet per expert and application (DESIGN §2, §4).

Points and totals are integers, hundredths of a point: SQLite keeps decimals as REAL.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.models.experts import Expert

User = settings.AUTH_USER_MODEL
FULL_MARKS = 10_000
"""100 points in hundredths."""


class ReviewPledge(models.Model):
    """The pledge as one expert signed it for one round; the exact wording is kept."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="pledges")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="pledges")
    text = models.TextField("承诺内容")
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField("签署时间")

    class Meta:
        verbose_name = verbose_name_plural = "评审承诺"
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["expert", "round"], name="expert_pledges_once_in_a_round")]

    def __str__(self):
        return f"{self.expert_id} {self.signed_at:%F}"


class AssignmentState(models.TextChoices):
    """In the order of a sheet's life."""

    ASSIGNED = "assigned", "待签承诺"
    ACCEPTED = "accepted", "待评分"
    SCORING = "scoring", "评分中"
    RETURNED = "returned", "退回修改"
    SIGNED = "signed", "已提交"
    RECUSED = "recused", "已回避"
    REMOVED = "removed", "已撤换"
    DECLINED = "declined", "已谢绝"


WITH_EXPERT = (
    AssignmentState.ASSIGNED,
    AssignmentState.ACCEPTED,
    AssignmentState.SCORING,
    AssignmentState.RETURNED,
)
"""The expert still has to do something."""
WRITABLE = (AssignmentState.ACCEPTED, AssignmentState.SCORING, AssignmentState.RETURNED)
"""The sheet takes scores."""
ACTIVE = (*WITH_EXPERT, AssignmentState.SIGNED)
"""Counts as one of the experts of the application, and in the expert's load."""


CHIPS: dict[str, tuple[str, str]] = {
    AssignmentState.ASSIGNED: ("draft", "sign"),
    AssignmentState.ACCEPTED: ("info", "ring"),
    AssignmentState.SCORING: ("info", "half"),
    AssignmentState.RETURNED: ("warn", "return"),
    AssignmentState.SIGNED: ("ok", "check"),
    AssignmentState.RECUSED: ("off", "ban"),
    AssignmentState.REMOVED: ("off", "cross"),
    AssignmentState.DECLINED: ("off", "cross"),
}
"""Tone and icon of each state; never a logic on its label."""


class Advice(models.TextChoices):
    """What the expert would do; shown beside the scores, never part of the ranking."""

    SHORTLIST = "shortlist", "建议入围"
    ACCEPTABLE = "acceptable", "可以入围"
    NOT_SHORTLIST = "not_shortlist", "不建议入围"


class AssignmentQuerySet(models.QuerySet):
    def active(self):
        """Neither recused nor removed."""
        return self.filter(state__in=ACTIVE)

    def open_now(self):
        """Still with the expert."""
        return self.filter(state__in=WITH_EXPERT)

    def signed(self):
        return self.filter(state=AssignmentState.SIGNED)

    def overdue(self, at):
        """Still with the expert although the due time has passed at `at`."""
        return self.open_now().filter(due_at__lte=at)


class Assignment(models.Model):
    """One frozen version of an application in the hands of one expert in one round, with the score sheet.

    `rules` is the wording of the call whose criteria the sheet follows: one for all sheets of a round, so that scores
    stay comparable. `sheet_version` is the optimistic lock of the sheet: a save names the one it read. `plan`: the draw
    that gave it, None when people did; `answer_by`: until when to accept or decline; `opened_at`: when the expert first
    opened the application (from then on the draw is not undone). `reason_asked_at`: when the expert was asked, once and
    without being told anybody else's score, to say more of a total far from what was to be expected; `fuller_reason`:
    what they answered, beside the signed opinion.
    """

    State = AssignmentState

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="assignments")
    version = models.ForeignKey("applications.Version", models.PROTECT, related_name="+", verbose_name="申报版本")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="assignments")
    rules = models.ForeignKey("programmes.CallVersion", models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="assignments")
    state = models.CharField("状态", max_length=10, choices=AssignmentState, default=AssignmentState.ASSIGNED)
    opinion = models.TextField("评审意见", blank=True)
    advice = models.CharField("建议", max_length=20, choices=Advice, blank=True)
    total = models.PositiveSmallIntegerField("加权总分（百分之一分）", null=True)
    sheet_version = models.PositiveIntegerField(default=0)
    assigned_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField("分派时间")
    plan = models.ForeignKey("reviews.DrawPlan", models.PROTECT, null=True, related_name="assignments")
    answer_by = models.DateTimeField("答复截止", null=True)
    opened_at = models.DateTimeField("首次打开时间", null=True)
    due_at = models.DateTimeField("评审截止", null=True)
    pledged_at = models.DateTimeField("签署承诺时间", null=True)
    saved_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField("提交时间", null=True)
    note = models.TextField("退回或撤换的理由", blank=True)
    reason_asked_at = models.DateTimeField("请补充理由的时间", null=True)
    fuller_reason = models.TextField("补充的理由", blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评审任务"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["application", "round", "expert"], name="expert_gets_an_application_once_in_a_round"
            ),
            models.CheckConstraint(condition=Q(state__in=AssignmentState.values), name="assignment_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | (Q(total__isnull=False, signed_at__isnull=False, pledged_at__isnull=False) & ~Q(opinion="")),
                name="signed_sheet_is_complete",
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__lte=FULL_MARKS), name="total_is_at_most_100"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "removed", "declined"]) | ~Q(note=""),
                name="returned_sheet_has_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["expert", "state"], name="assignment_of_expert"),
            models.Index(fields=["round", "state"], name="assignment_of_round"),
        ]

    def __str__(self):
        return f"评审任务 {self.pk}"

    @property
    def chip(self) -> dict:
        """Label, tone and icon for `_state_chip.html`."""
        tone, icon = CHIPS[self.state]
        return {"label": self.get_state_display(), "tone": tone, "icon": icon}

    @property
    def is_writable(self) -> bool:
        return self.state in WRITABLE

    @property
    def is_with_expert(self) -> bool:
        return self.state in WITH_EXPERT


class Score(models.Model):
    """The points that one sheet gives for one criterion, 0 to 10000 hundredths. Frozen while the sheet is signed."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "评分"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["assignment", "criterion"], name="criterion_is_scored_once"),
            models.CheckConstraint(condition=Q(points__gte=0, points__lte=FULL_MARKS), name="points_are_0_to_100"),
        ]

    def __str__(self):
        return f"{self.assignment_id}/{self.criterion}: {self.points}"
