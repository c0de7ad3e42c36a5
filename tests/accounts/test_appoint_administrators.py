"""The first three accounts of a new installation; with them everybody else's can be opened."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from accounts.rules import can_create_accounts, can_grant_roles
from accounts.workflow.people import create_person

LINES = "sysadmin,虚构甲,Fictitious-9-a\nsecurity,虚构乙,Fictitious-9-b\naudit,虚构丙,Fictitious-9-c\n"

pytestmark = pytest.mark.django_db


def appoint(monkeypatch, lines: str) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    out = io.StringIO()
    call_command("appoint_administrators", stdout=out)
    return out.getvalue()


def test_each_of_the_three_can_sign_in_and_do_the_own_part(monkeypatch, client):
    appoint(monkeypatch, LINES)
    people = {user.username: user for user in User.objects.filter(is_active=True)}
    assert can_create_accounts(people["sysadmin"]) and can_grant_roles(people["security"])
    assert not any(user.is_superuser for user in people.values())
    assert people["audit"].role == "audit_admin" and people["audit"].role_records.get().by is None
    assert client.login(username="security", password="Fictitious-9-b")
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 200


def test_run_again_it_fills_only_what_is_missing(monkeypatch):
    create_person(role="system_admin", name="虚构甲", username="boss", password="Fictitious-9-a")
    said = appoint(monkeypatch, LINES.split("\n", 1)[1])
    assert "系统管理员" not in said and "安全管理员 security" in said
    assert "没有新建" in appoint(monkeypatch, "")
    assert User.objects.filter(role__endswith="_admin").exclude(role="unit_admin").count() == 3


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("sysadmin,虚构甲,weak\n", "系统管理员：密码现在是 4 位"),
        ("sysadmin,虚构甲\n", "每行应为"),
        ("", "每行应为"),
        (",虚构甲,Fictitious-9-a\n", "不能为空"),
        (LINES.replace("security,", "sysadmin,"), "安全管理员：登录名“sysadmin”已有账号"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_is_left_behind(monkeypatch, lines, sentence):
    with pytest.raises(CommandError, match=sentence):
        appoint(monkeypatch, lines)
    assert not User.objects.exists()
