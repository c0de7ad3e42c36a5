"""After the scores: who goes to the panel (N16); a review reopened by an appeal is done afresh by others (N26, N27)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from applications import rounds, workflow
from applications.models import RoundOutcome, State
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.rehearsal.cast import make_person
from reviews import planning
from reviews import ranking as r
from reviews import workflow as reviewing
from reviews.models import Assignment
from tests.applications.calls import call_with
from tests.applications.office import Visitor
from tests.applications.test_rounds import PANEL
from tests.cast import RECOMMENDING, world

pytestmark = pytest.mark.django_db
GROUNDS = [
    {"code": "procedure", "label": "评审程序不符合规定"},
    {"code": "academic", "label": "不同意评审专家的学术判断", "admissible": False},
]


@pytest.fixture
def cast():
    two = [{"kind": "mail", "experts": 2}, PANEL]
    quotas = {"recommend": {"limit": 9, "scope": ["task", "recommender"], "force": "soft"}}
    return world(call_with(review={"rounds": two}, appeal_grounds=GROUNDS, quotas=quotas))


def experts(cast, count: int, start: int = 0):
    with clock.travel(RECOMMENDING):
        return [
            reviewing.create_expert(
                by=cast.olga, user=make_person(f"judge{n}", "expert"), unit_name=f"虚构单位{n}", disciplines=["综合"]
            )
            for n in range(start, start + count)
        ]  # fmt: skip


def score(cast, application, panel, points: int, at=RECOMMENDING):
    with clock.travel(at):
        for seat in reviewing.assign(application, by=cast.olga, experts=panel):
            by = seat.expert.user
            reviewing.pledge(seat, by=by)
            seat.refresh_from_db()
            given = {criterion.key: points for criterion in seat.rules.spec.review.criteria}
            sign(seat, by, given)


def sign(seat, by, given):
    opinion = "方案合理，基础扎实，建议进一步说明风险和对策。" * 3
    reviewing.save_score(seat, by=by, points=given, opinion=opinion, advice="acceptable", base_version=0)
    seat.refresh_from_db()
    reviewing.sign(seat, by=by)


def test_the_best_go_on_and_others_with_a_reason(cast):
    one = cast.in_review()
    panel = experts(cast, 2)
    score(cast, one, panel, 90)
    with clock.travel(RECOMMENDING):
        with pytest.raises(Forbidden):
            reviewing.forward(cast.task, by=cast.oscar, going=[one.pk])
        with pytest.raises(Refused) as refused:
            reviewing.forward(cast.task, by=cast.olga, going=[])
        assert refused.value.code == "nothing_chosen"
        reviewing.forward(cast.task, by=cast.olga, going=[one.pk], key="k")
        reviewing.forward(cast.task, by=cast.olga, going=[one.pk], key="k")
    outcome = RoundOutcome.objects.get()
    assert outcome.passed and "第 1 名" in outcome.text
    assert rounds.progress_of([one])[one.pk].waiting.kind == "panel"


def test_nobody_goes_on_while_sheets_are_open(cast):
    one = cast.in_review()
    with clock.travel(RECOMMENDING):
        reviewing.assign(one, by=cast.olga, experts=experts(cast, 2))
        with pytest.raises(Refused) as refused:
            reviewing.forward(cast.task, by=cast.olga, going=[one.pk])
    assert refused.value.code == "scores_open"


def test_the_page_shows_the_ranking_and_takes_the_choice(cast):
    one = cast.in_review()
    score(cast, one, experts(cast, 2), 80)
    olga = Visitor(cast.olga, at=RECOMMENDING)
    page = reverse("admin:reviews_forwarding", args=[cast.task.pk])
    assert "进入会评" in olga.get(page).content.decode()
    assert olga.post(page, {}).status_code == 422
    assert olga.post(page, {f"go_{one.pk}": "no"}).status_code == 302
    assert not RoundOutcome.objects.get().passed
    for stranger in (cast.dora, cast.oscar, cast.erin):
        assert Visitor(stranger, at=RECOMMENDING).get(page).status_code == 404
        assert Visitor(stranger, at=RECOMMENDING).post(page, {f"go_{one.pk}": "yes"}).status_code == 403


def lost(cast):
    one = cast.in_review()
    panel = experts(cast, 2)
    score(cast, one, panel, 60)
    with clock.travel(RECOMMENDING):
        reviewing.forward(cast.task, by=cast.olga, going=[], staying=[one.pk])
        one.refresh_from_db()
        cast.decided(one, "pass_over")
        one.refresh_from_db()
    return one, panel


def test_another_academic_judgement_is_no_ground(cast):
    one, _ = lost(cast)
    with clock.travel(RECOMMENDING):
        for ground, code in (("", "ground_missing"), ("x", "ground_missing"), ("academic", "ground_inadmissible")):
            with pytest.raises(Refused) as refused:
                workflow.raise_appeal(one, by=cast.alice, text="评得太低", ground=ground)
            assert refused.value.code == code
        workflow.raise_appeal(one, by=cast.alice, text="应回避的专家没有回避。", ground="procedure")
    assert one.appeals.get().ground == "procedure"


def test_a_reopened_review_counts_new_sheets_by_other_experts(cast):
    one, panel = lost(cast)
    with clock.travel(RECOMMENDING + timedelta(days=1)):
        workflow.raise_appeal(one, by=cast.alice, text="程序有误。", ground="procedure")
        workflow.settle_appeal(one.appeals.get(), by=cast.olga, upheld=True, answer="成立。")
        cast.decided(one, "reopen_review")
    one.refresh_from_db()
    assert one.state == State.IN_REVIEW
    assert rounds.progress_of([one])[one.pk].waiting.kind == "mail"  # what was recorded no longer stands
    row = r.ranking(cast.call, cast.task)[0]
    assert row.rank is None and row.standing.marks == ()
    fresh = experts(cast, 2, start=10)
    User.objects.filter(expert__isnull=False).update(is_fictitious=False)  # a real call's draw
    with clock.travel(RECOMMENDING + timedelta(days=1)):
        plan = reviewing.open_plan(cast.call, [cast.task], by=cast.olga)
        place = planning.problem_of(plan).places[one.number]
    assert place.need == 2 and place.seated == ()
    assert set(place.blocked) == {expert.user.username for expert in panel}  # N27: afresh, by others
    score(cast, one, fresh, 95, at=RECOMMENDING + timedelta(days=2))
    row = r.ranking(cast.call, cast.task)[0]
    assert row.rank == 1 and len(row.standing.marks) == 2
    assert Assignment.objects.signed().filter(application=one).count() == 4  # the old sheets stay as history
