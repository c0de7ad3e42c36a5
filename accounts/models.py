"""Rows of the accounts room: people, units, recommending bodies, and what signing in leaves behind."""

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q

from accounts.choices import (
    BACK_OFFICE_ROLES,
    UNIT_ROLES,
    AttemptKind,
    DepartmentKind,
    Purpose,
    Role,
    UnitType,
)
from accounts.managers import UserManager
from jbgs.lib import clock
from jbgs.lib.regions import region_name
from jbgs.lib.validators import mask_phone

SYSTEM_USERNAME = "system"


class Unit(models.Model):
    """申报单位: an organisation that registered itself. Its code never changes, its name may (see `UnitName`)."""

    Type = UnitType

    code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("单位名称", max_length=200)
    type = models.CharField("单位类型", max_length=20, choices=UnitType)
    region = models.CharField("注册地", max_length=6, help_text="37 个地区之一的 6 位代码")
    registered_on = models.DateField("注册成立日期")
    address = models.CharField("注册地址", max_length=300, blank=True)
    legal_person = models.CharField("法定代表人", max_length=50, blank=True)
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    contact_phone = models.CharField("联系手机", max_length=20, blank=True)
    enterprise_kind = models.CharField("企业性质", max_length=50, blank=True)
    certificate_no = models.CharField("证照编号", max_length=50, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    is_fictitious = models.BooleanField("虚构单位", default=False, help_text="演练或演示用，代码与名称均为虚构")
    created_at = models.DateTimeField("注册时间", default=clock.now, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "申报单位"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(type__in=UnitType.values), name="unit_type_is_known"),
            models.CheckConstraint(condition=~Q(name=""), name="unit_has_a_name"),
            models.CheckConstraint(condition=~Q(code=""), name="unit_has_a_code"),
        ]

    def __str__(self):
        return self.name

    @property
    def region_name(self) -> str:
        """The region in words, '' when the code is none of the 37."""
        return region_name(self.region)


class UnitName(models.Model):
    """A name the unit had or has; the present one has no `valid_to`."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names", verbose_name="单位")
    name = models.CharField("名称", max_length=200)
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "单位曾用名"
        ordering = ["unit", "valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_from__lte=models.F("valid_to")),
                name="unit_name_ends_after_start",
            ),
        ]

    def __str__(self):
        return self.name


class Department(models.Model):
    """推荐单位: any body that may recommend; which of them a call offers is said by the call, not here."""

    Kind = DepartmentKind

    code = models.SlugField("代码", max_length=60, unique=True)
    official_name = models.CharField("单位全称", max_length=200)
    kind = models.CharField("类别", max_length=20, choices=DepartmentKind)
    region = models.CharField("地区", max_length=6, blank=True, help_text="37 个地区之一的 6 位代码；非地方单位为空")
    order = models.PositiveIntegerField("行政区划顺序", default=0)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级单位"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="as_recommender", verbose_name="同一单位"
    )
    certain = models.BooleanField("名称已核实", default=True)
    is_rehearsal = models.BooleanField("演练用", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "推荐单位"
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DepartmentKind.values), name="department_kind_is_known"),
            models.UniqueConstraint(
                fields=["official_name"], condition=Q(is_rehearsal=False), name="department_name_is_unique"
            ),
        ]

    def __str__(self):
        return self.official_name

    @property
    def region_name(self) -> str:
        """The region in words, '' for a body without one."""
        return region_name(self.region)


class DepartmentName(models.Model):
    """Another name of a recommending body, old or short, under which it may sign in (M26)."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="aliases", verbose_name="推荐单位")
    name = models.CharField("别名或曾用名", max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = "推荐单位别名"
        ordering = ["department", "name"]
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="alias_once_per_department"),
        ]

    def __str__(self):
        return self.name


class User(AbstractBaseUser):
    """One person's account. What it may do follows from `role` and object grants, not from Django model permissions.

    `is_superuser` exists because the admin and `createsuperuser` ask for it. It opens no content.
    """

    Role = Role

    username = models.CharField("登录名", max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    phone = models.CharField("手机", max_length=20, unique=True, null=True, blank=True)
    name = models.CharField("姓名", max_length=50)
    email = models.EmailField("邮箱", blank=True)
    role = models.CharField("角色", max_length=20, choices=Role)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="申报单位"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="people", verbose_name="推荐单位"
    )
    is_active = models.BooleanField("启用", default=True)
    is_superuser = models.BooleanField("应急账号", default=False, help_text="不因此看到任何申报内容")
    is_fictitious = models.BooleanField("虚构人员", default=False)
    created_at = models.DateTimeField("建立时间", default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["pk"]
        indexes = [models.Index(fields=["role", "is_active"], name="user_by_role")]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(
                condition=~Q(role__in=[role.value for role in UNIT_ROLES]) | Q(unit__isnull=False),
                name="unit_people_have_a_unit",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.RECOMMENDER.value) | Q(department__isnull=False),
                name="recommender_has_a_department",
            ),
            models.CheckConstraint(condition=Q(phone=None) | ~Q(phone=""), name="user_phone_is_null_or_set"),
            models.CheckConstraint(
                condition=Q(is_superuser=False) | Q(role=Role.SYSTEM_ADMIN.value),
                name="superuser_is_system_admin",
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the back office opens; by role, so that there is one truth (DESIGN §1)."""
        return self.is_back_office

    @property
    def is_back_office(self) -> bool:
        return self.role in BACK_OFFICE_ROLES

    @property
    def is_unit_person(self) -> bool:
        return self.role in UNIT_ROLES

    @property
    def is_unit_admin(self) -> bool:
        return self.role == Role.UNIT_ADMIN

    @property
    def is_recommender(self) -> bool:
        return self.role == Role.RECOMMENDER

    @property
    def is_officer(self) -> bool:
        return self.role == Role.OFFICER

    @property
    def is_expert(self) -> bool:
        return self.role == Role.EXPERT

    @property
    def is_owner(self) -> bool:
        return self.role == Role.OWNER

    @property
    def is_supervisor(self) -> bool:
        return self.role == Role.SUPERVISOR

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone or "")

    @property
    def groups(self):
        """No groups: guardian and the admin ask for them, rights here go object by object."""
        return Group.objects.none()

    def has_perm(self, perm: str, obj=None) -> bool:
        """Object grants only. Without an object, or for a superuser, nobody has a permission (DESIGN §1)."""
        if obj is None or not self.is_active or self.is_superuser:
            return False
        return any(backend.has_perm(self, perm, obj) for backend in auth.get_backends() if hasattr(backend, "has_perm"))

    def has_perms(self, perm_list, obj=None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """The back-office site and each ModelAdmin open by role, not by Django's model permissions."""
        return False


def system_user() -> User:
    """The actor of what the system does by itself; made on first use, nobody can sign in as it."""
    user, _ = User.objects.get_or_create(
        username=SYSTEM_USERNAME,
        defaults={"name": "系统", "role": Role.SYSTEM, "password": "!", "is_active": False},
    )
    return user


class RoleRecord(models.Model):
    """Which role an account was given, by whom; shows that the three administrators were never one person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="role_records", verbose_name="账号")
    role = models.CharField("角色", max_length=20, choices=Role)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "角色记录"
        ordering = ["user", "at", "pk"]

    def __str__(self):
        return self.get_role_display()


class IssuedPassword(models.Model):
    """A one-time password issued to a recommending body for its first sign-in (M24); only its hash is kept."""

    department = models.ForeignKey(Department, models.CASCADE, related_name="passwords", verbose_name="推荐单位")
    password_hash = models.CharField("密码散列", max_length=200)
    issued_at = models.DateTimeField("发放时间", default=clock.now)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="发放人"
    )
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="使用人"
    )
    replaced_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "首次登录密码"
        ordering = ["department", "-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(used_at=None, replaced_at=None),
                name="one_open_password_per_dept",
            ),
            models.CheckConstraint(condition=Q(used_at=None) | Q(replaced_at=None), name="used_or_replaced_not_both"),
        ]

    def __str__(self):
        return f"{self.department} {clock.local(self.issued_at):%Y-%m-%d}"


class PhoneCode(models.Model):
    """A code sent to a phone; only a keyed hash of it is kept. It is used once or not at all."""

    phone = models.CharField("手机", max_length=20)
    purpose = models.CharField("用途", max_length=20, choices=Purpose)
    code_hash = models.CharField("验证码散列", max_length=64)
    sent_at = models.DateTimeField("发送时间", default=clock.now)
    expires_at = models.DateTimeField("失效时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("错误次数", default=0)
    address = models.CharField("来源地址", max_length=45, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "短信验证码"
        ordering = ["-sent_at", "-pk"]
        indexes = [models.Index(fields=["phone", "purpose", "sent_at"], name="code_by_phone")]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="code_purpose_is_known"),
        ]

    def __str__(self):
        return f"{mask_phone(self.phone)} {self.get_purpose_display()}"


class Attempt(models.Model):
    """One try at something that is limited. Written before the try is judged, so that parallel tries cannot slip by."""

    kind = models.CharField("种类", max_length=20, choices=AttemptKind)
    account_key = models.CharField("账号散列", max_length=64)
    address = models.CharField("来源地址", max_length=45, blank=True)
    at = models.DateTimeField("时间", default=clock.now)
    failed = models.BooleanField("失败", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录尝试"
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["kind", "account_key", "at"], name="attempt_by_account"),
            models.Index(fields=["kind", "address", "at"], name="attempt_by_address"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.address}"


class Consent(models.Model):
    """Which version of the privacy notice a person accepted, and when (PIPL art. 14, 17)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents", verbose_name="账号")
    text_version = models.CharField("文本版本", max_length=20)
    accepted_at = models.DateTimeField("同意时间", default=clock.now)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息处理同意"
        ordering = ["user", "accepted_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "text_version"], name="consent_once_per_version"),
        ]

    def __str__(self):
        return f"{self.user} {self.text_version}"
