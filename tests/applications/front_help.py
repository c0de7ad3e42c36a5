"""What the front office's tests share: a client at a business time, forms read from the page as a browser does."""

from contextlib import contextmanager
from html.parser import HTMLParser

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jbgs.lib import clock
from tests.cast import OPEN

CONTROL_WORDS = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT", "ROLLBACK")


class Visitor(Client):
    """A browser of one person at one business time; `person` None is somebody who has not signed in."""

    def __init__(self, person=None, at=OPEN):
        super().__init__()
        self.at = at
        if person is not None:
            self.force_login(person)

    def request(self, **named):
        with clock.travel(self.at):
            return super().request(**named)


def url(name: str, application, *args) -> str:
    return reverse(f"applications:{name}", args=[application.pk, *args])


class _Forms(HTMLParser):
    """The controls of the page by the id of their form, with the values that a browser would send."""

    def __init__(self):
        super().__init__()
        self.forms: dict[str, dict] = {}
        self.form = self.area = self.select = ""
        self.inside_template = 0

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "template":
            self.inside_template += 1
        if self.inside_template:
            return
        if tag == "form":
            self.form = found.get("id", "") or found.get("action", "")
            self.forms.setdefault(self.form, {})
        name, here = found.get("name"), self.forms.get(self.form)
        if tag == "input" and name and here is not None:
            if found.get("type") in ("checkbox", "radio"):
                if "checked" in found:
                    here[name] = found.get("value", "on")
            elif found.get("type") != "file":
                here[name] = found.get("value", "")
        elif tag == "textarea" and name:
            self.area = name
            here[name] = ""
        elif tag == "select" and name:
            self.select = name
            here.setdefault(name, None)
        elif tag == "option" and self.select:
            if "selected" in found or here[self.select] is None:
                here[self.select] = found.get("value", "")

    def handle_endtag(self, tag):
        if tag == "template":
            self.inside_template -= 1
        elif tag == "form":
            self.form = ""
        elif tag == "textarea":
            here = self.forms.get(self.form, {})
            if self.area in here:
                here[self.area] = here[self.area].removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data):
        if self.area and not self.inside_template:
            self.forms[self.form][self.area] += data


def form_of(response, form: str = "fill") -> dict[str, str]:
    """The values of one form of the page; without the token, which the test client does not need."""
    reader = _Forms()
    reader.feed(response.content.decode())
    values = dict(reader.forms[form])
    values.pop("csrfmiddlewaretoken", None)
    return values


@contextmanager
def counted():
    """Counts queries without transaction control: `with counted() as count: …; count()`."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield lambda: len([q for q in captured.captured_queries if not q["sql"].upper().startswith(CONTROL_WORDS)])
