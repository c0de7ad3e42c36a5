"""邮件: through Django's mail backend. The only module that may call send_mail (EMAIL_TIMEOUT must be set)."""

from smtplib import SMTPException, SMTPRecipientsRefused

from django.core.mail import send_mail

from notifications.channels.base import Channel, PermanentError, TemporaryError


class Email(Channel):
    kind = "email"
    label = "邮件"

    def address_for(self, user) -> str:
        return getattr(user, "email", "") or ""

    def send(self, message) -> None:
        """The sender is DEFAULT_FROM_EMAIL. A refused recipient is permanent, everything else is tried again."""
        try:
            send_mail(message.title, message.body or message.title, None, [message.address])
        except SMTPRecipientsRefused as error:
            raise PermanentError("邮件地址被对方拒收") from error
        except (SMTPException, OSError) as error:
            raise TemporaryError(f"邮件服务器没有接收（{type(error).__name__}）") from error

    def mask(self, address: str) -> str:
        name, _, host = address.partition("@")
        return f"{name[:1]}***@{host}"
