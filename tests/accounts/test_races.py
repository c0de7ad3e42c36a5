"""Two at once, in real threads with connections of their own; each lock or constraint also shown missing."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection

from accounts import phone_codes, workflow
from accounts.choices import Purpose, Role
from accounts.models import IssuedPassword, PhoneCode, Unit, User
from accounts.workflow import departments, people
from jbgs.lib.errors import Refused
from jbgs.lib.validators import make_uscc
from tests.accounts.conftest import PASSWORD
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PHONES = ("13900000001", "13900000002")


def codes_of(results) -> list[str]:
    """Refusal codes, '' for a success; any other exception fails the test."""
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, Refused):
            raise result
    return sorted(result.code if isinstance(result, Refused) else "" for result in results)


def registration(phones, phone: str, serial: int):
    """A registration that is ready to go: its phone code is sent."""
    phone_codes.send(phone, Purpose.REGISTER)
    code = phones.code(phone)
    return lambda: workflow.register_unit(
        code=make_uscc(serial), name=f"竞速（虚构）有限公司{phone[-1]}", type="enterprise", region="340000",
        registered_on=date(2018, 5, 8), contact_name="许澄", phone=phone, sms_code=code, password=PASSWORD,
    )  # fmt: skip


def test_two_registrations_with_one_code_give_one_unit(phones, monkeypatch):
    jobs = [registration(phones, phone, 1) for phone in PHONES]
    meet(monkeypatch, phone_codes, "verify")  # both have found the code free
    results = race(*jobs)
    assert codes_of(results) == ["", "unit_exists"]
    refusal = next(result for result in results if isinstance(result, Refused))
    assert refusal.field == "code" and "同一单位只注册一次" in refusal.sentence
    assert (Unit.objects.count(), User.objects.count()) == (1, 1)
    assert PhoneCode.objects.filter(used_at=None).count() == 1  # the loser's code is still good


def test_two_units_with_one_phone_give_one_account(phones, monkeypatch, later):
    first = registration(phones, PHONES[0], 1)
    code = phones.code(PHONES[0])
    second = registration_with_code(PHONES[0], 2, code)
    meet(monkeypatch, phone_codes, "verify")
    assert codes_of(race(first, second)) in (["", "code_used"], ["", "phone_taken"])
    assert (Unit.objects.count(), User.objects.count()) == (1, 1)


def registration_with_code(phone: str, serial: int, code: str):
    return lambda: workflow.register_unit(
        code=make_uscc(serial), name="另一家（虚构）有限公司", type="enterprise", region="340000",
        registered_on=date(2018, 5, 8), contact_name="许澄", phone=phone, sms_code=code, password=PASSWORD,
    )  # fmt: skip


def unit_with_one_code(name: str):
    return lambda: workflow.create_unit(
        code=make_uscc(5), name=name, type="enterprise", region="340000", registered_on=date(2018, 5, 8)
    )


def test_one_code_without_the_other_checks_gives_one_unit():
    results = race(unit_with_one_code("甲（虚构）有限公司"), unit_with_one_code("乙（虚构）有限公司"))
    assert {type(result) for result in results} == {Unit, IntegrityError}
    assert Unit.objects.count() == 1


def test_control_without_the_constraint_there_are_two_units():
    with without_unique_code():
        race(unit_with_one_code("甲（虚构）有限公司"), unit_with_one_code("乙（虚构）有限公司"))
        assert Unit.objects.count() == 2
        Unit.objects.all().delete()


@contextmanager
def without_unique_code():
    """Takes the unique constraint of the credit code away, and gives it back."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Unit._meta.db_table)
        name = next(key for key, value in found.items() if value["unique"] and value["columns"] == ["code"])
        cursor.execute(f'ALTER TABLE {Unit._meta.db_table} DROP CONSTRAINT "{name}"')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'ALTER TABLE {Unit._meta.db_table} ADD CONSTRAINT "{name}" UNIQUE (code)')


def check_twice(phones, monkeypatch) -> list[str]:
    phone_codes.send(PHONES[0], Purpose.SIGN_IN)
    code = phones.code(PHONES[0])
    meet(monkeypatch, phone_codes, "verify")
    job = lambda: phone_codes.check(PHONES[0], Purpose.SIGN_IN, code)  # noqa: E731
    return codes_of(race(job, job))


def test_code_used_twice_at_once_is_used_once(phones, monkeypatch):
    assert check_twice(phones, monkeypatch) == ["", "code_used"]


def test_control_without_the_conditional_update_it_is_used_twice(phones, monkeypatch):
    def look_then_write(row):
        if row.used_at:
            raise Refused("code_used", "")
        row.used_at = row.expires_at
        row.save()

    monkeypatch.setattr(phone_codes, "use", look_then_write)
    assert check_twice(phones, monkeypatch) == ["", ""]


def test_parallel_guesses_do_not_share_a_count(phones):
    phone_codes.send(PHONES[0], Purpose.SIGN_IN)
    wrong = f"{(int(phones.code(PHONES[0])) + 1) % 10**6:06d}"
    job = lambda: phone_codes.check(PHONES[0], Purpose.SIGN_IN, wrong)  # noqa: E731
    results = race(*[job] * 9)
    compared = [result for result in results if "已填错" not in result.sentence and result.code == "code_wrong"]
    assert len(compared) <= phone_codes.WRONG_TRIES
    assert PhoneCode.objects.get().attempts <= phone_codes.WRONG_TRIES


def test_parallel_passwords_do_not_slip_by_the_lock(alice):
    job = lambda: workflow.sign_in_by_password(alice.username, "wrong")  # noqa: E731
    results = race(*[job] * 12)
    assert [result.code for result in results].count("bad_credentials") <= 5
    assert {result.code for result in results} <= {"bad_credentials", "locked"}


def test_first_password_used_twice_at_once_binds_one_phone(phones, monkeypatch, department):
    password = workflow.issue_password(department)
    jobs = []
    for phone in PHONES:
        phone_codes.send(phone, Purpose.FIRST_SIGN_IN)
        typed = {"phone": phone, "code": phones.code(phone), "contact_name": f"联系人{phone[-1]}"}
        jobs.append(
            lambda typed=typed: workflow.first_sign_in(
                department_name=department.official_name, password=password, **typed
            )
        )
    meet(monkeypatch, departments, "_check_issued_password")
    assert codes_of(race(*jobs)) == ["", "password_used"]
    assert department.people.count() == 1
    assert IssuedPassword.objects.get().used_by == department.people.get()


def two_administrators(alice, fred):
    workflow.change_unit_role(fred, by=alice, role=Role.UNIT_ADMIN)
    fred.refresh_from_db()
    return (
        lambda: workflow.deactivate_person(fred, by=User.objects.get(pk=alice.pk)),
        lambda: workflow.deactivate_person(alice, by=User.objects.get(pk=fred.pk)),
    )


def test_two_administrators_who_stop_each_other_leave_one(monkeypatch, alice, fred):
    jobs = two_administrators(alice, fred)
    meet(monkeypatch, people, "_keep_an_administrator")
    assert codes_of(race(*jobs)) == ["", "forbidden"]
    assert User.objects.filter(is_active=True, role=Role.UNIT_ADMIN).count() == 1


def test_control_without_the_unit_s_lock_none_is_left(monkeypatch, alice, fred):
    jobs = two_administrators(alice, fred)
    monkeypatch.setattr(people, "_locked_member", lambda person, by: User.objects.get(pk=person.pk))
    monkeypatch.setattr(people, "record", lambda *args, **named: None)  # its row locks would deadlock the two
    meet(monkeypatch, people, "_keep_an_administrator")
    race(*jobs)
    assert not User.objects.filter(is_active=True, role=Role.UNIT_ADMIN).exists()
