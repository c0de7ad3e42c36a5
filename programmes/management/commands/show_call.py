"""manage.py show_call SLUG [--json]: what a call says, for people or for machines."""

import json

from django.core.management.base import BaseCommand, CommandError

from programmes.models import Call
from programmes.showing import call_as_data, call_as_text


class Command(BaseCommand):
    help = "Print a call: its fields, tasks, indicators, windows and limits."

    def add_arguments(self, parser):
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args, slug, **options):
        try:
            call = Call.objects.select_related("current_version").get(slug=slug)
        except Call.DoesNotExist as problem:
            known = "、".join(Call.objects.order_by("slug").values_list("slug", flat=True)) or "（无）"
            raise CommandError(f"没有批次“{slug}”。已载入的批次：{known}。") from problem
        if options["json"]:
            self.stdout.write(json.dumps(call_as_data(call.spec), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(call_as_text(call.spec))
