"""Two workers at one row, with real connections; and a control that shows what the claim prevents."""

import threading

import pytest
from django.db import connection, transaction

from jbgs.lib import clock
from notifications import delivery, outbox
from notifications.models import Message

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def message(alice, recorder, monkeypatch):
    """One message that waits; its commit rings for nobody."""
    monkeypatch.setattr(outbox, "ring", lambda message_ids: None)
    (written,) = outbox.enqueue("returned", alice, title="退回修改", dedup="a1", channels=("recorder",))
    return written


def at_once(*jobs) -> list:
    """Run the jobs in threads with connections of their own; their results, or the first one's exception."""
    results = [None] * len(jobs)

    def run(place, job):
        try:
            results[place] = job()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


@pytest.fixture
def both_have_read(monkeypatch):
    """The worst moment: no worker goes on from reading the row to claiming it before the other has read it too."""
    gate = threading.Barrier(2, timeout=20)
    claim = delivery._claim

    def claim_after_both_have_read(message):
        gate.wait()
        return claim(message)

    monkeypatch.setattr(delivery, "_claim", claim_after_both_have_read)
    return gate


def test_two_workers_at_one_message_deliver_once(message, recorder, both_have_read):
    outcomes = at_once(lambda: delivery.deliver(message.pk), lambda: delivery.deliver(message.pk))
    assert sorted(outcomes) == ["", "done"]
    assert recorder.sent == [message.pk]
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("done", 1)


def test_control_without_the_claim_it_is_delivered_twice(message, recorder, both_have_read, monkeypatch):
    """The same race with read-then-write instead of compare-and-swap: this is what the claim is for."""

    gate, send = threading.Barrier(2, timeout=20), delivery._send

    def write_whatever_stands_there(message, state, /, **values):
        Message.objects.filter(pk=message.pk).update(**values)
        for name, value in values.items():
            setattr(message, name, value)
        return True

    def send_after_both_have_written(message):
        gate.wait()
        return send(message)

    monkeypatch.setattr(delivery, "_swap", write_whatever_stands_there)
    monkeypatch.setattr(delivery, "_send", send_after_both_have_written)
    outcomes = at_once(lambda: delivery.deliver(message.pk), lambda: delivery.deliver(message.pk))
    assert outcomes == ["done", "done"]
    assert recorder.sent == [message.pk, message.pk]


def test_two_workers_at_a_dead_workers_message_deliver_once(message, recorder, both_have_read):
    Message.objects.filter(pk=message.pk).update(
        state="working", attempts=1, working_since=clock.machine_now() - delivery.conf.stale_after() * 2
    )
    assert sorted(at_once(lambda: delivery.deliver(message.pk), lambda: delivery.deliver(message.pk))) == ["", "done"]
    assert recorder.sent == [message.pk]


def test_overlapping_sweeps_share_the_work(make_user, recorder, monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda message_ids: None)
    people = [make_user() for _ in range(40)]
    written = outbox.enqueue("returned", people, title="退回修改", dedup="a1", channels=("recorder",))
    handled = at_once(delivery.sweep, delivery.sweep, delivery.sweep)
    assert sum(handled) == 40
    assert sorted(recorder.sent) == [message.pk for message in written]


def test_two_requests_that_tell_the_same_thing_at_once_tell_it_once(alice, recorder, monkeypatch):
    monkeypatch.setattr(outbox, "ring", lambda message_ids: None)
    gate = threading.Barrier(2, timeout=20)

    def tell():
        with transaction.atomic():
            gate.wait()
            return len(outbox.enqueue("returned", alice, title="x", dedup="a1", channels=("inbox", "recorder")))

    assert sorted(at_once(tell, tell)) == [0, 2]
    assert Message.objects.count() == 2
