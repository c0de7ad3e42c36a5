"""申报单位: registering, and keeping its particulars."""

from datetime import date

from django.db import IntegrityError, transaction

from accounts import phone_codes, queries
from accounts.choices import Purpose, Role, UnitType
from accounts.consent import PRIVACY_VERSION
from accounts.models import Consent, Unit, UnitName, User
from accounts.passwords import check_password_strength
from accounts.record import record
from accounts.rules import can_create_accounts, can_edit_unit
from accounts.workflow.checks import (
    check_registered_on,
    checked,
    checked_words,
    claim_phone,
    phone_taken,
    refusals_at,
    require,
)
from accounts.workflow.people import create_person
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.regions import BY_CODE
from jbgs.lib.validators import check_mobile, check_uscc, is_fictitious_uscc

EDITABLE = ("name", "type", "region", "registered_on", "address", "legal_person", "contact_name", "contact_phone",
            "enterprise_kind", "certificate_no")  # fmt: skip


def create_unit(*, code: str, name: str, type: str, region: str, registered_on: date, by=None, **details) -> Unit:
    """A unit with its first name; used by registration, demo and rehearsal. `details` are further fields of `Unit`.

    Raises Refused at the field that is wrong. `is_fictitious` follows from the code. A code that is registered already
    raises IntegrityError: the constraint decides between two at once.
    """
    unit = Unit(
        code=checked(check_uscc, code, "bad_code", "code"),
        name=checked_words(name, "name", "单位名称", 200),
        type=_known_type(type),
        region=_known_region(region),
        registered_on=checked(check_registered_on, registered_on, "bad_date", "registered_on"),
        **details,
    )
    unit.is_fictitious = is_fictitious_uscc(unit.code)
    with transaction.atomic():
        unit.save(force_insert=True)
        UnitName.objects.create(unit=unit, name=unit.name, valid_from=clock.today())
        record(unit, "create_unit", by, name=unit.name)
    return unit


def register_unit(
    *,
    code: str,
    name: str,
    type: str,
    region: str,
    registered_on: date,
    contact_name: str,
    phone: str,
    sms_code: str,
    password: str,
    address: str = "",
    consent_version: str = PRIVACY_VERSION,
) -> User:
    """A unit registers itself (M11); gives back its administrator, whose login name is the credit code.

    `phone` is the administrator's, proved by `sms_code` (purpose `register`); `address` is the network address.
    Refused codes: bad_code, unit_exists, bad_phone, phone_taken, code_*, weak_password, …; each names its field. Of two
    registrations with one code at once one succeeds, the other gets `unit_exists`, its phone code unused.
    """
    code = checked(check_uscc, code, "bad_code", "code")
    refuse_if_registered(code)
    contact_name = checked_words(contact_name, "contact_name", "联系人姓名", 50)
    phone = checked(check_mobile, phone, "bad_phone", "phone")
    _strong(password, User(username=code, name=contact_name, phone=phone))
    with refusals_at("sms_code"):
        proof = phone_codes.verify(phone, Purpose.REGISTER, sms_code, address)
    try:
        with transaction.atomic():
            claim_phone(phone)
            with refusals_at("sms_code"):
                phone_codes.use(proof)
            unit = create_unit(
                code=code, name=name, type=type, region=region, registered_on=registered_on,
                contact_name=contact_name, contact_phone=phone,
            )  # fmt: skip
            administrator = create_person(
                role=Role.UNIT_ADMIN, name=contact_name, phone=phone, username=code, password=password, unit=unit,
                is_fictitious=unit.is_fictitious,
            )  # fmt: skip
            Consent.objects.create(user=administrator, text_version=consent_version)
            record(unit, "register_unit", administrator, consent=consent_version)
    except IntegrityError:
        # Somebody was faster between the check and the insert.
        refuse_if_registered(code)
        raise phone_taken(User.objects.filter(phone=phone).first()) from None
    return administrator


def refuse_if_registered(code: str) -> None:
    """Refused `unit_exists` at field `code`, with who administers the unit and what to do."""
    unit = Unit.objects.filter(code=code).first()
    if unit is None:
        return
    administrator = queries.administrators_of(unit).first()
    who = "该单位目前没有在用的管理员。请持单位证明联系技术支持。"
    if administrator:
        phone = f"手机 {administrator.masked_phone}" if administrator.phone else "没有绑定手机"
        who = f"管理员{phone}。请联系管理员在“成员”中添加您；管理员已离职的，请持单位证明联系技术支持。"
    raise Refused("unit_exists", f"这个代码已注册为“{unit.name}”，同一单位只注册一次。{who}", "code")


def update_unit(unit: Unit, *, by: User, **fields) -> Unit:
    """The administrator changes the unit's particulars; the code never changes. A new name ends the old one."""
    require(can_edit_unit(unit, by), "只有本单位的管理员可以修改单位信息。")
    unknown = set(fields) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=unit.pk)
        changes = {name: value for name, value in fields.items() if getattr(unit, name) != value}
        old_name = unit.name
        for name, value in changes.items():
            setattr(unit, name, _checked_field(name, value))
        unit.save(update_fields=list(changes) or None)
        if unit.name != old_name:
            _remember_name(unit, old_name)
        if changes:
            record(unit, "update_unit", by, fields=sorted(changes))
    return unit


def correct_code(unit: Unit, *, by: User, code: str) -> Unit:
    """The system administrator corrects a mistyped credit code; the administrator's login name follows."""
    require(can_create_accounts(by), "只有系统管理员可以更正统一社会信用代码。")
    code = checked(check_uscc, code, "bad_code", "code")
    if code == unit.code:
        return unit
    refuse_if_registered(code)
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=unit.pk)
        old, unit.code, unit.is_fictitious = unit.code, code, is_fictitious_uscc(code)
        unit.save(update_fields=["code", "is_fictitious"])
        unit.people.filter(username=old).update(username=code)
        record(unit, "correct_code", by, before=old, after=code)
    return unit


def _remember_name(unit: Unit, old_name: str) -> None:
    today = clock.today()
    ended = UnitName.objects.filter(unit=unit, name=old_name, valid_to=None).update(valid_to=today)
    if not ended:
        UnitName.objects.create(unit=unit, name=old_name, valid_to=today)
    UnitName.objects.create(unit=unit, name=unit.name, valid_from=today)


def _checked_field(name: str, value):
    if name == "name":
        return checked_words(value, "name", "单位名称", 200)
    if name == "type":
        return _known_type(value)
    if name == "region":
        return _known_region(value)
    if name == "registered_on":
        return checked(check_registered_on, value, "bad_date", "registered_on")
    if name == "contact_phone" and value:
        return checked(check_mobile, value, "bad_phone", "contact_phone")
    return " ".join((value or "").split())


def _known_type(type: str) -> str:
    if type not in UnitType.values:
        raise Refused("bad_type", "请从列表中选择单位类型。", "type", status=400)
    return type


def _known_region(region: str) -> str:
    if region not in BY_CODE:
        raise Refused("bad_region", "请从 37 个地区中选择注册地。", "region", status=400)
    return region


def _strong(password: str, user: User) -> None:
    try:
        check_password_strength(password, user)
    except ValueError as error:
        raise Refused("weak_password", str(error), "password", status=400) from None
