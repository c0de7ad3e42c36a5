"""First sign-in of recommending bodies: five fields, one-time password, alias, lock; never what was wrong."""

import pytest
from django.urls import reverse

from accounts import queries, workflow
from accounts.models import Department, DepartmentName, IssuedPassword, PhoneCode, User
from audit.models import Entry
from jbgs.lib.errors import Forbidden

pytestmark = pytest.mark.django_db

PHONE = "13700002057"
NAME = "虚构市科学技术委员会、虚构园区管理委员会"


@pytest.fixture
def password(department):
    return workflow.issue_password(department)


@pytest.fixture
def page(client, phones, password):
    """Posts the five fields with changes, after a code was sent."""
    client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "first_sign_in"})

    def post(**changes):
        typed = {
            "department_name": NAME, "password": password, "contact_name": "何佩文", "phone": "137 0000 2057",
            "code": phones.code(PHONE),
        }  # fmt: skip
        return client.post(reverse("accounts:first_sign_in"), typed | changes)

    return post


def errors(response):
    assert response.status_code == 200
    return response.context["form"].errors


def test_the_form_has_exactly_the_five_fields(client):
    form = client.get(reverse("accounts:first_sign_in")).context["form"]
    assert [field.label for field in form] == ["推荐单位全称", "密码", "联系人姓名", "绑定手机号", "短信验证码"]


def test_it_binds_the_phone_and_uses_the_password_up(page, client, department):
    assert page().url == "/admin/"
    person = User.objects.get(department=department)
    assert (person.role, person.name, person.phone) == ("recommender", "何佩文", PHONE)
    assert client.session["_auth_user_id"] == str(person.pk)
    issued = IssuedPassword.objects.get()
    assert issued.used_at and issued.used_by == person
    assert Entry.objects.for_object(department).last().action == "first_sign_in"


@pytest.mark.parametrize(
    "name",
    [
        "虚构市科学技术委员会",
        " 虚构市科学技术委员会 ",
        "虚构市科学技术委员会,虚构园区管理委员会",
        NAME.replace("、", ""),
    ],
)
def test_alias_and_other_punctuation_are_understood(page, name):
    assert page(department_name=name).status_code == 302


def test_password_may_be_typed_without_its_hyphens(page, password):
    assert page(password=password.replace("-", " ")).status_code == 302


def test_later_sign_in_needs_phone_and_code_only(page, client, phones, later):
    page()
    client.logout()
    with later(minutes=2):
        client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "sign_in"})
        answer = client.post(
            reverse("accounts:backoffice_signin"), {"way": "code", "phone": PHONE, "code": phones.code(PHONE)}
        )
    assert answer.url == "/admin/"


WRONG = (
    "推荐单位全称或密码不正确，还可以试 4 次。请核对通知附件，注意区分大小写。"
    "密码只能使用一次，已绑定手机的请用手机验证码登录。"
)


@pytest.mark.parametrize(
    "changes",
    [
        {"department_name": "并不存在的推荐单位"},
        {"password": "AAAA-BBBB-CCCC"},
        {"department_name": "并不存在的推荐单位", "password": "AAAA-BBBB-CCCC"},
    ],
)
def test_the_answer_does_not_tell_what_was_wrong(page, changes):
    response = page(**changes)
    assert errors(response) == {"password": [WRONG]}
    html = response.content.decode()
    for typed in (changes.get("department_name", NAME), "何佩文", "137 0000 2057"):
        assert f'value="{typed}"' in html
    assert not IssuedPassword.objects.get().used_at


def test_small_letters_are_another_password(page, password):
    assert errors(page(password=password.swapcase()))["password"] == [WRONG]


def test_used_password_gets_the_same_answer(page, client, later, phones):
    page()
    client.logout()
    with later(minutes=2):
        client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "first_sign_in"})
        assert errors(page())["password"] == [WRONG]


def test_body_without_an_issued_password_gets_the_same_answer(page):
    Department.objects.create(code="x", official_name="虚构省科学技术厅", kind="science")
    assert errors(page(department_name="虚构省科学技术厅"))["password"] == [WRONG]


def test_replaced_password_is_worth_nothing(page, department):
    fresh = workflow.issue_password(department)
    assert errors(page())["password"] == [WRONG]
    assert page(password=fresh).status_code == 302


def test_five_failures_lock_name_and_alias_together(page, later):
    for number in range(5):
        page(password="wrong", department_name=NAME if number % 2 else "虚构市科学技术委员会")
    response = page()
    assert response.status_code == 429
    assert "连续 5 次没有通过，已暂停" in response.content.decode()
    assert "何佩文" in response.content.decode()


def test_five_failures_lock_the_address_for_other_bodies(page, client, phones, department):
    for number in range(5):
        page(department_name=f"虚构单位{number}")
    assert page().status_code == 429
    assert not IssuedPassword.objects.get().used_at


def test_unlocked_after_fifteen_minutes(page, client, phones, later):
    for _ in range(5):
        page(password="wrong")
    with later(minutes=16):
        client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "first_sign_in"})
        assert page().status_code == 302


def test_wrong_phone_code_costs_nothing_of_the_password(page, phones, later):
    wrong = f"{(int(phones.code(PHONE)) + 1) % 10**6:06d}"
    assert "还可以试 4 次" in errors(page(code=wrong))["code"][0]
    with later(minutes=11):
        assert "失效" in errors(page())["code"][0]
    assert not IssuedPassword.objects.get().used_at
    assert page().status_code == 302


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("phone", "137000", "手机号应为 11 位数字"),
        ("contact_name", "", "请填写联系人姓名。"),
        ("department_name", "", "请填写推荐单位全称。"),
        ("password", "", "请填写密码。"),
        ("code", "", "请填写短信验证码，6 位数字。"),
    ],
)
def test_each_field_has_its_sentence(page, field, typed, says):
    assert says in errors(page(**{field: typed}))[field][0]


def test_phone_of_a_unit_person_is_refused_after_the_password_was_right(page, alice, phones):
    User.objects.filter(pk=alice.pk).update(phone=PHONE)
    assert "已用于另一个账号" in errors(page())["phone"][0]
    assert not IssuedPassword.objects.get().used_at
    assert not PhoneCode.objects.get().used_at


def test_new_password_binds_the_new_phone_of_the_same_person(page, client, phones, department):
    page()
    client.logout()
    fresh, new = workflow.issue_password(department), "13700002058"
    client.post(reverse("accounts:send_code"), {"phone": new, "purpose": "first_sign_in"})
    assert page(password=fresh, phone=new, code=phones.code(new)).status_code == 302
    assert User.objects.get(department=department).phone == new


def test_second_person_of_the_department(page, client, phones, department):
    page()
    client.logout()
    fresh, new = workflow.issue_password(department), "13700002058"
    client.post(reverse("accounts:send_code"), {"phone": new, "purpose": "first_sign_in"})
    page(password=fresh, phone=new, code=phones.code(new), contact_name="第二人")
    assert department.people.count() == 2


def test_only_the_hash_is_kept(department, password):
    row = IssuedPassword.objects.get()
    assert password not in row.password_hash and password.replace("-", "") not in row.password_hash
    assert not set(password) & set("0Oo1Il2Zz5Ss")


def test_issuing_is_the_system_administrators(department, sam, olga):
    assert workflow.issue_password(department, sam)
    assert IssuedPassword.objects.get().issued_by == sam
    with pytest.raises(Forbidden):
        workflow.issue_password(department, olga)


def test_an_alias_of_two_bodies_finds_neither(department):
    other = Department.objects.create(code="x", official_name="虚构省科学技术厅", kind="science")
    DepartmentName.objects.create(department=other, name="虚构市科学技术委员会")
    assert queries.find_department("虚构市科学技术委员会") is None
    assert queries.find_department(NAME) == department


def test_rehearsal_bodies_do_not_sign_in(department):
    Department.objects.filter(pk=department.pk).update(is_rehearsal=True)
    assert queries.find_department(NAME) is None
    assert queries.find_department("") is None
