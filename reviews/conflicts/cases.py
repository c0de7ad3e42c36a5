"""What the grounds look at of each application: its organisations, its people, how they are reached, whom it names.

Rows (`Partner`, `Member`) or the frozen version? Experts read the frozen version, but ID numbers are masked in it.
Rows are rebuilt from what is typed, and outside of `EDITABLE` states nobody types: there they say what the version
says, with keys of the ID numbers. While a supplement or a returned application is being written both count, the frozen
people and those who are coming in, so that nobody is invited who must leave next week. What the applicant says of unfit
experts, and the phones and mails of the unit's section, are taken from the frozen version only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F
from django.db.models.fields.json import KeyTransform

from applications import persons
from applications.models import Application, Partner, Version
from applications.states import EDITABLE
from programmes.models import Call
from programmes.review_spec import RecusalSpec
from programmes.spec import CallSpec
from reviews.conflicts.people import Person, bare_name
from reviews.conflicts.register import Identity, Register
from reviews.conflicts.rows import People
from reviews.conflicts.ways import mails_in, phones_in

LEAD, PARTNER = "牵头单位", "联合单位"


@dataclass(frozen=True)
class Party:
    """An organisation in an application. `source`: where it stands, for the officer."""

    role: str
    name: str
    identity: Identity
    source: str


@dataclass(frozen=True)
class Contact:
    """A phone or mail address in an application."""

    value: str
    words: str
    source: str


@dataclass(frozen=True)
class Named:
    """Somebody whom the applicant holds unfit to review (N30), with a reason."""

    name: str
    house: Identity
    employer: str
    reason: str
    source: str


@dataclass
class Case:
    """One application as the grounds see it. `world`: real, demo or one rehearsal; these know nothing of each other.

    `unit`: key of the lead's row; `is_fictitious`: it is made up, like whatever is named beside it. `replaced`: key of
    the frozen version, while somebody writes what shall take its place.
    """

    pk: int
    unit: int
    call: int
    task: int
    field: int
    world: tuple
    region: str
    rules: RecusalSpec
    is_fictitious: bool = False
    replaced: int | None = None
    parties: list[Party] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)


def world_of(is_rehearsal: bool, is_demo: bool, call: int) -> tuple:
    return ("rehearsal", call) if is_rehearsal else ("demo",) if is_demo else ("real",)


COLUMNS = {
    "call_id": F("call_id"), "task_id": F("task_id"), "field": F("task__field_id"), "state": F("state"),
    "version_id": F("version_id"), "rehearsal": F("call__is_rehearsal"), "demo": F("call__is_demo"),
    "unit_id": F("unit_id"), "code": F("unit__code"), "unit_name": F("unit__name"), "region": F("unit__region"),
    "made_up": F("unit__is_fictitious"), "legal": F("unit__legal_person"), "contact": F("unit__contact_name"),
    "phone": F("unit__contact_phone"),
}  # fmt: skip


def read_cases(applications: Iterable[Application], register: Register) -> dict[int, Case]:
    """The cases of these applications by key, without their people (`add_people`), in at most three queries.

    An application that comes with its call is not asked for the call's rules again: those of the review are frozen.
    """
    applications = list(applications)
    specs = _specs(applications)
    places = _places(specs)
    asked = {f"x_{name}": path for name, path in COLUMNS.items()}
    asked |= {f"x_{name}": KeyTransform(key, _SECTIONS) for name, key in places.items()}
    wanted = Application.objects.filter(pk__in=[row.pk for row in applications]).order_by("pk")
    cases = {}
    for found in wanted.values("pk", **asked):
        row = {name.removeprefix("x_"): value for name, value in found.items()}
        spec = specs[row["call_id"]]
        case = cases[row["pk"]] = _case(row, spec.review.recusal, register)
        _add_frozen(case, {key: row[name] for name, key in places.items()}, _unit_key(spec), register)
    partners = Partner.objects.filter(application__in=cases).order_by("application_id", "order")
    for pk, order, code, name in partners.values_list("application_id", "order", "code", "name"):
        add_partner(cases[pk], order, code, name, register)
    return cases


_SECTIONS = KeyTransform("sections", "version__content")


def _specs(applications: list[Application]) -> dict[int, CallSpec]:
    """The rules of the calls, by key; one query where an application came without its call."""
    at_hand = {row.call_id: row.call for row in applications if Application.call.is_cached(row)}
    specs = {pk: call.spec for pk, call in at_hand.items() if Call.current_version.is_cached(call)}
    missing = {row.call_id for row in applications} - specs.keys()
    if not missing:
        return specs
    others = Call.objects.filter(pk__in=missing)
    others = others.select_related("current_version").defer("current_version__document")
    return specs | {call.pk: call.spec for call in others}


def _unit_key(spec: CallSpec) -> str:
    return getattr(spec.form.of_type("unit"), "key", "")


def _places(specs: dict[int, CallSpec]) -> dict[str, str]:
    """The sections of the frozen versions that are read: the unit's and the table of named people, nothing else."""
    keys = {key for spec in specs.values() for key in (_unit_key(spec), spec.review.recusal.named_in)} - {""}
    return {f"section{place}": key for place, key in enumerate(sorted(keys))}


def _case(row: dict, rules: RecusalSpec, register: Register) -> Case:
    house = register.identity(row["code"], row["unit_name"])
    case = Case(
        row["pk"], row["unit_id"], row["call_id"], row["task_id"], row["field"],
        world_of(row["rehearsal"], row["demo"], row["call_id"]), row["region"], rules,
        row["made_up"], row["version_id"] if row["state"] in EDITABLE else None,
    )  # fmt: skip
    case.parties.append(Party(LEAD, row["unit_name"], house, "申报书牵头单位"))
    for words, name in (("法定代表人", row["legal"]), ("联系人", row["contact"])):
        if name := bare_name(name):
            case.people.append(Person(name, ("", ""), (house,), f"牵头单位{words}", "单位注册信息"))
    for value in phones_in(row["phone"]):
        case.contacts.append(Contact(value, "牵头单位联系手机", "单位注册信息"))
    return case


def add_people(cases: dict[int, Case], people: People, register: Register) -> None:
    """The members of the teams, and how everybody who files for the lead is reached; those of the frozen version count
    beside the rows while people change what was filed. A query only for these."""
    for row in people.members:
        if case := cases.get(row.application):
            add_member(case, row.order, row.name, row.employer, row.person_key, row.name_key, register)
    by_unit = defaultdict(list)
    for case in cases.values():
        by_unit[case.unit].append(case)
    for account in people.accounts:
        for case in by_unit.get(account.unit, ()):
            source = (f"申报单位账号{account.name}", "申报单位账号")
            case.contacts += [Contact(value, *source) for value in account.ways]
    _add_replaced(cases, register)


def add_partner(case: Case, order: int, code: str, name: str, register: Register, note: str = "") -> None:
    source = f"申报书联合单位第 {order + 1} 行{note}"
    case.parties.append(Party(PARTNER, name or code, register.identity(code, name, case.is_fictitious), source))


def add_member(
    case: Case, order: int, name: str, employer: str, person_key: str, name_key: str, register: Register, note: str = ""
) -> None:
    """A member who names no employer works for the lead."""
    own = case.parties[0].identity
    house = register.identity("", employer, case.is_fictitious) if employer.strip() else own
    source = f"申报书团队成员第 {order + 1} 行{note}"
    words = f"团队成员“{name.strip()}”"
    case.people.append(Person(bare_name(name), (person_key, name_key), (house,), words, source, in_team=True))
    known = any(house.names & party.identity.names or house.codes & party.identity.codes for party in case.parties)
    if employer.strip() and not known:
        case.parties.append(Party(f"成员{name.strip()}的工作单位", employer.strip(), house, source))


def _add_frozen(case: Case, sections: dict, unit_key: str, register: Register) -> None:
    for key, data in sections.items():
        data = data if isinstance(data, dict) else {}
        if key == unit_key:
            _add_contacts(case, data)
        if key == case.rules.named_in:
            case.named += _named(case, data, register)


def _add_contacts(case: Case, data: dict) -> None:
    for text in data.values():
        for value in phones_in(str(text)) | mails_in(str(text)):
            case.contacts.append(Contact(value, "申报书填写的联系方式", "申报书单位信息"))


def _named(case: Case, data: dict, register: Register) -> list[Named]:
    """The first people of the table, as many as the call takes. One without a reason does not count, and takes a place
    all the same."""
    rows = data.get("rows") if isinstance(data.get("rows"), list) else []
    filled = [
        (place, {key: str(row.get(key) or "").strip() for key in ("name", "employer", "reason")})
        for place, row in enumerate(rows)
        if isinstance(row, dict) and str(row.get("name") or "").strip()
    ]
    return [
        Named(
            bare_name(row["name"]), register.identity("", row["employer"], case.is_fictitious), row["employer"],
            row["reason"], f"申报书“建议回避”第 {place + 1} 行",
        )
        for place, row in filled[: case.rules.named_at_most]
        if row["reason"]
    ]  # fmt: skip


def _add_replaced(cases: dict[int, Case], register: Register) -> None:
    editing = {case.replaced: case for case in cases.values() if case.replaced}
    if not editing:
        return
    for version in Version.objects.filter(pk__in=editing):
        case, note = editing[version.pk], f"（第 {version.number} 版）"
        types = {item["key"]: item["type"] for item in version.content.get("form", ())}
        for key, data in version.content.get("sections", {}).items():
            for order, row in enumerate(data.get("rows") or () if types.get(key) in ("partners", "team") else ()):
                name = str(row.get("name") or "")
                if types[key] == "partners":
                    add_partner(case, order, str(row.get("code") or ""), name, register, note)
                elif name.strip():
                    keys = persons.keys_of(name, _day(row.get("birth_date")), "")
                    add_member(case, order, name, str(row.get("employer") or ""), *keys, register, note)


def _day(text) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
