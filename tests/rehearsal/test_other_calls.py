"""A rehearsal plays whatever call it is given: other quotas, stages switched off, another form."""

import copy

import pytest

from applications import quota
from applications.models import Application, QuotaUse
from audit.models import Entry
from jbgs.rehearsal import play
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
