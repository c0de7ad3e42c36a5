"""What `make setup` says and does on a machine where things are missing."""

import shutil
import subprocess

import pytest
from django.conf import settings

TOOLS = ("bash", "sh", "env", "dirname", "flock", "find", "grep", "cat", "mktemp", "rm", "tail")


@pytest.fixture
def machine(tmp_path):
    """A PATH with the plainest tools only; machine(name, script) puts a program before them."""
    # Two folders: a program is never written to where a link to the real one stands.
    tools, programs = tmp_path / "tools", tmp_path / "programs"
    tools.mkdir()
    programs.mkdir()
    for tool in TOOLS:
        (tools / tool).symlink_to(shutil.which(tool))

    def add(name: str, script: str) -> None:
        with (programs / name).open("x") as program:
            program.write(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)

    def run(*command: str) -> subprocess.CompletedProcess:
        environment = {"PATH": f"{programs}:{tools}", "HOME": str(tmp_path)}
        return subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    add.run = run
    add.folder = tmp_path
    return add


def test_neither_root_nor_sudo_gets_the_exact_line_and_2(machine):
    machine("apt-get", "exit 1")
    machine("id", "echo 1000")
    machine("sudo", "exit 1")
    done = machine.run("scripts/install", "fonts-noto-cjk", "libpango-1.0-0")
    line = "apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk libpango-1.0-0\n"
    assert done.returncode == 2
    assert line in done.stderr


@pytest.mark.parametrize("uid", [0, 1000])
def test_root_installs_and_so_does_who_may_sudo_silently(machine, uid):
    machine("apt-get", f"echo $* >> {machine.folder}/asked")
    machine("id", f"echo {uid}")
    machine("sudo", 'shift; [ "$1" = true ] || exec "$@"')
    assert machine.run("scripts/install", "redis-server").returncode == 0
    asked = (machine.folder / "asked").read_text().splitlines()
    assert asked == ["update", "install -y --no-install-recommends redis-server"]


def test_a_failed_installation_is_shown_and_fails(machine):
    machine("apt-get", "echo no network; exit 100")
    machine("id", "echo 0")
    done = machine.run("scripts/install", "redis-server")
    assert done.returncode == 1
    assert "no network" in done.stderr


def test_setup_names_everything_that_is_missing_at_once(machine):
    machine("python3", "exit 1")  # too old
    machine("ldconfig", "exit 0")
    machine("apt-get", "exit 1")
    machine("id", "echo 1000")
    machine("find", "exit 0")
    done = machine.run("scripts/setup")
    assert done.returncode == 2
    assert "python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk\n" in done.stderr


def test_a_python_that_stays_too_old_is_named(machine):
    machine("python3", '[ "$1" = --version ] && echo "Python 3.9.2"; exit $([ "$1" = --version ]; echo $?)')
    machine("ldconfig", "echo libpango-1.0.so.0 libpangoft2-1.0.so.0 libharfbuzz-subset.so.0")
    machine("apt-get", "exit 0")
    machine("id", "echo 0")
    done = machine.run("scripts/setup")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed; this machine has Python 3.9.2." in done.stderr
