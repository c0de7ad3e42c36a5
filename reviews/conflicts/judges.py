"""What the grounds look at of each expert: where they work and worked, who they are, to whom they are close."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from applications import persons
from reviews.conflicts.people import Person, bare_name
from reviews.conflicts.register import Identity, Register
from reviews.conflicts.ways import mails_in, phones_in
from reviews.models import Employment, Expert, Relation


@dataclass(frozen=True)
class House:
    """Where an expert works (`until` None) or worked."""

    name: str
    identity: Identity
    words: str
    source: str
    until: date | None = None


@dataclass(frozen=True)
class Tie:
    """A declared relation. `house` is None where the expert named none."""

    words: str
    person: str
    house: Identity | None


@dataclass
class Judge:
    """One expert as the grounds see it. `is_fictitious`: made up for rehearsals, like the houses that are meant."""

    pk: int
    person: Person
    region: str
    houses: list[House]
    former: list[House] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    phones: frozenset[str] = frozenset()
    mails: frozenset[str] = frozenset()
    is_fictitious: bool = False


def read_judges(experts: Iterable[Expert], register: Register, on: date) -> dict[int, Judge]:
    """The judges of these experts by key, in three queries. `on`: the day on which jobs and relations are looked at."""
    wanted = Expert.objects.filter(pk__in=[expert.pk for expert in experts]).order_by("pk")
    account = ("user__name", "user__phone", "user__email", "user__is_fictitious")
    columns = ("pk", *account, "unit_name", "unit_code", "region", "person_key", "id_number")
    judges = {row[0]: _judge(row, register) for row in wanted.values_list(*columns)}
    for row in Employment.objects.filter(expert__in=judges):
        _add_job(judges[row.expert_id], row, register, on)
    for row in Relation.objects.filter(expert__in=judges):
        if row.until_on is None or row.until_on >= on:
            judge = judges[row.expert_id]
            named = row.unit_name or row.unit_code
            house = register.identity(row.unit_code, row.unit_name, judge.is_fictitious) if named else None
            judge.ties.append(Tie(row.get_kind_display(), bare_name(row.person_name), house))
    for judge in judges.values():
        everywhere = tuple(house.identity for house in judge.houses + judge.former)
        judge.person = Person(judge.person.name, judge.person.keys, everywhere)
    return judges


def _judge(row: tuple, register: Register) -> Judge:
    pk, name, phone, mail, is_fictitious, unit_name, unit_code, region, person_key, id_number = row
    own_key, name_key = persons.keys_of(name, None, id_number)
    identity = register.identity(unit_code, unit_name, is_fictitious)
    house = House(unit_name, identity, "工作单位", "专家库登记的工作单位")
    return Judge(
        pk=pk,
        person=Person(bare_name(name), (person_key or own_key, name_key), ()),
        region=region or register.region(identity),
        houses=[house],
        phones=phones_in(phone or ""),
        mails=mails_in(mail),
        is_fictitious=is_fictitious,
    )  # fmt: skip


def _add_job(judge: Judge, row: Employment, register: Register, on: date) -> None:
    """A job that lasts counts like the main one; one that has not begun does not count yet."""
    if row.from_on and row.from_on > on:
        return
    lasts = row.to_on is None or row.to_on >= on
    words = "兼任的单位" if lasts else f"{row.to_on:%Y 年 %-m 月}前任职的单位"
    house = House(
        row.unit_name, register.identity(row.unit_code, row.unit_name, judge.is_fictitious), words,
        "专家登记的任职经历", None if lasts else row.to_on,
    )  # fmt: skip
    (judge.houses if lasts else judge.former).append(house)
