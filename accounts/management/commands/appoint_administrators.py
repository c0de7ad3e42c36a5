"""manage.py appoint_administrators: the first accounts of a new installation, one for each of the 三员."""

import getpass
import sys

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.choices import ADMINISTRATOR_ROLES
from accounts.models import User
from accounts.passwords import RULE, check_password_strength
from accounts.workflow.people import create_person

USERNAMES = {"system_admin": "sysadmin", "security_admin": "security", "audit_admin": "audit"}


class Command(BaseCommand):
    help = (
        "Make an account for each of system, security and audit administrator (三员) that "
        "has none open yet: nobody else could open the first ones. Asks for name, login name and password; from a file "
        "or pipe it reads one line each, “login name,name,password”, in this order. All further accounts are made and "
        "opened on the pages under 账号和权限."
    )

    def handle(self, **options):
        there = set(User.objects.filter(role__in=ADMINISTRATOR_ROLES, is_active=True).values_list("role", flat=True))
        missing = [role for role in ADMINISTRATOR_ROLES if role not in there]
        if not missing:
            self.stdout.write("三员的账号都已启用，没有新建账号。")
            return
        with transaction.atomic():
            for role in missing:
                self._appoint(role)

    def _appoint(self, role) -> None:
        ask = self._ask if sys.stdin.isatty() else self._read
        username, name, password = ask(role)
        if not username or not name:
            raise CommandError(f"{role.label}：登录名和姓名不能为空。")
        if User.objects.filter(username=username).exists():
            raise CommandError(f"{role.label}：登录名“{username}”已有账号，请换一个。")
        try:
            check_password_strength(password, User(username=username, name=name))
        except ValueError as error:
            raise CommandError(f"{role.label}：{error}") from None
        create_person(role=role, name=name, username=username, password=password)
        self.stdout.write(f"{role.label} {username}：已新建并启用。")

    def _ask(self, role) -> tuple[str, str, str]:
        suggested = USERNAMES[role]
        username = input(f"{role.label}的登录名（{suggested}）：").strip() or suggested
        name = input("姓名：").strip()
        password = getpass.getpass(f"密码（{RULE}）：")
        if password != getpass.getpass("再输入一遍："):
            raise CommandError("两次输入的密码不一致，没有新建账号。")
        return username, name, password

    def _read(self, role) -> tuple[str, str, str]:
        parts = [part.strip() for part in sys.stdin.readline().rstrip("\n").split(",", 2)]
        if len(parts) != 3:
            raise CommandError(f"{role.label}：每行应为“登录名,姓名,密码”。")
        return parts[0], parts[1], parts[2]
