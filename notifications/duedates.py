"""我的期限: every day by which a person must have done something. The engine sorts and shows; higher rooms register."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from jbgs.lib import clock

_providers: dict[str, Callable] = {}
GROUP_TITLES = {"over": "已逾期", "week": "本周", "later": "以后"}


@dataclass(frozen=True)
class DueItem:
    """One day by which something must be done. `due_at` is an exclusive instant (24:00 is 00:00 of the next day).

    `key` names the thing and never changes, however often the day moves: the calendar's UID is made of it. `title` goes
    into the feed too, so it names nothing of others; `note` is shown on the page only. `provisional`: the day passed
    days of which the working calendar knows nothing yet.
    """

    key: str
    title: str
    due_at: datetime
    url: str
    note: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class Group:
    """Items of one urgency; `key` is over, week or later."""

    key: str
    title: str
    items: list[DueItem]


def register(name: str, provider: Callable) -> None:
    """Let `provider(user) -> Iterable[DueItem]` tell of a room's days, in its AppConfig.ready().

    It must cost a constant number of queries and answer nothing for people it does not know.
    """
    _providers[name] = provider


def due_items(user) -> list[DueItem]:
    """Everything that is due for `user`, the nearest first."""
    items = [item for provider in _providers.values() for item in provider(user)]
    return sorted(items, key=lambda item: (item.due_at, item.title))


def grouped(items: Iterable[DueItem], now: datetime) -> list[Group]:
    """The non-empty groups: what is over, what ends within this calendar week (to Sunday 24:00), what comes later."""
    found: dict[str, list[DueItem]] = {}
    for item in items:
        found.setdefault(urgency(item, now), []).append(item)
    return [Group(key, title, found[key]) for key, title in GROUP_TITLES.items() if key in found]


def urgency(item: DueItem, now: datetime) -> str:
    """The group an item belongs to; an end at Sunday 24:00 is still of this week."""
    if item.due_at <= now:
        return "over"
    return "week" if item.due_at <= end_of_week(now) else "later"


def end_of_week(now: datetime) -> datetime:
    """Monday 00:00 of the next week, in China."""
    today = clock.local(now).date()
    monday = today + timedelta(days=7 - today.weekday())
    return datetime.combine(monday, time(), clock.SHANGHAI)
