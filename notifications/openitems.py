"""我的待办: what waits for a person. The engine only sorts and shows; higher rooms register who knows about what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jbgs.lib import clock

SOON = timedelta(days=3)

_providers: dict[str, Callable] = {}


@dataclass(frozen=True)
class OpenItem:
    """One thing to do. `verb` is the button's text, `due_at` an exclusive instant, `due_text` overrides its wording.

    `note` is one quiet line: number, who asked, how much is left. An item without a due date stands last.
    """

    title: str
    url: str
    verb: str
    note: str = ""
    due_at: datetime | None = None
    due_text: str = ""


@dataclass(frozen=True)
class Shown:
    """An item as the page shows it: how much time is left ("1 天 7 小时", "已过 2 天"), whether it is the main one."""

    item: OpenItem
    left: str
    is_main: bool


@dataclass(frozen=True)
class Group:
    """Items of one urgency; `key` is over, soon, later or open (no date)."""

    key: str
    title: str
    items: list[Shown]


def register(name: str, provider: Callable) -> None:
    """Let `provider(user) -> Iterable[OpenItem]` answer for its room; call it once in AppConfig.ready().

    A provider costs a constant number of queries (at most two) and returns nothing for people it does not know.
    """
    _providers[name] = provider


def open_items(user) -> list[OpenItem]:
    """Everything that waits for `user`, the most urgent first."""
    items = [item for provider in _providers.values() for item in provider(user)]
    return sorted(items, key=lambda item: (item.due_at is None, item.due_at or clock.now(), item.title))


def grouped(items: list[OpenItem], now: datetime) -> list[Group]:
    """The non-empty groups in order of urgency. The main item, one per page, is the first that is not over."""
    main = next((item for item in items if urgency(item, now) != "over"), None)
    shown: dict[str, list[Shown]] = {}
    for item in items:
        row = Shown(item, time_left(item.due_at, now), item is main)
        shown.setdefault(urgency(item, now), []).append(row)
    return [Group(key, title, shown[key]) for key, title in GROUP_TITLES.items() if key in shown]


GROUP_TITLES = {"over": "已过期", "soon": "三天内", "later": "以后", "open": "没有期限"}


def urgency(item: OpenItem, now: datetime) -> str:
    """The group an item belongs to."""
    if item.due_at is None:
        return "open"
    if item.due_at <= now:
        return "over"
    return "soon" if item.due_at - now <= SOON else "later"


def time_left(due_at: datetime | None, now: datetime) -> str:
    """How long until (or since) the instant, in at most two units; "" without a date."""
    if due_at is None:
        return ""
    if now - due_at >= timedelta(minutes=1):
        return f"已过 {_span(now - due_at)}"
    if due_at <= now:
        return "刚刚截止"
    return _span(due_at - now)


def _span(span: timedelta) -> str:
    """12 天, 1 天 7 小时 (below three days), 1 小时 40 分, 5 分, 不到 1 分."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    days, rest = divmod(hours, 24)
    if days >= SOON.days:
        return f"{days} 天"
    if days:
        return f"{days} 天 {rest} 小时" if rest else f"{days} 天"
    if hours:
        return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"
    return f"{minutes} 分" if minutes else "不到 1 分"
