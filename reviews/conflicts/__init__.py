"""Who must not look at what (回避): the same unit as the lead or a partner, and what was declared or decided.

Two organisations count as one when they share a credit code, a present or former name, or a superior unit (or one is
the superior of the other). Names are compared without spaces and punctuation. Constant number of queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Unit
from accounts.queries import comparable_name
from applications.models import Application, Partner
from reviews.models import SAID, Clearance, Expert, Recusal, RecusalKind


@dataclass(frozen=True)
class Conflict:
    """Why an expert and an application are kept apart now. `kind` is a `RecusalKind` code."""

    kind: str
    sentence: str
    source: str = ""


@dataclass(frozen=True)
class Hit:
    """One computed ground: its sentence for the officer, from where it is known, and whether that leaves no doubt."""

    kind: str
    sentence: str
    source: str
    certain: bool


@dataclass(frozen=True)
class Identity:
    """What an organisation is known by: keys of its own, and of its superior unit."""

    own: frozenset[str]
    superior: frozenset[str]

    def relation(self, other: "Identity") -> str:
        """ "same", "related" (one superior, or one above the other) or ""."""
        if self.own & other.own:
            return "same"
        return "related" if (self.own | self.superior) & (other.own | other.superior) else ""


class Register:
    """The registered units that a set of codes and names may mean, with aliases and superiors; read once."""

    def __init__(self, codes: Iterable[str], names: Iterable[str]):
        wanted = Q(code__in={code for code in codes if code})
        typed = {name for name in names if name}
        wanted |= Q(name__in=typed) | Q(names__name__in=typed)
        units = Unit.objects.filter(wanted).distinct().select_related("parent").prefetch_related("names")
        units = units.prefetch_related("parent__names")
        self.by_key: dict[str, Unit] = {}
        for unit in units:
            for key in _keys_of(unit):
                self.by_key.setdefault(key, unit)

    def identity(self, code: str, name: str) -> Identity:
        """The identity of an organisation as somebody typed it, widened by what the register knows."""
        own = {key for key in (code.strip().upper(), comparable_name(name)) if key}
        superior: set[str] = set()
        for unit in {unit.pk: unit for key in own if (unit := self.by_key.get(key))}.values():
            own |= _keys_of(unit)
            if unit.parent:
                superior |= _keys_of(unit.parent)
        return Identity(frozenset(own), frozenset(superior))


def _keys_of(unit: Unit) -> set[str]:
    names = {unit.name, *(row.name for row in unit.names.all())}
    return {unit.code.upper(), *(comparable_name(name) for name in names)} - {""}


def hits(
    applications: Iterable[Application], experts: Iterable[Expert], *, on: date | None = None
) -> dict[tuple[int, int], tuple[Hit, ...]]:
    """The computed grounds between these, by (expert pk, application pk). Applications come with their `unit`."""
    applications, experts = list(applications), list(experts)
    parties = _parties(applications)
    typed = [party for rows in parties.values() for party in rows]
    typed += [("", expert.unit_code, expert.unit_name) for expert in experts]
    register = Register((code for _, code, _ in typed), (name for _, _, name in typed))
    identities = {
        pk: [(role, name, register.identity(code, name)) for role, code, name in rows] for pk, rows in parties.items()
    }
    found = {}
    for expert in experts:
        own = register.identity(expert.unit_code, expert.unit_name)
        for application in applications:
            if hit := _same_unit(own, identities[application.pk]):
                found[expert.pk, application.pk] = (hit,)
    return found


def find(applications: Iterable[Application], experts: Iterable[Expert]) -> dict[tuple[int, int], Conflict]:
    """What blocks now, by (expert pk, application pk): what people said, else the first ground that nobody cleared."""
    applications, experts = list(applications), list(experts)
    pairs = {"expert__in": experts, "application__in": applications}
    approved = Clearance.objects.filter(**pairs, state=Clearance.State.APPROVED)
    cleared = {(row.expert_id, row.application_id): row.kinds for row in approved}
    found = {}
    for pair, grounds in hits(applications, experts).items():
        if hit := next((hit for hit in grounds if hit.kind not in cleared.get(pair, ())), None):
            found[pair] = Conflict(hit.kind, hit.sentence, hit.source)
    for row in Recusal.objects.filter(**pairs, kind__in=SAID):
        sentence = f"{row.get_kind_display()}：{row.reason}"
        found[row.expert_id, row.application_id] = Conflict(row.kind, sentence, row.source)
    return found


def _parties(applications: list[Application]) -> dict[int, list[tuple[str, str, str]]]:
    """Lead and partners of each application as (role, code, name)."""
    parties = {
        application.pk: [("牵头单位", application.unit.code, application.unit.name)] for application in applications
    }
    rows = Partner.objects.filter(application__in=applications)
    for partner in rows:
        parties[partner.application_id].append(("联合单位", partner.code, partner.name))
    return parties


def _same_unit(own: Identity, parties) -> Hit | None:
    for role, name, identity in parties:
        relation = own.relation(identity)
        if relation == "same":
            return Hit(RecusalKind.SAME_UNIT, f"工作单位与{role}“{name}”相同。", f"申报书{role}", certain=True)
        if relation:
            sentence = f"工作单位与{role}“{name}”有隶属关系，或者上级单位相同。"
            return Hit(RecusalKind.RELATED_UNIT, sentence, "单位库登记的上级单位", certain=False)
    return None


def partner_names(applications: Iterable[Application]) -> dict[int, list[str]]:
    """Names of the partners by application pk, in their order; one query."""
    names: dict[int, list[str]] = {}
    for partner in Partner.objects.filter(application__in=list(applications)).order_by("application_id", "order"):
        names.setdefault(partner.application_id, []).append(partner.name)
    return names
