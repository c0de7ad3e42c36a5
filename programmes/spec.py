"""What a call says, as frozen dataclasses.

A `CallSpec` is parsed (programmes.parse) from the document of one CallVersion and never changes; whoever needs a rule,
a limit or a form reads it here and never the raw document. Codes are keys, labels are words (DESIGN §6.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from programmes.indicators import IndicatorSpec
from programmes.review_spec import CriterionSpec, ReviewSpec, RoundSpec
from programmes.words import word_of

__all__ = [
    "AppealGroundSpec",
    "CallSpec",
    "CheckItemSpec",
    "ClockSpec",
    "CriterionSpec",
    "FieldSpec",
    "FlowSpec",
    "FormSpec",
    "GroundSpec",
    "IndicatorSpec",
    "ObligationSpec",
    "OwnerSpec",
    "PartSpec",
    "QuotaSpec",
    "RecommenderSpec",
    "RequirementSpec",
    "ReviewSpec",
    "RoundSpec",
    "SectionSpec",
    "TaskSpec",
    "WindowSpec",
]

HARD, SOFT = "hard", "soft"
WHOLE = "all"
"""The code of the only field and the only task of a call without a task list: what is applied for is a status."""


def _empty() -> Mapping:
    return MappingProxyType({})


@dataclass(frozen=True)
class FieldSpec:
    """领域 / 专项: one part of the call with its own officers. `contact`: {office, phone, email, note}."""

    code: str
    name: str
    contact: Mapping[str, str] = field(default_factory=_empty)


@dataclass(frozen=True)
class PartSpec:
    """A sub-direction of a task (W07): an application names one and covers only the indicators of it and of all."""

    code: str
    title: str


@dataclass(frozen=True)
class OwnerSpec:
    """发榜单位: whose need a task is (S01), its 统一社会信用代码, its region in six digits ('' for a central group)."""

    name: str
    code: str = ""
    region: str = ""


@dataclass(frozen=True)
class TaskSpec:
    """榜单任务 / 指南方向 / 需求, with its targets. `category` and `field` are codes of the call.

    `disciplines`: codes of the tree of disciplines by which experts are matched, beside `keywords`.
    `details`: (label, text) pairs that the page of the task shows; no rule hangs on them. `requirements` are asked
    besides the call's (CallSpec.requirements_of), `quotas` hold limits of its own (CallSpec.quota_of).
    """

    code: str
    field: str
    title: str
    category: str
    summary: str
    indicators: tuple[IndicatorSpec, ...]
    keywords: tuple[str, ...] = ()
    disciplines: tuple[str, ...] = ()
    details: tuple[tuple[str, str], ...] = ()
    parts: tuple[PartSpec, ...] = ()
    owner: OwnerSpec | None = None
    requirements: "tuple[RequirementSpec, ...]" = ()
    quotas: Mapping[str, Mapping] = field(default_factory=_empty)

    def indicator(self, code: str) -> IndicatorSpec:
        """The indicator with this code; KeyError when the task has none."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise KeyError(code)

    def indicators_of(self, part: str) -> tuple[IndicatorSpec, ...]:
        """What an application for this part must cover; all of them where the task has no parts."""
        if not self.parts:
            return self.indicators
        return tuple(indicator for indicator in self.indicators if indicator.part in ("", part))


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
    """Which stages the call has. A stage that is off is passed at once; the states are the same for all.

    `decision_by`: officer, or owner where the task's owner chooses and accepts (S08, S10). `opinions_to_unit`: after a
    decision the unit reads the experts' opinions without their names (N25).
    """

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
    opinions_to_unit: bool = False


@dataclass(frozen=True)
class QuotaSpec:
    """At most `limit` uses per combination of `scope` (task, recommender, region, call, field).

    `force` hard refuses the next one, soft (原则上) asks for a reason.
    `most`: beyond it no reason helps (W05); 0 for no such ceiling.
    """

    code: str
    scope: tuple[str, ...]
    limit: int
    force: str = SOFT
    most: int = 0


@dataclass(frozen=True)
class RequirementSpec:
    """A rule by its code (programmes.requirements) with its figures. `level`: application or list.

    `categories`: asked only for tasks of these categories, of all when empty. `add`: a task's rule that is asked
    besides the call's rule of the same code, where otherwise it replaces it.
    """

    code: str
    params: Mapping
    force: str = HARD
    field: str = ""
    level: str = "application"
    categories: tuple[str, ...] = ()
    add: bool = False


@dataclass(frozen=True)
class SectionSpec:
    """One section of the application form; `type` says what it saves, `options` what that type needs.

    `when`: {"category": (codes…)} for tasks of these categories only, or {"section", "question", "is": (values…)}.
    """

    key: str
    type: str
    title: str
    help: str = ""
    required: bool = True
    options: Mapping = field(default_factory=_empty)
    when: Mapping = field(default_factory=_empty)


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
class ClockSpec:
    """`count` units after an event. `unit`: days, workdays, months, years; `after`: the event's name, for people.

    `start`: the event itself, a code of programmes.words.EVENTS, where the engine starts the clock by it. `roll`: what
    becomes of an end on a day off: none (as printed), or next_workday.
    """

    name: str
    count: int
    unit: str
    after: str = ""
    start: str = ""
    roll: str = "none"

    @property
    def asks_calendar(self) -> bool:
        """Whether its end depends on which days are worked."""
        return self.unit == "workdays" or self.roll == "next_workday"


@dataclass(frozen=True)
class ObligationSpec:
    """Something that a unit owes after the decision: an agreement, a plan, a report (N35, N38, N44, P13, P14).

    Due once by `clock` (a clock of the call), or again and again: `every` year by the day `by` (MM-DD), or every
    quarter by the day `by` (DD) of the quarter's first month. `blocks`: the verb that waits for it (start_work);
    `needs_officer`: an officer must approve it; `questions`: what it asks, else one free text.
    """

    code: str
    kind: str
    label: str
    clock: str = ""
    every: str = ""
    by: str = ""
    blocks: str = ""
    needs_officer: bool = False
    help: str = ""
    questions: tuple[Mapping, ...] = ()


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
class AppealGroundSpec:
    """A ground on which a unit may ask for 复审, or one that is no ground (N26: another academic judgement)."""

    code: str
    label: str
    admissible: bool = True


@dataclass(frozen=True)
class SummaryColumn:
    """One column of the summary table: a code of words.SUMMARY_COLUMNS, or answers.<section>.<question>.

    `heading`: the call's own, else the default; `section` and `column` name the form's table of directions and its
    column of units, for direction_units.
    """

    code: str
    heading: str = ""
    section: str = ""
    column: str = ""


@dataclass(frozen=True)
class SummaryTable:
    """The table that goes with a recommending body's list. What is empty has the default of the system."""

    title: str = "推荐项目汇总表"
    columns: tuple[SummaryColumn, ...] = ()
    notes: tuple[str, ...] = ()


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
    obligations: tuple[ObligationSpec, ...] = ()
    appeal_grounds: tuple[AppealGroundSpec, ...] = ()
    summary_table: SummaryTable = SummaryTable()

    def field(self, code: str) -> FieldSpec:
        """The field with this code; KeyError when the call has none."""
        for item in self.fields:
            if item.code == code:
                return item
        raise KeyError(code)

    @property
    def has_tasks(self) -> bool:
        """False for a call without a task list: what is applied for is a status, and the one task stands for it."""
        return tuple(self.tasks) != (WHOLE,)

    def tasks_of(self, field_code: str) -> tuple[TaskSpec, ...]:
        """The tasks of one field in the order of the document."""
        return tuple(task for task in self.tasks.values() if task.field == field_code)

    def requirements_of(self, task_code: str) -> tuple[RequirementSpec, ...]:
        """What is asked of an application for this task: the call's rules, then the task's own.

        A task's rule replaces the call's rules of the same code unless it says `add`. KeyError for an unknown task.
        """
        task = self.tasks[task_code]
        replaced = {rule.code for rule in task.requirements if not rule.add}
        general = (rule for rule in self.requirements if rule.code not in replaced)
        asked = (*general, *task.requirements)
        return tuple(rule for rule in asked if not rule.categories or task.category in rule.categories)

    def quota_of(self, code: str, task_code: str) -> QuotaSpec | None:
        """The limit `code` as it holds for this task; None where the call has no such limit."""
        quota = self.quotas.get(code)
        own = self.tasks[task_code].quotas.get(code) if quota else None
        return replace(quota, **own) if own else quota

    def obligation(self, code: str) -> ObligationSpec:
        """The obligation with this code; KeyError when the call has none."""
        for item in self.obligations:
            if item.code == code:
                return item
        raise KeyError(code)

    def sections_of(self, task_code: str) -> tuple[SectionSpec, ...]:
        """The form's sections that tasks of this category have; conditions on answers are looked at when filled."""
        category = self.tasks[task_code].category
        return tuple(
            section
            for section in self.form.sections
            if "category" not in section.when or category in section.when["category"]
        )

    def label(self, key: str, default: str = "") -> str:
        """The call's own word for something (优胜 / 通过验收), else `default`, else words.LABELS', else the key."""
        return self.labels.get(key) or default or word_of(key)

    @property
    def has_partners(self) -> bool:
        """Whether the form asks who else takes part."""
        return self.form.of_type("partners") is not None

    @property
    def ranks_recommended(self) -> bool:
        """Whether the order of a department's list matters: only where it may not recommend as many as it likes."""
        return "recommend" in self.quotas
