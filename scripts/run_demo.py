"""The demonstration behind `make demo`: built once on the embedded default, served until somebody stops it.

`manage.py build_demo --out DIR` fills a migrated, empty database and writes DIR/demo.json, of which this runner shows
the rest to the person:

    {"intake_closes_at": "2026-12-31T17:30:00+08:00",   it is built anew once its intake is over
     "sign_ins": [{"role": "推荐单位", "account": "…", "password": "…", "path": "/admin/login/"}, …],
     "files": ["rehearsal/汇总表.xlsx", …]}             relative to DIR
"""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("JBGS_DATA") or HOUSE / "var").resolve()
PORT = os.environ.get("PORT") or "8000"
DATABASE = DATA / "jbgs.sqlite3"
OUT = DATA / "demo"
STAMP = OUT / "stamp"
# What decides the content. Templates and styles may change under a running demonstration; these may not.
SOURCES = [
    "fixtures/**/*",
    "*/migrations/*.py",
    "jbgs/management/commands/*.py",
    "jbgs/rehearsal/*.py",
    "requirements.txt",
]
# The demonstration is the embedded default, whatever the environment has.
ENVIRONMENT = {**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "JBGS_DATA": str(DATA), "JBGS_DEMO": "true"}
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 10  # seconds for children to end by themselves


def main() -> int:
    for number in STOPPING:  # a build that is stopped takes its child along
        signal.signal(number, signal.default_int_handler)
    try:
        if is_current():
            print("The demonstration is built; starting.")
        else:
            build()
        show_sign_ins()
        return serve(COMMANDS)
    except KeyboardInterrupt:
        print("Stopped before it was complete; the next run starts over.", file=sys.stderr)
        return 130
    except subprocess.CalledProcessError as error:
        print(f"The build failed: manage.py {error.cmd[2]}", file=sys.stderr)
        return 1


# --- Build ---------------------------------------------------------------------------------------------------------


def is_current() -> bool:
    """Whether a complete demonstration of these sources stands there, with its intake still open."""
    if not (DATABASE.exists() and STAMP.exists() and STAMP.read_text() == stamp()):
        return False
    return datetime.fromisoformat(read_demo()["intake_closes_at"]) > datetime.now(UTC)  # noqa: TID251


def stamp() -> str:
    """One hash of all that decides the content."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in SOURCES for path in HOUSE.glob(pattern) if path.is_file()}):
        digest.update(str(path.relative_to(HOUSE)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build() -> None:
    """Builds aside and renames when complete; an older database is kept beside the new one."""
    started = time.monotonic()
    aside = DATA / "building.sqlite3"
    remove_database(aside)
    STAMP.unlink(missing_ok=True)
    environment = {**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{aside}"}
    for arguments in (["migrate", "--verbosity=0"], ["createcachetable"], ["build_demo", f"--out={OUT}"]):
        print(f"manage.py {arguments[0]} …", flush=True)
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=HOUSE, env=environment, check=True)
    with sqlite3.connect(aside) as database:  # one file, so that one rename moves it
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    if DATABASE.exists():
        kept = DATABASE.with_name(f"jbgs-{int(DATABASE.stat().st_mtime)}.sqlite3")
        print(f"The database of an earlier version is kept as {kept}")
        with sqlite3.connect(DATABASE) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        DATABASE.rename(kept)
    remove_database(DATABASE)
    aside.rename(DATABASE)
    STAMP.write_text(stamp())
    print(f"Built in {time.monotonic() - started:.0f} s.")


def remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


# --- What the stranger reads ---------------------------------------------------------------------------------------


def read_demo() -> dict:
    return json.loads((OUT / "demo.json").read_text())


def show_sign_ins() -> None:
    """The table of sign-ins, one per role, and where the produced files lie."""
    demo = read_demo()
    titles = {"role": "角色", "account": "账号", "password": "密码", "path": "登录页"}
    rows = [titles, *({**person, "path": f"http://127.0.0.1:{PORT}{person['path']}"} for person in demo["sign_ins"])]
    widths = {key: max(width(row[key]) for row in rows) for key in titles}
    print()
    for row in rows:
        print("  " + "  ".join(row[key] + " " * (widths[key] - width(row[key])) for key in titles).rstrip())
    print(f"\n  Produced files: {OUT}")
    folders = Counter(str(Path(file).parent) for file in demo["files"])
    for folder, count in sorted(folders.items()):
        print(f"    {folder}/  {count}")
    print(f"\n  http://127.0.0.1:{PORT}   Ctrl-C stops it.\n", flush=True)


def width(text: str) -> int:
    """Columns of a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


# --- Serve ---------------------------------------------------------------------------------------------------------

COMMANDS = {
    "web": [
        *(sys.executable, "-m", "gunicorn", "jbgs.wsgi", f"--bind=127.0.0.1:{PORT}", "--workers=2", "--threads=4"),
        *("--log-level=warning", "--no-control-socket"),  # nothing outside JBGS_DATA
    ],
    "worker": [
        *(sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", "celery", "--app=jbgs"),
        *("--quiet", "worker", "--pool=solo", "--beat", f"--schedule={DATA / 'broker' / 'beat'}"),
        *("--loglevel=warning", "--without-mingle", "--without-gossip"),
    ],
}


def serve(commands: dict[str, list[str]]) -> int:
    """Runs all commands in one process group until a signal comes or one of them ends; then none is left.

    0 after Ctrl-C or SIGTERM, 1 when a child ended by itself.
    """
    signals = []
    for number in STOPPING:
        signal.signal(number, lambda number, frame: signals.append(number))
    children, group = {}, 0
    try:
        for name, command in commands.items():
            # A group of its own: Ctrl-C reaches this runner alone, which ends the group once and in order.
            child = subprocess.Popen(command, cwd=HOUSE, env=ENVIRONMENT, process_group=group)
            children[name] = child
            group = group or child.pid
        while not signals:
            for name, child in children.items():
                if child.poll() is not None:
                    print(f"The {name} process ended ({child.returncode}); stopping.", file=sys.stderr)
                    return 1
            time.sleep(0.2)
        return 0
    finally:
        stop(children, group)


def stop(children: dict[str, subprocess.Popen], group: int) -> None:
    """Asks the group to end, waits, then ends whatever of it is left, grandchildren included."""
    if not group:
        return
    signal_group(group, signal.SIGTERM)
    give_up_at = time.monotonic() + GRACE
    while time.monotonic() < give_up_at and any(child.poll() is None for child in children.values()):
        time.sleep(0.05)
    signal_group(group, signal.SIGKILL)
    for child in children.values():
        child.wait()


def signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        pass  # nobody is left


if __name__ == "__main__":
    sys.exit(main())
