"""What is known of an expert from earlier reviews."""

from datetime import timedelta

import pytest

from applications.models import Application
from jbgs.lib import clock
from reviews import ledger
from reviews.ledger import Ledger, figures_of
from reviews.models import Assignment
from tests.budget import queries_of


def of(expert) -> Ledger:
    return figures_of([expert])[expert.pk]


def scored_and_over(review, *given, **named) -> list:
    """Sheets signed with these totals, of reviews that have been decided since."""
    panel = review.scored(*given, **named)
    Application.objects.filter(assignments__isnull=False).update(state="not_shortlisted")
    return panel


def test_who_never_reviewed_has_no_figures(review):
    assert of(review.expert()) == Ledger() and of(review.expert()).is_new


def test_load_counts_what_is_in_hand_and_what_is_signed_of_reviews_under_way(review):
    expert, others = review.expert(), review.experts(2)
    applications = review.applications(3)
    for application in applications:
        review.seat(application, expert, *others)
    review.sign(Assignment.objects.get(expert=expert, application=applications[0]))
    figures = of(expert)
    assert (figures.busy, figures.done) == (3, 1)
    Assignment.objects.filter(expert=expert, application=applications[1]).update(state="removed", note="换人")
    Assignment.objects.filter(expert=expert, application=applications[2]).update(state="declined", note="出差")
    type(applications[0]).objects.filter(pk=applications[0].pk).update(state="not_shortlisted")
    figures = of(expert)
    assert (figures.busy, figures.done, figures.declined) == (0, 1, 1) and not figures.is_new


def test_timeliness_counts_signed_late_and_still_open_ones(review):
    expert = review.expert()
    sheets = [review.seat(application, expert)[0] for application in review.applications(4)]
    due = clock.now() + timedelta(days=2)
    Assignment.objects.filter(pk__in=[sheet.pk for sheet in sheets]).update(due_at=due)
    with clock.travel(clock.now() + timedelta(days=1)):
        review.sign(sheets[0])
    with clock.travel(clock.now() + timedelta(days=3)):
        review.sign(sheets[1])
        figures = of(expert)  # one in time, one late, two open and late
        assert figures.on_time == 0.25 and figures.on_time_percent == 25 and figures.median_days == 2.0
    assert of(expert).on_time == 0.5  # before the due time the open ones say nothing


def test_a_planted_severe_expert_is_found_and_one_with_weak_applications_is_not(review):
    """Each of four applications is seen by three experts; the third takes ten points off."""
    panel = review.experts(3)
    scores = {application: [level, level + 1, level - 10] for application, level in
              zip(review.applications(4), (90, 80, 70, 60), strict=True)}  # fmt: skip
    scored_and_over(review, scores, panel=panel)
    found = figures_of(panel)
    assert found[panel[2].pk].severity < -5 and found[panel[0].pk].severity > 2
    assert abs(sum(figures.severity for figures in found.values())) < 1
    assert found[panel[0].pk].spread == pytest.approx(12.91, abs=0.01)


def test_scores_of_a_review_under_way_are_told_by_no_figure(review):
    """Every officer reads the list, also who must not know of this review: severity or spread would tell scores."""
    panel = review.experts(3)
    scores = {application: [90, 91, 60] for application in review.applications(4)}
    review.scored(scores, panel=panel)
    assert {(found.severity, found.spread) for found in figures_of(panel).values()} == {(None, None)}
    Application.objects.filter(pk=next(iter(scores)).pk).update(state="not_shortlisted")
    assert {found.spread for found in figures_of(panel).values()} == {None}, "one decided sheet has no spread"


def test_too_few_sheets_give_no_severity(review):
    panel = scored_and_over(review, {application: [80, 70] for application in review.applications(2)})
    assert [figures.severity for figures in figures_of(panel).values()] == [None, None]


def test_a_task_of_another_round_or_call_does_not_mix(review):
    """The same experts on two tasks: severity is the mean of both estimates, not one of all scores together."""
    panel = review.experts(2)
    second = review.call.tasks.order_by("order")[1]
    scored_and_over(review, {application: [90, 80] for application in review.applications(3)}, panel=panel)
    one = of(panel[0]).severity
    scored_and_over(review, {application: [40, 70] for application in review.applications(3, task=second)}, panel=panel)
    both = of(panel[0]).severity
    assert one > 0 > both  # +5 on the first task, −15 on the second


def test_a_very_large_task_is_not_estimated_while_somebody_waits(review, monkeypatch):
    panel = scored_and_over(review, {application: [90, 80] for application in review.applications(3)})
    assert of(panel[0]).severity is not None
    ledger._severity.cache_clear()
    monkeypatch.setattr(ledger, "MOST", 4)
    assert of(panel[0]).severity is None


def test_two_queries_for_any_number_of_experts(review):
    few = scored_and_over(review, {review.application(): [80, 81, 82]})
    ones = queries_of(lambda: figures_of(few))
    many = scored_and_over(review, {application: [80, 81, 82, 83, 84] for application in review.applications(6)})
    assert len(queries_of(lambda: figures_of([*few, *many]))) == len(ones) == 2
