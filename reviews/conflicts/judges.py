"""What the grounds look at of each expert: where they work and worked, who they are, to whom they are close."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from applications import persons
from reviews.conflicts.people import Person, bare_name, mails_in, phones_in
from reviews.conflicts.register import Identity, Register
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
    unit_name: str


@dataclass
class Judge:
    """One expert as the grounds see it."""

    pk: int
    person: Person
    region: str
    houses: list[House]
    former: list[House] = field(default_factory=list)
    ties: list[Tie] = field(default_factory=list)
    phones: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)


def read_judges(experts: Iterable[Expert], register: Register, on: date) -> dict[int, Judge]:
    """The judges of these experts by key, in three queries. `on`: the day on which jobs and relations are looked at."""
    wanted = Expert.objects.filter(pk__in=[expert.pk for expert in experts]).order_by("pk")
    columns = ("pk", "user__name", "user__phone", "user__email", "unit_name", "unit_code", "region", "person_key")
    judges = {}
    for *row, id_number in wanted.values_list(*columns, "id_number"):
        judge = _judge(row, id_number, register)
        judges[judge.pk] = judge
    for row in Employment.objects.filter(expert__in=judges):
        _add_job(judges[row.expert_id], row, register, on)
    for row in Relation.objects.filter(expert__in=judges):
        if row.until_on is None or row.until_on >= on:
            house = register.identity(row.unit_code, row.unit_name) if row.unit_name or row.unit_code else None
            tie = Tie(row.get_kind_display(), bare_name(row.person_name), house, row.unit_name)
            judges[row.expert_id].ties.append(tie)
    for judge in judges.values():
        everywhere = tuple(house.identity for house in judge.houses + judge.former)
        judge.person = Person(judge.person.name, judge.person.keys, everywhere)
    return judges


def _judge(row: list, id_number: str, register: Register) -> Judge:
    pk, name, phone, mail, unit_name, unit_code, region, person_key = row
    own_key, name_key = persons.keys_of(name, None, id_number)
    house = House(unit_name, register.identity(unit_code, unit_name), "工作单位", "专家库登记的工作单位")
    return Judge(
        pk=pk,
        person=Person(bare_name(name), (person_key or own_key, name_key), ()),
        region=region or register.region(house.identity),
        houses=[house],
        phones=phones_in(phone or ""),
        mails=mails_in(mail),
    )  # fmt: skip


def _add_job(judge: Judge, row: Employment, register: Register, on: date) -> None:
    """A job that lasts counts like the main one; one that has not begun does not count yet."""
    if row.from_on and row.from_on > on:
        return
    lasts = row.to_on is None or row.to_on >= on
    words = "兼任的单位" if lasts else f"{row.to_on:%Y 年 %-m 月}前任职的单位"
    house = House(
        row.unit_name, register.identity(row.unit_code, row.unit_name), words, "专家登记的任职经历",
        None if lasts else row.to_on,
    )  # fmt: skip
    (judge.houses if lasts else judge.former).append(house)
