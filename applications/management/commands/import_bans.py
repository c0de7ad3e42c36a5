"""import_bans FILE --by OFFICER: bans of units and persons from a table; everything or nothing."""

import csv
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from applications.workflow.banning import Banned, record_ban
from jbgs.lib.errors import Refused
from programmes.facts import date_of
from programmes.models import Programme

COLUMNS = ("credit_code", "name", "id_number", "birth_date", "kind", "starts_on", "ends_on", "programme", "reason")


class Command(BaseCommand):
    help = (
        f"从 CSV 登记限制申报的单位和人员。列：{'、'.join(COLUMNS)}。"
        "单位填 credit_code，人员填 name 和证件号码或出生日期。"
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--by", required=True, help="登记人（主管）的登录名")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不登记")

    def handle(self, *args, file, by, dry_run, **options):
        officer = User.objects.filter(username=by).first()
        if officer is None:
            raise CommandError(f"没有登录名为 {by} 的人员。")
        try:
            with file.open(encoding="utf-8-sig", newline="") as opened:
                lines = list(csv.DictReader(opened))
        except (OSError, UnicodeDecodeError) as problem:
            raise CommandError(f"不能读取 {file}：{problem}") from problem
        unknown = set(lines[0] if lines else ()) - set(COLUMNS)
        if unknown:
            raise CommandError(f"没有这些列：{'、'.join(sorted(map(str, unknown)))}。可用的列：{'、'.join(COLUMNS)}。")
        problems = []
        with transaction.atomic():
            for place, line in enumerate(lines, 2):
                try:
                    _record({name: (line.get(name) or "").strip() for name in COLUMNS}, officer)
                except Refused as refusal:
                    problems.append(f"第 {place} 行：{refusal.sentence}")
            if problems or dry_run:
                transaction.set_rollback(True)
        if problems:
            raise CommandError("没有登记：\n" + "\n".join(problems))
        self.stdout.write(f"{'核对无误，没有登记' if dry_run else '已登记'} {len(lines)} 项。")


def _record(line: dict[str, str], officer) -> None:
    programme = None
    if line["programme"]:
        programme = Programme.objects.filter(slug=line["programme"]).first()
        if programme is None:
            raise Refused("unknown_programme", f"没有标识为“{line['programme']}”的计划。", field="programme")
    starts_on = _day(line, "starts_on")
    if starts_on is None:
        raise Refused("no_start", "没有填写 starts_on。", field="starts_on")
    who = Banned(line["credit_code"], line["name"], line["id_number"], _day(line, "birth_date"))
    record_ban(
        who, by=officer, kind=line["kind"], reason=line["reason"], starts_on=starts_on, ends_on=_day(line, "ends_on"),
        programme=programme,
    )  # fmt: skip


def _day(line: dict[str, str], name: str) -> date | None:
    found = date_of(line[name])
    if line[name] and found is None:
        raise Refused("bad_date", f"{name} 现为“{line[name]}”，须按 2025-03-06 的格式填写。", field=name)
    return found
