"""`manage.py rehearse all`: every file of fixtures/programmes plays to its own end, and whoever breaks one hears it."""

import copy
import io
import json

import pytest
from django.core.management import call_command

from applications.models import Application
from audit.models import Entry
from jbgs.management.commands import rehearse
from jbgs.rehearsal import play
from jbgs.rehearsal.verdict import log_of, verdict
from programmes.loader import load_document, read_document
from programmes.models import Call
from programmes.queries import offered_to
from tests.programmes.documents import small_document

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

FILES = sorted(rehearse.FIXTURES.glob("*.yaml"))
APPLICATIONS = 12


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_call_plays_to_its_own_end(file):
    original = load_document(read_document(file)).call
    stage, figures = play.play(original, applications=APPLICATIONS, seed=7)
    found = verdict(stage)
    assert found["unmet"] == []
    assert found["stuck"] == []
    assert found["unplayed"] == [], found["stages"]
    assert found["log_intact"] and found["green"]
    assert figures["quota_breaches"] == 0
    assert sum(found["states"].values()) == APPLICATIONS == figures["applications"]
    assert figures["tasks"] > 1 or len(original.spec.tasks) == 1
    assert not Application.objects.filter(call=original).exists()
    for application in stage.applications():
        if application.department_id:
            assert offered_to(stage.call, application.unit).filter(pk=application.department_id).exists()


def small(slug: str, **changes) -> dict:
    """The small call under another slug, with some of its parts changed."""
    document = copy.deepcopy(small_document()) | {"slug": slug}
    for part, changed in changes.items():
        document[part] = document[part] | changed if isinstance(document.get(part), dict) else changed
    return document


def run_all(monkeypatch, *documents: dict) -> tuple[list[dict], int]:
    """The lines of the command when these documents are the fixtures, and its exit code."""
    by_name = {f"{document['slug']}.yaml": document for document in documents}

    class Folder:
        def glob(self, pattern):
            return list(by_name)

    monkeypatch.setattr(rehearse, "FIXTURES", Folder())
    monkeypatch.setattr(rehearse, "read_document", by_name.__getitem__)
    said, code = io.StringIO(), 0
    try:
        call_command("rehearse", "all", json=True, applications=APPLICATIONS, seed=5, stdout=said)
    except SystemExit as end:
        code = end.code
    return [json.loads(line) for line in said.getvalue().splitlines()], code


def test_a_line_for_each_call_and_one_for_all(monkeypatch):
    lines, code = run_all(monkeypatch, small("one-2025"), small("two-2025"))
    assert code == 0
    assert [line["call"] for line in lines[:-1]] == ["one-2025", "two-2025"]
    assert lines[-1] == {"calls": ["one-2025", "two-2025"], "green": True}
    assert all(line["green"] and line["stuck"] == [] and line["states"] for line in lines[:-1])
    assert Call.objects.filter(slug="one-2025", is_rehearsal=False).exists()  # it was loaded, since it was not there


def test_a_call_that_nobody_can_fill_in_is_not_green(monkeypatch):
    """Exactly five countries of partners, and no partner at all: no draft can keep both rules."""
    against_each_other = [
        {"code": "countries_at_least", "params": {"count": 5}},
        {"code": "partners_at_most", "params": {"count": 0}},
    ]
    lines, code = run_all(monkeypatch, small("broken-2025", requirements=against_each_other), small("whole-2025"))
    broken, whole, last = lines
    assert code == 1
    assert not broken["green"] and "联合单位" in "".join(broken["unmet"]) and "filing" in broken["unplayed"]
    assert whole["green"]
    assert last == {"calls": ["broken-2025", "whole-2025"], "green": False}


def test_a_stage_that_nobody_played_is_told(monkeypatch):
    """An agreement blocks the work; a rehearsal that forgets it leaves everybody on the list, and says so."""
    monkeypatch.setattr(play, "SCENES", tuple(scene for scene in play.SCENES if "reporting" not in scene.__name__))
    lines, code = run_all(monkeypatch, small("short-2025", flow={"agreement": True}))
    line = lines[0]
    assert code == 1 and not line["green"]
    assert {"obligation agreement", "work", "evaluation"} <= set(line["unplayed"])
    assert line["stuck"] and all("A-" in one or "B-" in one for one in line["stuck"])


def test_a_bent_log_is_not_green():
    """An entry of the rehearsal that is not as it was written; the logs of others do not count."""
    stage, _ = play.play(load_document(small("bent-2025")).call, applications=4, seed=2)
    entry = log_of(stage).order_by("pk").first()
    assert verdict(stage)["log_intact"]
    kept = ("object_type", "object_id", "action", "outcome", "happened_at", "recorded_at")
    Entry._base_manager.create(**{name: getattr(entry, name) for name in kept}, sequence=9999, hash="0" * 64)
    found = verdict(stage)
    assert not found["log_intact"] and not found["green"]


def test_the_same_seed_tells_the_same_story():
    """Of a call with rounds, obligations and reports that come back."""
    rounds = [{"kind": "mail", "experts": 3}, {"kind": "panel"}, {"kind": "on_site", "least_people": 2}]
    owed = [
        {"code": "plan", "kind": "plan", "label": "实施方案", "blocks": "start_work", "needs_officer": True},
        {"code": "yearly", "kind": "yearly", "label": "年度报告", "every": "year", "by": "03-31"},
    ]
    original = load_document(small("twice-2025", review={"rounds": rounds}, obligations=owed)).call
    first, second = (told(*play.play(original, applications=APPLICATIONS, seed=9)) for _ in range(2))
    assert first["stages"]["round 2 panel"] > 0 < first["stages"]["round 3 on_site"]
    assert first["stages"]["obligation yearly"] > 0
    assert first == second


def told(stage, figures) -> dict:
    found = verdict(stage)
    rows = Application.objects.filter(call=stage.call).order_by("pk").values_list("number", "title", "state")
    return found | {key: value for key, value in figures.items() if key != "seconds"} | {"rows": list(rows)}
