"""The one soft question to the expert of a total far from what was to be expected, and the answer beside the sheet."""

import pytest
from django.urls import reverse

from jbgs.lib.errors import Forbidden
from notifications.models import Message
from reviews import advice, workflow
from reviews.models import Assignment
from tests.reviews.meeting_room import refusal

pytestmark = pytest.mark.django_db

ANSWER = "材料第 12 页的测试条件与指标不符。"


@pytest.fixture
def far(review) -> Assignment:
    """The signed sheet of five on each of six applications that is forty points from the others."""
    applications, panel = review.applications(6), review.experts(5)
    totals = [[70 + 3 * n, 71 + 3 * n, 69 + 3 * n, 72 + 3 * n, 70 + 3 * n] for n in range(6)]
    totals[2][4] = 30
    review.scored(dict(zip(applications, totals, strict=True)), panel)
    return Assignment.objects.get(application=applications[2], expert=panel[4])


def asked(review) -> int:
    Assignment.objects.update(reason_asked_at=None)
    Message.objects.filter(event="reason_asked").delete()
    return workflow.ask_for_reasons(review.task)


class TestAsking:
    def test_the_expert_of_the_far_sheet_is_asked_once_and_nobody_else(self, review, far):
        far.refresh_from_db()
        assert far.reason_asked_at  # with the last signature
        assert list(Assignment.objects.exclude(reason_asked_at=None)) == [far]
        assert workflow.ask_for_reasons(review.task) == 0

    def test_the_message_tells_nobodys_score_and_no_direction(self, review, far):
        (told,) = Message.objects.filter(user=far.expert.user, channel="inbox").order_by("-pk")[:1]
        assert not any(word in told.title + told.body for word in ("30", "偏", "低", "高", "其他专家", "平均"))

    def test_nobody_is_asked_while_somebody_scores(self, review, far):
        other = Assignment.objects.exclude(pk=far.pk).first()
        workflow.return_for_revision(other, by=review.olga, reason="请补充意见。")
        Assignment.objects.update(reason_asked_at=None)
        assert workflow.ask_for_reasons(review.task) == 0


class TestAnswering:
    def test_it_stands_beside_the_signed_sheet_which_stays(self, far):
        before = Assignment.objects.values("state", "total", "opinion", "signed_at").get(pk=far.pk)
        workflow.give_fuller_reason(far, by=far.expert.user, text=f" {ANSWER}\r\n第二行 ")
        after = Assignment.objects.get(pk=far.pk)
        assert after.fuller_reason == f"{ANSWER}\n第二行" and not advice.asks_reason(after)
        assert Assignment.objects.values("state", "total", "opinion", "signed_at").get(pk=far.pk) == before
        assert refusal(workflow.give_fuller_reason, far, by=far.expert.user, text="再次") == "not_asked"

    def test_refused_without_words_with_too_many_and_unasked(self, far):
        user = far.expert.user
        assert refusal(workflow.give_fuller_reason, far, by=user, text="  ") == "text_missing"
        assert refusal(workflow.give_fuller_reason, far, by=user, text="字" * 1001) == "text_too_long"
        lines = "\r\n".join(["字" * 499, "字" * 500])  # a thousand signs, as the page counts them
        unasked = Assignment.objects.exclude(pk=far.pk).first()
        assert refusal(workflow.give_fuller_reason, unasked, by=unasked.expert.user, text="无人问") == "not_asked"
        assert workflow.give_fuller_reason(far, by=user, text=lines).fuller_reason

    def test_nobody_answers_for_another(self, review, far):
        other = Assignment.objects.exclude(expert=far.expert).first().expert.user
        for person in (other, review.olga, review.world.sven, review.world.alice):
            with pytest.raises(Forbidden):
                workflow.give_fuller_reason(far, by=person, text=ANSWER)

    def test_a_double_click_answers_once(self, far):
        for _ in range(2):
            workflow.give_fuller_reason(far, by=far.expert.user, text=ANSWER, key="k")
        assert Assignment.objects.get(pk=far.pk).fuller_reason == ANSWER


@pytest.mark.slow
class TestPage:
    def test_asked_and_answered_on_the_sheets_page(self, client, review, far):
        client.force_login(far.expert.user)
        page, answer = reverse("admin:reviews_score", args=[far.pk]), reverse("admin:reviews_reason", args=[far.pk])
        shown = client.get(page).content.decode()
        assert "请补充评分的理由" in shown and "不影响已提交的评分" in shown
        assert client.post(answer, {"text": " "}).status_code == 302
        shown = client.get(page).content.decode()
        assert "请写明" in shown and "请补充评分的理由" in shown
        client.post(answer, {"text": ANSWER, "key": "k"})
        shown = client.get(page).content.decode()
        assert "已收到您补充的理由" in shown and ANSWER in shown and "请补充评分的理由" not in shown
        client.force_login(review.olga)
        shown = client.get(reverse("admin:reviews_scores", args=[far.application_id])).content.decode()
        assert f"补充的理由：{ANSWER}" in shown

    def test_the_other_sheets_of_the_expert_ask_nothing(self, client, far):
        other = Assignment.objects.filter(expert=far.expert).exclude(pk=far.pk).first()
        client.force_login(far.expert.user)
        assert "请补充评分的理由" not in client.get(reverse("admin:reviews_score", args=[other.pk])).content.decode()

    def test_a_forged_answer_is_refused(self, client, review, far):
        address = reverse("admin:reviews_reason", args=[far.pk])
        other = Assignment.objects.exclude(expert=far.expert).first().expert.user
        for person, status in ((other, 403), (review.olga, 403), (review.world.alice, (302, 403, 404))):
            client.force_login(person)
            got = client.post(address, {"text": ANSWER}).status_code
            assert got in (status if isinstance(status, tuple) else (status,))
        client.force_login(far.expert.user)
        assert client.get(address).status_code == 405
        assert client.post(reverse("admin:reviews_reason", args=[0]), {"text": "x"}).status_code == 404
        assert not Assignment.objects.exclude(fuller_reason="").exists()
