"""Where `make test` finds its servers, and that private ones leave nothing behind."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis
from django.conf import settings

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))
import servers  # noqa: E402

pytestmark = pytest.mark.servers


def test_private_postgresql_answers_and_goes(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")  # private means: not even asked
    with servers.postgres(private=True) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE test_it")
        folder = Path(connection.execute("SHOW data_directory").fetchone()[0])
        assert folder.is_dir()
        if os.getuid() == 0:
            assert folder.owner() == "postgres"
    assert servers.postgres_trouble(url)
    assert not folder.parent.exists()


def test_private_redis_answers_and_goes():
    with servers.redis_server(private=True) as url:
        client = redis.Redis.from_url(url)
        client.set("a", 1)
        pid = client.info()["process_id"]
    assert servers.redis_trouble(url)
    assert not Path(f"/proc/{pid}").exists()


def test_a_failing_test_run_stops_them_too():
    with pytest.raises(ZeroDivisionError), servers.postgres(private=True) as url:
        raise ZeroDivisionError
    assert servers.postgres_trouble(url)


def test_sigterm_stops_them_too():
    script = "import servers, time\nservers.stop_on_signals()\nwith servers.postgres(private=True) as p, "
    script += "servers.redis_server(private=True) as r:\n    print(p, r, flush=True)\n    time.sleep(60)"
    command = [sys.executable, "-c", script]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR / "scripts", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        postgres_url, redis_url = process.stdout.readline().split()
        assert not servers.postgres_trouble(postgres_url)
        process.terminate()
        process.wait(20)
    assert servers.postgres_trouble(postgres_url)
    assert servers.redis_trouble(redis_url)


def test_a_named_server_that_does_not_answer_is_an_error_and_not_replaced(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    with pytest.raises(servers.NoServer, match="DATABASE_URL"), servers.postgres():
        pass
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    with pytest.raises(servers.NoServer, match="REDIS_URL"), servers.redis_server():
        pass


def test_the_variable_comes_first_then_the_usual_port_then_a_private_server(monkeypatch):
    with servers.private_redis() as named, servers.private_redis() as usual:
        monkeypatch.setattr(servers, "USUAL_REDIS", usual)
        monkeypatch.setenv("REDIS_URL", named)
        with servers.redis_server() as url:
            assert url == named
        monkeypatch.setenv("REDIS_URL", "")
        with servers.redis_server() as url:
            assert url == usual
        assert not servers.redis_trouble(usual), "somebody else's server is left alone"
    started = time.monotonic()
    with servers.redis_server() as url:
        assert url not in (named, usual)
    assert time.monotonic() - started < 10
