"""What happens to every request: the time it came in, its size and signs, the content policy, the page that says no."""

import ipaddress
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from jbgs.lib import clock
from jbgs.lib.errors import Refused

# A proxy's start time older than this is a misconfigured clock, not a slow upload.
LONGEST_WAIT = timedelta(minutes=10)


def received_at(get_response):
    """Stamps `request.received_at`, which decides whether something came in time (DESIGN §5, windows).

    Behind a trusted proxy it is the moment the proxy began to receive (X-Request-Start), and REMOTE_ADDR becomes the
    address the proxy saw. Nobody else is believed, neither about these nor about HTTPS (X-Forwarded-Proto).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        request.received_at = clock.now()
        peer = request.META.get("REMOTE_ADDR", "")
        if is_trusted_proxy(peer):
            request.received_at -= time_in_proxy(request.headers.get("X-Request-Start", ""))
            request.META["REMOTE_ADDR"] = client_behind(peer, request.headers.get("X-Forwarded-For", ""))
        else:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def is_trusted_proxy(address: str) -> bool:
    """Whether `address` stands in TRUSTED_PROXIES, a list of addresses and networks."""
    peer = _address(address)
    return peer is not None and any(
        peer in ipaddress.ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES
    )


def client_behind(peer: str, forwarded_for: str) -> str:
    """The nearest address that is none of our proxies: each proxy adds the one it saw at the end, the rest is hearsay.

    A word that is no address ends the search at the last proxy known.
    """
    for said in reversed(forwarded_for.split(",")):
        address = said.strip()
        if _address(address) is None:
            return peer
        peer = address
        if not is_trusted_proxy(address):
            return address
    return peer


def _address(text: str):
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def time_in_proxy(header: str) -> timedelta:
    """How long ago the proxy began, from `t=1760000000.123` (seconds, milli- or microseconds); zero if implausible."""
    try:
        start = float(header.removeprefix("t="))
        if start > 1e11:
            start /= 1e6 if start > 1e14 else 1e3
        waited = clock.machine_now() - datetime.fromtimestamp(start, tz=clock.SHANGHAI)
    except (ValueError, OverflowError, OSError):
        return timedelta(0)
    return waited if timedelta(0) <= waited <= LONGEST_WAIT else timedelta(0)


def bounded_body(get_response):
    """Refuses a body that no page of ours would send, before anything of it is read: files go to disk as they come.

    Who has no session sends forms, never files.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH") or "0"
        signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        most = settings.JBGS_MOST_UPLOAD if signed_in else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if size.isdecimal() and len(size) < 16 and int(size) <= most:
            return get_response(request)
        sentence = f"一次发送的内容不能超过 {most // 1024 // 1024} MB。请分几次上传。"
        return refusal_answer(request, Refused("too_large", sentence, status=413))

    return middleware


def content_security_policy(get_response):
    """Only our own scripts, styles and frames; a view that sets its own policy keeps it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        return response

    return middleware


class RefusalMiddleware:
    """Turns a `Refused` that a view let through into a page, or JSON for a script, with its status.

    And keeps out the one sign that no keyboard has and PostgreSQL does not store: a forged form with it would break the
    entry of its own refusal.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        sent = (request.GET, request.POST) if request.method == "POST" else (request.GET,)
        if any("\x00" in value for query in sent for _, values in query.lists() for value in values):
            return refusal_answer(request, Refused("bad_characters", "内容中有不能使用的字符。", status=400))
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refusal_answer(request, exception) if isinstance(exception, Refused) else None


def refusal_answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page that says no, or JSON for a script, with the refusal's status."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        names = ("code", "sentence", "field", "details")
        body = {name: getattr(refused, name) for name in names}
        return JsonResponse(body, status=refused.status, json_dumps_params={"ensure_ascii": False})
    return render(request, "refused.html", {"refused": refused}, status=refused.status)
