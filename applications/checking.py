"""The check button: everything that is missing or against the rules, at once, each with a way to it (F09)."""

from dataclasses import dataclass, replace

from applications import reasons, sections
from applications.facts import facts_of
from applications.models import Application
from programmes import requirements
from programmes.facts import Facts
from programmes.requirements import Finding
from programmes.spec import SectionSpec, TaskSpec

KEPT_TYPES = frozenset({"project", "unit"})
"""Rules that point to these sections look at what is known without them: the unit, the task."""


@dataclass(frozen=True)
class Check:
    """All findings of one application: `problems` are those that are not ok, hard ones first."""

    findings: tuple[Finding, ...]

    @property
    def problems(self) -> list[Finding]:
        return sorted((found for found in self.findings if not found.ok), key=lambda found: not found.blocks)

    @property
    def blocking(self) -> list[Finding]:
        return [found for found in self.findings if found.blocks]

    def of_section(self, key: str) -> list[Finding]:
        return [found for found in self.problems if found.section == key]


def check(application: Application, facts: Facts | None = None) -> Check:
    """Read what was typed and ask every requirement of the application's own call version.

    `facts`: those of this application, where the caller has them already.
    """
    facts = facts or facts_of(application)
    spec = application.call_version.spec
    unreadable = [
        problem for section in facts.form.sections for problem in _unreadable(section, facts.sections.get(section.key))
    ]
    absent = {section.type for section in spec.form.sections} - {section.type for section in facts.form.sections}
    rules = [
        rule for rule in spec.requirements_of(application.task.code)
        if requirements.REGISTRY[rule.code].section_type not in absent - KEPT_TYPES
    ]  # fmt: skip
    return Check((*unreadable, *reasons.explained(application, requirements.check(rules, facts))))


def problems(application: Application) -> list[Finding]:
    """What is not as it should be, hard findings first."""
    return check(application).problems


def task_of(application: Application) -> TaskSpec:
    """The application's task in its own call version, with the indicators that its chosen part has to reach."""
    task = application.call_version.spec.tasks[application.task.code]
    return replace(task, indicators=task.indicators_of(application.part)) if task.parts else task


def indicators_of(application: Application):
    """What the application has to promise and reach: the task's indicators, of its part where the task has parts."""
    return task_of(application).indicators


def _unreadable(section: SectionSpec, data: dict | None) -> list[Finding]:
    return sections.read(section, data)[1] if data else []
