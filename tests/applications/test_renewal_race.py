"""A draft moves to a newer wording while a colleague moves it too, or saves: with real connections."""

import pytest

from applications import workflow
from applications.models import Application, Section
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.rehearsal.cast import make_person
from tests.applications.sections_help import ABOUT, fill_sections, sections_world
from tests.applications.test_renewal import change_call, newer
from tests.cast import OPEN
from tests.concurrency import race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
GONE = [{"label": "实施地点", "text": "虚构园区"}]


@pytest.fixture
def cast():
    return sections_world()


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        application = fill_sections(cast.draft(filled=False), cast.alice)
        change_call(newer())
        yield Application.objects.get(pk=application.pk)


def move(application, by):
    return workflow.adopt_version(application, by=by, version=application.call.current_version_id)


def test_two_colleagues_move_it_once(cast, draft):
    filler = make_person("filler", "unit_filler", name="填报人", unit=cast.alice.unit)
    rows = [Application.objects.get(pk=draft.pk) for _ in range(2)]
    results = race(lambda: move(rows[0], cast.alice), lambda: move(rows[1], filler))
    refused = [result for result in results if isinstance(result, Refused)]
    assert [refusal.code for refusal in refused] == ["already_current"], results
    assert Entry.objects.for_object(draft).done().filter(action="adopt_version").count() == 1
    assert Section.objects.get(application=draft, key="about").data["gone"] == GONE


@pytest.mark.parametrize("attempt", range(3))
def test_a_save_at_the_same_moment_loses_nothing(cast, draft, attempt):
    """Either the save was first and its text moved along, or it is told that the section changed and keeps its text."""
    version = draft.sections.get(key="about").version
    typed = {"answers": ABOUT | {"intro": "同一时刻写下的简介"}}
    moved, saved = race(
        lambda: move(draft, cast.alice),
        lambda: workflow.save_section(draft, "about", typed, base_version=version, by=cast.alice),
    )
    assert isinstance(moved, Application), moved
    row = Section.objects.get(application=draft, key="about")
    assert row.data["gone"] == GONE
    if isinstance(saved, Refused):
        assert saved.code == "section_changed" and row.data["answers"]["intro"] == ABOUT["intro"]
        assert row.version == version + 1
    else:
        assert row.data["answers"]["intro"] == "同一时刻写下的简介" and row.version == version + 2
    # the control: one after the other, the page that was opened before is refused
    with pytest.raises(Refused):
        workflow.save_section(draft, "about", typed, base_version=version, by=cast.alice)
