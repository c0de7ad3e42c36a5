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
from jbgs.rehearsal import fiction


def make_unit(serial: int, *, type: str = "enterprise", region: str = "110000") -> Unit:
    """A registered unit; the same serial gives the same code, and a code that is registered the same unit."""
    code = make_uscc(serial, region)
    rng = Random(serial)  # its own dice: whether the unit is new must not change the story
    return Unit.objects.filter(code=code).first() or Unit.objects.create(
        code=code,
        name=fiction.unit_name(rng, type, serial),
        type=type,
        region=region,
        registered_on=date(2005 + serial % 15, 1 + serial % 12, 1 + serial % 28),
        address=f"虚构路 {serial + 1} 号",
        legal_person=fiction.person_name(rng),
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


def make_department(code: str, name: str, *, kind: str, region: str = "", order: int = 0) -> Department:
    """A recommending body that only rehearsals offer; the same code is the same body."""
    return Department.objects.filter(code=code).first() or Department.objects.create(
        code=code, official_name=name, kind=kind, region=region, order=order, is_rehearsal=True
    )


def fill(application, *, by, rng: Random, partners=(), pages: int = 1) -> None:
    """Type every section of the call's form and upload every required attachment, through the workflow."""
    spec = application.call_version.spec
    writer = fiction.Writer(
        rng, spec, spec.tasks[application.task.code], unit=application.unit, today=clock.today(), partners=partners
    )
    saved = {row.key: row.version for row in application.sections.all()}
    typed = [section for section in spec.form.sections if section.type != "attachments"]
    for section in typed:
        data = writer.section(section)
        workflow.save_section(application, section.key, data, base_version=saved.get(section.key, 0), by=by)
    for section in spec.form.sections:
        if section.type == "attachments":
            _attach_required(application, section, bool(partners), by, pages)


def _attach_required(application, section, has_partners: bool, by, pages: int) -> None:
    held = set(application.attachments.filter(removed_at=None).values_list("kind", flat=True))
    for kind in section.options.get("kinds", []):
        wanted = kind.get("required") or (kind.get("required_with") and has_partners)
        if wanted and kind["key"] not in held:
            workflow.add_attachment(application, kind["key"], pdf_file(f"{kind['label']}.pdf", pages), by=by)


def pdf_file(name: str, pages: int = 1) -> SimpleUploadedFile:
    """An upload as a browser sends it: a small valid PDF."""
    return SimpleUploadedFile(name, io.BytesIO(fiction.blank_pdf(pages)).read(), content_type="application/pdf")
