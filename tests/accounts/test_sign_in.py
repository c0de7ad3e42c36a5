"""Sign-in by password and by phone code, in front and behind; limits; what is told and what is not."""

import pytest
from django.urls import reverse

from accounts import workflow
from accounts.choices import Role
from audit.models import Entry
from jbgs.lib.errors import Refused
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

FRONT, BACK = "accounts:signin", "accounts:backoffice_signin"


def by_password(client, login, password, page=FRONT, **more):
    return client.post(reverse(page), {"way": "password", "login": login, "password": password, **more})


def by_code(client, phones, phone, page=FRONT, **more):
    client.post(reverse("accounts:send_code"), {"phone": phone, "purpose": "sign_in"})
    return client.post(reverse(page), {"way": "code", "phone": phone, "code": phones.code(phone), **more})


def signed_in(client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize("how", ["code", "small", "phone", "spaced phone"])
def test_password_with_login_name_or_phone(client, alice, how):
    login = {"code": alice.username, "small": alice.username.lower(), "phone": alice.phone,
             "spaced phone": "138 0000 0001"}[how]  # fmt: skip
    assert by_password(client, login, PASSWORD).url == "/"
    assert signed_in(client)
    entry = Entry.objects.for_object(alice).last()
    assert (entry.action, entry.actor, entry.data["way"]) == ("sign_in", alice, "password")


def test_phone_code(client, phones, fred):
    assert by_code(client, phones, fred.phone).url == "/"
    assert signed_in(client)


@pytest.mark.parametrize("login", ["exists", "nobody", "13999999999"])
def test_wrong_password_and_unknown_name_get_the_same_answer(client, alice, login):
    response = by_password(client, alice.username if login == "exists" else login, "wrong")
    assert response.context["form"].errors["password"] == [
        "登录名或密码不正确，还可以试 4 次。忘记密码的，可改用短信验证码登录。"
    ]
    assert f'value="{alice.username if login == "exists" else login}"' in response.content.decode()
    assert not signed_in(client)


def test_account_without_a_password_answers_like_a_wrong_one(client, fred):
    assert "登录名或密码不正确" in by_password(client, fred.phone, "x").content.decode()


def test_five_failures_lock_the_account_for_fifteen_minutes(client, alice, later):
    tries = [by_password(client, alice.username, "wrong") for _ in range(5)]
    assert "已暂停，15 分钟后可以再试" in tries[-1].content.decode()
    response = by_password(client, alice.username, PASSWORD)
    assert response.status_code == 429
    assert "连续 5 次没有通过，已暂停。请在" in response.content.decode()
    assert not signed_in(client)
    with later(minutes=16):
        assert by_password(client, alice.username, PASSWORD).status_code == 302


def test_the_lock_counts_the_account_under_either_name_and_from_any_address(client, alice):
    for number in range(5):
        login = alice.username if number % 2 else alice.phone
        client.post(
            reverse(FRONT), {"way": "password", "login": login, "password": "x"}, REMOTE_ADDR=f"10.0.0.{number}"
        )
    assert by_password(client, alice.username, PASSWORD).status_code == 429


def test_success_forgives_the_account_its_failures(client, alice):
    for _ in range(4):
        by_password(client, alice.username, "wrong")
    by_password(client, alice.username, PASSWORD)
    client.logout()
    assert "还可以试 4 次" in by_password(client, alice.username, "wrong").content.decode()


def test_knocking_on_a_locked_door_does_not_lock_it_for_longer(client, alice, later):
    for _ in range(5):
        by_password(client, alice.username, "wrong")
    with later(minutes=10):
        assert by_password(client, alice.username, "wrong").status_code == 429
    with later(minutes=16):
        assert by_password(client, alice.username, PASSWORD).status_code == 302


def test_back_office_locks_an_address_after_five_whatever_the_account(client, olga):
    for number in range(5):
        by_password(client, f"guess{number}", "x", BACK)
    assert by_password(client, "olga", PASSWORD, BACK).status_code == 429
    response = client.post(
        reverse(BACK), {"way": "password", "login": "olga", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9"
    )
    assert response.status_code == 302


def test_front_office_lets_a_whole_campus_behind_one_address_mistype(client, alice):
    for number in range(19):
        by_password(client, f"guess{number}", "x")
    assert by_password(client, alice.username, PASSWORD).status_code == 302


def test_stopped_account(client, phones, fred):
    fred.is_active = False
    fred.save()
    response = by_code(client, phones, fred.phone)
    assert "没有启用或已停用。请联系本单位管理员。" in response.content.decode()
    assert not signed_in(client)


def test_phone_without_an_account_is_told_only_to_its_holder(client, phones):
    sent = client.post(reverse("accounts:send_code"), {"phone": "13999999999", "purpose": "sign_in"})
    assert (sent.status_code, sent.json()["sentence"]) == (200, "验证码已发出，10 分钟内有效。")
    answer = client.post(reverse(FRONT), {"way": "code", "phone": "13999999999", "code": phones.code("13999999999")})
    assert "还没有账号。请先注册单位，或请本单位管理员添加。" in answer.context["form"].errors["phone"][0]


def test_wrong_expired_and_reused_codes(client, phones, fred, later):
    assert by_code(client, phones, fred.phone).status_code == 302
    client.logout()
    used = {"way": "code", "phone": fred.phone, "code": phones.code(fred.phone)}
    assert "已使用过" in client.post(reverse(FRONT), used).context["form"].errors["code"][0]
    with later(minutes=2):
        client.post(reverse("accounts:send_code"), {"phone": fred.phone, "purpose": "sign_in"})
        wrong = f"{(int(phones.code(fred.phone)) + 1) % 10**6:06d}"
        response = client.post(reverse(FRONT), used | {"code": wrong})
        assert "还可以试 4 次" in response.context["form"].errors["code"][0]
        assert f'value="{fred.phone}"' in response.content.decode()
    with later(minutes=13):
        late = client.post(reverse(FRONT), used | {"code": phones.code(fred.phone)})
        assert "失效" in late.context["form"].errors["code"][0]
    assert not signed_in(client)


@pytest.mark.parametrize("phone", ["123", "", "0105550101"])
def test_wrong_phone(client, phone):
    response = client.post(reverse(FRONT), {"way": "code", "phone": phone, "code": "123456"})
    assert "手机" in response.context["form"].errors["phone"][0]


def test_officer_by_password_and_by_code(client, phones, olga):
    assert by_password(client, "olga", PASSWORD, BACK).url == "/admin/"
    client.logout()
    assert by_code(client, phones, olga.phone, BACK).url == "/admin/"


def test_unit_person_at_the_back_door_is_shown_the_front_one(client, phones, alice):
    response = by_code(client, phones, alice.phone, BACK)
    assert "这个账号属于申报单位，请从申报系统首页登录。" in response.content.decode()
    assert not signed_in(client)
    code = {"way": "code", "phone": alice.phone, "code": phones.code(alice.phone)}
    assert client.post(reverse(FRONT), code).status_code == 302


def test_signed_in_unit_person_at_the_back_door_is_told_not_sent_round(client, alice):
    client.force_login(alice)
    assert "这个账号没有管理后台的权限" in client.get(reverse(BACK)).content.decode()


def test_back_office_person_in_front_goes_behind(client, olga):
    assert by_password(client, "olga", PASSWORD).url == "/admin/"


def test_next_page(client, alice):
    assert by_password(client, alice.username, PASSWORD, next="/mine/").url == "/mine/"


def test_pages_without_sign_in_lead_to_it(client):
    assert client.get(reverse("accounts:unit")).url == "/signin/?next=/unit/"
    assert client.get("/admin/").url.startswith("/admin/login/?next=")


def test_system_actor_cannot_sign_in(client, db):
    from accounts.models import system_user

    assert system_user() == system_user()
    assert system_user().role == Role.SYSTEM
    assert "登录名或密码不正确" in by_password(client, "system", "!").content.decode()


def test_sign_out_by_post_only(client, alice):
    client.force_login(alice)
    assert "退出登录" in client.get(reverse("accounts:signout")).content.decode()
    assert signed_in(client)
    assert client.post(reverse("accounts:signout")).url == "/"
    assert not signed_in(client)
    assert Entry.objects.for_object(alice).last().action == "sign_out"
    assert client.get(reverse("accounts:signout")).url == "/"


def test_officer_signs_out_to_the_back_door(client, olga):
    client.force_login(olga)
    assert client.post("/admin/logout/").url == "/admin/login/"


def test_stopping_an_account_ends_its_session(client, alice, fred):
    client.force_login(fred)
    workflow.deactivate_person(fred, by=alice)
    assert client.get(reverse("accounts:unit")).status_code == 302


def test_password_is_set_without_the_old_one_after_a_code(client, phones, fred):
    by_code(client, phones, fred.phone)
    page = reverse("accounts:password")
    assert client.post(page, {"new_password": PASSWORD}).status_code == 302
    fred.refresh_from_db()
    assert fred.check_password(PASSWORD)
    assert signed_in(client)


def test_password_after_a_password_needs_the_old_one(client, alice, later):
    by_password(client, alice.username, PASSWORD)
    page = reverse("accounts:password")
    new = "Xin-Mima-2026"
    wrong = client.post(page, {"old_password": "x", "new_password": new})
    assert "原密码不正确" in wrong.context["form"].errors["old_password"][0]
    weak = client.post(page, {"old_password": PASSWORD, "new_password": "short"})
    assert "密码现在是 5 位" in weak.context["form"].errors["new_password"][0]
    assert client.post(page, {"old_password": PASSWORD, "new_password": new}).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(new)


def test_an_old_proof_of_the_phone_sets_no_password(client, phones, alice, later):
    by_code(client, phones, alice.phone)
    with later(minutes=31):
        response = client.post(reverse("accounts:password"), {"new_password": "Xin-Mima-2026"})
        assert response.context["form"].errors["old_password"]


def test_nobody_sets_a_foreign_password(alice, fred):
    with pytest.raises(Refused) as refused:
        workflow.change_password(fred, by=alice, new="Xin-Mima-2026")
    assert refused.value.status == 403


def test_sending_codes_for_adding_people_is_the_administrators(client, phones, fred):
    asked = {"phone": "13900000009", "purpose": "add_person"}
    assert client.post(reverse("accounts:send_code"), asked).status_code == 403
    client.force_login(fred)
    assert client.post(reverse("accounts:send_code"), asked).status_code == 403
    assert phones.texts == []


def test_sending_answers_a_script(client, phones, settings):
    settings.JBGS_DEMO = True
    send = reverse("accounts:send_code")
    answer = client.post(send, {"phone": "13900000009", "purpose": "sign_in"}).json()
    assert answer["resend_seconds"] == 60
    assert answer["demo_code"] == phones.code("13900000009")
    again = client.post(send, {"phone": "13900000009", "purpose": "sign_in"})
    assert (again.status_code, again.json()["code"]) == (429, "code_too_soon")
    assert again.json()["wait"] > 0
    wrong = client.post(send, {"phone": "139", "purpose": "sign_in"})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "phone")
    assert client.post(send, {"phone": "13900000009", "purpose": "x"}).status_code == 400
    assert client.get(send).status_code == 405
