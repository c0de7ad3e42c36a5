"""What requirements may look at: plain facts of one application, or of one recommendation list (DESIGN §3).

applications/facts.py builds them, from live rows for the check button and from a frozen Version for the form check.
Nothing here knows a model; money is in 万元 as exact decimals, dates are dates, codes are codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

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


@dataclass(frozen=True)
class PartnerFacts:
    """One partner in the order of the table. `country`: two letters, CN when empty; `code` may be empty abroad."""

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
class OtherFacts:
    """Another live application of the same call in which the lead unit takes part. `role`: lead or partner."""

    task: str
    role: str
    number: str = ""


@dataclass(frozen=True)
class Facts:
    """One application.

    `form` and `task` come from the application's own call version. `sections` holds the saved JSON of every section by
    key (empty mapping when nothing was saved); the typed tuples hold the rows. `commitments` is keyed by indicator
    code. `starts_on`, `ends_on`: the project's term, None where the call derives it later. `today`: business date.
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
    starts_on: date | None = None
    ends_on: date | None = None
    others: tuple[OtherFacts, ...] = ()
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

    def section_key(self, type_: str) -> str:
        """The key of the form's first section of this type, else the type itself: where a finding points to."""
        section = self.form.of_type(type_)
        return section.key if section else type_


@dataclass(frozen=True)
class ListFacts:
    """One recommending department's list: the applications on it, and its letter."""

    recommender: str
    applications: tuple[Facts, ...]
    letter_no: str = ""
    has_scan: bool = False
    pledge_agreed: bool = False

    level = "list"
