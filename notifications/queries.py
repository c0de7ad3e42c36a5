"""Who sees which message: everybody the own ones."""

from dataclasses import dataclass

from django.db.models import Count, Q

from notifications import channels
from notifications.models import Message

STATE_WORDS = {
    Message.State.PENDING: "待发送",
    Message.State.WORKING: "发送中",
    Message.State.DONE: "已发出",
    Message.State.FAILED: "未发出",
}


@dataclass(frozen=True)
class Delivery:
    """How a message fared in one channel besides the inbox: 短信已发出, 邮件未发出."""

    text: str
    failed: bool


@dataclass(frozen=True)
class Reach:
    """One way this person is told outside the inbox: the masked address and the newest finished message there."""

    label: str
    address: str
    newest: Message | None


def inbox_of(user):
    """The messages `user` reads on screen, newest first. No other query leads from a person to a message's text."""
    return Message.objects.filter(user=user).in_inbox().order_by("-created_at", "-pk")


def counts(user) -> dict[str, int]:
    """{"all": n, "unread": n}, one query."""
    return inbox_of(user).order_by().aggregate(all=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))


def unread_count(user) -> int:
    """How many messages `user` has not read; one query."""
    return inbox_of(user).unread().order_by().count()


def unread_badge(user) -> int:
    """`unread_count` of the person signed in, asked once per request: page header and sidebar both show it."""
    if not hasattr(user, "_unread_badge"):
        user._unread_badge = unread_count(user)
    return user._unread_badge


def with_deliveries(user, messages: list[Message]) -> list[Message]:
    """The same messages, each with `.deliveries`, a list of Delivery; one query for all of them."""
    siblings = Message.objects.filter(user=user, dedup__in={message.dedup for message in messages})
    told: dict[tuple[str, str], list[Delivery]] = {}
    fields = siblings.exclude(channel="inbox").order_by("pk").values_list("event", "dedup", "channel", "state")
    for event, dedup, channel, state in fields:
        words = f"{channels.label(channel)}{STATE_WORDS[state]}"
        told.setdefault((event, dedup), []).append(Delivery(words, state == Message.State.FAILED))
    for message in messages:
        message.deliveries = told.get((message.event, message.dedup), [])
    return messages


def reaches(user) -> list[Reach]:
    """How `user` is told outside the inbox; one query. Empty for people who only have the inbox."""
    outward = [channel for channel in channels.every() if channel.outward and channel.reaches(user)]
    if not outward:
        return []
    finished = Message.objects.filter(user=user, state__in=(Message.State.DONE, Message.State.FAILED))
    newest: dict[str, Message] = {}
    fields = finished.exclude(channel="inbox").only("channel", "state", "created_at", "sent_at")
    for message in fields.order_by("-created_at", "-pk")[:20]:
        newest.setdefault(message.channel, message)
    return [
        Reach(channel.label, channel.mask(channel.address_for(user)), newest.get(channel.kind)) for channel in outward
    ]
