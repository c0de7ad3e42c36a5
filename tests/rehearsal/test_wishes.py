"""The filler keeps every rule: no code is forgotten, and each kind of task of each fixture is filled."""

from datetime import datetime
from decimal import Decimal
from random import Random

import pytest

from applications import checking, workflow
from jbgs.lib import clock
from jbgs.management.commands import rehearse
from jbgs.rehearsal import casting, wish_readers  # noqa: F401  (it fills the readers)
from jbgs.rehearsal.cast import fill, make_person
from jbgs.rehearsal.wishes import READERS, Bounds
from programmes.loader import load_document, read_document
from programmes.requirements import REGISTRY

FILES = sorted(rehearse.FIXTURES.glob("*.yaml"))
KEPT_ANYHOW = {
    # by how every application is written
    "form_complete", "budget_balances", "every_indicator_promised", "promises_meet_targets", "partner_is_not_lead",
    "team_has_one_leader", "pledge_signed", "pledges_signed", "rows_at_most",
    # by who is cast as its lead
    "lead_is", "lead_registered_in", "lead_registered_by", "lead_names",
    # because nobody of the cast has a past, a relative or a second application
    "applications_at_most", "person_applications_at_most", "ongoing_projects_at_most", "earlier_winners_barred",
    "not_banned", "related_units_apart", "title_not_repeated",
}  # fmt: skip


def test_every_rule_is_read_or_kept_anyhow():
    assert set(REGISTRY) - set(READERS) - KEPT_ANYHOW == set()
    assert set(READERS) <= set(REGISTRY)
    assert not set(READERS) & KEPT_ANYHOW


@pytest.mark.parametrize(
    ("bounds", "kind", "figure"),
    [
        ([(">=", 1000)], "integer", "1100"),
        ([(">=", Decimal("23.2"))], "percent", "25.52"),
        ([(">=", 95)], "percent", "97.5"),
        ([("<=", 0)], "integer", "0"),
        ([("<", Decimal("0.5"))], "decimal", "0.45"),
        ([(">=", 10), ("<=", 20)], "decimal", "15"),
        ([("=", 12)], "integer", "12"),
        ([(">=", 3), (">", 5)], "decimal", "5.5"),
    ],
)
def test_a_figure_lies_within_its_bounds(bounds, kind, figure):
    found = Bounds()
    for comparator, value in bounds:
        found.add(comparator, Decimal(value))
    assert found.figure(kind) == figure


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_kind_of_task_can_be_filled_by_each_type_of_lead(file):
    call = load_document(read_document(file)).call
    spec, window = call.spec, call.spec.windows["apply"]
    tasks = list(call.tasks.select_related("field").order_by("order"))
    wanting = {}
    with clock.travel(window.opens_at or datetime(2025, 1, 6, tzinfo=clock.SHANGHAI)):
        for place, task in enumerate(casting.one_of_each_kind(spec, tasks)):
            unit = casting.lead(spec, task, place, seed=11)
            by = make_person(f"filler-{place}", "unit_admin", unit=unit)
            draft = workflow.create_application(call, task=task, by=by)
            fill(draft, by=by, rng=Random(place))
            draft.refresh_from_db()
            if found := [one.sentence for one in checking.check(draft).problems]:
                wanting[task.code] = (unit.type, found)
    assert wanting == {}
