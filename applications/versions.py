"""Freezing: one canonical JSON of rows and sections becomes a Version with hash and code (DESIGN §3, §6.2)."""

from django.db.models import prefetch_related_objects

from applications.checking import task_of
from applications.facts import CHILDREN
from applications.forms.shape import shaped
from applications.models import Application, Version
from documents import jobs
from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from jbgs.lib.validators import mask_id
from programmes.answers import asked, asked_form

PDF_KIND = "application_pdf"


def freeze(application: Application, *, by, at=None) -> Version:
    """Write the next Version of `application` and ask for its PDF; the caller holds the row lock and has checked.

    `at`: when the submit was received, which is what the receipt says and what decided that it was in time; else now.

    A rehearsal's papers are made only when somebody asks: hundreds that nobody reads would keep the worker busy.
    The content holds everything that experts, papers and exports read. Identity numbers are masked in it.
    """
    number = (application.version.number if application.version_id else 0) + 1
    prefetch_related_objects([application], *CHILDREN)  # nothing to do where the guard has just read them
    content = content_of(application)
    application.refresh_from_db(fields=CHILDREN)  # forgets them, without a query: they may change from now on
    digest = sha256_hex(canonical_json(content))
    version = Version.objects.create(
        application=application,
        number=number,
        content=content,
        sha256=digest,
        code=_code(application, number, digest),
        created_by=by,
        created_at=at or clock.now(),
    )
    application.version = version
    if not application.call.is_rehearsal:
        request_pdf(version, by=by)
    return version


def request_pdf(version: Version, *, by=None):
    """The artifact of a version's paper, asked for now if nobody has; the same request twice is one job."""
    return jobs.request(PDF_KIND, f"version:{version.pk}", params={"version": version.pk}, by=by)


def content_of(application: Application) -> dict:
    """The whole application as plain JSON, from live rows; also what the draft's paper prints."""
    spec = application.call_version.spec
    call, task, unit, department = application.call, application.task, application.unit, application.department
    attachments = [row for row in application.attachments.all() if row.removed_at is None]
    saved = {row.key: row.data for row in application.sections.all()}
    form = asked_form(spec, task.code, saved)
    own_task = task_of(application)
    pledges = {row.section: row for row in application.pledges.all() if row.withdrawn_at is None}
    kinds = _kind_labels(form)
    return {
        "number": application.number or "",
        "title": application.title,
        "call": {"slug": call.slug, "title": call.title, "year": call.year, "version": application.call_version.number},
        "task": {
            "code": task.code,
            "title": task.title,
            "field": task.field.name,
            "category": spec.categories.get(task.category, ""),
            "part": next((part.title for part in own_task.parts if part.code == application.part), ""),
        },
        "unit": {
            "name": unit.name,
            "code": unit.code,
            "type": unit.type,
            "type_label": unit.get_type_display(),
            "region": unit.region,
            "region_label": unit.region_name,
            "registered_on": unit.registered_on.isoformat() if unit.registered_on else "",
            "legal_person": unit.legal_person,
            "address": unit.address,
            "contact_name": unit.contact_name,
            "contact_phone": unit.contact_phone,
            "enterprise_kind": unit.enterprise_kind,
            "certificate_no": unit.certificate_no,
        },
        "department": {"name": department.official_name if department else ""},
        "reasons": list(application.soft_reasons.values()),
        "form": [
            {"key": item.key, "type": item.type, "title": item.title, "options": plain_options(item.options)}
            for item in form.sections
        ],
        "sections": {
            item.key: _masked(asked_data(item, saved[item.key], own_task))
            for item in form.sections
            if item.key in saved
        },
        "indicators": [
            {
                "code": item.code,
                "name": item.name,
                "target_text": item.target_text,
                "unit": item.unit,
                "comparator": item.comparator,
                "conditions": item.conditions,
                "group": item.group,
            }
            for item in own_task.indicators
        ],
        "commitments": {
            row.indicator_code: {**row.promise, "proof": row.proof, "note": row.note}
            for row in application.commitments.all()
            if any(item.code == row.indicator_code for item in own_task.indicators)
        },
        "attachments": [
            {
                "id": row.pk,
                "kind": row.kind,
                "kind_label": kinds.get(row.kind, row.kind),
                "name": row.name,
                "size": row.size,
                "sha256": row.sha256,
                "pages": row.pages,
            }
            for row in attachments
            if row.kind in kinds
        ],
        "pledge": _pledge(next((pledges[item.key] for item in form.sections if item.key in pledges), None)),
        "pledges": {item.key: _pledge(pledges.get(item.key)) for item in form.sections if item.type == "pledge"},
    }


def asked_data(section, data: dict, task) -> dict:
    """What a section holds of what is asked.

    Not the answers to questions whose condition does not hold, not what only an older form asked, not the promises for
    another part of the task.
    """
    if section.type not in ("project", "unit", "questions", "table", "commitments", "targets"):
        return {key: value for key, value in data.items() if key != "gone"}
    if not data:
        return {}
    kept = shaped(section, data, task)
    if section.type == "questions":
        answers = kept["answers"]
        kept["answers"] = {one["key"]: answers[one["key"]] for one in asked(section.options["questions"], answers)}
    return kept


def _pledge(pledge) -> dict:
    return {
        "role": pledge.role if pledge else "",
        "signer": pledge.signer if pledge else "",
        "text": pledge.text if pledge else "",
        "signed_at": pledge.signed_at.isoformat() if pledge else "",
    }


def _code(application: Application, number: int, digest: str) -> str:
    """The code printed on each page: 12 hexadecimal digits in three groups, of the content, application and number."""
    mixed = sha256_hex(f"{application.pk}:{number}:{digest}".encode()).upper()
    return f"{mixed[:4]}-{mixed[4:8]}-{mixed[8:12]}"


def _masked(data: dict) -> dict:
    """Section data with identity numbers masked: a frozen content is read by many."""
    rows = data.get("rows")
    if not isinstance(rows, list):
        return data
    masked = [
        {**row, "id_number": mask_id(str(row["id_number"]))} if isinstance(row, dict) and row.get("id_number") else row
        for row in rows
    ]
    return {**data, "rows": masked}


def _kind_labels(form) -> dict[str, str]:
    section = form.of_type("attachments")
    return {kind["key"]: kind["label"] for kind in section.options.get("kinds", [])} if section else {}


def plain_options(value):
    """Options of a section as JSON: mappings and tuples of the spec become dicts and lists."""
    if hasattr(value, "items"):
        return {key: plain_options(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_options(item) for item in value]
    return value if isinstance(value, str | int | bool) or value is None else str(value)
