"""What an installation may set about messages; read at the moment of use, so that a test or a worker can change it."""

from datetime import timedelta

from django.conf import settings


def stale_after() -> timedelta:
    """A message that has been `working` for longer belongs to a dead worker. Must exceed every channel's time-out."""
    return timedelta(seconds=getattr(settings, "NOTIFICATIONS_STALE_SECONDS", 300))


def max_attempts() -> int:
    """After so many attempts a message is failed and waits for a person."""
    return getattr(settings, "NOTIFICATIONS_MAX_ATTEMPTS", 6)


def retry_delay(attempts: int) -> timedelta:
    """The pause after the n-th attempt: 1, 4, 16, 64 minutes and so on, at most six hours."""
    first = getattr(settings, "NOTIFICATIONS_RETRY_SECONDS", 60)
    return timedelta(seconds=min(first * 4 ** (attempts - 1), 6 * 3600))


def channel_paths() -> dict[str, str]:
    """Further channels of this installation: kind -> dotted path of a `channels.base.Channel` class."""
    return getattr(settings, "NOTIFICATION_CHANNELS", {})


def sms_transport_path() -> str:
    """Dotted path of the `channels.sms.Transport` class that carries text messages; by default the console."""
    return getattr(settings, "SMS_TRANSPORT", "notifications.channels.sms.ConsoleTransport")


def is_demo() -> bool:
    """Whether this is the demonstration, which may show on screen what a telephone would have received."""
    return getattr(settings, "JBGS_DEMO", False)
