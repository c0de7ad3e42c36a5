"""复议 and 会议评审: what is looked at again before a decision, and the panel's meeting with its raw ballots."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.models.experts import Expert

User = settings.AUTH_USER_MODEL


class Reconsideration(models.Model):
    """复议 of one application: why, in which way, and what came out. Decisions wait while one is open.

    `figures`: what made it necessary, as shown then (totals, spread, chance). `way`: the experts explain or revise
    their sheets, more experts look at it, or a panel votes.
    """

    class Ground(models.TextChoices):
        SPREAD = "spread", "专家分歧大"
        GREY = "grey", "处于入围线灰区"
        OFFICER = "officer", "主管提出"

    class Way(models.TextChoices):
        EXPLAIN = "explain", "请专家说明或修改"
        EXTRA = "extra", "增加专家"
        VOTE = "vote", "会议表决"

    class State(models.TextChoices):
        OPEN = "open", "复议中"
        CLOSED = "closed", "已办结"

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="reconsiderations")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="+")
    ground = models.CharField("情形", max_length=8, choices=Ground)
    way = models.CharField("方式", max_length=8, choices=Way)
    state = models.CharField("状态", max_length=8, choices=State, default=State.OPEN)
    figures = models.JSONField("依据", default=dict)
    reason = models.CharField("说明", max_length=500)
    conclusion = models.TextField("结论", blank=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "复议"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="open"), name="one_open_reconsideration_each"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="reconsideration_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state="open") | (~Q(conclusion="") & Q(closed_by__isnull=False, closed_at__isnull=False)),
                name="closed_reconsideration_has_a_conclusion",
            ),
        ]

    def __str__(self):
        return f"{self.application_id} {self.get_ground_display()} {self.get_state_display()}"


class Meeting(models.Model):
    """会议评审: members come together, see one application after the other and vote. `minutes`: what was said."""

    class State(models.TextChoices):
        PLANNED = "planned", "筹备"
        OPEN = "open", "进行中"
        CLOSED = "closed", "已结束"
        CANCELLED = "cancelled", "已取消"

    call = models.ForeignKey("programmes.Call", models.PROTECT, related_name="meetings")
    round = models.ForeignKey("applications.ReviewRound", models.PROTECT, related_name="meetings")
    title = models.CharField("名称", max_length=200)
    place = models.CharField("地点", max_length=200, blank=True)
    held_on = models.DateField("日期")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED)
    minutes = models.TextField("纪要", blank=True)
    reason = models.CharField("取消的理由", max_length=500, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "评审会议"
        ordering = ["-held_on", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="meeting_has_a_title"),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(reason=""), name="cancelled_meeting_has_a_reason"
            ),
        ]

    def __str__(self):
        return self.title


class MeetingSeat(models.Model):
    """A member of the panel; `present_at` once they have signed in (with the pledge of the call)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="seats")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="meeting_seats")
    is_chair = models.BooleanField("组长", default=False)
    present_at = models.DateTimeField("签到时间", null=True)
    pledge_text = models.TextField("承诺内容", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会议专家"
        ordering = ["meeting", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["meeting", "expert"], name="expert_sits_once_in_a_meeting"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(is_chair=True), name="meeting_has_one_chair"),
        ]

    def __str__(self):
        return f"{self.meeting_id} {self.expert_id}"


class MeetingItem(models.Model):
    """One application on the agenda. Only one item of a meeting is open at a time; recused members do not see it.

    `turn` counts the votes: an item that is opened again starts with an empty box, the ballots before stay. `standing`:
    as it was when the vote closed, {"members": who were not recused, "present": of them signed in, "recused":
    [{"expert": pk, "kind": code, "reason": sentence}]}; `outcome`: what it came to in the round. `reason`: why it was
    opened again or not voted on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "未开始"
        OPEN = "open", "表决中"
        CLOSED = "closed", "已表决"
        DROPPED = "dropped", "未表决"

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="meeting_items")
    order = models.PositiveSmallIntegerField()
    state = models.CharField("状态", max_length=8, choices=State, default=State.WAITING)
    turn = models.PositiveSmallIntegerField("表决次数", default=1)
    note = models.TextField("评议意见", blank=True)
    reason = models.CharField("重新表决或不表决的理由", max_length=500, blank=True)
    standing = models.JSONField("表决时的人员", null=True)
    outcome = models.ForeignKey("applications.RoundOutcome", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "会议议题"
        ordering = ["meeting", "order"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["meeting", "application"], name="application_is_on_the_agenda_once"),
            models.UniqueConstraint(fields=["meeting"], condition=Q(state="open"), name="one_open_item_of_a_meeting"),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(outcome__isnull=False, standing__isnull=False),
                name="closed_item_has_its_outcome",
            ),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="dropped_item_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.meeting_id} 第 {self.order} 项"


class Ballot(models.Model):
    """One member's vote on one item in one turn; raw and kept, changed only while the item is open.

    `struck_at`: it no longer counts, because its member stands aside from this application; `struck_for` says why.
    """

    class Choice(models.TextChoices):
        FOR = "for", "同意"
        AGAINST = "against", "不同意"
        ABSTAIN = "abstain", "弃权"

    item = models.ForeignKey(MeetingItem, models.CASCADE, related_name="ballots")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="+")
    turn = models.PositiveSmallIntegerField(default=1)
    choice = models.CharField("表决", max_length=8, choices=Choice)
    cast_at = models.DateTimeField()
    struck_at = models.DateTimeField("作废时间", null=True)
    struck_for = models.CharField("作废理由", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "表决票"
        ordering = ["item", "turn", "pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "turn", "expert"], name="expert_votes_once_on_an_item"),
            models.CheckConstraint(
                condition=Q(choice__in=["for", "against", "abstain"]), name="ballot_choice_is_known"
            ),
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | ~Q(struck_for=""), name="struck_ballot_says_why"
            ),
        ]

    def __str__(self):
        return f"{self.item_id} {self.get_choice_display()}"
