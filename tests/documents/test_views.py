"""Files go to those who may read them; a file that is being made has a page that waits."""

import pytest
from django.urls import reverse

from documents import jobs
from documents.models import Artifact


@pytest.fixture
def url(maker, ada):
    artifact = jobs.request("note", "list:7", by=ada)
    return reverse("documents:artifact", args=[artifact.pk])


def test_a_waiting_page_looks_again(client, ada, url):
    client.force_login(ada)
    response = client.get(url)
    assert response.status_code == 202
    assert "文件正在生成" in response.content.decode() and 'http-equiv="refresh"' in response.content.decode()
    assert "no-cache" in response["Cache-Control"]


def test_json_tells_the_state(client, ada, url):
    client.force_login(ada)
    waiting = client.get(url, headers={"accept": "application/json"}).json()
    assert (waiting["state"], waiting["url"]) == ("pending", "")
    jobs.run_pending()
    done = client.get(url, headers={"accept": "application/json"}).json()
    assert (done["state"], done["url"], done["filename"]) == ("done", url, "汇总表.pdf")


def test_the_file_opens_in_the_browser_or_is_saved_under_its_name(client, ada, url):
    jobs.run_pending()
    client.force_login(ada)
    response = client.get(url)
    assert b"".join(response.streaming_content) == "文件 {}".encode()
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    saved = client.get(url, {"download": ""})
    assert saved["Content-Disposition"].startswith("attachment")
    assert "%E6%B1%87%E6%80%BB%E8%A1%A8.pdf" in saved["Content-Disposition"]


def test_the_proxy_hands_out_the_file_when_it_is_told_to(client, ada, url, settings):
    settings.JBGS_X_ACCEL_PREFIX = "/protected/"
    jobs.run_pending()
    client.force_login(ada)
    response = client.get(url)
    assert response["X-Accel-Redirect"] == "/protected/" + Artifact.objects.get().file.name
    assert response["Content-Disposition"] == "inline; filename*=UTF-8''%E6%B1%87%E6%80%BB%E8%A1%A8.pdf"
    assert response.content == b""


def test_a_stranger_is_told_nothing(client, bob, url):
    jobs.run_pending()
    assert client.get(url).status_code == 302, "signing in first"
    client.force_login(bob)
    assert client.get(url).status_code == 404
    assert client.post(reverse("documents:retry", args=[Artifact.objects.get().pk])).status_code == 404


def test_a_kind_may_say_who_reads(client, ada, bob, maker):
    jobs.register("open", lambda artifact: (b"x", "x.xlsx"), may_read=lambda artifact, user: user.name == "鲍勃")
    artifact = jobs.request("open", "1", by=ada)
    jobs.run(artifact.pk)
    client.force_login(bob)
    response = client.get(reverse("documents:artifact", args=[artifact.pk]))
    assert response["Content-Disposition"].startswith("attachment"), "a table is saved, not shown"
    client.force_login(ada)
    assert client.get(reverse("documents:artifact", args=[artifact.pk])).status_code == 404


def test_a_failure_is_shown_and_can_be_tried_again(client, ada, url, maker):
    maker.errors = [OSError("disk full")] * 3
    for _ in range(3):
        jobs.run_pending()
    client.force_login(ada)
    response = client.get(url)
    assert response.status_code == 500
    assert "disk full" in response.content.decode()
    artifact = Artifact.objects.get()
    client.post(reverse("documents:retry", args=[artifact.pk]))
    artifact.refresh_from_db()
    assert artifact.state == Artifact.State.PENDING


def test_a_file_that_was_lost_is_made_again(client, ada, url, maker):
    jobs.run_pending()
    artifact = Artifact.objects.get()
    artifact.file.storage.delete(artifact.file.name)
    client.force_login(ada)
    assert client.get(url).status_code == 202
    assert jobs.run_pending() == 1
    assert b"".join(client.get(url).streaming_content) == "文件 {}".encode()
