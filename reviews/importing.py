"""专家导入: what each line of a workbook would do to the list of experts, judged against the list as it stands now.

A line is a known expert's (更新, 相同) where the name and the phone, or the name and the ID number, are the same. Who
shares only one of phone, ID number, or name with unit is a duplicate and refused, in the file and against the list: the
sentence names both. Nothing is written here; `workflow.import_experts` does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from django.db.models import Q

from accounts.models import User
from accounts.queries import comparable_name
from applications.persons import keys_of
from jbgs.lib.crypto import canonical_json, sha256_hex
from jbgs.lib.regions import region_name
from reviews import expert_jobs, expert_sheet
from reviews.disciplines import Tree
from reviews.expert_sheet import JOBS, NO, TITLES, YES, Line
from reviews.models import Employment, Expert, ExpertImport, Sector

NEW, CHANGE, SAME, REFUSED = "new", "change", "same", "refused"
WORDS = {NEW: "新增", CHANGE: "更新", SAME: "相同", REFUSED: "不能导入"}
UPDATED = (
    "unit_name",
    "unit_code",
    "sector",
    "title",
    "region",
    "disciplines",
    "id_number",
    "max_load",
    "is_available",
)


@dataclass(frozen=True)
class Person:
    """By what a person is the same: phone, key of the ID number, name with unit. '' where nothing is known."""

    phone: str
    key: str
    place: str

    @classmethod
    def of(cls, name: str, phone: str, unit_name: str, id_number: str) -> "Person":
        place = f"{name.strip()}|{comparable_name(unit_name)}" if name and unit_name else ""
        return cls(phone, keys_of(name, None, id_number)[0], place)

    @property
    def marks(self) -> list[str]:
        """Keys under which people who may be the same are found together."""
        return [
            f"{kind}{value}" for kind, value in zip("pkn", (self.phone, self.key, self.place), strict=True) if value
        ]

    def shared(self, other: "Person") -> str:
        """What both have in common, in words; '' for two people. Two ID numbers that differ part namesakes."""
        if self.phone and self.phone == other.phone:
            return "手机号"
        if self.key and other.key:
            return "身份证件号码" if self.key == other.key else ""
        return "姓名和工作单位" if self.place and self.place == other.place else ""


def read(data: bytes, name: str) -> list[Line]:
    """The lines of a workbook with their verdicts. Refused as by `expert_sheet.read`."""
    tree = Tree.load()
    return judge(expert_sheet.read(data, name, tree).lines, tree)


def lines_of(row: ExpertImport) -> list[Line]:
    """The lines of an upload: judged anew until it is confirmed, and as they were from then on."""
    names = [column.name for column in fields(Line)]
    lines = [Line(**{name: entry[name] for name in names}) for entry in row.lines]
    return lines if row.confirmed_at else judge(lines, Tree.load())


def digest(lines: Iterable[Line]) -> str:
    """SHA-256 of what the lines would do; equal as long as nobody changed the experts they touch."""
    said = [[line.row, line.verdict, line.expert, line.differences, line.sentences] for line in lines]
    return sha256_hex(canonical_json(said))


def judge(lines: list[Line], tree: Tree) -> list[Line]:
    """Each with its verdict, all reasons, and what would change; four queries, however many lines."""
    people = {line.row: _person(line) for line in lines}
    known = _known(people.values(), {line.name for line in lines})
    by_mark = _by_mark(known)
    taken = _accounts_of_others(people.values())
    repeated = _repeated(people)
    for line in lines:
        near = {expert for mark in people[line.row].marks for expert in by_mark[mark]}
        matches = [expert for expert in sorted(near, key=lambda row: row.pk) if people[line.row].shared(known[expert])]
        line.sentences = [*line.faults, *repeated[line.row]]
        line.expert, line.differences = None, []
        if people[line.row].phone in taken:
            line.sentences.append("手机：已用于专家以外的账号，请换一个手机号。")
        if len(matches) == 1 and _is(matches[0], known[matches[0]], line, people[line.row]):
            line.expert, line.differences = matches[0].pk, list(_differences(matches[0], line, tree))
        else:
            line.sentences += _duplicates(line, people[line.row], matches, known)
    _one_expert_once(lines)
    for line in lines:
        line.verdict = REFUSED if line.sentences else NEW if not line.expert else CHANGE if line.differences else SAME
    return lines


def counts(lines: Iterable[Line]) -> list[tuple[str, str, int]]:
    """(verdict, word, how many lines), the refused first."""
    found = [line.verdict for line in lines]
    return [(verdict, WORDS[verdict], found.count(verdict)) for verdict in (REFUSED, NEW, CHANGE, SAME)]


def _person(line: Line) -> Person:
    values = {key: line.values.get(key, "") for key in ("name", "phone", "unit_name", "id_number")}
    return Person.of(**values)


def _known(people: Iterable[Person], names: set[str]) -> dict[Expert, Person]:
    people = list(people)
    wanted = Q(user__phone__in={person.phone for person in people if person.phone})
    wanted |= Q(person_key__in={person.key for person in people if person.key})
    wanted |= Q(user__name__in=names - {""})
    experts = Expert.objects.filter(wanted).select_related("user").prefetch_related("employments").order_by("pk")
    return {
        expert: Person.of(expert.user.name, expert.user.phone or "", expert.unit_name, expert.id_number)
        for expert in experts
    }


def _by_mark(people: dict) -> dict[str, list]:
    """Whose person bears a mark: mark → keys of `people`."""
    found = defaultdict(list)
    for key, person in people.items():
        for mark in person.marks:
            found[mark].append(key)
    return found


def _accounts_of_others(people: Iterable[Person]) -> set[str]:
    phones = {person.phone for person in people if person.phone}
    return set(User.objects.filter(phone__in=phones, expert=None).values_list("phone", flat=True))


def _repeated(people: dict[int, Person]) -> dict[int, list[str]]:
    """Row → a sentence for each other row of the file that is the same person."""
    near: dict[int, set[int]] = defaultdict(set)
    for rows in _by_mark(people).values():
        for row in rows:
            near[row].update(set(rows) - {row})
    said: dict[int, list[str]] = defaultdict(list)
    for row, others in near.items():
        for other in sorted(others):
            if what := people[row].shared(people[other]):
                said[row].append(f"第 {row} 行与第 {other} 行是同一人：{what}相同。请只留一行。")
    return said


def _is(expert: Expert, known: Person, line: Line, person: Person) -> bool:
    """For certain the same: the name agrees, one of phone and ID number agrees, and none contradicts the other."""
    if expert.user.name != line.name or known.shared(person) not in ("手机号", "身份证件号码"):
        return False
    return not (_contradicts(known.phone, person.phone) or _contradicts(known.key, person.key))


def _contradicts(mine: str, other: str) -> bool:
    return bool(mine and other and mine != other)


def _duplicates(line: Line, person: Person, matches: list[Expert], known: dict[Expert, Person]) -> Iterator[str]:
    """Why a line that resembles somebody on the list is not taken as that person."""
    for expert in matches:
        other = known[expert]
        parts = [
            word
            for word, differ in (
                ("姓名", expert.user.name != line.name),
                ("手机号", _contradicts(other.phone, person.phone)),
                ("身份证件号码", _contradicts(other.key, person.key)),
            )
            if differ
        ]
        what = f"第 {line.row} 行与库中的 {expert.number} {expert.user.name}（{expert.unit_name}）"
        but = f"，但{'、'.join(parts)}不同" if parts else ""
        yield f"{what}{person.shared(other)}相同{but}。是同一人的请按库中的登记改正，不是的请核对。"


def _one_expert_once(lines: list[Line]) -> None:
    """Two lines that lead to one known expert, by the phone and by the ID number."""
    rows: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        if line.expert:
            rows[line.expert].append(line)
    for same in rows.values():
        for line in same:
            others = [other.row for other in same if other is not line]
            said = [f"第 {line.row} 行与第 {row} 行是库中的同一位专家。请只留一行。" for row in others]
            line.sentences += [sentence for sentence, row in zip(said, others, strict=True)
                               if not any(f"与第 {row} 行" in one for one in line.sentences)]  # fmt: skip


def _differences(expert: Expert, line: Line, tree: Tree) -> Iterator[list[str]]:
    """[field in words, before, after] for each value that the file gives otherwise; an empty cell changes nothing."""
    for key in UPDATED:
        if key in line.values and line.values[key] != getattr(expert, key):
            before, after = getattr(expert, key), line.values[key]
            yield [TITLES[key], _shown(key, before, tree), _shown(key, after, tree)]
    for key in JOBS:
        for row, job in job_steps(expert, line.values, key):
            yield [TITLES[key], expert_jobs.told([row]) if row else "", str(job)]


def job_steps(expert: Expert, values: dict, key: str) -> Iterator[tuple[Employment | None, expert_jobs.Job]]:
    """What a line's cell of units changes of those that are known, as `expert_jobs.steps` gives it."""
    return expert_jobs.steps(expert.employments.all(), map(expert_jobs.Job.kept, values.get(key, ())))


def _shown(key: str, value, tree: Tree) -> str:
    if key == "id_number":
        return "已登记" if value else ""
    if key == "disciplines":
        return "、".join(tree.label(word) for word in value)
    if key == "region":
        return region_name(value)
    if key == "sector":
        return dict(Sector.choices).get(value, "")
    if key == "is_available":
        return YES if value else NO
    return str(value)
