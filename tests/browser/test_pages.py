"""Every page that somebody can reach by links: it answers, breaks no policy, and does not scroll sideways."""

import re
from urllib.parse import urlsplit

import pytest

from applications import workflow
from jbgs.rehearsal.cast import make_person
from reviews import workflow as reviews
from tests.cast import OPEN, RECOMMENDING, checked_items, world

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FILES = re.compile(r"\.(xlsx|pdf|csv|zip|yaml|ics)/?$|/(pdf|documents|attachments?|files?|scan|letters)/")
LEAVES = re.compile(r"/(signout|logout)/|_changelist_filters=|[?&]o=")
"""What ends the visit, and the same table in another order."""
STICKS_OUT = """width => [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > width && !one.closest(".table-scroll, svg, .visually-hidden"))
    .map((one) => one.tagName + "." + one.className).slice(-3).join(" ")"""
"""The innermost things that are wider than the page."""
MOST = 60
"""Pages for one person: what differs only in a number is looked at once."""


@pytest.fixture
def cast(calendar, transactional_db):
    """Dora's list is confirmed and its applications have gone on to different states; dick still receives."""
    calendar.go(OPEN)
    made = world()
    tasks = list(made.call.tasks.order_by("order")[:6])
    ahead = [made.recommended(task=task) for task in tasks[:4]]
    made.department, made.dora, made.dick = made.elsewhere, made.dick, made.dora
    made.draft(task=tasks[4])
    returned = made.submitted(task=tasks[5])
    workflow.return_for_changes(returned, by=made.dora, opinion="请补充。", due_at=RECOMMENDING)
    made.recommended(task=tasks[4], by=made.bob)
    made.submitted(task=tasks[5], by=made.another_applicant())
    for name in ("system_admin", "security_admin", "audit_admin"):
        setattr(made, name, make_person(name, name))
    calendar.go(RECOMMENDING)
    go_on(made, ahead)
    return made


def go_on(made, ahead) -> None:
    """One list: its first application is public, the second one with erin, the third accepted, the fourth waits."""
    workflow.confirm_list(ahead[0].recommendation_list, by=made.dick, letter_no="虚构函〔2025〕1号", pledge=True)
    reviews.create_expert(by=made.olga, user=made.erin, unit_name="虚构专家单位")
    for application in ahead[:3]:
        application.refresh_from_db()
        workflow.accept(application, by=made.olga, items=checked_items(application))
    workflow.start_review(ahead[0], by=made.olga)
    made.decided(ahead[0], "propose")
    workflow.open_publicity([ahead[0]], by=made.olga, title="公示", contact="虚构处室")
    for sheet in reviews.assign(ahead[1], by=made.olga, experts=[made.erin.expert]):
        reviews.pledge(sheet, by=made.erin)


ROLES = {
    "alice": "/mine/",
    "dora": "/admin/",
    "dick": "/admin/",
    "olga": "/admin/",
    "erin": "/admin/",
    "sven": "/admin/",
    "system_admin": "/admin/",
    "security_admin": "/admin/",
    "audit_admin": "/admin/",
}


def test_every_page_answers_and_fits(cast, signed_in):
    seen = {"": Crawl(signed_in(None), "/").run()}
    front: set[str] = set()  # what looks the same for everybody of the back office
    for name, start in ROLES.items():
        seen[name] = Crawl(signed_in(getattr(cast, name)), start, known=front if start == "/admin/" else ()).run()
        front |= {shape for shape in seen[name].pages if start == "/admin/" and not shape.startswith("/admin/")}
    trouble = [f"{name or 'stranger'}: {said}" for name, crawl in seen.items() for said in crawl.trouble]
    assert not trouble, "\n".join(trouble)
    assert {name: len(crawl.pages) for name, crawl in seen.items() if len(crawl.pages) < 3} == {}


class Crawl:
    """One person follows links, breadth first, within this server."""

    def __init__(self, person, start: str, known=()):
        person.expected = ["^4\\d\\d "]  # told below, with the page that leads there
        self.person, self.known, self.waiting = person, known, [(start, "the start")]
        self.pages: dict[str, str] = {}
        self.trouble: list[str] = []

    def run(self) -> "Crawl":
        while self.waiting and len(self.pages) < MOST:
            path, source = self.waiting.pop(0)
            shape = re.sub(r"\d+", "N", path.split("?")[0]) + "?" * ("?" in path)
            if shape not in self.pages and shape not in self.known and not LEAVES.search(path):
                self.pages[shape] = path
                self.look(path, source)
        return self

    def look(self, path: str, source: str) -> None:
        address, page = f"{self.person.server}{path}", self.person.page
        is_file = FILES.search(urlsplit(path).path)
        answer = self.person.context.request.get(address) if is_file else page.goto(address)
        if answer.status >= 400:
            self.trouble.append(f"{answer.status} {path}, linked from {source}")
        if is_file or answer.status >= 400:
            return
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                self.trouble.append(f"{path} is {wide} wide at {width}: {page.evaluate(STICKS_OUT, width)}")
        links = page.locator("a[href]").evaluate_all("all => all.map(one => one.href)")
        self.waiting += [(self.inside(link), path) for link in links if link.startswith(self.person.server)]

    def inside(self, link: str) -> str:
        parts = urlsplit(link)
        return parts.path + (f"?{parts.query}" if parts.query else "")
