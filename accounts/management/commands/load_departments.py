"""manage.py load_departments [FILE]: recommending bodies from a CSV file; a second run changes only what differs."""

import csv
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.choices import DepartmentKind
from accounts.models import Department, DepartmentName
from jbgs.lib.regions import BY_CODE, ORDER

COLUMNS = ["region_code", "region", "kind", "official_name", "certain", "aliases"]
KIND_ORDER = {kind: place for place, kind in enumerate(DepartmentKind.values)}


class Command(BaseCommand):
    help = "Load recommending bodies from a CSV file (default fixtures/departments.csv); idempotent."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default=str(Path(settings.BASE_DIR, "fixtures", "departments.csv")))

    def handle(self, *, file, **options):
        path = Path(file)
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(read_rows(csv.DictReader(stream), path))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from None
        with transaction.atomic():
            outcomes = [load_row(row) for row in rows]
        created, changed = outcomes.count("created"), outcomes.count("changed")
        self.stdout.write(f"{len(rows)} departments: {created} new, {changed} changed")


def read_rows(reader: csv.DictReader, path: Path):
    """The rows, checked; CommandError names file, line, what stands there and what was expected."""
    if reader.fieldnames != COLUMNS:
        raise CommandError(f"{path}: header is {reader.fieldnames}, expected {COLUMNS}")
    for row in reader:
        where = f"{path}, line {reader.line_num}"
        if row["kind"] not in DepartmentKind.values:
            raise CommandError(f"{where}: kind is {row['kind']!r}, expected one of {DepartmentKind.values}")
        if row["region_code"] not in BY_CODE:
            raise CommandError(f"{where}: region_code is {row['region_code']!r}, expected one of the 37 regions")
        if not row["official_name"].strip():
            raise CommandError(f"{where}: official_name is empty")
        yield row


def load_row(row: dict) -> str:
    """Write one department and its aliases ('|' between two); 'created', 'changed' or 'same'.

    A renamed body keeps its row: the code is region and kind, the old name becomes an alias (M26).
    """
    name = row["official_name"].strip()
    code = f"{row['region_code']}-{row['kind']}"
    values = {
        "official_name": name,
        "kind": row["kind"],
        "region": row["region_code"],
        "order": ORDER[row["region_code"]] * 10 + KIND_ORDER[row["kind"]],
        "certain": row["certain"] == "yes",
    }
    department = Department.objects.filter(code=code).first()
    if department is None:
        department = Department.objects.create(code=code, **values)
        outcome = "created"
    else:
        outcome = update(department, values)
    for alias in filter(None, (alias.strip() for alias in row["aliases"].split("|"))):
        _, new = DepartmentName.objects.get_or_create(department=department, name=alias)
        outcome = "changed" if new and outcome == "same" else outcome
    return outcome


def update(department: Department, values: dict) -> str:
    """Set what differs; 'changed' or 'same'."""
    different = {name: value for name, value in values.items() if getattr(department, name) != value}
    if not different:
        return "same"
    if "official_name" in different:
        DepartmentName.objects.get_or_create(department=department, name=department.official_name)
    for name, value in different.items():
        setattr(department, name, value)
    department.save(update_fields=list(different))
    return "changed"
