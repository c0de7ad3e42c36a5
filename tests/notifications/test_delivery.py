"""Claiming, retrying, giving up; and the sweep that makes the broker dispensable."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jbgs.lib import clock
from notifications import channels, delivery, outbox
from notifications.models import Message, OutgoingText

pytestmark = pytest.mark.django_db


@pytest.fixture
def message(alice, recorder):
    """One message that waits for a worker."""
    (written,) = outbox.enqueue("returned", alice, title="退回修改", dedup="a1", channels=("recorder",))
    return written


def age(message, **since):
    """Move the row's machine times into the past, as if time had gone by."""
    span = timedelta(**since)
    message.refresh_from_db()
    working_since = message.working_since and message.working_since - span
    rows = Message.objects.filter(pk=message.pk)
    rows.update(next_try_at=message.next_try_at - span, working_since=working_since)


def test_it_works(message, recorder):
    assert delivery.deliver(message.pk) == "done"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("done", 1, "")
    assert message.sent_at is not None
    assert recorder.sent == [message.pk]


def test_a_delivered_message_is_left_alone(message, recorder):
    delivery.deliver(message.pk)
    assert delivery.deliver(message.pk) == ""
    assert delivery.sweep() == 0
    assert recorder.sent == [message.pk]


def test_a_message_that_is_gone_is_left_alone(message):
    gone = message.pk
    message.delete()
    assert delivery.deliver(gone) == ""


def test_a_living_worker_keeps_its_claim(message, recorder):
    assert delivery._claim(message)
    assert delivery.deliver(message.pk) == ""
    assert recorder.sent == []


def test_a_dead_workers_row_is_taken_over(message, recorder, settings):
    settings.NOTIFICATIONS_STALE_SECONDS = 60
    assert delivery._claim(message)
    age(message, seconds=59)
    assert delivery.sweep() == 0
    age(message, seconds=2)
    assert delivery.sweep() == 1
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("done", 2)


def test_the_slow_workers_outcome_does_not_count(message, recorder):
    """A worker that was taken for dead comes back after another has finished the row."""
    slow = Message.objects.get(pk=message.pk)
    assert delivery._claim(slow)
    age(message, hours=1)
    delivery.deliver(message.pk)
    assert delivery._finish(slow, Message.State.FAILED, "too late") == ""
    message.refresh_from_db()
    assert (message.state, message.error) == ("done", "")


def test_a_temporary_error_is_tried_again_later(message, recorder):
    recorder.outcome = channels.TemporaryError("短信网关忙")
    before = clock.machine_now()
    assert delivery.deliver(message.pk) == "pending"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error, message.sent_at) == ("pending", 1, "短信网关忙", None)
    assert timedelta(seconds=60) <= message.next_try_at - before < timedelta(seconds=70)
    assert delivery.sweep() == 0
    recorder.outcome = None
    age(message, minutes=2)
    assert delivery.sweep() == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("done", 2, "")


def test_the_pauses_grow_to_six_hours(settings):
    settings.NOTIFICATIONS_RETRY_SECONDS = 60
    minutes = [delivery.conf.retry_delay(attempts).total_seconds() / 60 for attempts in (1, 2, 3, 4, 5, 6)]
    assert minutes == [1, 4, 16, 64, 256, 360]


def test_a_permanent_error_is_failed_at_once(message, recorder):
    recorder.outcome = channels.PermanentError("空号")
    assert delivery.deliver(message.pk) == "failed"
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error, message.sent_at) == ("failed", 1, "空号", None)
    age(message, days=1)
    assert delivery.sweep() == 0


def test_the_last_attempt_is_failed_and_never_sent(message, recorder, settings):
    settings.NOTIFICATIONS_MAX_ATTEMPTS = 3
    recorder.outcome = channels.TemporaryError("超时")
    outcomes = []
    for _ in range(5):
        outcomes.append(delivery.deliver(message.pk))
        age(message, days=1)
    assert outcomes == ["pending", "pending", "failed", "", ""]
    message.refresh_from_db()
    assert (message.state, message.error, message.sent_at) == ("failed", "超时", None)


def test_a_message_that_kills_its_workers_is_failed(message, recorder, settings):
    settings.NOTIFICATIONS_MAX_ATTEMPTS = 2
    for _ in range(2):
        message.refresh_from_db()
        assert delivery._claim(message)
        age(message, days=1)
    assert delivery.deliver(message.pk) == "failed"
    message.refresh_from_db()
    assert (message.state, message.working_since) == ("failed", None)
    assert "中断" in message.error
    assert recorder.sent == []


def test_a_broken_channel_is_tried_again_and_its_text_stays_out(message, recorder, caplog):
    recorder.outcome = RuntimeError("secret address")
    assert delivery.deliver(message.pk) == "pending"
    message.refresh_from_db()
    assert message.error == "发送程序出错（RuntimeError）"
    assert f"broke on message {message.pk}" in caplog.text


def test_a_channel_that_was_removed_fails_visibly(message, settings):
    settings.NOTIFICATION_CHANNELS = {}
    assert delivery.deliver(message.pk) == "failed"
    message.refresh_from_db()
    assert "recorder" in message.error


def test_a_silent_error_still_says_something(message, recorder):
    recorder.outcome = channels.PermanentError()
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert message.error == "发送方式没有说明原因"


def test_resending_starts_afresh(message, recorder):
    recorder.outcome = channels.PermanentError("空号")
    delivery.deliver(message.pk)
    message.refresh_from_db()
    assert delivery.resend(message)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)
    recorder.outcome = None
    assert delivery.sweep() == 1
    message.refresh_from_db()
    assert message.state == "done"
    assert not delivery.resend(message)


def test_the_sweep_goes_on_after_a_failure(alice, bob, recorder):
    recorder.outcome = channels.PermanentError("空号")
    outbox.enqueue("returned", [alice, bob], title="x", dedup="a1", channels=("recorder",))
    assert delivery.sweep() == 2
    assert len(recorder.sent) == 2


def test_the_sweep_ends_in_time(message):
    assert delivery.sweep(seconds=-1) == 0


def test_the_sweep_throws_old_demo_texts_away(db):
    for hours in (1, 30):
        OutgoingText.objects.create(phone="1", text="x", created_at=clock.machine_now() - timedelta(hours=hours))
    delivery.sweep()
    assert OutgoingText.objects.count() == 1


def test_a_rehearsals_clock_does_not_confuse_the_worker(alice, recorder):
    with clock.travel(clock.machine_now() + timedelta(days=400)):
        (message,) = outbox.enqueue("returned", alice, title="x", dedup="a1", channels=("recorder",))
    assert message.created_at > clock.machine_now() + timedelta(days=399)
    assert delivery.sweep() == 1


def test_a_delivery_costs_three_queries(message):
    with CaptureQueriesContext(connection) as captured:
        delivery.deliver(message.pk)
    words = [query["sql"].split()[0] for query in captured.captured_queries]
    assert [word for word in words if word not in ("SAVEPOINT", "RELEASE")] == ["SELECT", "UPDATE", "UPDATE"]


def test_it_refuses_to_claim_inside_a_transaction(message):
    """A claim that could still be rolled back would let two workers send."""
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        delivery.deliver(message.pk)
