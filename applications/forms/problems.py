"""What of a check belongs to which section and place, what is wrong and what is only not there yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from applications.checking import Check
from programmes.facts import Facts
from programmes.requirements import Finding
from programmes.spec import FormSpec, SectionSpec

# Rules that ask for something; what breaks them while nothing is typed is "not there", not "wrong".
ASKING = {"form_complete", "every_indicator_promised", "pledge_signed"}
TABLES = {
    "partners": "rows",
    "team": "rows",
    "commitments": "rows",
    "targets": "rows",
    "questions": "answers",
    "table": "rows",
}
OVERFULL = "rows"  # the place of a table with more rows than it may have
PARTS = ("value", "low", "high", "text")


@dataclass(frozen=True)
class Place:
    """One finding where it is to be mended. `at` is the place within the section: "title", "0.birth_date", "i3"."""

    finding: Finding
    section: SectionSpec
    at: str
    missing: bool

    @property
    def sentence(self) -> str:
        return self.finding.sentence

    @property
    def anchor(self) -> str:
        return f"f-{self.at}" if self.at else "section-body"

    @property
    def kind(self) -> str:
        """wrong, missing, or advice (原则上)."""
        if not self.finding.blocks:
            return "advice"
        return "missing" if self.missing else "wrong"


@dataclass(frozen=True)
class Progress:
    """How far one section is, for the rail. `tone`: ok, part, bad or none."""

    section: SectionSpec
    number: int
    tone: str
    label: str
    note: str


class Problems:
    """All findings of one application that are not ok, sorted into the form's sections."""

    def __init__(self, form: FormSpec, facts: Facts, checked: Check):
        self.form = form
        self.facts = facts
        self.checked = checked
        known = {section.key: section for section in form.sections}
        by_type = {section.type: section for section in reversed(form.sections)}
        self.places: list[Place] = []
        self.elsewhere: list[Finding] = []
        for finding in checked.problems:
            key, _, at = finding.field.partition(".")
            section = known.get(key) or by_type.get(key)
            if section is None:
                self.elsewhere.append(finding)
                continue
            self.places.append(Place(finding, section, at, self._is_missing(finding, section, at)))

    def _is_missing(self, finding: Finding, section: SectionSpec, at: str) -> bool:
        if section.type in ("team", "partners", "budget") and not self.is_started(section):
            return True
        data = self.facts.sections.get(section.key) or {}
        return finding.code in ASKING and not is_typed(section, data, at)

    def of(self, section: SectionSpec) -> list[Place]:
        return [place for place in self.places if place.section is section]

    def kind(self, kind: str) -> list[Place]:
        """All of one kind, in the order of the form."""
        return [place for section in self.form.sections for place in self.of(section) if place.kind == kind]

    @property
    def blocking(self) -> int:
        return sum(1 for place in self.places if place.finding.blocks) + sum(found.blocks for found in self.elsewhere)

    def progress(self) -> list[Progress]:
        return [self._progress(section, number) for number, section in enumerate(self.form.sections, 1)]

    def _progress(self, section: SectionSpec, number: int) -> Progress:
        places = self.of(section)
        wrong = sum(place.kind == "wrong" for place in places)
        missing = sum(place.kind == "missing" for place in places)
        started = self.is_started(section)
        if wrong:
            return Progress(section, number, "bad", "有错误", f"{wrong} 处错")
        if missing:
            return Progress(
                section, number, "part" if started else "none", "填写中" if started else "未开始", f"缺 {missing} 项"
            )
        if started or section.required and section.type != "attachments":
            return Progress(section, number, "ok", "已完成", "")
        return Progress(section, number, "none", "选填，未填写", "选填")

    def is_started(self, section: SectionSpec) -> bool:
        """Whether anything was typed (or uploaded) in the section."""
        if section.type == "attachments":
            return bool(self.facts.attachments)
        return _has_text(self.facts.sections.get(section.key) or {})


def is_typed(section: SectionSpec, data: Mapping, at: str) -> bool:
    """Whether something stands at the place that a finding names."""
    if at == OVERFULL:
        return True
    value = data
    path = ([TABLES[section.type]] if section.type in TABLES else []) + (at.split(".") if at else [])
    for step in path:
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return False
    if isinstance(value, Mapping):
        return any(str(value.get(part) or "").strip() for part in PARTS)
    if isinstance(value, list):
        return any(isinstance(one, str) and one.strip() for one in value)
    return bool(str(value or "").strip())


def link(application, place: Place) -> str:
    """The address of the place on its section's page, with everything that is missing shown there."""
    page = reverse("applications:section", args=[application.pk, place.section.key])
    return f"{page}?{urlencode({'checked': 1})}#{place.anchor}"


def _has_text(value) -> bool:
    """Whether a saved section holds anything that a person typed; the years and sources of an empty budget are not."""
    if isinstance(value, Mapping):
        return any(_has_text(item) for key, item in value.items() if key not in ("source", "year", "item"))
    if isinstance(value, list):
        return any(_has_text(item) for item in value)
    return value is True or (isinstance(value, str) and bool(value.strip()))
