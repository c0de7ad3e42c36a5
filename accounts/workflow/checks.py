"""Checks that several verbs share. Each raises Refused with the form field it points to."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from accounts.models import User
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused

Value = TypeVar("Value")

EARLIEST_REGISTRATION = date(1840, 1, 1)


def checked(check: Callable[[Value], Value], value: Value, code: str, field: str) -> Value:
    """The normalised value of a `jbgs.lib.validators` check, its ValueError turned into a Refused at `field`."""
    try:
        return check(value)
    except ValueError as error:
        raise Refused(code, str(error), field, status=400) from None


def checked_words(text: str, field: str, label: str, longest: int) -> str:
    """One line of text without control characters and outer spaces, 2 to `longest` characters."""
    words = " ".join((text or "").split())
    if len(words) < 2:
        raise Refused("too_short", f"请填写{label}，至少 2 个字。", field, status=400)
    if len(words) > longest:
        raise Refused("too_long", f"{label}不超过 {longest} 个字，现在是 {len(words)} 个。", field, status=400)
    if not words.isprintable():
        raise Refused("bad_characters", f"{label}中有不可见字符，可能来自复制。请重新输入。", field, status=400)
    return words


def check_registered_on(day: date) -> date:
    """A registration date is not in the future; ValueError otherwise."""
    today = clock.today()
    if day > today:
        raise ValueError(f"注册成立日期不能晚于今天（{today:%Y-%m-%d}）。请按证照填写。")
    if day < EARLIEST_REGISTRATION:
        raise ValueError(f"注册成立日期 {day:%Y-%m-%d} 过早。请按证照填写，如 2015-06-30。")
    return day


def require(allowed: bool, sentence: str) -> None:
    """Forbidden unless allowed."""
    if not allowed:
        raise Forbidden(sentence)


def claim_phone(phone: str, *, but: User | None = None) -> None:
    """Make sure that no other account has this phone, which the person has just proved to hold.

    A stopped account of a unit lets go of it: people change their employer and keep their number. Runs in the caller's
    transaction; two claims at once are decided by the unique constraint.
    """
    holder = User.objects.select_for_update().filter(phone=phone).exclude(pk=but.pk if but else None).first()
    if holder is None:
        return
    if holder.is_unit_person and not holder.is_active:
        holder.phone = None
        holder.save(update_fields=["phone"])
        return
    raise phone_taken(holder)


def phone_taken(holder: User | None) -> Refused:
    """The refusal for a phone that another account has."""
    whose = holder.unit or holder.department if holder else None
    where = f"（{whose}）" if whose else ""
    return Refused("phone_taken", f"这个手机号已用于另一个账号{where}。请直接登录，或换一个手机号。", "phone")


@contextmanager
def refusals_at(field: str):
    """Refusals from inside point to `field`: a shared check does not know what this form calls it."""
    try:
        yield
    except Refused as refusal:
        refusal.field = field
        raise
