"""Query budgets of the sections that the call's document makes: the same with one row and with fifty, on PostgreSQL."""

import json

import pytest

from jbgs.lib import clock
from programmes.loader import load_document
from tests.applications.front_help import Visitor, counted, url
from tests.applications.sections_help import FILLED, fill_sections, sections_document, sections_world
from tests.cast import OPEN

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

ONE_PAGE, SUBMIT = 20, 40


@pytest.fixture
def cast():
    return sections_world()


def draft(cast, rows: int, by):
    """A filled draft of this person's unit with so many rows in its table and so many people."""
    team = [{"name": f"成员{place}", "is_leader": place == 0} for place in range(max(rows, 2))]
    data = FILLED | {
        "rights": {"rows": [FILLED["rights"]["rows"][0] | {"title": f"第{place}项"} for place in range(rows)]},
        "team": {"rows": team},
        "pledge_people": {"agreed": True, "signers": [row["name"] for row in team]},
    }
    with clock.travel(OPEN):
        return fill_sections(cast.draft(by=by, filled=False), by, data)


def queries(visitor, address: str) -> int:
    assert visitor.get(address).status_code == 200
    with counted() as count:
        assert visitor.get(address).status_code == 200
    return count()


def test_every_page_with_one_row_and_with_fifty(cast):
    few, many = draft(cast, 1, cast.alice), draft(cast, 50, cast.bob)
    alice, bob = Visitor(cast.alice), Visitor(cast.bob)
    keys = [section.key for section in few.call_version.spec.form.sections if section.key in FILLED]
    pages = [("section", key) for key in keys] + [("check",), ("submit",), ("detail",)]
    first = {page: queries(alice, url(page[0], few, *page[1:])) for page in pages}
    second = {page: queries(bob, url(page[0], many, *page[1:])) for page in pages}
    assert first == second
    assert max(first.values()) <= ONE_PAGE, first


def test_the_banner_of_a_newer_wording_costs_the_two_documents_once(cast):
    application = draft(cast, 1, cast.alice)
    alice, address = Visitor(cast.alice), url("detail", application)
    before = queries(alice, address)
    document = sections_document()
    document["form"][0]["options"]["title_max"] = 30
    load_document(document, force=True)
    assert queries(alice, address) == before <= ONE_PAGE


def test_a_save_and_a_submit(cast):
    counts = []
    for rows, person in ((2, cast.olga), (1, cast.alice), (50, cast.bob)):
        if person is cast.olga:  # warms up
            person = cast.another_applicant()
        application, visitor = draft(cast, rows, person), Visitor(person)
        section = application.sections.get(key="rights")
        body = json.dumps({"data": section.data, "base_version": section.version})
        with counted() as saving:
            answer = visitor.post(url("save_section", application, "rights"), body, content_type="application/json")
        assert answer.status_code == 200
        key = visitor.get(url("submit", application)).context["key"]
        with counted() as submitting:
            assert visitor.post(url("submit", application), {"key": key}).status_code == 302
        counts.append((saving(), submitting()))
    assert counts[1] == counts[2]
    assert max(max(pair) for pair in counts) <= SUBMIT, counts
