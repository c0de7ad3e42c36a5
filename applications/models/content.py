"""What an applicant types and uploads, and the frozen versions of it (DESIGN §3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from jbgs.lib.crypto import EncryptedTextField


def upload_path(attachment, filename: str) -> str:
    """An unguessable place; the name that people gave the file is kept in the row only."""
    suffix = filename.rpartition(".")[2].lower()
    return f"attachments/{attachment.application_id}/{attachment.sha256[:32]}.{suffix}"


class Section(models.Model):
    """One section exactly as it was typed. Typed rows (Partner, Member …) are rebuilt from it at each save.

    `version` is the optimistic lock: a save names the version it read, an older one is refused and shown both texts.
    """

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="sections")
    key = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="section_key_is_used_once")]

    def __str__(self):
        return f"{self.application_id}/{self.key} v{self.version}"


class Partner(models.Model):
    """A joint unit (联合单位); the lead is the application's own unit."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="partners")
    order = models.PositiveSmallIntegerField()
    name = models.CharField("单位名称", max_length=120)
    code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    type = models.CharField("单位类型", max_length=30, blank=True)
    country = models.CharField("国家（地区）", max_length=40, blank=True)
    duty = models.TextField("承担任务", blank=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["application", "order"], name="partner_order_is_used_once")]
        indexes = [models.Index(fields=["code"], name="partner_code")]

    def __str__(self):
        return self.name


class Member(models.Model):
    """A person of the team; the identity number is encrypted and shown masked.

    `person_key` and `name_key` (applications.persons) find the same person in other applications without it.
    """

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="members")
    order = models.PositiveSmallIntegerField()
    name = models.CharField("姓名", max_length=60)
    is_leader = models.BooleanField("项目负责人", default=False)
    birth_date = models.DateField("出生日期", null=True)
    title = models.CharField("职称", max_length=60, blank=True)
    degree = models.CharField("学位", max_length=30, blank=True)
    employer = models.CharField("工作单位", max_length=120, blank=True)
    duty = models.CharField("分工", max_length=200, blank=True)
    months = models.PositiveSmallIntegerField("投入月数", null=True)
    id_number = EncryptedTextField("身份证件号码", blank=True)
    person_key = models.CharField(max_length=65, blank=True, db_index=True)
    name_key = models.CharField(max_length=65, blank=True, db_index=True)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["application", "order"], name="member_order_is_used_once")]

    def __str__(self):
        return self.name


class BudgetLine(models.Model):
    """Money in hundredths of 万元, an integer: SQLite keeps decimals as REAL."""

    class Kind(models.TextChoices):
        SOURCE = "source", "来源"
        ITEM = "item", "支出"

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="budget_lines")
    kind = models.CharField(max_length=10, choices=Kind)
    code = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField(null=True)
    amount = models.BigIntegerField("金额（百分之一万元）")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "kind", "code", "year"], name="budget_line_is_unique"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_amount_is_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=["source", "item"]), name="budget_kind_is_known"),
        ]

    def __str__(self):
        return f"{self.kind} {self.code} {self.year}: {self.amount}"


class Commitment(models.Model):
    """What the unit promises for one indicator of its task: {"value"} | {"low", "high"} | {"text"}, numbers as text."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="commitments")
    indicator_code = models.CharField(max_length=20)
    promise = models.JSONField(default=dict)
    proof = models.CharField("证明方式", max_length=200, blank=True)
    note = models.TextField("说明", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "indicator_code"], name="indicator_is_promised_once")
        ]

    def __str__(self):
        return f"{self.application_id}/{self.indicator_code}"


class Attachment(models.Model):
    """An uploaded file. Removing it only marks it: a frozen version may name it."""

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=40)
    name = models.CharField("文件名", max_length=200)
    file = models.FileField(upload_to=upload_path, max_length=200)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "id"]

    def __str__(self):
        return self.name


class Pledge(models.Model):
    """A signed pledge: who, which text, when. `text_sha256` names the exact wording.

    `section` is the key of its section of the form, `role` who signs there (programmes.words.PLEDGE_SIGNERS); the
    participants' pledge names all of them in `signer`.
    """

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="pledges")
    section = models.CharField(max_length=40)
    role = models.CharField(max_length=20, default="unit")
    signer = models.TextField("签署人")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "section"], condition=Q(withdrawn_at__isnull=True), name="one_valid_pledge_each"
            )
        ]

    def __str__(self):
        return f"{self.signer} {self.signed_at}"


class Version(models.Model):
    """The application as submitted: one canonical JSON, its SHA-256 and the short code printed on every page.

    Its PDF is the `documents.Artifact` of kind application_pdf with the owner key `version:<pk>`.
    """

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=10, default="SHA-256")
    code = models.CharField(max_length=14, unique=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="version_number_is_used_once")]

    def __str__(self):
        return f"第 {self.number} 版"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a Version is frozen; write a new one")
        super().save(*args, **kwargs)
