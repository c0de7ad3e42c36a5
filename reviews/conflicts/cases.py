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

from accounts.models import User
from applications import persons
from applications.models import Application, Member, Partner, Version
from applications.states import EDITABLE
from programmes.models import Call
from programmes.review_spec import RecusalSpec
from reviews.conflicts.people import Person, bare_name, mails_in, phones_in
from reviews.conflicts.register import Identity, Register

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
    """One application as the grounds see it. `world`: real, demo or one rehearsal; these know nothing of each other."""

    pk: int
    call: int
    task: int
    field: int
    world: tuple
    region: str
    rules: RecusalSpec
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
    "legal": F("unit__legal_person"), "contact": F("unit__contact_name"), "phone": F("unit__contact_phone"),
}  # fmt: skip


def read_cases(applications: Iterable[Application], register: Register) -> dict[int, Case]:
    """The cases of these applications by key, in at most eight queries."""
    wanted = Application.objects.filter(pk__in=[row.pk for row in applications]).order_by("pk")
    rows = list(wanted.values("pk", **{f"x_{name}": path for name, path in COLUMNS.items()}))
    rows = [{name.removeprefix("x_"): value for name, value in row.items()} for row in rows]
    calls = Call.objects.filter(pk__in={row["call_id"] for row in rows}).select_related("current_version")
    specs = {call.pk: call.spec for call in calls.defer("current_version__document")}
    cases = {row["pk"]: _case(row, specs[row["call_id"]].review.recusal, register) for row in rows}
    _read_rows(cases, {row["pk"]: row for row in rows}, register)
    _read_accounts(cases, rows)
    _read_frozen(cases, rows, specs, register)
    _read_replaced(cases, rows, register)
    return cases


def _case(row: dict, rules: RecusalSpec, register: Register) -> Case:
    house = register.identity(row["code"], row["unit_name"])
    case = Case(
        row["pk"], row["call_id"], row["task_id"], row["field"],
        world_of(row["rehearsal"], row["demo"], row["call_id"]), row["region"], rules,
    )  # fmt: skip
    case.parties.append(Party(LEAD, row["unit_name"], house, "申报书牵头单位"))
    for words, name in (("法定代表人", row["legal"]), ("联系人", row["contact"])):
        if name := bare_name(name):
            case.people.append(Person(name, ("", ""), (house,), f"牵头单位{words}", "单位注册信息"))
    for value in phones_in(row["phone"]):
        case.contacts.append(Contact(value, "牵头单位联系手机", "单位注册信息"))
    return case


def _read_rows(cases: dict[int, Case], rows: dict[int, dict], register: Register) -> None:
    partners = Partner.objects.filter(application__in=cases).order_by("application_id", "order")
    for pk, order, code, name in partners.values_list("application_id", "order", "code", "name"):
        add_partner(cases[pk], order, code, name, register)
    members = Member.objects.filter(application__in=cases).order_by("application_id", "order")
    for pk, *member in members.values_list("application_id", "order", "name", "employer", "person_key", "name_key"):
        add_member(cases[pk], *member, register)


def add_partner(case: Case, order: int, code: str, name: str, register: Register, note: str = "") -> None:
    source = f"申报书联合单位第 {order + 1} 行{note}"
    case.parties.append(Party(PARTNER, name or code, register.identity(code, name), source))


def add_member(
    case: Case, order: int, name: str, employer: str, person_key: str, name_key: str, register: Register, note: str = ""
) -> None:
    """A member who names no employer works for the lead."""
    house = register.identity("", employer) if employer.strip() else case.parties[0].identity
    source = f"申报书团队成员第 {order + 1} 行{note}"
    words = f"团队成员“{name.strip()}”"
    case.people.append(Person(bare_name(name), (person_key, name_key), (house,), words, source, in_team=True))
    known = any(house.names & party.identity.names or house.codes & party.identity.codes for party in case.parties)
    if employer.strip() and not known:
        case.parties.append(Party(f"成员{name.strip()}的工作单位", employer.strip(), house, source))


def _read_accounts(cases: dict[int, Case], rows: list[dict]) -> None:
    """Phones and mails of everybody who files for the lead."""
    by_unit = defaultdict(list)
    for row in rows:
        by_unit[row["unit_id"]].append(cases[row["pk"]])
    people = User.objects.filter(unit_id__in=by_unit).order_by("pk")
    for unit, name, phone, mail in people.values_list("unit_id", "name", "phone", "email"):
        for value in phones_in(phone or "") | mails_in(mail):
            for case in by_unit[unit]:
                case.contacts.append(Contact(value, f"申报单位账号{name}", "申报单位账号"))


def _read_frozen(cases: dict[int, Case], rows: list[dict], specs: dict, register: Register) -> None:
    """The unit's section and the table of named people, of the frozen versions; nothing else of them is read."""
    unit_keys = {pk: getattr(spec.form.of_type("unit"), "key", "") for pk, spec in specs.items()}
    keys = {key for key in unit_keys.values() if key} | {spec.review.recusal.named_in for spec in specs.values()} - {""}
    places = {f"x{place}": key for place, key in enumerate(sorted(keys))}
    if not places:
        return
    paths = {name: KeyTransform(key, KeyTransform("sections", "content")) for name, key in places.items()}
    by_version = {row["version_id"]: cases[row["pk"]] for row in rows if row["version_id"]}
    for frozen in Version.objects.filter(pk__in=by_version).values("pk", **paths):
        case = by_version[frozen["pk"]]
        for name, key in places.items():
            data = frozen[name] if isinstance(frozen[name], dict) else {}
            if key == unit_keys[case.call]:
                _add_contacts(case, data)
            if key == case.rules.named_in:
                case.named += _named(data, case.rules.named_at_most, register)


def _add_contacts(case: Case, data: dict) -> None:
    for text in data.values():
        for value in phones_in(str(text)) | mails_in(str(text)):
            case.contacts.append(Contact(value, "申报书填写的联系方式", "申报书单位信息"))


def _named(data: dict, most: int, register: Register) -> list[Named]:
    """The first `most` people of the table; one without a reason does not count, and takes a place all the same."""
    rows = data.get("rows") if isinstance(data.get("rows"), list) else []
    filled = [
        (place, {key: str(row.get(key) or "").strip() for key in ("name", "employer", "reason")})
        for place, row in enumerate(rows)
        if isinstance(row, dict) and str(row.get("name") or "").strip()
    ]
    return [
        Named(
            bare_name(row["name"]), register.identity("", row["employer"]), row["employer"], row["reason"],
            f"申报书“建议回避”第 {place + 1} 行",
        )
        for place, row in filled[:most]
        if row["reason"]
    ]  # fmt: skip


def _read_replaced(cases: dict[int, Case], rows: list[dict], register: Register) -> None:
    """While people change what was filed, those of the frozen version count beside the rows."""
    editing = {row["version_id"]: cases[row["pk"]] for row in rows if row["state"] in EDITABLE and row["version_id"]}
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
