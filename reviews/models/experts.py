"""Experts: where they work and worked, what they know, when they cannot, to whom they are close."""

import json

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from jbgs.lib import clock
from jbgs.lib.crypto import EncryptedTextField
from jbgs.lib.regions import region_name

User = settings.AUTH_USER_MODEL


class Discipline(models.Model):
    """学科: one node of the tree by which experts and tasks are matched; codes as in the table that was loaded."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级学科"
    )

    class Meta:
        verbose_name = verbose_name_plural = "学科"
        ordering = ["code"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="discipline_has_code_and_name"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="discipline_is_not_its_parent"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class Sector(models.TextChoices):
    """Where an expert comes from."""

    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研院所"
    ENTERPRISE = "enterprise", "企业"
    OTHER = "other", "其他"


class AbsenceQuerySet(models.QuerySet):
    def on(self, day):
        """Those that keep their expert out on that day: begun, not over, not lifted."""
        return self.filter(from_on__lte=day, lifted_at=None).filter(Q(to_on=None) | Q(to_on__gte=day))


class ExpertQuerySet(models.QuerySet):
    def available(self, on=None):
        """Whom a draw may pick: marked as available, with an account that is open, and on that day (today if left out)
        neither away nor banned."""
        out = Absence.objects.on(on or clock.today()).values("expert")
        return self.filter(is_available=True, user__is_active=True).exclude(pk__in=out)

    def with_absences(self, on=None):
        """Each with `is_away` and `is_banned` on that day (today if left out)."""
        out = Absence.objects.on(on or clock.today()).filter(expert=OuterRef("pk"))
        return self.annotate(
            is_away=Exists(out.filter(kind=Absence.Kind.AWAY)), is_banned=Exists(out.filter(kind=Absence.Kind.BAN))
        )


class Expert(models.Model):
    """评审专家: where a person works and what they know. The account itself is `user`.

    `disciplines`: codes of `Discipline` and free words, as the expert's work is best told. `person_key` is that of
    applications.persons, made of the ID number, so that the same person in a team is found without reading it.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="expert", verbose_name="账号")
    unit_name = models.CharField("工作单位", max_length=200)
    unit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    disciplines = models.JSONField("学科方向", default=list, blank=True)
    title = models.CharField("职称", max_length=60, blank=True)
    sector = models.CharField("单位类型", max_length=12, choices=Sector, blank=True)
    region = models.CharField("地区", max_length=6, blank=True)
    id_number = EncryptedTextField("身份证件号码", blank=True)
    person_key = models.CharField(max_length=65, blank=True, db_index=True)
    max_load = models.PositiveSmallIntegerField("最多评审份数", default=12)
    is_available = models.BooleanField("可以参加评审", default=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "评审专家"
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(unit_name=""), name="expert_has_a_unit"),
            models.CheckConstraint(condition=Q(max_load__gte=1), name="expert_can_take_one_application"),
            models.CheckConstraint(condition=Q(sector__in=["", *Sector.values]), name="expert_sector_is_known"),
            models.UniqueConstraint(fields=["person_key"], condition=~Q(person_key=""), name="expert_is_one_person"),
        ]

    def __str__(self):
        return f"{self.user} {self.unit_name}"

    @property
    def number(self) -> str:
        """How lists and papers name an expert without the person's name: E-0392."""
        return f"E-{self.pk:04d}"

    @property
    def region_name(self) -> str:
        """The region in words, '' when none was given."""
        return region_name(self.region)


class Employment(models.Model):
    """任职经历: a unit for which the expert works or worked, beside the present main one on `Expert`.

    Without `to_on` it lasts (双聘, 兼职). It counts for recusal while it lasts and `review.recusal.years` after.
    """

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="employments")
    unit_name = models.CharField("单位", max_length=200)
    unit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    position = models.CharField("职务", max_length=60, blank=True)
    from_on = models.DateField("起", null=True, blank=True)
    to_on = models.DateField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "任职经历"
        ordering = ["expert", "-from_on", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(unit_name=""), name="employment_has_a_unit"),
            models.CheckConstraint(
                condition=Q(from_on=None) | Q(to_on=None) | Q(from_on__lte=F("to_on")),
                name="employment_ends_after_start",
            ),
        ]

    def __str__(self):
        return self.unit_name


class Absence(models.Model):
    """When an expert cannot be drawn: away by the own wish, or banned by an officer with a reason.

    Both days count; without `to_on` until it is lifted. A lifted one stays as history.
    """

    class Kind(models.TextChoices):
        AWAY = "away", "不便参加"
        BAN = "ban", "禁评"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="absences")
    kind = models.CharField("种类", max_length=6, choices=Kind)
    from_on = models.DateField("起")
    to_on = models.DateField("止", null=True, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "不参加评审的时间"
        ordering = ["expert", "-from_on", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["away", "ban"]), name="absence_kind_is_known"),
            models.CheckConstraint(condition=~Q(kind="ban") | ~Q(reason=""), name="ban_of_an_expert_has_a_reason"),
            models.CheckConstraint(
                condition=Q(to_on=None) | Q(from_on__lte=F("to_on")), name="absence_ends_after_start"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.from_on:%F}"


class Relation(models.Model):
    """A person or a unit to whom the expert declares to be close, whatever the call (N28); kept by the expert.

    It counts against every application in which a member bears the name (and, where one is given, works for the unit),
    or in which the unit leads or joins. `until_on`: the last day on which it counts, None for always.
    """

    class Kind(models.TextChoices):
        RELATIVE = "relative", "近亲属"
        TEACHER = "teacher", "师生"
        COAUTHOR = "coauthor", "近年合作（论文、专利、项目）"
        INTEREST = "interest", "经济利益（持股、兼职、顾问）"
        OTHER = "other", "其他可能影响公正的关系"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="relations")
    kind = models.CharField("关系", max_length=10, choices=Kind)
    person_name = models.CharField("姓名", max_length=60, blank=True)
    unit_name = models.CharField("单位", max_length=200, blank=True)
    unit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    until_on = models.DateField("至", null=True, blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "利益关系"
        ordering = ["expert", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(person_name="") | ~Q(unit_name=""), name="relation_names_a_person_or_a_unit"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.person_name or self.unit_name}"


class ExpertImport(models.Model):
    """One .xlsx of experts as it was read, until somebody confirms it: nothing of it is in force before.

    `lines`: what `reviews.importing` read of each row of the sheet, never the file; encrypted, for it holds phone and
    ID numbers, and emptied of both once it is confirmed.
    """

    name = models.CharField("文件", max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    content = EncryptedTextField("读取结果", default="[]")
    notes = models.JSONField("没有读取的内容", default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间", default=clock.now, editable=False)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="确认人")
    confirmed_at = models.DateTimeField("确认时间", null=True)
    written = models.PositiveIntegerField("写入的专家数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "专家导入"
        ordering = ["-at"]
        default_permissions = ()

    def __str__(self):
        return self.name

    @property
    def lines(self) -> list[dict]:
        """The rows as JSON; assign a list to change them."""
        return json.loads(self.content)

    @lines.setter
    def lines(self, rows: list[dict]) -> None:
        self.content = json.dumps(rows, ensure_ascii=False)
