"""The embedded default under six writing processes: nobody ever reads "database is locked" (DESIGN §7)."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent
PROCESSES, WRITES = 6, 40
MAKE = """
from accounts.models import User
User.objects.create(username='shared', name='共用', role='officer')
"""


@pytest.mark.sqlite
def test_six_processes_write_without_locked_and_without_a_forked_chain(tmp_path):
    environment = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "JBGS_DATA": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "jbgs.settings"

    def run(*arguments):
        subprocess.run([sys.executable, *arguments], cwd=HOUSE, env=environment, check=True, capture_output=True)

    run("manage.py", "migrate", "--verbosity=0")
    run("manage.py", "shell", "--command", MAKE)
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.sqlite_writer", str(WRITES)],
            cwd=HOUSE, env=environment, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(PROCESSES)
    ]  # fmt: skip
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * PROCESSES, errors
    with sqlite3.connect(tmp_path / "jbgs.sqlite3") as database:
        rows = database.execute("SELECT sequence FROM audit_entry WHERE action = 'write' ORDER BY sequence").fetchall()
    database.close()
    assert len(rows) == PROCESSES * WRITES
    assert [row[0] for row in rows] == list(range(rows[0][0], rows[0][0] + len(rows)))
