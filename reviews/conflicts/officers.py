"""N32: staff neither apply nor join. Officers and supervisors who look like somebody in an application."""

from collections import defaultdict
from collections.abc import Iterable

from accounts.models import User
from applications.models import Application
from reviews.conflicts.cases import add_people, read_cases
from reviews.conflicts.grounds import Hit
from reviews.conflicts.people import bare_name
from reviews.conflicts.register import Register
from reviews.conflicts.rows import read_people
from reviews.conflicts.ways import mails_in, phones_in
from reviews.models import RecusalKind


def officer_hits(
    officers: Iterable[User], applications: Iterable[Application]
) -> dict[tuple[int, int], tuple[Hit, ...]]:
    """Grounds between officers or supervisors and applications, by (user pk, application pk).

    Certain where phone or mail is the applicant's; a name in the team, or of legal representative or contact, may be
    somebody else's.
    """
    by_value, by_name = defaultdict(list), defaultdict(list)
    for officer in officers:
        by_name[bare_name(officer.name)].append(officer.pk)
        for value in phones_in(officer.phone or "") | mails_in(officer.email):
            by_value[value].append(officer.pk)
    found: dict[tuple[int, int], dict[str, Hit]] = defaultdict(dict)
    register = Register()
    cases = read_cases(applications, register)
    add_people(cases, read_people(cases, {case.unit for case in cases.values()}), register)
    for case in cases.values():
        for contact in case.contacts:
            for pk in by_value.get(contact.value, ()):
                word = "邮箱" if "@" in contact.value else "手机号"
                hit = Hit(RecusalKind.SAME_PERSON, f"{word}与{contact.words}相同。", contact.source, True)
                found[pk, case.pk].setdefault(hit.sentence, hit)
        for person in case.people:
            for pk in by_name.get(person.name, ()):
                hit = Hit(RecusalKind.SAME_PERSON, f"与{person.words}同名。", person.source, False)
                found[pk, case.pk].setdefault(hit.sentence, hit)
    return {pair: tuple(rows.values()) for pair, rows in found.items()}
