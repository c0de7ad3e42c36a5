"""After the shortlist: measured values beside target and promise; and the appeal against a refusal."""

from datetime import timedelta

import pytest

from applications import workflow
from applications.checking import indicators_of
from applications.models import Application, State
from jbgs.lib import clock
from tests.applications.front_help import Visitor, form_of, url
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db

LATER = OPEN + timedelta(days=800)


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def working(cast):
    application = cast.shortlisted()
    application.refresh_from_db()
    assert application.state == State.IN_PROGRESS
    return application


@pytest.fixture
def alice(cast):
    return Visitor(cast.alice, LATER)


def filled(application, **changes) -> dict:
    promises = {row.indicator_code: row.promise for row in application.commitments.all()}
    values = {}
    for indicator in indicators_of(application):
        for part, value in promises[indicator.code].items():
            values[f"m.{indicator.code}.{part}"] = value
        values[f"m.{indicator.code}.proof"] = "第三方检测报告 HL-2026-0318"
    return values | changes


def first_number(application):
    return next(item for item in indicators_of(application) if item.comparator == ">=")


def test_saving_compares_with_target_and_promise(working, alice):
    indicator = first_number(working)
    promise = working.commitments.get(indicator_code=indicator.code)
    promise.promise = {"value": str(indicator.value + 100)}
    promise.save()
    name = f"m.{indicator.code}.value"
    for value, words in (
        (indicator.value + 100, "达到承诺"),
        (indicator.value, "达到要求，未达到承诺"),
        (indicator.value - 1, "未达到榜单要求"),
        ("很多", "不能识别"),
    ):
        page = alice.post(url("evaluation", working), {name: str(value), "save": "1"}, follow=True)
        row = next(row for row in page.context["rows"] if row.indicator.code == indicator.code)
        assert row.verdict == words
        assert form_of(page, "measure")[name] == str(value)
    assert Application.objects.get(pk=working.pk).state == State.IN_PROGRESS


def test_a_page_sent_back_as_it_came_changes_nothing(working, alice):
    alice.post(url("evaluation", working), filled(working) | {"save": "1"})
    before = list(working.measurements.order_by("pk").values("indicator_code", "measured", "proof"))
    alice.post(url("evaluation", working), form_of(alice.get(url("evaluation", working)), "measure") | {"save": "1"})
    assert list(working.measurements.order_by("pk").values("indicator_code", "measured", "proof")) == before


def test_a_submit_that_lacks_something_names_it_and_keeps_the_rest(working, alice):
    indicator = first_number(working)
    values = filled(working, **{f"m.{indicator.code}.proof": ""})
    page = alice.post(url("evaluation", working), values | {"submit": "1", "key": "k" * 24})
    assert page.status_code == 409
    assert f"{indicator.name}：没有说明实测值的证明材料" in page.content.decode()
    assert form_of(page, "measure")[f"m.{indicator.code}.value"] == values[f"m.{indicator.code}.value"]
    assert working.measurements.exists()


def test_submitted_once(working, alice):
    key = alice.get(url("evaluation", working)).context["key"]
    for _ in range(2):
        response = alice.post(url("evaluation", working), filled(working) | {"submit": "1", "key": key})
        assert response.status_code == 302, response.context["refusal"].details
        assert response.url == url("detail", working)
    assert Application.objects.get(pk=working.pk).state == State.IN_EVALUATION
    page = alice.get(url("detail", working))
    assert {row["met_promise"] for row in page.context["verdicts"]} <= {True, None}
    assert alice.get(url("evaluation", working)).url == url("detail", working)


def test_before_the_term_is_over_values_can_be_kept_but_not_filed(cast, working):
    early = Visitor(cast.alice, OPEN + timedelta(days=400))
    assert [act["label"] for act in early.get(url("detail", working)).context["acts"]] == ["填写实测值"]
    page = early.get(url("evaluation", working))
    assert "提交测评申请" not in page.content.decode() and "期满后提交" in page.content.decode()
    assert early.post(url("evaluation", working), filled(working) | {"save": "1"}).status_code == 302
    refused = early.post(url("evaluation", working), filled(working) | {"submit": "1", "key": "k" * 24})
    assert refused.status_code == 409 and "期满后才能申请测评" in refused.content.decode()
    assert working.measurements.exists()


def test_exactly_what_was_promised_keeps_the_promise_also_under_a_strict_target(working):
    strict = next(item for item in indicators_of(working) if item.comparator in ("<", ">"))
    promise = working.commitments.get(indicator_code=strict.code).promise
    assert strict.judge(promise, promise) is True
    assert strict.judge({"value": str(strict.value)}) is False


class TestAppeal:
    @pytest.fixture
    def lost(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "pass_over", reason="得分较低")
        return application

    def test_within_the_days(self, cast, lost):
        alice = Visitor(cast.alice, RECOMMENDING + timedelta(days=14))
        assert [act["label"] for act in alice.get(url("detail", lost)).context["acts"]] == ["申请复审"]
        values = form_of(alice.get(url("appeal", lost)), "")
        page = alice.post(url("appeal", lost), values | {"text": " "})
        assert "请写明复审理由。" in page.content.decode()
        for _ in range(2):
            response = alice.post(url("appeal", lost), values | {"text": "程序有误"})
            assert response.url == url("detail", lost)
        assert lost.appeals.count() == 1

    def test_after_the_days(self, cast, lost):
        alice = Visitor(cast.alice, RECOMMENDING + timedelta(days=17))
        assert alice.get(url("detail", lost)).context["acts"] == []
        page = alice.post(url("appeal", lost), {"text": "程序有误", "key": "k" * 24})
        assert page.status_code == 409 and "已经超过期限" in page.content.decode()
        assert "程序有误" in page.content.decode()

    def test_the_answer_is_told(self, cast, lost):
        with clock.travel(RECOMMENDING + timedelta(days=1)):
            workflow.raise_appeal(lost, by=cast.alice, text="程序有误")
            workflow.settle_appeal(lost.appeals.get(), by=cast.olga, upheld=False, answer="经复核，程序无误。")
        text = Visitor(cast.alice, RECOMMENDING + timedelta(days=2)).get(url("detail", lost)).content.decode()
        assert "复审不成立。经复核，程序无误。" in text and "olga" not in text
