"""Ruling on recusal: suspected, cleared by two, never recomputed away; nothing is decided while a ground is open."""

import pytest

from applications import access
from applications.workflow import approve_decision
from audit.models import Entry
from jbgs.lib import clock
from notifications.models import Message
from reviews import actions_recusal, conflicts, recusals, tasks, workflow
from reviews.models import Assignment, Clearance, Recusal, Relation
from reviews.workflow import recusing
from tests.budget import queries_of
from tests.cast import make_unit
from tests.concurrency import meet, race
from tests.reviews.conftest import REVIEWING
from tests.reviews.doubts import doubtful, is_same_unit, prepare, refused, worked_there

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both


@pytest.fixture
def seated(review):
    return doubtful(review)


class TestClearance:
    def test_two_officers_clear_and_the_pin_stays(self, review, seated):
        application, expert, _ = seated
        row = prepare(review, application, expert)
        assert conflicts.find([application], [expert]) and row.hits[0]["kind"] == "former_unit"
        assert Message.objects.filter(event="clearance_prepared", user=review.world.otto).exists()
        assert not Message.objects.filter(event="clearance_prepared", user=review.olga).exists()
        row = workflow.approve_clearance(row, by=review.world.otto)
        assert row.state == "approved" and row.approved_by == review.world.otto
        for _ in range(2):
            assert conflicts.find([application], [expert]) == {}
            recusing.people_changed(experts=[expert])
        assert Clearance.objects.get().state == "approved"
        entries = Entry.objects.for_object(application).done().filter(action__endswith="clearance")
        assert entries.get().data["kinds"] == ["former_unit"]

    def test_it_takes_a_second_person(self, review, seated):
        row = prepare(review, *seated[:2])
        assert refused(workflow.approve_clearance, row, by=review.olga).code == "second_person"
        assert Clearance.objects.get().state == "prepared"

    @pytest.mark.parametrize("who", ["alice", "dora", "erin", "oscar", "sven"])
    def test_strangers_prepare_and_approve_nothing(self, review, seated, who):
        by = getattr(review.world, who)
        assert refused(prepare, review, *seated[:2], by=by).status == 403
        row = prepare(review, *seated[:2])
        for verb in (workflow.approve_clearance, workflow.discard_clearance):
            assert refused(verb, row, by=by).status == 403

    def test_an_officer_who_stands_aside_neither(self, review, seated):
        from applications.workflow import recuse_officer

        row = prepare(review, *seated[:2])
        recuse_officer(seated[0], by=review.world.otto, user=review.world.otto, reason="同学（虚构）")
        assert refused(workflow.approve_clearance, row, by=type(review.olga).objects.get(username="otto")).status == 403
        assert list(recusals.waiting_clearances(type(review.olga).objects.get(username="otto"))) == []

    def test_what_is_beyond_doubt_is_not_cleared(self, review, seated):
        application, expert, _ = seated
        is_same_unit(expert, application)
        problem = refused(prepare, review, application, expert, kinds=["same_unit"])
        assert problem.code == "cannot_clear" and "相同" in problem.sentence

    def test_what_became_certain_since_is_not_approved(self, review):
        application, above = review.application(), make_unit(8801)
        application.unit.parent = above
        application.unit.save()
        expert = review.expert(unit_name=above.name, unit_code=above.code)
        row = prepare(review, application, expert, kinds=["related_unit"])
        Recusal.objects.create(
            expert=expert,
            application=application,
            kind="declared",
            reason="有合作（虚构）",
            by=expert.user,
            at=clock.now(),
        )
        assert refused(workflow.approve_clearance, row, by=review.world.otto).code == "already_recused"

    def test_refusals_say_what_is_wrong(self, review, seated):
        application, expert, _ = seated
        assert refused(prepare, review, application, expert, reason=" ").field == "reason"
        assert refused(prepare, review, application, expert, kinds=[]).code == "kinds_missing"
        for kinds in (["joint"], ["former_unit", "nonsense"]):
            assert refused(prepare, review, application, expert, kinds=kinds).code == "not_found_any_more"
        row = prepare(review, application, expert)
        assert refused(prepare, review, application, expert).code == "clearance_waiting"
        workflow.discard_clearance(row, by=review.olga)
        assert refused(workflow.approve_clearance, row, by=review.world.otto).code == "state_changed"
        assert prepare(review, application, expert).state == "prepared"

    def test_a_second_click_is_one_row(self, review, seated):
        rows = [prepare(review, *seated[:2], key="k") for _ in range(2)]
        assert rows[0].pk == rows[1].pk and Clearance.objects.count() == 1
        for _ in range(2):
            workflow.approve_clearance(rows[0], by=review.world.otto, key="a")

    def test_another_ground_takes_a_clearance_of_its_own(self, review, seated):
        application, expert, _ = seated
        workflow.approve_clearance(prepare(review, application, expert), by=review.world.otto)
        member = application.members.create(order=0, name="虚构亲友")
        Relation.objects.create(expert=expert, kind="other", person_name=member.name, declared_at=clock.now())
        assert conflicts.find([application], [expert])[expert.pk, application.pk].kind == "relation"
        second = prepare(review, application, expert, kinds=["relation"])
        workflow.approve_clearance(second, by=review.world.otto)
        assert conflicts.find([application], [expert]) == {}

    def test_an_officer_who_changes_the_mind_orders_the_recusal(self, review, seated):
        application, expert, sheet = seated
        workflow.approve_clearance(prepare(review, application, expert), by=review.world.otto)
        workflow.recuse(application, by=review.olga, expert=expert, reason="重新认定（虚构）")
        assert conflicts.find([application], [expert])[expert.pk, application.pk].kind == "officer"
        sheet.refresh_from_db()
        assert sheet.state == "recused"


class TestLists:
    def test_suspected_and_unsupported_are_told_apart(self, review, seated):
        application, expert, _ = seated
        (declared,) = review.seat(application)
        workflow.declare_recusal(declared, by=declared.expert.user, reason="曾有纠纷（虚构）")
        (line,) = recusing.suspected(review.task)
        assert (line.expert, line.application, line.chip["label"]) == (expert, application, "疑似，未申报")
        assert "评审任务" in line.place and line.hits[0].source
        (line,) = recusing.unsupported(review.task)
        assert line.expert == declared.expert and line.said.reason == "曾有纠纷（虚构）"

    def test_declared_and_found_is_settled(self, review, seated):
        application, expert, sheet = seated
        workflow.declare_recusal(sheet, by=expert.user, reason="曾任职（虚构）")
        assert recusing.suspected(review.task) == [] == recusing.unsupported(review.task)
        (line,) = recusals.lines(review.task)
        assert line.state == "settled"

    def test_a_certain_ground_of_somebody_at_work_is_open_and_of_the_pool_settled(self, review):
        application = review.application()
        (sheet,) = review.seat(application)
        is_same_unit(sheet.expert, application)
        pool = review.expert(unit_name=application.unit.name)
        by_expert = {line.expert.pk: line for line in recusals.lines(review.task)}
        assert by_expert[sheet.expert_id].state == "suspected" and by_expert[pool.pk].state == "settled"
        assert not by_expert[sheet.expert_id].can_be_cleared and "仍有评审" in by_expert[sheet.expert_id].chip["label"]

    def test_the_number_of_queries_does_not_grow(self, review):
        def grow(number):
            for application in review.applications(number):
                (sheet,) = review.seat(application)
                worked_there(sheet.expert, application)

        grow(2)
        few = len(queries_of(lambda: recusals.lines(review.task)))
        grow(6)
        assert len(queries_of(lambda: recusals.lines(review.task))) == few
        assert len(recusing.suspected(review.task)) == 8


class TestLookingAgain:
    def test_officers_are_told_once_for_each_kind_and_nothing_is_taken_away(self, review, seated):
        application, expert, sheet = seated
        (told,) = recusing.people_changed(experts=[expert])
        assert told[0] == sheet and told[1].kind == "former_unit"
        recusing.people_changed(applications=[application])
        assert recusing.look_at_all() == 1 == tasks.look_for_conflicts()
        found = Message.objects.filter(event="recusal_found")
        assert {message.user.username for message in found} == {"olga", "otto"} and found.count() == 2
        is_same_unit(expert, application)
        recusing.people_changed(experts=[expert])
        assert found.all().count() == 4
        sheet.refresh_from_db()
        assert sheet.state == "accepted" and access.may_review(expert.user, application)

    def test_a_change_of_the_experts_people_looks_by_itself(self, review):
        application, expert = review.application(), review.expert()
        review.seat(application, expert)
        workflow.add_employment(expert, by=expert.user, unit_name=application.unit.name)
        assert Message.objects.filter(event="recusal_found").exists()

    def test_who_has_left_is_not_looked_at(self, review, seated):
        application, expert, sheet = seated
        workflow.declare_recusal(sheet, by=expert.user, reason="曾任职（虚构）")
        assert recusing.look_at_all() == 0

    def test_queries_do_not_grow_with_the_sheets(self, review):
        review.scored({row: [80, 81] for row in review.applications(2)})
        few = len(queries_of(recusing.look_at_all))
        review.scored({row: [80, 81] for row in review.applications(5)})
        assert len(queries_of(recusing.look_at_all)) == few


class TestBeforeDecisions:
    def test_an_open_ground_stops_and_says_whose(self, review):
        application = review.application()
        panel = review.scored({application: [80, 81, 82]})
        recusing.require_clean(review.task, [application])
        worked_there(panel[0], application)
        problem = refused(recusing.require_clean, review.task, [application])
        assert problem.code == "recusal_open" and panel[0].user.name in problem.details[0]["sentence"]
        row = prepare(review, application, panel[0])
        assert refused(recusing.require_clean, review.task, [application]).code == "recusal_open"
        workflow.approve_clearance(row, by=review.world.otto)
        recusing.require_clean(review.task, [application])

    def test_a_ground_found_after_the_preparing_stops_the_second_person(self, review):
        application = review.application()
        panel = review.scored({application: [80, 81, 82]})
        workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=[application])
        decision = application.decisions.get()
        worked_there(panel[0], application)
        assert refused(approve_decision, decision, by=review.world.otto).code == "recusal_open"
        workflow.approve_clearance(prepare(review, application, panel[0]), by=review.world.otto)
        assert approve_decision(decision, by=review.world.otto).state == "proposed"

    def test_or_the_sheet_is_returned_and_its_expert_recused(self, review):
        application = review.application()
        panel = review.scored({application: [80, 81, 82]})
        worked_there(panel[0], application)
        sheet = Assignment.objects.get(expert=panel[0])
        assert (
            refused(workflow.recuse, application, by=review.olga, expert=panel[0], reason="虚构").code == "sheet_signed"
        )
        workflow.return_for_revision(sheet, by=review.olga, reason="回避情形待认定（虚构）")
        workflow.recuse(application, by=review.olga, expert=panel[0], reason="曾任职（虚构）")
        recusing.require_clean(review.task, [application])

    def test_nothing_to_look_at_is_clean(self, review):
        recusing.require_clean(review.task, [])
        recusing.require_clean(review.task, review.applications(2))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture(autouse=True)
    def at_this_time(self):
        with clock.travel(REVIEWING):
            yield

    @pytest.fixture
    def row(self, review, seated):
        return prepare(review, *seated[:2])

    def both(self, review, row):
        third = type(review.olga).objects.get(username="otto")
        rows = [Clearance.objects.select_related("application").get(pk=row.pk) for _ in range(2)]
        return race(
            lambda: workflow.approve_clearance(rows[0], by=third),
            lambda: workflow.discard_clearance(rows[1], by=review.olga),
        )

    def test_approved_or_discarded_never_both(self, review, row):
        results = self.both(review, row)
        assert sorted(getattr(result, "code", type(result).__name__) for result in results) == [
            "Clearance", "state_changed"
        ]  # fmt: skip
        assert Entry.objects.for_object(row.application).done().filter(action__endswith="clearance").count() == 1

    def test_control_without_the_locks_both_say_it_is_done(self, review, row, monkeypatch):
        def lock(self, application, data):
            data["row"] = Clearance.objects.get(pk=data["row"].pk)
            return type(application).objects.select_related("call__current_version", "task").get(pk=application.pk)

        monkeypatch.setattr(actions_recusal.ClearAct, "lock", lock)
        meet(monkeypatch, actions_recusal.ClearAct, "check")
        assert not any(isinstance(result, Exception) for result in self.both(review, row))

    def test_two_officers_prepare_one_clearance(self, review, seated):
        results = race(*(lambda by=by: prepare(review, *seated[:2], by=by) for by in (review.olga, review.world.otto)))
        assert sorted(getattr(result, "code", type(result).__name__) for result in results) == [
            "Clearance", "clearance_waiting"
        ]  # fmt: skip
