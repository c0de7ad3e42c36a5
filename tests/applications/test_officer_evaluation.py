"""Measured values against target and promise, the standing of a task, winners by two people (M22)."""

from dataclasses import replace

import pytest

from applications import checking, winning, workflow
from applications.models import Application, Decision, Measurement, State
from jbgs.lib import clock
from tests.applications.office import Visitor, address, evaluated, evaluation_time, in_evaluation, worse
from tests.cast import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def number_of(application):
    return next(item for item in checking.indicators_of(application) if not item.is_text)


def typed(application, **changed) -> dict[str, str]:
    """The form as the page shows it, everything met; `changed` by name of the input."""
    data = {"key": "k" * 20}
    measured = {row.indicator_code: row.measured for row in application.measurements.all()}
    for indicator in checking.indicators_of(application):
        data |= {f"c.{indicator.code}.{part}": value for part, value in measured[indicator.code].items()}
        if indicator.is_text:
            data[f"c.{indicator.code}.met"] = "yes"
    return data | changed


class TestMeasuring:
    @pytest.fixture
    def application(self, cast):
        return in_evaluation(cast)

    @pytest.fixture
    def olga(self, cast, application):
        return Visitor(cast.olga, at=evaluation_time(application))

    def test_target_promise_and_value_stand_side_by_side(self, olga, application):
        page = olga.get(address("measure", application.pk)).content.decode()
        for indicator in checking.indicators_of(application):
            assert indicator.name in page
        assert number_of(application).target_text in page and "检测报告" in page and "达到承诺" in page

    def test_confirmed_as_filed(self, cast, olga, application):
        answer = olga.post(address("measure", application.pk), typed(application))
        assert (answer.status_code, answer.url) == (302, address("award", application.task_id))
        rows = Measurement.objects.filter(application=application)
        assert {row.confirmed_by for row in rows} == {cast.olga}
        assert all(row.confirmed == row.measured for row in rows)

    def test_a_corrected_value_decides_and_is_shown(self, olga, application):
        indicator = number_of(application)
        bad = worse(indicator)
        changed = {f"c.{indicator.code}.{part}": value for part, value in bad.items()}
        assert olga.post(address("measure", application.pk), typed(application, **changed)).status_code == 302
        page = olga.get(address("measure", application.pk)).content.decode()
        filed = indicator.show(application.measurements.get(indicator_code=indicator.code).measured)
        assert f"单位填报 {filed}，核定 {indicator.show(bad)}。" in page and "未达到" in page

    def test_a_value_that_is_none_comes_back_with_its_sentence(self, olga, application):
        indicator = number_of(application)
        part = "low" if indicator.takes_range else "value"
        refused = olga.post(
            address("measure", application.pk), typed(application, **{f"c.{indicator.code}.{part}": "大约一千"})
        )
        page = refused.content.decode()
        assert refused.status_code == 409 and "“大约一千”不是数值" in page
        assert 'value="大约一千"' in page and f'href="#i-{indicator.code}"' in page
        assert not Measurement.objects.filter(confirmed_by__isnull=False).exists()

    def test_a_text_needs_a_persons_judgement(self, olga, application):
        text = next((item for item in checking.indicators_of(application) if item.is_text), None)
        assert text, "the first task of the call has a text indicator"
        data = typed(application)
        del data[f"c.{text.code}.met"]
        refused = olga.post(address("measure", application.pk), data)
        assert refused.status_code == 409 and f"{text.name}：请判断是否达到。" in refused.content.decode()


class TestStanding:
    def test_fewer_misses_stand_first_and_equal_ones_share_a_rank(self, cast):
        first = evaluated(cast)
        rows = winning.standings([first])
        assert (rows[0].rank, rows[0].missed, rows[0].total) == (1, 0, len(checking.indicators_of(first)))
        weak = replace(rows[0], missed=1, met=rows[0].met - 1)
        twin = replace(rows[0])
        keys = [row.key for row in sorted([weak, rows[0], twin], key=lambda row: row.key)]
        assert keys == [(0, rows[0].short), (0, rows[0].short), (1, rows[0].short)]

    def test_nobody_stands_anywhere_before_the_values_are_confirmed(self, cast):
        (row,) = winning.standings([in_evaluation(cast)])
        assert (row.rank, row.can_choose) == (None, False)

    def line(self, pk, rank, state=State.IN_EVALUATION):
        application = Application(pk=pk, state=state, title=f"项目{pk}")
        return winning.Row(application, 3, rank - 1, 0, 0, confirmed=True, rank=rank)

    def test_a_choice_past_a_better_one_is_against_the_standing(self):
        rows = [self.line(1, 1), self.line(2, 2), self.line(3, 2)]
        made = winning.choices(rows, chosen={2}, passed={1, 3}, free=3)
        assert [(one.row.application.pk, one.verb, one.against_ranking) for one in made] == [
            (1, "not_award", True), (2, "award", True), (3, "not_award", False),
        ]  # fmt: skip

    def test_equals_may_be_parted(self):
        made = winning.choices([self.line(1, 1), self.line(2, 1)], chosen={1}, passed={2}, free=1)
        assert [one.against_ranking for one in made] == [False, False]

    def test_a_winner_of_before_counts_as_ahead(self):
        rows = [self.line(1, 1, State.WON), self.line(2, 2)]
        (made,) = winning.choices(rows, chosen={2}, passed=set(), free=0)
        assert (made.against_ranking, made.over_quota) == (False, True)


class TestAward:
    @pytest.fixture
    def application(self, cast):
        return evaluated(cast)

    @pytest.fixture
    def olga(self, cast, application):
        return Visitor(cast.olga, at=evaluation_time(application))

    def test_prepared_with_its_grounds_and_approved_by_another(self, cast, olga, application):
        page = olga.get(address("award", application.task_id)).content.decode()
        assert "还可认定 3 个" in page and f'name="verb_{application.pk}" value="award"' in page
        data = {f"verb_{application.pk}": "award", "key": "k" * 20}
        for _ in range(2):
            assert olga.post(address("award", application.task_id), data).status_code == 302
        decision = Decision.objects.get(verb="award")
        count = len(checking.indicators_of(application))
        assert decision.evidence == {"rank": 1, "met": f"{count}/{count}", "missed": 0, "short": 0}
        otto = Visitor(cast.otto, at=evaluation_time(application))
        assert f"达到指标 {count}/{count}" in otto.get(address("decisions")).content.decode()
        otto.post(address("approve"), {"decision": decision.pk})
        application.refresh_from_db()
        assert application.state == State.WON

    def test_not_won_needs_a_reason_for_the_unit(self, olga, application):
        refused = olga.post(address("award", application.task_id), {f"verb_{application.pk}": "not_award"})
        page = refused.content.decode()
        assert refused.status_code == 422 and "请写明告知申报单位的理由。" in page
        assert f'href="#reason_{application.pk}"' in page and 'value="not_award" checked' in page
        data = {f"verb_{application.pk}": "not_award", f"reason_{application.pk}": "名额有限。"}
        assert olga.post(address("award", application.task_id), data).status_code == 302

    def test_nothing_chosen_is_a_slip(self, olga, application):
        refused = olga.post(address("award", application.task_id), {})
        assert refused.status_code == 422 and "还没有选择" in refused.content.decode()

    def test_values_that_nobody_confirmed_make_no_winner(self, cast):
        application = in_evaluation(cast)
        olga = Visitor(cast.olga, at=evaluation_time(application))
        refused = olga.post(address("award", application.task_id), {f"verb_{application.pk}": "award"})
        assert refused.status_code == 409 and "实测值还没有核实" in refused.content.decode()

    def test_a_full_quota_asks_for_a_reason_that_goes_with_the_decision(self, olga, application, monkeypatch):
        monkeypatch.setattr(winning, "free_slots", lambda call, rows: 0)
        data = {f"verb_{application.pk}": "award"}
        refused = olga.post(address("award", application.task_id), data)
        assert refused.status_code == 422
        assert "优胜原则上不超过 3 个，超出 1 个。请写明超出名额的理由。" in refused.content.decode()
        done = olga.post(address("award", application.task_id), data | {"over_reason": "两条路线互补。"})
        assert done.status_code == 302 and Decision.objects.get(verb="award").over_reason == "两条路线互补。"

    def test_the_second_officer_hears_that_it_is_prepared(self, cast, olga, application):
        data = {f"verb_{application.pk}": "award"}
        olga.post(address("award", application.task_id), data | {"key": "a" * 12})
        otto = Visitor(cast.otto, at=evaluation_time(application))
        late = otto.post(address("award", application.task_id), data | {"key": "b" * 12})
        assert late.status_code == 409 and "已有一项决定等待复核" in late.content.decode()


def test_work_that_waits_for_an_agreement_is_started_by_the_officer(cast, monkeypatch):
    from programmes.models import CallVersion

    spec = CallVersion.spec.fget
    monkeypatch.setattr(
        CallVersion,
        "spec",
        property(lambda version: replace(spec(version), flow=replace(spec(version).flow, agreement=True))),
    )
    application = cast.shortlisted()
    assert application.state == State.SHORTLISTED
    at = clock.local(application.state_since)
    olga = Visitor(cast.olga, at=at)
    assert "等待启动攻关" in olga.get(address("evaluations")).content.decode()
    held = olga.post(address("start_work", application.pk))
    assert held.status_code == 302 and Application.objects.get().state == State.SHORTLISTED
    obligation = application.obligations.get(kind="agreement")
    with clock.travel(at):
        workflow.submit_obligation(obligation, by=cast.alice, text="已签署。")
    olga.post(address("start_work", application.pk))
    assert Application.objects.get().state == State.IN_PROGRESS
