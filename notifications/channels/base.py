"""What a channel is. To add one: copy a module of this folder and name its class in NOTIFICATION_CHANNELS."""


class DeliveryError(Exception):
    """A message did not leave. The text goes into `Message.error`: short, for an administrator, without content."""


class PermanentError(DeliveryError):
    """Trying again cannot help: no such number, address refused, template not approved."""


class TemporaryError(DeliveryError):
    """Worth another attempt later: time-out, gateway busy, quota of the minute used up."""


class Channel:
    """One way to reach a person.

    `kind` is the code in `Message.channel`, `label` the Chinese word on screen. `at_once` says that writing the row is
    the delivery (the inbox). `outward` says that something leaves the house, which people who do not exist never get.
    """

    kind = ""
    label = ""
    at_once = False
    outward = True

    def address_for(self, user) -> str:
        """The person's address in this channel; "" when there is none, and then no row is written."""
        raise NotImplementedError

    def send(self, message) -> None:
        """Hand the message over. Returns when it was accepted, else raises PermanentError or TemporaryError.

        Runs outside any transaction and may be repeated after a crash between acceptance and bookkeeping: a gateway
        that knows idempotency keys should be given `message.pk`.
        """
        raise NotImplementedError

    def reaches(self, user) -> bool:
        """Whether this person is to be told through this channel at all."""
        if self.outward and (getattr(user, "is_fictitious", False) or not user.is_active):
            return False
        return bool(self.address_for(user))

    def mask(self, address: str) -> str:
        """The address as an administrator may see it."""
        return address
