"""list_requirements: every rule that a call may name, with its figures, meaning and rows of domain.md."""

import json

from django.core.management.base import BaseCommand, CommandError

from programmes.requirements.catalogue import catalogue
from programmes.requirements.chapter import markdown


class Command(BaseCommand):
    help = "列出批次文件可以使用的全部要求：编码、参数、含义、对应的规则编号。"

    def add_arguments(self, parser):
        parser.add_argument("code", nargs="*", help="只看这些编码")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--markdown", action="store_true", help="输出格式说明中 Requirements 一章")

    def handle(self, *args, code, **options):
        if options["markdown"]:
            self.stdout.write(markdown())
            return
        entries = catalogue()
        unknown = set(code) - {entry["code"] for entry in entries}
        if unknown:
            raise CommandError(f"没有这些要求：{'、'.join(sorted(unknown))}")
        entries = [entry for entry in entries if not code or entry["code"] in code]
        if options["json"]:
            self.stdout.write(json.dumps(entries, ensure_ascii=False, indent=2))
            return
        theme = ""
        for entry in entries:
            if entry["theme"] != theme:
                theme = entry["theme"]
                self.stdout.write(self.style.MIGRATE_HEADING(f"\n== {theme}"))
            self._write(entry)
        self.stdout.write(f"\n共 {len(entries)} 种。每一条都可以是硬性（hard）或原则上（soft）。")

    def _write(self, entry: dict) -> None:
        level = "（推荐名单）" if entry["level"] == "list" else ""
        self.stdout.write(f"\n{self.style.SUCCESS(entry['code'])}{level}　{'、'.join(entry['rows'])}")
        self.stdout.write(f"  {entry['meaning']}")
        if entry["notes"]:
            self.stdout.write(f"  {entry['notes']}")
        for param in entry["params"]:
            default = f"，默认 {json.dumps(param['default'], ensure_ascii=False)}" if param["default"] else ""
            need = "必填" if param["required"] else "可选"
            self.stdout.write(f"    {param['name']}（{need}{default}）: {param['type']}")
        if entry["common"]:
            self.stdout.write(f"    另可限定：{'、'.join(entry['common'])}")
        self.stdout.write(f"  例：{json.dumps(entry['example'], ensure_ascii=False)}")
        self.stdout.write(f"  　　{entry['says']}")
