"""`manage.py programme_schema`: the JSON Schema of the format, for editors."""

import json

from django.core.management.base import BaseCommand

from programmes.json_schema import programme_schema


class Command(BaseCommand):
    help = "Print the JSON Schema of a call's document, made from the code that checks it."

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(programme_schema(), ensure_ascii=False, indent=2))
