"""`make test`: the whole suite on PostgreSQL, what its database could change on SQLite too, browser and servers once.

SERVICES=private   private servers even where others would answer
ARGS="…"           given to pytest, e.g. ARGS="tests/accounts -k phone"
CI=true            a skipped test fails the run (tests/conftest.py)
"""

import os
import re
import secrets
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import psycopg
import redis
import servers
from psycopg import sql

HOUSE = Path(__file__).resolve().parent.parent
SUMMARY = re.compile(r"^=+ .*\bin [\d.]+s.*=+$")
NO_TESTS = 5  # pytest's exit code


def main() -> int:
    servers.stop_on_signals()
    private = os.environ.get("SERVICES") == "private"
    install_chromium_if_absent()
    with ExitStack() as stack:
        try:
            postgres_url = stack.enter_context(servers.postgres(private=private))
            redis_url = stack.enter_context(servers.redis_server(private=private))
        except servers.NoServer as error:
            print(error, file=sys.stderr)
            return 2
        run_id = secrets.token_hex(4)  # two runs on one server must meet neither in a database nor in a key
        prefix = f"jbgs-test-{run_id}"
        stack.callback(remove_keys, redis_url, prefix)
        stack.callback(drop_databases, postgres_url, f"test_jbgs_{run_id}")
        data, own = (str(stack.enter_context(servers.own_folder("jbgs-data-"))) for _ in range(2))
        common = {"JBGS_DATA": data, "JBGS_TEST_RUN": run_id}
        on_servers = {**common, "DATABASE_URL": postgres_url, "REDIS_URL": redis_url, "REDIS_PREFIX": prefix}
        embedded = {**common, "JBGS_DATA": own, "DATABASE_URL": "", "REDIS_URL": ""}
        cores = ["-n", str(min(len(os.sched_getaffinity(0)), 8)), "--dist", "worksteal"]  # long tests stand together
        runs = [
            ("PostgreSQL", on_servers, ["-m", "not (sqlite or browser or servers)", *cores]),
            ("SQLite", embedded, ["-m", "sqlite or not (postgres or browser or servers or slow or once)", *cores]),
            ("browser and servers, on PostgreSQL", on_servers, ["-m", "browser or servers"]),
        ]
        # The browser mostly waits, so the last two share the machine; they have no file, database or key in common.
        first, *rest = runs
        results = [(first[0], *run_pytest(*first))]
        with ThreadPoolExecutor(len(rest)) as both:
            ended = both.map(lambda run: run_pytest(*run), rest)
            results += [(name, *end) for (name, *_), end in zip(rest, ended, strict=True)]
    print()
    for name, _, summary in results:
        print(f"{name}:\n{summary}")
    return max(code for _, code, _ in results)


def run_pytest(name: str, env: dict[str, str], arguments: list[str]) -> tuple[int, str]:
    """Runs pytest, showing what it says; its exit code and its summary line."""
    extra = shlex.split(os.environ.get("ARGS", ""))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=short", "-rfEs", *arguments, *extra]
    print(f"\n### {name}", flush=True)
    summary = "(pytest said nothing)"
    pytest = subprocess.Popen(command, cwd=HOUSE, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True)
    try:
        for line in pytest.stdout:
            print(line, end="", flush=True)
            if SUMMARY.match(line.strip()):
                summary = line.strip()
        code = pytest.wait()
    finally:
        pytest.terminate()
    return (0 if code == NO_TESTS and extra else code), summary


def install_chromium_if_absent() -> None:
    """Debian's Chromium; where the distribution has none (Ubuntu), Playwright's own."""
    if any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        return
    if "ID=debian" in Path("/etc/os-release").read_text().splitlines():
        servers.install("chromium")
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)


def drop_databases(url: str, name: str) -> None:
    """Drops this run's test databases, which pytest leaves behind only when it is killed."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall()
        for (database,) in found:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def remove_keys(url: str, prefix: str) -> None:
    """Takes this run's keys out of a Redis that others use as well."""
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(f"*{prefix}*"):
            client.delete(key)


if __name__ == "__main__":
    sys.exit(main())
