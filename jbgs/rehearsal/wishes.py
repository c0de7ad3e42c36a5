"""What the rules of one task want an application to be like, so that a fictitious one can keep them all.

Each rule's code has a reader in `wish_readers` that turns its figures into wishes. A rule without one is left to luck,
and the rehearsal says so: a draft that cannot be submitted is told with the sentences of its check.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, Decimal
from math import ceil
from random import Random

from programmes.spec import CallSpec, TaskSpec

MANY = 999
CENT = Decimal("0.01")
READERS: dict[str, Callable[["Wishes", Mapping], None]] = {}


@dataclass(frozen=True)
class Need:
    """One partner that a rule asks for."""

    type: str = "enterprise"
    country: str = "CN"
    region: str = ""

    @property
    def is_here(self) -> bool:
        return self.country == "CN"


@dataclass(frozen=True)
class LeadWish:
    """Who may lead: types and regions (empty: any), registered on or before a day; which facts a type must name."""

    types: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    registered_by: date | None = None
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()


def lead_of(spec: CallSpec, task: TaskSpec) -> LeadWish:
    """What the rules of a task ask of the lead, read before there is one."""
    types, regions, day, facts = (), (), None, ()
    for rule in spec.requirements_of(task.code):
        match rule.code:
            case "lead_is":
                types = tuple(rule.params["types"])
            case "lead_registered_in":
                regions = tuple(rule.params["regions"])
            case "lead_registered_by":
                day = date.fromisoformat(rule.params["date"])
            case "lead_names":
                leads = tuple(rule.params.get("lead_types") or ())
                facts += tuple((fact, leads) for fact in rule.params["facts"])
    return LeadWish(types, regions, day, facts)


@dataclass
class Bounds:
    """Between which figures an answer has to lie; None where it may be anything."""

    low: Decimal | None = None
    high: Decimal | None = None

    def add(self, comparator: str, value: Decimal) -> None:
        """Keep one more bound; the narrower one holds."""
        if comparator in (">=", ">", "="):
            self.low = value if self.low is None else max(self.low, value)
        if comparator in ("<=", "<", "="):
            self.high = value if self.high is None else min(self.high, value)

    def figure(self, kind: str = "decimal") -> str:
        """A figure well inside; on the bound itself where both are the same."""
        if self.low is not None and self.high is not None:
            value = (self.low + self.high) / 2
        elif self.low is not None:
            value = self.low + (abs(self.low) or Decimal(10)) / 10
            value = min(value, (self.low + 100) / 2) if kind == "percent" and self.low <= 100 else value
        else:
            value = self.high - abs(self.high) / 10
        if kind == "integer":
            value = value.to_integral_value(ROUND_CEILING if self.low is not None else ROUND_DOWN)
        return f"{value.normalize():f}"


class Wishes:
    """The wishes of one task for one lead; `today` is the business date. Readers write, the writer of the form asks."""

    def __init__(self, spec: CallSpec, task: TaskSpec, unit, today: date):
        self.spec, self.task, self.unit, self.today = spec, task, unit, today
        self.partners: list[Need] = []
        self.partner_types: tuple[str, ...] = ()
        self.most_partners, self.most_team = MANY, MANY
        self.least_years, self.most_years, self.ends_by = 1, MANY, None
        self.leader_title, self.leader_degree = "教授", "博士"
        self.leader_born_from = None
        self.youth_percent, self.youth_from = 0, None
        self.most_of: dict[str, Decimal] = {}
        self.least_of: dict[str, Decimal] = {}
        self.most_percent: dict[str, Decimal] = {}
        self.least_percent: dict[str, Decimal] = {}
        self.least_ratio = Decimal(0)
        self.attachments: dict[str, int] = {}
        self.bounds: dict[tuple[str, str], Bounds] = {}
        self.cells: dict[str, dict[str, str]] = {}
        self.distinct: dict[str, set[str]] = {}
        self.thresholds: dict[str, list[Mapping]] = {}
        self._answers: dict[tuple[str, str], Callable[[], str]] = {}
        self._rows: dict[str, Callable] = {}
        for rule in spec.requirements_of(task.code):
            leads = rule.params.get("lead_types")
            if rule.code in READERS and (not leads or unit.type in leads):
                READERS[rule.code](self, rule.params)

    # --- What the writer asks ------------------------------------------------------------------------------------

    def answer(self, section: str, question: str) -> str | None:
        """The answer that a rule wants, None where none does."""
        key = (section, question)
        if key in self._answers:
            return self._answers[key]()
        return self.bounds[key].figure(self.kind(*key)) if key in self.bounds else None

    def kind(self, section: str, question: str) -> str:
        """The kind of a question, a field, a row of targets or a column."""
        return self.entry(section, question).get("kind") or "long_text"

    def entry(self, section: str, question: str) -> Mapping:
        """A question, a field, a row of targets or a column as the form has it; empty where it has none."""
        for found in self.spec.form.sections:
            for part in ("questions", "fields", "rows", "columns") if found.key == section else ():
                for entry in found.options.get(part, ()):
                    if entry["key"] == question:
                        return entry
        return {}

    def rows(self, section: str, writer) -> list[dict]:
        """The rows that a rule wants in a table; the cells that no rule names are left out."""
        build = self._rows.get(section)
        return build(writer) if build else []

    def finish(self, section: str, rows: list[dict]) -> list[dict]:
        """The same rows with the cells that rules want in every row, and with figures that keep the thresholds."""
        for position, row in enumerate(rows, 1):
            row.update(self.cells.get(section, {}))
            for column in self.distinct.get(section, ()):
                choices = self.entry(section, column).get("choices")
                row[column] = choices[(position - 1) % len(choices)] if choices else f"{row[column]}{position}"
            self._keep_thresholds(section, row)
        return rows

    def _keep_thresholds(self, section: str, row: dict) -> None:
        bounds: dict[str, Bounds] = {}
        for rule in self.thresholds.get(section, ()):
            wanted = (rule.get("when") or {}).items()
            if all(row.get(column) in ([words] if isinstance(words, str) else words) for column, words in wanted):
                bounds.setdefault(rule["column"], Bounds()).add(rule["comparator"], Decimal(rule["value"]))
        row.update({column: found.figure(self.kind(section, column)) for column, found in bounds.items()})

    def years(self) -> int:
        """A term in whole years that no rule refuses."""
        section = self.spec.form.of_type("project")
        most = section.options.get("most_years") if section else None
        return max(self.least_years, min(most or MANY, self.most_years, 3))

    def term(self) -> tuple[date, date]:
        """From the first day of the next year on, to the last day of a year; sooner where a rule ends it."""
        starts_on = date(self.today.year + 1, 1, 1)
        ends_on = date(self.today.year + self.years(), 12, 31)
        if self.ends_by and ends_on > self.ends_by:
            ends_on = self.ends_by
            starts_on = min(starts_on, plus_years(ends_on, -self.years()) + timedelta(days=1))
        return starts_on, ends_on

    def birth_date(self, rng: Random, position: int, size: int) -> date:
        """Somebody of working age; the leader and enough young people as the rules want them."""
        born = date(self.today.year - rng.randint(38, 54), rng.randint(1, 12), rng.randint(1, 28))
        young = self.youth_from and position <= ceil(size * self.youth_percent / 100)
        bounds = (self.youth_from if young else None, self.leader_born_from if position == 0 else None)
        earliest = max(filter(None, bounds), default=None)
        return earliest + timedelta(days=rng.randint(0, 900)) if earliest and born < earliest else born

    def money(self, rng: Random, sources: Iterable[str]) -> dict[str, Decimal]:
        """万元 by source: the unit pays most, the others as much as the caps and shares allow, rounded down."""
        amounts = {source: Decimal(rng.randint(20, 60)) for source in sources}
        if "state" in amounts:
            amounts["state"] = Decimal(rng.randint(120, 300))
        amounts = {source: min(amount, self.most_of.get(source, amount)) for source, amount in amounts.items()}
        amounts = {source: max(amount, self.least_of.get(source, amount)) for source, amount in amounts.items()}
        if "own" in amounts:
            amounts["own"] = Decimal(0)
            others, state = sum(amounts.values()), amounts.get("state", Decimal(0))
            needed = [others, state * self.least_ratio, self.least_of.get("own", Decimal(0))]
            for source, percent in self.most_percent.items():
                needed.append(amounts.get(source, Decimal(0)) * 100 / percent if percent else others)
            if share := self.least_percent.get("own"):
                needed.append(others * share / max(100 - share, Decimal(1)))
            amounts["own"] = (max(needed) * Decimal("1.2") + rng.randint(100, 300)).quantize(Decimal(1))
        return {source: amount.quantize(CENT, ROUND_DOWN) for source, amount in amounts.items()}

    # --- What readers write --------------------------------------------------------------------------------------

    def want_answer(self, section: str, question: str, value: str | Callable[[], str]) -> None:
        """`value`: the answer, or how it is found out once it is needed."""
        self._answers[section, question] = value if callable(value) else lambda: value

    def want_rows(self, section: str, build: Callable) -> None:
        self._rows[section] = build

    def bound(self, section: str, question: str, comparator: str, value) -> None:
        self.bounds.setdefault((section, question), Bounds()).add(comparator, Decimal(value))

    def want_partners(self, count: int, fits: Callable[[Need], bool], make: Callable[[int], Need]) -> None:
        """At least `count` partners that fit, invented by `make` where they are missing."""
        while sum(map(fits, self.partners)) < count:
            self.partners.append(make(len(self.partners)))


def plus_years(day: date, years: int) -> date:
    """The same day so many years later; 1 March for a 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
