"""`manage.py rehearse CALL`: play the whole call with fictitious people; tables and papers into a folder.

`manage.py rehearse all` plays every file of fixtures/programmes, loading what is not loaded yet.
"""

import json
import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jbgs.rehearsal import papers, play
from jbgs.rehearsal.verdict import verdict
from programmes.loader import InvalidDocument, load_document, read_document
from programmes.models import Call

ALL = "all"
FIXTURES = settings.BASE_DIR / "fixtures" / "programmes"
APPLICATIONS, APPLICATIONS_OF_ALL = 120, 24


class Command(BaseCommand):
    help = (
        "Play a whole call with fictitious units, on a copy. The last line on stdout is one JSON object. "
        "“all” plays every call of fixtures/programmes, a line for each; exit code 1 unless every one is green: no "
        "quota broken, nothing stuck, every stage played, the log intact."
    )

    def add_arguments(self, parser):
        parser.add_argument("call", help="slug of a loaded call, or all")
        parser.add_argument("--applications", type=int, metavar="N", help="how many in each call")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--out", type=Path, metavar="DIR", help="folder for tables, lists and papers")
        parser.add_argument("--json", action="store_true", help="lines of JSON only (they are printed anyhow)")

    def handle(self, *args, call, applications, seed, out, **options):
        if applications is not None and applications < 1:
            raise CommandError("--applications must be at least 1")
        if call == ALL:
            return self._all(applications or APPLICATIONS_OF_ALL, seed, out)
        try:
            original = Call.objects.get(slug=call, is_rehearsal=False)
        except Call.DoesNotExist:
            raise CommandError(f"no call {call!r} is loaded; try: manage.py load_programme FILE") from None
        line = _played(original, applications or APPLICATIONS, seed, out)
        self.stdout.write(json.dumps(line, ensure_ascii=False))

    def _all(self, applications: int, seed: int, out: Path | None) -> None:
        lines = []
        for file in sorted(FIXTURES.glob("*.yaml")):
            original = _loaded(file)
            line = _played(original, applications, seed, out / original.slug if out else None)
            lines.append(line)
            self.stdout.write(json.dumps(line, ensure_ascii=False))
        green = bool(lines) and all(line["green"] for line in lines)
        self.stdout.write(json.dumps({"calls": [line["call"] for line in lines], "green": green}, ensure_ascii=False))
        if not green:
            sys.exit(1)


def _loaded(file: Path) -> Call:
    """The call of a file as it is loaded, or loaded now."""
    try:
        document = read_document(file)
    except InvalidDocument as problem:
        raise CommandError("\n".join(problem.sentences)) from None
    return Call.objects.filter(slug=document["slug"]).first() or load_document(document).call


def _played(original: Call, applications: int, seed: int, out: Path | None) -> dict:
    """The figures of one rehearsal with the verdict on it and the names of its files."""
    bar, started = Bar(sys.stderr), time.monotonic()
    stage, figures = play.play(original, applications=applications, seed=seed, tick=bar.tick)
    files = papers.write(stage, out, tick=bar.tick) if out else []
    bar.end()
    line = figures | verdict(stage) | {"documents": files, "seconds": round(time.monotonic() - started, 1)}
    line["green"] = line["green"] and line["quota_breaches"] == 0
    return line


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
