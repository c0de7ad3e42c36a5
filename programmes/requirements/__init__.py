"""Requirements: small rules over Facts, each with a code that a call's document names (DESIGN §5)."""

from collections.abc import Iterable

from programmes.facts import Facts, ListFacts
from programmes.requirements import content, units  # noqa: F401  (they fill the registry)
from programmes.requirements.base import REGISTRY, Finding, Requirement
from programmes.spec import RequirementSpec

__all__ = ["REGISTRY", "Finding", "Requirement", "check", "requirement"]


def requirement(spec: RequirementSpec) -> Requirement:
    """The rule that a spec names, with its figures. KeyError for an unknown code, which the loader has refused."""
    params = {name: tuple(value) if isinstance(value, list) else value for name, value in spec.params.items()}
    return REGISTRY[spec.code](**params)


def check(specs: Iterable[RequirementSpec], facts: Facts | ListFacts) -> list[Finding]:
    """Ask every requirement of the facts' level, in the order of the call.

    A rule that holds gives one Finding; one that is broken gives one for each of its problems.

    Soft findings that are not ok are returned like hard ones; `Finding.blocks` tells them apart.
    """
    findings = []
    for spec in specs:
        if spec.level != facts.level:
            continue
        rule = requirement(spec)
        problems = list(rule.problems(facts))
        for problem in problems:
            field = problem.field or spec.field
            findings.append(Finding(spec.code, spec.force, False, problem.sentence, field, rule.rule))
        if not problems:
            found = rule.found(facts)
            sentence = f"{rule.rule}：{found}。" if found else f"{rule.rule}。"
            where = spec.field or (rule.at(facts) if isinstance(facts, Facts) else "")
            findings.append(Finding(spec.code, spec.force, True, sentence, where, rule.rule))
    return findings
