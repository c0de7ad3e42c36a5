"""Codes and labels of the accounts room: codes are keys, labels are words (DESIGN §6.5)."""

from django.db import models


class Role(models.TextChoices):
    """What an account is for. One account has exactly one role, so the three administrators exclude each other."""

    UNIT_ADMIN = "unit_admin", "申报单位管理员"
    UNIT_FILLER = "unit_filler", "申报单位填报人"
    RECOMMENDER = "recommender", "推荐单位"
    OFFICER = "officer", "主管"
    EXPERT = "expert", "评审专家"
    OWNER = "owner", "发榜单位"
    SUPERVISOR = "supervisor", "监督"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    SYSTEM = "system", "系统"


UNIT_ROLES = (Role.UNIT_ADMIN, Role.UNIT_FILLER)
ADMINISTRATOR_ROLES = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
BACK_OFFICE_ROLES = (
    Role.RECOMMENDER,
    Role.OFFICER,
    Role.EXPERT,
    Role.OWNER,
    Role.SUPERVISOR,
    *ADMINISTRATOR_ROLES,
)


class UnitType(models.TextChoices):
    """Types that the notice encourages to apply together (M09), and the rest of 企事业单位 (M06)."""

    ENTERPRISE = "enterprise", "企业"
    UNIVERSITY = "university", "高校"
    INSTITUTE = "institute", "科研院所"
    NEW_RND = "new_rnd", "新型研发机构"
    HOSPITAL = "hospital", "医疗卫生机构"
    FINANCE = "finance", "金融机构"
    PUBLIC_INSTITUTION = "public_institution", "其他事业单位"
    OTHER = "other", "其他"


class DepartmentKind(models.TextChoices):
    """Which line a recommending body belongs to."""

    INDUSTRY = "industry", "工业和信息化主管部门"
    SCIENCE = "science", "科技主管部门"
    SME = "sme", "中小企业主管部门"
    SOE = "soe", "中央企业集团"
    ZONE = "zone", "园区"
    HOST_UNIT = "host_unit", "依托单位"
    OTHER = "other", "其他"


class Purpose(models.TextChoices):
    """What a phone code was asked for; a code of one purpose opens no other door."""

    REGISTER = "register", "注册申报单位"
    SIGN_IN = "sign_in", "登录"
    FIRST_SIGN_IN = "first_sign_in", "推荐单位首次登录"
    ADD_PERSON = "add_person", "添加填报人"


class AttemptKind(models.TextChoices):
    """What was tried; the limits of each kind are counted in rows, never in a cache."""

    PASSWORD = "password", "前台密码登录"
    BACK_OFFICE = "back_office", "后台密码登录"
    FIRST_SIGN_IN = "first_sign_in", "首次登录"
    CODE_SENT = "code_sent", "发送验证码"
    CODE_CHECK = "code_check", "核对验证码"
    OBJECTION = "objection", "网上提出异议"
