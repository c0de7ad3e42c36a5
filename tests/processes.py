"""Real processes for tests marked `servers`: they see the test's committed rows through the same database.

Such a test needs the fixture `transactional_db`, because a row inside a test's own transaction is seen by nobody else.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection


def own_database_url() -> str:
    """DATABASE_URL of the database that this test writes to."""
    row = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{row['NAME']}"
    secret = f":{quote(row['PASSWORD'], safe='')}" if row["PASSWORD"] else ""
    return f"postgresql://{row['USER']}{secret}@{row['HOST']}:{row['PORT']}/{row['NAME']}"


@contextmanager
def running_worker(data: Path, **environment: str) -> Iterator[subprocess.Popen]:
    """The real worker with beat on this test's database; the embedded broker lies in `data`.

    `worker.kill()` is SIGKILL; whatever is left ends with the block.
    """
    command = [sys.executable, "-m", "celery", "--app=jbgs", "worker", "--pool=solo", "--beat", "--loglevel=info"]
    command += [f"--schedule={data / 'beat'}", "--without-mingle", "--without-gossip"]
    own = {"DATABASE_URL": own_database_url(), "REDIS_URL": "", "JBGS_DATA": str(data)}
    environment = {**os.environ, **own, "DJANGO_SETTINGS_MODULE": "jbgs.settings", **environment}
    with (data / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield worker
    finally:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(worker.pid, number)  # beat is a child of the worker
            except ProcessLookupError:
                break
            try:
                worker.wait(5)
            except subprocess.TimeoutExpired:
                pass


def wait_until(condition: Callable[[], object], seconds: float = 20, every: float = 0.1):
    """What `condition()` answers once that is true; AssertionError after `seconds`."""
    give_up_at = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < give_up_at, f"not within {seconds} s: {condition}"
        time.sleep(every)
    return answer
