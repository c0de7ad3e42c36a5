"""Papers as PDF. The only file that knows WeasyPrint.

One font configuration and one parsed style sheet per process: building them costs more than a page. Whatever a person
typed is escaped by the template, so no text can fetch anything; should a template ever ask for a file, it gets it from
the static folders only.
"""

import logging
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pikepdf
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from documents import faces

# WeasyPrint switches this on for the whole process; then an uploaded JPEG that was cut short would pass as sound.
ImageFile.LOAD_TRUNCATED_IMAGES = False

logger = logging.getLogger(__name__)
_drawing = threading.Lock()  # fontconfig and the shared style sheet serve one paper at a time


class ForbiddenFile(Exception):
    """A template asked for something outside the static folders."""


@dataclass(frozen=True)
class Paper:
    """A drawn paper: the file, its number of pages, and the letters that no installed face has, drawn as boxes."""

    data: bytes
    pages: int
    missing: tuple[str, ...]


def render(template: str, context: dict, *, draft: bool = False) -> bytes:
    """The paper of a template. The same content gives the same bytes on the same machine.

    `draft` reaches the template: templates/papers/base.html puts the word 草稿 on each page and leaves codes out.
    """
    paper = draw(render_to_string(template, {**context, "draft": draft}))
    if paper.missing:
        logger.warning("%s: no installed face has %s", template, " ".join(paper.missing))
    return paper.data


def draw(html: str) -> Paper:
    """HTML to PDF, one paper at a time in this process."""
    font_config, styles = _workshop()
    with _drawing, _boxes() as missing:
        try:
            source = HTML(string=html, base_url=_static_folders()[0].as_uri() + "/", url_fetcher=LocalOnly())
            document = source.render(stylesheets=styles, font_config=font_config)
            # The identifier is made from the content, never from the time; tags tell a screen reader what is a table.
            data = document.write_pdf(pdf_identifier=True, pdf_tags=True)
        except FatalURLFetchingError as error:  # a BaseException: it would end the worker
            raise ForbiddenFile(str(error)) from error
    return Paper(data, len(document.pages), tuple(missing))


def embedded_faces(data: bytes) -> set[str]:
    """PostScript names of the faces in a PDF, without their subset prefix."""
    with pikepdf.open(BytesIO(data)) as pdf:
        fonts = (item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font")
        return {str(font["/BaseFont"]).lstrip("/").split("+")[-1] for font in fonts if "/BaseFont" in font}


def strange_faces(data: bytes) -> set[str]:
    """Embedded faces that are in no stack of `documents.faces`: silent substitutes that tests look for."""
    return faces.strange(embedded_faces(data))


class LocalOnly(URLFetcher):
    """Lets data: and files under the static folders pass, after links and dots are resolved; no network at all."""

    def __init__(self):
        super().__init__(allowed_protocols=("file", "data"), allow_redirects=False)

    def fetch(self, url, headers=None):
        parts = urlsplit(url)
        if parts.scheme not in ("file", "data"):
            raise FatalURLFetchingError(f"not from a network: {url}")
        if parts.scheme == "file":
            path = Path(url2pathname(parts.path)).resolve()
            if parts.netloc or not any(path.is_relative_to(folder) for folder in _static_folders()):
                raise FatalURLFetchingError(f"outside the static folders: {url}")
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _workshop() -> tuple[FontConfiguration, list[CSS]]:
    """What is built once per process: the font configuration and the style sheets that hang on it."""
    font_config = FontConfiguration()
    sheet = finders.find("papers/papers.css")
    fetcher = LocalOnly()
    styles = [
        CSS(string=faces.css(), font_config=font_config, url_fetcher=fetcher),
        CSS(filename=sheet, font_config=font_config, url_fetcher=fetcher),
    ]
    return font_config, styles


@lru_cache(maxsize=1)
def _static_folders() -> tuple[Path, ...]:
    folders = [*settings.STATICFILES_DIRS, settings.STATIC_ROOT]
    return tuple(Path(folder).resolve() for folder in folders if folder)


class _Boxes(logging.Handler):
    """Hears WeasyPrint say that it drew a box; extracted text does not show it, a box still maps back to its letter."""

    def __init__(self, letters: list[str]):
        super().__init__()
        self.letters = letters

    def emit(self, record):
        if ".notdef" in record.msg and record.args[0] not in self.letters:
            self.letters.append(record.args[0])


@contextmanager
def _boxes():
    letters: list[str] = []
    handler = _Boxes(letters)
    channel = logging.getLogger("weasyprint")
    channel.addHandler(handler)
    try:
        yield letters
    finally:
        channel.removeHandler(handler)
