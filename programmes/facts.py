"""What requirements may look at: plain facts of one application, or of one recommendation list (DESIGN §3).

applications/facts.py builds them, from live rows for the check button and from a frozen Version for the form check.
Nothing here knows a model; money is in 万元 as exact decimals, dates are dates, codes are codes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from programmes.answers import asked
from programmes.spec import FormSpec, TaskSpec

CHINA = "CN"


def _empty() -> Mapping:
    return MappingProxyType({})


@dataclass(frozen=True)
class UnitFacts:
    """The lead unit. `code`: 统一社会信用代码; `type`: accounts.Unit.Type code; `region`: six digits."""

    code: str
    name: str
    type: str
    region: str = ""
    registered_on: date | None = None
    enterprise_kind: str = ""
    certificate_no: str = ""
    parent_code: str = ""
    legal_person: str = ""


@dataclass(frozen=True)
class PartnerFacts:
    """One partner in the order of the table. `country`: two letters or a name, CN if empty. `code` may be empty abroad.

    `region`: six digits, of the registered unit with this code, else as its credit code suggests, else ''.
    """

    name: str
    code: str = ""
    type: str = ""
    country: str = CHINA
    region: str = ""
    duty: str = ""

    @property
    def is_abroad(self) -> bool:
        """True for a partner from outside the mainland."""
        return self.country.strip() not in ("", CHINA, "中国")


@dataclass(frozen=True)
class MemberFacts:
    """One member of the team in the order of the table. `months`: person-months of work in this project."""

    name: str
    is_leader: bool = False
    birth_date: date | None = None
    title: str = ""
    degree: str = ""
    employer: str = ""
    duty: str = ""
    months: Decimal | None = None


@dataclass(frozen=True)
class SourceFacts:
    """One line of where the money comes from: own, state, local, other; one year; 万元."""

    source: str
    year: int
    amount: Decimal


@dataclass(frozen=True)
class ItemFacts:
    """One line of what the money is spent on; 万元."""

    item: str
    amount: Decimal


@dataclass(frozen=True)
class CommitmentFacts:
    """What is promised for one indicator. `promise`: the shape of IndicatorSpec.check_promise."""

    promise: Mapping
    proof: str = ""
    note: str = ""


@dataclass(frozen=True)
class AttachmentFacts:
    """One stored file. `kind`: key of the form's attachment kind; `size` in bytes; `type`: pdf, jpg, …"""

    kind: str
    filename: str
    size: int = 0
    type: str = ""


@dataclass(frozen=True)
class PledgeFacts:
    """One valid signature. `signer_kind`: unit, leader or participants; `section`: the key of its section."""

    section: str
    signer_kind: str
    signer: str


@dataclass(frozen=True)
class OtherFacts:
    """Another application that was submitted in this installation and touches this one.

    `role`: what this application's lead is in it: lead, partner or "" (it is there for a related unit or a person).
    `standing`: pending (not decided), ongoing (on the list, the work not done), won, ended (refused or stopped).
    `units`: every unit of this application, by code, that takes part in the other one → lead or partner.
    `people`: position in this application's team → whether that person leads the other one.
    `number` is told to the applicant only where its own unit leads; `inside` is for officers' eyes.
    """

    task: str
    role: str
    number: str = ""
    call: str = ""
    programme: str = ""
    year: int = 0
    category: str = ""
    title: str = ""
    standing: str = "pending"
    unit_code: str = ""
    unit_name: str = ""
    units: Mapping[str, str] = field(default_factory=_empty)
    people: Mapping[int, bool] = field(default_factory=_empty)

    @property
    def inside(self) -> str:
        """Number and lead unit, for officers."""
        return f"{self.number}（{self.unit_name}）" if self.unit_name else self.number


@dataclass(frozen=True)
class RelatedFacts:
    """A registered unit that is related to the lead. `how`: parent, child, sibling or legal_person."""

    code: str
    name: str
    how: str


@dataclass(frozen=True)
class BanFacts:
    """A ban that holds today. `position`: place in the team, None for a unit; `code`: the unit's, '' for a person.

    `kind`: why (a code of programmes.words.BAN_KINDS); `programme`: '' where it holds for all.
    """

    kind: str
    name: str
    code: str = ""
    position: int | None = None
    programme: str = ""
    ends_on: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class Facts:
    """One application.

    `form` and `task` come from the application's own call version. `sections` holds the saved JSON of every section by
    key (empty mapping when nothing was saved); the typed tuples hold the rows. `commitments` is keyed by indicator
    code. `starts_on`, `ends_on`: the project's term, `years` where only its length is named, None where the call
    derives it later. `part`: the part of the task that was chosen. `today`: business date. `others`, `related`, `bans`
    are filled only where a rule of the call needs them (`Requirement.needs`).
    """

    task: TaskSpec
    form: FormSpec
    unit: UnitFacts
    today: date
    title: str = ""
    partners: tuple[PartnerFacts, ...] = ()
    team: tuple[MemberFacts, ...] = ()
    sources: tuple[SourceFacts, ...] = ()
    items: tuple[ItemFacts, ...] = ()
    commitments: Mapping[str, CommitmentFacts] = field(default_factory=_empty)
    attachments: tuple[AttachmentFacts, ...] = ()
    sections: Mapping[str, Mapping] = field(default_factory=_empty)
    pledge_agreed: bool = False
    pledge_signer: str = ""
    pledges: tuple[PledgeFacts, ...] = ()
    starts_on: date | None = None
    ends_on: date | None = None
    years: int | None = None
    part: str = ""
    call: str = ""
    programme: str = ""
    year: int = 0
    others: tuple[OtherFacts, ...] = ()
    related: tuple[RelatedFacts, ...] = ()
    bans: tuple[BanFacts, ...] = ()
    recommender: str = ""

    level = "application"

    def money(self, *sources: str) -> Decimal:
        """The sum of these sources in 万元, of all sources when none is named."""
        return sum((line.amount for line in self.sources if not sources or line.source in sources), Decimal(0))

    def spent(self) -> Decimal:
        """The sum of all budget items in 万元."""
        return sum((line.amount for line in self.items), Decimal(0))

    def leader(self) -> MemberFacts | None:
        """The first member marked as leader."""
        return next((member for member in self.team if member.is_leader), None)

    def leader_at(self) -> int | None:
        """The leader's place in the team."""
        return next((position for position, member in enumerate(self.team) if member.is_leader), None)

    def indicators(self):
        """What has to be promised: the task's indicators, of the chosen part where it has parts."""
        return self.task.indicators_of(self.part)

    def section_key(self, type_: str) -> str:
        """The key of the form's first section of this type, else the type itself: where a finding points to."""
        section = self.form.of_type(type_)
        return section.key if section else type_

    def answer(self, section: str, question: str) -> object:
        """What was answered: a text, a list of texts (multi) or "" where nothing was.

        Of a questions section its answer, of a targets section the row's value, of others the field of that name.
        """
        data = self.sections.get(section) or {}
        if isinstance(data.get("answers"), Mapping):
            found = data["answers"].get(question)
        elif isinstance(data.get("rows"), Mapping):
            row = data["rows"].get(question)
            found = row.get("value") if isinstance(row, Mapping) else row
        else:
            found = data.get(question)
        return "" if found is None else found

    def answers(self, section: str, question: str) -> tuple[str, ...]:
        """The same as texts without blanks around, none for what is empty."""
        found = self.answer(section, question)
        texts = found if isinstance(found, list | tuple) else [found]
        return tuple(text for text in (str(one).strip() for one in texts) if text)

    def number(self, section: str, question: str) -> Decimal | None:
        """The answer as an exact number; None where there is none or it cannot be read."""
        return decimal_of(self.answer(section, question))

    def rows(self, section: str) -> Iterator[tuple[int, Mapping]]:
        """The rows of a table section in which something was typed, with their place."""
        rows = (self.sections.get(section) or {}).get("rows")
        for position, row in enumerate(rows if isinstance(rows, list | tuple) else ()):
            if isinstance(row, Mapping) and any(str(cell).strip() for cell in row.values() if cell is not None):
                yield position, row

    def entry(self, section: str, key: str) -> Mapping:
        """The question, field, row or column of the form with this key; empty where the form has none."""
        for spec in self.form.sections:
            if spec.key == section:
                for part in ("questions", "fields", "rows", "columns"):
                    for entry in spec.options.get(part) or ():
                        if entry["key"] == key:
                            return entry
        return {}

    def has_section(self, section: str) -> bool:
        """Whether the form asks for this section."""
        return any(spec.key == section for spec in self.form.sections)

    def is_asked(self, section: str, question: str) -> bool:
        """Whether the form asks this question of this application; a condition on another answer may leave it out."""
        for spec in self.form.sections:
            if spec.key == section:
                entries = spec.options.get("questions")
                if entries is None:
                    return bool(self.entry(section, question))
                answers = (self.sections.get(section) or {}).get("answers") or {}
                return any(entry["key"] == question for entry in asked(entries, answers))
        return False

    def label(self, section: str, key: str) -> str:
        """How the form calls a question or column; its key where the form has none."""
        entry = self.entry(section, key)
        return entry.get("label") or entry.get("name") or key

    def section_title(self, section: str) -> str:
        """How the form calls a section; its key where the form has none."""
        return next((spec.title for spec in self.form.sections if spec.key == section), section)


@dataclass(frozen=True)
class ListFacts:
    """One recommending department's list: the applications on it, and its letter."""

    recommender: str
    applications: tuple[Facts, ...]
    letter_no: str = ""
    has_scan: bool = False
    pledge_agreed: bool = False

    level = "list"


def decimal_of(typed: object) -> Decimal | None:
    """A number as people type it (1,000.5 or 12.5%); None where it is none."""
    text = str(typed if typed is not None else "").strip().replace(",", "").replace("，", "").rstrip("%％").strip()
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def date_of(typed: object) -> date | None:
    """A date as the form keeps it (2025-03-06); None where it is none."""
    try:
        return date.fromisoformat(str(typed or "").strip())
    except ValueError:
        return None
