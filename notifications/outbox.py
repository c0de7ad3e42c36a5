"""Writing messages. The row, written in the caller's transaction, is the message; the broker is only a doorbell."""

import logging
from collections.abc import Iterable
from functools import partial
from uuid import uuid4

from django.db import transaction

from jbgs.lib import clock
from notifications import channels, tasks
from notifications.models import INBOX, Message

logger = logging.getLogger(__name__)

DEFAULT_CHANNELS = (INBOX, "sms")
RING_SIZE = 20  # messages per doorbell: one slow gateway holds up few, and an event to hundreds rings seldom
# Not `retry=False`: kombu then connects by its own rules and the person who clicked waits six seconds (measured).
RING_ONCE_MORE = {"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1}


def enqueue(event, to, *, title, body="", url="", about=None, dedup, channels=DEFAULT_CHANNELS) -> list[Message]:
    """Write one message per person and channel into the caller's transaction; ring for a worker after its commit.

    `event` is a stable code ("application_returned"), `to` one person or several, `dedup` the key that makes a repeated
    call harmless: what was written once for (event, dedup, person, channel) is not written again, and only rows that
    are new are returned. `title` is one line (a text message carries only this), `body` what the inbox shows below it,
    `url` a path of this site, `about` the caller's key of the thing. A channel that does not reach a person (no
    telephone; people of a rehearsal) is left out for that person; name only `("inbox",)` to tell nobody outside.

    Costs two queries however many people there are. A broker that is down neither raises nor loses anything: the sweep
    finds the rows. Raises ValueError for a missing dedup key or a foreign URL, KeyError for an unknown channel.
    """
    if not dedup:
        raise ValueError(f"{event}: a message needs a dedup key")
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError(f"{event}: {url!r} is not a path of this site")
    common = {
        "event": event, "dedup": dedup, "batch": uuid4(), "about": about or "", "url": url,
        "title": _one_line(title), "body": body.strip(),
    }  # fmt: skip
    rows = [row for person in _people(to) for kind in dict.fromkeys(channels) if (row := _row(person, kind, common))]
    if not rows:
        return []
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    written = list(Message.objects.filter(event=event, dedup=dedup, batch=common["batch"]).order_by("pk"))
    waiting = [message.pk for message in written if message.state == Message.State.PENDING]
    if waiting:
        transaction.on_commit(partial(ring, waiting), robust=True)
    return written


def ring(message_ids: list[int]) -> None:
    """Ask the workers to deliver these messages now. Never raises: what is not rung for is swept within a minute."""
    try:
        for start in range(0, len(message_ids), RING_SIZE):
            tasks.deliver.apply_async((message_ids[start : start + RING_SIZE],), retry_policy=RING_ONCE_MORE)
    except Exception:
        logger.warning("No broker: %d messages wait for the sweep", len(message_ids), exc_info=True)


def _people(to) -> list:
    """The persons, each once, in the order given."""
    people = to if isinstance(to, Iterable) else [to]
    return list({person.pk: person for person in people}.values())


def _row(person, kind: str, common: dict) -> Message | None:
    """The unsaved row for one person and channel, or None when the channel does not reach the person."""
    channel = channels.get(kind)
    if not channel.reaches(person):
        return None
    row = Message(user=person, channel=kind, address=channel.address_for(person), created_at=clock.now(), **common)
    if channel.at_once:
        row.state = Message.State.DONE
        row.sent_at = row.created_at
    return row


def _one_line(title: str) -> str:
    """A title has no line breaks (mail headers, text messages) and fits its column."""
    line = " ".join(title.split())
    return line if len(line) <= 200 else line[:199] + "…"
