"""What a visitor already has in a call, told by the room above (DESIGN §2: the higher room calls, no signals).

applications registers one provider in its AppConfig.ready(); without one the pages show the call alone.
"""

from collections.abc import Mapping
from typing import Protocol


class Provider(Protocol):
    """What the pages of a call ask."""

    def applications_of(self, user, call) -> Mapping[str, object]:
        """The visitor's own application by task code, each with `pk` and `applicant_chip`; constant queries."""

    def offer(self, user, call, task, window) -> Mapping[str, object]:
        """Context of the task page: `can_apply`, `apply_url`, `why_not`, `key`."""


class Nothing:
    """Nobody has anything: the room above is not there, or the visitor is not signed in."""

    def applications_of(self, user, call):
        return {}

    def offer(self, user, call, task, window):
        return {"can_apply": False, "apply_url": "", "why_not": ""}


_provider: Provider = Nothing()


def provide(provider: Provider) -> None:
    """Register the one provider."""
    global _provider
    _provider = provider


def applications_of(user, call) -> Mapping[str, object]:
    """The visitor's own applications in a call by task code; empty for who is not signed in."""
    return _provider.applications_of(user, call) if user.is_authenticated else {}


def offer(user, call, task, window) -> Mapping[str, object]:
    """Whether the visitor may apply for a task now, where to, and else why not."""
    return (_provider if user.is_authenticated else Nothing()).offer(user, call, task, window)
