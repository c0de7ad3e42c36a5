"""Two people, or two windows, at one moment; with real connections and a control without the locks."""

import pytest

from applications.models import Decision
from audit.models import Entry
from jbgs.lib.errors import Refused
from reviews import actions, actions_draw, guards, planning, workflow
from reviews import ranking as r
from reviews.models import Alternate, Assignment, DrawPlan, Reconsideration
from reviews.rounds import current_round
from reviews.workflow import assigning
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def no_row_locks(monkeypatch):
    """The control: the same code without `select_for_update`."""
    from django.db.models.query import QuerySet

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())


def codes(results) -> list[str]:
    return sorted(result.code if isinstance(result, Refused) else type(result).__name__ for result in results)


def save(review, sheet, points: str):
    typed = {criterion.key: points for criterion in review.criteria}
    return workflow.save_score(
        sheet, by=sheet.expert.user, points=typed, opinion=f"意见 {points}", base_version=sheet.sheet_version
    )


class TestSheet:
    @pytest.fixture
    def sheet(self, review):
        (sheet,) = review.seat(review.application())
        return review.fill(sheet, 80)

    def test_of_two_windows_one_saves_and_the_other_gets_both_texts(self, review, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(lambda: save(review, sheet, "60"), lambda: save(review, sheet, "90"))
        assert codes(results) == ["Assignment", "sheet_changed"]
        kept = Assignment.objects.get(pk=sheet.pk)
        points = set(kept.scores.values_list("points", flat=True))
        assert len(points) == 1 and kept.opinion == f"意见 {points.pop() // 100}" and kept.sheet_version == 2

    def test_control_without_locks_one_save_is_lost_without_a_word(self, review, sheet, no_row_locks, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(lambda: save(review, sheet, "60"), lambda: save(review, sheet, "90"))
        assert codes(results) != ["Assignment", "sheet_changed"]

    def test_signing_and_saving_at_once_never_signs_unseen_scores(self, review, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        shown = sheet.sheet_version
        results = race(
            lambda: workflow.sign(sheet, by=sheet.expert.user, base_version=shown), lambda: save(review, sheet, "10")
        )
        kept = Assignment.objects.get(pk=sheet.pk)
        assert codes(results) in (["Assignment", "sheet_changed"], ["Assignment", "state_changed"])
        assert (kept.state, kept.total) in (("signed", 8000), ("scoring", None))

    def test_a_double_click_signs_once(self, sheet, monkeypatch):
        meet(monkeypatch, actions, "locked_assignment")
        results = race(*[lambda: workflow.sign(sheet, by=sheet.expert.user, key="k")] * 2)
        assert codes(results) == ["Assignment", "Assignment"]
        assert Entry.objects.for_object(sheet).filter(action="sign").count() == 1


class TestLastPlace:
    """One expert has one place left; two officers want it for two applications."""

    @pytest.fixture
    def two(self, review):
        current_round(review.call)
        return review.expert(max_load=1), review.applications(2)

    def race_for_it(self, review, two):
        expert, applications = two
        officers = (review.olga, review.world.otto)
        return race(
            *(
                lambda row=row, by=by: workflow.assign(row, by=by, experts=[expert])
                for row, by in zip(applications, officers, strict=True)
            )
        )

    def test_one_gets_it(self, review, two, monkeypatch):
        meet(monkeypatch, assigning, "lock_experts")
        assert codes(self.race_for_it(review, two)) == ["list", "load_full"]
        assert Assignment.objects.count() == 1

    def test_control_without_locks_the_expert_is_overloaded(self, review, two, no_row_locks, monkeypatch):
        meet(monkeypatch, guards, "experts_can_come")
        monkeypatch.setattr(
            actions.ASSIGN.__class__,
            "check",
            lambda self, application, by, data: guards.experts_can_come(application, by, data),
        )
        assert codes(self.race_for_it(review, two)) == ["list", "list"]
        assert Assignment.objects.count() == 2


def test_two_officers_prepare_the_same_decision_once(review):
    application = review.application()
    review.scored({application: [80, 81, 82]})
    results = race(
        *(
            lambda by=by: workflow.prepare_shortlist(review.call, review.task, by=by, chosen=[application])
            for by in (review.olga, review.world.otto)
        )
    )
    assert codes(results) == ["decision_waiting", "list"]


class TestDraw:
    """Two officers act on draws at one moment."""

    def drawn(self, review, task) -> DrawPlan:
        plan = workflow.freeze(workflow.open_plan(review.call, [task], by=review.olga), by=review.olga)
        return workflow.give_public_value(plan, by=review.world.sven, value="482913")

    def published_by_both(self, review, monkeypatch):
        review.experts(7)
        review.applications(2)
        plan = self.drawn(review, review.task)
        meet(monkeypatch, actions_draw, "locked_plan")
        return race(*(lambda by=by: workflow.publish(plan, by=by) for by in (review.olga, review.world.otto)))

    def test_two_officers_publish_a_draw_once(self, review, monkeypatch):
        assert codes(self.published_by_both(review, monkeypatch)) == ["list", "state_changed"]
        assert Assignment.objects.count() == 10

    def test_control_without_locks_both_try(self, review, no_row_locks, monkeypatch):
        assert codes(self.published_by_both(review, monkeypatch)) != ["list", "state_changed"]

    def test_a_task_has_one_unpublished_draw(self, review):
        review.application()
        current_round(review.call)
        results = race(
            *(
                lambda by=by: workflow.open_plan(review.call, [review.task], by=by)
                for by in (review.olga, review.world.otto)
            )
        )
        assert codes(results) == ["DrawPlan", "draw_open"] and DrawPlan.objects.count() == 1

    def test_control_without_locks_the_task_has_two(self, review, no_row_locks, monkeypatch):
        review.application()
        current_round(review.call)
        meet(monkeypatch, actions_draw.gd, "no_other_draw")
        results = race(
            *(
                lambda by=by: workflow.open_plan(review.call, [review.task], by=by)
                for by in (review.olga, review.world.otto)
            )
        )
        # The number is used once whatever the locks: the loser meets the constraint instead of a sentence.
        assert codes(results) == ["DrawPlan", "IntegrityError"]

    def shared_experts(self, review, monkeypatch):
        """Two draws of different tasks want the same five experts, who have room for one of them."""
        current_round(review.call)
        review.experts(5, max_load=1)
        second = review.call.tasks.order_by("order")[1]
        review.application()
        review.application(task=second)
        plans = [self.drawn(review, task) for task in (review.task, second)]
        meet(monkeypatch, planning, "gather")
        return race(
            *(
                lambda plan=plan, by=by: workflow.publish(plan, by=by)
                for plan, by in zip(plans, (review.olga, review.world.otto), strict=True)
            )
        )

    def test_nobody_is_overloaded_by_two_draws_at_once(self, review, monkeypatch):
        assert codes(self.shared_experts(review, monkeypatch)) == ["draw_changed", "list"]
        assert Assignment.objects.count() == 5

    def test_control_without_locks_everybody_is_overloaded(self, review, no_row_locks, monkeypatch):
        monkeypatch.setattr(actions.ASSIGN.__class__, "check", lambda self, application, by, data: None)
        assert codes(self.shared_experts(review, monkeypatch)) == ["list", "list"]
        assert Assignment.objects.count() == 10

    def test_of_two_who_decline_at_once_each_gets_another_alternate(self, review):
        review.experts(9)
        application = review.application()
        workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="482913")
        first, second = Assignment.objects.select_related("expert__user").order_by("pk")[:2]
        results = race(
            *(lambda one=one: workflow.decline(one, by=one.expert.user, reason="出国") for one in (first, second))
        )
        assert codes(results) == ["list", "list"]
        assert application.assignments.active().count() == 5
        called = Alternate.objects.filter(state="called").values_list("expert", flat=True)
        assert len(set(called)) == 2

    def test_opening_and_undoing_at_once_do_not_both_happen(self, review):
        review.experts(7)
        review.application()
        workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="482913")
        plan, sheet = DrawPlan.objects.get(), Assignment.objects.select_related("expert__user").first()
        sheet = workflow.pledge(sheet, by=sheet.expert.user)
        results = race(
            lambda: workflow.open_sheet(sheet, by=sheet.expert.user),
            lambda: workflow.undo(plan, by=review.olga, reason="抽取有误"),
        )
        assert codes(results) in (["Assignment", "review_opened"], ["DrawPlan", "state_changed"])


class TestSecondLook:
    """One officer prepares the decision while another has the application looked at again."""

    @pytest.fixture
    def scored(self, review):
        application = review.application()
        review.scored({application: [80, 81, 82]})
        return application

    def race_for_it(self, review, application):
        sheet = application.assignments.signed().first()
        return race(
            lambda: workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=[application]),
            lambda: workflow.reconsider(
                application, by=review.world.otto, ground="officer", way="explain", reason="请说明", sheets=[sheet]
            ),
        )

    def test_one_of_both_happens(self, review, scored):
        found = codes(self.race_for_it(review, scored))
        assert found in (["decision_waiting", "list"], ["Reconsideration", "scores_open"])
        assert Decision.objects.count() + Reconsideration.objects.count() == 1

    def test_control_without_locks_a_decision_rests_on_a_score_that_moves(
        self, review, scored, no_row_locks, monkeypatch
    ):
        meet(monkeypatch, r, "ranking")
        assert codes(self.race_for_it(review, scored)) == ["Reconsideration", "list"]
        assert Decision.objects.count() == Reconsideration.objects.count() == 1

    def test_two_officers_open_it_once(self, review, scored):
        sheets = list(scored.assignments.signed())
        results = race(
            *(
                lambda by=by, sheet=sheet: workflow.reconsider(
                    scored, by=by, ground="officer", way="explain", reason="请说明", sheets=[sheet]
                )
                for by, sheet in zip((review.olga, review.world.otto), sheets, strict=False)
            )
        )
        assert codes(results) == ["Reconsideration", "reconsideration_open"]
        assert scored.assignments.signed().count() == 2
