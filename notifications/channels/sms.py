"""短信: the channel, the interface to a carrier, and the embedded transport that prints instead."""

from functools import lru_cache

from django.utils.module_loading import import_string

from jbgs.lib.validators import mask_phone
from notifications import conf
from notifications.channels.base import Channel
from notifications.channels.console import print_line
from notifications.models import OutgoingText

SIGNATURE = "【揭榜挂帅申报系统】"


class Transport:
    """A carrier. An installation writes one class for its gateway and names it in the setting SMS_TRANSPORT.

    Gateways in China accept approved templates only; a transport maps the text to its template there. It sets its own
    time-out (well below NOTIFICATIONS_STALE_SECONDS), and says by the class of the error whether to try again.
    """

    def send(self, phone: str, text: str) -> None:
        raise NotImplementedError


class ConsoleTransport(Transport):
    """Prints; in the demo it also keeps the text, so that a page can show what the telephone would have shown."""

    def send(self, phone: str, text: str) -> None:
        print_line("短信", phone, text)
        if conf.is_demo():
            OutgoingText.objects.create(phone=phone, text=text)


class Sms(Channel):
    kind = "sms"
    label = "短信"

    def address_for(self, user) -> str:
        return getattr(user, "phone", None) or ""

    def send(self, message) -> None:
        send_sms(message.address, f"{message.title}。请登录系统查看。")

    def mask(self, address: str) -> str:
        return mask_phone(address)


def send_sms(phone: str, text: str) -> None:
    """Send one text at once, for phone codes, which are worthless later; everything else goes through the outbox.

    `phone` is checked by the caller. Raises PermanentError or TemporaryError when the carrier did not accept it.
    """
    _transport(conf.sms_transport_path()).send(phone, SIGNATURE + text)


def last_text(phone: str) -> str:
    """What this telephone received last, for the demo's screens; "" when nothing or when this is not the demo."""
    if not conf.is_demo():
        return ""
    newest = OutgoingText.objects.filter(phone=phone).order_by("-id").values_list("text", flat=True)
    return newest.first() or ""


@lru_cache
def _transport(path: str) -> Transport:
    return import_string(path)()
