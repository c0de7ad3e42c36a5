"""Why an application is submitted although something is not as 原则上 it should be: typed by the unit, for deciders.

`Application.soft_reasons` keeps {Finding.key: {"rule", "said": [sentences], "reason"}}. A key names a rule with its
figures, so one reason covers all entries that break one rule, and a changed figure asks anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from applications.models import Application
from programmes.requirements import Finding

LONGEST = 1000


@dataclass(frozen=True)
class Asked:
    """One rule that asks for a reason: its key, the rule, what is not so (sentences), the reason typed so far."""

    key: str
    rule: str
    said: tuple[str, ...]
    reason: str

    @property
    def kept(self) -> dict:
        """As the application keeps it."""
        return {"rule": self.rule, "said": list(self.said), "reason": self.reason}


def reason_of(application: Application, key: str) -> str:
    """The reason that is kept for a rule, '' for none."""
    return str((application.soft_reasons.get(key) or {}).get("reason", "")).strip()


def asked(application: Application, findings: Iterable[Finding]) -> list[Asked]:
    """What asks for a reason, in the order of the call; one entry for each rule."""
    said: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.asks_reason:
            said.setdefault(finding.key, []).append(finding)
    return [
        Asked(key, found[0].rule, tuple(one.sentence for one in found), reason_of(application, key))
        for key, found in said.items()
    ]


def explained(application: Application, findings: Iterable[Finding]) -> list[Finding]:
    """The same findings; those that ask for a reason with the one that was given."""
    return [replace(one, reason=reason_of(application, one.key)) if one.asks_reason else one for one in findings]


def typed(findings: Iterable[Asked], given: Mapping[str, str]) -> dict[str, dict]:
    """What to keep of the reasons that were typed: of rules that ask for one, longer ones cut at LONGEST."""
    return {
        one.key: replace(one, reason=text).kept
        for one in findings
        if (text := str(given.get(one.key) or "").strip()[:LONGEST])
    }
