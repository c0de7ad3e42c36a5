"""What a department looks at before it recommends: what the system computes, and what only a person can see."""

from dataclasses import dataclass

from applications import checking
from applications.states import EDITABLE
from programmes.requirements import Finding
from programmes.spec import SOFT, CallSpec, CheckItemSpec

SIGNED = CheckItemSpec("signed", "申报材料签字、盖章、日期、附件等内容齐全")
"""The summary table has a column for it (domain.md J45), so it stands in every call's list."""


@dataclass(frozen=True)
class Examined:
    """`findings`: computed, what is wrong first; `by_eye`: what a person ticks; `why_not`: why nothing was computed."""

    findings: tuple[Finding, ...]
    by_eye: tuple[CheckItemSpec, ...]
    why_not: str = ""

    @property
    def problems(self) -> int:
        return sum(not found.ok for found in self.findings)


def by_eye(spec: CallSpec) -> tuple[CheckItemSpec, ...]:
    """The items of the form check that no requirement computes, behind the house's own one."""
    return (SIGNED, *(item for item in spec.check_items if not item.requirement))


def examine(application) -> Examined:
    """Compute what can be computed of the version that was submitted.

    While the unit edits, its rows are no longer the version's and nobody else's business: nothing is computed.
    """
    items = by_eye(application.call_version.spec)
    if application.state in EDITABLE:
        return Examined((), items, "申报单位正在修改，重新提交后再核对。")
    checked = checking.check(application)
    region = _in_region(application)
    found = [*checked.findings, *([region] if region else [])]
    return Examined(tuple(sorted(found, key=lambda finding: (finding.ok, not finding.blocks))), items)


def _in_region(application) -> Finding | None:
    """Whether the lead is registered where its department is; a body without a region has no such question."""
    unit, department = application.unit, application.department
    if department is None or not department.region:
        return None
    if unit.region == department.region:
        return Finding("in_region", SOFT, True, f"注册地在本地区：{unit.region_name}。", "unit")
    sentence = f"注册地为{unit.region_name or '未填写'}，推荐单位属{department.region_name}，请核对是否应由本单位推荐。"
    return Finding("in_region", SOFT, False, sentence, "unit")
