"""The system administrator sees which files could not be made, and asks for them again; nobody else sees the list."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents import jobs
from documents.models import Artifact

LIST = "/admin/documents/artifact/"


@pytest.fixture
def root(db):
    return get_user_model().objects.create_user("root", name="运维", role="system_admin")


@pytest.fixture
def failed(maker, ada):
    maker.errors = [OSError("disk full")] * 3
    artifact = jobs.request("note", "list:7", by=ada)
    for _ in range(3):
        jobs.run(artifact.pk)
    return artifact


def test_a_failure_is_listed_with_its_reason(client, root, failed):
    client.force_login(root)
    page = client.get(LIST).content.decode()
    assert "生成失败" in page and "disk full" in page and "list:7" in page


def test_a_failed_file_is_asked_for_again(client, root, failed):
    client.force_login(root)
    client.post(LIST, {"action": "make_again", "_selected_action": [failed.pk]})
    failed.refresh_from_db()
    assert failed.state == Artifact.State.PENDING


def test_nobody_else_sees_the_list(client, ada, failed):
    client.force_login(ada)
    assert client.get(LIST).status_code == 403
    assert client.get(reverse("admin:documents_artifact_change", args=[failed.pk])).status_code == 403


def test_the_list_costs_the_same_queries_for_one_and_for_fifty(client, root, failed, ada):
    client.force_login(root)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(50):
        jobs.request("note", f"more:{number}", by=ada)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(few) == len(many) <= 12
