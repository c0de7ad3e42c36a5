"""Sending a phone code for a page's script."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import phone_codes
from accounts.choices import Purpose
from accounts.views.base import address_of
from jbgs.lib.errors import Forbidden, Refused


@require_POST
@never_cache
def send_code(request: HttpRequest) -> JsonResponse:
    """POST phone, purpose → {sentence, resend_seconds, demo_code}; refused: {sentence, code, field, wait}, its status.

    `demo_code` is '' outside the demo. Whether the phone has an account is not told: the code goes out either way, and
    only who holds the phone learns it afterwards.
    """
    try:
        purpose = _purpose(request)
        sent = phone_codes.send(request.POST.get("phone", ""), purpose, address_of(request))
    except Refused as refusal:
        body = {"code": refusal.code, "field": refusal.field, "sentence": refusal.sentence}
        if refusal.code == "code_too_soon":
            body["wait"] = refusal.details[0]
        return JsonResponse(body, status=refusal.status)
    return JsonResponse(
        {
            "sentence": sent.sentence,
            "resend_seconds": sent.resend_seconds,
            "demo_code": sent.demo_code,
        }
    )


def _purpose(request: HttpRequest) -> Purpose:
    try:
        purpose = Purpose(request.POST.get("purpose", ""))
    except ValueError:
        raise Refused("bad_purpose", "页面已过期，请刷新后重新获取。", status=400) from None
    if purpose == Purpose.ADD_PERSON and not getattr(request.user, "is_unit_admin", False):
        raise Forbidden("只有本单位的管理员可以添加填报人。")
    return purpose
