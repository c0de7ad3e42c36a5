"""The settings file, read in a process of its own for each environment."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.conf import settings

HOUSE = settings.BASE_DIR
READ = """
import json
from jbgs import settings as s
db = s.DATABASES["default"]
print(json.dumps({
    "engine": db["ENGINE"], "name": str(db["NAME"]), "options": db.get("OPTIONS"),
    "cache": s.CACHES["default"]["BACKEND"], "broker": s.CELERY_BROKER_URL, "media": str(s.MEDIA_ROOT),
    "key": s.SECRET_KEY, "proxies": s.TRUSTED_PROXIES, "hosts": s.ALLOWED_HOSTS, "debug": s.DEBUG, "demo": s.JBGS_DEMO,
}))
"""


@pytest.fixture
def run(tmp_path):
    """run(*arguments, **environment): the output of Python in the house, with JBGS_DATA in a folder of this test."""

    def run(*arguments, **environment):
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment = {**clean, "JBGS_DATA": str(tmp_path / "data"), **environment}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def read(run):
    return lambda **environment: json.loads(run("-c", READ, **environment))


def test_nothing_set_means_the_embedded_default(read, tmp_path):
    found = read()
    assert found["engine"] == "django.db.backends.sqlite3"
    assert found["name"] == str(tmp_path / "data" / "jbgs.sqlite3")
    assert found["options"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found["options"]["init_command"]
    assert found["cache"].endswith("DatabaseCache")
    assert found["broker"] == "filesystem://localhost"
    assert found["media"].startswith(str(tmp_path / "data"))
    assert not found["debug"]
    assert not found["demo"]


def test_an_empty_variable_is_an_unset_one(read):
    names = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "TRUSTED_PROXIES", "ALLOWED_HOSTS", "JBGS_DEBUG", "JBGS_DEMO")
    assert read(**dict.fromkeys(names, "")) == read()


def test_urls_choose_postgresql_and_redis(read):
    found = read(DATABASE_URL="postgresql://u:p@db.example:5433/calls", REDIS_URL="redis://r.example:6379/2")
    assert found["engine"] == "django.db.backends.postgresql"
    assert found["name"] == "calls"
    assert found["cache"].endswith("RedisCache")
    assert found["broker"] == "redis://r.example:6379/2"


def test_the_secret_key_is_made_once_and_kept_private(read, tmp_path):
    key = read()["key"]
    assert read()["key"] == key
    assert len(key) >= 50
    path = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir() if "secret" in file.name] == ["secret_key"]


def test_a_secret_may_come_as_a_file(read, tmp_path):
    (tmp_path / "key").write_text("k" * 60)
    assert read(SECRET_KEY_FILE=str(tmp_path / "key"))["key"] == "k" * 60


def test_lists(read):
    found = read(TRUSTED_PROXIES="10.0.0.0/8,192.0.2.1", ALLOWED_HOSTS="jbgs.example.cn")
    assert found["proxies"] == ["10.0.0.0/8", "192.0.2.1"]
    assert {"jbgs.example.cn", "localhost"} <= set(found["hosts"])


def test_behind_https_the_deploy_check_is_clean(run):
    said = run("manage.py", "check", "--deploy", "--fail-level=WARNING", JBGS_HTTPS="true")
    assert "no issues" in said


def test_people_are_stored_as_the_house_says():
    assert settings.AUTH_USER_MODEL == "accounts.User"
    assert settings.ANONYMOUS_USER_NAME is None
    assert "guardian.backends.ObjectPermissionBackend" in settings.AUTHENTICATION_BACKENDS
    assert not settings.DATABASES["default"].get("ATOMIC_REQUESTS")
    assert (settings.TIME_ZONE, settings.USE_TZ, settings.LANGUAGE_CODE) == ("Asia/Shanghai", True, "zh-hans")
