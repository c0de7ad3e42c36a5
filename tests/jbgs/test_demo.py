"""`make demo`: says no before any work, builds aside, starts in seconds, and leaves no process behind."""

import fcntl
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from jbgs.lib import clock
from tests.processes import wait_until

sys.path.insert(0, str(settings.BASE_DIR / "scripts"))
import run_demo  # noqa: E402
import servers  # noqa: E402

HOUSE = settings.BASE_DIR
CONTENT = {
    "intake_closes_at": (clock.machine_now() + timedelta(days=30)).isoformat(),
    "sign_ins": [{"role": "推荐单位", "account": "dept", "password": "密码", "path": "/admin/login/"}],
    "files": ["推荐/汇总表.xlsx", "推荐/汇总表.pdf", "名单/入围.xlsx"],
}


def write_content(data: Path, **changed) -> None:
    (data / "demo").mkdir(parents=True, exist_ok=True)
    (data / "demo" / "demo.json").write_text(json.dumps(CONTENT | changed))


# --- Before any work ---------------------------------------------------------------------------------------------


def ask(data: Path, port: int) -> subprocess.CompletedProcess:
    environment = {**os.environ, "JBGS_DATA": str(data), "PORT": str(port)}
    return subprocess.run(["make", "demo"], cwd=HOUSE, env=environment, capture_output=True, text=True, timeout=20)


def test_a_taken_port_is_said_before_any_work(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ask(tmp_path, taken.getsockname()[1])
    assert done.returncode != 0
    assert "is taken. Choose another one: make demo PORT=" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]


def test_a_second_demo_is_told_where_the_first_one_is(tmp_path):
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("http://127.0.0.1:8000 (pid 4711)")
        lock.flush()
        done = ask(tmp_path, servers.free_port())
    assert done.returncode != 0
    assert "A demo already runs from this folder: http://127.0.0.1:8000 (pid 4711)" in done.stderr


# --- Build -------------------------------------------------------------------------------------------------------


@pytest.fixture
def demo(tmp_path, monkeypatch):
    """The runner's module, moved into a folder of this test; `demo.asked` lists the commands of its build."""
    monkeypatch.setattr(run_demo, "DATA", tmp_path)
    monkeypatch.setattr(run_demo, "DATABASE", tmp_path / "jbgs.sqlite3")
    monkeypatch.setattr(run_demo, "OUT", tmp_path / "demo")
    monkeypatch.setattr(run_demo, "STAMP", tmp_path / "demo" / "stamp")
    run_demo.asked = []

    def manage(command, env, **options):
        name = command[2]
        run_demo.asked.append(name)
        if name == "migrate":
            with sqlite3.connect(env["DATABASE_URL"].removeprefix("sqlite:///")) as database:
                database.execute("PRAGMA journal_mode=WAL")
                database.execute("CREATE TABLE t (a)")
            database.close()
        if name == "build_demo":
            write_content(tmp_path)

    monkeypatch.setattr(run_demo.subprocess, "run", manage)
    return run_demo


def test_a_build_is_made_once(demo):
    assert not demo.is_current()
    demo.build()
    assert demo.asked == ["migrate", "createcachetable", "build_demo"]
    assert demo.is_current()


def test_the_database_appears_only_when_it_is_complete(demo, tmp_path, monkeypatch):
    def fail(command, **options):
        (tmp_path / "building.sqlite3").touch()
        raise subprocess.CalledProcessError(1, command)

    monkeypatch.setattr(demo.subprocess, "run", fail)
    with pytest.raises(subprocess.CalledProcessError):
        demo.build()
    assert not demo.DATABASE.exists()
    assert not demo.is_current()


def test_other_sources_mean_another_build_and_the_old_database_is_kept(demo, tmp_path, monkeypatch):
    demo.build()
    monkeypatch.setattr(demo, "stamp", lambda: "other sources")
    assert not demo.is_current()
    demo.build()
    assert demo.is_current()
    kept = list(tmp_path.glob("jbgs-*.sqlite3"))
    assert len(kept) == 1
    assert sqlite3.connect(kept[0]).execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_demonstration_whose_intake_is_over_is_built_anew(demo, tmp_path):
    demo.build()
    write_content(tmp_path, intake_closes_at=(clock.machine_now() - timedelta(minutes=1)).isoformat())
    assert not demo.is_current()


def test_the_stranger_reads_one_line_per_role_and_where_the_files_lie(demo, tmp_path, capsys):
    demo.build()
    demo.show_sign_ins()
    said = capsys.readouterr().out
    assert "推荐单位  dept  密码  http://127.0.0.1:8000/admin/login/" in said
    assert str(tmp_path / "demo") in said
    assert "推荐/  2" in said and "名单/  1" in said


def test_the_demonstration_is_embedded_whatever_the_environment_says():
    assert run_demo.ENVIRONMENT["DATABASE_URL"] == run_demo.ENVIRONMENT["REDIS_URL"] == ""


# --- Serve -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A data folder as a finished build leaves it, but with an empty database."""
    data = tmp_path_factory.mktemp("demo")
    environment = {**os.environ, "JBGS_DATA": str(data), "DATABASE_URL": "", "REDIS_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    for command in ("migrate", "createcachetable"):
        subprocess.run([sys.executable, "manage.py", command], cwd=HOUSE, env=environment, check=True)
    write_content(data)
    (data / "demo" / "stamp").write_text(run_demo.stamp())
    return data


@pytest.fixture
def serving(built):
    """(process of `make demo`, its address), once it answers; whatever a failed test leaves is ended."""
    port = servers.free_port()
    environment = {**os.environ, "JBGS_DATA": str(built), "PORT": str(port)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with (built / "output").open("w") as output:
        process = subprocess.Popen(["make", "demo"], cwd=HOUSE, env=environment, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or status(f"{address}/healthz/") == 200)
        assert process.poll() is None, (built / "output").read_text()
        yield process, address
    finally:
        for pid in [process.pid, *descendants(process.pid)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        process.wait()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def descendants(pid: int) -> list[int]:
    try:
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return children + [below for child in children for below in descendants(child)]


def alive(pids: list[int]) -> list[int]:
    def state(pid):
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return "gone"

    return [pid for pid in pids if state(pid) not in ("gone", "Z")]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


@pytest.mark.servers
def test_a_built_demonstration_serves_and_its_worker_works(serving, built):
    process, address = serving
    wait_until(lambda: status(f"{address}/readyz/") == 200)
    assert "推荐单位  dept" in (built / "output").read_text()


@pytest.mark.servers
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_process(serving, number):
    process, address = serving
    family = descendants(process.pid)
    assert len(family) >= 4  # runner, web with its workers, worker with beat
    if number == signal.SIGINT:  # Ctrl-C reaches make and the runner alike; make waits for the runner
        os.kill(family[0], number)
    else:
        process.send_signal(number)
    process.wait(20)
    wait_until(lambda: not alive(family))
    assert status(f"{address}/healthz/") == 0


@pytest.mark.servers
@pytest.mark.parametrize("dead", ["gunicorn", "celery"])
def test_a_dead_child_stops_every_process(serving, built, dead):
    process, _ = serving
    family = descendants(process.pid)
    child = next(pid for pid in descendants(family[0]) if dead in command_line(pid))
    os.kill(child, signal.SIGKILL)
    process.wait(20)
    wait_until(lambda: not alive(family))
    assert process.returncode != 0
    assert "process ended" in (built / "output").read_text()
