"""The grounds for standing aside, each a small function over a `Table`; what they yield is (expert, application, Hit).

No function compares every expert with every application: both sides are looked up by what they have in common.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from reviews.conflicts.cases import LEAD, PARTNER, Case, Contact, Party
from reviews.conflicts.judges import House, Judge
from reviews.conflicts.past import Part
from reviews.conflicts.people import Person, is_same_house, same_person
from reviews.conflicts.register import Closeness, Identity, relation
from reviews.conflicts.ways import house_domain
from reviews.models import RecusalKind

K = RecusalKind


@dataclass(frozen=True)
class Hit:
    """One computed ground. `sentence` tells the officer why, `source` from where it is known.

    `certain`: no doubt that it is this person or organisation; False where only a name, an employer's spelling or a
    superior unit says so.
    """

    kind: str
    sentence: str
    source: str
    certain: bool

    @property
    def is_final(self) -> bool:
        """Nobody may clear it: the same unit, the same person, a declared relation, each beyond doubt. What an
        applicant says (N30) is considered, not obeyed, however well it names the person."""
        return self.certain and self.kind in (K.SAME_UNIT, K.SAME_PERSON, K.RELATION)


Found = Iterator[tuple[int, int, Hit]]


class Table:
    """Experts and applications with the indexes by which they meet. `on`: the day of the look."""

    def __init__(self, judges: dict[int, Judge], cases: dict[int, Case], past: dict[int, list[Part]], on: date):
        self.judges, self.cases, self.past, self.on = judges, cases, past, on
        self._parties: dict[str, list[tuple[Case, Party]]] = defaultdict(list)
        self._people: dict[str, list[tuple[Case, Person]]] = defaultdict(list)
        self.contacts: dict[str, list[tuple[Case, Contact]]] = defaultdict(list)
        self.domains: dict[str, list[tuple[Case, Contact]]] = defaultdict(list)
        for case in cases.values():
            self._enter(case)

    def _enter(self, case: Case) -> None:
        for party in case.parties:
            for key in party.identity.shown:
                self._parties[key].append((case, party))
        for person in case.people:
            for token in person.tokens:
                self._people[token].append((case, person))
        for contact in case.contacts:
            self.contacts[contact.value].append((case, contact))
            if "@" in contact.value and (domain := house_domain(contact.value)):
                self.domains[domain].append((case, contact))

    def parties_near(self, house: Identity) -> Iterator[tuple[Case, Party, Closeness]]:
        """The organisations of applications that are close to this one."""
        near = {id(party): (case, party) for key in house.asked for case, party in self._parties.get(key, ())}
        for case, party in near.values():
            if close := relation(house, party.identity):
                yield case, party, close

    def people_like(self, person: Person) -> Iterator[tuple[Case, Person]]:
        """People of applications who may be this one; `same_person` judges."""
        near = {id(one): (case, one) for token in person.tokens for case, one in self._people.get(token, ())}
        yield from near.values()

    def people_called(self, name: str) -> list[tuple[Case, Person]]:
        return self._people.get(f"w:{name}", [])


def present_units(table: Table) -> Found:
    """N28: the unit of the expert is, or belongs to, the lead's, a partner's or a participant's; second jobs too."""
    for judge in table.judges.values():
        for house in judge.houses:
            for case, party, close in table.parties_near(house.identity):
                yield judge.pk, case.pk, _unit_hit(house, party, close)


def _unit_hit(house: House, party: Party, close: Closeness) -> Hit:
    certain = close.certain and party.role in (LEAD, PARTNER)
    source = f"{house.source}；{party.source}"
    if close.kind == K.SAME_UNIT and close.certain:
        return Hit(K.SAME_UNIT, f"{house.words}与{party.role}“{party.name}”相同。", source, certain)
    if close.kind == K.SAME_UNIT:
        sentence = f"{house.words}“{house.name}”与{party.role}“{party.name}”疑为同一单位：{close.how}。"
        return Hit(K.SAME_UNIT, sentence, source, False)
    sentence = f"{house.words}“{house.name}”与{party.role}“{party.name}”有隶属关系：{close.how}。"
    return Hit(K.RELATED_UNIT, sentence, source, False)


def former_units(table: Table) -> Found:
    """A job that ended less than the call's years ago, at one of its organisations or one above or beside it."""
    for judge in table.judges.values():
        for house in judge.former:
            for case, party, close in table.parties_near(house.identity):
                if house.until >= years_before(table.on, case.rules.years):
                    near = "" if close.kind == K.SAME_UNIT else f"（{close.how}）"
                    sentence = (
                        f"{house.until:%Y 年 %-m 月}前在“{house.name}”任职，与{party.role}“{party.name}”有关{near}。"
                    )
                    yield (
                        judge.pk,
                        case.pk,
                        Hit(K.FORMER_UNIT, sentence, f"{house.source}；{party.source}", close.certain),
                    )


def joint_applications(table: Table) -> Found:
    """The expert filed within the call's years with people of this team, or with people of its units."""
    for judge in table.judges.values():
        for part in table.past.get(judge.pk, ()):
            for case, words in _partners_of(table, judge, part):
                filed, day = part.filed, part.filed.filed_on
                recent = day is None or day >= years_before(table.on, case.rules.years)
                if recent and filed.pk != case.pk and filed.world == case.world:
                    when = f"{day:%Y 年 %-m 月}" if day else ""
                    sentence = f"{when}与{words}共同申报 {filed.number}。"
                    yield judge.pk, case.pk, Hit(K.JOINT, sentence, f"本系统申报 {filed.number}，{part.words}", False)


def _partners_of(table: Table, judge: Judge, part: Part) -> Iterator[tuple[Case, str]]:
    for person in part.filed.team:
        if same_person(judge.person, person) is None:
            for case, member in table.people_like(person):
                if member.in_team and same_person(person, member) is not None:
                    yield case, member.words
    houses = [*part.filed.houses]
    houses += [(person.houses[0], "") for person in part.filed.team if person.houses]
    for house in {identity for identity, _ in houses}:
        for case, party, close in table.parties_near(house):
            if close.kind == K.SAME_UNIT and party.role in (LEAD, PARTNER):
                yield case, f"{party.role}“{party.name}”的人员"


def own_applications(table: Table) -> Found:
    """N28: the expert has an application of the own in this call, in the same task, field or call as its rule says."""
    alike = defaultdict(list)
    for case in table.cases.values():
        alike[
            case.rules.similar, {"task": case.task, "field": case.field, "call": case.call}[case.rules.similar]
        ].append(case)
    for expert, parts in table.past.items():
        for filed, words in ((part.filed, part.words) for part in parts):
            for key in (("task", filed.task), ("field", filed.field), ("call", filed.call)):
                for case in alike.get(key, ()):
                    if filed.pk != case.pk:
                        sentence = f"本人是同批次申报 {filed.number} 的{words}。"
                        yield expert, case.pk, Hit(K.OWN_APPLICATION, sentence, f"本系统申报 {filed.number}", True)


def same_people(table: Table) -> Found:
    """The expert is in the team, or is reached by the same phone or mail as the applicant."""
    for judge in table.judges.values():
        for case, person in table.people_like(judge.person):
            sure = same_person(judge.person, person)
            if sure is not None:
                how = "身份信息一致" if sure else "姓名和单位一致，疑为同一人"
                yield judge.pk, case.pk, Hit(K.SAME_PERSON, f"与{person.words}{how}。", person.source, sure)
        for value in judge.phones | judge.mails:
            for case, contact in table.contacts.get(value, ()):
                word = "邮箱" if "@" in value else "手机号"
                sentence = f"{word}与{contact.words}相同。"
                yield judge.pk, case.pk, Hit(K.SAME_PERSON, sentence, f"专家账号；{contact.source}", True)


def mail_houses(table: Table) -> Found:
    """A mailbox of the applicant's own house; public mailboxes say nothing."""
    for judge in table.judges.values():
        for domain in {house_domain(mail) for mail in judge.mails} - {""}:
            for case, contact in table.domains.get(domain, ()):
                sentence = f"邮箱与{contact.words}同属“{domain}”，疑为同一单位。"
                yield judge.pk, case.pk, Hit(K.SAME_UNIT, sentence, f"专家账号；{contact.source}", False)


def declared_relations(table: Table) -> Found:
    """What the expert declared to be close to: a person by name (and unit, where one is given), or a unit."""
    for judge in table.judges.values():
        for tie in judge.ties:
            source = f"专家登记的利益关系“{tie.words}”"
            for case, person in table.people_called(tie.person) if tie.person else ():
                if tie.house is None or any(is_same_house(tie.house, house) for house in person.houses):
                    named = tie.house is not None
                    how = "有已登记的关系" if named else "同名，已登记的关系"
                    sentence = f"与{person.words}{how}：{tie.words}。"
                    yield judge.pk, case.pk, Hit(K.RELATION, sentence, f"{source}；{person.source}", named)
            if tie.house and not tie.person:
                for case, party, close in table.parties_near(tie.house):
                    if close.kind == K.SAME_UNIT:
                        sentence = f"与{party.role}“{party.name}”有已登记的关系：{tie.words}。"
                        yield judge.pk, case.pk, Hit(K.RELATION, sentence, f"{source}；{party.source}", close.certain)


def named_by_applicant(table: Table) -> Found:
    """N30: the applicant holds the expert unfit, with a reason; a name alone may be somebody else."""
    by_name = defaultdict(list)
    for judge in table.judges.values():
        by_name[judge.person.name].append(judge)
    for case in table.cases.values():
        for named in case.named:
            for judge in by_name.get(named.name, ()):
                sure = any(is_same_house(named.house, house) for house in judge.person.houses)
                doubt = "" if sure else f"（仅姓名相同，所写单位为“{named.employer or '未填写'}”）"
                sentence = f"申报单位建议回避{doubt}，理由：{named.reason}"
                yield judge.pk, case.pk, Hit(K.NAMED, sentence, named.source, sure)


def same_region(table: Table) -> Found:
    """Where the call says so: experts of the lead's own region."""
    by_region = defaultdict(list)
    for judge in table.judges.values():
        by_region[judge.region].append(judge)
    for case in table.cases.values():
        for judge in by_region.get(case.region, ()) if case.rules.region and case.region else ():
            yield judge.pk, case.pk, Hit(K.REGION, "与牵头单位在同一地区。", "专家库登记的地区；单位注册地", True)


GROUNDS: tuple[Callable[[Table], Found], ...] = (
    present_units,
    same_people,
    declared_relations,
    own_applications,
    former_units,
    joint_applications,
    named_by_applicant,
    mail_houses,
    same_region,
)


def years_before(day: date, years: int) -> date:
    """The same day so many years ago; 28 February for a 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
