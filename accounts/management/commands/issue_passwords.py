"""manage.py issue_passwords [CODE …]: first sign-in passwords of recommending bodies, printed once as CSV."""

import csv

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Department
from accounts.workflow import issue_password


class Command(BaseCommand):
    help = (
        "Issue one-time passwords and print them as CSV (code, 推荐单位全称, 密码). Without codes: to every body in "
        "whose name nobody has signed in yet. An unused earlier password ends. Redirect the output: it is shown once."
    )

    def add_arguments(self, parser):
        parser.add_argument("codes", nargs="*", metavar="CODE", help="department codes such as 110000-industry")

    def handle(self, *, codes, **options):
        departments = Department.objects.filter(is_rehearsal=False)
        if codes:
            departments = departments.filter(code__in=codes)
            unknown = set(codes) - set(departments.values_list("code", flat=True))
            if unknown:
                raise CommandError(f"no such department: {', '.join(sorted(unknown))}")
        else:
            departments = departments.filter(people=None)
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(["code", "推荐单位全称", "密码"])
        for department in departments:
            writer.writerow([department.code, department.official_name, issue_password(department)])
