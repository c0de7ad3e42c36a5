"""Every setting of an installation, from the environment (DESIGN §7).

Nothing set means the embedded default: SQLite, files and broker folders under JBGS_DATA. An empty variable counts as
unset, and each one may be given as a file instead: SECRET_KEY_FILE=/run/secrets/key.

    DATABASE_URL      postgresql://…       REDIS_URL        redis://… (cache, sessions, broker)
    JBGS_DATA         folder, var/         REDIS_PREFIX     jbgs
    SECRET_KEY        else made once       FIELD_KEY        encrypts ID numbers; SECRET_KEY if unset
    ALLOWED_HOSTS     a,b                  CSRF_TRUSTED_ORIGINS  https://a,https://b
    TRUSTED_PROXIES   10.0.0.0/8,…         JBGS_HTTPS       cookies and redirects for HTTPS only
    JBGS_DEMO         shows codes on screen    JBGS_DEBUG   never in production
    JBGS_MOST_UPLOAD_MB  256               the most that one request with files may hold
    JBGS_X_ACCEL_PREFIX  /protected/ where nginx hands out the files of JBGS_DATA/files (X-Accel-Redirect)
    JBGS_FACES        {"fang": ["方正仿宋_GB18030"]} licensed type faces of papers; roles in documents/faces.py
"""

import os
from pathlib import Path

import environ
from django.core.management.utils import get_random_secret_key
from environ.fileaware_mapping import FileAwareMapping

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.FileAwareEnv()
env.ENVIRON = FileAwareMapping({name: value for name, value in os.environ.items() if value})

JBGS_DATA = Path(env.str("JBGS_DATA", str(BASE_DIR / "var"))).resolve()
JBGS_DATA.mkdir(parents=True, exist_ok=True)
JBGS_DEMO = env.bool("JBGS_DEMO", False)
DEBUG = env.bool("JBGS_DEBUG", False)
HTTPS = env.bool("JBGS_HTTPS", False)
DATABASE_URL = env.str("DATABASE_URL", f"sqlite:///{JBGS_DATA / 'jbgs.sqlite3'}")
REDIS_URL = env.str("REDIS_URL", "")
REDIS_PREFIX = env.str("REDIS_PREFIX", "jbgs")


def secret_key_kept_in(path: Path) -> str:
    """The key in `path`, made on first use; two processes that start at once agree on one key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", "") or secret_key_kept_in(JBGS_DATA / "secret_key")
FIELD_KEY = env.str("FIELD_KEY", "")

# --- Rooms ---------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "jbgs.apps.HouseConfig",
    "jbgs.apps.BackOfficeConfig",
    "accounts",
    "programmes",
    "applications",
    "reviews",
    "notifications",
    "documents",
    "audit",
    "guardian",
    "django_filters",
    "django_fsm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "jbgs.middleware.received_at",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jbgs.middleware.content_security_policy",
    "jbgs.middleware.bounded_body",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "jbgs.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "jbgs.urls"
WSGI_APPLICATION = "jbgs.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notifications.context_processors.unread",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Database, cache, broker ---------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # WAL alone makes "database is locked" worse; together with IMMEDIATE six writing processes never see it.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(JBGS_DATA / "test.sqlite3")}
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
        }
    }
    SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{REDIS_PREFIX}:", "socket_connect_timeout": 3}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
    SESSION_ENGINE = "django.contrib.sessions.backends.db"
    CELERY_BROKER_URL = "filesystem://localhost"
    BROKER_FOLDER = JBGS_DATA / "broker"
    for folder in ("queue", "control"):
        (BROKER_FOLDER / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_FOLDER / "queue"),
        "data_folder_out": str(BROKER_FOLDER / "queue"),
        "control_folder": str(BROKER_FOLDER / "control"),
    }

CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- People, sessions ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_NAME = "jbgs_session"
CSRF_COOKIE_NAME = "jbgs_csrf"

# --- Language and time ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files ---------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # served from where they stand: no collectstatic step to forget
MEDIA_ROOT = JBGS_DATA / "files"  # never served by URL; views hand files out after asking visible_to()
FILE_UPLOAD_PERMISSIONS = 0o640
JBGS_X_ACCEL_PREFIX = env.str("JBGS_X_ACCEL_PREFIX", "")
JBGS_FACES = env.json("JBGS_FACES", {})
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # one section's text; files do not count
JBGS_MOST_UPLOAD = env.int("JBGS_MOST_UPLOAD_MB", 256) * 1024 * 1024  # a whole request with its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a team table of 200 people

# --- Security ------------------------------------------------------------------------------------------------------

# Health checks come from the machine itself.
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *env.list("ALLOWED_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz/$", r"^readyz/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # PDFs are shown in a pane of our own pages, …
SILENCED_SYSTEM_CHECKS = ["security.W019"]  # … so DENY is not for us
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'; form-action 'self'; base-uri 'self'"
)

# --- Log -----------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO" if DEBUG else "WARNING"},
    "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO" if DEBUG else "WARNING"}},
}
