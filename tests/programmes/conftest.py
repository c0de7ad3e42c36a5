"""Rows that the tests of this room share."""

import pytest

from accounts.models import Department, Unit, User
from programmes.loader import load_document
from tests.programmes.documents import small_document


@pytest.fixture
def call(db):
    """The small call, loaded."""
    return load_document(small_document()).call


@pytest.fixture
def department(db):
    return Department.objects.create(
        code="320000-industry", official_name="某省工业和信息化厅", kind="industry", order=1
    )


@pytest.fixture
def unit(db):
    return Unit.objects.create(
        code="91990000MA00000018", name="虚构科技有限公司", type="enterprise", region="320000",
        registered_on="2015-01-01", is_fictitious=True,
    )  # fmt: skip


@pytest.fixture
def officer(db):
    return User.objects.create_user("olga", "pass-word-1", name="主管甲", role=User.Role.OFFICER)
