"""控制台: messages printed by the worker, so that a small installation shows in its terminal what happens."""

from jbgs.lib import clock
from notifications.channels.base import Channel


class Console(Channel):
    kind = "console"
    label = "控制台"
    outward = False

    def address_for(self, user) -> str:
        return user.get_username()

    def send(self, message) -> None:
        print_line("消息", message.address, message.title)


def print_line(what: str, to: str, text: str) -> None:
    """One line on standard output, flushed at once: the web process and the worker share the terminal."""
    print(f"[{clock.local(clock.machine_now()):%H:%M:%S}] {what} → {to}：{text}", flush=True)
