"""发送记录: the system administrator sees whether messages left, and never what they say."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from notifications import channels, delivery, events, outbox
from notifications.models import Message

pytestmark = pytest.mark.django_db

LIST = "/admin/notifications/message/"


@pytest.fixture
def failed(alice, recorder):
    """A message that its carrier refused; the carrier takes the next one."""
    (message,) = outbox.enqueue(
        "returned", alice, title="量子雷达项目", body="机密意见", url="/applications/7/", about="application:7",
        dedup="a1", channels=("recorder",),
    )  # fmt: skip
    recorder.outcome = channels.PermanentError("空号")
    delivery.deliver(message.pk)
    recorder.outcome = None
    message.refresh_from_db()
    assert message.state == "failed"
    return message


def resend_url(message) -> str:
    return reverse("admin:notifications_message_resend", args=[message.pk])


def test_failures_are_visible(client, ada, failed):
    client.force_login(ada)
    page = client.get(LIST + "?state__exact=failed").content.decode()
    assert "未发出" in page
    assert "空号" in page
    assert resend_url(failed) in page


@pytest.mark.parametrize("path", [LIST, LIST + "{pk}/change/"])
def test_content_is_not_shown(client, ada, alice, failed, path):
    client.force_login(ada)
    response = client.get(path.format(pk=failed.pk))
    page = response.content.decode()
    assert response.status_code == 200
    for secret in ("量子雷达", "机密意见", "/applications/7/"):
        assert secret not in page
    assert "application:7" in page or path == LIST


def test_telephones_are_masked(client, ada, alice):
    outbox.enqueue("returned", alice, title="x", dedup="a1", channels=("sms",))
    client.force_login(ada)
    page = client.get(LIST).content.decode()
    assert alice.phone not in page
    assert channels.mask("sms", alice.phone) in page


def test_events_have_names(client, ada, failed, monkeypatch):
    monkeypatch.setattr(events, "_labels", {})
    client.force_login(ada)
    assert "returned" in client.get(LIST).content.decode()
    events.name({"returned": "退回修改通知"})
    assert "退回修改通知" in client.get(LIST).content.decode()


def test_the_list_is_filtered_by_channel(client, ada, alice, failed):
    outbox.enqueue("accepted", alice, title="x", dedup="a2", channels=("inbox",))
    client.force_login(ada)
    assert "accepted" not in client.get(LIST + "?channel=recorder").content.decode()
    assert "accepted" in client.get(LIST + "?channel=inbox").content.decode()


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "officer", "supervisor", "expert"])
def test_it_opens_to_no_other_role(client, make_user, failed, role):
    client.force_login(make_user(role=role))
    assert client.get(LIST).status_code == 403
    assert client.post(resend_url(failed)).status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_nobody_adds_changes_or_deletes(client, ada, failed):
    client.force_login(ada)
    assert client.get(LIST + "add/").status_code == 403
    assert client.post(f"{LIST}{failed.pk}/change/", {"state": "done"}).status_code == 403
    assert client.post(f"{LIST}{failed.pk}/delete/", {"post": "yes"}).status_code == 403
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_the_button_resends(client, ada, failed, recorder, django_capture_on_commit_callbacks):
    client.force_login(ada)
    assert client.get(resend_url(failed)).status_code == 405
    response = client.post(resend_url(failed), follow=True)
    assert "1 条消息已重新排队。" in response.content.decode()
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("done", 1)
    assert recorder.sent == [failed.pk, failed.pk]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.object_id) == (ada, str(failed.pk))
    assert "量子雷达" not in entry.object_repr


def test_the_action_resends_only_failed_ones(client, ada, alice, failed):
    (done,) = outbox.enqueue("accepted", alice, title="x", dedup="a2", channels=("inbox",))
    client.force_login(ada)
    chosen = {"action": "resend_selected", "_selected_action": [failed.pk, done.pk]}
    page = client.post(LIST, chosen, follow=True).content.decode()
    assert "1 条消息已重新排队。1 条不是“未发出”，没有改动。" in page
    assert Message.objects.filter(state="done").count() == 2


def test_the_sidebar_leads_here(client, ada, alice):
    client.force_login(ada)
    assert LIST in client.get("/admin/").content.decode()
    client.force_login(alice)
    page = client.get("/admin/").content.decode()
    assert LIST not in page
    assert "/admin/inbox/" in page


def test_the_list_costs_the_same_for_one_and_fifty(client, ada, make_user, failed):
    client.force_login(ada)
    counted = []
    for people in (0, 50):
        outbox.enqueue("returned", [make_user() for _ in range(people)], title="x", dedup="b", channels=("inbox",))
        client.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 12
