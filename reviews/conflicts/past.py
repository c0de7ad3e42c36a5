"""What experts filed themselves in this installation: as members of a team, or as the applicant's contact."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q, Value
from django.db.models.functions import Lower, Replace

from applications.elsewhere import NOT_FILED
from applications.models import Application, Member, Partner
from jbgs.lib import clock
from reviews.conflicts.cases import world_of
from reviews.conflicts.judges import Judge
from reviews.conflicts.people import Person, bare_name, same_person
from reviews.conflicts.register import Identity, Register

_ODD = "[\uff01-\uff5e]|(教授|研究员|院士|老师|先生|女士|博士|工程师|高工|主任|所长)$"
"""Names that the database cannot compare as people do: full-width letters, a title behind the name. They are few."""
_GAPS = (" ", "\u3000", "\t", "·", "•", "．", ".")


@dataclass
class Filed:
    """An application in which an expert had a part. `houses`: (identity, name) of lead, partners and their people."""

    pk: int
    call: int
    task: int
    field: int
    world: tuple
    number: str
    filed_on: date
    houses: list[tuple[Identity, str]] = field(default_factory=list)
    team: list[Person] = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """An expert's part in one of them, in words: 团队成员 or 联系人."""

    filed: Filed
    words: str


def read_past(judges: dict[int, Judge], calls: Iterable[int], since: date, register: Register) -> dict[int, list[Part]]:
    """What each expert had a part in: all filed since then, and in these calls at any time; five queries."""
    within = Q(application__submitted_at__date__gte=since) | Q(application__call__in=list(calls))
    mine = _memberships(judges, within, register)
    contacts = _as_contact(judges, calls)
    filed = _applications({pk for _, pk in mine} | {pk for _, pk in contacts}, register)
    parts: dict[int, list[Part]] = defaultdict(list)
    for places, words in ((mine, "团队成员"), (contacts, "联系人")):
        for expert, application in sorted(places):
            parts[expert].append(Part(filed[application], words))
    return parts


def _memberships(judges: dict[int, Judge], within: Q, register: Register) -> set[tuple[int, int]]:
    """(expert, application) wherever the expert is in a team."""
    by_token = defaultdict(list)
    for judge in judges.values():
        for token in judge.person.tokens:
            by_token[token].append(judge)
    keys = {key for judge in judges.values() for key in judge.person.keys if key}
    bare = F("name")
    for gap in _GAPS:
        bare = Replace(bare, Value(gap), Value(""))
    names = [judge.person.name for judge in judges.values()]
    rows = Member.objects.alias(bare=Lower(bare)).filter(within).exclude(application__state__in=NOT_FILED)
    rows = rows.filter(Q(person_key__in=keys) | Q(name_key__in=keys) | Q(bare__in=names) | Q(bare__regex=_ODD))
    columns = ("application_id", "name", "employer", "person_key", "name_key")
    found = set()
    units = ("application__unit__code", "application__unit__name")
    for pk, name, employer, person_key, name_key, code, unit in rows.values_list(*columns, *units):
        house = register.identity("", employer) if employer.strip() else register.identity(code, unit)
        member = Person(bare_name(name), (person_key, name_key), (house,))
        for judge in {judge.pk: judge for token in member.tokens for judge in by_token.get(token, ())}.values():
            if same_person(judge.person, member) is not None:
                found.add((judge.pk, pk))
    return found


def _as_contact(judges: dict[int, Judge], calls: Iterable[int]) -> set[tuple[int, int]]:
    """(expert, application) in these calls whose unit is reached by the expert's own phone or mail."""
    by_value = {value: judge.pk for judge in judges.values() for value in judge.phones | judge.mails}
    reached = Q(unit__contact_phone__in=by_value) | Q(unit__people__phone__in=by_value) | Q(mail__in=by_value)
    rows = Application.objects.alias(mail=Lower("unit__people__email")).filter(reached, call__in=list(calls))
    rows = rows.exclude(state__in=NOT_FILED).values_list(
        "pk", "unit__contact_phone", "unit__people__phone", "unit__people__email"
    )
    return {
        (by_value[value.lower()], pk) for pk, *values in rows for value in values if value and value.lower() in by_value
    }


def _applications(pks: set[int], register: Register) -> dict[int, Filed]:
    rows = Application.objects.filter(pk__in=pks).values_list(
        "pk", "call_id", "task_id", "task__field_id", "call__is_rehearsal", "call__is_demo", "number", "submitted_at",
        "unit__code", "unit__name",
    )  # fmt: skip
    filed = {}
    for pk, call, task, field_, rehearsal, demo, number, at, code, name in rows:
        day = clock.local(at).date() if at else date.min
        filed[pk] = Filed(pk, call, task, field_, world_of(rehearsal, demo, call), number or "", day)
        filed[pk].houses.append((register.identity(code, name), name))
    for pk, code, name in Partner.objects.filter(application__in=pks).values_list("application_id", "code", "name"):
        filed[pk].houses.append((register.identity(code, name), name or code))
    columns = ("application_id", "name", "employer", "person_key", "name_key")
    for pk, name, employer, *keys in Member.objects.filter(application__in=pks).values_list(*columns):
        house = register.identity("", employer) if employer.strip() else filed[pk].houses[0][0]
        filed[pk].team.append(Person(bare_name(name), tuple(keys), (house,), name.strip()))
    return filed
