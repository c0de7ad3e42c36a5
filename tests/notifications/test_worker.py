"""The real worker: a celery process of its own, killed without warning in the middle of a message (DESIGN §7)."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass

import pytest
import redis
from celery import Celery
from django.conf import settings as house
from django.db import connection, transaction

from notifications import heartbeats, outbox, tasks
from notifications.models import Message

pytestmark = [pytest.mark.servers, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PATIENCE = 60  # seconds until a process counts as stuck; a start takes two or three


@dataclass
class Broker:
    url: str
    options: dict
    pool: str


@pytest.fixture
def folder_broker(tmp_path):
    """The embedded default: folders, and the one solo worker."""
    folders = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
    options = {}
    for option, name in folders.items():
        (tmp_path / name).mkdir(exist_ok=True)
        options[option] = str(tmp_path / name)
    return Broker("filesystem://", options, "solo")


@pytest.fixture
def redis_broker():
    """The Redis that the tests may use, under a key prefix of our own; only our own keys are removed."""
    url = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"
    client = redis.Redis.from_url(url, socket_connect_timeout=1)
    try:
        client.ping()
    except redis.ConnectionError:
        pytest.skip("no Redis: set REDIS_URL, or let `make test` start one")
    prefix = f"jbgs-test-{uuid.uuid4().hex}:"
    yield Broker(url, {"global_keyprefix": prefix}, "prefork")
    for key in client.scan_iter(match=f"{prefix}*"):
        client.delete(key)
    client.close()


@pytest.fixture(params=["folder_broker", "redis_broker"])
def broker(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def bell(broker, monkeypatch):
    """A celery application that rings at this broker, in the place of the test run's eager one."""
    app = Celery("doorbell", broker=broker.url, set_as_current=False)
    app.conf.broker_transport_options = broker.options
    monkeypatch.setattr(tasks, "deliver", app.task(name=tasks.deliver.name, ignore_result=True)(tasks.deliver.run))
    yield app
    app.close()


@pytest.fixture
def start_worker(broker, tmp_path, db):
    """start_worker(): a real worker on the test's database; whatever still runs is killed before the database goes."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.notifications.worker_settings",
        "WORKER_DATABASE": str(connection.settings_dict["NAME"]),
        "WORKER_BROKER": broker.url,
        "WORKER_BROKER_OPTIONS": json.dumps(broker.options),
        "BLOCKING_FOLDER": str(tmp_path),
    }
    command = [
        sys.executable, "-m", "celery", "-A", "jbgs", "worker", "--pool", broker.pool, "--concurrency", "1",
        "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    running = []

    def start():
        log = (tmp_path / "worker.log").open("ab")
        process = subprocess.Popen(
            command, cwd=house.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        running.append(process)
        return process

    yield start
    for process in running:
        kill(process)


def kill(process) -> None:
    """SIGKILL for the worker and its pool: nobody gets to say goodbye."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait(timeout=10)


def wait_until(happened, tmp_path, meanwhile=lambda: None) -> None:
    """Look ten times a second until `happened()`; on giving up, show what the worker wrote."""
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, (tmp_path / "worker.log").read_text()
        meanwhile()
        time.sleep(0.1)


def lines(path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def tell(make_user, bell, settings):
    """tell(dedup): one message into the outbox, through a channel that blocks in the worker."""
    settings.NOTIFICATION_CHANNELS = {"blocking": "tests.notifications.blocking_channel.Blocking"}
    user = make_user()

    def write(dedup: str) -> Message:
        with transaction.atomic():
            (message,) = outbox.enqueue("returned", user, title="退回修改", dedup=dedup, channels=("blocking",))
        return message

    return write


def test_a_killed_workers_message_is_finished_once(tell, bell, start_worker, tmp_path):
    message = tell("a1")
    first = start_worker()
    wait_until(lambda: lines(tmp_path / "began") == [str(message.pk)], tmp_path)
    kill(first)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.sent_at) == ("working", 1, None)

    (tmp_path / "go").touch()
    start_worker()
    minute = ring_each_second(bell, tasks.sweep.name)
    wait_until(lambda: Message.objects.get().state == "done", tmp_path, minute)
    message.refresh_from_db()
    assert (message.attempts, message.error) == (2, "")
    assert lines(tmp_path / "finished") == [str(message.pk)]


def test_the_bell_alone_delivers_and_the_sweep_finds_what_nobody_rang_for(
    tell, bell, start_worker, tmp_path, monkeypatch
):
    (tmp_path / "go").touch()
    start_worker()
    wait_until(lambda: heartbeats.heartbeat_age() is not None, tmp_path, ring_each_second(bell, tasks.heartbeat.name))
    rung = tell("a1")
    wait_until(lambda: Message.objects.get(pk=rung.pk).state == "done", tmp_path)
    monkeypatch.setattr(outbox, "ring", lambda message_ids: None)
    silent = tell("a2")
    wait_until(
        lambda: Message.objects.get(pk=silent.pk).state == "done", tmp_path, ring_each_second(bell, tasks.sweep.name)
    )
    assert lines(tmp_path / "finished") == [str(rung.pk), str(silent.pk)]


def ring_each_second(bell, name: str):
    """What beat does each minute, for tests that have no minute."""
    last = 0.0

    def ring():
        nonlocal last
        if time.monotonic() - last > 1:
            last = time.monotonic()
            bell.send_task(name)

    return ring
