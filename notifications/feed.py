"""A person's due dates as an iCalendar feed (RFC 5545) at a secret address; only the hash of the secret is kept."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from secrets import token_urlsafe
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from jbgs.lib import clock
from notifications.duedates import DueItem
from notifications.models import CalendarFeed

NAME = "揭榜挂帅：我的期限"
PROVISIONAL = "（暂定）"
SHOWN = timedelta(minutes=30)  # an end has no length; a half hour before it is what calendars show


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def renew(user) -> str:
    """A new secret for this person's feed; the old address is gone. The secret is returned once and not kept."""
    token = token_urlsafe(32)
    CalendarFeed.objects.update_or_create(
        user=user, defaults={"token_sha256": hashed(token), "created_at": clock.now()}
    )
    return token


def stop(user) -> None:
    """No feed any more."""
    CalendarFeed.objects.filter(user=user).delete()


def feed_of(token: str) -> CalendarFeed | None:
    """The feed behind a secret, of somebody who is still active."""
    found = CalendarFeed.objects.filter(token_sha256=hashed(token), user__is_active=True).select_related("user")
    return found.first()


def calendar(items: Iterable[DueItem], site: str) -> bytes:
    """The feed's text. `site`: scheme and host, for links and UIDs. A day that moves keeps its UID, so calendars move
    the entry instead of adding one; times are given in Asia/Shanghai."""
    found = Calendar()
    found.add("prodid", "-//jbgs//due dates//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", NAME)
    found.add("x-wr-timezone", "Asia/Shanghai")
    for item in items:
        found.add_component(_event(item, site))
    found.add_missing_timezones()
    return found.to_ical()


def _event(item: DueItem, site: str) -> Event:
    end = item.due_at.astimezone(clock.SHANGHAI)
    if (end.hour, end.minute, end.second) == (0, 0, 0):
        end -= timedelta(minutes=1)  # 24:00 stands on the day before, where people look for it
    event = Event()
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'{site}/due/{item.key}')}@jbgs")
    event.add("dtstamp", clock.now())
    event.add("last-modified", clock.now())
    event.add("summary", f"{item.title}{PROVISIONAL if item.provisional else ''}")
    event.add("dtstart", end - SHOWN)
    event.add("dtend", end)
    event.add("url", f"{site}{item.url}")
    event.add("status", "TENTATIVE" if item.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
