"""Each way to reach a person, the registry, and the texts of the demo."""

from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail

from notifications import channels, outbox
from notifications.channels.sms import Transport
from notifications.delivery import deliver
from notifications.models import OutgoingText

pytestmark = pytest.mark.django_db


def waiting(user, channel, **fields):
    (message,) = outbox.enqueue("returned", user, title="退回修改", dedup="a1", channels=(channel,), **fields)
    return message


def test_the_registry_knows_the_built_in_channels():
    assert [channel.kind for channel in channels.every()] == ["inbox", "console", "sms", "email"]
    assert [channels.label(kind) for kind in ("inbox", "sms", "email")] == ["站内", "短信", "邮件"]
    assert channels.label("pigeon") == "pigeon"


def test_an_installation_may_add_a_channel(recorder):
    assert channels.get("recorder") is recorder
    assert channels.every()[-1] is recorder


def test_the_console_prints(alice, capsys):
    assert deliver(waiting(alice, "console").pk) == "done"
    assert f"消息 → {alice.username}：退回修改" in capsys.readouterr().out


def test_a_text_message_carries_the_title_only(alice, capsys):
    assert deliver(waiting(alice, "sms", body="第一条意见").pk) == "done"
    printed = capsys.readouterr().out
    assert f"短信 → {alice.phone}：【揭榜挂帅申报系统】退回修改。请登录系统查看。" in printed
    assert "第一条意见" not in printed


def test_phone_codes_go_at_once(capsys):
    channels.send_sms("13900000001", "验证码 123456，5 分钟内有效。")
    assert "13900000001：【揭榜挂帅申报系统】验证码 123456" in capsys.readouterr().out


def test_the_demo_shows_the_last_text(settings):
    settings.JBGS_DEMO = True
    for text in ("第一条", "第二条"):
        channels.send_sms("13900000001", text)
    channels.send_sms("13900000002", "别人的")
    assert channels.last_text("13900000001") == "【揭榜挂帅申报系统】第二条"
    assert channels.last_text("13900000003") == ""


def test_outside_the_demo_no_text_is_kept_or_shown(settings):
    settings.JBGS_DEMO = False
    channels.send_sms("13900000001", "验证码 123456")
    assert OutgoingText.objects.count() == 0
    OutgoingText.objects.create(phone="13900000001", text="旧的")
    assert channels.last_text("13900000001") == ""


class BusyGateway(Transport):
    def send(self, phone, text):
        raise channels.TemporaryError("短信网关忙")


def test_an_installation_names_its_carrier(alice, settings):
    settings.SMS_TRANSPORT = f"{__name__}.BusyGateway"
    with pytest.raises(channels.TemporaryError):
        channels.send_sms("13900000001", "x")
    message = waiting(alice, "sms")
    assert deliver(message.pk) == "pending"
    message.refresh_from_db()
    assert message.error == "短信网关忙"


def test_mail_goes_through_djangos_backend(make_user):
    user = make_user(email="li@example.cn")
    assert deliver(waiting(user, "email", body="三条意见").pk) == "done"
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("退回修改", "三条意见", ["li@example.cn"])


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPRecipientsRefused({}), "failed"),
        (SMTPServerDisconnected(), "pending"),
        (TimeoutError(), "pending"),
    ],
    ids=["recipient refused", "disconnected", "time-out"],
)
def test_mail_errors_are_sorted(make_user, monkeypatch, error, state):
    def broken(*args, **kwargs):
        raise error

    monkeypatch.setattr("notifications.channels.email.send_mail", broken)
    assert deliver(waiting(make_user(email="li@example.cn"), "email").pk) == state


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        ("sms", "13900007720", "139****7720"),
        ("email", "lihua@example.cn", "l***@example.cn"),
        ("inbox", "lihua", "lihua"),
        ("pigeon", "roof", "****"),
    ],
)
def test_addresses_are_masked(kind, address, shown):
    assert channels.mask(kind, address) == shown
