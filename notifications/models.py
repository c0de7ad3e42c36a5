"""The outbox: one row per message, person and channel; the worker's pulse; and what the demo's telephone received."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from jbgs.lib import clock
from notifications import conf

INBOX = "inbox"


class MessageQuerySet(models.QuerySet):
    def in_inbox(self):
        """The rows that people read on screen; the other channels' rows only say how they were told besides."""
        return self.filter(channel=INBOX)

    def unread(self):
        return self.filter(read_at=None)

    def due(self, moment: datetime):
        """Rows that wait for a worker at `moment` (machine time), and rows whose worker died."""
        waiting = Q(state=Message.State.PENDING, next_try_at__lte=moment)
        abandoned = Q(state=Message.State.WORKING, working_since__lt=moment - conf.stale_after())
        return self.filter(waiting | abandoned)


class Message(models.Model):
    """One message to one person through one channel.

    Times: `created_at`, `sent_at` and `read_at` are business time, `working_since` and `next_try_at` machine time (a
    rehearsal's clock must not confuse the workers). `batch` marks the rows that one `outbox.enqueue` wrote, `about` is
    the caller's key of the thing, `address` the telephone or mail address as it was when the event happened.
    """

    class State(models.TextChoices):
        PENDING = "pending", "待发送"
        WORKING = "working", "发送中"
        DONE = "done", "已发送"
        FAILED = "failed", "未发出"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="messages", verbose_name="收件人")
    channel = models.CharField("方式", max_length=20)
    event = models.CharField("事项", max_length=60)
    dedup = models.CharField("去重键", max_length=200)
    batch = models.UUIDField("批", editable=False)
    about = models.CharField("关于", max_length=100, blank=True)
    address = models.CharField("地址", max_length=254, blank=True)
    title = models.CharField("标题", max_length=200)
    body = models.TextField("正文", blank=True)
    url = models.CharField("链接", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    working_since = models.DateTimeField("开始发送", null=True, blank=True)
    next_try_at = models.DateTimeField("下次发送", default=clock.machine_now)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    error = models.CharField("原因", max_length=300, blank=True)
    created_at = models.DateTimeField("生成时间", default=clock.now)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "消息", "发送记录"
        ordering = ("-created_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=("event", "dedup", "user", "channel"), name="one_message_per_event_person_and_channel"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("pending", "working", "done", "failed")), name="message_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="done", sent_at__isnull=False) | (~Q(state="done") & Q(sent_at=None)),
                name="message_is_sent_exactly_when_done",
            ),
            models.CheckConstraint(
                condition=Q(state="working", working_since__isnull=False)
                | (~Q(state="working") & Q(working_since=None)),
                name="message_has_a_worker_exactly_while_working",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(error=""), name="failed_message_says_why"),
            models.CheckConstraint(condition=~Q(dedup=""), name="message_has_a_dedup_key"),
        ]
        indexes = [
            models.Index(
                fields=("next_try_at",), condition=Q(state__in=("pending", "working")), name="message_unfinished"
            ),
            models.Index(fields=("user", "-created_at"), condition=Q(channel=INBOX), name="message_inbox"),
            models.Index(fields=("user",), condition=Q(channel=INBOX, read_at=None), name="message_unread"),
            models.Index(fields=("-created_at",), condition=Q(state="failed"), name="message_failed"),
        ]

    def __str__(self):
        return f"第 {self.pk} 号消息，{self.get_state_display()}"


class Heartbeat(models.Model):
    """When the process `name` last did something (machine time); beat's task writes it through the worker."""

    name = models.CharField("名称", max_length=40, unique=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "心跳"

    def __str__(self):
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"


class OutgoingText(models.Model):
    """A text message that the console transport printed; written in the demo only, kept for a day."""

    phone = models.CharField("手机号", max_length=20)
    text = models.TextField("内容")
    created_at = models.DateTimeField("时间", default=clock.machine_now)

    class Meta:
        verbose_name = verbose_name_plural = "演示短信"
        indexes = [models.Index(fields=("phone", "-id"), name="outgoing_text_by_phone")]

    def __str__(self):
        return f"{self.phone} {self.created_at:%Y-%m-%d %H:%M:%S}"


class CalendarFeed(models.Model):
    """A person's due dates as an .ics feed at a secret address; of the secret only its SHA-256 is kept."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feed")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField("建立时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
        default_permissions = ()

    def __str__(self):
        return f"{self.user_id}"
