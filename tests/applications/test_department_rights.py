"""Forms of a department in wrong hands: 403 or 404, and exactly one refusal in the log of the object they aimed at."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.models import Application, RecommendationList, State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person
from programmes.models import OwnDeadline
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db

STRANGERS = ("dick", "bob", "alice", "erin", "olga", "oscar", "sven", "admin", "nobody")
VERBS = ("recommend", "return_for_changes", "decline")
LIST_ACTS = ("rerank", "list_confirmed", "keep_scan")


@pytest.fixture
def cast():
    return world()


def sign_in(client, cast, name):
    """`nobody` is a visitor who has not signed in."""
    if name == "admin":
        client.force_login(make_person("root", "system_admin"))
    elif name != "nobody":
        client.force_login(getattr(cast, name))


def refusals(obj) -> list:
    return list(Entry.objects.for_object(obj).refused())


def entries() -> int:
    return Entry.objects.refused().count()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("who", STRANGERS)
def test_a_forged_act_is_refused_and_logged_once(client, cast, who, verb):
    with clock.travel(OPEN):
        application = cast.submitted()
        sign_in(client, cast, who)
        before = entries()
        answer = client.post(
            reverse(f"admin:applications_{verb}", args=[application.pk]),
            {"opinion": "同意", "due_on": "2025-03-15", "key": "x" * 12},
        )
    assert answer.status_code == 403
    assert entries() == before + 1
    (entry,) = refusals(application)
    assert (entry.action, entry.code) == (verb, "forbidden")
    assert Application.objects.get(pk=application.pk).state == State.SUBMITTED


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_takes_a_recommendation_back(client, cast, who):
    with clock.travel(OPEN):
        application = cast.recommended()
        sign_in(client, cast, who)
        answer = client.post(reverse("admin:applications_unrecommend", args=[application.pk]))
    assert answer.status_code == 403
    assert [entry.action for entry in refusals(application)] == ["unrecommend"]
    assert Application.objects.get(pk=application.pk).state == State.RECOMMENDED


@pytest.mark.parametrize("act", LIST_ACTS)
@pytest.mark.parametrize("who", STRANGERS)
def test_a_forged_act_on_a_list_is_refused_and_logged_once(client, cast, who, act):
    with clock.travel(OPEN):
        application = cast.recommended()
        listed = application.recommendation_list
        sign_in(client, cast, who)
        before = entries()
        data = {"letter_no": "某函〔2025〕1号", "pledge": "1", f"rank-{application.pk}": "1"}
        if act == "keep_scan":
            data["scan"] = SimpleUploadedFile("函.exe", b"MZ nothing good")
        answer = client.post(reverse(f"admin:applications_{act}", args=[listed.pk]), data)
    assert answer.status_code == 403
    assert entries() == before + 1
    assert [entry.code for entry in refusals(listed)] == ["forbidden"]
    listed = RecommendationList.objects.get(pk=listed.pk)
    assert listed.is_open and not listed.scan


@pytest.mark.parametrize("who", ("bob", "erin", "olga", "nobody"))
def test_only_a_department_sets_its_own_deadline(client, cast, who):
    sign_in(client, cast, who)
    with clock.travel(OPEN):
        answer = client.post(
            reverse("admin:applications_own_deadline"), {"call": cast.call.slug, "closes_at": "2025-03-05T12:00"}
        )
    assert answer.status_code == 403
    assert [entry.action for entry in refusals(cast.call)] == ["set_own_deadline"]
    assert not OwnDeadline.objects.exists()


def test_another_department_sees_nothing_of_it(client, cast):
    with clock.travel(OPEN):
        application = cast.recommended()
        client.force_login(cast.dick)
        page = client.get(reverse("admin:applications_recommending", args=[cast.call.slug]))
        assert page.status_code == 200
        assert application.title not in page.content.decode()
        opened = client.get(reverse("admin:applications_recommending", args=[cast.call.slug]), {"open": application.pk})
        assert application.title not in opened.content.decode()
        assert application.number not in client.get(reverse("admin:applications_all")).content.decode()
        listed = application.recommendation_list.pk
        for address in (
            reverse("admin:applications_detail", args=[application.pk]),
            reverse("admin:applications_differences", args=[application.pk]),
            reverse("admin:applications_confirm_list", args=[listed]),
            reverse("admin:applications_scan", args=[listed]),
            reverse("admin:applications_output", args=[listed, "summary.xlsx"]),
            reverse("admin:applications_output", args=[listed, "letter.pdf"]),
        ):
            assert client.get(address).status_code == 404, address


@pytest.mark.parametrize("who", ("erin", "olga", "sven", "admin"))
def test_the_pages_of_departments_are_not_there_for_others(client, cast, who):
    sign_in(client, cast, who)
    for name, *args in (
        ("calls",), ("all",), ("outputs",), ("department",), ("recommending", cast.call.slug),
    ):  # fmt: skip
        assert client.get(reverse(f"admin:applications_{name}", args=args)).status_code == 404, name


@pytest.mark.parametrize("who", ("bob", "nobody"))
def test_who_has_no_place_in_the_back_office_is_sent_to_its_sign_in(client, cast, who):
    sign_in(client, cast, who)
    answer = client.get(reverse("admin:applications_calls"))
    assert answer.status_code == 302 and "/admin/login/" in answer["Location"]


def test_a_draft_is_nobody_elses_business(client, cast):
    with clock.travel(OPEN):
        draft = cast.draft()
        draft.refresh_from_db()
        client.force_login(cast.dora)
        assert client.get(reverse("admin:applications_detail", args=[draft.pk])).status_code == 404
        answer = client.post(reverse("admin:applications_recommend", args=[draft.pk]), {"opinion": "同意"})
    assert answer.status_code == 409
    assert draft.title and draft.title not in answer.content.decode()


def test_a_session_that_has_ended_is_told_so(client, cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        answer = client.post(reverse("admin:applications_recommend", args=[application.pk]), {"opinion": "同意"})
    assert answer.status_code == 403
    assert "登录已失效" in answer.content.decode()
