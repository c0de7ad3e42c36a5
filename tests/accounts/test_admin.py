"""Accounts in the back office: which role sees and does what, and the three administrators exclude each other."""

import pytest
from django.urls import reverse

from accounts import workflow
from accounts.choices import Role
from accounts.models import IssuedPassword, RoleRecord, User
from audit.models import Entry
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import make_uscc
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

LISTS = ("user", "department", "unit", "rolerecord", "attempt")
SEEN_BY = {
    "system_admin": {"user", "department", "unit"},
    "security_admin": {"user", "rolerecord"},
    "audit_admin": {"rolerecord", "attempt"},
    "officer": set(),
    "expert": set(),
    "owner": set(),
    "supervisor": set(),
}


def page(name: str, *args) -> str:
    return reverse(f"admin:accounts_{name}", args=args)


@pytest.mark.parametrize("role", SEEN_BY)
def test_who_sees_which_list(client, role):
    client.force_login(workflow.create_person(role=role, name="某人", username="somebody"))
    seen = {name for name in LISTS if client.get(page(f"{name}_changelist")).status_code == 200}
    assert seen == SEEN_BY[role]


def test_unit_people_and_recommenders_see_none(client, alice, department):
    dora = workflow.create_person(role=Role.RECOMMENDER, name="推荐", department=department)
    for person, status in ((alice, 302), (dora, 403)):
        client.force_login(person)
        assert client.get(page("user_changelist")).status_code == status


def test_nothing_is_deleted(client, sam, fred):
    client.force_login(sam)
    assert client.post(page("user_delete", fred.pk), {"post": "yes"}).status_code == 403


def test_new_account_opens_after_the_second_person(client, sam, susan, phones):
    client.force_login(sam)
    typed = {"name": "艾专", "username": "aizhuan", "phone": "139 0000 0001", "email": "", "role": "expert"}
    assert client.post(page("user_add"), typed).status_code == 302
    person = User.objects.get(username="aizhuan")
    assert (person.role, person.phone, person.is_active) == ("expert", "13900000001", False)
    assert client.get(page("user_change", person.pk)).status_code == 200

    client.post(reverse("accounts:send_code"), {"phone": person.phone, "purpose": "sign_in"})
    typed = {"way": "code", "phone": person.phone, "code": phones.code(person.phone)}
    client.logout()
    assert "没有启用或已停用。请联系系统管理员。" in client.post(reverse("accounts:signin"), typed).content.decode()

    client.force_login(susan)
    assert client.post(page("user_change", person.pk), {"role": "expert", "is_active": "on"}).status_code == 302
    person.refresh_from_db()
    assert person.is_active
    entries = Entry.objects.for_object(person).values_list("action", "actor__username")
    assert list(entries) == [("create_account", "sam"), ("approve_account", "susan")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"phone": "13800000001"}, "phone"),
        ({"phone": ""}, "phone"),
        ({"username": "sam"}, "username"),
        ({"role": "unit_admin"}, "role"),
        ({"role": "recommender"}, "department"),
        ({"name": ""}, "name"),
    ],
)
def test_new_account_with_bad_input(client, sam, alice, changes, field):
    client.force_login(sam)
    typed = {"name": "艾专", "username": "aizhuan", "phone": "13900000001", "email": "", "role": "expert"} | changes
    response = client.post(page("user_add"), typed)
    assert response.status_code == 200
    assert field in response.context["adminform"].form.errors
    assert not User.objects.filter(username="aizhuan").exists()


def test_system_administrator_changes_particulars_but_no_role(client, sam, olga):
    client.force_login(sam)
    typed = {"name": "欧阳处", "phone": "13900000002", "email": "o@example.org", "is_active": "on", "role": "expert"}
    assert client.post(page("user_change", olga.pk), typed).status_code == 302
    olga.refresh_from_db()
    assert (olga.name, olga.phone, olga.role) == ("欧阳处", "13900000002", "officer")
    client.post(page("user_change", olga.pk), typed | {"is_active": ""})
    olga.refresh_from_db()
    assert not olga.is_active
    response = client.post(page("user_change", olga.pk), typed)
    assert "账号由安全管理员启用" in response.content.decode()


def test_security_administrator_changes_the_role_but_no_phone(client, susan, olga):
    client.force_login(susan)
    client.post(page("user_change", olga.pk), {"role": "supervisor", "is_active": "on", "phone": "13900000002"})
    olga.refresh_from_db()
    assert (olga.role, olga.phone) == ("supervisor", "13800000010")
    assert list(olga.role_records.values_list("role", "by__username")) == [("officer", None), ("supervisor", "susan")]
    assert client.get(page("user_add")).status_code == 403


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "officer"])
def test_the_three_administrators_exclude_each_other_and_everything_else(client, susan, sam, role):
    client.force_login(susan)
    response = client.post(page("user_change", sam.pk), {"role": role, "is_active": "on"})
    assert "互斥" in response.content.decode()
    sam.refresh_from_db()
    assert sam.role == "system_admin"


def test_who_was_an_administrator_once_never_becomes_another(susan, olga):
    RoleRecord.objects.create(user=olga, role=Role.AUDIT_ADMIN)
    with pytest.raises(Refused) as refused:
        workflow.grant_role(olga, by=susan, role=Role.SYSTEM_ADMIN)
    assert refused.value.code == "role_excluded"


def test_officer_may_become_an_administrator_by_grant_only(susan, sam, olga):
    with pytest.raises(Forbidden):
        workflow.grant_role(olga, by=sam, role=Role.AUDIT_ADMIN)
    assert workflow.grant_role(olga, by=susan, role=Role.AUDIT_ADMIN).role == "audit_admin"


def test_unit_people_get_no_back_office_role(client, susan, alice):
    client.force_login(susan)
    response = client.post(page("user_change", alice.pk), {"role": "officer", "is_active": "on"})
    assert "申报单位人员不能改为后台角色" in response.content.decode()


def test_nobody_grants_or_stops_the_own_account(client, susan, sam):
    client.force_login(susan)
    response = client.post(page("user_change", susan.pk), {"role": "officer", "is_active": "on"})
    assert "不能修改自己的角色或启用状态" in response.content.decode()
    client.force_login(sam)
    response = client.post(page("user_change", sam.pk), {"name": "单系", "phone": "", "email": "", "is_active": ""})
    assert "不能停用自己的账号" in response.content.decode()


def test_passwords_are_issued_from_the_list_and_shown_once(client, sam, department):
    client.force_login(sam)
    chosen = {"action": "issue_passwords", "_selected_action": [department.pk]}
    response = client.post(page("department_changelist"), chosen)
    shown = dict(response.context["issued"])[department]
    assert shown in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]
    assert IssuedPassword.objects.get().issued_by == sam
    assert "已发放，未使用" in client.get(page("department_changelist")).content.decode()


def test_aliases_are_kept_in_the_back_office(client, sam, department):
    client.force_login(sam)
    typed = {
        "official_name": department.official_name, "certain": "on", "aliases-TOTAL_FORMS": "1",
        "aliases-INITIAL_FORMS": "0", "aliases-0-name": "虚构科委", "aliases-0-department": department.pk,
    }  # fmt: skip
    assert client.post(page("department_change", department.pk), typed).status_code == 302
    assert department.aliases.filter(name="虚构科委").exists()


def test_mistyped_credit_code_is_corrected(client, sam, alice, bob):
    client.force_login(sam)
    change = page("unit_change", alice.unit.pk)
    assert "校验码" in client.post(change, {"code": "91350100M000100Y44"}).content.decode()
    assert "已注册为" in client.post(change, {"code": bob.unit.code}).content.decode()
    assert client.post(change, {"code": make_uscc(77)}).status_code == 302
    alice.refresh_from_db()
    assert (alice.unit.code, alice.username) == (make_uscc(77), make_uscc(77))


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("name", ["user", "department", "unit", "rolerecord"])
def test_lists_cost_the_same_for_many(client, department, django_assert_max_num_queries, name, count):
    from datetime import date

    from accounts.models import Department, Unit

    units = Unit.objects.bulk_create(
        Unit(code=make_uscc(n), name=f"单位{n}", type="other", region="110000", registered_on=date(2020, 1, 1))
        for n in range(count)
    )
    people = User.objects.bulk_create(
        User(username=f"u{n}", name=f"成员{n}", role="unit_filler", unit=units[n], password="!") for n in range(count)
    )
    RoleRecord.objects.bulk_create(RoleRecord(user=person, role="unit_filler") for person in people)
    Department.objects.bulk_create(Department(code=f"d{n}", official_name=f"部门{n}", kind="soe") for n in range(count))
    role = Role.SECURITY_ADMIN if name == "rolerecord" else Role.SYSTEM_ADMIN
    client.force_login(workflow.create_person(role=role, name="管理员", username="admin-person", password=PASSWORD))
    client.get(page(f"{name}_changelist"))
    with django_assert_max_num_queries(12):
        assert client.get(page(f"{name}_changelist")).status_code == 200


def test_an_owners_person_belongs_to_a_registered_unit(client, sam, alice):
    client.force_login(sam)
    typed = {"name": "奥发", "username": "aofa", "phone": "13900000009", "email": "", "role": "owner"}
    for code, sentence in (
        ("", "发榜单位人员须填写所属单位的统一社会信用代码。"),
        (make_uscc(990_001), "这个代码还没有登记单位。请该单位先在前台注册。"),
        ("123", "统一社会信用代码"),
    ):
        refused = client.post(page("user_add"), typed | {"unit_code": code})
        assert refused.status_code == 200 and sentence in refused.content.decode()
    assert not User.objects.filter(username="aofa").exists()
    assert client.post(page("user_add"), typed | {"unit_code": alice.unit.code}).status_code == 302
    person = User.objects.get(username="aofa")
    assert (person.role, person.unit, person.is_active) == ("owner", alice.unit, False)


def test_nobody_becomes_an_owner_without_a_unit(susan):
    expert = workflow.create_person(role="expert", name="艾专")
    with pytest.raises(Refused) as refused:
        workflow.grant_role(expert, by=susan, role="owner")
    assert refused.value.code == "no_unit"
