"""manage.py load_programme FILE [--force]: a call from its YAML file; loading the same file again changes nothing."""

from django.core.management.base import BaseCommand, CommandError

from jbgs.lib.errors import Refused
from programmes.loader import CallIsOpen, InvalidDocument, load_programme


class Command(BaseCommand):
    help = "Load a call from its YAML file. The same content again writes nothing; other content, a new version."

    def add_arguments(self, parser):
        parser.add_argument("file", help="the call's YAML file, such as fixtures/programmes/miit-2025.yaml")
        parser.add_argument("--force", action="store_true", help="change a call that is open or has applications")

    def handle(self, *args, file, force, **options):
        try:
            loaded = load_programme(file, force=force)
        except InvalidDocument as problem:
            count = len(problem.sentences)
            raise CommandError(f"{problem}\n共 {count} 处，没有载入。") from problem
        except CallIsOpen as problem:
            raise CommandError(f"{problem}（--force）") from problem
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        spec = loaded.version.spec
        if not loaded.created:
            word = "内容未变，没有写入"
        else:
            word = "已载入" if loaded.version.number == 1 else "已更新"
        self.stdout.write(
            f"{word}：{spec.slug} 第 {loaded.version.number} 版，{len(spec.fields)} 个领域，{len(spec.tasks)} 项任务，"
            f"SHA-256 {loaded.version.sha256[:12]}…"
        )
