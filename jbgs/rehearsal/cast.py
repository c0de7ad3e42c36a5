"""Fictitious units and people for a rehearsal, the demo and the tests. All are marked as fictitious.

Passwords are unusable unless one is given, and only the demo gives one.
"""

import io
from datetime import date
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Department, Unit, User
from accounts.workflow import create_person
from applications import workflow
from jbgs.lib import clock
from jbgs.lib.validators import make_uscc
from jbgs.rehearsal import fiction, words


def make_unit(
    serial: int, *, type: str = "enterprise", region: str = "110000", code: str = "", name: str = "",
    registered_by: date | None = None,
) -> Unit:  # fmt: skip
    """A registered unit; the same serial gives the same code, and a code that is registered the same unit.

    `code`, `name`: instead of those that follow from the serial; `registered_by`: registered on that day at the latest.
    """
    code = code or make_uscc(serial, region)
    rng = Random(serial)  # its own dice: whether the unit is new must not change the story
    registered_on = date(2005 + serial % 15, 1 + serial % 12, 1 + serial % 28)
    return Unit.objects.filter(code=code).first() or Unit.objects.create(
        code=code,
        name=name or fiction.unit_name(rng, type, serial),
        type=type,
        region=region,
        registered_on=min(registered_on, registered_by or registered_on),
        address=f"虚构路 {serial + 1} 号",
        legal_person=legal_person(serial),
        contact_name=fiction.person_name(rng),
        contact_phone="",
        is_fictitious=True,
    )


def make_person(username: str, role: str, *, name: str = "", unit=None, department=None, phone=None, password=None):
    """A person with one role; without `password` nobody can sign in as them. The same username is the same person."""
    known = User.objects.select_related("unit", "department").filter(username=username).first()
    return known or create_person(
        username=username, role=role, name=name or username, unit=unit, department=department, phone=phone,
        password=password, is_fictitious=True,
    )  # fmt: skip


def legal_person(serial: int) -> str:
    """Neighbours in the row of units never have the same legal person, which would make them related."""
    return words.SURNAMES[serial % len(words.SURNAMES)] + words.GIVEN[serial // len(words.SURNAMES) % len(words.GIVEN)]


def make_department(
    code: str, name: str, *, kind: str, region: str = "", order: int = 0, unit: Unit | None = None
) -> Department:
    """A recommending body that only rehearsals offer; the same code is the same body. `unit`: of one that is a unit."""
    return Department.objects.filter(code=code).first() or Department.objects.create(
        code=code, official_name=name, kind=kind, region=region, order=order, unit=unit, is_rehearsal=True
    )


def fill(application, *, by, rng: Random, partners=(), pages: int = 1) -> None:
    """Type every section that the application is asked and upload every required attachment, through the workflow."""
    spec = application.call_version.spec
    writer = fiction.Writer(
        rng, spec, spec.tasks[application.task.code], unit=application.unit, today=clock.today(), partners=partners
    )
    saved = {row.key: row.version for row in application.sections.all()}
    for section, data in writer.sections():
        if section.type == "attachments":
            _attach_required(application, section, writer, by, pages)
        else:
            workflow.save_section(application, section.key, data, base_version=saved.get(section.key, 0), by=by)


def _attach_required(application, section, writer, by, pages: int) -> None:
    held = set(application.attachments.filter(removed_at=None).values_list("kind", flat=True))
    for kind in section.options.get("kinds", []):
        wanted = 1 if kind.get("required") or (kind.get("required_with") and writer.partners) else 0
        wanted = max(wanted, writer.wishes.attachments.get(kind["key"], 0))
        for _ in range(wanted if kind["key"] not in held else 0):
            file = pdf_file(f"{kind['label'].replace('/', '／')}.pdf", pages)
            workflow.add_attachment(application, kind["key"], file, by=by)


def pdf_file(name: str, pages: int = 1) -> SimpleUploadedFile:
    """An upload as a browser sends it: a small valid PDF."""
    return SimpleUploadedFile(name, io.BytesIO(fiction.blank_pdf(pages)).read(), content_type="application/pdf")
