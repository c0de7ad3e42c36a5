"""/healthz/ lives, /readyz/ can work."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from kombu import Connection

from jbgs import health
from jbgs.lib import clock
from notifications import heartbeats
from notifications.models import Heartbeat


@pytest.fixture
def heartbeat(db):
    heartbeats.beat()


@pytest.fixture
def broker_folder(settings, tmp_path):
    (tmp_path / "queue").mkdir()
    settings.REDIS_URL = ""
    settings.BROKER_FOLDER = tmp_path
    return tmp_path


def test_liveness_asks_nothing_of_anybody(client):
    response = client.get("/healthz/")  # without the `db` fixture any query would fail
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_when_database_broker_and_worker_answer(client, heartbeat, broker_folder):
    response = client.get("/readyz/")
    assert response.json() == {"database": "ok", "broker": "ok", "worker": "ok"}
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_red_without_any_heartbeat(client, db, broker_folder):
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert response.json()["worker"] == "no heartbeat yet"


def test_red_when_the_heartbeat_is_older_than_three_minutes(client, heartbeat, broker_folder):
    Heartbeat.objects.update(at=clock.machine_now() - timedelta(minutes=3, seconds=1))
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert response.json()["worker"] == "heartbeat older than 3 minutes"


def test_green_just_before_three_minutes(client, heartbeat, broker_folder):
    Heartbeat.objects.update(at=clock.machine_now() - timedelta(minutes=2, seconds=50))
    assert client.get("/readyz/").status_code == 200


def test_the_heartbeat_is_judged_by_machine_time(client, heartbeat, broker_folder):
    with clock.travel(clock.machine_now() + timedelta(days=30)):
        assert client.get("/readyz/").status_code == 200


def test_red_when_the_database_does_not_answer_and_no_detail_leaks(client, heartbeat, broker_folder, monkeypatch):
    def broken():
        raise OperationalError("password=secret host=db")

    monkeypatch.setitem(health.CHECKS, "database", broken)
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert response.json()["database"] == "OperationalError"


def test_red_when_the_broker_folder_is_gone(client, heartbeat, broker_folder):
    (broker_folder / "queue").rmdir()
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert response.json()["broker"] == "folder not writable"


def test_red_when_redis_is_gone(client, heartbeat, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    nobody = Connection(settings.REDIS_URL, transport_options={"global_keyprefix": "jbgs:"})
    monkeypatch.setattr(health.celery_app, "connection_for_write", lambda: nobody)
    response = client.get("/readyz/")
    assert response.status_code == 503
    assert response.json()["broker"] == "OperationalError"
