"""Codes: sent, checked, used once; wrong, expired and reused ones; limits in rows."""

import pytest

from accounts import phone_codes
from accounts.choices import AttemptKind, Purpose
from accounts.models import Attempt, PhoneCode
from jbgs.lib.errors import Refused
from notifications import channels

pytestmark = pytest.mark.django_db

PHONE = "13800002057"


def refusal(verb, *args, **named) -> Refused:
    with pytest.raises(Refused) as refused:
        verb(*args, **named)
    return refused.value


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_it_works(phones):
    phone_codes.send("138 0000 2057", Purpose.SIGN_IN)
    assert "用于登录，10 分钟内有效" in phones.texts[0][1]
    phone_codes.check(PHONE, Purpose.SIGN_IN, phones.code(PHONE))


def test_the_row_holds_no_code(phones):
    phone_codes.send(PHONE, Purpose.SIGN_IN, "10.0.0.1")
    row = PhoneCode.objects.get()
    assert phones.code(PHONE) not in "".join(str(value) for value in vars(row).values())
    assert PHONE not in "".join(Attempt.objects.values_list("account_key", flat=True))


def test_demo_shows_the_code_and_nothing_else_does(phones, settings):
    settings.JBGS_DEMO = False
    assert phone_codes.send(PHONE, Purpose.SIGN_IN).demo_code == ""
    settings.JBGS_DEMO = True
    sent = phone_codes.send("13800002058", Purpose.SIGN_IN)
    assert sent.demo_code == phones.code("13800002058")


def test_used_code_is_refused(phones):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    code = phones.code(PHONE)
    phone_codes.check(PHONE, Purpose.SIGN_IN, code)
    refused = refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, code)
    assert (refused.code, refused.field) == ("code_used", "code")
    assert refused.sentence == "这个短信验证码已使用过，每个验证码只能用一次。请重新获取。"


def test_expired_code_is_refused(phones, later):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    with later(minutes=10):
        refused = refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, phones.code(PHONE))
    assert (refused.code, refused.field) == ("code_expired", "code")
    assert "失效，有效期 10 分钟。请重新获取。" in refused.sentence


def test_wrong_code_counts_down_and_ends_the_code(phones):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    code = phones.code(PHONE)
    sentences = [refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, wrong(code)).sentence for _ in range(6)]
    assert sentences[0] == "短信验证码不正确，还可以试 4 次。请核对最近一条短信。"
    assert sentences[4] == "短信验证码不正确，这个验证码不再有效。请重新获取。"
    assert "已填错 5 次" in sentences[5]
    assert "已填错 5 次" in refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, code).sentence


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "１２３４５", "٠١٢٣٤٥"])
def test_what_is_no_code_costs_no_try(phones, typed):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    assert refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, typed).code == "code_wrong"
    assert PhoneCode.objects.get().attempts == 0


def test_code_of_another_purpose_or_phone_opens_nothing(phones):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    code = phones.code(PHONE)
    assert "还没有获取" in refusal(phone_codes.check, PHONE, Purpose.REGISTER, code).sentence
    assert "还没有获取" in refusal(phone_codes.check, "13800002058", Purpose.SIGN_IN, code).sentence


def test_newer_code_replaces_the_older(phones, later):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    first = phones.code(PHONE)
    with later(seconds=61):
        phone_codes.send(PHONE, Purpose.SIGN_IN)
        second = phones.code(PHONE)
        if first != second:
            assert refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, first).code == "code_wrong"
        phone_codes.check(PHONE, Purpose.SIGN_IN, second)


def test_wrong_phone_is_refused_at_its_field(phones):
    refused = refusal(phone_codes.send, "1380000205", Purpose.SIGN_IN)
    assert (refused.code, refused.field) == ("bad_phone", "phone")
    assert refused.sentence == "手机号应为 11 位数字，现在是 10 位。请核对。"


def test_second_code_waits_a_minute(phones, later):
    phone_codes.send(PHONE, Purpose.SIGN_IN)
    refused = refusal(phone_codes.send, PHONE, Purpose.REGISTER)
    assert (refused.code, refused.status) == ("code_too_soon", 429)
    assert 1 <= refused.details[0] <= 61
    with later(seconds=61):
        phone_codes.send(PHONE, Purpose.SIGN_IN)
    assert len(phones.texts) == 2


def test_a_phone_gets_ten_codes_a_day(phones, later):
    for minute in range(10):
        with later(minutes=2 * minute):
            phone_codes.send(PHONE, Purpose.SIGN_IN)
    with later(minutes=30):
        refused = refusal(phone_codes.send, PHONE, Purpose.SIGN_IN)
        assert (refused.code, refused.status) == ("code_limit", 429)
    with later(hours=25):
        phone_codes.send(PHONE, Purpose.SIGN_IN)


def test_the_demo_sends_nothing_and_counts_no_days(phones, later, settings):
    settings.JBGS_DEMO = True
    for minute in range(12):
        with later(minutes=2 * minute):
            phone_codes.send(PHONE, Purpose.SIGN_IN)


def test_an_address_gets_sixty_codes_an_hour(phones):
    for number in range(60):
        phone_codes.send(f"139{number:08d}", Purpose.SIGN_IN, "10.0.0.1")
    assert refusal(phone_codes.send, PHONE, Purpose.SIGN_IN, "10.0.0.1").code == "code_limit"
    phone_codes.send(PHONE, Purpose.SIGN_IN, "10.0.0.2")


def test_an_address_cannot_guess_many_phones(phones):
    for number in range(20):
        refusal(phone_codes.check, f"139{number:08d}", Purpose.SIGN_IN, "123456", "10.0.0.1")
    refused = refusal(phone_codes.check, PHONE, Purpose.SIGN_IN, "123456", "10.0.0.1")
    assert (refused.code, refused.field, refused.status) == ("locked", "code", 429)


def test_text_that_did_not_leave_is_said_and_does_not_count(monkeypatch):
    def broken(phone, text):
        raise channels.TemporaryError("gateway down")

    monkeypatch.setattr(channels, "send_sms", broken)
    refused = refusal(phone_codes.send, PHONE, Purpose.SIGN_IN)
    assert (refused.code, refused.status, refused.field) == ("sms_failed", 503, "phone")
    assert not PhoneCode.objects.exists()
    assert not Attempt.objects.filter(kind=AttemptKind.CODE_SENT, failed=False).exists()
    assert refusal(phone_codes.send, PHONE, Purpose.SIGN_IN).code == "sms_failed"
