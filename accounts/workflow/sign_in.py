"""Signing in: by password or by phone code, in front or behind."""

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import attempts, phone_codes
from accounts.choices import AttemptKind, Purpose
from accounts.models import PhoneCode, User
from accounts.queries import person_by_login
from accounts.record import record
from accounts.workflow.checks import checked
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_mobile


def sign_in_by_password(login: str, password: str, *, address: str = "", back_office: bool = False) -> User:
    """The person with this login name or phone and password, or Refused: `bad_credentials` (never says which of the two
    was wrong, but how many tries are left), `locked` (429), `inactive`, `wrong_door`."""
    person = person_by_login(login)
    kind = AttemptKind.BACK_OFFICE if back_office else AttemptKind.PASSWORD
    attempt = attempts.begin(kind, f"user:{person.pk}" if person else login.strip().lower(), address)
    if not _password_fits(person, password):
        tries = attempts.left(attempt)
        more = f"还可以试 {tries} 次。" if tries else "已暂停，15 分钟后可以再试。"
        raise Refused(
            "bad_credentials", f"登录名或密码不正确，{more}忘记密码的，可改用短信验证码登录。", "password", status=400
        )
    attempts.succeed(attempt)
    return _let_in(person, "password", address, back_office)


def sign_in_by_code(phone: str, code: str, *, address: str = "", back_office: bool = False) -> User:
    """The person with this phone and the code sent to it (M25), or Refused: `bad_phone`, `code_*`, `unknown_phone`
    (told only to who holds the phone), `inactive`, `wrong_door`; after the last three the code is still good."""
    phone = checked(check_mobile, phone, "bad_phone", "phone")
    proof = phone_codes.verify(phone, Purpose.SIGN_IN, code, address)
    person = User.objects.filter(phone=phone).first()
    if person is None:
        what = (
            "推荐单位请先办理首次登录；其他人员请联系系统管理员。"
            if back_office
            else "请先注册单位，或请本单位管理员添加。"
        )
        raise Refused("unknown_phone", f"这个手机号还没有账号。{what}", "phone", status=400)
    return _let_in(person, "code", address, back_office, proof)


def note_sign_out(person: User) -> None:
    """Write the sign-out into the log (等保 asks for both ends of a session)."""
    with transaction.atomic():
        record(person, "sign_out", person)


def _password_fits(person: User | None, password: str) -> bool:
    if person is None or not person.has_usable_password():
        make_password(password)  # the same time for a name that exists and one that does not
        return False
    return person.check_password(password)


def _let_in(person: User, way: str, address: str, back_office: bool, proof: PhoneCode | None = None) -> User:
    """Right credentials; now whether the account is open and this is its door."""
    if not person.is_active:
        whom = "本单位管理员" if person.is_unit_person else "系统管理员"
        raise Refused("inactive", f"这个账号没有启用或已停用。请联系{whom}。", status=403)
    if back_office and not person.is_back_office:
        raise Refused("wrong_door", "这个账号属于申报单位，请从申报系统首页登录。", status=403)
    with transaction.atomic():
        if proof:
            phone_codes.use(proof)
        record(person, "sign_in", person, way=way, address=address)
    return person
