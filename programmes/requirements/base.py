"""The shape of a requirement, what it answers, and the table of all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from programmes.checks import Checker
from programmes.facts import Facts, ListFacts
from programmes.spec import HARD

REGISTRY: dict[str, type["Requirement"]] = {}


@dataclass(frozen=True)
class Finding:
    """The answer to one requirement, or to one entry of it.

    `field` is a dotted path that starts with the section's key (partners, commitments.i3); `rule` is the rule in words.
    A soft finding that is not ok (原则上) may pass with a reason.
    """

    code: str
    force: str
    ok: bool
    sentence: str
    field: str = ""
    rule: str = ""

    @property
    def section(self) -> str:
        """The key of the section to open."""
        return self.field.split(".")[0]

    @property
    def blocks(self) -> bool:
        """True where nothing but a change of the content helps."""
        return not self.ok and self.force == HARD


@dataclass(frozen=True)
class Problem:
    """One thing that is not as the requirement wants it."""

    sentence: str
    field: str


class Requirement:
    """A rule over Facts. Subclasses are frozen dataclasses whose fields are the figures of the rule.

    `params` checks those figures when a document is loaded; `rule` says the rule in words, `found` what is there when
    it holds, `problems` yields a Problem for everything that breaks it.
    """

    code: ClassVar[str]
    level: ClassVar[str] = "application"
    section_type: ClassVar[str] = "unit"
    params: ClassVar[Mapping[str, Checker]] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        REGISTRY[cls.code] = cls

    @property
    def rule(self) -> str:
        """The rule in words, without a full stop."""
        raise NotImplementedError

    def found(self, facts: Facts | ListFacts) -> str:
        """What is there when the rule holds; empty where the rule says it all."""
        return ""

    def problems(self, facts: Facts | ListFacts) -> Iterable[Problem]:
        """Everything that breaks the rule, in the order of the form."""
        raise NotImplementedError

    def at(self, facts: Facts, part: str | int = "") -> str:
        """The dotted path of this rule's section, with a part of it where one is meant."""
        section = facts.section_key(self.section_type)
        return f"{section}.{part}" if part != "" else section
