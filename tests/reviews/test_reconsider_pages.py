"""The pages of 复议: what must be looked at again, one application's second looks, and each way from the form to the
end; wrong people, wrong moments and crafted requests."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import access
from applications import workflow as applications_workflow
from audit.models import Entry
from jbgs.lib import clock
from programmes.models import Task
from reviews import workflow
from reviews.models import Assignment, Reconsideration, ReviewerChange
from tests.budget import queries_of
from tests.cast import make_person
from tests.reviews.conftest import REVIEWING
from tests.reviews.meeting_room import refusal
from tests.reviews.test_pages_officer import fill_task
from tests.reviews.test_reconsidering import opened, prepare, review_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def asking(db):
    """A call in which 25 points between two experts ask for a second look."""
    return review_of(reconsider={"spread": 25}, aggregate="mean")


@pytest.fixture
def wide(asking):
    """One application on which the experts are far apart, and one on which they agree."""
    far, near = asking.applications(2)
    asking.scored({far: [95, 60, 80], near: [81, 80, 79]})
    return far, near


def url(name: str, pk: int) -> str:
    return reverse(f"admin:reviews_{name}", args=[pk])


@pytest.fixture
def visit(client):
    """visit(person, name, pk, **data): the answer to a GET, or to a POST of `data`."""

    def go(person, name, pk, **data):
        client.force_login(person)
        return client.post(url(name, pk), data) if data else client.get(url(name, pk))

    return go


def words(answer) -> str:
    return answer.content.decode()


def lowest(application) -> Assignment:
    return application.assignments.signed().order_by("total")[0]


def form(**changes) -> dict:
    return {"ground": "spread", "way": "explain", "reason": "两位专家相差 35 分", "key": "k", **changes}


class TestTheList:
    def test_what_is_asked_open_and_done(self, visit, asking, wide):
        far, near = wide
        shown = visit(asking.olga, "reconsiderations", asking.task.pk)
        assert shown.status_code == 200 and "相差 25 分及以上的，须复议" in words(shown)
        assert "1 件还没有提起" in words(shown) and [row.application for row in shown.context["others"]] == [near]
        row = opened(asking, far, sheets=[lowest(far)])
        shown = words(visit(asking.olga, "reconsiderations", asking.task.pk))
        assert "复议中" in shown and "还没有提起" not in shown and "提起时 35" in shown
        asking.sign(lowest_sheet(row), 75)
        workflow.close_reconsideration(row, by=asking.olga, conclusion="已更正。")
        assert "已办结" in words(visit(asking.olga, "reconsiderations", asking.task.pk))

    def test_a_call_without_a_rule_says_so_and_lets_the_officer_begin(self, visit, db):
        review = review_of(reconsider={})
        review.scored({review.application(): [90, 50, 70]})
        shown = words(visit(review.olga, "reconsiderations", review.task.pk))
        assert "没有规定必须复议的情形" in shown and "没有复议事项" in shown and "对其他申报提起复议" in shown

    def test_a_task_without_scores_has_an_empty_page(self, visit, asking):
        assert "没有复议事项" in words(visit(asking.olga, "reconsiderations", asking.task.pk))

    def test_nobody_else_finds_it(self, visit, asking, wide):
        expert = wide[0].assignments.first().expert.user
        world = asking.world
        for person in (world.oscar, world.erin, world.alice, world.dora, expert):
            for name, pk in (("reconsiderations", asking.task.pk), ("reconsider", wide[0].pk)):
                assert visit(person, name, pk).status_code in (302, 403, 404), (person, name)
        assert Entry.objects.for_object(asking.task).refused().filter(action="read_review").exists()

    def test_supervisors_read_and_change_nothing(self, visit, asking, wide):
        sven, far = asking.world.sven, wide[0]
        assert "1 件还没有提起" in words(visit(sven, "reconsiderations", asking.task.pk))
        shown = words(visit(sven, "reconsider", far.pk))
        assert "按本批次规则须复议" in shown and 'name="way"' not in shown
        assert visit(sven, "reconsider", far.pk, **form(sheet=lowest(far).pk)).status_code == 403
        assert not Reconsideration.objects.exists()

    def test_both_pages_cost_the_same_for_few_and_many(self, client, asking, wide):
        far, near = wide
        panel = [sheet.expert for sheet in far.assignments.order_by("pk")]
        fill_task(asking, 5, panel)
        opened(asking, far, sheets=[lowest(far)])
        client.force_login(asking.olga)
        addresses = [url("reconsiderations", asking.task.pk), url("reconsider", far.pk), url("reconsider", near.pk)]
        few = [len(queries_of(lambda address=address: client.get(address))) for address in addresses]
        asking.scored({one: [95, 60, 80] for one in asking.applications(6)}, panel)
        fill_task(asking, 20, panel)
        asking.scored({near: [79, 80, 82]}, asking.experts(3))
        many = [len(queries_of(lambda address=address: client.get(address))) for address in addresses]
        assert few == many and max(many) <= 25


def lowest_sheet(row: Reconsideration) -> Assignment:
    """The sheet that went back."""
    return Assignment.objects.get(pk=row.figures["sheets"][0])


class TestExplain:
    def test_from_the_form_to_the_conclusion(self, visit, asking, wide):
        far, olga = wide[0], asking.olga
        sheet = lowest(far)
        shown = visit(olga, "reconsider", far.pk)
        assert "按本批次规则须复议：专家分歧大" in words(shown) and shown.context["usual_ground"] == "spread"
        assert visit(olga, "reconsider", far.pk, **form(sheet=sheet.pk)).status_code == 302
        row = Reconsideration.objects.get()
        assert (row.way, row.ground, row.figures["sheets"]) == ("explain", "spread", [sheet.pk])
        shown = words(visit(olga, "reconsider", far.pk))
        assert "还有 1 位专家没有重新提交。" in shown and 'name="conclusion"' not in shown
        assert "各专家总分 95.00、80.00、60.00，相差 35 分" in shown and "还没有重新提交" in shown
        early = visit(olga, "reconsider", far.pk, row=row.pk, conclusion="太早")
        assert early.status_code == 409 and "复议还不能办结" in words(early)
        asking.sign(sheet, 78)
        assert "已经完成，可以办结" in words(visit(olga, "reconsider", far.pk))
        assert visit(olga, "reconsider", far.pk, row=row.pk, conclusion=" ").status_code == 422
        assert visit(olga, "reconsider", far.pk, row=row.pk, conclusion="专家已更正误读。").status_code == 302
        shown = words(visit(olga, "reconsider", far.pk))
        assert "专家已更正误读。" in shown and "已办结的复议" in shown
        prepare(asking, far)

    def test_the_expert_reads_the_reason_and_nothing_of_the_others(self, visit, asking, wide):
        far = wide[0]
        sheet = lowest(far)
        visit(asking.olga, "reconsider", far.pk, **form(sheet=sheet.pk, reason="请核对指标依据暗记"))
        shown = words(visit(sheet.expert.user, "score", sheet.pk))
        assert "复议：请核对指标依据暗记" in shown
        others = far.assignments.exclude(pk=sheet.pk)
        assert not any(one.expert.user.name in shown for one in others) and "95.00" not in shown

    def test_who_declines_to_explain_is_shown_as_such_and_the_score_is_gone(self, visit, asking, wide):
        far, sheet = wide[0], lowest(wide[0])
        row = opened(asking, far, sheets=[sheet])
        workflow.decline(sheet, by=sheet.expert.user, reason="出国")
        shown = words(visit(asking.olga, "reconsider", far.pk))
        assert "谢绝，评分不再计入" in shown and "还没有重新提交" not in shown and "可以办结" in shown
        assert visit(asking.olga, "reconsider", far.pk, row=row.pk, conclusion="由其余专家评分。").status_code == 302

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"reason": " "}, "reason"),
            ({}, "sheets"),
            ({"way": "lot"}, "way"),
            ({"ground": "mood"}, "ground"),
            ({"sheet": "x"}, "sheets"),
            ({"way": "extra", "due_at": "下周"}, "due_at"),
            ({"way": "extra", "due_at": "2024-01-01 17:00"}, "due_at"),
        ],
    )
    def test_what_is_missing_is_named_and_what_was_typed_stays(self, visit, asking, wide, changes, field):
        sent = form(**changes) if "reason" in changes else form(reason="已经写好的说明", **changes)
        answer = visit(asking.olga, "reconsider", wide[0].pk, **sent)
        assert answer.status_code == 422 and f'href="#{field}"' in words(answer)
        assert f'id="{field}"' in words(answer)
        assert "reason" in changes or "已经写好的说明" in words(answer)
        assert not Reconsideration.objects.exists()

    def test_sheets_that_are_not_this_applications_or_not_signed(self, visit, asking, wide):
        far, near = wide
        answer = visit(asking.olga, "reconsider", far.pk, **form(sheet=lowest(near).pk))
        assert answer.status_code == 422 and "只能选择这件申报已经提交的评分" in words(answer)
        assert visit(asking.olga, "reconsider", far.pk, row="x", conclusion="无").status_code == 404
        row = opened(asking, far, sheets=[lowest(far)])
        assert visit(asking.olga, "reconsider", near.pk, row=row.pk, conclusion="别的申报").status_code == 404

    def test_a_sheet_from_before_the_review_was_reopened_is_not_offered(self, visit, asking, wide):
        far, near = wide
        prepare(asking, near)
        applications_workflow.approve_decision(near.decisions.get(), by=asking.world.otto)
        reopened(asking, near)
        asking.scored({near: [90, 50, 70]}, asking.experts(3))
        shown = visit(asking.olga, "reconsider", near.pk)
        assert len(shown.context["sheets"]) == 3
        old = near.assignments.order_by("pk")[0]
        assert visit(asking.olga, "reconsider", near.pk, **form(sheet=old.pk)).status_code == 422


def reopened(review, application) -> None:
    """As after an upheld appeal: what was signed before does not count any more."""
    decision = application.decisions.get()
    earlier = clock.now() - timedelta(days=1)
    Assignment.objects.filter(application=application).update(assigned_at=earlier)
    type(decision).objects.filter(pk=decision.pk).update(verb="reopen_review", approved_at=clock.now())
    type(application).objects.filter(pk=application.pk).update(state="in_review")


class TestExtra:
    def test_named_experts_come_when_a_second_person_agrees(self, visit, asking, wide):
        far, olga = wide[0], asking.olga
        newcomers = asking.experts(2)
        sent = form(way="extra", expert=[one.pk for one in newcomers], due_at="2025-04-20 17:00")
        with clock.travel(REVIEWING + timedelta(hours=1)):
            assert visit(olga, "reconsider", far.pk, **sent).status_code == 302
            self.joined(visit, asking, far, newcomers)

    def joined(self, visit, asking, far, newcomers):
        row, olga = Reconsideration.objects.get(), asking.olga
        assert row.figures["wanted"] == 2 and far.assignments.count() == 3
        assert "还有 2 位加评专家没有提交。" in words(visit(olga, "reconsider", far.pk))
        for change in ReviewerChange.objects.all():
            assert refusal(workflow.approve_change, change, by=olga) == "same_person"
            workflow.approve_change(change, by=asking.world.otto)
        joined = Assignment.objects.filter(expert__in=newcomers)
        assert {sheet.due_at.strftime("%m-%d") for sheet in joined} == {"04-20"}
        for sheet in joined:
            asking.sign(workflow.pledge(sheet, by=sheet.expert.user), 79)
        assert visit(olga, "reconsider", far.pk, row=row.pk, conclusion="加评后趋于一致。").status_code == 302

    def test_without_alternates_somebody_must_be_named(self, visit, asking, wide):
        answer = visit(asking.olga, "reconsider", wide[0].pk, **form(way="extra"))
        assert answer.status_code == 422 and "请改为指定专家" in words(answer)
        assert not Reconsideration.objects.exists()

    def test_a_recused_or_seated_expert_is_refused_by_name(self, visit, asking, wide):
        far = wide[0]
        away, seated = asking.expert(), far.assignments.first().expert
        workflow.recuse(far, by=asking.olga, expert=away, reason="近亲属任职")
        for expert in (away, seated):
            answer = visit(asking.olga, "reconsider", far.pk, **form(way="extra", expert=expert.pk))
            assert answer.status_code in (409, 422) and expert.user.name in words(answer)
        assert not Reconsideration.objects.exists() and not ReviewerChange.objects.exists()

    def test_sheets_ticked_beside_another_way_stay_where_they_are(self, visit, asking, wide):
        far = wide[0]
        sent = form(way="extra", expert=asking.expert().pk, sheet=lowest(far).pk)
        assert visit(asking.olga, "reconsider", far.pk, **sent).status_code == 302
        assert far.assignments.signed().count() == 3


class TestWhen:
    def test_not_while_somebody_scores_nor_beside_a_decision_nor_twice(self, visit, asking, wide):
        far, near = wide
        prepare(asking, near)
        answer = visit(asking.olga, "reconsider", near.pk, **form(sheet=lowest(near).pk))
        assert answer.status_code == 409 and "决定正在复核" in words(answer)
        sheet = lowest(far)
        other = far.assignments.signed().exclude(pk=sheet.pk)[0]
        assert visit(asking.olga, "reconsider", far.pk, **form(sheet=sheet.pk)).status_code == 302
        again = visit(asking.olga, "reconsider", far.pk, **form(sheet=other.pk, key="k2"))
        assert again.status_code == 409 and "已经在复议" in words(again)
        assert visit(asking.olga, "reconsider", far.pk, **form(sheet=other.pk)).status_code == 302  # the same key again
        assert Reconsideration.objects.count() == 1 and far.assignments.signed().count() == 2

    def test_after_the_review_there_is_no_form(self, visit, asking, wide):
        near = wide[1]
        type(near).objects.filter(pk=near.pk).update(state="proposed")
        assert 'name="way"' not in words(visit(asking.olga, "reconsider", near.pk))
        answer = visit(asking.olga, "reconsider", near.pk, **form(sheet=lowest(near).pk))
        assert answer.status_code == 409 and "拟入围" in words(answer)

    def test_an_officer_of_another_field_has_no_page(self, visit, asking, wide):
        person = make_person("rita", "officer")
        other = Task.objects.filter(call=asking.call).exclude(field=asking.task.field).first()
        access.grant_field(person, other.field)
        assert visit(person, "reconsider", wide[0].pk).status_code == 404
        assert visit(person, "reconsider", wide[0].pk, **form(sheet=lowest(wide[0]).pk)).status_code == 403
