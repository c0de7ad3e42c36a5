"""Picking experts by hand: who stands where in the list, who cannot be picked and why, and what the pages show."""

import copy
import re
from datetime import date, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.models import User
from jbgs.lib import clock
from programmes.models import Call, CallVersion
from reviews import workflow
from reviews.disciplines import load
from reviews.models import Assignment, Employment, Expert, Reconsideration, Recusal
from reviews.picking import PER_PAGE, Picker, Purpose, Wanted
from tests.budget import queries_of

TREE = (
    "code,name,parent\n140,物理学,\n14030,光学,140\n14040,无线电物理,140\n510,电子与通信技术,\n51030,半导体技术,510\n"
)
LINES = {"HTTP_X_REQUESTED_WITH": "picker"}


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


def give_topics(review, **topics) -> None:
    """The task of the call gets these disciplines and keywords."""
    document = copy.deepcopy(review.call.current_version.document)
    task = next(one for one in document["tasks"] if one["code"] == review.task.code)
    task.update(topics)
    CallVersion.objects.filter(pk=review.call.current_version_id).update(document=document, sha256="f" * 64)
    review.world.call = Call.objects.select_related("current_version").get(pk=review.call.pk)


def filled(review, *applications, words="", page=1, chosen=(), **named) -> Picker:
    purpose = Purpose(review.call, applications or tuple(review.applications(1)), **named)
    return Picker("hand").fill(purpose, Wanted(words, page, chosen))


def names(picker: Picker) -> list[str]:
    return [one.expert.user.name for one in picker.page]


def line(picker: Picker, expert: Expert):
    shown = [*picker.chosen, *picker.page]
    return next(one for one in shown if one.expert == expert)


@pytest.fixture
def officer(client, review):
    client.force_login(review.olga)
    return client


class TestOrder:
    def test_who_fits_best_is_first_and_the_degree_has_a_word(self, review):
        load(TREE)
        give_topics(review, disciplines=["14030"], keywords=["量子测量"])
        words = (["51030"], ["14030", "量子测量"], ["140"], ["14040"], ["自动驾驶"])
        made = [review.expert(disciplines=known) for known in words]
        picker = filled(review)
        assert [one.expert for one in picker.page] == [made[1], made[2], made[3], made[0], made[4]]
        assert [one.degree[0] for one in picker.page] == ["对口", "同门类", "同门类", "不对口", "不对口"]
        assert line(picker, made[1]).topics == ["光学", "量子测量"] and line(picker, made[0]).disciplines == [
            "半导体技术"
        ]

    def test_a_task_without_disciplines_says_nothing_of_the_fit(self, review):
        review.expert()
        picker = filled(review)
        assert not picker.has_topics and picker.page[0].degree == ("", "")

    def test_of_equal_ones_who_has_more_room_is_first(self, review):
        busy, free = review.experts(2)
        review.seat(review.application(), busy)
        assert [one.expert for one in filled(review).page] == [free, busy]

    def test_who_is_chosen_stands_above_every_page(self, review):
        last = review.experts(PER_PAGE + 1)[-1]
        picker = filled(review, chosen=(last.pk,), words="没有这个人")
        assert [one.expert for one in picker.chosen] == [last] and not picker.page.object_list
        assert picker.chosen[0].is_free


class TestWhoCannot:
    def test_each_reason_is_told_and_they_stand_last(self, review):
        application = review.application()
        made = review.experts(8)
        free, banned, away, off, closed, full, same, seated = made
        workflow.ban_expert(banned, by=review.olga, from_on=clock.today(), to_on=None, reason="违反评审纪律")
        workflow.go_away(away, by=review.olga, from_on=clock.today(), to_on=clock.today(), reason="")
        Expert.objects.filter(pk=off.pk).update(is_available=False)
        User.objects.filter(pk=closed.user_id).update(is_active=False)
        Expert.objects.filter(pk=full.pk).update(max_load=1)
        review.seat(review.application(), full)
        Expert.objects.filter(pk=same.pk).update(unit_name=application.unit.name)
        review.seat(application, seated)
        picker = filled(review, application, firm=True)
        said = {one.expert: one.blocked for one in picker.page}
        assert picker.page[0].expert == free and picker.free == 1 and said.pop(free) == ""
        assert said[banned] == "禁评，未定期限：违反评审纪律" and said[away] == f"请假至 {clock.today()}"
        assert said[off] == "暂不参加评审" and said[closed] == "账号已停用" and said[full] == "份数已满，最多 1 份"
        assert said[same].startswith("须回避：工作单位") and said[seated] == "已评这件申报"
        assert not any(one.is_free for one in picker.page if one.expert != free)

    def test_one_of_several_applications_is_only_told_until_all_are_given(self, review):
        first, second = review.applications(2)
        expert = review.expert(unit_name=second.unit.name)
        picker = filled(review, first, second)
        assert picker.page[0].blocked == "" and second.number in picker.page[0].notes[0]
        assert filled(review, first, second, firm=True).page[0].blocked.startswith("须回避 1 件")
        assert filled(review, second).page[0].blocked and filled(review, first).page[0].expert == expert

    def test_the_limit_of_the_call_counts_and_not_in_a_meeting(self, review):
        expert = review.expert()
        Expert.objects.filter(pk=expert.pk).update(max_load=1)
        review.seat(review.application(), expert)
        assert filled(review).page[0].blocked and not filled(review, by_load=False).page[0].blocked

    def test_a_leave_that_begins_later_is_told(self, review):
        expert, soon = review.expert(), clock.today() + timedelta(days=3)
        workflow.go_away(expert, by=review.olga, from_on=soon, to_on=soon, reason="出差")
        assert filled(review).page[0].notes == [f"{soon} 起请假至 {soon}"] and not filled(review).page[0].blocked
        assert filled(review, on=soon).page[0].blocked == f"请假至 {soon}：出差"

    def test_who_declined_or_was_taken_off_is_told_and_can_be_picked_again(self, review):
        application = review.application()
        gone, off = review.experts(2)
        (declined,), (taken,) = review.seat(application, gone, pledged=False), review.seat(application, off)
        workflow.decline(declined, by=gone.user, reason="出国")
        workflow.unassign(taken, by=review.olga, reason="联系不上")
        picker = filled(review, application, firm=True)
        assert {one.expert: (one.blocked, *one.notes) for one in picker.page} == {
            gone: ("", "曾谢绝这件申报"), off: ("", "曾收回这件申报"),
        }  # fmt: skip

    def test_fictitious_people_are_not_offered_in_a_real_call(self, review):
        expert = review.expert()
        assert filled(review).page.object_list
        User.objects.filter(pk=expert.user_id).update(is_fictitious=True)
        assert not filled(review).page.object_list


class TestSearch:
    def test_by_name_unit_second_unit_discipline_region_and_number(self, review):
        load(TREE)
        wanted, _ = review.expert(disciplines=["14030"], region="320000", title="研究员"), review.experts(3)
        Employment.objects.create(expert=wanted, unit_name="虚构海洋大学", from_on=date(2020, 1, 1))
        for words in (wanted.user.name, wanted.unit_name[-4:], "海洋", "光学", "14030", "江苏", wanted.number.lower()):
            assert names(filled(review, words=words)) == [wanted.user.name], words
        assert names(filled(review, words="光学 江苏 研究员")) == [wanted.user.name]
        assert not names(filled(review, words="光学 北京"))

    def test_pages_are_of_one_size_and_together_all(self, review):
        review.experts(PER_PAGE + 2)
        first, second = filled(review), filled(review, page=2)
        assert (len(first.page), len(second.page)) == (PER_PAGE, 2) and not {*names(first)} & {*names(second)}

    def test_whatever_is_sent_as_page_or_choice_is_read(self, review):
        wanted = Wanted.sent(QueryDict("q=%20a%20%20b&find=x&expert=1&expert=y&expert=1&expert="))
        assert wanted == Wanted("a b", 1, (1,))


def test_it_costs_the_same_for_20_and_120_experts(review):
    applications = tuple(review.applications(3))
    review.experts(20)
    few = queries_of(lambda: filled(review, *applications))
    made = review.experts(100)
    Employment.objects.bulk_create([Employment(expert=one, unit_name="虚构大学") for one in made])
    many = queries_of(lambda: filled(review, *applications))
    assert len(few) == len(many) <= 25


class TestPanel:
    def test_a_search_keeps_what_was_typed_and_writes_nothing(self, review, officer):
        first, second = review.applications(2)
        found, other = review.experts(2)
        data = {"find": "1", "q": found.user.name, "application": [second.pk], "expert": other.pk}
        page = officer.post(url("assign", review.task.pk), data).content.decode()
        assert re.search(rf'value="{second.pk}" aria-label="[^"]*" checked', page)
        assert re.search(rf'name="expert" value="{other.pk}"[^>]* checked>', page)
        assert f'value="{found.pk}"' in page and '<details class="hand-form" open>' in page
        assert not Assignment.objects.exists() and first.title in page

    def test_the_script_gets_the_lines_alone(self, review, officer):
        review.application()
        found = review.expert()
        page = officer.post(url("assign", review.task.pk), {"find": "1", "q": ""}, **LINES).content.decode()
        assert found.user.name in page and "<html" not in page
        none = officer.post(url("assign", review.task.pk), {"find": "1", "q": "谁也不是"}, **LINES).content.decode()
        assert "没有符合" in none

    def test_who_must_stand_aside_from_the_ticked_one_cannot_be_ticked(self, review, officer):
        application = review.application()
        friend = review.expert(unit_name=application.unit.name)
        for name in ("assign", "change"):
            data = {"find": "1", "application": application.pk, "place": f"a{application.pk}"}
            page = officer.post(url(name, review.task.pk), data, **LINES).content.decode()
            assert re.search(rf'value="{friend.pk}"[^>]* disabled>', page) and "须回避：工作单位" in page, name

    def test_a_recusal_may_be_decided_of_anybody_and_the_seated_stand_first(self, review, officer):
        application = review.application()
        away, seated = review.experts(2)
        workflow.go_away(away, by=review.olga, from_on=clock.today(), to_on=clock.today(), reason="")
        review.seat(application, seated)
        data = {"find": "1", "application": application.pk}
        page = officer.post(url("officer_recusal", review.task.pk), data, **LINES).content.decode()
        assert page.index(seated.user.name) < page.index(away.user.name) and "disabled" not in page
        assert not Recusal.objects.exists()

    @pytest.mark.parametrize("who", ["oscar", "sven", "dora", "alice", "erin"])
    def test_nobody_else_sees_candidates(self, client, review, who):
        application, expert = review.application(), review.expert()
        client.force_login(getattr(review.world, who))
        for name in ("assign", "change", "officer_recusal"):
            answer = client.post(url(name, review.task.pk), {"find": "1", "place": f"a{application.pk}"}, **LINES)
            assert answer.status_code in (403, 404) and expert.user.name not in answer.content.decode(), name
        answer = client.post(url("reconsider", application.pk), {"find": "1"}, **LINES)
        assert answer.status_code in (403, 404) and expert.user.name not in answer.content.decode()

    def test_the_pages_are_as_cheap_with_many_experts(self, review, officer):
        review.applications(2)
        review.experts(20)
        address = url("assign", review.task.pk)

        def ask():
            return officer.post(address, {"find": "1"}, **LINES)

        ask()
        few = queries_of(ask)
        review.experts(60)
        assert len(queries_of(ask)) == len(few) <= 40


def test_severity_of_a_review_under_way_is_not_in_the_picker(review, officer):
    """Scores of a review that goes on say nothing where experts are picked."""
    experts = review.scored({one: [60, 80, 95] for one in review.applications(4)})
    review.application()
    page = officer.post(url("assign", review.task.pk), {"find": "1"}, **LINES).content.decode()
    assert all(one.user.name in page for one in experts) and "偏宽" not in page and "偏严" not in page


def test_another_look_names_experts_with_the_picker(review, officer):
    application = review.application()
    panel = review.scored({application: [60, 80, 95]})
    fresh = review.expert()
    page = officer.get(url("reconsider", application.pk)).content.decode()
    assert "指定专家" in page and fresh.user.name not in page
    data = {"find": "1", "q": "", "reason": "分歧很大", "way": "extra", "expert": fresh.pk}
    page = officer.post(url("reconsider", application.pk), data).content.decode()
    assert "分歧很大" in page and re.search(rf'type="checkbox"[^>]* value="{fresh.pk}"[^>]* checked>', page)
    assert re.search(rf'value="{panel[0].pk}"[^>]* disabled>', page) and "已评这件申报" in page
    assert not Reconsideration.objects.exists()
