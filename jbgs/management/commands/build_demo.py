"""`manage.py build_demo --out DIR`: what `make demo` shows, into an empty, migrated database (scripts/run_demo.py)."""

import json
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from jbgs.lib import clock
from jbgs.management.commands.rehearse import Bar
from jbgs.rehearsal import papers, play
from jbgs.rehearsal.demo import Demo
from programmes.loader import load_document
from programmes.models import Call

PROGRAMMES = settings.BASE_DIR / "fixtures" / "programmes"
CALL = "miit-2025.yaml"
APPLICATIONS, SEED = 60, 7


class Command(BaseCommand):
    help = "Load the calls, departments and disciplines, play one rehearsal, copy its call with the intake open today."

    def add_arguments(self, parser):
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")

    def handle(self, *args, out: Path, **options):
        bar = Bar(sys.stderr)
        call_command("load_departments")
        call_command("load_calendar")
        call_command("load_disciplines")
        # The others first: officers are shown the newest call, which shall be the one whose intake is open.
        others = [load_document(file).call for file in sorted(PROGRAMMES.glob("*.yaml")) if file.name != CALL]
        call: Call = load_document(PROGRAMMES / CALL).call
        stage, figures = play.play(call, applications=APPLICATIONS, seed=SEED, tick=bar.tick)
        files = papers.write(stage, out / "rehearsal", tick=bar.tick)
        demo = Demo(call, stage.call, clock.now())
        demo.build()
        demo.show(others)
        bar.end()
        description = {
            "intake_closes_at": demo.call.spec.windows["apply"].closes_at.isoformat(),
            "sign_ins": demo.sign_ins,
            "files": [f"rehearsal/{name}" for name in files],
            "rehearsal": figures,
        }
        out.mkdir(parents=True, exist_ok=True)
        (out / "demo.json").write_text(json.dumps(description, ensure_ascii=False, indent=1))
