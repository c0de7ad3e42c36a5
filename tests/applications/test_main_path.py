"""The whole life of one application through the workflow functions."""

from datetime import timedelta

import pytest

from applications import workflow
from applications.models import Application, State
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db


def test_from_draft_to_winner():
    cast = world()
    application = cast.shortlisted()
    assert application.state in {State.SHORTLISTED, State.IN_PROGRESS}
    assert application.work_due_on.year == application.listed_on.year + 2
    promises = {row.indicator_code: row.promise for row in application.commitments.all()}
    with clock.travel(OPEN + timedelta(days=800)):
        spec = application.call_version.spec.tasks[application.task.code]
        rows = {
            indicator.code: {"measured": promises[indicator.code], "proof": "检测报告"} for indicator in spec.indicators
        }
        workflow.save_measurements(application, rows, by=cast.alice)
        workflow.submit_evaluation(application, by=cast.alice)
        workflow.confirm_measurements(application, by=cast.olga, rows={code: {"text_met": True} for code in rows})
        assert all(row["met_target"] for row in workflow.verdicts(application))
        cast.decided(Application.objects.get(pk=application.pk), "award")
    application.refresh_from_db()
    assert application.state == State.WON
    assert list(broken_entries()) == []
    assert Entry.objects.for_object(application).done().count() >= 9
