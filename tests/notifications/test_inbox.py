"""The page: own messages only, read or not, how else they were told; in both offices."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jbgs.lib import clock
from notifications import openitems, outbox, queries
from notifications.models import Message
from notifications.openitems import OpenItem

pytestmark = pytest.mark.django_db

INBOX = "/inbox/"


@pytest.fixture(autouse=True)
def no_providers(monkeypatch):
    """Other rooms' open items are not looked at here."""
    empty = {}
    monkeypatch.setattr(openitems, "_providers", empty)
    return empty


@pytest.fixture
def filler(make_user, db):
    """A person of the front office."""
    from accounts.models import Unit

    unit = Unit.objects.create(
        code="91110000MA01TESTX0", name="演示单位", type="enterprise", region="110000", registered_on="2020-01-01"
    )
    return make_user(role="unit_filler", unit=unit)


def tell(user, number=1, channels=("inbox",), **fields):
    fields = {"title": f"消息{number}", "dedup": f"d{number}", **fields}
    return outbox.enqueue("returned", user, channels=channels, **fields)


def page_of(client, user, path=INBOX):
    client.force_login(user)
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_it_works(client, filler):
    tell(filler, body="三条意见", url="/applications/1/")
    page = page_of(client, filler)
    (message,) = Message.objects.all()
    assert f'<a href="/inbox/{message.pk}/">消息1</a>' in page
    assert "三条意见" in page
    assert "1 条未读消息" in page
    assert "没有待办" in page


def test_an_empty_inbox_says_so(client, filler):
    assert "还没有消息" in page_of(client, filler)
    assert "没有未读消息" in page_of(client, filler, INBOX + "?show=unread")


def test_strangers_sign_in_first(client):
    assert client.get(INBOX).status_code == 302
    assert client.get("/admin/inbox/").status_code == 302


def test_nobody_reads_anothers_messages(client, filler, bob):
    (message,) = tell(filler, url="/applications/1/")
    assert "消息1" not in page_of(client, bob)
    assert client.get(f"/inbox/{message.pk}/").status_code == 404
    client.post("/inbox/read/", {"message": message.pk})
    client.post("/inbox/read/")
    message.refresh_from_db()
    assert message.read_at is None


def test_opening_a_message_reads_it_and_leads_on(client, filler):
    (message,) = tell(filler, url="/applications/1/")
    client.force_login(filler)
    response = client.get(f"/inbox/{message.pk}/")
    assert (response.status_code, response["Location"]) == (302, "/applications/1/")
    message.refresh_from_db()
    first_read = message.read_at
    assert first_read is not None
    client.get(f"/inbox/{message.pk}/")
    message.refresh_from_db()
    assert message.read_at == first_read


def test_other_channels_rows_are_not_messages_on_screen(client, filler):
    (_, text) = tell(filler, channels=("inbox", "sms"))
    client.force_login(filler)
    assert client.get(f"/inbox/{text.pk}/").status_code == 404
    assert queries.counts(filler) == {"all": 1, "unread": 1}


def test_one_or_all_are_marked_as_read(client, filler):
    for number in range(3):
        tell(filler, number)
    client.force_login(filler)
    first = queries.inbox_of(filler).first()
    response = client.post("/inbox/read/", {"message": first.pk, "next": "/inbox/?show=unread"})
    assert response["Location"] == "/inbox/?show=unread"
    assert queries.counts(filler) == {"all": 3, "unread": 2}
    client.post("/inbox/read/")
    assert queries.counts(filler) == {"all": 3, "unread": 0}


@pytest.mark.parametrize("odd", ["x", "-1", "99999999999999999999", "1 or 1=1"])
def test_marking_nonsense_changes_nothing(client, filler, odd):
    tell(filler)
    client.force_login(filler)
    assert client.post("/inbox/read/", {"message": odd}).status_code == 302
    assert queries.unread_count(filler) == 1


def test_marking_leads_back_to_our_own_pages_only(client, filler):
    client.force_login(filler)
    assert client.post("/inbox/read/", {"next": "https://elsewhere.example/"})["Location"] == INBOX


def test_marking_needs_a_post(client, filler):
    client.force_login(filler)
    assert client.get("/inbox/read/").status_code == 405
    assert client.post(INBOX).status_code == 405


def test_it_shows_how_else_the_person_was_told(client, filler):
    tell(filler, 1, channels=("inbox", "sms"))
    tell(filler, 2, channels=("inbox", "sms"))
    tell(filler, 3)
    texts = Message.objects.filter(channel="sms")
    texts.filter(dedup="d1").update(state="done", sent_at=clock.now())
    texts.filter(dedup="d2").update(state="failed", error="空号")
    listed = queries.with_deliveries(filler, list(queries.inbox_of(filler)))
    assert [[(d.text, d.failed) for d in message.deliveries] for message in listed] == [
        [], [("短信未发出", True)], [("短信已发出", False)],
    ]  # fmt: skip
    page = page_of(client, filler)
    assert "短信已发出" in page
    assert "短信未发出" in page
    assert "空号" not in page
    assert filler.phone not in page


def test_the_last_failure_shows_beside_the_number(client, filler):
    assert "还没有发送过" in page_of(client, filler)
    tell(filler, 1, channels=("sms",))
    Message.objects.update(state="failed", error="空号")
    assert "请核对短信地址" in page_of(client, filler)


def test_fictitious_people_learn_that_nothing_leaves(client, make_user):
    assert "只收站内消息" in page_of(client, make_user(is_fictitious=True))


def test_long_lists_have_pages(client, filler):
    for number in range(45):
        tell(filler, number)
    page = page_of(client, filler)
    assert "显示更早的 25 条" in page
    assert page.count('aria-label="未读"') == 20
    last = page_of(client, filler, INBOX + "?show=unread&page=3")
    assert last.count('aria-label="未读"') == 5
    assert "显示较新的消息" in last
    assert "?show=unread&amp;page=2" in last


def test_text_is_text(client, filler):
    tell(filler, title="<script>x</script>", body="<b>粗</b>")
    page = page_of(client, filler)
    assert "<script>x</script>" not in page
    assert "&lt;b&gt;粗" in page


def test_open_items_stand_first_with_one_filled_button(client, filler, no_providers):
    soon, over = clock.now() + timedelta(hours=30, minutes=1), clock.now() - timedelta(days=2)
    openitems.register(
        "test",
        lambda user: [
            OpenItem("按意见修改：光量子雷达", "/applications/1/", "继续修改", "2025-Q205-0063，3 条意见", soon),
            OpenItem("补交授权书", "/x/", "申请延期", due_at=over, due_text="3月3日 18:00 止"),
        ],
    )
    page = page_of(client, filler)
    assert "2 件待办，1 件三天内到期" in page
    assert page.index("已过 2 天") < page.index("1 天 6 小时")
    assert '<a class="btn primary" href="/applications/1/">继续修改</a>' in page
    assert page.count("btn primary") == 1
    assert "3月3日 18:00 止" in page


def test_the_back_office_has_the_same_page(client, alice, filler):
    tell(alice, url="/admin/x/")
    page = page_of(client, alice, reverse("notifications:backoffice_inbox"))
    assert "消息1" in page
    assert 'id="user-tools"' in page
    client.force_login(filler)
    assert client.get("/admin/inbox/").status_code == 302


def test_the_header_counts_the_unread(client, filler):
    assert 'class="visually-hidden">未读</span>' not in page_of(client, filler)
    tell(filler)
    assert '<span class="visually-hidden">未读</span>1' in page_of(client, filler)


@pytest.mark.parametrize("path", ["/inbox/", "/admin/inbox/"])
def test_the_number_of_queries_does_not_grow(client, alice, path):
    client.force_login(alice)
    counted = []
    for start, stop in ((0, 1), (1, 50)):
        for number in range(start, stop):
            tell(alice, number, channels=("inbox", "sms"))
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 12
