"""The installation with the gallery in front of it; for looking, see gallery.py."""

from jbgs.settings import *  # noqa: F403
from jbgs.settings import BASE_DIR, TEMPLATES

DEBUG = True
ROOT_URLCONF = "tests.frontend.gallery"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests" / "frontend" / "templates")
