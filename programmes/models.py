"""Programmes, calls and what they offer. The rules of a call live in the document of its current CallVersion."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from jbgs.lib import clock
from programmes.parse import spec_of
from programmes.spec import WHOLE, CallSpec

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", "编码只能用英文字母、数字、点、横线和下划线。")


class Programme(models.Model):
    """What comes back each year; its calls share officers, experts and history."""

    slug = models.SlugField("标识", unique=True, max_length=60)
    title = models.CharField("名称", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "计划"
        ordering = ["slug"]

    def __str__(self):
        return self.title


class CallQuerySet(models.QuerySet):
    def public(self):
        """Calls that everybody may see: rehearsals stay out of every public list."""
        return self.filter(is_rehearsal=False)

    def real(self):
        """Calls that count in statistics and reminders: neither a rehearsal nor the demo's copy."""
        return self.filter(is_rehearsal=False, is_demo=False)


class Call(models.Model):
    """批次: one round of a programme."""

    slug = models.CharField("标识", unique=True, max_length=80, validators=[CODE])
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="calls", verbose_name="计划")
    title = models.CharField("名称", max_length=200)
    year = models.PositiveSmallIntegerField("年度")
    is_rehearsal = models.BooleanField("演练", default=False)
    is_demo = models.BooleanField("演示", default=False)
    original = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="copies", verbose_name="原批次"
    )
    current_version = models.ForeignKey(
        "CallVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="现行版本"
    )
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ["-year", "slug"]
        default_permissions = ()
        permissions = [("manage_call", "主管本批次"), ("supervise_call", "监督本批次")]

    def __str__(self):
        return self.title

    @property
    def spec(self) -> CallSpec:
        """The rules in force: windows, quota limits and texts; an application takes its form from its own version."""
        return self.current_version.spec


class CallVersionManager(models.Manager):
    """Leaves the large document in the database until it is read; a spec that is cached never reads it."""

    def get_queryset(self):
        return super().get_queryset().defer("document")


class CallVersion(models.Model):
    """One wording of a call's rules. Never changed: an application keeps the version under which it was filed."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="versions", verbose_name="批次")
    number = models.PositiveIntegerField("版本号")
    document = models.JSONField("内容")
    sha256 = models.CharField("SHA-256", max_length=64)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="建立人"
    )

    objects = CallVersionManager()

    class Meta:
        verbose_name = verbose_name_plural = "批次版本"
        ordering = ["call", "number"]
        base_manager_name = "objects"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="a_call_numbers_its_versions_once"),
        ]

    def __str__(self):
        return f"第 {self.number} 版"

    def save(self, *args, **kwargs):
        """Write a new version; an existing one cannot be written again."""
        if not self._state.adding:
            raise ValidationError("批次版本一经建立不得修改，请载入新版本。")
        super().save(*args, **kwargs)

    @property
    def spec(self) -> CallSpec:
        """The parsed rules, cached for the process by the document's hash."""
        return spec_of(self.sha256, lambda: self.document)


class CallDraft(models.Model):
    """What a call shall become: a document under work in the back office, applied as a whole or thrown away.

    `call` is None for a call that does not exist yet; `source` is the one it was copied from. `base`: the version that
    was current when the work began; `version` counts the saves and is the lock against overwriting each other.
    """

    call = models.OneToOneField(Call, models.CASCADE, null=True, related_name="draft", verbose_name="批次")
    source = models.ForeignKey(Call, models.CASCADE, null=True, related_name="+", verbose_name="来源批次")
    base = models.ForeignKey(CallVersion, models.PROTECT, related_name="+", verbose_name="依据的版本")
    slug = models.CharField("标识", unique=True, max_length=80, validators=[CODE])
    document = models.JSONField("内容")
    version = models.PositiveIntegerField("保存次数", default=1)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="保存人")
    saved_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "批次修改稿"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(call__isnull=False) | Q(source__isnull=False), name="a_draft_changes_or_copies_a_call"
            )
        ]

    def __str__(self):
        return f"{self.document.get('title', self.slug)}（修改稿）"

    @property
    def origin(self) -> Call:
        """The call whose officers may work on it: the one it changes, else the one it was copied from."""
        return self.call or self.source


class TaskImport(models.Model):
    """One file of tasks as it was read, until somebody confirms it: nothing of it is in force before.

    `found`: the rows (programmes.importing.rows.dump), never the file. `version`: what confirming wrote.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="task_imports", verbose_name="批次")
    name = models.CharField("文件", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    found = models.JSONField("读取结果")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=clock.now, editable=False)
    version = models.ForeignKey(
        CallVersion, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="写入的版本"
    )
    written = models.PositiveIntegerField("写入的任务数", default=0)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="确认人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "任务导入"
        ordering = ["call", "-at"]
        default_permissions = ()

    def __str__(self):
        return self.name


class Field(models.Model):
    """领域 / 专项. Keyed (call, code); one that is in use is retired, not deleted."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="fields", verbose_name="批次")
    code = models.CharField("编码", max_length=40, validators=[CODE])
    name = models.CharField("名称", max_length=200)
    order = models.PositiveIntegerField("次序", default=0)
    retired = models.BooleanField("停用", default=False)
    contact = models.JSONField("联系方式", default=dict, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "领域"
        ordering = ["call", "order"]
        default_permissions = ()
        permissions = [("manage_field", "主管本领域")]
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="a_field_code_is_used_once_in_a_call")]

    def __str__(self):
        return self.name


class Task(models.Model):
    """榜单任务: what one applies for. Its indicators are in the call's document (`spec`)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="tasks", verbose_name="批次")
    field = models.ForeignKey(Field, models.PROTECT, related_name="tasks", verbose_name="领域")
    code = models.CharField("编码", max_length=40, validators=[CODE])
    title = models.CharField("名称", max_length=300)
    category = models.CharField("类别", max_length=40, blank=True)
    summary = models.TextField("简介", blank=True)
    order = models.PositiveIntegerField("次序", default=0)
    retired = models.BooleanField("停用", default=False)
    owner_name = models.CharField("发榜单位", max_length=120, blank=True)
    owner_code = models.CharField("发榜单位代码", max_length=40, blank=True, db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "榜单任务"
        ordering = ["call", "order"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["call", "code"], name="a_task_code_is_used_once_in_a_call")]

    def __str__(self):
        return self.title if self.code == WHOLE else f"{self.code} {self.title}"


class Extension(models.Model):
    """延期: a window that closes later, for everybody, for one recommending department or for one unit."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="extensions", verbose_name="批次")
    window = models.CharField("环节", max_length=40)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="推荐单位"
    )
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报单位"
    )
    closes_at = models.DateTimeField("延至")
    reason = models.TextField("理由")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("经办时间")

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["call", "window", "at"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=True) | Q(unit__isnull=True),
                name="an_extension_is_for_all_or_one_department_or_one_unit",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="an_extension_has_a_reason"),
        ]


class OwnDeadline(models.Model):
    """A recommending department's own, earlier end of a window for its applicants (J44, Suzhou 2024)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="own_deadlines", verbose_name="批次")
    window = models.CharField("环节", max_length=40)
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name="推荐单位")
    closes_at = models.DateTimeField("截止时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人")
    at = models.DateTimeField("经办时间")

    class Meta:
        verbose_name = verbose_name_plural = "推荐单位自定截止时间"
        ordering = ["call", "window", "closes_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["call", "window", "department"], name="a_department_sets_one_own_deadline_per_window"
            )
        ]


class CalendarDay(models.Model):
    """One day of the working calendar; a day without a row is judged by its weekday and marked provisional (§4.9)."""

    date = models.DateField("日期", unique=True)
    is_workday = models.BooleanField("工作日")
    source = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "工作日历"
        ordering = ["date"]
        default_permissions = ()

    def __str__(self):
        return f"{self.date:%Y-%m-%d} {'工作日' if self.is_workday else '休息日'}"


class CallUserObjectPermission(UserObjectPermissionBase):
    """manage_call (officer), supervise_call (supervisor): written only by applications.access (DESIGN §6.4)."""

    content_object = models.ForeignKey(Call, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = verbose_name_plural = "批次授权"


class FieldUserObjectPermission(UserObjectPermissionBase):
    """manage_field (officer of one field): written only by applications.access."""

    content_object = models.ForeignKey(Field, models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = verbose_name_plural = "领域授权"
