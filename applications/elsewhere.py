"""What an application's units and people do elsewhere in this installation, in a constant number of queries.

One query finds the related units, one the joint units, one the people, one the applications that any of these lead to,
one the bans; each only where a rule of the call looks at it. A rehearsal sees nothing but itself: its people and units
are fictitious, and those of another rehearsal may be the same ones.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from accounts.models import Unit
from applications import persons
from applications.models import Application, Ban, Member, Partner
from applications.states import State
from jbgs.lib.regions import suggest_region
from programmes.facts import BanFacts, OtherFacts, RelatedFacts

NOT_FILED = (State.DRAFT, State.WITHDRAWN)
STANDING = {
    State.SHORTLISTED: "ongoing",
    State.IN_PROGRESS: "ongoing",
    State.IN_EVALUATION: "ongoing",
    State.WON: "won",
    State.NOT_RECOMMENDED: "ended",
    State.REJECTED: "ended",
    State.NOT_SHORTLISTED: "ended",
    State.NOT_WON: "ended",
    State.TERMINATED: "ended",
    State.REVOKED: "ended",
}
"""What has become of an application, in the words of programmes.words.STANDINGS; all else is pending."""


def facts(application: Application, needs: Iterable[str], today: date, partners, members) -> dict:
    """The entries of `Facts` that these needs ask for: others, related, bans.

    `partners`, `members`: the rows of the application, which the caller has read.
    """
    found, needs = {}, frozenset(needs)
    if "related" in needs:
        found["related"] = related_units(application.unit)
    if "others" in needs:
        found["others"] = _others(application, partners, members, found.get("related", ()))
    if "bans" in needs:
        found["bans"] = _bans(application, partners, members, today)
    return found


def related_units(unit: Unit) -> tuple[RelatedFacts, ...]:
    """The registered units above, below and beside it, and those whose legal representative has the same name."""
    near = Q(parent_id=unit.pk)
    if unit.parent_id:
        near |= Q(pk=unit.parent_id) | Q(parent_id=unit.parent_id)
    if unit.legal_person.strip():
        near |= Q(legal_person=unit.legal_person)
    rows = Unit.objects.filter(near, is_fictitious=unit.is_fictitious).exclude(pk=unit.pk)
    return tuple(RelatedFacts(row.code, row.name, _how(row, unit)) for row in rows.order_by("code"))


def regions_of(codes: Iterable[str]) -> dict[str, str]:
    """Credit code → region: as registered here, else as the code itself suggests."""
    codes = {code for code in codes if code}
    if not codes:
        return {}
    known = dict(Unit.objects.filter(code__in=codes).values_list("code", "region"))
    suggested = {code: suggest_region(code[2:8]) for code in codes - known.keys()}
    return known | {code: region.code for code, region in suggested.items() if region}


def _how(row: Unit, unit: Unit) -> str:
    if row.parent_id == unit.pk:
        return "child"
    if unit.parent_id and row.pk == unit.parent_id:
        return "parent"
    return "sibling" if unit.parent_id and row.parent_id == unit.parent_id else "legal_person"


def _within(application: Application, prefix: str = "") -> Q:
    """Submitted applications of the same world: the same rehearsal, or all calls that are real (or all demo ones)."""
    call = application.call
    if call.is_rehearsal:
        world = Q(**{f"{prefix}call_id": application.call_id})
    else:
        world = Q(**{f"{prefix}call__is_rehearsal": False, f"{prefix}call__is_demo": call.is_demo})
    return world & ~Q(**{f"{prefix}state__in": NOT_FILED})


def _others(application: Application, partners, members, related) -> tuple[OtherFacts, ...]:
    own_code = application.unit.code
    codes = {own_code} | {row.code for row in partners if row.code}
    joint = defaultdict(dict)
    joined = Partner.objects.filter(_within(application, "application__"), code__in=codes)
    for pk, code in joined.exclude(application_id=application.pk).values_list("application_id", "code"):
        joint[pk][code] = "partner"
    people = _people(application, members)
    leads = codes | {one.code for one in related}
    rows = (
        Application.objects.filter(_within(application), Q(unit__code__in=leads) | Q(pk__in=[*joint, *people]))
        .exclude(pk=application.pk)
        .select_related("call__programme", "task", "unit")
        .only(
            "number", "title", "state", "publicity_id", "task__code", "task__category", "call__slug", "call__year",
            "call__programme__slug", "unit__code", "unit__name",
        )
        .order_by("pk")
    )  # fmt: skip
    return tuple(_other(row, own_code, codes, joint[row.pk], people.get(row.pk, {})) for row in rows)


def _other(row: Application, own_code: str, codes: set[str], joint: dict, people: dict) -> OtherFacts:
    units = joint | ({row.unit.code: "lead"} if row.unit.code in codes else {})
    return OtherFacts(
        task=row.task.code,
        role=units.get(own_code, ""),
        number=row.number or "",
        call=row.call.slug,
        programme=row.call.programme.slug,
        year=row.call.year,
        category=row.task.category,
        title=row.title,
        # As its own applicant may see it: a proposal that is not public is not told by a rule of somebody else.
        standing=STANDING.get(row.applicant_state, "pending"),
        unit_code=row.unit.code,
        unit_name=row.unit.name,
        units=units,
        people=people,
    )


def _people(application: Application, members) -> dict[int, dict[int, bool]]:
    """Application → {place in our team: whether that person leads there}, for every member of our team."""
    team = [(row.person_key, row.name_key) for row in members]
    by_key, by_name = {keys[0] for keys in team if keys[0]}, {keys[1] for keys in team if keys[1]}
    if not by_key:
        return {}
    rows = (
        Member.objects.filter(_within(application, "application__"))
        .filter(Q(person_key__in=by_key) | Q(name_key__in=by_name))
        .exclude(application_id=application.pk)
        .values_list("application_id", "person_key", "name_key", "is_leader")
    )
    found: dict[int, dict[int, bool]] = defaultdict(dict)
    for pk, person_key, name_key, is_leader in rows:
        for position, keys in enumerate(team):
            if persons.same(keys, (person_key, name_key)):
                found[pk][position] = found[pk].get(position, False) or is_leader
    return found


def _bans(application: Application, partners, members, today: date) -> tuple[BanFacts, ...]:
    codes = {application.unit.code} | {row.code for row in partners if row.code}
    team = [(row.person_key, row.name_key) for row in members]
    by_key, by_name = {keys[0] for keys in team if keys[0]}, {keys[1] for keys in team if keys[1]}
    whom = Q(unit__code__in=codes)
    if by_key:
        whom |= Q(person_key__in=by_key) | Q(name_key__in=by_name)
    rows = (
        Ban.objects.filter(whom, starts_on__lte=today)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
        .filter(Q(programme__isnull=True) | Q(programme_id=application.call.programme_id))
        .select_related("unit", "programme")
        .order_by("pk")
    )
    found = []
    for row in rows:
        where = {"programme": row.programme.slug if row.programme_id else "", "ends_on": row.ends_on}
        if row.unit_id:
            found.append(BanFacts(row.kind, row.unit.name, code=row.unit.code, reason=row.reason, **where))
            continue
        for position, keys in enumerate(team):
            if persons.same(keys, (row.person_key, row.name_key)):
                found.append(BanFacts(row.kind, row.person_name, position=position, reason=row.reason, **where))
    return tuple(found)
