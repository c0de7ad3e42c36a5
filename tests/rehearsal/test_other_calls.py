"""A rehearsal plays whatever call it is given: other quotas, stages switched off, another form."""

import copy

import pytest

from applications import quota
from applications.models import Application, QuotaUse
from audit.models import Entry
from jbgs.rehearsal import play
from jbgs.rehearsal.verdict import verdict
from programmes.loader import load_document
from tests.cast import miit_document
from tests.programmes.documents import small_document

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def played(document: dict, **changes):
    """Rehearse the document under another slug with some of its parts changed: (copy of the call, figures)."""
    document = copy.deepcopy(document) | {"slug": "other-2025"}
    for part, changed in changes.items():
        document[part] = changed if part == "quotas" else document[part] | changed
    stage, figures = play.play(load_document(document).call, applications=16, seed=3)
    return stage.call, figures


def refusals(call) -> set[str]:
    ids = Application.objects.filter(call=call).values("pk")
    entries = Entry.objects.filter(object_type=Application._meta.label_lower, object_id__in=ids)
    return set(entries.refused().values_list("code", flat=True))


def test_hard_quotas_are_met_and_never_passed():
    limits = {"recommend": 2, "shortlist": 3, "award": 1}
    scopes = {"recommend": ["task", "recommender"], "shortlist": ["task"], "award": ["task"]}
    hard = {code: {"limit": limits[code], "scope": scopes[code], "force": "hard"} for code in limits}
    call, figures = played(miit_document(), quotas=hard)
    assert figures["quota_refusals"] > 0 and figures["quota_breaches"] == 0 == len(quota.breaches(call))
    codes = refusals(call)
    assert "quota_full" in codes and "quota_needs_reason" not in codes
    for code, limit in limits.items():
        slots = QuotaUse.objects.filter(scope__call=call, scope__code=code).values_list("slot", flat=True)
        assert max(slots) == limit, code


def test_a_call_of_few_stages():
    """Nobody recommends, checks or reviews, and nothing is measured: what is filed is decided."""
    off = dict.fromkeys(("recommendation", "recommendation_list", "form_check", "review", "evaluation"), False)
    call, figures = played(
        small_document(), flow=off, quotas={"shortlist": {"limit": 2, "scope": ["task"], "force": "soft"}}
    )
    # One comes late; the system passes everybody else through the stage.
    assert figures["submitted"] == figures["recommended"] == 15
    assert figures["reviewed"] == figures["rejected"] == figures["won"] == 0
    assert 0 < figures["shortlisted"] <= 3 and figures["quota_breaches"] == 0
    assert figures["quota_refusals"] > 0


def test_a_call_of_another_form():
    """Three sections, no budget, no team, no attachments, two criteria."""
    call, figures = played(small_document())
    assert figures["submitted"] > 0 and figures["reviewed"] > 0 and figures["shortlisted"] > 0
    assert figures["quota_breaches"] == 0


EVERY_KIND = (
    ("line", "text"), ("story", "long_text"), ("count", "integer"), ("rate", "decimal"), ("share", "percent"),
    ("day", "date"), ("phone", "phone"), ("mail", "email"),
)  # fmt: skip


def status_document() -> dict:
    """A call like none of the fixtures: a status without tasks, recommenders or experts; every kind of question; limits
    by table; three signers; reports that come back; an extension; nothing is measured."""
    questions = [{"key": key, "label": f"问题{key}", "kind": kind} for key, kind in EVERY_KIND]
    questions += [
        {"key": "risky", "label": "是否涉及风险", "kind": "yes_no"},
        {"key": "risk", "label": "风险说明", "when": {"question": "risky", "is": ["yes"]}},
        {"key": "kinds", "label": "类别", "kind": "multi", "choices": ["甲", "乙"]},
        {"key": "made", "label": "产量", "kind": "decimal"},
        {"key": "able", "label": "产能", "kind": "decimal"},
    ]
    columns = [
        {"key": "name", "label": "产线", "kind": "text"},
        {"key": "built", "label": "建成", "kind": "choice", "choices": ["现有", "新建"]},
        {"key": "rate", "label": "效率", "kind": "percent"},
    ]
    limits = [
        {"when": {"built": "现有"}, "column": "rate", "comparator": ">=", "value": "23.2"},
        {"when": {"built": "新建"}, "column": "rate", "comparator": ">=", "value": "23.7"},
    ]
    return {
        "slug": "status-2025", "title": "虚构规范公告", "year": 2025, "programme": {"slug": "status", "title": "公告"},
        "windows": {"apply": {"opens": "2025-03-01", "closes": "2025-03-31"}},
        "flow": {
            "recommendation": False, "recommendation_list": False, "evaluation": False, "agreement": True,
            "publicity": {"count": 7, "unit": "days"},
        },
        "requirements": [
            {"code": "form_complete"},
            {"code": "lead_is", "params": {"types": ["hospital"]}},
            {"code": "lead_registered_in", "params": {"regions": ["440300"]}},
            {"code": "lead_registered_by", "params": {"date": "2004-06-30"}},
            {"code": "partners_at_least", "params": {"count": 2, "abroad": "yes"}},
            {"code": "continents_include", "params": {"continents": ["asia", "africa"]}},
            {"code": "leader_age_at_most", "params": {"years": 40}},
            {"code": "duration_at_least", "params": {"years": 2}},
            {"code": "share_at_least", "params": {
                "section": "answers", "numerator": "made", "denominator": "able", "percent": 50}},
            {"code": "rows_meet_thresholds", "params": {"section": "lines", "rules": limits, "covered": "yes"}},
            {"code": "answer_is", "params": {"section": "answers", "question": "risky", "is": ["yes"]}},
            {"code": "attachment_required", "params": {"kind": "proof", "count": 2}},
            {"code": "funding_share_at_least", "params": {"sources": ["own"], "percent": 80}},
            {"code": "pledges_signed", "params": {"signers": ["unit", "participants"]}},
        ],
        "form": [
            {"key": "project", "type": "project", "title": "项目", "options": {"term": "dates", "most_years": 4}},
            {"key": "partners", "type": "partners", "title": "联合单位"},
            {"key": "team", "type": "team", "title": "人员", "options": {"least": 2, "most": 9}},
            {"key": "answers", "type": "questions", "title": "问题", "options": {"questions": questions}},
            {"key": "lines", "type": "table", "title": "产线", "options": {"least": 2, "most": 4, "columns": columns}},
            {"key": "budget", "type": "budget", "title": "经费",
             "options": {"years": [2025, 2026], "sources": ["own", "state"], "items": [{"key": "a", "label": "甲"}]}},
            {"key": "files", "type": "attachments", "title": "附件",
             "options": {"kinds": [{"key": "proof", "label": "证明", "max_files": 3, "types": ["pdf"]}]}},
            {"key": "unit_pledge", "type": "pledge", "title": "单位承诺", "options": {"text": "pledge"}},
            {"key": "people_pledge", "type": "pledge", "title": "人员承诺",
             "options": {"text": "pledge", "signer": "participants"}},
        ],
        "review": {"rounds": [{"kind": "check_all", "least_people": 1}, {"kind": "on_site", "least_people": 3}]},
        "check_items": [{"code": "whole", "label": "材料齐全"}],
        "grounds": [{"code": "not_fit", "label": "不符合条件"}],
        "texts": {"pledge": "如实申报。"},
        "clocks": {
            "work": {"count": 18, "unit": "months"}, "appeal": {"count": 10, "unit": "days"},
            "on_site_objection": {"count": 5, "unit": "workdays"}, "ban": {"count": 1, "unit": "years"},
            "stage": {"count": 6, "unit": "months", "from": "listed"},
        },
        "obligations": [
            {"code": "deed", "kind": "agreement", "label": "协议", "blocks": "start_work", "needs_officer": True},
            {"code": "half", "kind": "stage_assessment", "label": "阶段评估", "clock": "stage", "needs_officer": True},
            {"code": "quarterly", "kind": "quarterly", "label": "季报", "every": "quarter", "by": "20"},
            {"code": "longer", "kind": "extension", "label": "延期"},
            {"code": "changed", "kind": "change", "label": "变更"},
        ],
        "indicators": [{"code": "i1", "name": "效率", "comparator": ">=", "value": 20, "unit": "%"}],
    }  # fmt: skip


def test_a_call_like_no_other():
    """Its document is all the rehearsal knows of it."""
    stage, figures = play.play(load_document(status_document()).call, applications=14, seed=4)
    found = verdict(stage)
    assert found["unmet"] == [] and found["stuck"] == [] and found["unplayed"] == []
    assert found["green"] and figures["quota_breaches"] == 0
    stages = found["stages"]
    assert "recommendation" not in stages and "evaluation" not in stages
    assert stages["obligation quarterly"] >= 4 * stages["obligation deed"] > 0
    assert stages["round 2 on_site"] > 0 < stages["appeal"]
    done = set(Entry.objects.done().values_list("action", flat=True))
    assert {"object_to_round", "settle_round_objection", "raise_request", "refuse_request", "close_hearing"} <= done
