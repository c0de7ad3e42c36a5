"""Finds PostgreSQL and Redis for the tests, or starts private ones that vanish afterwards.

The order, for each of the two: its own variable (DATABASE_URL, REDIS_URL); the usual port of this machine, tried with a
query; a private server with its own data folder and a free port, stopped by its own pid. Nothing that somebody else
started is ever stopped, emptied or reconfigured.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

SCRIPTS = Path(__file__).resolve().parent
USUAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"
USUAL_REDIS = "redis://127.0.0.1:6379/0"
OLDEST_POSTGRES = 140000  # Django 5.2 asks for 14
# A test database may be lost with the power; what this switches off is most of the waiting.
UNSAFE_AND_FAST = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=200"


class NoServer(Exception):
    """A server that was asked for does not answer; the text says which and why."""


@contextmanager
def postgres(*, private: bool = False) -> Iterator[str]:
    """Yields the URL of a database whose user may create databases."""
    url = "" if private else os.environ.get("DATABASE_URL", "")
    if url and (trouble := postgres_trouble(url)):
        raise NoServer(f"DATABASE_URL: {trouble}")
    if not url and not private and not postgres_trouble(USUAL_POSTGRES):
        url = USUAL_POSTGRES
    if url:
        yield url
    else:
        with private_postgres() as url:
            yield url


@contextmanager
def redis_server(*, private: bool = False) -> Iterator[str]:
    """Yields the URL of a Redis; whoever uses it keeps to keys of an own prefix."""
    url = "" if private else os.environ.get("REDIS_URL", "")
    if url and (trouble := redis_trouble(url)):
        raise NoServer(f"REDIS_URL: {trouble}")
    if not url and not private and not redis_trouble(USUAL_REDIS):
        url = USUAL_REDIS
    if url:
        yield url
    else:
        with private_redis() as url:
            yield url


def postgres_trouble(url: str) -> str:
    """What keeps tests from using the server at `url`, or nothing."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            may_create = connection.execute(
                "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            ).fetchone()[0]
            if connection.info.server_version < OLDEST_POSTGRES:
                return f"PostgreSQL {connection.info.server_version // 10000} is older than 14"
    except psycopg.Error as error:
        return str(error).strip() or type(error).__name__
    return "" if may_create else "its user may not create the test database"


def redis_trouble(url: str) -> str:
    """What keeps tests from using the Redis at `url`, or nothing."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return str(error).strip() or type(error).__name__
    return ""


@contextmanager
def private_postgres() -> Iterator[str]:
    """A cluster of our own; as root it runs as the user `postgres`, because PostgreSQL refuses root."""
    binaries = postgres_binaries() or (install("postgresql") and postgres_binaries())
    if not binaries:
        raise NoServer("PostgreSQL is not installed")
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    with own_folder("jbgs-postgres-", owner="postgres" if as_postgres else None) as folder:

        def run(program: str, *arguments) -> None:
            run_quietly([*as_postgres, binaries / program, *arguments], cwd=folder)

        run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        port = free_port()
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 {UNSAFE_AND_FAST}"
        run("pg_ctl", "start", "-w", "-D", folder / "data", "-l", folder / "log", "-o", options)
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            # pg_ctl reads the pid of exactly this cluster from its data folder.
            run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", folder / "data")


@contextmanager
def private_redis() -> Iterator[str]:
    """A Redis (or Valkey) of our own that writes nothing to disk."""
    binary = redis_binary() or (install("redis-server") and redis_binary())
    if not binary:
        raise NoServer("Redis is not installed")
    with own_folder("jbgs-redis-") as folder:
        port = free_port()
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        url = f"redis://127.0.0.1:{port}/0"
        try:
            give_up_at = time.monotonic() + 10
            while trouble := redis_trouble(url):
                if server.poll() is not None or time.monotonic() > give_up_at:
                    raise NoServer(f"private Redis: {trouble}")
                time.sleep(0.05)
            yield url
        finally:
            server.terminate()
            server.wait(10)


def postgres_binaries() -> Path | None:
    """The folder of the newest installed server, as Debian lays them out, or of the one on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def redis_binary() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def install(*packages: str) -> bool:
    """Installs Debian packages, or ends the whole run with 2 after the line to type has been printed."""
    code = subprocess.run([SCRIPTS / "install", *packages]).returncode
    if code:
        sys.exit(code)
    return True


@contextmanager
def own_folder(prefix: str, owner: str | None = None) -> Iterator[Path]:
    """A temporary folder, given to `owner`, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    if owner:
        user = pwd.getpwnam(owner)
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return door.getsockname()[1]


def run_quietly(command: list, cwd: Path) -> None:
    """Runs `command`; its output is shown only if it fails."""
    # Files, not pipes: a started server keeps them open.
    with tempfile.TemporaryFile("w+") as output:
        code = subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode
        if code:
            output.seek(0)
            raise NoServer(f"{' '.join(map(str, command))}\n{output.read().strip()}")


def stop_on_signals() -> None:
    """SIGTERM and SIGHUP end the run like Ctrl-C does, so that every `finally` above is reached."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
