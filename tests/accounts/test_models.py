"""The database is the last guard: constraints, and rights that come from roles and object grants only."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Department, IssuedPassword, Unit, UnitName, User
from jbgs.lib import clock

pytestmark = pytest.mark.django_db


def refused(make) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_roles_have_their_unit_or_department(unit, department):
    refused(lambda: User.objects.create_user("a", role="unit_filler", name="无单位"))
    refused(lambda: User.objects.create_user("b", role="recommender", name="无部门"))
    refused(lambda: User.objects.create_user("c", role="emperor", name="无此角色"))
    User.objects.create_user("d", role="unit_filler", name="有单位", unit=unit)
    User.objects.create_user("e", role="recommender", name="有部门", department=department)


def test_phones_are_unique_and_missing_ones_are_not_empty():
    User.objects.create_user("a", role="expert", name="甲", phone="13800000001")
    refused(lambda: User.objects.create_user("b", role="expert", name="乙", phone="13800000001"))
    refused(lambda: User.objects.create_user("c", role="expert", name="丙", phone=""))
    User.objects.create_user("d", role="expert", name="丁")
    User.objects.create_user("e", role="expert", name="戊")


def test_unit_constraints(unit):
    same = {"code": unit.code, "name": "x", "type": "enterprise", "region": "110000", "registered_on": date(2020, 1, 1)}
    refused(lambda: Unit.objects.create(**same))
    refused(lambda: Unit.objects.create(**same | {"code": "y", "type": "club"}))
    refused(lambda: Unit.objects.create(**same | {"code": "y", "name": ""}))
    refused(
        lambda: UnitName.objects.create(unit=unit, name="x", valid_from=date(2020, 1, 2), valid_to=date(2020, 1, 1))
    )


def test_department_names_are_unique_outside_rehearsals(department):
    same = {"official_name": department.official_name, "kind": "science"}
    refused(lambda: Department.objects.create(code="x", **same))
    Department.objects.create(code="x", is_rehearsal=True, **same)
    Department.objects.create(code="y", is_rehearsal=True, **same)


def test_one_open_password_per_department(department):
    IssuedPassword.objects.create(department=department, password_hash="x")
    refused(lambda: IssuedPassword.objects.create(department=department, password_hash="y"))
    IssuedPassword.objects.update(used_at=clock.now())
    IssuedPassword.objects.create(department=department, password_hash="y")


def test_superuser_is_a_system_administrator_and_has_no_permission(unit):
    root = User.objects.create_superuser("root", "Geheim-2025", name="应急")
    assert (root.role, root.is_staff) == ("system_admin", True)
    assert not root.has_perm("applications.view_application")
    assert not root.has_perm("accounts.view_unit", unit)
    assert not root.has_module_perms("applications")
    refused(lambda: User.objects.create_user("x", role="officer", name="x", is_superuser=True))


def test_nobody_has_a_permission_without_an_object(olga):
    assert not olga.has_perms(["programmes.manage_call"])
    assert list(olga.groups.all()) == []


def test_back_office_opens_by_role(olga, alice, sam):
    assert olga.is_staff and sam.is_staff
    assert not alice.is_staff and alice.is_unit_person and alice.is_unit_admin
