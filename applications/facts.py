"""What requirements may look at, built from an application's live rows (DESIGN §3)."""

from datetime import date
from decimal import Decimal

from applications import elsewhere
from applications.models import Application
from jbgs.lib import clock
from programmes import requirements
from programmes.answers import asked_form
from programmes.facts import (
    AttachmentFacts,
    CommitmentFacts,
    Facts,
    ItemFacts,
    ListFacts,
    MemberFacts,
    PartnerFacts,
    PledgeFacts,
    SourceFacts,
    UnitFacts,
    date_of,
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
        legal_person=unit.legal_person,
    )


def facts_of(application: Application, today: date | None = None, *, needs: frozenset[str] | None = None) -> Facts:
    """One application as a frozen dataclass; seven queries however many rows it has, and those of its rules' `needs`.

    `needs`: what to read besides the application itself (applications.elsewhere); by default what its rules look at.
    """
    spec = application.call_version.spec
    today = today or clock.today()
    if needs is None:
        needs = requirements.needs(spec.requirements_of(application.task.code))
    sections = {row.key: row.data for row in application.sections.all()}
    form = asked_form(spec, application.task.code, sections)  # sections that are not asked count for nothing
    types = {section.type for section in form.sections}
    lines = _as_typed(application.budget_lines.all()) if "budget" in types else []
    pledges = [row for row in _as_typed(application.pledges.all()) if row.withdrawn_at is None]
    unsigned = {section.key for section in form.sections if section.type == "pledge"} - {row.section for row in pledges}
    term = sections.get(getattr(form.of_type("project"), "key", "")) or {}
    partners = list(application.partners.all()) if "partners" in types else []
    members = list(application.members.all()) if "team" in types else []
    regions = elsewhere.regions_of(row.code for row in partners) if "regions" in needs else {}
    return Facts(
        task=spec.tasks[application.task.code],
        form=form,
        unit=unit_facts(application.unit),
        today=today,
        title=application.title,
        partners=tuple(
            PartnerFacts(
                name=row.name,
                code=row.code,
                type=row.type,
                country=row.country or "CN",
                region=regions.get(row.code, ""),
                duty=row.duty,
            )
            for row in partners
        ),
        team=tuple(_member(row) for row in members),
        sources=tuple(SourceFacts(row.code, row.year, _money(row)) for row in lines if row.kind == "source"),
        items=tuple(ItemFacts(row.code, _money(row)) for row in lines if row.kind == "item"),
        commitments={
            row.indicator_code: CommitmentFacts(promise=row.promise, proof=row.proof, note=row.note)
            for row in _as_typed(application.commitments.all())
        },
        attachments=tuple(
            AttachmentFacts(row.kind, row.name, row.size, row.content_type)
            for row in application.attachments.all()
            if row.removed_at is None
        ),
        sections={section.key: sections[section.key] for section in form.sections if section.key in sections},
        pledge_agreed=bool(pledges) and not unsigned,
        pledge_signer="、".join(row.signer for row in pledges),
        pledges=tuple(PledgeFacts(row.section, row.role, row.signer) for row in pledges),
        part=application.part,
        starts_on=date_of(term.get("starts_on")),
        ends_on=date_of(term.get("ends_on")),
        call=application.call.slug,
        programme=application.call.programme.slug if "others" in needs or "bans" in needs else "",
        year=application.call.year,
        **elsewhere.facts(application, needs, today, partners, members),
        recommender=application.department.code if application.department_id else "",
    )


def list_facts(recommendation_list, applications) -> ListFacts:
    """One department's list; `applications` are those on it, with their children prefetched."""
    return ListFacts(
        recommender=recommendation_list.department.code,
        applications=tuple(facts_of(application, needs=frozenset()) for application in applications),
        letter_no=recommendation_list.letter_no,
        has_scan=bool(recommendation_list.scan),
        pledge_agreed=bool(recommendation_list.pledge_text),
    )


def _money(line) -> Decimal:
    return Decimal(line.amount) / 100


def _as_typed(rows) -> list:
    """Rows in the order in which they were written: the database may give them in any."""
    return sorted(rows, key=lambda row: row.pk)


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
