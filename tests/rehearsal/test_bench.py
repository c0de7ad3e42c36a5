"""`make bench` in small: its lines say what they should, and nothing is left behind."""

import json
import os
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings

pytestmark = [pytest.mark.servers, pytest.mark.slow]

KEYS = {"name", "seconds", "cpu_seconds", "floor_seconds", "floor_cpu_seconds", "ratio", "cpu_ratio"}


def bench(tmp_path, url: str) -> list[dict]:
    command = [sys.executable, "scripts/bench.py", "--rows", "60", "--only", "list_page", "--only", "summary_table"]
    environment = {**os.environ, "DATABASE_URL": url, "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("server", ["embedded", "postgres"])
def test_each_measurement_is_a_line_beside_its_floor(tmp_path, server):
    url = os.environ["DATABASE_URL"] if server == "postgres" else ""
    before = databases(url)
    lines = bench(tmp_path, url)
    assert [line["name"] for line in lines] == ["list_page", "summary_table"]
    page, table = lines
    assert all(set(line) >= KEYS and line["seconds"] > 0 < line["floor_seconds"] for line in lines)
    assert page["rows"] == 50 and page["among"] == 60 and 0 < page["queries"] <= 12
    assert table["rows"] == 60 and table["cells"] > 600
    assert not list(tmp_path.iterdir())
    assert databases(url) == before


def databases(url: str) -> set[str]:
    """The databases of benches on the server."""
    if not url:
        return set()
    with psycopg.connect(url) as connection:
        names = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, 'jbgs_bench_')")
        return {name for (name,) in names}
