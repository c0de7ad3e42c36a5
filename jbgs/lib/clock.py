"""The one clock. Business time can be moved by a rehearsal or a test; machine time cannot (DESIGN §6.6)."""

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_travelled: ContextVar[datetime | None] = ContextVar("jbgs_clock", default=None)


def now() -> datetime:
    """Business time, aware, in UTC."""
    return _travelled.get() or machine_now()


def machine_now() -> datetime:
    """The machine's own time, aware, in UTC; for the audit log's `recorded_at` and for worker claims only."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The same instant as people in China read it."""
    return moment.astimezone(SHANGHAI)


def today() -> date:
    """The business date in China."""
    return local(now()).date()


@contextmanager
def travel(at: datetime):
    """Let business time stand still at `at` (aware) inside the block; a rehearsal's and a test's tool."""
    if at.tzinfo is None:
        raise ValueError("travel() needs an aware datetime")
    token = _travelled.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
