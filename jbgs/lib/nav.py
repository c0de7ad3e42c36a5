"""The back office's left sidebar. Rooms register their links; the site shows each person those of the own role.

A room calls this in its `admin.py`, which is always loaded:

    nav.register("申报", "待审核", "applications:examine", roles=("recommender",), order=10, count=queries.waiting_for)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from django.urls import reverse


@dataclass(frozen=True)
class Link:
    """One registered link. `count(user)` is the number shown beside the label, or None for no number."""

    section: str
    label: str
    url_name: str
    roles: frozenset[str]
    order: int
    count: Callable | None = None
    icon: str = "file"
    beside: tuple[str, ...] = ()

    def covers(self, url: str, path: str) -> bool:
        """Whether `path` lies under the link's own `url` or under one of its neighbours."""
        return any(path.startswith(one) for one in (url, *(urljoin(url, f"../{name}/") for name in self.beside)))


@dataclass
class Item:
    """A link as one person sees it now."""

    label: str
    url: str
    count: int | None
    current: bool
    icon: str


@dataclass
class Group:
    section: str
    items: list[Item] = field(default_factory=list)


_links: dict[tuple[str, str], Link] = {}


def register(
    section: str, label: str, url_name: str, roles, order: int, count: Callable | None = None, icon="file", beside=(),
):  # fmt: skip
    """Put a link into the sidebar. Sections stand in the order of their first link; `roles` are role codes.

    `icon` is a name in static/img/icons.svg. `beside`: names of neighbouring paths whose pages belong to this link too
    (`sheets` beside `…/todo/` is `…/sheets/`).
    """
    _links[section, label] = Link(section, label, url_name, frozenset(roles), order, count, icon, tuple(beside))


def groups_for(user, path: str = "") -> list[Group]:
    """The sidebar of `user` on the page `path`: groups of links; the one with the longest matching URL is current."""
    groups: dict[str, Group] = {}
    here = []
    for link in sorted(_links.values(), key=lambda link: link.order):
        if user.role not in link.roles:
            continue
        number = link.count(user) if link.count else None
        item = Item(link.label, reverse(link.url_name), number, current=False, icon=link.icon)
        groups.setdefault(link.section, Group(link.section)).items.append(item)
        if link.covers(item.url, path):
            here.append(item)
    if here:
        max(here, key=lambda item: len(item.url)).current = True
    return list(groups.values())
