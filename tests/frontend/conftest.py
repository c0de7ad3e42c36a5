"""The gallery's pages without a server or a database."""

import pytest
from django.conf import settings
from django.test import RequestFactory, override_settings

from tests.frontend import gallery


@pytest.fixture
def gallery_site():
    """The gallery's addresses and templates beside the product's."""
    folder = settings.BASE_DIR / "tests" / "frontend" / "templates"
    engine = settings.TEMPLATES[0]
    templates = [{**engine, "DIRS": [*engine["DIRS"], folder]}]
    with override_settings(TEMPLATES=templates, ROOT_URLCONF="tests.frontend.gallery", JBGS_DEMO=True):
        yield


@pytest.fixture
def render_page(gallery_site):
    """render_page("gallery/front/") -> the HTML of one page of the gallery."""
    views = {str(entry.pattern): entry.callback for entry in gallery.gallery_patterns}

    def render(name: str) -> str:
        return views[name](RequestFactory().get(f"/{name}")).content.decode()

    return render
