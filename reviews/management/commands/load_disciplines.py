"""manage.py load_disciplines [FILE]: the tree of disciplines from a CSV file; a second run changes nothing."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jbgs.lib.errors import Refused
from reviews.disciplines import load


class Command(BaseCommand):
    help = "Load disciplines from a CSV file code,name,parent (default fixtures/disciplines.csv); idempotent."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default=str(Path(settings.BASE_DIR, "fixtures", "disciplines.csv")))

    def handle(self, *, file, **options):
        try:
            loaded = load(Path(file).read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise CommandError(f"{file}：读不到这个文件（{error.strerror}）。") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file}：不是 UTF-8 编码的文字。") from None
        except Refused as refused:
            raise CommandError("\n".join([f"{file}：没有载入。", *(refused.details or [refused.sentence])])) from None
        self.stdout.write(f"学科：新增 {loaded.created} 个，更改 {loaded.changed} 个，相同 {loaded.same} 个。")
