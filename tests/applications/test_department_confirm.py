"""Confirming a list: the facts, the letter and the pledge, the scan, and that nothing moves afterwards."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications import workflow
from applications.models import Application, RecommendationList, State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal.cast import pdf_file
from notifications.models import Message
from tests.cast import OPEN, RECOMMENDING, image_named, world

pytestmark = pytest.mark.django_db

GOOD = {"letter_no": "虚构函〔2025〕36号", "pledge": "1"}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def dora(client, cast):
    client.force_login(cast.dora)
    return client


@pytest.fixture
def listed(cast):
    """Three recommended, the third beyond the limit."""
    with clock.travel(OPEN):
        filed = [cast.submitted(by=cast.another_applicant()) for _ in range(3)]
        for application in filed:
            workflow.recommend(application, by=cast.dora, opinion="同意", over_reason="方案互补", items=["signed"])
    return RecommendationList.objects.get()


def page(client, listed):
    return client.get(reverse("admin:applications_confirm_list", args=[listed.pk]))


def confirm(client, listed, **data):
    return client.post(reverse("admin:applications_list_confirmed", args=[listed.pk]), GOOD | data)


def test_the_page_says_what_will_be_confirmed(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        words = page(dora, listed).content.decode()
    assert "确认推荐名单（3 个）" in words and "方案互补" in words
    assert "对推荐意见负责" in words  # the call's own pledge
    assert "还不能确认名单" not in words


def test_everything_in_the_way_is_said_at_once(cast, dora, listed):
    with clock.travel(OPEN):
        cast.submitted(by=cast.another_applicant())
        words = page(dora, listed).content.decode()
        answer = confirm(dora, listed)
    assert "申报到 2025年3月6日 24:00 才截止，截止后才能确认名单。" in words
    assert "还有 1 个申报待审核。请先推荐、退回或不推荐。" in words
    assert answer.status_code == 409 and "虚构函〔2025〕36号" in answer.content.decode()
    assert RecommendationList.objects.get().is_open


@pytest.mark.parametrize(
    ("data", "sentence", "kept"),
    [
        ({"letter_no": " "}, "请填写推荐函文号。", 'name="pledge" value="1" checked'),
        ({"pledge": ""}, "请确认推荐承诺。", "虚构函〔2025〕36号"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_is_kept(cast, dora, listed, data, sentence, kept):
    with clock.travel(RECOMMENDING):
        answer = confirm(dora, listed, **data)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in words and kept in words and 'aria-invalid="true"' in words
    assert Entry.objects.for_object(listed).refused().count() == 1


def test_letter_and_pledge_are_both_asked_for_at_once(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        words = confirm(dora, listed, letter_no="", pledge="").content.decode()
    assert "请填写推荐函文号。" in words and "请确认推荐承诺。" in words


def test_confirm_locks_the_list_and_tells_each_unit_once(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        for _ in range(2):  # a double click
            assert confirm(dora, listed, key="confirm-once").status_code == 302
        shown = dora.get(reverse("admin:applications_recommending", args=[cast.call.slug])).content.decode()
        application = Application.objects.first()
        late = dora.post(reverse("admin:applications_unrecommend", args=[application.pk]))
        ordered = dora.post(reverse("admin:applications_rerank", args=[listed.pk]), {f"rank-{application.pk}": "2"})
    listed.refresh_from_db()
    assert not listed.is_open and listed.confirmed_by == cast.dora and listed.letter_no == "虚构函〔2025〕36号"
    assert Entry.objects.for_object(listed).done().filter(action="confirm_list").count() == 1
    assert Message.objects.filter(event="application_on_confirmed_list", channel="inbox").count() == 3
    assert "推荐函 虚构函〔2025〕36号" in shown and "确认推荐名单（" not in shown
    assert late.status_code == 409 and "推荐名单已经确认" in late.content.decode()
    assert ordered.status_code == 409
    assert Application.objects.filter(state=State.RECOMMENDED).count() == 3


def test_one_second_late_is_late(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        end = timedelta(days=10, hours=14)  # 2025-03-21 00:00, the exclusive end of the 20th
    with clock.travel(RECOMMENDING + end):
        answer = confirm(dora, listed)
    assert answer.status_code == 409 and "确认推荐名单已于 2025年3月20日 24:00 截止" in answer.content.decode()
    with clock.travel(RECOMMENDING + end - timedelta(seconds=1)):
        assert confirm(dora, listed).status_code == 302


def test_the_scan_may_come_first_or_later(cast, dora, listed):
    address = reverse("admin:applications_keep_scan", args=[listed.pk])
    with clock.travel(RECOMMENDING):
        answer = dora.post(address, {"scan": pdf_file("推荐函.pdf"), "letter_no": "写到一半"})
        assert answer.status_code == 200 and "写到一半" in answer.content.decode()
        confirm(dora, listed)
        dora.post(address, {"scan": image_named("推荐函.png")})
    listed.refresh_from_db()
    assert listed.scan.name.endswith(".png") and "推荐函" not in listed.scan.name
    acts = Entry.objects.for_object(listed).done().values_list("action", flat=True)
    assert list(acts).count("keep_letter_scan") == 2
    scan = reverse("admin:applications_scan", args=[listed.pk])
    assert b"".join(dora.get(scan).streaming_content).startswith(b"\x89PNG")
    dora.force_login(cast.olga)
    assert dora.get(scan).status_code == 200
    dora.force_login(cast.oscar)
    assert dora.get(scan).status_code == 404


def test_a_scan_that_is_not_what_its_name_says(cast, dora, listed):
    address = reverse("admin:applications_keep_scan", args=[listed.pk])
    with clock.travel(RECOMMENDING):
        wrong = dora.post(address, {"scan": image_named("推荐函.pdf"), "letter_no": "写到一半"})
        program = dora.post(address, {"scan": SimpleUploadedFile("函.exe", b"MZ nothing good")})
        nothing = dora.post(address, {"letter_no": "写到一半"})
    words = wrong.content.decode()
    assert wrong.status_code == 409 and "“推荐函.pdf”的内容是PNG图片" in words and "写到一半" in words
    assert program.status_code == 409 and nothing.status_code == 400
    assert not RecommendationList.objects.get().scan


def test_confirm_with_a_file_in_the_same_form_keeps_both(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        assert confirm(dora, listed, scan=pdf_file("推荐函.pdf")).status_code == 302
    listed.refresh_from_db()
    assert listed.scan and not listed.is_open


def test_after_reopening_it_can_be_confirmed_again(cast, dora, listed):
    with clock.travel(RECOMMENDING):
        confirm(dora, listed, key="first-time-1")
        workflow.reopen_list(RecommendationList.objects.get(), by=cast.olga, reason="请核对次序")
        words = page(dora, listed).content.decode()
        assert "虚构函〔2025〕36号" in words  # the letter's number is still there
        assert confirm(dora, listed, key="second-time").status_code == 302
    assert not RecommendationList.objects.get().is_open
