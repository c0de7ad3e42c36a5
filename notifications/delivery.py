"""Delivering what the outbox holds: claim, send, keep the books (DESIGN §6.7 and §6.8)."""

import logging
import time
from datetime import timedelta

from django.db import transaction

from jbgs.lib import clock
from notifications import channels, conf
from notifications.models import Message, OutgoingText

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 50  # a sweep ends before the next one starts
KEEP_DEMO_TEXTS = timedelta(days=1)


def deliver(message_id: int) -> str:
    """Deliver one message if it is due and nobody else does. Returns its state afterwards, or "" when left alone.

    1. Read the row; leave it when it is not due (done, failed, waiting for its next try, held by a living worker).
    2. Claim it by compare-and-swap: UPDATE to `working` where state and `attempts` are still as read. Every claim
       raises `attempts`, so of several workers that read the same row exactly one changes it; the others leave it.
       A row that has been `working` for longer than the stale time is claimed the same way: its worker is dead.
    3. The claim is committed before anything is sent, so a worker that is killed leaves a row that says so.
    4. Send, outside any transaction.
    5. Write the outcome by a second compare-and-swap on our own claim (`working`, our `attempts`): `done`; `pending`
       with a later `next_try_at` after a temporary error; `failed` after a permanent one or after the last attempt.
       When this changes no row we were slow, were taken for dead and another worker has it: its outcome counts.

    A message thus becomes `done` once, and never without having been accepted by its channel. What no bookkeeping can
    exclude: a worker killed between 4 and 5 leaves a row that is sent a second time.
    """
    message = Message.objects.due(clock.machine_now()).filter(pk=message_id).first()
    if message is None:
        return ""
    if message.attempts >= conf.max_attempts():
        return _give_up(message)
    if not _claim(message):
        return ""
    return _finish(message, *_send(message))


def sweep(seconds: float = SWEEP_SECONDS) -> int:
    """Deliver whatever is due, oldest first, and return how many messages changed state here.

    This is what makes the broker dispensable: rows whose doorbell was lost, whose next try has come or whose worker
    died are found here. Sweeps may overlap, `deliver` lets only one work on a row. A row is tried once per sweep.
    """
    started, handled = time.monotonic(), 0
    due = Message.objects.due(clock.machine_now()).order_by("next_try_at", "pk").values_list("pk", flat=True)
    for message_id in list(due[:1000]):
        if time.monotonic() - started > seconds:
            break
        handled += bool(deliver(message_id))
    OutgoingText.objects.filter(created_at__lt=clock.machine_now() - KEEP_DEMO_TEXTS).delete()
    return handled


def resend(message: Message) -> bool:
    """Give a failed message a fresh set of attempts; False when it is not failed (any more). The caller rings."""
    return _swap(
        message, Message.State.FAILED, state=Message.State.PENDING, attempts=0, next_try_at=clock.machine_now()
    )


def _claim(message: Message) -> bool:
    """Step 2: make the row ours, or learn that another process was faster."""
    return _swap(
        message, message.state, state=Message.State.WORKING, attempts=message.attempts + 1,
        working_since=clock.machine_now(),
    )  # fmt: skip


def _send(message: Message) -> tuple[str, str]:
    """Step 4: (state to write, reason). A fault of ours counts as temporary: a repaired program delivers it later."""
    try:
        channels.get(message.channel).send(message)
    except KeyError:
        return Message.State.FAILED, f"没有“{message.channel}”这种发送方式"
    except channels.PermanentError as error:
        return Message.State.FAILED, str(error)
    except channels.TemporaryError as error:
        reason = str(error)
    except Exception as error:
        logger.exception("Channel %s broke on message %s", message.channel, message.pk)
        reason = f"发送程序出错（{type(error).__name__}）"
    else:
        return Message.State.DONE, ""
    last = message.attempts >= conf.max_attempts()
    return (Message.State.FAILED if last else Message.State.PENDING), reason


def _finish(message: Message, state: str, reason: str) -> str:
    """Step 5: write the outcome if the claim is still ours; returns the state written, or ""."""
    moment = clock.machine_now()
    ours = _swap(
        message, Message.State.WORKING, state=state, working_since=None, error=reason[:300] or _unsaid(state),
        next_try_at=moment + (conf.retry_delay(message.attempts) if state == Message.State.PENDING else timedelta()),
        sent_at=clock.now() if state == Message.State.DONE else None,
    )  # fmt: skip
    if not ours:
        logger.warning("Message %s: our claim %d was taken over, outcome dropped", message.pk, message.attempts)
        return ""
    if state != Message.State.DONE:
        logger.warning("Message %s (%s): attempt %d: %s", message.pk, message.channel, message.attempts, reason)
    return state


def _give_up(message: Message) -> str:
    """The last allowed attempt never came back (its worker died): visible as failed instead of tried for ever."""
    gave_up = _swap(
        message, message.state, state=Message.State.FAILED, working_since=None, error="发送程序多次中断，没有得到结果"
    )
    return Message.State.FAILED if gave_up else ""


def _unsaid(state: str) -> str:
    """A failed row must say why, even when its channel did not."""
    return "发送方式没有说明原因" if state == Message.State.FAILED else ""


def _swap(message: Message, state: str, /, **values) -> bool:
    """Compare-and-swap: write `values` if the row still has this state and the attempts we read; True if it had.

    Durable: a claim that its transaction could still roll back is no claim, so calling inside `atomic()` is an error.
    """
    with transaction.atomic(durable=True):
        row = Message.objects.filter(pk=message.pk, state=state, attempts=message.attempts)
        if row.update(**values) != 1:
            return False
    for name, value in values.items():
        setattr(message, name, value)
    return True
