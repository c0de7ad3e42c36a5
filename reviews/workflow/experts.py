"""The list of experts: added and kept by officers."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import User
from accounts.record import record
from accounts.workflow import create_person
from audit import log
from jbgs.lib.errors import Refused
from jbgs.lib.regions import region_name
from jbgs.lib.validators import check_mobile, check_uscc
from reviews.models import Expert
from reviews.refusing import require
from reviews.rules import is_officer

EDITABLE = ("unit_name", "unit_code", "disciplines", "title", "region", "max_load", "is_available")
OFFICERS_ONLY = "只有主管可以维护专家库。"


def create_expert(
    *, by, unit_name: str, name: str = "", phone: str | None = None, user: User | None = None, unit_code: str = "",
    disciplines: Iterable[str] = (), title: str = "", region: str = "", max_load: int = 12, is_available: bool = True,
    **person,
) -> Expert:  # fmt: skip
    """Add an expert with a new account (`name`, `phone`; opened by phone code), or for an existing `user`.

    `unit_code` may be empty; when given its check digit must hold. `person` goes to `accounts.create_person`.
    Refused: phone_taken, bad_phone, bad_code, unit_missing, bad_load, not_an_expert.
    """
    require(is_officer(by), by, "create_expert", by, OFFICERS_ONLY)
    values = _checked(
        unit_name=unit_name, unit_code=unit_code, disciplines=disciplines, title=title, region=region,
        max_load=max_load, is_available=is_available,
    )  # fmt: skip
    try:
        with transaction.atomic():
            user = user or _account(name, phone, by, person)
            if user.role != Role.EXPERT:
                raise Refused("not_an_expert", "这个账号不是评审专家账号。", "user", status=422)
            expert = Expert.objects.create(user=user, **values)
            record(expert, "create_expert", by, unit=expert.unit_name)
    except IntegrityError:
        raise Refused("phone_taken", "这个手机号或账号已在使用。请在专家库中查找，或换一个手机号。", "phone") from None
    return expert


def update_expert(expert: Expert, *, by, **changes) -> Expert:
    """Change unit, disciplines, load or availability; names and phones are the account's own."""
    require(is_officer(by), expert, "update_expert", by, OFFICERS_ONLY)
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not a field of an expert that may change: {sorted(unknown)}")
    values = _checked(**changes)
    with transaction.atomic():
        locked = Expert.objects.select_for_update().get(pk=expert.pk)
        before = {name: getattr(locked, name) for name in values}
        for name, value in values.items():
            setattr(locked, name, value)
        locked.save()
        log.append(
            locked, "update_expert", by,
            changes={name: [before[name], value] for name, value in values.items() if before[name] != value},
        )  # fmt: skip
    return locked


def set_available(expert: Expert, *, by, available: bool) -> Expert:
    """Let draws pick this expert, or not; sheets in hand stay."""
    return update_expert(expert, by=by, is_available=available)


def _account(name: str, phone: str | None, by, person: dict) -> User:
    if not name.strip():
        raise Refused("name_missing", "请填写专家姓名。", "name", status=422)
    if phone:
        try:
            phone = check_mobile(phone)
        except ValueError as error:
            raise Refused("bad_phone", str(error), "phone", status=422) from None
    return create_person(role=Role.EXPERT, name=name.strip(), phone=phone or None, by=by, **person)


def _checked(**values) -> dict:
    if "unit_name" in values:
        values["unit_name"] = " ".join((values["unit_name"] or "").split())
        if not values["unit_name"]:
            raise Refused("unit_missing", "请填写专家的工作单位，用于判断回避。", "unit_name", status=422)
    if values.get("unit_code"):
        try:
            values["unit_code"] = check_uscc(values["unit_code"])
        except ValueError as error:
            raise Refused("bad_code", str(error), "unit_code", status=422) from None
    if "disciplines" in values:
        words = (" ".join(str(word).split()) for word in values["disciplines"])
        values["disciplines"] = list(dict.fromkeys(word for word in words if word))
    if values.get("region") and not region_name(values["region"]):
        raise Refused("bad_region", "请从列表中选择地区。", "region", status=422)
    if "max_load" in values and not 1 <= values["max_load"] <= 200:
        raise Refused("bad_load", "最多评审份数请填写 1 至 200。", "max_load", status=422)
    return values
