"""Around an expert: units of before and beside, relations, times away, bans. Kept by the expert and by officers.

Everything is known before any draw: each change lets the recusal engine look again. Ended rows stay as history; the log
of the expert says what happened, without the names of relatives.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction

from accounts.record import record
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_uscc
from reviews.models import Absence, Employment, Expert, Relation
from reviews.refusing import require
from reviews.rules import is_officer, keeps_expert
from reviews.workflow.experts import engine_again, update_disciplines

KEEPERS_ONLY = "只有专家本人和主管可以维护这些资料。"
BANS_BY_OFFICERS = "只有主管可以登记和解除禁评。"


def add_employment(
    expert: Expert, *, by, unit_name: str, unit_code: str = "", position: str = "", from_on: date | None = None,
    to_on: date | None = None,
) -> Employment:  # fmt: skip
    """A unit for which the expert works beside the main one, or worked. Without `to_on` it lasts.

    Refused: unit_missing, bad_code, dates_crossed, already_there.
    """
    _keeper(expert, by, "add_employment")
    _in_order(from_on, to_on)
    values = {
        "unit_name": _unit(unit_name), "unit_code": _code(unit_code), "position": _short(position, 60),
        "from_on": from_on, "to_on": to_on,
    }  # fmt: skip
    if not values["unit_name"]:
        raise Refused("unit_missing", "请填写单位名称。", "unit_name", status=422)
    return _add(expert, Employment, values, by, "add_employment", unit=values["unit_name"])


def end_employment(row: Employment, *, by, to_on: date) -> Employment:
    """The last day at a unit; it goes on counting for recusal as long as the call asks.

    Refused: dates_crossed, date_ahead, already_ended.
    """
    _keeper(row.expert, by, "end_employment")
    _in_order(row.from_on, to_on)
    if to_on > clock.today():
        raise Refused("date_ahead", "离任日期不能晚于今天。", "to_on", status=422)
    with transaction.atomic():
        held = _held(row)
        if held.to_on is not None:
            raise Refused("already_ended", f"这段任职已登记于 {held.to_on:%F} 结束。")
        held.to_on = to_on
        held.save(update_fields=["to_on"])
        record(held.expert, "end_employment", by, unit=held.unit_name, to_on=str(to_on))
        engine_again(held.expert)
    return held


def declare_relation(
    expert: Expert, *, by, kind: str, person_name: str = "", unit_name: str = "", unit_code: str = "", note: str = "",
    until_on: date | None = None,
) -> Relation:  # fmt: skip
    """Somebody or some unit to whom the expert is close (N28), whatever the call.

    Refused: unknown_kind, nobody_named, note_missing (kind other), bad_code, already_over, already_there.
    """
    _keeper(expert, by, "declare_relation")
    values = {
        "kind": kind, "person_name": _short(person_name, 60), "unit_name": _unit(unit_name),
        "unit_code": _code(unit_code), "note": _short(note, 300), "until_on": until_on,
    }  # fmt: skip
    if kind not in Relation.Kind.values:
        raise Refused("unknown_kind", "请选择关系。", "kind", status=422)
    if not values["person_name"] and not values["unit_name"]:
        raise Refused("nobody_named", "请填写对方的姓名或者单位，至少一项。", "person_name", status=422)
    if kind == Relation.Kind.OTHER and not values["note"]:
        raise Refused("note_missing", "请说明具体是什么关系。", "note", status=422)
    if until_on and until_on < clock.today():
        raise Refused("already_over", "到期日已经过去，不必登记。", "until_on", status=422)
    return _add(expert, Relation, values, by, "declare_relation", kind=kind)


def withdraw_relation(row: Relation, *, by) -> Relation:
    """The relation counts no longer from today on; the row stays. Refused: already_ended."""
    _keeper(row.expert, by, "withdraw_relation")
    with transaction.atomic():
        held = _held(row)
        if held.until_on and held.until_on < clock.today():
            raise Refused("already_ended", "这项关系已经失效。")
        held.until_on = clock.today() - timedelta(days=1)
        held.save(update_fields=["until_on"])
        record(held.expert, "withdraw_relation", by, kind=held.kind)
        engine_again(held.expert)
    return held


def go_away(expert: Expert, *, by, from_on: date, to_on: date, reason: str = "") -> Absence:
    """Days on which the expert cannot be drawn, both counted; sheets in hand stay.

    Refused: dates_crossed, already_over, already_there.
    """
    _keeper(expert, by, "go_away")
    return _absence(expert, Absence.Kind.AWAY, by, from_on, to_on, reason)


def ban_expert(expert: Expert, *, by, from_on: date, to_on: date | None = None, reason: str) -> Absence:
    """The expert is not drawn from that day on, without `to_on` until the ban is lifted; sheets in hand stay.

    Refused: reason_missing, dates_crossed, already_over, already_there.
    """
    require(is_officer(by), expert, "ban_expert", by, BANS_BY_OFFICERS)
    if not reason.strip():
        raise Refused("reason_missing", "请写明禁评的理由。", "reason", status=422)
    return _absence(expert, Absence.Kind.BAN, by, from_on, to_on, reason)


def lift(absence: Absence, *, by) -> Absence:
    """End a time away or a ban now; it stays as history. Bans by officers only. Refused: already_ended."""
    expert, is_ban = absence.expert, absence.kind == Absence.Kind.BAN
    if is_ban:
        require(is_officer(by), expert, "lift", by, BANS_BY_OFFICERS)
    else:
        _keeper(expert, by, "lift")
    with transaction.atomic():
        held = _held(absence)
        if held.lifted_at or (held.to_on and held.to_on < clock.today()):
            raise Refused("already_ended", "这段时间已经结束或者已经解除。")
        held.lifted_by, held.lifted_at = by, clock.now()
        held.save(update_fields=["lifted_by", "lifted_at"])
        record(held.expert, "lift", by, kind=held.kind, from_on=str(held.from_on))
    return held


def choose_disciplines(expert: Expert, *, by, disciplines: Iterable[str]) -> Expert:
    """What the expert knows, by the expert or an officer. Refused: disciplines_missing, too_many."""
    _keeper(expert, by, "choose_disciplines")
    return update_disciplines(expert, by=by, disciplines=disciplines)


def require_keeper(expert: Expert, *, by) -> None:
    """Forbidden, with its entry, unless `by` is the expert or an officer; for a page that has yet to read its form."""
    _keeper(expert, by, "keep_expert")


def _keeper(expert: Expert, by, verb: str) -> None:
    require(keeps_expert(expert, by), expert, verb, by, KEEPERS_ONLY)


def _add(expert: Expert, model, values: dict, by, verb: str, **said):
    """A new row of the expert's, once: the same again is refused, so a double click writes one."""
    with transaction.atomic():
        locked = Expert.objects.select_for_update().get(pk=expert.pk)
        if model.objects.filter(expert=locked, **values).exists():
            raise Refused("already_there", "已经登记过相同的内容，不必重复登记。")
        stamp = {"declared_at": clock.now()} if model is Relation else {}
        row = model.objects.create(expert=locked, **values, **stamp)
        record(locked, verb, by, **said)
        engine_again(locked)
    return row


def _absence(expert: Expert, kind: str, by, from_on: date, to_on: date | None, reason: str) -> Absence:
    _in_order(from_on, to_on)
    if to_on and to_on < clock.today():
        raise Refused("already_over", "截止日期已经过去，不必登记。", "to_on", status=422)
    values = {"kind": kind, "from_on": from_on, "to_on": to_on, "reason": _short(reason, 500)}
    with transaction.atomic():
        locked = Expert.objects.select_for_update().get(pk=expert.pk)
        if Absence.objects.filter(expert=locked, lifted_at=None, **values).exists():
            raise Refused("already_there", "已经登记过相同的时间，不必重复登记。")
        row = Absence.objects.create(expert=locked, **values, by=by, at=clock.now())
        record(locked, "ban_expert" if kind == Absence.Kind.BAN else "go_away", by,
               from_on=str(from_on), to_on=str(to_on or ""), reason=values["reason"])  # fmt: skip
    return row


def _held(row):
    """The row as it is now; its expert is locked first, like in every verb on experts."""
    Expert.objects.select_for_update().get(pk=row.expert_id)
    return type(row).objects.select_related("expert").get(pk=row.pk)


def _in_order(from_on: date | None, to_on: date | None) -> None:
    if from_on and to_on and to_on < from_on:
        raise Refused("dates_crossed", "截止日期早于开始日期，请核对。", "to_on", status=422)


def _unit(typed: str) -> str:
    return _short(typed, 200)


def _code(typed: str) -> str:
    try:
        return check_uscc(typed) if typed.strip() else ""
    except ValueError as error:
        raise Refused("bad_code", str(error), "unit_code", status=422) from None


def _short(typed: str, most: int) -> str:
    return " ".join((typed or "").split())[:most]
