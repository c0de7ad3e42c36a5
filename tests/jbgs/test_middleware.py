"""When a request came in, what a page may load, and how a refusal looks."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse

from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.middleware import RefusalMiddleware, received_at

NOON = datetime(2025, 3, 6, 4, 0, tzinfo=UTC)


def stamped(rf, **meta):
    """The request as a view sees it."""
    seen = []

    def view(request):
        seen.append(request)
        return HttpResponse()

    received_at(view)(rf.get("/", **meta))
    return seen[0]


def ago(seconds: float, unit: float = 1) -> str:
    return f"t={(clock.machine_now().timestamp() - seconds) * unit:.3f}"


def test_received_at_is_business_time_taken_before_anything_else(rf, settings):
    with clock.travel(NOON):
        assert stamped(rf).received_at == NOON
    assert settings.MIDDLEWARE[0] == "jbgs.middleware.received_at"


@pytest.mark.parametrize("unit", [1, 1e3, 1e6], ids=["seconds", "milliseconds", "microseconds"])
def test_a_trusted_proxy_says_when_it_began_to_receive(rf, settings, unit):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    with clock.travel(NOON):
        request = stamped(rf, REMOTE_ADDR="10.1.2.3", HTTP_X_REQUEST_START=ago(30, unit))
    assert abs(NOON - request.received_at - timedelta(seconds=30)) < timedelta(seconds=1)


def test_nobody_else_is_believed(rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    with clock.travel(NOON):
        request = stamped(
            rf, REMOTE_ADDR="192.0.2.7", HTTP_X_REQUEST_START=ago(30), HTTP_X_FORWARDED_FOR="198.51.100.1"
        )
    assert request.received_at == NOON
    assert request.META["REMOTE_ADDR"] == "192.0.2.7"


@pytest.mark.parametrize(("peer", "believed"), [("10.1.2.3", True), ("192.0.2.7", False)])
def test_only_a_trusted_proxy_says_that_a_request_came_by_https(rf, settings, peer, believed):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert stamped(rf, REMOTE_ADDR=peer, HTTP_X_FORWARDED_PROTO="https").is_secure() is believed


@pytest.mark.parametrize("start", ["", "t=", "t=soon", "t=nan", "t=inf", "t=-1", -60, 3600])
def test_an_implausible_start_is_ignored(rf, settings, start):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    header = start if isinstance(start, str) else ago(start)
    with clock.travel(NOON):
        assert stamped(rf, REMOTE_ADDR="10.1.2.3", HTTP_X_REQUEST_START=header).received_at == NOON


def test_behind_a_trusted_proxy_the_address_is_the_one_the_proxy_saw(rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    request = stamped(rf, REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.1")
    assert request.META["REMOTE_ADDR"] == "198.51.100.1"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ("6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
        ("10.8.8.8, 10.9.9.9", "10.8.8.8"),
        ("6.6.6.6, a word, 10.9.9.9", "10.9.9.9"),
        ("a word", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
def test_behind_two_proxies_the_client_is_the_nearest_stranger(rf, settings, forwarded, client):
    """Otherwise everybody behind the inner proxy shares one address and one lock of failed sign-ins."""
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert stamped(rf, REMOTE_ADDR="10.1.2.3", HTTP_X_FORWARDED_FOR=forwarded).META["REMOTE_ADDR"] == client


def test_every_page_carries_the_content_policy(client):
    response = client.get("/healthz/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_a_refusal_becomes_a_page_with_its_sentence_and_status(rf):
    refused = Refused("late", "申报已于 3月6日 24:00 截止，本次提交未被接收。", status=409)
    response = RefusalMiddleware(None).process_exception(anonymous(rf.get("/")), refused)
    assert response.status_code == 409
    assert "本次提交未被接收" in response.content.decode()


def test_forbidden_is_403(rf):
    response = RefusalMiddleware(None).process_exception(anonymous(rf.get("/")), Forbidden())
    assert response.status_code == 403
    assert "您没有办理这一步的权限" in response.content.decode()


def test_a_script_gets_the_refusal_as_json(rf):
    request = anonymous(rf.post("/", headers={"accept": "application/json"}))
    refused = Refused("stale", "另一位填报人已保存。", "unit", details=[{"name": "旧"}])
    response = RefusalMiddleware(None).process_exception(request, refused)
    assert response.status_code == 409
    assert response["Content-Type"] == "application/json"
    assert "另一位填报人已保存。" in response.content.decode()
    assert '"field": "unit"' in response.content.decode()


def test_other_failures_are_left_alone(rf):
    assert RefusalMiddleware(None).process_exception(rf.get("/"), ValueError()) is None


def anonymous(request):
    from django.contrib.auth.models import AnonymousUser

    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(("signed_in", "size", "status"), [(False, 6, 413), (True, 6, 404), (True, 300, 413)])
def test_a_body_that_no_page_sends_is_refused_unread(client, settings, signed_in, size, status):
    if signed_in:
        client.cookies[settings.SESSION_COOKIE_NAME] = "x"
    length = str(size * 1024 * 1024)
    response = client.post("/nothing/", b"", content_type="text/plain", CONTENT_LENGTH=length)
    assert response.status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_sign_that_no_database_stores_is_refused(client, method):
    response = getattr(client, method)("/signin/", {"login": "a\x00b", "password": "x"})
    assert response.status_code == 400
    assert "不能使用的字符" in response.content.decode()
