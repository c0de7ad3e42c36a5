"""A call that asks for everything after the decision: plan, yearly, quarterly, stage, requests, final."""

from copy import deepcopy

from programmes.loader import load_document
from tests.cast import World, miit_document, world

CLOCKS = {
    "work": {"count": 2, "unit": "years", "from": "listed"},
    "plan": {"count": 20, "unit": "days", "from": "notified"},
    "final": {"count": 60, "unit": "days", "from": "work_due"},
    "stage": {"count": 12, "unit": "workdays", "from": "listed"},
}
QUESTIONS = [
    {"key": "done", "label": "主要进展", "max_chars": 20},
    {"key": "spent", "label": "已使用经费", "kind": "decimal", "unit": "万元"},
    {"key": "changed", "label": "是否有重大变化", "kind": "yes_no"},
    {"key": "what", "label": "变化情况", "when": {"question": "changed", "is": ["yes"]}},
]
OBLIGATIONS = [
    {"code": "plan", "kind": "plan", "label": "项目计划书", "clock": "plan", "blocks": "start_work",
     "needs_officer": True},
    {"code": "stage", "kind": "stage_assessment", "label": "阶段评估材料", "clock": "stage", "needs_officer": True},
    {"code": "yearly", "kind": "yearly", "label": "自查报告", "every": "year", "by": "03-31", "questions": QUESTIONS},
    {"code": "quarterly", "kind": "quarterly", "label": "季度报表", "every": "quarter", "by": "20"},
    {"code": "change", "kind": "change", "label": "重大变更", "needs_officer": True},
    {"code": "longer", "kind": "extension", "label": "延期申请", "needs_officer": True},
    {"code": "final", "kind": "final", "label": "结题报告", "clock": "final", "blocks": "submit_evaluation"},
]  # fmt: skip
ANSWERS = {"done": "完成样机", "spent": "12.50", "changed": "no"}


def owing_world(**flow) -> World:
    """The usual cast in the call of 2025 with all of the above."""
    document = deepcopy(miit_document())
    document["clocks"] |= deepcopy(CLOCKS)
    document["obligations"] = deepcopy(OBLIGATIONS)
    document["flow"] = document.get("flow", {}) | flow
    return world(load_document(document).call)
