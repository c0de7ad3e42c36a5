"""Whether beat and worker live."""

from datetime import timedelta

import pytest

from jbgs.lib import clock
from notifications import heartbeats, tasks
from notifications.models import Heartbeat

pytestmark = pytest.mark.django_db


def test_it_never_beat():
    assert heartbeats.heartbeat_age() is None


def test_the_task_writes_one_row_again_and_again():
    tasks.heartbeat.delay()
    Heartbeat.objects.update(at=clock.machine_now() - timedelta(minutes=5))
    assert heartbeats.heartbeat_age() > timedelta(minutes=4)
    tasks.heartbeat.delay()
    assert heartbeats.heartbeat_age() < timedelta(minutes=1)
    assert Heartbeat.objects.count() == 1


def test_names_are_apart():
    heartbeats.beat("somebody else")
    assert heartbeats.heartbeat_age() is None
    assert heartbeats.heartbeat_age("somebody else") is not None


def test_a_beat_costs_one_query(django_assert_num_queries):
    heartbeats.beat()
    with django_assert_num_queries(1):
        heartbeats.beat()


def test_a_travelling_clock_does_not_touch_it():
    with clock.travel(clock.machine_now() - timedelta(days=30)):
        heartbeats.beat()
    assert heartbeats.heartbeat_age() < timedelta(minutes=1)


def test_the_tasks_have_the_names_that_beat_calls():
    assert {task.name for task in (tasks.deliver, tasks.sweep, tasks.heartbeat)} == {
        "notifications.tasks.deliver", "notifications.tasks.sweep", "notifications.tasks.heartbeat",
    }  # fmt: skip
