"""The list of experts: added and kept by officers."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.choices import Role
from accounts.models import User
from accounts.queries import comparable_name
from accounts.record import record
from accounts.workflow import create_person
from applications.persons import keys_of
from audit import log
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.regions import region_name
from jbgs.lib.validators import check_id_number, check_mobile, check_uscc
from reviews.models import Employment, Expert, Sector
from reviews.refusing import require
from reviews.rules import is_officer
from reviews.workflow.recusing import people_changed

EDITABLE = (
    "unit_name", "unit_code", "sector", "disciplines", "title", "region", "id_number", "max_load", "is_available",
)  # fmt: skip
ABOUT_PEOPLE = ("unit_name", "unit_code", "region", "id_number")
"""What the recusal engine reads of an expert's own row."""
MOST_DISCIPLINES, LONGEST = 12, 40
OFFICERS_ONLY = "只有主管可以维护专家库。"


def create_expert(
    *, by, unit_name: str, name: str = "", phone: str | None = None, user: User | None = None, unit_code: str = "",
    sector: str = "", disciplines: Iterable[str] = (), title: str = "", region: str = "", id_number: str = "",
    max_load: int = 12, is_available: bool = True, namesake: bool = False, **person,
) -> Expert:  # fmt: skip
    """Add an expert with a new account (`name`, `phone`; opened by phone code), or for an existing `user`.

    `unit_code` and `id_number` may be empty; when given their check digits must hold. `namesake`: an expert of the same
    name and unit is known to be somebody else. `person` goes to `accounts.create_person`.
    Refused: phone_taken, person_taken, namesake, bad_phone, bad_code, bad_id_number, unit_missing, bad_region,
    bad_sector, bad_load, not_an_expert.
    """
    require(is_officer(by), by, "create_expert", by, OFFICERS_ONLY)
    values = _checked(
        unit_name=unit_name, unit_code=unit_code, sector=sector, disciplines=disciplines, title=title, region=region,
        id_number=id_number, max_load=max_load, is_available=is_available,
    )  # fmt: skip
    if user is None and not namesake:
        _no_namesake(name, values["unit_name"], values["id_number"])
    try:
        with transaction.atomic():
            user = user or _account(name, phone, by, person)
            if user.role != Role.EXPERT:
                raise Refused("not_an_expert", "这个账号不是评审专家账号。", "user", status=422)
            expert = Expert.objects.create(user=user, person_key=_person_key(user, values["id_number"]), **values)
            record(expert, "create_expert", by, unit=expert.unit_name)
    except IntegrityError as error:
        raise _taken(error) from None
    return expert


def update_expert(expert: Expert, *, by, **changes) -> Expert:
    """Change unit, disciplines, load or availability; names and phones are the account's own.

    Another unit: the one before stays as an employment that ends today, so that it goes on counting for recusal.
    """
    require(is_officer(by), expert, "update_expert", by, OFFICERS_ONLY)
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not a field of an expert that may change: {sorted(unknown)}")
    values = _checked(**changes)
    try:
        with transaction.atomic():
            return _change(Expert.objects.select_for_update().get(pk=expert.pk), by, values)
    except IntegrityError as error:
        raise _taken(error) from None


def _change(locked: Expert, by, values: dict) -> Expert:
    changes = {name: [was, value] for name, value in values.items() if (was := getattr(locked, name)) != value}
    if not changes:
        return locked
    if {"unit_name", "unit_code"} & set(changes):
        _keep_former_unit(locked, values)
    for name, (_, value) in changes.items():
        setattr(locked, name, value)
    if "id_number" in changes:
        locked.person_key = _person_key(locked.user, locked.id_number)
        changes["id_number"] = ["", "***"]  # the log says that it changed, never what it is
    locked.save()
    log.append(locked, "update_expert", by, changes=changes)
    if set(changes) & set(ABOUT_PEOPLE):
        engine_again(locked)
    return locked


def _keep_former_unit(locked: Expert, values: dict) -> None:
    """A name typed otherwise, or another name under the same code, is no other unit."""
    code, name = values.get("unit_code", locked.unit_code), values.get("unit_name", locked.unit_name)
    if comparable_name(name) == comparable_name(locked.unit_name) or (code and code == locked.unit_code):
        return
    Employment.objects.create(
        expert=locked, unit_name=locked.unit_name, unit_code=locked.unit_code, to_on=clock.today()
    )


def _person_key(user: User, id_number: str) -> str:
    return keys_of(user.name, None, id_number)[0]


def _no_namesake(name: str, unit_name: str, id_number: str) -> None:
    """An expert of this name and unit is most likely the same person, unless both ID numbers are known and differ."""
    rows = Expert.objects.filter(user__name=name.strip()).select_related("user").order_by("pk")
    for other in rows:
        if comparable_name(other.unit_name) == comparable_name(unit_name) and not (id_number and other.id_number):
            raise Refused(
                "namesake",
                f"专家库中已有{other.unit_name}的{other.user.name}（{other.number}）。确认不是同一人的，请勾选后再保存。",
                "namesake",
            )


def _taken(error: IntegrityError) -> Refused:
    """Which of the unique things of a person another one has."""
    if "person_key" in str(error):
        return Refused("person_taken", "这个身份证件号码已经登记在另一位专家名下，请在专家库中查找。", "id_number")
    return Refused("phone_taken", "这个手机号或账号已在使用。请在专家库中查找，或换一个手机号。", "phone")


def update_disciplines(expert: Expert, *, by, disciplines: Iterable[str]) -> Expert:
    """What the expert knows, by whoever may say so (the caller asks). Refused: disciplines_missing, too_many."""
    values = _checked(disciplines=disciplines)
    if not values["disciplines"]:
        raise Refused("disciplines_missing", "请至少填写 1 个学科方向。", "disciplines", status=422)
    with transaction.atomic():
        return _change(Expert.objects.select_for_update().get(pk=expert.pk), by, values)


def engine_again(expert: Expert) -> None:
    """Let the recusal engine look at this expert's open sheets again, in the caller's transaction."""
    people_changed(experts=[expert])


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
    if values.get("id_number"):
        try:
            values["id_number"] = check_id_number(values["id_number"])
        except ValueError as error:
            raise Refused("bad_id_number", str(error), "id_number", status=422) from None
    if values.get("sector") and values["sector"] not in Sector.values:
        raise Refused("bad_sector", "请从列表中选择单位类型。", "sector", status=422)
    if "disciplines" in values:
        words = (" ".join(str(word).split()) for word in values["disciplines"])
        values["disciplines"] = list(dict.fromkeys(word for word in words if word))
        if len(values["disciplines"]) > MOST_DISCIPLINES:
            sentence = f"学科方向最多 {MOST_DISCIPLINES} 个，请只留最熟悉的。"
            raise Refused("too_many", sentence, "disciplines", status=422)
        if long := next((word for word in values["disciplines"] if len(word) > LONGEST), ""):
            raise Refused("too_long", f"学科方向“{long[:12]}……”超过 {LONGEST} 个字。", "disciplines", status=422)
    if values.get("region") and not region_name(values["region"]):
        raise Refused("bad_region", "请从列表中选择地区。", "region", status=422)
    if "max_load" in values and not 1 <= values["max_load"] <= 200:
        raise Refused("bad_load", "最多评审份数请填写 1 至 200。", "max_load", status=422)
    return values
