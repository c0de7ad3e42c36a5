"""我的待办: sorted and worded here, known elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest

from jbgs.lib import clock
from notifications import openitems
from notifications.openitems import OpenItem

NOW = datetime(2025, 3, 5, 8, 20, tzinfo=UTC)  # 16:20 in China


def item(title="填写", **fields):
    return OpenItem(title=title, url="/x/", verb="继续填写", **fields)


@pytest.fixture
def providers(monkeypatch):
    """An empty register for the length of one test."""
    empty = {}
    monkeypatch.setattr(openitems, "_providers", empty)
    return empty


def test_higher_rooms_say_what_is_open(providers):
    openitems.register("applications", lambda user: [item("晚", due_at=NOW + timedelta(days=9)), item("不急")])
    openitems.register("reviews", lambda user: [item("早", due_at=NOW + timedelta(hours=1))] if user == "alice" else [])
    with clock.travel(NOW):
        assert [found.title for found in openitems.open_items("alice")] == ["早", "晚", "不急"]
        assert [found.title for found in openitems.open_items("bob")] == ["晚", "不急"]


def test_a_room_registers_once(providers):
    for _ in range(2):
        openitems.register("applications", lambda user: [item()])
    assert len(openitems.open_items("alice")) == 1


def test_groups_by_urgency_and_one_main_item():
    items = [
        item("over", due_at=NOW),
        item("soon", due_at=NOW + timedelta(days=3)),
        item("later", due_at=NOW + timedelta(days=3, minutes=1)),
        item("open"),
    ]
    groups = openitems.grouped(items, NOW)
    assert [(group.title, [shown.item.title for shown in group.items]) for group in groups] == [
        ("已过期", ["over"]), ("三天内", ["soon"]), ("以后", ["later"]), ("没有期限", ["open"]),
    ]  # fmt: skip
    assert [shown.item.title for group in groups for shown in group.items if shown.is_main] == ["soon"]


def test_nothing_open_has_no_groups():
    assert openitems.grouped([], NOW) == []


@pytest.mark.parametrize(
    ("left", "words"),
    [
        ({"seconds": 40}, "不到 1 分"),
        ({"minutes": 5}, "5 分"),
        ({"hours": 1, "minutes": 40}, "1 小时 40 分"),
        ({"hours": 2}, "2 小时"),
        ({"days": 1, "hours": 7}, "1 天 7 小时"),
        ({"days": 2}, "2 天"),
        ({"days": 15, "hours": 7}, "15 天"),
        ({"days": -2}, "已过 2 天"),
        ({"seconds": 0}, "刚刚截止"),
    ],
)
def test_time_left_in_two_units_at_most(left, words):
    assert openitems.time_left(NOW + timedelta(**left), NOW) == words


def test_no_date_has_no_time_left():
    assert openitems.time_left(None, NOW) == ""
