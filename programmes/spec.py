"""What a call says, as frozen dataclasses.

A `CallSpec` is parsed (programmes.parse) from the document of one CallVersion and never changes; whoever needs a rule,
a limit or a form reads it here and never the raw document. Codes are keys, labels are words (DESIGN §6.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from programmes.indicators import IndicatorSpec

__all__ = [
    "CallSpec",
    "CheckItemSpec",
    "ClockSpec",
    "CriterionSpec",
    "FieldSpec",
    "FlowSpec",
    "FormSpec",
    "GroundSpec",
    "IndicatorSpec",
    "QuotaSpec",
    "RecommenderSpec",
    "RequirementSpec",
    "ReviewSpec",
    "SectionSpec",
    "TaskSpec",
    "WindowSpec",
]

HARD, SOFT = "hard", "soft"


def _empty() -> Mapping:
    return MappingProxyType({})


@dataclass(frozen=True)
class FieldSpec:
    """领域 / 专项: one part of the call with its own officers. `contact`: {office, phone, email, note}."""

    code: str
    name: str
    contact: Mapping[str, str] = field(default_factory=_empty)


@dataclass(frozen=True)
class TaskSpec:
    """榜单任务 / 指南方向 / 需求, with its targets. `category` and `field` are codes of the call."""

    code: str
    field: str
    title: str
    category: str
    summary: str
    indicators: tuple[IndicatorSpec, ...]

    def indicator(self, code: str) -> IndicatorSpec:
        """The indicator with this code; KeyError when the task has none."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise KeyError(code)


@dataclass(frozen=True)
class WindowSpec:
    """When something is open. `closes_at` is exclusive (received_at < closes_at is in time); both are aware, UTC.

    `closes_text` is how people read the end: a bare date closes at 00:00 of the next day and is shown as 24:00.
    """

    name: str
    opens_at: datetime | None
    closes_at: datetime
    closes_text: str


@dataclass(frozen=True)
class FlowSpec:
    """Which stages the call has. A stage that is off is passed at once; the states are the same for all."""

    recommendation: bool = True
    recommendation_list: bool = True
    form_check: bool = True
    review: bool = True
    decision_by: str = "officer"
    publicity_days: int = 5
    publicity_unit: str = "workdays"
    agreement: bool = False
    evaluation: bool = True
    supplement: bool = True


@dataclass(frozen=True)
class QuotaSpec:
    """At most `limit` uses per combination of `scope` (task, recommender, region, call, field).

    `force` hard refuses the next one, soft (原则上) asks for a reason.
    """

    code: str
    scope: tuple[str, ...]
    limit: int
    force: str = SOFT


@dataclass(frozen=True)
class RequirementSpec:
    """A rule by its code (programmes.requirements) with its figures. `level`: application or list."""

    code: str
    params: Mapping
    force: str = HARD
    field: str = ""
    level: str = "application"


@dataclass(frozen=True)
class SectionSpec:
    """One section of the application form; `type` says what it saves, `options` what that type needs."""

    key: str
    type: str
    title: str
    help: str = ""
    required: bool = True
    options: Mapping = field(default_factory=_empty)


@dataclass(frozen=True)
class FormSpec:
    """The application form: sections in the order in which they are filled and printed."""

    sections: tuple[SectionSpec, ...]

    def section(self, key: str) -> SectionSpec:
        """The section with this key; KeyError when the form has none."""
        for section in self.sections:
            if section.key == key:
                return section
        raise KeyError(key)

    def of_type(self, type_: str) -> SectionSpec | None:
        """The first section of a type, or None: rules ask for `partners` without knowing its key."""
        return next((section for section in self.sections if section.type == type_), None)


@dataclass(frozen=True)
class CriterionSpec:
    """One weighted criterion; the weights of a scheme sum to 100. `anchors`: ((low, high, words), …) of 0-100."""

    key: str
    label: str
    weight: int
    anchors: tuple[tuple[int, int, str], ...] = ()
    help: str = ""


@dataclass(frozen=True)
class ReviewSpec:
    """How experts look at an application. `aggregate`: mean, or trimmed_mean (highest and lowest dropped)."""

    blind: bool
    experts_per_application: int
    criteria: tuple[CriterionSpec, ...]
    aggregate: str = "mean"
    pledge_text: str = ""


@dataclass(frozen=True)
class ClockSpec:
    """`count` units after an event. `unit`: days, workdays, months, years; `after`: the event's name, for people."""

    name: str
    count: int
    unit: str
    after: str = ""


@dataclass(frozen=True)
class RecommenderSpec:
    """Which departments an applicant may choose: by kind and, where given, only these codes."""

    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class CheckItemSpec:
    """One thing the form check looks at; `requirement` names the rule that computes it, else a person looks."""

    code: str
    label: str
    requirement: str = ""
    section: str = ""


@dataclass(frozen=True)
class GroundSpec:
    """One ground on which an application may be rejected."""

    code: str
    label: str


@dataclass(frozen=True)
class CallSpec:
    """One version of one call, complete."""

    slug: str
    title: str
    year: int
    document_no: str
    number_prefix: str
    labels: Mapping[str, str]
    categories: Mapping[str, str]
    fields: tuple[FieldSpec, ...]
    tasks: Mapping[str, TaskSpec]
    windows: Mapping[str, WindowSpec]
    flow: FlowSpec
    quotas: Mapping[str, QuotaSpec]
    requirements: tuple[RequirementSpec, ...]
    form: FormSpec
    review: ReviewSpec
    clocks: Mapping[str, ClockSpec]
    texts: Mapping[str, str]
    recommenders: RecommenderSpec
    check_items: tuple[CheckItemSpec, ...] = ()
    grounds: tuple[GroundSpec, ...] = ()

    def field(self, code: str) -> FieldSpec:
        """The field with this code; KeyError when the call has none."""
        for item in self.fields:
            if item.code == code:
                return item
        raise KeyError(code)

    def tasks_of(self, field_code: str) -> tuple[TaskSpec, ...]:
        """The tasks of one field in the order of the document."""
        return tuple(task for task in self.tasks.values() if task.field == field_code)

    def label(self, key: str, default: str = "") -> str:
        """The call's own word for something (优胜 / 通过验收), else `default`, else the key."""
        return self.labels.get(key, default or key)
