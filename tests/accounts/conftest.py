"""Phones that remember what they received, and people to sign in."""

import re
from datetime import date, timedelta

import pytest

from accounts import workflow
from accounts.choices import Role
from accounts.models import Department, DepartmentName
from jbgs.lib import clock
from jbgs.lib.validators import make_uscc
from notifications import channels

PASSWORD = "Liangzi-2025"


class Phones:
    """What every telephone received, newest last."""

    def __init__(self):
        self.texts = []

    def send(self, phone, text):
        self.texts.append((phone, text))

    def code(self, phone: str) -> str:
        """The code in the last text to this phone."""
        last = [text for number, text in self.texts if number == phone][-1]
        return re.search(r"\d{6}", last).group()


@pytest.fixture
def phones(monkeypatch):
    phones = Phones()
    monkeypatch.setattr(channels, "send_sms", phones.send)
    return phones


@pytest.fixture
def unit(db):
    return workflow.create_unit(
        code=make_uscc(1), name="衡星量子仪器（虚构）有限公司", type="enterprise", region="340000",
        registered_on=date(2018, 5, 8),
    )  # fmt: skip


@pytest.fixture
def alice(unit):
    """Administrator of the unit."""
    return workflow.create_person(
        role=Role.UNIT_ADMIN, name="许澄", username=unit.code, phone="13800000001", password=PASSWORD, unit=unit
    )


@pytest.fixture
def fred(unit):
    """Filler of the unit, without a password."""
    return workflow.create_person(role=Role.UNIT_FILLER, name="傅填", phone="13800000002", unit=unit)


@pytest.fixture
def bob(db):
    """Administrator of another unit."""
    unit = workflow.create_unit(
        code=make_uscc(2), name="江畔精密测量研究院（虚构）", type="institute", region="320000",
        registered_on=date(2011, 1, 1),
    )  # fmt: skip
    return workflow.create_person(
        role=Role.UNIT_ADMIN, name="鲍博", username=unit.code, phone="13800000003", password=PASSWORD, unit=unit
    )


@pytest.fixture
def department(db):
    department = Department.objects.create(
        code="110000-science", official_name="虚构市科学技术委员会、虚构园区管理委员会", kind="science", region="110000"
    )
    DepartmentName.objects.create(department=department, name="虚构市科学技术委员会")
    return department


@pytest.fixture
def olga(db):
    return workflow.create_person(
        role=Role.OFFICER, name="欧处", username="olga", phone="13800000010", password=PASSWORD
    )


@pytest.fixture
def sam(db):
    """System administrator."""
    return workflow.create_person(role=Role.SYSTEM_ADMIN, name="单系", username="sam", password=PASSWORD)


@pytest.fixture
def susan(db):
    """Security administrator."""
    return workflow.create_person(role=Role.SECURITY_ADMIN, name="苏安", username="susan", password=PASSWORD)


@pytest.fixture
def later():
    """`with later(minutes=11):` lets business time stand so much later."""
    return lambda **delta: clock.travel(clock.now() + timedelta(**delta))
