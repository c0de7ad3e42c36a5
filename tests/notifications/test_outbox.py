"""Writing messages: in the caller's transaction, once, whatever the broker does."""

import time

import pytest
from celery import Celery
from django.db import IntegrityError, transaction

from jbgs.lib import clock
from notifications import delivery, outbox, tasks
from notifications.models import Message

pytestmark = pytest.mark.django_db


def tell(to, dedup="a1", channels=("inbox",), event="returned", **fields):
    return outbox.enqueue(event, to, **{"title": "退回修改", "dedup": dedup, "channels": channels, **fields})


def test_it_writes_a_row_per_person_and_channel(alice, bob, recorder):
    written = tell(
        [alice, bob], channels=("inbox", "recorder"), body=" 三条意见 \n", url="/applications/1/", about="application:1"
    )
    assert {(m.user, m.channel, m.state) for m in written} == {
        (alice, "inbox", "done"), (alice, "recorder", "pending"),
        (bob, "inbox", "done"), (bob, "recorder", "pending"),
    }  # fmt: skip
    first = written[0]
    assert (first.event, first.title, first.body, first.url) == ("returned", "退回修改", "三条意见", "/applications/1/")
    assert first.about == "application:1"


def test_the_inbox_row_is_its_own_delivery(alice):
    (message,) = tell(alice)
    assert message.sent_at == message.created_at


def test_it_keeps_the_address_of_that_moment(alice, recorder):
    (message,) = tell(alice, channels=("recorder",))
    told_at = alice.phone
    alice.phone = "13911112222"
    alice.save()
    message.refresh_from_db()
    assert message.address == told_at


def test_the_same_event_is_told_once(alice, bob):
    assert len(tell([alice])) == 1
    assert [m.user for m in tell([alice, bob], title="另一个标题")] == [bob]
    assert tell([alice, bob]) == []
    assert Message.objects.count() == 2
    assert len(tell(alice, dedup="a2")) == 1
    assert len(tell(alice, event="accepted")) == 1


def test_a_person_named_twice_is_told_once(alice):
    assert len(tell([alice, alice], channels=("inbox", "inbox"))) == 1


def test_the_database_refuses_a_second_row(alice):
    (message,) = tell(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(
            user=alice, channel="inbox", event="returned", dedup="a1", batch=message.batch, title="x",
            state="done", sent_at=clock.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [{"state": "sent"}, {"state": "done"}, {"state": "working"}, {"state": "failed"}, {"dedup": ""}],
    ids=["unknown state", "done but never sent", "working without a worker", "failed without a reason", "no dedup key"],
)
def test_the_database_refuses_a_row_that_lies(alice, recorder, values):
    (message,) = tell(alice, channels=("recorder",))
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**values)


def test_a_rolled_back_transaction_tells_nobody(alice, recorder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung, pytest.raises(ZeroDivisionError), transaction.atomic():
        tell(alice, channels=("recorder",))
        raise ZeroDivisionError
    assert Message.objects.count() == 0
    assert rung == []


def test_fictitious_and_inactive_people_only_have_the_inbox(make_user, recorder):
    people = [make_user(is_fictitious=True), make_user(is_active=False), make_user(phone=None)]
    assert {m.channel for m in tell(people, channels=("inbox", "recorder", "sms", "email"))} == {"inbox"}


def test_messages_without_a_worker_ring_for_none(alice, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as rung:
        tell(alice)
    assert rung == []


def test_the_commit_delivers(alice, recorder, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        (message,) = tell(alice, channels=("recorder",))
        assert recorder.sent == []
    message.refresh_from_db()
    assert (recorder.sent, message.state) == ([message.pk], "done")


def test_many_messages_ring_seldom(make_user, recorder, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(tasks.deliver, "apply_async", lambda args, **options: rung.append(args[0]))
    people = [make_user() for _ in range(outbox.RING_SIZE + 1)]
    with django_capture_on_commit_callbacks(execute=True):
        written = tell(people, channels=("recorder",))
    assert [len(ids) for ids in rung] == [outbox.RING_SIZE, 1]
    assert sum(rung, []) == [m.pk for m in written]


def test_a_broker_that_is_down_neither_raises_nor_loses(
    alice, recorder, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    nobody_listens = Celery("cut off", broker="redis://127.0.0.1:1/0", set_as_current=False)
    monkeypatch.setattr(tasks, "deliver", nobody_listens.task(name=tasks.deliver.name)(tasks.deliver.run))
    started = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True):
        (message,) = tell(alice, channels=("recorder",))
    assert time.monotonic() - started < 2
    assert "No broker: 1 messages wait for the sweep" in caplog.text
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    assert delivery.sweep() == 1
    message.refresh_from_db()
    assert message.state == "done"


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_links_lead_into_this_site_only(alice, url):
    with pytest.raises(ValueError):
        tell(alice, url=url)


def test_it_needs_a_dedup_key(alice):
    with pytest.raises(ValueError):
        tell(alice, dedup="")


def test_an_unknown_channel_is_a_programming_error(alice):
    with pytest.raises(KeyError):
        tell(alice, channels=("pigeon",))


def test_nobody_to_tell_writes_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tell([]) == []


def test_a_title_is_one_line_that_fits(alice):
    (message,) = tell(alice, title="退回\r\nBcc: a@b.cn " + "长" * 300)
    assert message.title.startswith("退回 Bcc: a@b.cn 长")
    assert (len(message.title), message.title[-1]) == (200, "…")


@pytest.mark.parametrize("people", [1, 50])
def test_it_costs_two_queries_for_however_many(make_user, django_assert_num_queries, people):
    crowd = [make_user() for _ in range(people)]
    with transaction.atomic(), django_assert_num_queries(2):
        tell(crowd)
