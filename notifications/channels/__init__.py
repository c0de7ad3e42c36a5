"""The ways to reach a person: a registry of one small module per kind, and the direct way for phone codes."""

from functools import lru_cache

from django.utils.module_loading import import_string

from notifications import conf
from notifications.channels.base import Channel, DeliveryError, PermanentError, TemporaryError
from notifications.channels.sms import last_text, send_sms

__all__ = [
    "Channel", "DeliveryError", "PermanentError", "TemporaryError",
    "every", "get", "label", "last_text", "mask", "send_sms",
]  # fmt: skip

BUILT_IN = {
    "inbox": "notifications.channels.inbox.Inbox",
    "console": "notifications.channels.console.Console",
    "sms": "notifications.channels.sms.Sms",
    "email": "notifications.channels.email.Email",
}


def get(kind: str) -> Channel:
    """The channel of this kind; KeyError when the installation has none (any more)."""
    return _instance((BUILT_IN | conf.channel_paths())[kind])


def every() -> list[Channel]:
    """All channels of this installation, the built-in ones first."""
    return [_instance(path) for path in (BUILT_IN | conf.channel_paths()).values()]


def label(kind: str) -> str:
    """The word for a channel on screen; the bare code for one that was removed while its rows remain."""
    try:
        return get(kind).label
    except KeyError:
        return kind


def mask(kind: str, address: str) -> str:
    """An address as an administrator may see it; hidden whole when its channel is gone."""
    try:
        return get(kind).mask(address)
    except KeyError:
        return "*" * len(address)


@lru_cache
def _instance(path: str) -> Channel:
    return import_string(path)()
