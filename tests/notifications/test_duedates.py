"""我的期限 as an engine: sorting, grouping, the secret feed."""

from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person, make_unit
from notifications import duedates, feed
from notifications.duedates import DueItem
from notifications.models import CalendarFeed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 10, tzinfo=clock.SHANGHAI)  # a Wednesday
MONDAY = datetime(2026, 11, 23, tzinfo=clock.SHANGHAI)


@pytest.fixture
def days(monkeypatch):
    """The only provider: whatever stands in this list, for the person named with it."""
    held: list[tuple[object, DueItem]] = []
    monkeypatch.setattr(duedates, "_providers", {"test": lambda user: [item for who, item in held if who == user]})
    return held


@pytest.fixture
def alice():
    return make_person("alice", "unit_admin", unit=make_unit(1))


def item(key, due_at, **more):
    return DueItem(key, f"事项{key}", due_at, "/x/", **more)


def test_groups_by_the_week_of_china():
    items = [
        item("a", NOW), item("b", NOW + timedelta(microseconds=1)), item("c", MONDAY),
        item("d", MONDAY + timedelta(microseconds=1)),
    ]  # fmt: skip
    groups = {group.key: [one.key for one in group.items] for group in duedates.grouped(items, NOW)}
    assert groups == {"over": ["a"], "week": ["b", "c"], "later": ["d"]}


def test_the_page_shows_the_days_and_marks_what_is_provisional(client, alice, days):
    days += [(alice, item("late", MONDAY, provisional=True)), (alice, item("gone", NOW - timedelta(days=2)))]
    client.force_login(alice)
    with clock.travel(NOW):
        page = client.get("/due/").content.decode()
    assert page.index("已逾期") < page.index("本周") and "暂定" in page and "11月22日 24:00" in page
    assert "订阅地址" in page


def test_an_address_is_shown_once_and_only_its_hash_is_kept(client, alice, days):
    client.force_login(alice)
    client.post("/due/feed/")
    first = client.get("/due/").context["address"]
    assert first.endswith(".ics") and client.get("/due/").context["address"] == ""
    token = first.rsplit("/", 1)[1].removesuffix(".ics")
    assert CalendarFeed.objects.get().token_sha256 == feed.hashed(token) != token
    client.logout()
    assert client.get(f"/due/{token}.ics").status_code == 200
    client.force_login(alice)
    client.post("/due/feed/")
    assert client.get(f"/due/{token}.ics").status_code == 404, "a reset address is gone"
    client.post("/due/feed/", {"stop": "1"})
    assert not CalendarFeed.objects.exists()


def test_the_feed_is_of_one_person_and_nobody_who_left(client, alice, days):
    bob = make_person("bob", "unit_admin", unit=make_unit(2))
    days += [(alice, item("mine", MONDAY)), (bob, item("his", MONDAY))]
    token = feed.renew(alice)
    text = client.get(f"/due/{token}.ics").content.decode()
    assert "事项mine" in text and "事项his" not in text
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert client.get(f"/due/{token}.ics").status_code == 404


def test_a_day_that_moves_keeps_its_uid(client, alice, days):
    token = feed.renew(alice)

    def event():
        found = Calendar.from_ical(client.get(f"/due/{token}.ics").content)
        (only,) = found.walk("VEVENT")
        return only

    days.append((alice, item("work", MONDAY, provisional=True, note="别人的项目")))
    before = event()
    days[0] = (alice, item("work", MONDAY + timedelta(days=3)))
    after = event()
    assert before["uid"] == after["uid"]
    # 24:00 of Sunday stands on the Sunday, in China's time.
    assert before.decoded("dtend") == MONDAY - timedelta(minutes=1)
    assert before.decoded("dtend").utcoffset() == timedelta(hours=8)
    assert after.decoded("dtend") == MONDAY + timedelta(days=3) - timedelta(minutes=1)
    assert "暂定" in before["summary"] and "暂定" not in after["summary"]
    assert "别人的项目" not in before.to_ical().decode()


def test_the_feed_names_its_zone_and_links(client, alice, days):
    days.append((alice, item("work", MONDAY)))
    text = client.get(f"/due/{feed.renew(alice)}.ics").content.decode()
    assert "TZID:Asia/Shanghai" in text and "BEGIN:VTIMEZONE" in text
    assert "URL:http://testserver/x/" in text.replace("\r\n ", "")


def test_reading_writes_nothing(client, alice, days, django_assert_num_queries):
    token = feed.renew(alice)
    with django_assert_num_queries(1):
        client.get(f"/due/{token}.ics")


def test_who_is_not_signed_in_has_no_page(client):
    assert client.get("/due/").status_code == 302
    assert client.post("/due/feed/").status_code == 302
    assert client.get("/due/nothing.ics").status_code == 404
