"""The pages of a draw: what people see, press and download; forms without JavaScript; who gets in; what it costs."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from applications import access
from audit.models import Entry
from documents import jobs
from documents.models import Artifact
from jbgs.lib import clock
from reviews import draw_jobs, replay, workflow
from reviews.models import Assignment, DrawPlan, ReviewerChange
from tests.budget import queries_of

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


def words(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def officer(client, review):
    client.force_login(review.olga)
    return client


@pytest.fixture
def three(review):
    review.experts(9)
    return review.applications(3)


CONDITIONS = {
    "mode": "noisy", "panel": "common", "recusal": "partial", "noise": "0.30", "qualified_from": "0.5",
    "per_employer": "1", "employer_hard": "on", "per_region": "2", "load": "0", "alternates": "2",
    "due_at": "2025-05-01T18:00",
}  # fmt: skip


def act(client, plan, step, **form):
    return client.post(url("draw_act", plan.pk), {"act": step, "key": f"{step}-{len(str(form))}", **form}, follow=True)


def published(review) -> DrawPlan:
    workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="482913")
    return DrawPlan.objects.latest("number")


def test_the_whole_way_on_the_pages(review, officer, three, client):
    page = words(officer.post(url("draw", review.task.pk), {"key": "a"}, follow=True))
    plan = DrawPlan.objects.get()
    assert "预览第 1 次" in page and "按现有条件抽得满" in page and "条件够了，可以冻结" in page
    assert plan.preview and not Assignment.objects.exists()
    page = words(act(officer, plan, "preview", **CONDITIONS))
    assert "预览第 2 次" in page and "与上一次比" in page
    plan.refresh_from_db()
    assert plan.due_at == clock.local(clock.now()).replace(month=5, day=1, hour=18)
    page = words(act(officer, plan, "freeze", **CONDITIONS))
    plan.refresh_from_db()
    assert plan.state == "frozen" and "等待监督人员现场给数" in page and plan.commitment in page
    assert plan.secret not in page and "输入并抽取" not in page
    client.force_login(review.world.sven)
    assert "输入并抽取" in words(client.get(url("panel", review.task.pk)))
    waiting = words(client.get(url("approvals")))
    assert "等待您现场给数的抽取" in waiting and f"{review.task.code} {review.task.title}" in waiting
    page = words(act(client, plan, "value", value="482913"))
    assert "抽取结果" in page and "482913" in page and 'value="publish"' not in page
    client.force_login(review.olga)
    page = words(act(client, plan, "publish"))
    assert "已发布，已通知专家" in page and Assignment.objects.filter(plan=plan).count() == 15
    page = words(act(client, plan, "undo", reason="抽取时遗漏了一个单位"))
    assert "已撤回" in page and not Assignment.objects.active().exists()
    assert "历次抽取" in page and "抽取时遗漏了一个单位" in page


def test_a_wrong_condition_stays_where_it_was_typed(review, officer, three):
    plan = workflow.open_plan(review.call, [review.task], by=review.olga)
    wrong = {"per_region": "99", "noise": "1.5", "load": "很多", "due_at": "2025-01-01T18:00"}
    answer = act(officer, plan, "preview", **CONDITIONS | wrong)
    page = words(answer)
    assert answer.status_code == 422 and "条件没有保存，有 4 项须修改" in page
    for name, typed, sentence in (
        ("per_region", "99", "请填写 0 至 20 的整数。"),
        ("load", "很多", "请填写 0 至 500 的整数。"),
        ("noise", "1.5", "请填写 0 至 1 的小数，最多三位，如 0.50。"),
    ):
        assert f'value="{typed}" aria-invalid="true" aria-describedby="id_{name}_error"' in page
        assert sentence in page.split(f'id="id_{name}_error"')[1][:400]
    assert "评审截止须晚于现在" in page
    assert DrawPlan.objects.get().preview is None
    assert act(officer, plan, "discard", reason=" ").status_code == 422
    assert "没有这一步" in words(act(officer, plan, "jump"))


def test_matches_are_typed_as_they_are_shown(review, officer, three):
    plan = workflow.open_plan(review.call, [review.task], by=review.olga)
    page = words(act(officer, plan, "preview", **CONDITIONS | {"noise": "0.125", "qualified_from": ".6"}))
    plan.refresh_from_db()
    assert (plan.settings["noise"], plan.settings["qualified_from"]) == (125, 600)
    assert 'value="0.125"' in page and 'value="0.60"' in page and "‰" not in page


def test_a_shortage_is_diagnosed_and_a_proposal_can_be_taken(review, officer):
    application = review.application()
    for _ in range(7):
        review.expert(region="110000")
    plan = workflow.open_plan(review.call, [review.task], by=review.olga, settings={"region_hard": True})
    page = words(act(officer, plan, "preview", **CONDITIONS | {"region_hard": "on"}))
    assert "按现有条件抽不满" in page and "缺 3 位次" in page and "还不能冻结" in page
    assert f"“{application.title}”缺 3 位" in page  # the application is named beside the rule
    assert 'name="name" value="region_hard"' in page
    page = words(act(officer, plan, "adopt", name="region_hard", value="False"))
    plan.refresh_from_db()
    assert plan.settings["region_hard"] is False and "按现有条件抽得满" in page
    refused = words(act(officer, plan, "adopt", name="k", value="2"))
    assert "抽取条件有误" in refused and application.title in refused


def test_several_tasks_are_drawn_at_once(review, officer, three):
    second = review.call.tasks.order_by("order")[1]
    review.application(task=second)
    page = words(officer.get(url("draw_call", review.call.pk)))
    assert review.task.title in page and second.title in page
    empty = words(officer.post(url("draw_call", review.call.pk), {"key": "n"}, follow=True))
    assert "请选择要抽取专家的任务" in empty
    page = words(
        officer.post(url("draw_call", review.call.pk), {"task": [review.task.pk, second.pk], "key": "k"}, follow=True)
    )
    plan = DrawPlan.objects.get()
    assert plan.tasks.count() == 2 and "等 2 个任务" in page and "预览第 1 次" in page
    assert f'href="{url("draw_plan", plan.pk)}"' in words(officer.get(url("panel", second.pk)))


def test_data_that_changed_are_named_and_drawn_again_under_a_new_number(review, officer, three):
    plan = workflow.freeze(workflow.open_plan(review.call, [review.task], by=review.olga), by=review.olga)
    workflow.give_public_value(plan, by=review.world.sven, value="482913")
    later = review.application()
    page = words(act(officer, plan, "publish"))
    assert "冻结之后数据有变化" in page and later.title in page
    act(officer, plan, "redraw", reason="新受理一份申报")
    first, second = DrawPlan.objects.order_by("number")
    assert (first.state, second.state, second.number) == ("discarded", "draft", 2) and second.preview


def test_a_change_after_the_draw_goes_to_the_second_officer(review, officer, three, client):
    plan = published(review)
    sheet = plan.assignments.select_related("expert__user").order_by("pk").first()
    page = words(officer.get(url("panel", review.task.pk)))
    assert "调整专家" in page and f'value="s{sheet.pk}"' in page and "候补：" in page
    form = {"place": f"s{sheet.pk}", "expert": "", "reason": "", "key": "c"}
    empty = officer.post(url("change", review.task.pk), form)
    assert empty.status_code == 422 and "请写明理由" in words(empty)
    officer.post(url("change", review.task.pk), form | {"reason": "联系不上专家"})
    change = ReviewerChange.objects.get()
    own = words(officer.get(url("approvals")))
    assert "联系不上专家" in own and "同意调整" not in own
    client.force_login(review.world.otto)
    assert "同意调整" in words(client.get(url("approvals")))
    client.post(url("approval", change.pk), {"act": "approve", "key": "k"})
    change.refresh_from_db()
    sheet.refresh_from_db()
    assert change.state == "approved" and sheet.state == "removed"
    assert review.world.otto.name in words(client.get(url("panel", review.task.pk)))


def test_an_expert_declines_on_the_pages(review, three, client):
    plan = published(review)
    sheet = plan.assignments.select_related("expert__user").order_by("pk").first()
    client.force_login(sheet.expert.user)
    address = url("decline_round", sheet.round_id)
    page = words(client.get(address))
    assert all(words in page for words in (review.task.title, *(one.title for one in three)))  # as on the pledge's page
    empty = client.post(address, {"reason": " ", "key": "d"})
    assert empty.status_code == 422 and "请写明不能评审的理由" in words(empty)
    client.post(address, {"reason": "评审期间出国", "key": "d2"})
    assert plan.assignments.filter(state="declined").count() == 3
    assert client.get(address).status_code == 404
    other = plan.assignments.filter(state="assigned").select_related("expert__user").first()
    assert client.get(url("decline", other.pk)).status_code == 404
    client.force_login(other.expert.user)
    workflow.pledge(other, by=other.expert.user)
    assert other.application.title in words(client.get(url("decline", other.pk)))
    client.post(url("decline", other.pk), {"reason": "不熟悉这一方向", "key": "d3"})
    other.refresh_from_db()
    assert other.state == "declined"


def test_the_bundle_is_for_officers_and_supervisors(review, three, client):
    plan = published(review)
    for person, status in (
        (review.olga, 200), (review.world.sven, 200), (review.world.oscar, 404), (review.world.dora, 404),
        (plan.assignments.first().expert.user, 404),
    ):  # fmt: skip
        client.force_login(person)
        assert client.get(url("draw_data", plan.pk)).status_code == status, person
        assert client.get(url("draw_plan", plan.pk)).status_code == status
    client.force_login(review.olga)
    assert client.get(url("draw_data", plan.pk)).json() == replay.bundle(plan)
    draft = workflow.open_plan(review.call, [review.call.tasks.order_by("order")[1]], by=review.olga)
    assert client.get(url("draw_data", draft.pk)).status_code == 404


def test_forged_steps_are_403(review, three, client):
    plan = workflow.open_plan(review.call, [review.task], by=review.olga)
    for person in (review.world.oscar, review.world.dora, review.world.alice, review.world.erin):
        client.force_login(person)
        for name in ("conditions", "preview", "freeze", "publish", "discard", "undo", "value", "adopt"):
            form = {"act": name, "reason": "伪造", "value": "123456", "name": "mode"}
            if name == "conditions":
                form |= CONDITIONS
            assert client.post(url("draw_act", plan.pk), form).status_code == 403, name
    plan.refresh_from_db()
    assert plan.state == "draft" and plan.preview is None


def test_a_call_without_supervisor_asks_another_officer(review, officer, three, client):
    access.revoke_supervision(review.world.sven, review.call)
    plan = workflow.freeze(workflow.open_plan(review.call, [review.task], by=review.olga), by=review.olga)
    assert "输入并抽取" not in words(officer.get(url("panel", review.task.pk)))
    client.force_login(review.world.otto)
    assert "输入并抽取" in words(client.get(url("panel", review.task.pk)))
    bad = act(client, plan, "value", value="1")
    assert bad.status_code == 422 and "4 至 40 位" in words(bad)


@pytest.mark.parametrize("state", ["draft", "published"])
def test_the_page_costs_the_same_for_3_and_30_applications(review, officer, three, state):
    def made():
        if state == "published":
            return published(review)
        return workflow.preview_plan(workflow.open_plan(review.call, [review.task], by=review.olga), by=review.olga)

    made()
    few = queries_of(lambda: officer.get(url("panel", review.task.pk)))
    if state == "draft":
        workflow.discard(DrawPlan.objects.get(), by=review.olga, reason="再来")
    review.applications(27)
    review.experts(20)
    made()
    many = queries_of(lambda: officer.get(url("panel", review.task.pk)))
    assert len(few) == len(many) <= 60


def test_no_page_needs_javascript(review, officer, three):
    plan = published(review)
    page = words(officer.get(url("panel", review.task.pk)))
    bar = page[page.index("draw-bar") :]
    assert "<details" in bar and 'value="undo"' in bar and not re.search(r"\son\w+=", page)
    assert "第一位专家打开申报书之前可以撤回" in page and plan.outcome_sha256 in page


def test_a_draw_whose_days_have_passed_says_so(review, officer, three):
    plan = workflow.open_plan(review.call, [review.task], by=review.olga)
    with clock.travel(plan.due_at + timedelta(days=1)):
        assert "评审截止已过" in words(officer.get(url("panel", review.task.pk)))


def test_a_large_draw_is_computed_by_the_worker(review, officer, three, client, monkeypatch):
    monkeypatch.setattr(draw_jobs, "LARGE", 2)
    page = words(officer.post(url("draw", review.task.pk), {"key": "a"}, follow=True))
    plan = DrawPlan.objects.get()
    assert "正在后台计算" in page and 'http-equiv="refresh"' in page and plan.preview is None
    jobs.run_pending()
    assert "预览第 1 次" in words(officer.get(url("panel", review.task.pk)))
    act(officer, plan, "freeze", **CONDITIONS)
    jobs.run_pending()
    client.force_login(review.world.oscar)
    assert client.post(url("draw_act", plan.pk), {"act": "value", "value": "482913"}).status_code == 403
    client.force_login(review.world.sven)
    act(client, plan, "value", value="482913")
    jobs.run_pending()
    client.force_login(review.olga)
    later = review.application()
    act(officer, plan, "publish")
    jobs.run_pending()
    page = words(officer.get(url("panel", review.task.pk)))
    assert "上一步没有办成：冻结之后数据有变化" in page and later.title in page
    assert not Assignment.objects.exists() and Artifact.objects.filter(kind="draw_step").count() == 4
    type(later).objects.filter(pk=later.pk).update(state="rejected")
    client.post(url("draw_act", plan.pk), {"act": "publish", "key": "again"})
    jobs.run_pending()
    assert Assignment.objects.filter(plan=plan).count() == 15
    by = Entry.objects.for_object(plan).done().get(action="give_public_value").actor
    assert by == review.world.sven  # the worker's step is the person's act
