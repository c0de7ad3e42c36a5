"""The recommendation list's page: what it shows, the acts on it, and what comes back after a refusal."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application, Opinion, QuotaUse, State
from audit.models import Entry
from jbgs.lib import clock
from notifications.models import Message
from programmes.loader import load_document
from tests.cast import OPEN, RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def dora(client, cast):
    client.force_login(cast.dora)
    return client


def page_of(cast):
    return reverse("admin:applications_recommending", args=[cast.call.slug])


def act(client, verb, application, **data):
    return client.post(reverse(f"admin:applications_{verb}", args=[application.pk]), data)


def several(cast, count):
    with clock.travel(OPEN):
        return [cast.submitted(by=cast.another_applicant()) for _ in range(count)]


def test_the_page_shows_slots_chips_and_what_stands_in_the_way(cast, dora):
    one, two = several(cast, 2)
    with clock.travel(RECOMMENDING):
        workflow.recommend(one, by=cast.dora, opinion="同意")
        page = dora.get(page_of(cast)).content.decode()
    assert "还可推荐 1 个" in page and "拟推荐" in page and "待审核" in page
    assert "每个任务原则上推荐不超过 2 个，按推荐单位计算" in page
    assert "还不能确认名单：1 个申报待审核" in page
    assert one.number in page and two.number in page


def test_recommend_takes_the_slot_that_the_button_names(cast, dora):
    (application,) = several(cast, 1)
    with clock.travel(RECOMMENDING):
        opened = dora.get(page_of(cast), {"open": application.pk}).content.decode()
        assert "推荐，占用第 1 个名额" in opened and "承诺值不低于榜单要求" in opened
        answer = act(dora, "recommend", application, opinion="同意推荐", items=["signed", "unheard_of"], key="k" * 20)
        assert answer.status_code == 302
        again = act(dora, "recommend", application, opinion="同意推荐", key="k" * 20)
        assert again.status_code == 302  # a double click is harmless
    application.refresh_from_db()
    assert (application.state, application.rank) == (State.RECOMMENDED, 1)
    assert QuotaUse.objects.filter(application=application).count() == 1
    assert Opinion.objects.get(application=application, verb="recommend").items == ["signed"]
    assert Entry.objects.for_object(application).done().filter(action="recommend").count() == 1
    told = Message.objects.filter(event="application_recommended", channel="inbox")
    assert told.count() == 1


def test_a_third_one_needs_a_reason_at_the_field(cast, dora):
    one, two, three = several(cast, 3)
    with clock.travel(RECOMMENDING):
        for application in (one, two):
            workflow.recommend(application, by=cast.dora, opinion="同意")
        opened = dora.get(page_of(cast), {"open": three.pk}).content.decode()
        assert "超出名额的理由" in opened
        assert "本任务已推荐 2 个，原则上不超过 2 个。请写明理由，或不推荐。" in opened
        refused = act(dora, "recommend", three, opinion="很有特色的路线", rank="3", items=["signed"])
        words = refused.content.decode()
        assert refused.status_code == 409
        assert "很有特色的路线" in words and 'name="over_reason"' in words
        assert 'aria-invalid="true"' in words and 'value="signed" checked' in words
        done = act(dora, "recommend", three, opinion="很有特色的路线", rank="1", over_reason="三个方案互补")
        assert done.status_code == 302
        page = dora.get(page_of(cast)).content.decode()
    three.refresh_from_db()
    assert three.rank == 1
    assert "超出 1 个" in page and "三个方案互补" in page and "超名额" in page
    assert Entry.objects.for_object(three).refused().get().code == "quota_needs_reason"


def test_a_hard_limit_offers_no_button_and_no_reason_helps(client):
    document = deepcopy(miit_document())
    document["quotas"]["recommend"]["force"] = "hard"
    cast = world(load_document(document).call)
    client.force_login(cast.dora)
    one, two, three = several(cast, 3)
    with clock.travel(RECOMMENDING):
        for application in (one, two):
            workflow.recommend(application, by=cast.dora, opinion="同意")
        opened = client.get(page_of(cast), {"open": three.pk}).content.decode()
        assert "名额已用完：限 2 个。先取消其他推荐，才能推荐这一个。" in opened and "推荐，占用" not in opened
        assert "每个任务推荐不超过 2 个" in opened
        forced = act(client, "recommend", three, opinion="还是想推荐", over_reason="理由")
    words = forced.content.decode()
    assert forced.status_code == 409
    assert "名额已用完：限 2 个，已占用 2 个。" in words and "还是想推荐" in words


@pytest.mark.parametrize(
    ("verb", "data", "sentence"),
    [
        ("recommend", {"rank": "1"}, "请写明意见。"),
        ("recommend", {"rank": "9", "opinion": "写好的意见"}, "次序须在 1 到 1 之间。"),
        ("recommend", {"rank": "第一", "opinion": "写好的意见"}, "次序须在 1 到 1 之间。"),
        ("return_for_changes", {"due_on": "2025-03-17"}, "请写明意见。"),
        ("return_for_changes", {"opinion": "写好的意见", "due_on": "2025-03-01"}, "修改期限须晚于现在。"),
        ("return_for_changes", {"opinion": "写好的意见", "due_on": "三月"}, "修改期限须晚于现在。"),
        ("decline", {"due_on": "2025-03-17"}, "请写明理由。"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(cast, dora, verb, data, sentence):
    (application,) = several(cast, 1)
    with clock.travel(RECOMMENDING):
        answer = act(dora, verb, application, **data)
    words = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in words and 'aria-invalid="true"' in words
    for typed in data.values():
        assert typed in words
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_the_next_rank_is_offered_on_every_tab(cast, dora):
    one, two = several(cast, 2)
    with clock.travel(RECOMMENDING):
        workflow.recommend(one, by=cast.dora, opinion="同意")
        opened = dora.get(page_of(cast), {"tab": "waiting", "open": two.pk}).content.decode()
    assert 'name="rank" inputmode="numeric" autocomplete="off" value="2"' in opened


def test_the_address_of_a_form_leads_to_its_page(cast, dora):
    (application,) = several(cast, 1)
    answer = dora.get(reverse("admin:applications_recommend", args=[application.pk]))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("admin:applications_detail", args=[application.pk])
    with clock.travel(RECOMMENDING):
        listed = workflow.recommend(application, by=cast.dora, opinion="同意").recommendation_list
        for act_on_list in ("rerank", "list_confirmed", "keep_scan"):
            answer = dora.get(reverse(f"admin:applications_{act_on_list}", args=[listed.pk]))
            assert answer["Location"] == reverse("admin:applications_confirm_list", args=[listed.pk])


def test_return_and_decline(cast, dora):
    one, two = several(cast, 2)
    with clock.travel(RECOMMENDING):
        opened = dora.get(page_of(cast), {"open": one.pk}).content.decode()
        assert 'value="2025-03-17"' in opened  # five working days after the 10th
        act(dora, "return_for_changes", one, opinion="请补充附件", due_on="2025-03-17")
        act(dora, "decline", two, opinion="与任务不符")
        returned = dora.get(page_of(cast), {"tab": "returned"}).content.decode()
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.state == State.RETURNED and f"{clock.local(one.return_due_at):%m-%d %H:%M}" == "03-18 00:00"
    assert two.state == State.NOT_RECOMMENDED
    assert (
        one.number in returned
        and two.number not in returned
        and "3月17日 24:00 前修改" in returned.replace("2025年", "")
    )


def test_what_is_overdue_or_beyond_the_limit_needs_attention(cast, dora):
    one, *others = several(cast, 4)
    with clock.travel(RECOMMENDING):
        workflow.return_for_changes(one, by=cast.dora, opinion="补充", due_at=RECOMMENDING + timedelta(days=1))
        for application in others:
            workflow.recommend(application, by=cast.dora, opinion="同意", over_reason="互补")
    with clock.travel(RECOMMENDING + timedelta(days=2)):
        page = dora.get(page_of(cast), {"tab": "attention"}).content.decode()
    assert one.number in page and others[2].number in page
    assert others[0].number not in page and others[1].number not in page


def test_the_second_person_reads_who_was_faster(cast, dora):
    (application,) = several(cast, 1)
    with clock.travel(RECOMMENDING):
        workflow.decline(application, by=cast.dora, reason="不符")
        answer = act(dora, "recommend", application, opinion="写了很久的意见")
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "办理“不推荐”" in words and "写了很久的意见" in words


def test_unrecommend_frees_the_slot_and_moves_the_others_up(cast, dora):
    one, two = several(cast, 2)
    with clock.travel(RECOMMENDING):
        for application in (one, two):
            workflow.recommend(application, by=cast.dora, opinion="同意")
        assert "取消推荐" in dora.get(page_of(cast), {"open": one.pk}).content.decode()
        assert act(dora, "unrecommend", one).status_code == 302
    two.refresh_from_db()
    assert two.rank == 1
    assert QuotaUse.objects.count() == 1


def order(client, listed, numbers: dict, was: dict | None = None, **more):
    data = {f"rank-{pk}": number for pk, number in numbers.items()}
    data |= {f"was-{pk}": number for pk, number in (was or {}).items()}
    return client.post(reverse("admin:applications_rerank", args=[listed.pk]), data | more)


def ranks(*applications) -> list[int]:
    return [Application.objects.get(pk=application.pk).rank for application in applications]


@pytest.fixture
def three(cast):
    applications = several(cast, 3)
    with clock.travel(RECOMMENDING):
        for application in applications:
            workflow.recommend(application, by=cast.dora, opinion="同意", over_reason="互补")
        yield [Application.objects.get(pk=application.pk) for application in applications]


def test_order_by_number(three, dora):
    one, two, last = three
    listed = one.recommendation_list
    was = {one.pk: 1, two.pk: 2, last.pk: 3}
    assert order(dora, listed, {one.pk: 1, two.pk: 2, last.pk: 1}, was).status_code == 302
    assert ranks(one, two, last) == [2, 3, 1]  # the one that was moved has the place
    was = {one.pk: 2, two.pk: 3, last.pk: 1}
    assert order(dora, listed, {one.pk: 2, two.pk: 3, last.pk: 3}, was).status_code == 302
    assert ranks(one, two, last) == [1, 2, 3]
    assert Entry.objects.for_object(listed).done().filter(action="rerank").count() == 2


def test_an_order_sent_twice_is_one(three, dora):
    one, two, last = three
    numbers = {one.pk: 3, two.pk: 2, last.pk: 1}
    for _ in range(2):
        assert order(dora, one.recommendation_list, numbers, key="once" * 4).status_code == 302
    assert ranks(one, two, last) == [3, 2, 1]


def test_an_unreadable_number_is_shown_again_at_its_field(three, dora):
    one, two, last = three
    answer = order(dora, one.recommendation_list, {one.pk: "第一", two.pk: 7, last.pk: 1})
    words = answer.content.decode()
    assert answer.status_code == 409
    assert "次序“第一”不是 1 到 3 的整数。" in words and "次序“7”不是 1 到 3 的整数。" in words
    assert 'value="第一"' in words
    assert ranks(one, two, last) == [1, 2, 3]


def test_an_order_made_on_an_old_page_is_not_written_over_a_newer_one(three, dora, cast):
    one, two, last = three
    listed = one.recommendation_list
    workflow.rerank(listed, by=cast.dora, task=one.task, order=[last.pk, two.pk, one.pk])
    answer = order(dora, listed, {one.pk: 2, two.pk: 1, last.pk: 3}, {one.pk: 1, two.pk: 2, last.pk: 3})
    assert answer.status_code == 409
    assert "名单在您排序时有变动" in answer.content.decode()
    assert ranks(last, two, one) == [1, 2, 3]


def test_after_the_window_nothing_can_be_examined(cast, dora):
    (application,) = several(cast, 1)
    with clock.travel(RECOMMENDING + timedelta(days=30)):
        opened = dora.get(page_of(cast), {"open": application.pk}).content.decode()
        answer = act(dora, "recommend", application, opinion="来晚的意见")
    assert "推荐已于" in opened and "推荐，占用" not in opened
    assert answer.status_code == 409 and "来晚的意见" in answer.content.decode()


def test_while_the_unit_edits_its_rows_are_not_shown(cast, dora):
    (application,) = several(cast, 1)
    with clock.travel(RECOMMENDING):
        workflow.return_for_changes(application, by=cast.dora, opinion="补充", due_at=RECOMMENDING + timedelta(days=3))
        opened = dora.get(page_of(cast), {"open": application.pk}).content.decode()
    assert "申报单位正在修改，重新提交后再核对。" in opened and "承诺值不低于榜单要求" not in opened


def test_landing_ledger_and_open_items(cast, dora):
    one, two = several(cast, 2)
    with clock.travel(RECOMMENDING):
        landing = dora.get(reverse("admin:applications_calls")).content.decode()
        assert "2 个待审核" in landing and cast.call.title in landing
        found = dora.get(reverse("admin:applications_all"), {"q": one.number, "state": "submitted"}).content.decode()
        assert one.number in found and two.number not in found
        nothing = dora.get(reverse("admin:applications_all"), {"q": "没有这样的"}).content.decode()
        assert "没有符合条件的申报" in nothing
        inbox = dora.get(reverse("notifications:backoffice_inbox")).content.decode()
        assert "2 个申报待审核" in inbox
        for application in (one, two):
            workflow.recommend(application, by=cast.dora, opinion="同意")
        assert "拟推荐 2 个项目" in dora.get(reverse("notifications:backoffice_inbox")).content.decode()


def test_an_empty_list_says_why(cast, dora):
    assert "还没有收到申报" in dora.get(page_of(cast)).content.decode()
    assert "还没有可以导出的名单" in dora.get(reverse("admin:applications_outputs")).content.decode()


def test_own_deadline_only_earlier(cast, dora):
    address = reverse("admin:applications_own_deadline")
    with clock.travel(OPEN):
        late = dora.post(address, {"call": cast.call.slug, "closes_at": "2025-03-09T10:00"})
        assert late.status_code == 400 and "只能提前" in late.content.decode()
        assert 'value="2025-03-09T10:00"' in late.content.decode()
        wrong = dora.post(address, {"call": cast.call.slug, "closes_at": "明天"})
        assert wrong.status_code == 400 and "不是有效时间" in wrong.content.decode()
        assert dora.post(address, {"call": cast.call.slug, "closes_at": "2025-03-05T17:30"}).status_code == 302
        page = dora.get(reverse("admin:applications_department")).content.decode()
    assert "2025年3月5日 17:30" in page or "3月5日 17:30" in page
