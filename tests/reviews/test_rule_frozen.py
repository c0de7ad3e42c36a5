"""By what scores decide stands still once intake has opened, whichever way a new wording comes in."""

from copy import deepcopy
from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from applications.workflow.calls import apply_draft
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes import editing
from programmes.freezing import has_opened
from programmes.loader import load_document
from programmes.schema import plain
from programmes.writing import write_document
from tests.programmes.documents import small_document

pytestmark = pytest.mark.django_db
BEFORE, AFTER = (datetime(2025, month, 10, 9, tzinfo=clock.SHANGHAI) for month in (2, 4))


@pytest.fixture
def call():
    with clock.travel(BEFORE):
        return load_document(small_document()).call


def changed(**review) -> dict:
    document = deepcopy(small_document())
    document["review"] |= review
    return document


DECIDING = {
    "weights": {"criteria": [
        {"key": "one", "label": "创新性", "weight": 50}, {"key": "two", "label": "可行性", "weight": 50},
    ]},
    "anchors": {"criteria": [
        {"key": "one", "label": "创新性", "weight": 60, "anchors": [[0, 59, "不足"], [60, 100, "可以"]]},
        {"key": "two", "label": "可行性", "weight": 40},
    ]},
    "aggregate": {"aggregate": "trimmed_mean"},
    "ties": {"ties": ["deviation", "lot"]},
    "tie_at_cut": {"tie_at_cut": "both"},
    "rounds": {"rounds": [{"kind": "mail"}, {"kind": "panel"}]},
    "pass_share": {"rounds": [{"kind": "mail", "pass_share": "2/3"}]},
    "blind": {"blind": True},
    "assignment": {"assignment": {"mode": "pool"}},
    "recusal": {"recusal": {"years": 5}},
    "reconsider": {"reconsider": {"spread": 25}},
    "experts": {"experts_per_application": 5},
}  # fmt: skip


@pytest.mark.parametrize("review", DECIDING.values(), ids=DECIDING)
def test_a_rule_that_decides_is_frozen_when_intake_has_opened(call, review):
    with clock.travel(AFTER), pytest.raises(Refused) as caught:
        load_document(changed(**review), force=True)
    assert caught.value.code == "review_frozen" and caught.value.details
    assert "申报开始以后不能再改动评审规则" in caught.value.sentence and call.versions.count() == 1
    with clock.travel(BEFORE):
        assert load_document(changed(**review)).created


def test_the_sentence_names_the_entry_and_both_values(call):
    with clock.travel(AFTER), pytest.raises(Refused) as caught:
        load_document(changed(**DECIDING["weights"]), force=True)
    assert "评审 › 评审标准 › 创新性 › 权重（60 → 50）" in caught.value.sentence
    with clock.travel(AFTER), pytest.raises(Refused) as caught:
        load_document(small_document() | {"flow": {"review": False}}, force=True)
    assert "环节 › 评审（是 → 否）" in caught.value.sentence


@pytest.mark.parametrize(
    "document",
    [
        changed(pledge_text="本人独立评审。"),
        changed(rounds=[{"kind": "mail", "label": "通讯评审"}]),
        changed(aggregate="mean", ties=["mean", "median", "heaviest", "advice", "deviation"], assignment={"load": 0}),
        small_document() | {"title": "改过的名称"},
    ],
    ids=["pledge", "name of a round", "defaults written out", "title"],
)
def test_words_and_written_defaults_may_still_change(call, document):
    with clock.travel(AFTER):
        assert load_document(document, force=True).created


def test_a_later_opening_does_not_thaw_the_rule(call):
    """Moving the window away in one wording and the weights in the next would be a way around."""
    later = small_document()
    later["windows"] = {
        "apply": {"opens": "2025-06-01", "closes": "2025-07-01"},
        "recommend": {"opens": "2025-06-01", "closes": "2025-07-20"},
    }
    with clock.travel(AFTER):
        load_document(later, force=True)
        call.refresh_from_db()
        assert has_opened(call)
        with pytest.raises(Refused):
            load_document(later | {"review": changed(**DECIDING["weights"])["review"]}, force=True)


def test_a_window_moved_before_it_opened_froze_nothing(call):
    later = small_document()
    later["windows"]["apply"] = {"opens": "2025-06-01", "closes": "2025-07-01"}
    later["windows"]["recommend"] = {"opens": "2025-06-01", "closes": "2025-07-20"}
    with clock.travel(BEFORE):
        load_document(later)
    with clock.travel(AFTER):
        call.refresh_from_db()
        assert not has_opened(call)
        assert load_document(later | {"review": changed(**DECIDING["weights"])["review"]}).created


def test_the_command_says_the_sentence(call, tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(write_document(plain(changed(aggregate="trimmed_mean"))), encoding="utf-8")
    with clock.travel(AFTER), pytest.raises(CommandError, match="合计办法"):
        call_command("load_programme", str(file), force=True)


def test_putting_a_draft_in_force_is_refused_and_the_draft_stays(review):
    draft = editing.start(review.call, by=review.olga)
    document = deepcopy(draft.document)
    document["review"]["aggregate"] = "mean"
    draft = editing.save(draft, document, base_version=draft.version, by=review.olga)
    with pytest.raises(Refused) as caught:
        apply_draft(draft, by=review.olga, base_version=draft.version, reason="统一办法")
    assert caught.value.code == "review_frozen" and "合计办法" in caught.value.sentence
    draft.refresh_from_db()
    assert draft.document["review"]["aggregate"] == "mean" and review.call.versions.count() == 1
