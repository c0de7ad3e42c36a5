"""A file that the system makes: the row is the job, and afterwards the record of what was made (DESIGN §6.8)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


def unguessable_path(artifact: "Artifact", filename: str) -> str:
    """Where the file lies in the storage; the name that people see stands in `Artifact.filename` only."""
    name = uuid.uuid4().hex
    suffix = filename.rpartition(".")[2].lower()
    return f"documents/{name[:2]}/{name}.{suffix}"


class Artifact(models.Model):
    """One file of one kind for one owner, for example the PDF of one version. Made once, then kept.

    `kind` says which function makes it and who may read it (`documents.jobs.register`), `owner_key` which thing it is
    of: the two together are unique, so the same request twice is one job and one file. `params` are plain JSON values
    for that function.
    """

    class State(models.TextChoices):
        PENDING = "pending", "等待生成"
        WORKING = "working", "正在生成"
        DONE = "done", "已生成"
        FAILED = "failed", "生成失败"

    kind = models.CharField("种类", max_length=40)
    owner_key = models.CharField("对象", max_length=120)
    params = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    working_since = models.DateTimeField("开始时间", null=True)
    file = models.FileField("文件", upload_to=unguessable_path, max_length=120, blank=True)
    filename = models.CharField("文件名", max_length=160, blank=True)
    size = models.PositiveBigIntegerField("字节数", default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField("失败原因", blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField("申请时间")
    done_at = models.DateTimeField("生成时间", null=True)

    class Meta:
        verbose_name = "文件"
        verbose_name_plural = "文件"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_key"], name="artifact_of_an_owner_is_made_once"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "working", "done", "failed"]), name="artifact_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(file="") & Q(done_at__isnull=False)), name="done_artifact_has_a_file"
            ),
            models.CheckConstraint(
                condition=~Q(state="working") | Q(working_since__isnull=False), name="working_artifact_has_a_start"
            ),
        ]
        indexes = [
            # What a sweep looks for: always few rows, however many files there are.
            models.Index(fields=["state", "id"], condition=Q(state__in=["pending", "working"]), name="artifact_open"),
        ]

    def __str__(self):
        return f"{self.kind} {self.owner_key}"

    @property
    def is_open(self) -> bool:
        """Still to be made."""
        return self.state in (self.State.PENDING, self.State.WORKING)
