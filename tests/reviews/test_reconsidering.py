"""复议: what the call asks for is done before a decision, in one of three ways, and closed with a conclusion."""

from copy import deepcopy
from datetime import timedelta

import pytest

from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.loader import load_document
from reviews import advice, reconsidering, workflow
from reviews import ranking as r
from reviews.models import Alternate, Assignment, DrawPlan, Reconsideration, ReviewerChange
from tests.cast import world
from tests.reviews.conftest import REVIEWING, Review

BEFORE_INTAKE = REVIEWING.replace(year=2024)


def review_of(**rule) -> Review:
    """A review of the ministry's call with another rule, put in force before intake opened."""
    with clock.travel(BEFORE_INTAKE):
        made = Review(world())
        document = deepcopy(made.call.current_version.document)
        document["review"] |= rule
        made.world.call = load_document(document, force=True).call
    return made


@pytest.fixture
def asking(db) -> Review:
    """A call in which 25 points between two experts ask for a second look."""
    return review_of(reconsider={"spread": 25}, aggregate="mean")


@pytest.fixture
def wide(asking):
    """One application on which the experts are far apart, and one on which they agree."""
    far, near = asking.applications(2)
    asking.scored({far: [95, 60, 80], near: [81, 80, 79]})
    return far, near


def opened(review, application, **named) -> Reconsideration:
    named = {"ground": "spread", "way": "explain", "reason": "两位专家相差 35 分", **named}
    if named["way"] == "explain":
        named.setdefault("sheets", list(application.assignments.signed()[:1]))
    return workflow.reconsider(application, by=review.olga, **named)


def prepare(review, *chosen):
    reasons = {application.pk: "路线更可靠" for application in chosen}
    return workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=chosen, reasons=reasons)


def code_of(job) -> str:
    with pytest.raises(Refused) as caught:
        job()
    return caught.value.code


def test_what_the_call_asks_for_is_named_and_waits_for_nobody_else(asking, wide):
    far, near = wide
    rows = r.ranking(asking.call, asking.task)
    assert reconsidering.required(rows, asking.call.spec.review, None) == {far.pk: ("spread",)}
    with pytest.raises(Refused) as caught:
        prepare(asking, far)
    assert caught.value.code == "reconsideration_missing"
    assert f"“{far.title}”按本批次规则须先复议（专家分歧大）" in caught.value.sentence
    prepare(asking, near)


def test_explaining_sends_the_named_sheets_back_and_the_decision_waits(asking, wide):
    far, _ = wide
    sheet = far.assignments.signed().order_by("total")[0]
    row = opened(asking, far, sheets=[sheet])
    sheet.refresh_from_db()
    assert (sheet.state, sheet.note) == ("returned", "复议：两位专家相差 35 分")
    assert far.assignments.signed().count() == 2
    assert row.figures["spread"] == 3500 and row.figures["sheets"] == [sheet.pk] and row.figures["rank"]
    assert code_of(lambda: prepare(asking, far)) == "scores_open"
    assert code_of(lambda: close(asking, row)) == "reconsideration_not_done"
    asking.sign(sheet, 78)
    assert code_of(lambda: prepare(asking, far)) == "reconsideration_open"
    closed = close(asking, row)
    assert (closed.state, closed.conclusion, closed.closed_by) == ("closed", "专家已更正误读。", asking.olga)
    prepare(asking, far)


def close(review, row, conclusion="专家已更正误读。", **named):
    return workflow.close_reconsideration(row, by=review.olga, conclusion=conclusion, **named)


def test_whoever_keeps_the_score_and_explains_is_done_too(asking, wide):
    far, _ = wide
    sheet = far.assignments.signed().order_by("total")[0]
    row = opened(asking, far, sheets=[sheet])
    asking.sign(sheet, 60, opinion="指标缺少第三方测试，维持原分。")
    close(asking, row)
    prepare(asking, far)


def test_extra_experts_are_named_by_two_people_where_nothing_was_drawn(asking, wide):
    far, _ = wide
    newcomers = asking.experts(2)
    assert code_of(lambda: opened(asking, far, way="extra")) == "alternates_short"
    assert not Reconsideration.objects.exists()
    row = opened(asking, far, way="extra", experts=newcomers)
    assert row.figures["wanted"] == 2
    for change in ReviewerChange.objects.filter(application=far):
        workflow.approve_change(change, by=asking.world.otto)
    assert code_of(lambda: close(asking, row)) == "reconsideration_not_done"
    for sheet in Assignment.objects.filter(application=far, expert__in=newcomers):
        asking.sign(workflow.pledge(sheet, by=sheet.expert.user), 79)
    close(asking, row)
    assert len(r.ranking(asking.call, asking.task)[0].standing.marks) in (3, 5)
    prepare(asking, far)


def test_extra_experts_come_from_the_alternates_of_the_draw(asking):
    applications = asking.applications(2, state="accepted")
    asking.experts(5)
    workflow.draw_at_once([asking.task], by=asking.olga, second=asking.world.sven, public_value="246810")
    for order, expert in enumerate(asking.experts(3), 1):
        Alternate.objects.create(plan=DrawPlan.objects.get(), application=applications[0], expert=expert, order=order)
    for sheet in Assignment.objects.open_now():
        sheet = workflow.pledge(sheet, by=sheet.expert.user)
        asking.sign(sheet, 95 if sheet.expert_id % 2 else 60)
    far = applications[0]
    before = set(far.assignments.active().values_list("expert", flat=True))
    due = clock.now() + timedelta(days=5)
    row = opened(asking, far, way="extra", due_at=due)
    new = far.assignments.active().exclude(expert__in=before)
    assert new.count() == row.figures["wanted"] == 2 and {sheet.due_at for sheet in new} == {due}
    assert not ReviewerChange.objects.exists()
    assert list(Alternate.objects.order_by("order").values_list("state", flat=True)) == ["called", "called", "waiting"]
    for sheet in new:
        asking.sign(workflow.pledge(sheet, by=sheet.expert.user), 79)
    close(asking, row)


def test_a_vote_is_awaited_only_where_the_call_has_a_panel(asking, wide):
    assert code_of(lambda: opened(asking, wide[0], way="vote")) == "no_panel_round"


@pytest.mark.parametrize(
    "named, code",
    [
        ({"reason": " "}, "reason_missing"),
        ({"ground": "mood"}, "ground_unknown"),
        ({"way": "lot"}, "way_unknown"),
        ({"sheets": []}, "sheets_missing"),
        ({"way": "extra", "due_at": REVIEWING - timedelta(days=1)}, "due_passed"),
    ],
)
def test_what_is_missing_is_named(asking, wide, named, code):
    assert code_of(lambda: opened(asking, wide[0], **named)) == code
    assert not Reconsideration.objects.exists() and wide[0].assignments.signed().count() == 3


def test_a_sheet_of_another_application_is_not_sent_back(asking, wide):
    other = list(wide[1].assignments.signed()[:1])
    assert code_of(lambda: opened(asking, wide[0], sheets=other)) == "unknown_sheet"


def test_one_at_a_time_and_none_beside_a_decision(asking, wide):
    far, near = wide
    row = opened(asking, far)
    assert code_of(lambda: opened(asking, far)) in ("reconsideration_open", "scores_open")
    prepare(asking, near)
    assert code_of(lambda: opened(asking, near, ground="officer")) == "decision_waiting"
    asking.sign(Assignment.objects.get(pk=row.figures["sheets"][0]), 70)
    close(asking, row)
    assert code_of(lambda: close(asking, row)) == "reconsideration_closed"


def test_only_officers_of_the_task_and_every_refusal_is_in_the_log(asking, wide):
    far, _ = wide
    expert = far.assignments.first().expert.user
    for somebody in (asking.world.oscar, asking.world.alice, expert):
        with pytest.raises(Forbidden):
            workflow.reconsider(far, by=somebody, ground="officer", way="explain", reason="x", sheets=[])
    assert Entry.objects.for_object(far).filter(action="reconsider").count() == 3
    row = opened(asking, far)
    with pytest.raises(Forbidden):
        workflow.close_reconsideration(row, by=expert, conclusion="我来办结")


def test_a_double_click_opens_and_closes_once(asking, wide):
    far, _ = wide
    first = opened(asking, far, key="k")
    assert opened(asking, far, key="k", sheets=list(far.assignments.all()[:1])) == first
    asking.sign(Assignment.objects.get(pk=first.figures["sheets"][0]), 70)
    assert close(asking, first, key="c") == close(asking, first, key="c")
    assert Entry.objects.for_object(far).filter(action="close_reconsideration").count() == 1


def test_the_grey_band_asks_for_a_second_look(db):
    review = review_of(reconsider={"grey": True}, aggregate="mean")
    limit = review.call.spec.quotas["shortlist"].limit
    applications = review.applications(limit + 2)
    panel = review.experts(3)
    for place, application in enumerate(applications):
        review.scored({application: [90 - place, 60 + place, 75]}, panel)
    assert code_of(lambda: prepare(review, *applications[:limit])) == "reconsideration_missing"
    rows = r.ranking(review.call, review.task)
    found = advice.of(rows, limit)
    asked = reconsidering.required(rows, review.call.spec.review, found)
    assert {advice.key_of(row.application) for row in rows if row.application.pk in asked} == set(found.grey)
    assert set(asked.values()) == {("grey",)}
    assert not reconsidering.required(rows, review.call.spec.review, found, grey=False)
