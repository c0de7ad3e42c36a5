"""manage.py import_tasks CALL FILE [--dry-run] [--json]: tasks of a workbook or a notice, into a call."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from audit import log
from programmes.importing.files import read_tasks
from programmes.importing.plan import CHANGE_WORDS, CHANGED, NEW, SAME, Entry, Plan
from programmes.importing.rows import STATUS_WORDS, Unreadable
from programmes.importing.template import template
from programmes.loader import CallIsOpen, InvalidDocument, load_document
from programmes.models import Call


class Command(BaseCommand):
    help = (
        "Read the tasks of an .xlsx, .docx, .txt or .md file and show each as taken, doubtful or refused, with the "
        "reasons; without --dry-run the taken ones that are new become tasks of a new version of the call."
    )

    def add_arguments(self, parser):
        parser.add_argument("call", nargs="?", help="the call's slug")
        parser.add_argument("file", nargs="?", help="a workbook, a Word document or a notice's text")
        parser.add_argument("--dry-run", action="store_true", help="show what would be done and write nothing")
        parser.add_argument("--json", action="store_true", help="print {found, taken, doubtful, refused, tasks: […]}")
        parser.add_argument("--with-doubtful", action="store_true", help="take doubtful rows as well")
        parser.add_argument("--update", action="store_true", help="change tasks that the call has in another wording")
        parser.add_argument("--force", action="store_true", help="change a call that is open or has applications")
        parser.add_argument("--template", metavar="FILE", help="write our own empty workbook to FILE and stop")

    def handle(self, *args, call, file, **options):
        if options["template"]:
            Path(options["template"]).write_bytes(template())
            self.stdout.write(f"已写入 {options['template']}。")
            return
        if not call or not file:
            raise CommandError("请写明批次和文件：import_tasks CALL FILE")
        try:
            data = Path(file).read_bytes()
        except OSError as problem:
            raise CommandError(f"{file}：读不到这个文件（{problem.strerror}）。") from problem
        try:
            found = read_tasks(data, file)
        except Unreadable as problem:
            raise CommandError(problem.sentence) from problem
        row = Call.objects.select_related("current_version").filter(slug=call).first()
        if row is None and not options["dry_run"]:
            raise CommandError(f"没有批次“{call}”。请先用 load_programme 载入。")
        plan = Plan(found, row.current_version.document if row else {})
        if row is None:
            found.notes.append(f"没有批次“{call}”，只作预览，没有与现有任务比较。")
        said = self._write(row, plan, file, options) if not options["dry_run"] else ""
        if options["json"]:
            self.stdout.write(json.dumps(plan.as_json() | {"written": said}, ensure_ascii=False, indent=2))
        else:
            self._show(plan, said or "没有写入（--dry-run）。")

    def _write(self, call: Call, plan: Plan, file: str, options) -> str:
        chosen = plan.chosen_by_default(doubtful=options["with_doubtful"], changed=options["update"])
        if not chosen:
            return "没有新的任务，没有写入。"
        try:
            with transaction.atomic():
                loaded = load_document(plan.document_with(chosen), force=options["force"])
                facts = {"file": Path(file).name, "rows": len(chosen), "version": loaded.version.number}
                if loaded.created:
                    log.append(loaded.call, "import_tasks", None, data=facts)
        except InvalidDocument as problem:
            raise CommandError(f"{problem}\n没有写入。") from problem
        except CallIsOpen as problem:
            raise CommandError(f"{problem}（--force）") from problem
        if not loaded.created:
            return "内容未变，没有写入。"
        return f"已写入 {len(chosen)} 项任务：{call.slug} 第 {loaded.version.number} 版。"

    def _show(self, plan: Plan, said: str) -> None:
        found = plan.found
        for entry in plan.entries:
            self.stdout.write(_line(entry))
            for sentence in [*entry.row.why, *entry.differences]:
                self.stdout.write(f"      {sentence}")
        for note in found.notes:
            self.stdout.write(f"说明：{note}")
        counts = "，".join(f"{STATUS_WORDS[status]} {found.counted(status)}" for status in STATUS_WORDS)
        self.stdout.write(
            f"找到 {found.found} 项任务（{counts}），{len(found.fields)} 个领域，{len(found.categories)} 个类别；"
            f"{CHANGE_WORDS[NEW]} {plan.counted(NEW)}，{CHANGE_WORDS[SAME]} {plan.counted(SAME)}，"
            f"{CHANGE_WORDS[CHANGED]} {plan.counted(CHANGED)}；批次中另有 {plan.left_alone} 项文件没有提到。"
        )
        self.stdout.write(said)


def _line(entry: Entry) -> str:
    row = entry.row
    words = [
        STATUS_WORDS[row.status],
        CHANGE_WORDS.get(entry.change, ""),
        entry.task["code"] if entry.task else row.code,
    ]
    words += [
        row.field,
        row.category,
        row.title or "（没有标题）",
        f"{len(row.indicators)} 个指标" if row.indicators else "",
    ]
    place = f"{row.place} 第 {row.line} 行" if row.place else f"第 {row.line} 行"
    return f"  {place}：" + "｜".join(word for word in words if word)
