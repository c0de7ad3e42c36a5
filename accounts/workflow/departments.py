"""推荐单位: issuing the first password, and the first sign-in that binds a phone (M24-M26)."""

import re
import unicodedata

from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction

from accounts import attempts, phone_codes
from accounts.choices import AttemptKind, Purpose, Role
from accounts.models import Department, IssuedPassword, User, system_user
from accounts.passwords import one_time_password
from accounts.queries import comparable_name, find_department
from accounts.record import record
from accounts.rules import can_issue_passwords
from accounts.workflow.checks import checked, checked_words, claim_phone, phone_taken, require
from accounts.workflow.people import create_person
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_mobile


def issue_password(department: Department, by: User | None = None) -> str:
    """A new one-time password for the department's first sign-in; an unused earlier one ends. Shown this once.

    `by` is a system administrator; None is the operator's command line.
    """
    require(by is None or can_issue_passwords(by), "只有系统管理员可以发放首次登录密码。")
    password = one_time_password()
    with transaction.atomic():
        Department.objects.select_for_update().get(pk=department.pk)
        now = clock.now()
        IssuedPassword.objects.filter(department=department, used_at=None, replaced_at=None).update(replaced_at=now)
        IssuedPassword.objects.create(
            department=department, password_hash=make_password(_typed(password)), issued_at=now, issued_by=by
        )
        record(department, "issue_password", by or system_user())
    return password


def first_sign_in(
    *, department_name: str, password: str, contact_name: str, phone: str, code: str, address: str = ""
) -> User:
    """The notice's five fields (M24): checks the issued password, binds the phone, uses the password up.

    The department is found by full name or alias (M26). Whether the name or the password was wrong is never told
    (`bad_credentials` at field `password`); five failures of one department or address in 15 minutes lock (`locked`).
    A mistyped phone code costs nothing of the password. Gives back the department's recommender.
    """
    contact_name = checked_words(contact_name, "contact_name", "联系人姓名", 50)
    phone = checked(check_mobile, phone, "bad_phone", "phone")
    issued = _check_issued_password(department_name, password, address)
    proof = phone_codes.verify(phone, Purpose.FIRST_SIGN_IN, code, address)
    try:
        with transaction.atomic():
            department = Department.objects.select_for_update().get(pk=issued.department_id)
            _use_password_up(issued)
            phone_codes.use(proof)
            person = _bind(department, contact_name, phone)
            IssuedPassword.objects.filter(pk=issued.pk).update(used_by=person)
            record(department, "first_sign_in", person, address=address)
    except IntegrityError:
        raise phone_taken(User.objects.filter(phone=phone).first()) from None
    return person


def _check_issued_password(department_name: str, password: str, address: str) -> IssuedPassword:
    department = find_department(department_name)
    account = f"department:{department.pk}" if department else comparable_name(department_name)
    attempt = attempts.begin(AttemptKind.FIRST_SIGN_IN, account, address)
    issued = None
    if department:
        issued = IssuedPassword.objects.filter(department=department, used_at=None, replaced_at=None).first()
    if issued is None:
        make_password(_typed(password))  # the same time whatever is wrong
    elif check_password(_typed(password), issued.password_hash):
        attempts.succeed(attempt)
        return issued
    raise _bad_credentials(attempts.left(attempt))


def _use_password_up(issued: IssuedPassword) -> None:
    """Of two first sign-ins with one password at once, one succeeds."""
    open_row = IssuedPassword.objects.filter(pk=issued.pk, used_at=None, replaced_at=None)
    if not open_row.update(used_at=clock.now()):
        raise Refused(
            "password_used", "这个密码刚刚已使用过，首次登录密码只能用一次。请改用手机验证码登录。", "password"
        )


def _bind(department: Department, contact_name: str, phone: str) -> User:
    """The department's person with this phone, or with this name (who changed the phone), else a new one."""
    people = department.people.filter(role=Role.RECOMMENDER)
    person = people.filter(phone=phone).first() or people.filter(name=contact_name).first()
    claim_phone(phone, but=person)
    if person is None:
        return create_person(role=Role.RECOMMENDER, name=contact_name, phone=phone, department=department)
    person.name, person.phone, person.is_active = contact_name, phone, True
    person.save(update_fields=["name", "phone", "is_active"])
    record(person, "bind_phone", person)
    return person


def _bad_credentials(tries: int) -> Refused:
    more = f"还可以试 {tries} 次。" if tries else "已暂停，15 分钟后可以再试。"
    return Refused(
        "bad_credentials",
        f"推荐单位全称或密码不正确，{more}请核对通知附件，注意区分大小写。密码只能使用一次，已绑定手机的请用手机验证码登录。",
        "password",
        status=400,
    )


def _typed(password: str) -> str:
    """The password without the spaces and hyphens of its printed form, half-width; capitals count."""
    return re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", password or ""))
