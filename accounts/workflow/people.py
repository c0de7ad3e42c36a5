"""People: making accounts, the members of a unit, roles, passwords."""

from django.db import IntegrityError, transaction

from accounts import messages, phone_codes
from accounts.choices import BACK_OFFICE_ROLES, UNIT_ROLES, Purpose, Role
from accounts.models import Department, RoleRecord, Unit, User
from accounts.passwords import check_password_strength
from accounts.queries import administrators_of
from accounts.record import record
from accounts.rules import can_create_accounts, can_grant_roles, can_hold_role, can_manage_people
from accounts.workflow.checks import checked, checked_words, claim_phone, phone_taken, require
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_mobile


def create_person(
    *,
    role: str,
    name: str,
    username: str = "",
    phone: str | None = None,
    password: str | None = None,
    unit: Unit | None = None,
    department: Department | None = None,
    is_active: bool = True,
    by: User | None = None,
    **details,
) -> User:
    """An account of any role, with its role record and log entry. Without a password only phone codes open it.

    Used by registration, by the demo and by rehearsals; the back office comes through it with its own checks. Without a
    `username` one is made from the unit's or department's code, or from the role, and a number. `phone` must be free.
    """
    with transaction.atomic():
        user = User.objects.create_user(
            username or _free_username(role, unit, department), password, role=role, name=name, phone=phone or None,
            unit=unit, department=department, is_active=is_active, **details,
        )  # fmt: skip
        RoleRecord.objects.create(user=user, role=role, by=by)
        record(user, "create_account", by, role=str(role))
    return user


def _free_username(role: str, unit: Unit | None, department: Department | None) -> str:
    """`<unit or department code>-2`, `expert-17`: a name that no account has; the unique constraint decides races."""
    stem = unit.code if unit else department.code if department else str(role).replace("_", "-")
    number = User.objects.filter(username__startswith=f"{stem}-").count() + 1
    while User.objects.filter(username=f"{stem}-{number}").exists():
        number += 1
    return f"{stem}-{number}"


def invite_filler(unit: Unit, *, by: User, name: str, phone: str, code: str, address: str = "") -> User:
    """The administrator adds a colleague, who hands over the code sent to the own phone: so no stranger gets in by a
    mistyped number. The colleague signs in by phone code and may set a password."""
    require(can_manage_people(unit, by), "只有本单位的管理员可以添加填报人。")
    name = checked_words(name, "name", "姓名", 50)
    phone = checked(check_mobile, phone, "bad_phone", "phone")
    proof = phone_codes.verify(phone, Purpose.ADD_PERSON, code, address)
    try:
        with transaction.atomic():
            Unit.objects.select_for_update().get(pk=unit.pk)  # numbers the login names one after the other
            claim_phone(phone)
            phone_codes.use(proof)
            filler = create_person(
                role=Role.UNIT_FILLER, name=name, phone=phone, unit=unit, by=by, is_fictitious=unit.is_fictitious
            )
            messages.person_added(filler, by=by)
    except IntegrityError:
        raise phone_taken(User.objects.filter(phone=phone).first()) from None
    return filler


def deactivate_person(person: User, *, by: User) -> User:
    """Stop a member of the unit: no more sign-in; what the person wrote stays. The last administrator stays."""
    with transaction.atomic():
        person = _locked_member(person, by)
        if person.is_active:
            _keep_an_administrator(person)
            person.is_active = False
            person.save(update_fields=["is_active"])
            record(person, "deactivate_account", by)
    return person


def reactivate_person(person: User, *, by: User) -> User:
    """Let a stopped member in again. One whose phone went to another account since is asked to be added anew."""
    with transaction.atomic():
        person = _locked_member(person, by)
        if not person.is_active:
            if not person.phone and not person.has_usable_password():
                raise Refused("no_way_in", f"{person.name}的手机号已用于另一个账号。请用新的手机号重新添加。", "phone")
            person.is_active = True
            person.save(update_fields=["is_active"])
            record(person, "reactivate_account", by)
    return person


def change_unit_role(person: User, *, by: User, role: str) -> User:
    """Make a member of the unit administrator or filler; at least one active administrator remains."""
    if role not in UNIT_ROLES:
        raise Refused("bad_role", "单位成员只能是管理员或填报人。", "role", status=400)
    with transaction.atomic():
        person = _locked_member(person, by)
        if person.role != role:
            if not person.is_active:
                raise Refused("inactive", f"{person.name}的账号已停用，请先恢复。", "role")
            _keep_an_administrator(person)
            _set_role(person, role, by)
    return person


def _locked_member(person: User, by: User) -> User:
    """The member, under the lock of the unit: two administrators cannot stop each other at once."""
    unit = Unit.objects.select_for_update().filter(pk=person.unit_id).first()
    require(unit is not None and can_manage_people(unit, by), "只有本单位的管理员可以管理成员。")
    by.refresh_from_db(fields=["role", "is_active"])
    require(can_manage_people(unit, by), "您已不是本单位的管理员。")
    return User.objects.select_for_update().get(pk=person.pk)


def _keep_an_administrator(person: User) -> None:
    others = administrators_of(person.unit).exclude(pk=person.pk)
    if person.role == Role.UNIT_ADMIN and not others.exists():
        raise Refused("last_administrator", "单位至少要有一位管理员。请先把另一位成员设为管理员。", "role")


def grant_role(person: User, *, by: User, role: str) -> User:
    """The security administrator gives a back-office account another role; nobody is two of the three 三员."""
    require(can_grant_roles(by), "只有安全管理员可以授予角色。")
    require(person.pk != by.pk, "不能修改自己的角色。")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        refuse_role(person, role)
        if person.role != role:
            _set_role(person, role, by)
    return person


def refuse_role(person: User, role: str) -> None:
    """Refused at field `role` when this account cannot hold it (三员互斥, unit people stay unit people)."""
    held = set(person.role_records.values_list("role", flat=True))
    if not can_hold_role(person, role, held):
        raise Refused(
            "role_excluded",
            "系统管理员、安全管理员、审计管理员互斥，也不兼任其他角色；申报单位人员不能改为后台角色。请另建账号。",
            "role",
        )
    if role == Role.RECOMMENDER and person.department_id is None:
        raise Refused("no_department", "推荐单位人员须先有所属推荐单位。", "role")
    if role == Role.OWNER and person.unit_id is None:
        raise Refused("no_unit", "发榜单位人员须先有所属单位。请另建账号。", "role")


def approve_account(person: User, *, by: User) -> User:
    """The security administrator opens an account that the system administrator made."""
    require(can_grant_roles(by), "只有安全管理员可以启用后台账号。")
    require(person.pk != by.pk, "不能启用自己的账号。")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if person.role not in BACK_OFFICE_ROLES:
            raise Refused("not_back_office", "申报单位人员由本单位管理员启用。", "is_active")
        if not person.is_active:
            person.is_active = True
            person.save(update_fields=["is_active"])
            record(person, "approve_account", by, role=person.role)
    return person


def open_back_office_account(*, by: User, role: str, name: str, **details) -> User:
    """The system administrator makes a back-office account; it opens when the security administrator approves it."""
    require(can_create_accounts(by), "只有系统管理员可以建立账号。")
    if role not in BACK_OFFICE_ROLES:
        raise Refused("bad_role", "申报单位人员由单位自己注册和添加。", "role", status=400)
    return create_person(role=role, name=name, by=by, is_active=False, **details)


def update_account(person: User, *, by: User, name: str, phone: str, email: str = "") -> User:
    """The system administrator corrects an account's name, phone or address; '' takes the phone away."""
    require(can_create_accounts(by), "只有系统管理员可以修改账号。")
    name = checked_words(name, "name", "姓名", 50)
    phone = checked(check_mobile, phone, "bad_phone", "phone") if phone else None
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if phone and phone != person.phone:
            claim_phone(phone, but=person)
        new = {"name": name, "phone": phone, "email": email}
        changed = [field for field, value in new.items() if getattr(person, field) != value]
        for field in changed:
            setattr(person, field, new[field])
        if changed:
            person.save(update_fields=changed)
            record(person, "update_account", by, fields=changed)
    return person


def stop_account(person: User, *, by: User) -> User:
    """The system or the security administrator stops any account but the own; it ends its sessions at once."""
    require(can_create_accounts(by) or can_grant_roles(by), "只有系统管理员和安全管理员可以停用账号。")
    require(person.pk != by.pk, "不能停用自己的账号。")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=person.pk)
        if person.is_active:
            person.is_active = False
            person.save(update_fields=["is_active"])
            record(person, "deactivate_account", by)
    return person


def change_password(person: User, *, by: User, new: str, old: str | None = None) -> User:
    """Set the own password. `old` is needed unless None: the caller passes None only after a sign-in by phone code."""
    require(person.pk == by.pk, "只能修改自己的密码。")
    if old is not None and person.has_usable_password() and not person.check_password(old):
        raise Refused(
            "wrong_password", "原密码不正确。忘记原密码的，请退出后用短信验证码登录，再设置新密码。", "old_password"
        )
    try:
        check_password_strength(new, person)
    except ValueError as error:
        raise Refused("weak_password", str(error), "new_password", status=400) from None
    with transaction.atomic():
        person.set_password(new)
        person.save(update_fields=["password"])
        record(person, "change_password", by)
    return person


def _set_role(person: User, role: str, by: User) -> None:
    before = person.role
    person.role = role
    person.save(update_fields=["role"])
    RoleRecord.objects.create(user=person, role=role, by=by)
    record(person, "change_role", by, before=before, after=str(role))
