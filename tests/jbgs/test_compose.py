"""The compose file: its five services, and what the installation would otherwise find out in production."""

import re
import shutil
import subprocess

import pytest
import yaml
from django.conf import settings

FILE = settings.BASE_DIR / "docker-compose.yml"


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(FILE.read_text())["services"]


def test_the_five_services(services):
    assert set(services) == {"web", "worker", "beat", "postgres", "redis"}


def test_web_worker_and_beat_share_one_image_one_environment_and_the_files(services):
    web = services["web"]
    for name in ("worker", "beat"):
        assert services[name]["image"] == web["image"]
        assert services[name]["environment"] == web["environment"]
        assert services[name]["volumes"] == web["volumes"]


def test_each_does_its_own_work(services):
    assert "gunicorn jbgs.wsgi" in services["web"]["command"]
    assert "migrate" in services["web"]["command"]
    assert "celery --app=jbgs worker" in services["worker"]["command"]
    assert "celery --app=jbgs beat" in services["beat"]["command"]


def test_no_secret_stands_in_the_file(services):
    secrets = re.findall(r"(?:SECRET_KEY|FIELD_KEY|POSTGRES_PASSWORD): (.*)", FILE.read_text())
    assert secrets
    assert all(re.fullmatch(r"\$\{[A-Z_]+:\?\}", secret) for secret in secrets)


def test_every_variable_is_one_the_settings_read(services):
    known = (settings.BASE_DIR / "jbgs" / "settings.py").read_text()
    assert all(f'"{name}"' in known for name in services["web"]["environment"])


def test_the_image_holds_what_papers_need():
    dockerfile = (settings.BASE_DIR / "Dockerfile").read_text()
    assert "fonts-noto-cjk" in dockerfile
    assert "libpango-1.0-0" in dockerfile


def test_docker_reads_it_too_where_a_client_can(monkeypatch):
    """`docker compose config` needs no engine; a client without the plugin has nothing to add to the parse above."""
    client = ["docker", "compose"]
    if not shutil.which("docker") or subprocess.run([*client, "version"], capture_output=True).returncode:
        return
    for name in ("SECRET_KEY", "FIELD_KEY", "POSTGRES_PASSWORD"):
        monkeypatch.setenv(name, "x")
    done = subprocess.run([*client, "-f", FILE, "config", "--services"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == {"web", "worker", "beat", "postgres", "redis"}
