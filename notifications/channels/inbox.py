"""站内: the row itself is what the person reads, so it is delivered when the transaction commits."""

from notifications.channels.base import Channel


class Inbox(Channel):
    kind = "inbox"
    label = "站内"
    at_once = True
    outward = False

    def address_for(self, user) -> str:
        return user.get_username()

    def send(self, message) -> None:
        """Nothing to do; only a row that was made pending by hand comes here."""
