"""The unit's pages: particulars, former names, members, the last administrator."""

import pytest
from django.urls import reverse

from accounts import workflow
from accounts.choices import Role
from accounts.models import User
from audit.models import Entry
from jbgs.lib.errors import Forbidden, Refused
from notifications.models import Message
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

PHONE = "13900002057"


@pytest.fixture
def signed_in(client, alice):
    client.force_login(alice)
    return client


def add(client, phones, **changes):
    client.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "add_person"})
    typed = {"name": "何佩文", "phone": PHONE, "code": phones.code(PHONE)}
    return client.post(reverse("accounts:people"), typed | changes)


def test_administrator_adds_a_filler_who_signs_in_by_code(signed_in, phones, alice, later):
    assert add(signed_in, phones).status_code == 302
    filler = User.objects.get(phone=PHONE)
    assert (filler.role, filler.unit, filler.has_usable_password()) == (Role.UNIT_FILLER, alice.unit, False)
    assert Message.objects.filter(user=filler, channel="inbox").count() == 1
    assert Entry.objects.for_object(filler).first().actor == alice
    signed_in.logout()
    with later(minutes=2):
        signed_in.post(reverse("accounts:send_code"), {"phone": PHONE, "purpose": "sign_in"})
        answer = signed_in.post(reverse("accounts:signin"), {"way": "code", "phone": PHONE, "code": phones.code(PHONE)})
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"name": ""}, "name", "请填写姓名。"),
        ({"phone": "139"}, "phone", "手机号应为 11 位数字"),
        ({"code": ""}, "code", "请填写短信验证码"),
        ({"code": "12"}, "code", "短信验证码是 6 位数字"),
    ],
)
def test_bad_input_is_said_at_its_field(signed_in, phones, changes, field, says):
    response = add(signed_in, phones, **changes)
    assert says in response.context["form"].errors[field][0]
    if field != "name":
        assert 'value="何佩文"' in response.content.decode()
    assert not User.objects.filter(phone=PHONE).exists()


def test_phone_of_another_person_is_refused(signed_in, phones, bob):
    User.objects.filter(pk=bob.pk).update(phone=PHONE)
    assert "已用于另一个账号" in add(signed_in, phones).context["form"].errors["phone"][0]


def test_filler_sees_but_does_not_manage(client, phones, fred, alice):
    client.force_login(fred)
    html = client.get(reverse("accounts:people")).content.decode()
    assert "许澄" in html and "138****0001" in html and alice.phone not in html
    assert "停用账号" not in html and "添加填报人" not in html
    assert client.post(reverse("accounts:people"), {"send_code": "1", "phone": PHONE}).status_code == 403
    assert client.post(reverse("accounts:person_stop", args=[alice.pk])).status_code == 403
    assert client.post(reverse("accounts:person_role", args=[fred.pk]), {"role": "unit_admin"}).status_code == 403
    fred.refresh_from_db()
    assert fred.role == Role.UNIT_FILLER


def test_people_of_other_units_are_not_found(signed_in, bob):
    for page in ("person_stop", "person_restore", "person_role"):
        answer = signed_in.post(reverse(f"accounts:{page}", args=[bob.pk]), {"role": "unit_filler"})
        assert answer.status_code == 404
    bob.refresh_from_db()
    assert bob.is_active and bob.role == Role.UNIT_ADMIN


def test_stop_and_restore(signed_in, fred):
    signed_in.post(reverse("accounts:person_stop", args=[fred.pk]))
    fred.refresh_from_db()
    assert not fred.is_active
    assert "已停用" in signed_in.get(reverse("accounts:people")).content.decode()
    signed_in.post(reverse("accounts:person_restore", args=[fred.pk]))
    fred.refresh_from_db()
    assert fred.is_active


def test_the_last_administrator_stays(signed_in, alice, fred):
    answer = signed_in.post(reverse("accounts:person_role", args=[alice.pk]), {"role": "unit_filler"}, follow=True)
    assert "单位至少要有一位管理员" in answer.content.decode()
    with pytest.raises(Refused) as refused:
        workflow.deactivate_person(alice, by=alice)
    assert refused.value.code == "last_administrator"


def test_handing_over_to_a_colleague(signed_in, alice, fred):
    signed_in.post(reverse("accounts:person_role", args=[fred.pk]), {"role": "unit_admin"})
    signed_in.post(reverse("accounts:person_role", args=[alice.pk]), {"role": "unit_filler"})
    alice.refresh_from_db()
    fred.refresh_from_db()
    assert (alice.role, fred.role) == (Role.UNIT_FILLER, Role.UNIT_ADMIN)
    assert [record.role for record in fred.role_records.all()] == ["unit_filler", "unit_admin"]
    with pytest.raises(Forbidden):
        workflow.change_unit_role(fred, by=alice, role=Role.UNIT_FILLER)


def test_unit_people_never_become_back_office_people(signed_in, fred):
    assert signed_in.post(reverse("accounts:person_role", args=[fred.pk]), {"role": "officer"}).status_code == 400
    with pytest.raises(Refused):
        workflow.change_unit_role(fred, by=fred.unit.people.get(role="unit_admin"), role="officer")


def test_restoring_somebody_whose_phone_went_elsewhere(alice, fred):
    User.objects.filter(pk=fred.pk).update(is_active=False, phone=None)
    with pytest.raises(Refused) as refused:
        workflow.reactivate_person(fred, by=alice)
    assert refused.value.code == "no_way_in"


def test_unit_page_saves_and_remembers_the_former_name(signed_in, alice):
    form = signed_in.get(reverse("accounts:unit")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields} | {
        "registered_on": "2018-05-08", "name": "衡星量子科技（虚构）股份有限公司", "contact_name": "许澄",
        "contact_phone": "138 0000 0001", "address": "虚构路 1 号",
    }  # fmt: skip
    assert signed_in.post(reverse("accounts:unit"), typed).status_code == 302
    unit = alice.unit
    unit.refresh_from_db()
    assert (unit.name, unit.address, unit.contact_phone) == (typed["name"], "虚构路 1 号", "13800000001")
    former = [(name.name, name.valid_to is None) for name in unit.names.all()]
    assert former == [("衡星量子仪器（虚构）有限公司", False), (typed["name"], True)]
    assert "曾用名" in signed_in.get(reverse("accounts:unit")).content.decode()
    assert Entry.objects.for_object(unit).last().data["fields"] == ["address", "contact_name", "contact_phone", "name"]


def test_unit_page_keeps_what_was_typed(signed_in):
    response = signed_in.post(reverse("accounts:unit"), {"name": "新名（虚构）有限公司", "contact_phone": "12"})
    assert {"type", "region", "registered_on", "contact_name", "contact_phone"} <= set(response.context["form"].errors)
    assert "新名（虚构）有限公司" in response.content.decode()


def test_the_code_cannot_be_changed_by_the_unit(signed_in, alice):
    with pytest.raises(TypeError):
        workflow.update_unit(alice.unit, by=alice, code="x")


def test_filler_reads_the_unit_page_and_cannot_save(client, fred):
    client.force_login(fred)
    assert "保存单位信息" not in client.get(reverse("accounts:unit")).content.decode()
    with pytest.raises(Forbidden):
        workflow.update_unit(fred.unit, by=fred, name="别的名字")


def test_pages_of_units_are_not_for_officers(client, olga):
    client.force_login(olga)
    assert client.get(reverse("accounts:unit")).status_code == 403
    assert client.get(reverse("accounts:people")).status_code == 403
    assert client.get(reverse("accounts:password")).status_code == 200


@pytest.mark.parametrize("count", [1, 50])
def test_member_list_costs_the_same_for_many(client, alice, django_assert_max_num_queries, count):
    User.objects.bulk_create(
        User(username=f"u{n}", name=f"成员{n}", role="unit_filler", unit=alice.unit, password="!") for n in range(count)
    )
    client.force_login(alice)
    client.get(reverse("accounts:people"))
    with django_assert_max_num_queries(8):
        client.get(reverse("accounts:people"))


def test_login_names_are_numbered(unit):
    names = [workflow.create_person(role=Role.UNIT_FILLER, name="某人", unit=unit).username for _ in range(3)]
    assert names == [f"{unit.code}-{n}" for n in (1, 2, 3)]
    expert = workflow.create_person(role=Role.EXPERT, name="专家", password=PASSWORD)
    assert expert.username == "expert-1"
