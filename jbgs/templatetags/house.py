"""Template words of the house: icons, dates as people in China write them, money, time left, meters, navigation.

Load with `{% load house %}`. Everything here only formats; nothing reads the database.
"""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from jbgs.lib import clock
from programmes.indicators import SIGNS, IndicatorSpec, show_decimal
from programmes.words import word_of

register = template.Library()

# Amber begins three days before the day of the end: while "3 天 …" or less is left (screens, principle 2).
SOON = timedelta(days=4)
NO_VALUE = "—"
TARGETS_IN_LIST = 3


# --- Words ---------------------------------------------------------------------------------------------------------


@register.filter
def word(call, key: str) -> str:
    """The call's own word for a label, `{{ call|word:"lead" }}`; the default where a page shows no single call."""
    return call.spec.label(key) if call else word_of(key)


# --- Icons ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def icon_shapes() -> dict[str, str]:
    """The inner SVG of each icon by name, from the one sprite file static/img/icons.svg."""
    sprite = (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text(encoding="utf-8")
    return dict(re.findall(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', sprite, re.S))


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """`{% icon "clock" %}`: a decorative icon (hidden from screen readers; the word stands beside it).

    An unknown name is a programming error and raises KeyError.
    """
    shape = mark_safe(icon_shapes()[name])
    classes = f"i {css}".strip()
    frame = '<svg class="{}" viewBox="0 0 20 20" aria-hidden="true" focusable="false">{}</svg>'
    return format_html(frame, classes, shape)


# --- Dates, time left ----------------------------------------------------------------------------------------------


def _day(moment: date) -> str:
    """`3月6日`, with the year in front unless it is the current business year."""
    year = "" if moment.year == clock.today().year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


@register.filter
def cn_datetime(moment: datetime | None, seconds: str = "") -> str:
    """`3月6日 18:30` in Chinese time; `moment|cn_datetime:"s"` adds the seconds. None gives a dash."""
    if not moment:
        return NO_VALUE
    there = clock.local(moment)
    return f"{_day(there)} {there:%H:%M:%S}" if seconds else f"{_day(there)} {there:%H:%M}"


@register.filter
def cn_deadline(moment: datetime | None) -> str:
    """The end of a window as people read it: 00:00 of the 7th is `3月6日 24:00`. None gives a dash."""
    if not moment:
        return NO_VALUE
    there = clock.local(moment)
    if (there.hour, there.minute, there.second) == (0, 0, 0):
        return f"{_day(there - timedelta(days=1))} 24:00"
    return cn_datetime(moment)


@register.filter
def cn_date(day: date | datetime | None) -> str:
    """`2025年3月6日`, always with the year. A datetime counts as its Chinese day. None gives a dash."""
    if not day:
        return NO_VALUE
    if isinstance(day, datetime):
        day = clock.local(day)
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True)
class TimeLeft:
    """What a deadline clock shows: (number, unit) pairs, and whether the end is near or past."""

    parts: tuple[tuple[int, str], ...]
    soon: bool
    over: bool

    def __str__(self) -> str:
        return "已截止" if self.over else " ".join(f"{number} {unit}" for number, unit in self.parts)


def time_left(until: datetime, at: datetime) -> TimeLeft:
    """Days, hours and minutes from `at` until `until`, rounded down; leading zeros are left out.

    A window closes at `until` itself, so nothing is left from that instant on.
    """
    left = until - at
    if left <= timedelta(0):
        return TimeLeft((), soon=False, over=True)
    minutes = math.floor(left.total_seconds() / 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "天")] if days else []
    if days or hours:
        parts.append((hours, "小时"))
    parts.append((minutes, "分"))
    return TimeLeft(tuple(parts), soon=left < SOON, over=False)


@register.filter
def duration_left(until: datetime | None) -> str:
    """`3 天 9 小时 33 分`, or `已截止`; None gives a dash."""
    return str(time_left(until, clock.now())) if until else NO_VALUE


@register.simple_tag
def clock_parts(until: datetime | None, at: datetime | None = None) -> TimeLeft | None:
    """`{% clock_parts window.closes_at as left %}`: a TimeLeft, or None when there is no end."""
    return time_left(until, at or clock.now()) if until else None


@register.filter
def epoch_ms(moment: datetime | None) -> str:
    """Milliseconds since 1970 for data attributes that a script reads; empty for None."""
    return str(round(moment.timestamp() * 1000)) if moment else ""


@register.simple_tag
def server_now() -> datetime:
    """`{% server_now as now %}`: business time of the server."""
    return clock.now()


@register.simple_tag
def server_clock() -> SafeString:
    """The running server time `3月3日 14:26:08`; deadline-clock.js keeps it going."""
    now = clock.now()
    return format_html(
        '<time class="server-clock nowrap" datetime="{}" data-server-now="{}">{}</time>',
        clock.local(now).isoformat(timespec="seconds"),
        epoch_ms(now),
        cn_datetime(now, "s"),
    )


# --- Figures -------------------------------------------------------------------------------------------------------


@register.filter
def wan_yuan(amount) -> str:
    """An amount in 万元 with two decimals and thousands separated: `1,120.00`. None gives a dash, words stay words."""
    if amount is None or amount == "":
        return NO_VALUE
    try:
        return f"{Decimal(str(amount)):,.2f}"
    except InvalidOperation:
        return str(amount)


@register.filter
def file_size(octets: int | None) -> str:
    """`2.1 MB`, `640 KB`; None gives a dash."""
    if octets is None:
        return NO_VALUE
    return f"{octets / 1_048_576:.1f} MB" if octets >= 1_048_576 else f"{max(1, round(octets / 1024))} KB"


@register.filter
def target_parts(indicator: IndicatorSpec) -> dict[str, str] | None:
    """A target in the columns of a table: {"comparator": "≥", "value": "1000", "unit": "个"}; None when it is words."""
    if indicator.is_text:
        return None
    if isinstance(indicator.value, tuple):
        low, high = indicator.value
        return {"comparator": "", "value": f"{show_decimal(low)}—{show_decimal(high)}", "unit": indicator.unit}
    return {
        "comparator": SIGNS[indicator.comparator],
        "value": show_decimal(indicator.value),
        "unit": indicator.unit,
    }


@register.filter
def unit_text(unit: str) -> str:
    """A unit with its powers raised: `μGal/Hz^(1/2)` becomes μGal/Hz with a small ½ above."""
    pieces = re.split(r"\^(\(1/2\)|-?\d+)", unit)
    raised = (format_html("<sup>{}</sup>", power.replace("(1/2)", "½")) for power in pieces[1::2])
    return format_html_join("", "{}{}", zip(pieces[::2], [*raised, ""], strict=True))


@register.filter
def first_targets(task) -> list[IndicatorSpec]:
    """The three targets that a list shows of a task, in its order; those with a figure come before those in words."""
    return sorted(task.indicators, key=lambda indicator: indicator.is_text)[:TARGETS_IN_LIST]


@register.filter
def targets_left(task) -> int:
    """How many targets of a task a list does not show."""
    return max(0, len(task.indicators) - TARGETS_IN_LIST)


@register.filter
def field_name(code: str, spec) -> str:
    """`{{ task_spec.field|field_name:spec }}`: the words for a field's code in a CallSpec."""
    return spec.field(code).name


@register.filter
def category_name(code: str, spec) -> str:
    """`{{ task_spec.category|category_name:spec }}`: the words for a category's code in a CallSpec, "" without one."""
    return spec.categories[code] if code else ""


@register.simple_tag
def meter(percent: float, label: str, css: str = "") -> SafeString:
    """A bar of 0-100 percent as SVG, because the content policy forbids style attributes; `label` is read aloud."""
    share = max(0, min(100, round(float(percent or 0))))
    return format_html(
        '<svg class="{}" role="progressbar" aria-label="{}" aria-valuenow="{}" aria-valuemin="0" aria-valuemax="100"'
        ' viewBox="0 0 100 6" preserveAspectRatio="none"><rect width="{}" height="6" rx="0"/></svg>',
        f"meter {css}".strip(), label, share, share,
    )  # fmt: skip


@dataclass(frozen=True)
class Slots:
    """A quota meter: one word per slot (`on`, `over` or empty) and a sentence."""

    marks: tuple[str, ...]
    used: int
    limit: int
    sentence: str
    over: bool
    full: bool


@register.simple_tag
def quota_slots(used: int, limit: int, verb: str = "推荐") -> Slots:
    """`{% quota_slots used limit as slots %}`: what `_quota_meter.html` draws. `verb` completes 还可…n 个."""
    used, limit = int(used or 0), int(limit)
    marks = tuple("over" if n >= limit else "on" if n < used else "" for n in range(max(used, limit)))
    left = limit - used
    sentence = f"超出 {-left} 个" if left < 0 else f"还可{verb} {left} 个" if left else "已用完"
    return Slots(marks, used, limit, sentence, used > limit, used == limit)


# --- Navigation ----------------------------------------------------------------------------------------------------

FRONT_LINKS = (
    # label, URL name, its arguments, paths that belong to it
    ("榜单任务", "programmes:home", (), ("/calls/",)),
    ("我的申报", "applications:mine", (), ("/mine/", "/applications/")),
    ("结果公示", "applications:publicities", (), ("/publicity/",)),
    ("帮助", "guide", ("units",), ("/help/",)),
)


@register.simple_tag(takes_context=True)
def front_nav(context) -> list[dict]:
    """The front office's main links: {"label", "url", "current"}; a room that is not mounted has no link.

    People of the back office, who read guides and lists here, have no applications of their own.
    """
    request = context.get("request")
    path = request.path if request else ""
    is_visitor = getattr(getattr(request, "user", None), "is_back_office", False)
    links = []
    for label, name, args, paths in FRONT_LINKS:
        if is_visitor and name == "applications:mine":
            continue
        try:
            url = reverse(name, args=args)
        except NoReverseMatch:
            continue
        current = path == url or any(path.startswith(start) for start in paths)
        links.append({"label": label, "url": url, "current": current})
    return links


@register.simple_tag
def is_demo() -> bool:
    """Whether this is the demonstration, whose ribbon says that all people and figures are invented."""
    return settings.JBGS_DEMO


@register.filter
def page_numbers(paginator, number: int) -> list[int]:
    """The page numbers to link around `number`; 0 stands for a gap."""
    pages = paginator.get_elided_page_range(number, on_each_side=2)
    return [0 if entry == paginator.ELLIPSIS else entry for entry in pages]
