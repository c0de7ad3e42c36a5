"""`manage.py verify_audit`: walk every hash chain of the log; exit 1 and name each entry that does not fit."""

from django.core.management.base import BaseCommand, CommandError

from audit.log import broken_entries
from audit.models import Entry


class Command(BaseCommand):
    help = "Check that no entry of the audit log was changed, removed or inserted."

    def handle(self, *args, **options):
        broken = list(broken_entries())
        for entry, reason in broken:
            self.stderr.write(f"{entry}: {reason}")
        if broken:
            raise CommandError(f"{len(broken)} entries do not fit")
        self.stdout.write(f"{Entry.objects.count()} entries, all chains intact")
