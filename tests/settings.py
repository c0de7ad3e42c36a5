"""The installation's settings, with what only tests may change."""

import os

from jbgs.settings import *  # noqa: F403
from jbgs.settings import DATABASES, JBGS_DATA, env

# `make test` names each run, so that two of them on one server never share a database.
if run := env.str("JBGS_TEST_RUN", ""):
    is_file = DATABASES["default"]["ENGINE"].endswith("sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(JBGS_DATA / f"test_{run}.sqlite3") if is_file else f"test_jbgs_{run}"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
MEDIA_ROOT = JBGS_DATA / "test-files" / str(os.getpid())  # thrown away by conftest.py
CELERY_TASK_ALWAYS_EAGER = True
