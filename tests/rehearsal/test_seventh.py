"""A seventh call, written from docs/programme-format.md alone: it plays to its end, and its export is the same call."""

from pathlib import Path

import pytest

from jbgs.rehearsal import papers, play
from jbgs.rehearsal.verdict import verdict
from programmes.loader import load_document, read_document
from programmes.reader import read_text
from programmes.schema import plain
from programmes.writing import write_document
from reviews.models import Reconsideration

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

FILE = Path(__file__).parent.parent / "programmes" / "seventh.yaml"
APPLICATIONS = 12


def test_it_plays_to_its_end():
    original = load_document(read_document(FILE)).call
    stage, figures = play.play(original, applications=APPLICATIONS, seed=5)
    found = verdict(stage)
    assert found["unmet"] == []
    assert found["stuck"] == []
    assert found["unplayed"] == [], found["stages"]
    assert found["log_intact"] and found["green"]
    assert figures["quota_breaches"] == 0
    assert sum(found["states"].values()) == APPLICATIONS
    assert found["stages"]["round 2 panel"] > 0 < found["stages"]["obligation annual"]
    assert found["states"]["won"] > 0
    looked = Reconsideration.objects.filter(application__call=stage.call)
    assert {"explain", "vote"} <= set(looked.values_list("way", flat=True))
    assert not looked.exclude(state="closed").exists()
    assert stage.call.publicities.get().title.endswith("项目拟立项工程名单公示")


def test_without_a_list_no_letter_and_no_table_stay_drafts_for_ever(tmp_path):
    """flow.recommendation_list: false: nobody ever confirms a list, so nothing that goes with one is handed over."""
    original = load_document(read_document(FILE)).call
    stage, _ = play.play(original, applications=APPLICATIONS, seed=5)
    written = papers.write(stage, tmp_path)
    assert any(name.startswith("申报书/") for name in written)
    assert not [name for name in written if name.startswith("推荐/")]


def test_its_export_loads_to_the_same_document():
    call = load_document(read_document(FILE)).call
    stored = call.current_version.document
    assert plain(read_text(write_document(stored))[0]) == stored == read_document(FILE)
    assert not load_document(plain(read_text(write_document(stored))[0])).created
