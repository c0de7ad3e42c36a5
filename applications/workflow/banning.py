"""Bans that no revocation wrote: of persons and units, from a decision outside or a list that is kept (N53-N58)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts.models import Unit
from applications import persons
from applications.models import Ban
from audit import log
from jbgs.lib import clock, validators
from jbgs.lib.errors import Forbidden, Refused
from programmes.words import BAN_KINDS


@dataclass(frozen=True)
class Banned:
    """Who is banned: a unit by its credit code, or a person by name with ID number or birth date."""

    credit_code: str = ""
    name: str = ""
    id_number: str = ""
    birth_date: date | None = None


def record_ban(
    who: Banned, *, by, kind: str, reason: str, starts_on: date, ends_on: date | None = None, programme=None
) -> Ban:
    """Keep one ban; `programme` None holds for all, `ends_on` None for ever. The ID number itself is not kept."""
    if not (by.is_active and by.is_officer):
        raise Forbidden("只有主管可以登记限制申报。")
    if kind not in BAN_KINDS:
        raise Refused("unknown_kind", f"原因须为以下之一：{'、'.join(BAN_KINDS)}。", field="kind", status=400)
    if not reason.strip():
        raise Refused("reason_missing", "请写明依据和理由。", field="reason", status=400)
    if ends_on and ends_on < starts_on:
        raise Refused("dates_crossed", "截止日期早于开始日期，请核对。", field="ends_on", status=400)
    ban = Ban(kind=kind, reason=reason.strip(), starts_on=starts_on, ends_on=ends_on, programme=programme)
    _name(ban, who)
    with transaction.atomic():
        ban.save()
        log.append(ban, "record_ban", by, data={"kind": kind, "reason": ban.reason, "ends_on": str(ends_on or "")})
    return ban


def lift_ban(ban: Ban, *, by, reason: str) -> Ban:
    """End a ban with yesterday; it stays on record."""
    if not (by.is_active and by.is_officer):
        raise Forbidden("只有主管可以解除限制申报。")
    if not reason.strip():
        raise Refused("reason_missing", "请写明解除的理由。", field="reason", status=400)
    with transaction.atomic():
        held = Ban.objects.select_for_update().get(pk=ban.pk)
        held.ends_on = clock.today() - timedelta(days=1)
        held.save(update_fields=["ends_on"])
        log.append(held, "lift_ban", by, data={"reason": reason.strip()})
    return held


def _name(ban: Ban, who: Banned) -> None:
    if who.credit_code:
        try:
            ban.unit = Unit.objects.filter(code=validators.check_uscc(who.credit_code)).first()
        except ValueError as problem:
            raise Refused("bad_code", str(problem), field="credit_code", status=400) from problem
        if ban.unit is None:
            raise Refused("unknown_unit", "没有登记这个单位，请核对统一社会信用代码。", field="credit_code", status=400)
        return
    try:
        number = validators.check_id_number(who.id_number) if who.id_number else ""
    except ValueError as problem:
        raise Refused("bad_number", str(problem), field="id_number", status=400) from problem
    ban.person_name = who.name.strip()[:60]
    ban.person_key, ban.name_key = persons.keys_of(who.name, who.birth_date, number)
    if not ban.person_name or not ban.person_key:
        raise Refused("person_unknown", "人员须填写姓名，并填写身份证件号码或出生日期。", field="name", status=400)
