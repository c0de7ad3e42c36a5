"""What requirements may look at, built from an application's live rows (DESIGN §3)."""

from datetime import date
from decimal import Decimal

from django.db.models import Q

from applications.models import Application
from applications.states import State
from jbgs.lib import clock
from programmes.answers import asked_form
from programmes.facts import (
    AttachmentFacts,
    CommitmentFacts,
    Facts,
    ItemFacts,
    ListFacts,
    MemberFacts,
    OtherFacts,
    PartnerFacts,
    SourceFacts,
    UnitFacts,
)

CHILDREN = ("sections", "budget_lines", "pledges", "partners", "members", "commitments", "attachments")
"""What `facts_of` reads of an application besides its own row; prefetched, it is read once for several readers."""


def unit_facts(unit) -> UnitFacts:
    """The lead as registered."""
    return UnitFacts(
        code=unit.code,
        name=unit.name,
        type=unit.type,
        region=unit.region,
        registered_on=unit.registered_on,
        enterprise_kind=unit.enterprise_kind,
        certificate_no=unit.certificate_no,
        parent_code=unit.parent.code if unit.parent_id else "",
    )


def facts_of(application: Application, today: date | None = None) -> Facts:
    """One application as a frozen dataclass; eight queries however many rows it has."""
    spec = application.call_version.spec
    sections = {row.key: row.data for row in application.sections.all()}
    form = asked_form(spec, application.task.code, sections)  # sections that are not asked count for nothing
    types = {section.type for section in form.sections}
    lines = list(application.budget_lines.all()) if "budget" in types else []
    pledge = next((row for row in application.pledges.all() if row.withdrawn_at is None), None)
    return Facts(
        task=spec.tasks[application.task.code],
        form=form,
        unit=unit_facts(application.unit),
        today=today or clock.today(),
        title=application.title,
        partners=tuple(
            PartnerFacts(name=row.name, code=row.code, type=row.type, country=row.country or "CN", duty=row.duty)
            for row in application.partners.all()
            if "partners" in types
        ),
        team=tuple(_member(row) for row in application.members.all() if "team" in types),
        sources=tuple(SourceFacts(row.code, row.year, _money(row)) for row in lines if row.kind == "source"),
        items=tuple(ItemFacts(row.code, _money(row)) for row in lines if row.kind == "item"),
        commitments={
            row.indicator_code: CommitmentFacts(promise=row.promise, proof=row.proof, note=row.note)
            for row in application.commitments.all()
        },
        attachments=tuple(
            AttachmentFacts(row.kind, row.name, row.size, row.content_type)
            for row in application.attachments.all()
            if row.removed_at is None
        ),
        sections={section.key: sections[section.key] for section in form.sections if section.key in sections},
        pledge_agreed=pledge is not None,
        pledge_signer=pledge.signer if pledge else "",
        others=_others(application),
        recommender=application.department.code if application.department_id else "",
    )


def list_facts(recommendation_list, applications) -> ListFacts:
    """One department's list; `applications` are those on it, with their children prefetched."""
    return ListFacts(
        recommender=recommendation_list.department.code,
        applications=tuple(facts_of(application) for application in applications),
        letter_no=recommendation_list.letter_no,
        has_scan=bool(recommendation_list.scan),
        pledge_agreed=bool(recommendation_list.pledge_text),
    )


def _money(line) -> Decimal:
    return Decimal(line.amount) / 100


def _member(row) -> MemberFacts:
    return MemberFacts(
        name=row.name,
        is_leader=row.is_leader,
        birth_date=row.birth_date,
        title=row.title,
        degree=row.degree,
        employer=row.employer,
        duty=row.duty,
        months=None if row.months is None else Decimal(row.months),
    )


def _others(application) -> tuple[OtherFacts, ...]:
    """Where else in this call the lead takes part, as lead or as partner of somebody."""
    code = application.unit.code
    found = (
        Application.objects.filter(Q(unit_id=application.unit_id) | Q(partners__code=code), call_id=application.call_id)
        .exclude(pk=application.pk)
        .exclude(state__in=[State.DRAFT, State.WITHDRAWN])
        .values_list("task__code", "unit_id", "number")
        .distinct()
    )
    return tuple(
        OtherFacts(task, "lead" if unit_id == application.unit_id else "partner", number or "")
        for task, unit_id, number in found
    )
