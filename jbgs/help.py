"""The operation guides: the Markdown files of docs/, shown as pages (`/help/<guide>/`)."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

DOCS = settings.BASE_DIR / "docs"


@dataclass(frozen=True)
class Guide:
    title: str
    file: str  # under docs/

    @property
    def path(self) -> Path:
        return DOCS / self.file


GUIDES = {
    "units": Guide("申报单位操作指南", "guide-units.md"),
    "departments": Guide("推荐单位操作指南", "guide-departments.md"),
    "experts": Guide("评审专家操作指南", "guide-experts.md"),
    "officers": Guide("管理人员操作指南", "guide-officers.md"),
    "administrators": Guide("三员操作指南", "guide-administrators.md"),
}
GUIDE_OF_ROLE = {
    "unit_admin": "units", "unit_filler": "units", "recommender": "departments", "expert": "experts",
    "system_admin": "administrators", "security_admin": "administrators", "audit_admin": "administrators",
}  # fmt: skip


def guide(request: HttpRequest, name: str) -> HttpResponse:
    """One guide, with links to the others; 404 for a name that is no guide."""
    guides = {key: found for key, found in GUIDES.items() if found.path.exists()}
    if name not in guides:
        raise Http404
    path = guides[name].path
    context = {"guide": guides[name], "guides": guides, "name": name, "body": as_html(path, path.stat().st_mtime_ns)}
    return render(request, "help/guide.html", context)


@lru_cache(maxsize=8)
def as_html(path: Path, changed: int) -> SafeString:
    """The guide as HTML, made once per change of the file; raw HTML inside the Markdown stays text."""
    return mark_safe(MarkdownIt("commonmark", {"html": False}).enable("table").render(path.read_text()))
