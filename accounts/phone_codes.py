"""Codes sent to a phone: send, check, use once.

Why not django-allauth, which has a phone flow: the notice's pages put the code into the *same* form as the other fields
(first sign-in: unit, password, name, mobile, code, rule M24; later: mobile, code, rule M25; registration likewise),
while allauth verifies a phone on a page of its own after the form, and counts its limits in a cache. Here a code is a
row with a keyed hash, an end, a count of wrong tries and the moment of its one use; limits are rows too.

The text leaves through `notifications.channels.send_sms`, the same interface that carries messages.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import attempts
from accounts.choices import AttemptKind, Purpose
from accounts.models import Attempt, PhoneCode
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.lib.validators import check_mobile, normalise
from notifications import channels

VALID_FOR = timedelta(minutes=10)
WRONG_TRIES = 5  # per code; with the limits below at most 50 guesses of a million per phone and day
RESEND_AFTER = timedelta(seconds=60)
PER_PHONE_AND_DAY = 10
PER_ADDRESS_AND_HOUR = 60  # one office behind one address


@dataclass(frozen=True)
class Sent:
    """What the page needs after sending. `demo_code` is the code itself in the demo, else ''."""

    phone: str
    expires_at: datetime
    resend_seconds: int
    demo_code: str

    @property
    def sentence(self) -> str:
        """What the page says; in the demo the code itself follows."""
        if self.demo_code:
            return "演示系统不发短信。10 分钟内有效的验证码："
        return "验证码已发出，10 分钟内有效。"


def send(phone: str, purpose: Purpose, address: str = "") -> Sent:
    """Send a fresh code, which replaces an earlier one of the same phone and purpose.

    Raises Refused at field `phone`: `bad_phone`, `code_too_soon`, `code_limit` (429), `sms_failed` (503). Must not run
    inside a transaction: the text is out whatever happens afterwards.
    """
    try:
        phone = check_mobile(phone)
    except ValueError as error:
        raise Refused("bad_phone", str(error), "phone", status=400) from None
    attempt = _allowed_to_send(phone, address)
    code = f"{secrets.randbelow(10**6):06d}"
    now = clock.now()
    row = PhoneCode.objects.create(
        phone=phone,
        purpose=purpose,
        code_hash=_hash(phone, purpose, code),
        sent_at=now,
        expires_at=now + VALID_FOR,
        address=address,
    )
    try:
        channels.send_sms(phone, _text(code, purpose))
    except channels.DeliveryError:
        row.delete()
        Attempt.objects.filter(pk=attempt.pk).update(failed=True)
        raise Refused(
            "sms_failed", "短信没有发出，短信通道没有响应。请重新获取，或改用密码登录。", "phone", status=503
        ) from None
    return Sent(phone, row.expires_at, int(RESEND_AFTER.total_seconds()), code if settings.JBGS_DEMO else "")


def check(phone: str, purpose: Purpose, code: str, address: str = "") -> None:
    """Check a code and use it up; Refused with code `code_wrong`, `code_expired`, `code_used`, field `code`."""
    use(verify(phone, purpose, code, address))


def verify(phone: str, purpose: Purpose, code: str, address: str = "") -> PhoneCode:
    """The row this code belongs to, not yet used; Refused as in `check`. Counts wrong tries, so call it outside a
    transaction; then `use()` the row in the transaction that does what the code allows."""
    code = normalise(code)
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        raise Refused("code_wrong", "短信验证码是 6 位数字。请核对最近一条短信。", "code")
    attempt = _begin_check(phone, address)
    row = PhoneCode.objects.filter(phone=phone, purpose=purpose).order_by("-pk").first()
    _refuse_dead_code(row)
    # The try is counted before the comparison: parallel guesses cannot share one count.
    counted = PhoneCode.objects.filter(pk=row.pk, attempts__lt=WRONG_TRIES).update(attempts=F("attempts") + 1)
    if not counted:
        raise Refused("code_wrong", f"已填错 {WRONG_TRIES} 次，这个验证码不再有效。请重新获取。", "code")
    if not constant_time_compare(row.code_hash, _hash(phone, purpose, code)):
        row.refresh_from_db(fields=["attempts"])
        raise Refused("code_wrong", _wrong(WRONG_TRIES - row.attempts), "code")
    PhoneCode.objects.filter(pk=row.pk).update(attempts=F("attempts") - 1)
    attempts.succeed(attempt)
    return row


def use(row: PhoneCode) -> None:
    """Use the code up; of two at once one succeeds, the other gets `code_used`. Rolls back with its transaction."""
    used = PhoneCode.objects.filter(pk=row.pk, used_at=None).update(used_at=clock.now())
    if not used:
        raise _used()


def _begin_check(phone: str, address: str) -> Attempt:
    try:
        return attempts.begin(AttemptKind.CODE_CHECK, phone, address)
    except Refused as refusal:
        refusal.field = "code"
        raise


def _refuse_dead_code(row: PhoneCode | None) -> None:
    if row is None:
        raise Refused("code_wrong", "这个手机号还没有获取短信验证码。请先获取，再填写收到的 6 位数字。", "code")
    if row.used_at:
        raise _used()
    if clock.now() >= row.expires_at:
        ended = clock.local(row.expires_at)
        raise Refused("code_expired", f"短信验证码已于 {ended:%H:%M} 失效，有效期 10 分钟。请重新获取。", "code")


def _used() -> Refused:
    return Refused("code_used", "这个短信验证码已使用过，每个验证码只能用一次。请重新获取。", "code")


def _wrong(tries_left: int) -> str:
    if tries_left <= 0:
        return "短信验证码不正确，这个验证码不再有效。请重新获取。"
    return f"短信验证码不正确，还可以试 {tries_left} 次。请核对最近一条短信。"


def _allowed_to_send(phone: str, address: str) -> Attempt:
    """Write the sending as a row and refuse it when earlier ones leave no room; a refused one counts for nothing."""
    key = attempts.account_key(phone)
    own = Attempt.objects.create(kind=AttemptKind.CODE_SENT, account_key=key, address=address, failed=False)
    sent = Attempt.objects.filter(kind=AttemptKind.CODE_SENT, failed=False, pk__lt=own.pk)
    to_phone = sent.filter(account_key=key)
    refusal = None
    last = to_phone.filter(at__gt=own.at - RESEND_AFTER).order_by("-at").first()
    if last:
        wait = int((last.at + RESEND_AFTER - own.at).total_seconds()) + 1
        refusal = Refused(
            "code_too_soon", f"验证码已发出，{wait} 秒后可重新获取。", "phone", status=429, details=[wait]
        )
    elif settings.JBGS_DEMO:
        pass  # nothing is sent there, so nobody can be flooded
    elif to_phone.filter(at__gt=own.at - timedelta(days=1)).count() >= PER_PHONE_AND_DAY:
        refusal = Refused(
            "code_limit", f"这个手机号 24 小时内已获取 {PER_PHONE_AND_DAY} 次，请明天再试。", "phone", status=429
        )
    elif address and sent.filter(address=address, at__gt=own.at - timedelta(hours=1)).count() >= PER_ADDRESS_AND_HOUR:
        refusal = Refused("code_limit", "本地址获取短信验证码过多，请一小时后再试。", "phone", status=429)
    if refusal:
        Attempt.objects.filter(pk=own.pk).update(failed=True)
        raise refusal
    return own


def _hash(phone: str, purpose: str, code: str) -> str:
    return salted_hmac("accounts.phone_code", f"{phone}:{purpose}:{code}", algorithm="sha256").hexdigest()


def _text(code: str, purpose: Purpose) -> str:
    minutes = int(VALID_FOR.total_seconds() // 60)
    return f"验证码 {code}，用于{Purpose(purpose).label}，{minutes} 分钟内有效。请勿告诉他人。"
