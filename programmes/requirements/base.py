"""The shape of a requirement, what it answers, and the table of all of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar

from programmes.checks import Checker, Choice, ListOf, Optional, Record, Text, key
from programmes.facts import Facts, ListFacts
from programmes.spec import HARD
from programmes.words import UNIT_TYPES, type_names

REGISTRY: dict[str, type["Requirement"]] = {}

TYPES = ListOf(Choice(UNIT_TYPES), least=1, distinct="")
WHEN = Record({"section": key, "question": key, "is": ListOf(Text(120), least=1, distinct="")})
"""Any rule may be limited to such leads, and to applications that gave such an answer."""
ATTACHMENTS = "attachments"
"""Stands for the attachments section where a rule names a kind of file: a form has one, whatever its key."""
COMMON: Mapping[str, Checker] = {"lead_types": Optional(TYPES), "when": Optional(WHEN)}


@dataclass(frozen=True)
class Finding:
    """The answer to one requirement, or to one entry of it.

    `field` is a dotted path that starts with the section's key (partners, commitments.i3); `rule` is the rule in words.
    A soft finding that is not ok (原则上) may pass with a reason. `inside`: what only officers may read besides;
    `reason`: the one that the unit gave.
    """

    code: str
    force: str
    ok: bool
    sentence: str
    field: str = ""
    rule: str = ""
    inside: str = ""
    reason: str = ""

    @property
    def section(self) -> str:
        """The key of the section to open."""
        return self.field.split(".")[0]

    @property
    def blocks(self) -> bool:
        """True where nothing but a change of the content helps."""
        return not self.ok and self.force == HARD

    @property
    def asks_reason(self) -> bool:
        """True where a reason is needed to submit as it is."""
        return not self.ok and self.force != HARD

    @property
    def key(self) -> str:
        """Names the rule with its figures among those of a call: what a reason is kept under."""
        return f"{self.code}-{sha256(self.rule.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as the requirement wants it."""

    sentence: str
    field: str
    inside: str = ""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """A rule over Facts. Subclasses are frozen dataclasses whose fields are the figures of the rule.

    `params` checks those figures when a document is loaded (COMMON stand in every rule of an application); `rule` says
    the rule in words, `found` what is there when it holds, `problems` yields a Problem for everything that breaks it.
    `entries`: params that name questions or columns of the section in the param `section`.
    `rows`: the rows of domain.md that the rule serves. `example`: figures for the documentation. `needs`: what of the
    installation it looks at besides the application itself: others, related, bans.
    """

    code: ClassVar[str]
    level: ClassVar[str] = "application"
    section_type: ClassVar[str] = "unit"
    params: ClassVar[Mapping[str, Checker]] = {}
    entries: ClassVar[tuple[str, ...]] = ()
    rows: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Mapping] = {}
    needs: ClassVar[frozenset[str]] = frozenset()
    lead_types: tuple[str, ...] = ()
    when: Mapping | None = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "code" not in cls.__dict__:
            return  # what several rules share is no rule
        if cls.level == "application":
            cls.params = {**cls.params, **COMMON}
        REGISTRY[cls.code] = cls

    @classmethod
    def names(cls, params: Mapping) -> Iterator[tuple[tuple, str, str]]:
        """(path within the params, section, entry of it) of everything in the form that these params name."""
        if when := params.get("when"):
            yield ("when", "question"), when["section"], when["question"]
        if section := params.get("section"):
            yield ("section",), section, ""
            for name in cls.entries:
                given = params.get(name) or []
                for entry in [given] if isinstance(given, str) else given:
                    yield (name,), section, entry
            for place, one in enumerate(params.get("where", ())):
                yield ("where", place, "column"), section, one["column"]

    @classmethod
    def looks_at(cls, params: Mapping) -> frozenset[str]:
        """What this rule with these figures looks at besides the application itself."""
        return cls.needs

    @property
    def rule(self) -> str:
        """The rule in words, without a full stop."""
        raise NotImplementedError

    @property
    def full_rule(self) -> str:
        """The rule with the condition under which it is asked."""
        lead = f"{type_names(self.lead_types)}牵头的，" if self.lead_types else ""
        return lead + self.rule

    def asked(self, facts: Facts | ListFacts) -> bool:
        """Whether the rule is for this application at all."""
        if self.lead_types and facts.unit.type not in self.lead_types:
            return False
        if self.when is None:
            return True
        given = facts.answers(self.when["section"], self.when["question"])
        return any(answer in self.when["is"] for answer in given)

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
