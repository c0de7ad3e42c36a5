"""Limits on tries, counted in rows: no cache to lose, and every limit of the product is read on this one screen.

A try is written *before* it is judged and counts as failed until it succeeds, so a hundred parallel tries cannot all
see a count below the limit (等保 8.1.4.1 b).
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.crypto import salted_hmac

from accounts.choices import AttemptKind
from accounts.models import Attempt
from jbgs.lib import clock
from jbgs.lib.errors import Refused


@dataclass(frozen=True)
class Limit:
    """How many failed tries within `window` one account and one address may have; `sentence` says when it is full.

    Of what cannot fail or succeed, such as an objection, every one counts.
    """

    per_account: int
    per_address: int
    window: timedelta
    sentence: str = "连续 {allowed} 次没有通过，已暂停。请在 {free_at:%H:%M} 以后再试。"


_TOO_MANY_OBJECTIONS = "一小时内已经收到 {allowed} 件异议。请在 {free_at:%H:%M} 以后再提交，或按公示所列方式联系。"

# The front office allows more per address: a whole university may come from one. Its accounts are as strict.
LIMITS = {
    AttemptKind.PASSWORD: Limit(5, 20, timedelta(minutes=15)),
    AttemptKind.BACK_OFFICE: Limit(5, 5, timedelta(minutes=15)),
    AttemptKind.FIRST_SIGN_IN: Limit(5, 5, timedelta(minutes=15)),
    AttemptKind.CODE_CHECK: Limit(10, 20, timedelta(minutes=15)),
    # Nobody signs in to object, and every objection holds a list: the account is what the objector gives as contact.
    AttemptKind.OBJECTION: Limit(5, 20, timedelta(hours=1), _TOO_MANY_OBJECTIONS),
}


def account_key(account: str) -> str:
    """A keyed hash of what names the account, so that the rows hold no phone numbers and no mistyped passwords."""
    return salted_hmac("accounts.attempt", account, algorithm="sha256").hexdigest()


def begin(kind: AttemptKind, account: str, address: str) -> Attempt:
    """Write a try and let it pass, or refuse it with the time at which the next one may come (code `locked`).

    A refused try is not kept: knocking on a locked door does not lock it for longer.
    """
    attempt = Attempt.objects.create(kind=kind, account_key=account_key(account), address=address)
    limit = LIMITS[kind]
    for failures, allowed in (
        (_failures_of_account(attempt), limit.per_account),
        (_failures_of_address(attempt), limit.per_address),
    ):
        times = sorted(failures.exclude(pk=attempt.pk).values_list("at", flat=True), reverse=True)
        if len(times) >= allowed:
            attempt.delete()
            free_at = clock.local(times[allowed - 1] + limit.window) + timedelta(minutes=1)
            raise Refused("locked", limit.sentence.format(allowed=allowed, free_at=free_at), status=429)
    return attempt


def succeed(attempt: Attempt) -> None:
    """The try was right: earlier failures of this account no longer count. Those of the address still do."""
    Attempt.objects.filter(pk=attempt.pk).update(failed=False)


def left(attempt: Attempt) -> int:
    """How many more tries there are after this failed one; the same number whatever was wrong."""
    limit = LIMITS[attempt.kind]
    by_account = limit.per_account - _failures_of_account(attempt).count()
    by_address = limit.per_address - _failures_of_address(attempt).count()
    return max(0, min(by_account, by_address))


def _failures_of_account(attempt: Attempt):
    rows = _in_window(attempt).filter(account_key=attempt.account_key)
    last_success = rows.filter(failed=False).order_by("-pk").values_list("pk", flat=True).first()
    return rows.filter(failed=True, pk__gt=last_success or 0)


def _failures_of_address(attempt: Attempt):
    if not attempt.address:
        return Attempt.objects.none()
    return _in_window(attempt).filter(address=attempt.address, failed=True)


def _in_window(attempt: Attempt):
    return Attempt.objects.filter(kind=attempt.kind, at__gt=attempt.at - LIMITS[attempt.kind].window)
