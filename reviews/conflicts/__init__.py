"""Who must not look at what (回避): computed grounds, what people said, and what two people found harmless.

register, people, ways   when two organisations, or two persons, are one; how they are reached
cases, judges, past   what is read of applications, of experts, of what experts filed themselves
rows   the people whom several of these look at, read once
grounds   one small function for each ground, and `Hit`
officers   the same for officers and supervisors

The number of queries does not depend on how many applications and experts are looked at.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from applications.models import Application, Partner
from jbgs.lib import clock
from reviews.conflicts.cases import add_people, read_cases
from reviews.conflicts.grounds import GROUNDS, Hit, Table, years_before
from reviews.conflicts.judges import read_judges
from reviews.conflicts.officers import officer_hits
from reviews.conflicts.past import read_past
from reviews.conflicts.register import Register
from reviews.conflicts.rows import read_people
from reviews.models import SAID, Clearance, Expert, Recusal, RecusalKind

__all__ = ["Conflict", "Hit", "find", "hits", "officer_hits", "partner_names", "uncleared"]

Pair = tuple[int, int]
_ORDER = {kind: place for place, kind in enumerate(RecusalKind.values)}


@dataclass(frozen=True)
class Conflict:
    """Why an expert and an application are kept apart now. `kind` is a `RecusalKind` code."""

    kind: str
    sentence: str
    source: str = ""


def hits(
    applications: Iterable[Application], experts: Iterable[Expert], *, on: date | None = None
) -> dict[Pair, tuple[Hit, ...]]:
    """The computed grounds between these, by (expert pk, application pk); the surest first.

    `on`: the day from which years are counted back and jobs, relations looked at; today if left out.
    """
    on = on or clock.today()
    register = Register()
    judges = read_judges(experts, register, on)
    cases = read_cases(applications, register) if judges else {}
    if not cases:
        return {}
    since = years_before(on, max(case.rules.years for case in cases.values()))
    units, calls = ({getattr(case, name) for case in cases.values()} for name in ("unit", "call"))
    people = read_people(cases, units, judges, calls, since)
    add_people(cases, people, register)
    table = Table(judges, cases, read_past(judges, cases, people, register), on)
    found: dict[Pair, dict[tuple[str, str], Hit]] = defaultdict(dict)
    for ground in GROUNDS:
        for expert, application, hit in ground(table):
            found[expert, application].setdefault((hit.kind, hit.sentence), hit)
    return {pair: _sorted(list(of_pair.values())) for pair, of_pair in found.items()}


def _sorted(found: list[Hit]) -> tuple[Hit, ...]:
    """The surest first; beside what nobody may clear a weaker sign of its kind is left out. Beside what may be cleared
    it stays, or clearing the one would hide the other."""
    sure = {hit.kind for hit in found if hit.is_final}
    kept = [hit for hit in found if hit.certain or hit.kind not in sure]
    return tuple(sorted(kept, key=lambda hit: (not hit.is_final, not hit.certain, _ORDER[hit.kind], hit.sentence)))


def uncleared(found: Iterable[Hit], rulings: Iterable[Clearance]) -> list[Hit]:
    """The grounds that these approved clearances leave: whatever two officers did not see when they ruled, be it of a
    kind that they cleared, and what nobody may clear."""
    seen = {(hit["kind"], hit["sentence"]) for row in rulings for hit in row.hits if hit["kind"] in row.kinds}
    return [hit for hit in found if hit.is_final or (hit.kind, hit.sentence) not in seen]


def find(applications: Iterable[Application], experts: Iterable[Expert]) -> dict[Pair, Conflict]:
    """What blocks now, by (expert pk, application pk).

    What a person said (declared by the expert, ordered by an officer) wins with the words of that person; else the
    first computed ground that no approved clearance covers.
    """
    applications, experts = list(applications), list(experts)
    pairs = {"expert__in": experts, "application__in": applications}
    computed = hits(applications, experts)
    cleared: dict[Pair, list[Clearance]] = defaultdict(list)
    for row in Clearance.objects.filter(**pairs, state=Clearance.State.APPROVED) if computed else ():
        cleared[row.expert_id, row.application_id].append(row)
    found = {}
    for pair, grounds in computed.items():
        if left := uncleared(grounds, cleared.get(pair, ())):
            found[pair] = Conflict(left[0].kind, left[0].sentence, left[0].source)
    for row in Recusal.objects.filter(**pairs, kind__in=SAID):
        sentence = f"{row.get_kind_display()}：{row.reason}"
        found[row.expert_id, row.application_id] = Conflict(row.kind, sentence, row.source)
    return found


def partner_names(applications: Iterable[Application]) -> dict[int, list[str]]:
    """Names of the partners by application pk, in their order; one query."""
    names: dict[int, list[str]] = {}
    for partner in Partner.objects.filter(application__in=list(applications)).order_by("application_id", "order"):
        names.setdefault(partner.application_id, []).append(partner.name)
    return names
