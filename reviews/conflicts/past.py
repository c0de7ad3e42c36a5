"""What experts filed themselves in this installation: as members of a team, or as the applicant's contact."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from applications.elsewhere import NOT_FILED
from applications.models import Application, Member, Partner
from jbgs.lib import clock
from reviews.conflicts.cases import Case, world_of
from reviews.conflicts.judges import Judge
from reviews.conflicts.people import Person, bare_name, same_person
from reviews.conflicts.register import Identity, Register
from reviews.conflicts.rows import People


@dataclass
class Filed:
    """An application in which an expert had a part. `houses`: (identity, name) of lead, partners and their people.

    `filed_on`: None where nobody knows; it then counts as filed just now.
    """

    pk: int
    call: int
    task: int
    field: int
    world: tuple
    number: str
    filed_on: date | None
    houses: list[tuple[Identity, str]] = field(default_factory=list)
    team: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """An expert's part in one of them, in words: 团队成员 or 联系人."""

    filed: Filed
    words: str


def read_past(
    judges: dict[int, Judge], cases: dict[int, Case], people: People, register: Register
) -> dict[int, list[Part]]:
    """What each expert had a part in: as a member whenever `people` look back to, as a contact in the calls of these
    cases; at most four queries, none where there is nothing."""
    mine = _memberships(judges, people, register)
    contacts = _as_contact(judges, cases, people, register)
    filed = _applications({pk for _, pk in mine | contacts}, register) if mine or contacts else {}
    parts: dict[int, list[Part]] = defaultdict(list)
    for places, words in ((mine, "团队成员"), (contacts, "联系人")):
        for expert, application in sorted(places):
            parts[expert].append(Part(filed[application], words))
    return parts


def _memberships(judges: dict[int, Judge], people: People, register: Register) -> set[tuple[int, int]]:
    """(expert, application) wherever the expert is in a team."""
    by_token = defaultdict(set)
    for judge in judges.values():
        for token in judge.person.tokens:
            by_token[token].add(judge.pk)
    found = set()
    for row in people.members:
        name = bare_name(row.name)
        near = {pk for token in (row.person_key, row.name_key, f"w:{name}") for pk in by_token.get(token, ())}
        if near and row.state not in NOT_FILED:
            house = register.identity("" if row.employer.strip() else row.code, row.employer.strip() or row.unit,
                                      row.is_fictitious)  # fmt: skip
            member = Person(name, (row.person_key, row.name_key), (house,))
            found |= {(pk, row.application) for pk in near if same_person(judges[pk].person, member) is not None}
    return found


def _as_contact(
    judges: dict[int, Judge], cases: dict[int, Case], people: People, register: Register
) -> set[tuple[int, int]]:
    """(expert, application) in the calls of these cases whose unit is reached by the expert's own phone or mail."""
    by_way = defaultdict(set)
    for judge in judges.values():
        for way in judge.phones | judge.mails:
            by_way[way].add(judge.pk)
    by_unit = defaultdict(set)
    for row in people.accounts:
        for way in row.ways & by_way.keys():
            by_unit[row.unit] |= by_way[way]
    for way, experts in by_way.items():
        for unit in register.reached_by(way):
            by_unit[unit] |= experts
    if not by_unit:
        return set()
    rows = Application.objects.filter(unit__in=by_unit, call__in={case.call for case in cases.values()})
    rows = rows.exclude(state__in=NOT_FILED).values_list("pk", "unit_id")
    return {(expert, pk) for pk, unit in rows for expert in by_unit[unit]}


def _applications(pks: set[int], register: Register) -> dict[int, Filed]:
    rows = Application.objects.filter(pk__in=pks).values_list(
        "pk", "call_id", "task_id", "task__field_id", "call__is_rehearsal", "call__is_demo", "number", "submitted_at",
        "unit__code", "unit__name", "unit__is_fictitious",
    )  # fmt: skip
    filed, made_up = {}, {}
    for pk, call, task, field_, rehearsal, demo, number, at, code, name, made_up[pk] in rows:
        day = clock.local(at).date() if at else None
        filed[pk] = Filed(pk, call, task, field_, world_of(rehearsal, demo, call), number or "", day)
        filed[pk].houses.append((register.identity(code, name), name))
    for pk, code, name in Partner.objects.filter(application__in=pks).values_list("application_id", "code", "name"):
        filed[pk].houses.append((register.identity(code, name, made_up[pk]), name or code))
    columns = ("application_id", "name", "employer", "person_key", "name_key")
    for pk, name, employer, *keys in Member.objects.filter(application__in=pks).values_list(*columns):
        own = filed[pk].houses[0][0]
        house = register.identity("", employer, made_up[pk]) if employer.strip() else own
        filed[pk].team.append(Person(bare_name(name), tuple(keys), (house,), name.strip()))
    return filed
