"""Files before the submit: taken, refused with their name and a sentence, with and without a script."""

import pytest
from django.db import connection

from applications import workflow
from jbgs.lib import clock, uploads
from jbgs.rehearsal.cast import pdf_file
from tests.applications.front_help import Visitor, url
from tests.cast import OPEN, image_named, world

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def alice(cast):
    return Visitor(cast.alice)


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        return cast.draft(filled=False)


def kept(application) -> list[str]:
    return list(application.attachments.filter(removed_at=None).values_list("name", flat=True))


def test_a_file_is_taken_and_handed_out_under_its_own_name(alice, draft):
    answer = alice.post(
        url("attachment_upload", draft), {"kind": "other", "file": pdf_file("比对 报告.pdf", 3)}, headers=JSON
    )
    assert answer.status_code == 200
    assert "比对 报告.pdf" in answer.json()["html"] and "3 页" in answer.json()["html"]
    row = draft.attachments.get()
    response = alice.get(url("attachment_download", draft, row.pk))
    assert response["Content-Disposition"] == "attachment; filename*=UTF-8''%E6%AF%94%E5%AF%B9%20%E6%8A%A5%E5%91%8A.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert b"".join(response.streaming_content).startswith(b"%PDF-")
    shown = alice.get(url("attachment_download", draft, row.pk) + "?inline")
    assert shown["Content-Disposition"].startswith("inline")


def test_without_a_script_the_page_comes_back(alice, draft):
    response = alice.post(
        url("attachment_upload", draft), {"kind": "licence", "file": pdf_file("执照.pdf")}, follow=True
    )
    assert response.status_code == 200 and "执照.pdf" in response.content.decode()


def test_what_is_not_what_its_name_says_is_refused_with_its_name(alice, draft):
    for headers in ({}, JSON):
        answer = alice.post(
            url("attachment_upload", draft), {"kind": "licence", "file": image_named("执照.pdf")}, headers=headers
        )
        assert answer.status_code == 409
        text = str(answer.json()) if headers else answer.content.decode()
        assert "执照.pdf" in text and "与扩展名不符" in text
    assert kept(draft) == []


def test_of_several_the_good_ones_are_kept(alice, draft):
    files = [pdf_file("甲.pdf"), image_named("乙.pdf"), pdf_file("丙.pdf")]
    answer = alice.post(url("attachment_upload", draft), {"kind": "other", "file": files}, headers=JSON)
    assert sorted(kept(draft)) == ["丙.pdf", "甲.pdf"]
    assert [refusal["name"] for refusal in answer.json()["refusals"]] == ["乙.pdf"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "licence"}, "没有选择文件"),
        ({"kind": "nothing", "file": True}, "没有这一类附件"),
        ({"file": True}, "没有这一类附件"),
    ],
)
def test_a_form_that_lacks_something(alice, draft, data, words):
    data = dict(data) | ({"file": pdf_file("x.pdf")} if data.get("file") else {})
    answer = alice.post(url("attachment_upload", draft), data, headers=JSON)
    assert answer.status_code == 400 and words in str(answer.json()["refusals"])


def test_one_more_than_the_limit(alice, draft):
    for _ in range(2):
        answer = alice.post(
            url("attachment_upload", draft), {"kind": "licence", "file": pdf_file("执照.pdf")}, headers=JSON
        )
    assert answer.status_code == 400 and "最多 1 个文件" in str(answer.json())
    assert len(kept(draft)) == 1


def test_a_file_is_removed(alice, draft):
    alice.post(url("attachment_upload", draft), {"kind": "licence", "file": pdf_file("执照.pdf")})
    row = draft.attachments.get()
    assert alice.post(url("attachment_remove", draft, row.pk)).status_code == 302
    assert kept(draft) == []
    assert alice.get(url("attachment_download", draft, row.pk)).status_code == 404


def test_nothing_is_added_or_removed_after_the_submit(cast, alice):
    with clock.travel(OPEN):
        application = cast.submitted()
    before = kept(application)
    answer = alice.post(
        url("attachment_upload", application), {"kind": "other", "file": pdf_file("迟.pdf")}, headers=JSON
    )
    assert answer.status_code == 409 and "不能修改" in str(answer.json())
    row = application.attachments.first()
    assert alice.post(url("attachment_remove", application, row.pk), headers=JSON).status_code == 409
    assert kept(application) == before


def test_the_hash_is_taken_before_the_lock(cast, draft, monkeypatch):
    """A large file must not hold the application's row while it is read."""
    seen = []
    read = uploads.sha256_of
    monkeypatch.setattr(uploads, "sha256_of", lambda file: (seen.append(connection.savepoint_ids[:]), read(file))[1])
    outside = connection.savepoint_ids[:]
    with clock.travel(OPEN):
        workflow.add_attachment(draft, "other", pdf_file("a.pdf"), by=cast.alice)
    assert seen == [outside]
