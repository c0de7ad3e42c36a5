"""Registration of a unit: the page keeps what was typed and says at each field what is wrong."""

import pytest
from django.urls import reverse

from accounts.models import Consent, PhoneCode, Unit, User
from audit.models import Entry
from jbgs.lib.validators import make_uscc
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

PHONE = "13900004418"
TYPED = {
    "code": make_uscc(9).lower(),
    "name": "衡星量子仪器（合肥）有限公司",
    "type": "enterprise",
    "region": "340000",
    "registered_on": "2018-05-08",
    "contact_name": "许澄",
    "phone": "139 0000 4418",
    "password": PASSWORD,
    "consent": "on",
}


@pytest.fixture
def page(client, phones):
    """Posts the registration form with changes, after a code was sent to PHONE; gives back the answer."""
    client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "register"})

    def post(**changes):
        data = {**TYPED, "sms_code": phones.code(PHONE)} | changes
        return client.post(
            reverse("accounts:register"), {key: value for key, value in data.items() if value is not None}
        )

    return post


def errors(response) -> dict:
    assert response.status_code == 200
    return response.context["form"].errors


def test_it_works(page, client):
    response = page()
    assert response.status_code == 302
    unit = Unit.objects.get()
    assert (unit.code, unit.region, unit.contact_phone, unit.is_fictitious) == (make_uscc(9), "340000", PHONE, True)
    person = User.objects.get()
    assert (person.role, person.unit, person.phone, person.username) == ("unit_admin", unit, PHONE, unit.code)
    assert person.check_password(PASSWORD)
    assert client.session["_auth_user_id"] == str(person.pk)
    assert Consent.objects.get().user == person
    assert [name.name for name in unit.names.all()] == [unit.name]
    assert PhoneCode.objects.get().used_at
    actions = list(Entry.objects.for_object(unit).values_list("action", flat=True))
    assert actions == ["create_unit", "register_unit"]


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("code", "91350100M000100Y4Z", "第 18 位“Z”不是代码用字"),
        ("code", "91350100M000100Y44", "第 18 位校验码与前 17 位不符"),
        ("code", "", "请填写统一社会信用代码。"),
        ("name", "", "请填写单位名称。"),
        ("name", "衡", "至少 2 个字"),
        ("name", "衡星\u200b仪器", "不可见字符"),
        ("type", "", "请选择单位类型。"),
        ("type", "club", "请从列表中选择单位类型。"),
        ("region", "990000", "请从列表中选择注册地。"),
        ("registered_on", "2018-02-30", "注册成立日期不是有效日期"),
        ("registered_on", "2999-01-01", "注册成立日期不能晚于今天"),
        ("contact_name", "", "请填写联系人姓名。"),
        ("phone", "1390000441", "手机号应为 11 位数字，现在是 10 位。"),
        ("phone", "12900004418", "“129”不是手机号段"),
        ("sms_code", "", "请填写短信验证码，6 位数字。"),
        ("sms_code", "12ab", "短信验证码是 6 位数字。"),
        ("password", "Ab1", "密码现在是 3 位"),
        ("password", "onlysmallletters", "现在只有 1 种。请再加上"),
        ("password", "Password123", "密码"),
        ("consent", None, "请阅读个人信息处理规则，同意后才能注册。"),
    ],
)
def test_bad_input_gets_a_sentence_at_its_field_and_nothing_is_lost(page, field, typed, says):
    response = page(**{field: typed})
    assert says in errors(response)[field][0]
    html = response.content.decode()
    assert f'id="id_{field}_error"' in html
    assert 'aria-invalid="true"' in html
    for name in ("name", "contact_name", "password", "code"):
        if name != field:
            assert TYPED[name] in html
    assert not Unit.objects.exists()
    assert not PhoneCode.objects.get().used_at


def test_several_errors_are_told_at_once(page):
    response = page(code="123", phone="456", type="")
    assert set(errors(response)) == {"code", "phone", "type"}
    assert "还有 3 处需要修改" in response.content.decode()


def test_wrong_code(page, phones):
    wrong = f"{(int(phones.code(PHONE)) + 1) % 10**6:06d}"
    response = page(sms_code=wrong)
    assert errors(response)["sms_code"] == ["短信验证码不正确，还可以试 4 次。请核对最近一条短信。"]
    assert f'value="{wrong}"' in response.content.decode()


def test_expired_code(page, later):
    with later(minutes=11):
        response = page()
    assert "失效" in errors(response)["sms_code"][0]
    assert TYPED["name"] in response.content.decode()


def test_reused_code(page, client):
    page()
    client.logout()
    response = page(code=make_uscc(10), name="另一家（虚构）有限公司")
    assert "已使用过" in errors(response)["sms_code"][0]
    assert "另一家（虚构）有限公司" in response.content.decode()
    assert Unit.objects.count() == 1


def test_unit_that_is_registered_already(page, alice):
    response = page(code=alice.unit.code)
    assert errors(response)["code"] == [
        "这个代码已注册为“衡星量子仪器（虚构）有限公司”，同一单位只注册一次。管理员手机 138****0001。"
        "请联系管理员在“成员”中添加您；管理员已离职的，请持单位证明联系技术支持。"
    ]
    assert alice.phone not in response.content.decode()
    assert not PhoneCode.objects.get().used_at


def test_unit_without_an_administrator_says_what_to_do(page, unit):
    assert "目前没有在用的管理员。请持单位证明联系技术支持。" in errors(page(code=unit.code))["code"][0]


def test_phone_of_another_account(page, alice):
    User.objects.filter(pk=alice.pk).update(phone=PHONE)
    response = page()
    assert "这个手机号已用于另一个账号（衡星量子仪器（虚构）有限公司）" in errors(response)["phone"][0]
    assert not PhoneCode.objects.get().used_at


def test_phone_of_a_stopped_account_is_free_again(page, fred):
    User.objects.filter(pk=fred.pk).update(phone=PHONE, is_active=False)
    assert page().status_code == 302
    fred.refresh_from_db()
    assert fred.phone is None


def test_sending_a_code_without_a_script_keeps_everything(client, phones):
    response = client.post(reverse("accounts:register"), {**TYPED, "send_code": "1"})
    html = response.content.decode()
    assert "验证码已发出，10 分钟内有效。" in html
    assert 'data-wait="60"' in html
    assert not response.context["form"].errors
    for name in ("code", "name", "contact_name", "phone", "password", "registered_on"):
        assert f'value="{TYPED[name]}"' in html
    assert '<option value="340000" selected>' in html
    assert phones.code(PHONE)


def test_sending_without_a_script_to_a_wrong_phone(client, phones):
    response = client.post(reverse("accounts:register"), {**TYPED, "phone": "139", "send_code": "1"})
    assert "手机号应为 11 位数字，现在是 3 位。" in response.content.decode()
    assert TYPED["name"] in response.content.decode()


def test_goes_on_to_the_page_that_asked(page):
    assert page(next="/calls/miit-2025/").url == "/calls/miit-2025/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_never_goes_to_another_site(page, target):
    assert page(next=target).url == "/"


def test_early_word_about_a_code(client, alice):
    ask = reverse("accounts:check_code")
    free = client.get(ask, {"code": make_uscc(5, "440305")}).json()
    assert free == {"ok": True, "sentence": "代码正确，尚未注册。", "region": "440300"}
    assert "已注册为" in client.get(ask, {"code": alice.unit.code}).json()["sentence"]
    assert client.get(ask, {"code": "12"}).json()["ok"] is False


def test_page_is_not_kept_by_the_browser(client):
    response = client.get(reverse("accounts:register"))
    assert "no-store" in response.headers["Cache-Control"]
    assert response.status_code == 200


def test_signed_in_people_do_not_register(client, alice):
    client.force_login(alice)
    assert client.get(reverse("accounts:register")).status_code == 302
