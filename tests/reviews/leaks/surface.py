"""Everything that a person can ask the installation for: each address with each row of the scene, each link and filter
that its pages offer, each file; and the answer as text, whatever it is.

Rows are found by the word that stands before a parameter in the route, and where no word tells, the keys of all rows of
the review are tried: that is what somebody would do who guesses addresses. So a new page is walked without being
entered here.
"""

import io
import itertools
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit
from zipfile import ZipFile

import openpyxl
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from pypdf import PdfReader

from accounts.models import RoleRecord
from applications.models import Appeal, Objection, Opinion, Publicity, RecommendationList, ReviewRound
from documents.models import Artifact
from notifications.models import Message
from reviews.models import Assignment, DrawPlan, Meeting, MeetingItem, ReviewerChange
from tests.access.addresses import patterns
from tests.reviews.leaks.scene import EVERYBODY, Scene

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
FEW = 3
"""Rows of a kind that is not the review's own, and choices of one field."""
TOO_MANY = 12
"""Links with a query that are followed on one page; of pages that differ in their row only, the first ones'."""
ALIKE = ("expert", "unit_admin", "recommender")
"""Roles of which several people walk. What is closed to the first of them whatever its row is closed to the role, and
the others do not try it; but everybody tries the rows of the review, of applications and files."""
TRIED_BY_ALL = ("/admin/reviews/", "/applications/", "/documents/")
FOREIGN = ("drafter", "returner", "gilder", "taker", "waited", "hider")
"""Whose sheets everybody tries to open."""
SCORED, FILED = ("lost", "open", "other", "drawn", "veiled"), ("lost", "open", "veiled")
"""The applications for the pages of the review, and for all others."""
ALL = tuple(role for role in EVERYBODY if role != "visitor")
OF_THE_MACHINE = ("Expires", "Content-Length")
NOT_FOLLOWED = ("/static/", "/media/", "signout", "logout")


def addresses(scene: Scene, who: str) -> dict[str, list[str]]:
    """Url name → paths, one for each choice of rows; the own calendar is one, too."""
    if who not in scene.address_book:
        rows = _rows(scene, who)
        book = {name: list(dict.fromkeys(_filled(route, rows))) for name, route, _ in patterns()}
        scene.address_book[who] = book | {"own feed": [scene.feeds[who]]}
    return scene.address_book[who]


def _filled(route: str, rows) -> Iterator[str]:
    route = route.replace("/^", "/").removesuffix("$")
    found = list(PARAMETER.finditer(route))
    names = [one[1] or one[2] for one in found]
    choices = [rows(name, route[: one.start()]) for one, name in zip(found, names, strict=True)]
    for values in itertools.product(*choices):
        pieces, last = [], 0
        for one, value in zip(found, values, strict=True):
            pieces += [route[last : one.start()], str(value)]
            last = one.end()
        yield "/" + "".join([*pieces, route[last:]]).replace("\\.", ".")


def _rows(scene: Scene, who: str):
    """A function (parameter, what stands before it in the route) → values."""
    by_name, tables = _by_name(scene), _tables()
    here, elsewhere = (_by_word(scene, who, names) for names in (SCORED, FILED))
    guessed = sorted({pk for model in _of_the_review() for pk in _keys(model)[:FEW]})

    def rows(name: str, before: str) -> list:
        by_word = here if before.startswith("/admin/reviews/") else elsewhere
        words = [word for word in before.strip("/").split("/") if "<" not in word]
        last = words[-1] if words else ""
        if name == "code" and last == "outputs":
            return ["publicity", "shortlist", "winners"]
        if name in by_name:
            return by_name[name]
        found = by_word.get(last, tables.get("/".join(words[-2:])))
        return guessed if found is None else found or [1]

    return rows


def _keys(model, **only) -> list[int]:
    return list(model.objects.filter(**only).order_by("pk").values_list("pk", flat=True))


def _of_the_review() -> list:
    return list(apps.get_app_config("reviews").get_models())


def _by_name(scene: Scene) -> dict[str, list]:
    """Parameters that mean the same everywhere."""
    return {
        "slug": [call.slug for call in scene.calls], "name": ["experts"],
        "code": [scene.applications["open"].task.code],
        "token": ["nobodys-secret"], "number": [1], "place": [1], "part": ["basics"], "url": ["nothing-here/"],
        "kind": ["summary.xlsx", "summary.pdf", "letter.pdf"], "key": ["project"],
        "app_label": ["reviews", "accounts", "documents"],
        "attachment": [
            scene.applications["open"].attachments.first().pk,
            scene.applications["veiled"].attachments.get(kind="drawings").pk,
        ],
        "content_type_id": [ContentType.objects.get_for_model(Assignment).pk],
    }  # fmt: skip


def _by_word(scene: Scene, who: str, names: tuple[str, ...]) -> dict[str, list]:
    """The word before a key → keys of the rows it means."""
    applications = [scene.applications[name].pk for name in names]
    sheets = [row.pk for (_, expert), row in scene.sheets.items() if expert in (*FOREIGN, who)]
    tasks = list(dict.fromkeys(row.task_id for row in scene.applications.values()))
    people = [
        scene.people[name].pk for name in dict.fromkeys(("drafter", "taker", "olga", "alice", who)) if name in ALL
    ]
    of_applications = ("applications", "application", "new", "check", "record", "results", "hearings", "evaluation")
    return {
        **dict.fromkeys(of_applications, applications), **dict.fromkeys(("tasks", "needs"), tasks),
        **dict.fromkeys(("user", "people"), people), "call": [call.pk for call in scene.calls],
        "sheets": sheets,
        "experts": [row.pk for name, row in scene.experts.items() if name in (*FOREIGN, "recuser", "waiter", who)],
        "documents": _keys(Artifact), "inbox": _keys(Message, channel="inbox")[-12:], "message": _keys(Message)[-FEW:],
        "rounds": _keys(ReviewRound), "draws": _keys(DrawPlan), "meetings": _keys(Meeting),
        "meeting-items": _keys(MeetingItem), "calls": [call.pk for call in scene.calls],
        "approvals": _keys(ReviewerChange), "opinions": _keys(Opinion)[:FEW],
        "letters": _keys(Opinion)[:FEW], "publicity": _keys(Publicity), "objections": _keys(Objection),
        "appeals": _keys(Appeal), "lists": _keys(RecommendationList), "rolerecord": _keys(RoleRecord, user=people[0]),
        "reports": [], "drafts": [],
    }  # fmt: skip


def _tables() -> dict[str, list[int]]:
    """The admin's own pages: one row of each table."""
    return {f"{one._meta.app_label}/{one._meta.model_name}": _keys(one)[:1] for one in apps.get_models()}


class Browser(Client):
    """Django's test client without the copies that it keeps of every template's context."""

    def request(self, **request):
        response = self.handler(self._base_environ(**request))
        self.cookies.update(response.cookies)
        return response


def browser(person) -> Browser:
    """A browser of this person (None: nobody has signed in); an error of the server is an answer, too."""
    client = Browser(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def walk(scene: Scene, who: str, *, only=lambda name: True) -> Iterator[tuple[str, object]]:
    """(path, response) of every address, and of every link with a query and every filter on the pages that open; of an
    address that only takes forms one, for they all answer that."""
    client, seen, pages = browser(scene.people[who]), set(), []
    role = getattr(scene.people[who], "role", "")
    closed = scene.closed.get(role, set()) if role in ALIKE else set()
    refusing = set()
    for name, paths in addresses(scene, who).items():
        opened, statuses = 0, set()
        for path in paths if only(name) and name not in closed else ():
            seen.add(path)
            response = client.get(path)
            statuses.add(response.status_code)
            yield path, response
            if response.status_code == 405:
                break
            if _is_page(response) and (opened := opened + 1) <= FEW:
                pages.append((path, response))
        if statuses and statuses <= {403, 404, 405} and not paths[0].startswith(TRIED_BY_ALL):
            refusing.add(name)
    scene.closed.setdefault(role, refusing)
    for path in itertools.chain.from_iterable(offered(path, words_of(page)) for path, page in pages):
        if path not in seen and not any(part in path for part in NOT_FOLLOWED):
            seen.add(path)
            yield path, client.get(path)


def _is_page(response) -> bool:
    return response.status_code == 200 and response["Content-Type"].startswith("text/html")


class _Page(HTMLParser):
    """Links, and forms that only ask: [(action, {field: [values]})]."""

    def __init__(self):
        super().__init__()
        self.links, self.forms, self.form, self.select = [], [], None, ""

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "a" and "?" in (found.get("href") or ""):
            self.links.append(found["href"])
        elif tag == "form":
            asks = (found.get("method") or "get").lower() == "get"
            self.form = (found.get("action") or "", {}) if asks else None
        elif self.form and tag in ("input", "select") and found.get("name"):
            values = self.form[1].setdefault(found["name"], [])
            self.select = found["name"] if tag == "select" else ""
            if tag == "input":
                values.append(SEARCHED if found.get("type", "text") in ("text", "search") else found.get("value", ""))
        elif self.form and tag == "option" and self.select:
            self.form[1][self.select].append(found.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form" and self.form:
            self.forms.append(self.form)
            self.form = None


SEARCHED = "暗"
"""What is typed into every search; it stands in every planted name."""


def offered(path: str, page: str) -> list[str]:
    """The addresses with a query that a page offers: its links, and each choice of each form that only asks."""
    reader = _Page()
    reader.feed(page)
    found = [urljoin(path, link) for link in reader.links]
    for action, fields in reader.forms:
        for name, values in fields.items():
            found += [
                f"{urljoin(path, action.split('?')[0])}?{urlencode({name: value})}" for value in values[:FEW] if value
            ]
    found = [link for link in dict.fromkeys(found) if not urlsplit(link).netloc and link.startswith("/")]
    return [f"{urlsplit(link).path}?{urlencode(parse_qsl(urlsplit(link).query, True))}" for link in found][:TOO_MANY]


def words_of(response) -> str:
    """The whole answer as text: status, headers and content, spreadsheets cell by cell, papers by their text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    heads = "\n".join(f"{name}: {unquote(value)}" for name, value in response.items() if name not in OF_THE_MACHINE)
    text = text_of(body, response.get("Content-Type", ""))
    return f"{response.status_code}\n{heads}\n{text}"


def text_of(body: bytes, kind: str) -> str:
    if body[:4] == b"PK\x03\x04":
        return "\n".join(_cells(body))
    if body[:5] == b"%PDF-":
        return _paper(body)
    text = body.decode(errors="replace")
    if "json" in kind:
        return json.dumps(json.loads(text), ensure_ascii=False)
    if "calendar" in kind:
        return text.replace("\r\n ", "")  # long lines are folded
    return unescape(text)


@lru_cache(maxsize=200)
def _paper(body: bytes) -> str:
    """Each page as it stands and without blanks (a line's end may cut a word), the properties, the names of files in
    it."""
    reader = PdfReader(io.BytesIO(body))
    pages = [page.extract_text() for page in reader.pages]
    metadata = reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else ""
    return "\n".join([*pages, *("".join(page.split()) for page in pages), str(reader.metadata), metadata,
                      *reader.attachments])  # fmt: skip


def _cells(body: bytes) -> Iterator[str]:
    """Every cell of every sheet, with comments and the names of sheets; other archives: every file in them."""
    with ZipFile(io.BytesIO(body)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            for name in archive.namelist():
                yield name
                yield text_of(archive.read(name), "")
            return
        yield archive.read("docProps/core.xml").decode() if "docProps/core.xml" in archive.namelist() else ""
    for sheet in openpyxl.load_workbook(io.BytesIO(body)).worksheets:
        yield sheet.title
        for cell in itertools.chain.from_iterable(sheet.iter_rows()):
            if cell.value is not None:
                yield str(cell.value)
            if cell.comment:
                yield cell.comment.text
