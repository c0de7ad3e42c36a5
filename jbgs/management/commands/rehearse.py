"""`manage.py rehearse CALL`: play the whole call with fictitious people; tables and papers into a folder."""

import json
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from jbgs.rehearsal import papers, play
from programmes.models import Call


class Command(BaseCommand):
    help = "Play a whole call with fictitious units, on a copy. The last line on stdout is one JSON object."

    def add_arguments(self, parser):
        parser.add_argument("call", help="slug of a loaded call")
        parser.add_argument("--applications", type=int, default=120, metavar="N")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--out", type=Path, metavar="DIR", help="folder for tables, lists and papers")

    def handle(self, *args, call, applications, seed, out, **options):
        try:
            original = Call.objects.get(slug=call, is_rehearsal=False)
        except Call.DoesNotExist:
            raise CommandError(f"no call {call!r} is loaded; try: manage.py load_programme FILE") from None
        if applications < 1:
            raise CommandError("--applications must be at least 1")
        bar, started = Bar(sys.stderr), time.monotonic()
        stage, figures = play.play(original, applications=applications, seed=seed, tick=bar.tick)
        files = papers.write(stage, out, tick=bar.tick) if out else []
        bar.end()
        figures["documents"] = files
        figures["seconds"] = round(time.monotonic() - started, 1)
        self.stdout.write(json.dumps(figures, ensure_ascii=False))


class Bar:
    """A line on stderr that says which scene is played; nothing where nobody watches."""

    def __init__(self, stream):
        self.stream, self.scene, self.count = stream, "", 0

    def tick(self, scene: str) -> None:
        if scene != self.scene:
            self.end()
            self.scene, self.count = scene, 0
        self.count += 1
        if self.stream.isatty():
            self.stream.write(f"\r{scene} {self.count}")
            self.stream.flush()

    def end(self) -> None:
        if self.scene:
            start = "\r" if self.stream.isatty() else ""
            self.stream.write(f"{start}{self.scene} {self.count}\n")
