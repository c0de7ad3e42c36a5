"""`manage.py replay_draw ID [--json]`: play a draw again and compare; exit code 1 on any difference."""

import json

from django.core.management.base import BaseCommand, CommandError

from reviews import replay
from reviews.models import DrawPlan


class Command(BaseCommand):
    help = "复算一次抽取：承诺值、数据摘要、种子、结果，以及抽取之后的变化。有任何不一致时退出码为 1。"

    def add_arguments(self, parser):
        parser.add_argument("id", type=int, help="抽取的编号（数据库主键，抽取页面的地址中可见）")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *args, **options):
        plan = DrawPlan.objects.select_related("call", "round").filter(pk=options["id"]).first()
        if plan is None:
            raise CommandError(f"没有编号为 {options['id']} 的抽取。")
        if not plan.outcome:
            raise CommandError(f"{plan}还没有结果，现在是“{plan.get_state_display()}”。")
        report = replay.check(plan)
        if options["json"]:
            self.stdout.write(json.dumps({"draw": plan.pk, **report.as_json()}, ensure_ascii=False))
        else:
            self._tell(plan, report)
        if not report.holds:
            raise SystemExit(1)

    def _tell(self, plan, report) -> None:
        self.stdout.write(f"{plan.call.title} {plan}（{plan.get_state_display()}）")
        for line in report.lines:
            said = "一致" if line.holds else f"不一致：存档 {line.kept}，复算 {line.found}"
            self.stdout.write(f"  {line.label}：{said}")
        for note in report.notes:
            self.stdout.write(f"  {note}")
        for title, rows in (("抽取之后的变化", report.changes), ("没有说明的差异", report.faults)):
            self.stdout.write(f"{title}：{len(rows)} 项")
            for row in rows:
                self.stdout.write(f"  {row}")
        self.stdout.write("复算一致。" if report.holds else "复算不一致。")
