"""The schedule, and the real worker over the embedded broker and over Redis."""

import pytest
from django.conf import settings

from jbgs.celery import app
from notifications import heartbeats
from tests.processes import running_worker, wait_until


def test_everything_on_the_schedule_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_what_must_run_each_minute_does():
    each_minute = {entry["task"] for entry in app.conf.beat_schedule.values() if entry["schedule"] == 60}
    assert each_minute == {"notifications.tasks.sweep", "documents.tasks.sweep", "notifications.tasks.heartbeat"}


@pytest.mark.servers
def test_a_worker_makes_the_house_ready_without_redis(transactional_db, client, tmp_path, settings):
    settings.REDIS_URL = ""
    settings.BROKER_FOLDER = tmp_path / "broker"
    with running_worker(tmp_path):
        wait_until(heartbeats.heartbeat_age)
        assert client.get("/readyz/").json() == {"database": "ok", "broker": "ok", "worker": "ok"}


@pytest.mark.servers
@pytest.mark.skipif(not settings.REDIS_URL, reason="no REDIS_URL; make test sets it")
def test_a_worker_makes_the_house_ready_over_redis(transactional_db, client, tmp_path):
    with running_worker(tmp_path, REDIS_URL=settings.REDIS_URL, REDIS_PREFIX=settings.REDIS_PREFIX):
        wait_until(heartbeats.heartbeat_age)
        assert client.get("/readyz/").json() == {"database": "ok", "broker": "ok", "worker": "ok"}
