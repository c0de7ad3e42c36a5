"""Letters to a unit, from its application's page: the ones that are addressed to it, and to nobody else."""

import io

import pypdf
import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Opinion
from documents.models import Artifact
from jbgs.lib import clock
from programmes.windows import end_of
from tests.applications.front_help import Visitor, url
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def asked(cast):
    """An application that was sent a 补正通知书."""
    application = cast.confirmed()
    with clock.travel(RECOMMENDING):
        due_at = end_of(RECOMMENDING.date().replace(day=20))
        return workflow.request_supplement(application, by=cast.olga, items=["附件：缺少盖章页。"], due_at=due_at)


def letter_of(application, verb="request_supplement") -> Opinion:
    return application.opinions.get(verb=verb)


def where(application, opinion) -> str:
    return reverse("applications:letter", args=[application.pk, opinion.pk])


def test_the_unit_finds_its_letter_and_reads_it(cast, asked, django_capture_on_commit_callbacks):
    alice = Visitor(cast.alice, RECOMMENDING)
    page = alice.get(url("detail", asked)).content.decode()
    assert "补正通知书" in page and where(asked, letter_of(asked)) in page
    with django_capture_on_commit_callbacks(execute=True):
        first, again = (alice.get(where(asked, letter_of(asked))) for _ in range(2))
    assert first.status_code == 302 and first.url == again.url
    assert Artifact.objects.filter(kind="officer_letter").count() == 1
    response = alice.get(first.url)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body(response))).pages)
    assert "缺少盖章页" in text and asked.number in text.replace("\n", "")


def body(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def test_a_refusal_is_there_too(cast):
    application = cast.confirmed()
    with clock.travel(RECOMMENDING):
        workflow.reject(application, by=cast.olga, ground="incomplete", reason="不符合申报条件。")
    page = Visitor(cast.alice, RECOMMENDING).get(url("detail", application)).content.decode()
    assert "不予受理通知书" in page and where(application, letter_of(application, "reject")) in page


def test_without_a_letter_nothing_is_offered(cast):
    application = cast.confirmed()
    response = Visitor(cast.alice, RECOMMENDING).get(url("detail", application))
    assert response.context["letters"] == [] and "通知书" not in response.content.decode()


def test_strangers_and_offices_do_not_read_it_there(cast, asked):
    address, made = where(asked, letter_of(asked)), Artifact.objects.count()
    for who, status in ((cast.bob, 404), (cast.dick, 404), (cast.dora, 403), (cast.olga, 403), (None, 302)):
        assert Visitor(who, RECOMMENDING).get(address).status_code == status, who
    assert Artifact.objects.count() == made


def test_only_letters_of_this_application_are_letters(cast):
    """What a department wrote is no letter; nor is one of another application reached through the own one."""
    with clock.travel(OPEN):
        other = cast.recommended(by=cast.bob)
    own = cast.confirmed()
    other.refresh_from_db()
    with clock.travel(RECOMMENDING):
        due_at = end_of(RECOMMENDING.date().replace(day=20))
        for application in (own, other):
            workflow.request_supplement(application, by=cast.olga, items=["附件：缺页。"], due_at=due_at)
    alice = Visitor(cast.alice, RECOMMENDING)
    for opinion in (own.opinions.get(verb="recommend"), letter_of(other)):
        assert alice.get(where(own, opinion)).status_code == 404
    assert alice.get(where(other, letter_of(other))).status_code == 404
    assert alice.get(where(own, letter_of(own))).status_code == 302
