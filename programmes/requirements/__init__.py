"""Requirements: small rules over Facts, each with a code that a call's document names (DESIGN §5)."""

from collections.abc import Iterable

from programmes.facts import Facts, ListFacts
from programmes.requirements import (  # noqa: F401  (they fill the registry, in the order of the catalogue)
    files,
    history,
    lists,
    money,
    partners,
    people,
    promises,
    relations,
    sizes,
    tables,
    units,
    values,
)
from programmes.requirements.base import REGISTRY, Finding, Requirement
from programmes.spec import RequirementSpec

__all__ = ["REGISTRY", "Finding", "Requirement", "check", "needs", "requirement"]

FIELDS = {"is": "wanted"}
"""Params of the document whose name is a word of Python."""


def requirement(spec: RequirementSpec) -> Requirement:
    """The rule that a spec names, with its figures. KeyError for an unknown code, which the loader has refused."""
    params = {
        FIELDS.get(name, name): tuple(value) if isinstance(value, list) else value
        for name, value in spec.params.items()
    }
    return REGISTRY[spec.code](**params)


def needs(specs: Iterable[RequirementSpec]) -> frozenset[str]:
    """What these rules look at besides the application itself, so that nothing is read for nothing."""
    return frozenset().union(*(REGISTRY[spec.code].looks_at(spec.params) for spec in specs))


def check(specs: Iterable[RequirementSpec], facts: Facts | ListFacts) -> list[Finding]:
    """Ask every requirement of the facts' level, in the order of the call.

    A rule that holds gives one Finding; one that is broken gives one for each of its problems; one that is not for
    this application (other kind of lead, other answer) gives none.

    Soft findings that are not ok are returned like hard ones; `Finding.blocks` tells them apart.
    """
    findings = []
    for spec in specs:
        if spec.level != facts.level:
            continue
        rule = requirement(spec)
        if not rule.asked(facts):
            continue
        words, problems = rule.full_rule, list(rule.problems(facts))
        for problem in problems:
            field = problem.field or spec.field
            findings.append(Finding(spec.code, spec.force, False, problem.sentence, field, words, problem.inside))
        if not problems:
            found = rule.found(facts)
            sentence = f"{words}：{found}。" if found else f"{words}。"
            where = spec.field or (rule.at(facts) if isinstance(facts, Facts) else "")
            findings.append(Finding(spec.code, spec.force, True, sentence, where, words))
    return findings
