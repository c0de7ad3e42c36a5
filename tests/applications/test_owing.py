"""Obligations: opened by events and periods, handed in, looked at; requests (N35-N46, P13-P16, W06)."""

from datetime import date, datetime, timedelta

import pytest

from applications import obligations, workflow
from applications.actions_owing import OPEN, OWING_ACTS
from applications.models import Application, Obligation, State
from audit.log import broken_entries
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from notifications.models import Message
from programmes.calendar import load_calendar
from programmes.spec import ObligationSpec
from programmes.windows import end_of
from tests.applications.owing_call import ANSWERS, owing_world

pytestmark = pytest.mark.django_db


def moment(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.SHANGHAI)


@pytest.fixture
def cast():
    load_calendar([2025])
    return owing_world()


@pytest.fixture
def listed(cast):
    return cast.shortlisted()


@pytest.fixture
def working(cast, listed):
    """In progress: the plan was handed in and approved on the day of the list."""
    with clock.travel(moment(listed.listed_on, 20)):
        workflow.submit_obligation(listed.obligations.get(code="plan"), by=cast.alice, text="计划")
        workflow.approve_obligation(listed.obligations.get(code="plan"), by=cast.olga)
        return workflow.start_work(listed, by=cast.olga)


class TestOpening:
    def test_the_list_opens_what_is_due_once_with_its_day_and_its_origin(self, listed):
        rows = {row.code: row for row in listed.obligations.all()}
        assert set(rows) == {"plan", "stage", "final"}
        assert rows["plan"].due_on == listed.listed_on + timedelta(days=20)
        assert (rows["plan"].due_clock, rows["plan"].due_from) == ("plan", listed.listed_on)
        assert rows["final"].due_on == listed.work_due_on + timedelta(days=60)
        assert rows["final"].due_from == listed.work_due_on
        assert not rows["stage"].due_provisional and rows["stage"].due_on.weekday() < 5
        told = Message.objects.get(event="obligations_opened", channel="inbox")
        assert told.user.username == "alice" and "3 项" in told.title and "结题报告" in told.body

    def test_opening_again_changes_nothing(self, listed):
        with clock.travel(moment(listed.listed_on)):
            assert workflow.open_recurring() == 0
        assert listed.obligations.count() == 3

    def test_a_call_without_obligations_owes_nothing_and_passes_the_agreement(self):
        from tests.cast import world

        application = world().shortlisted()
        assert application.state == State.IN_PROGRESS and not application.obligations.exists()

    def test_an_agreement_is_opened_where_the_flow_asks_and_names_none(self):
        from copy import deepcopy

        from programmes.loader import load_document
        from tests.cast import miit_document, world

        document = deepcopy(miit_document())
        document["flow"]["agreement"] = True
        cast = world(load_document(document).call)
        application = cast.shortlisted()
        assert application.state == State.SHORTLISTED
        row = application.obligations.get()
        assert (row.code, row.kind, row.due_on) == ("agreement", "agreement", None)
        with clock.travel(application.state_since):
            with pytest.raises(Refused, match="还没有提交"):
                workflow.start_work(application, by=cast.olga)
            workflow.submit_obligation(row, by=cast.alice, text="已签署。")
            assert workflow.start_work(application, by=cast.olga).state == State.IN_PROGRESS

    def test_what_a_rule_adds_later_is_opened_by_the_daily_task(self, cast, listed):
        listed.obligations.filter(code="stage").delete()
        with clock.travel(moment(listed.listed_on)):
            assert workflow.open_recurring() == 1
        assert listed.obligations.filter(code="stage").exists()


class TestPeriods:
    YEARLY = ObligationSpec("y", "yearly", "自查", every="year", by="03-31")
    LATE_YEAR = ObligationSpec("y", "yearly", "年报", every="year", by="11-30")
    QUARTERLY = ObligationSpec("q", "quarterly", "季报", every="quarter", by="20")

    def names(self, one, listed_on, today, ends_on=None):
        return [(p.name, p.due_on) for p in obligations.periods_of(one, listed_on, today, ends_on)]

    def test_a_year_is_asked_for_when_it_is_over(self):
        listed = date(2025, 6, 1)
        assert self.names(self.YEARLY, listed, date(2025, 12, 31)) == []
        assert self.names(self.YEARLY, listed, date(2026, 1, 1)) == [("2025", date(2026, 3, 31))]
        assert len(self.names(self.YEARLY, listed, date(2027, 1, 1))) == 2

    def test_the_year_before_the_list_is_not_asked_for(self):
        assert self.names(self.YEARLY, date(2025, 12, 31), date(2026, 2, 1)) == [("2025", date(2026, 3, 31))]
        assert self.names(self.YEARLY, date(2026, 1, 1), date(2026, 2, 1)) == []

    def test_a_day_late_in_the_year_asks_for_the_running_year(self):
        assert self.names(self.LATE_YEAR, date(2025, 6, 1), date(2025, 6, 30)) == []
        assert self.names(self.LATE_YEAR, date(2025, 6, 1), date(2025, 7, 1)) == [("2025", date(2025, 11, 30))]
        assert self.names(self.LATE_YEAR, date(2025, 12, 1), date(2025, 12, 2)) == []

    def test_a_quarter_is_asked_for_in_the_next_one(self):
        listed = date(2025, 8, 10)
        assert self.names(self.QUARTERLY, listed, date(2025, 9, 30)) == []
        assert self.names(self.QUARTERLY, listed, date(2025, 10, 1)) == [("2025Q3", date(2025, 10, 20))]
        assert self.names(self.QUARTERLY, listed, date(2026, 1, 1))[-1] == ("2025Q4", date(2026, 1, 20))

    def test_the_end_of_the_work_ends_the_reports(self):
        listed, ends = date(2025, 8, 10), date(2025, 12, 31)
        assert [name for name, _ in self.names(self.QUARTERLY, listed, date(2027, 1, 1), ends)] == ["2025Q3", "2025Q4"]
        assert [name for name, _ in self.names(self.QUARTERLY, listed, date(2027, 1, 1), date(2026, 1, 1))][
            -1
        ] == "2026Q1"

    def test_the_daily_task_opens_each_period_once(self, cast, working):
        with clock.travel(moment(date(2026, 1, 1))):
            first = workflow.open_recurring()
            assert workflow.open_recurring() == 0
        rows = working.obligations.filter(code__in=["yearly", "quarterly"])
        assert first == rows.count() > 0
        yearly = rows.get(code="yearly")
        assert (yearly.period, yearly.due_on, yearly.name) == ("2025", date(2026, 3, 31), "自查报告（2025年度）")
        assert rows.get(period="2025Q4").name == "季度报表（2025年第4季度）"
        opened = Entry.objects.for_object(working).filter(action="open_obligations").latest("sequence")
        assert opened.actor.role == "system" and "yearly 2025" in opened.data["codes"]

    def test_nothing_is_asked_of_what_has_ended(self, cast, working):
        with clock.travel(moment(date(2025, 12, 1))):
            cast.heard(working, "terminate")
        with clock.travel(moment(date(2025, 12, 20))):
            cast.decided(working, "terminate", reason="未通过阶段评估")
        with clock.travel(moment(date(2026, 1, 1))):
            assert workflow.open_recurring() == 0
        assert not Obligation.objects.owed().filter(application=working).exists()


class TestFilling:
    @pytest.fixture
    def report(self, working):
        with clock.travel(moment(date(2026, 1, 2))):
            workflow.open_recurring()
        return working.obligations.get(code="yearly")

    def test_everything_that_is_missing_is_told_at_once(self, cast, report):
        with pytest.raises(Refused) as refusal:
            workflow.submit_obligation(report, by=cast.alice, answers={"spent": "many", "changed": "yes"})
        assert [field for field, _ in refusal.value.details] == ["done", "spent", "what"]
        assert Obligation.objects.get(pk=report.pk).state == "open"

    def test_a_question_whose_condition_does_not_hold_is_not_asked(self, cast, report):
        with clock.travel(moment(date(2026, 3, 31), 23)):
            done = workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS)
        assert done.state == "submitted" and not done.late and done.is_done
        assert [row["text"] for row in done.content["rows"]] == ["完成样机", "12.50 万元", "否"]
        assert len(done.print_code) == 14

    def test_too_long_is_refused_and_just_short_enough_is_taken(self, cast, report):
        with pytest.raises(Refused, match="超出 1 字"):
            workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS | {"done": "长" * 21})
        workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS | {"done": "长" * 20})

    def test_a_late_report_is_taken_and_marked(self, cast, report):
        with clock.travel(end_of(report.due_on) - timedelta(seconds=1)):
            assert not workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS).late
        with clock.travel(end_of(report.due_on)):
            workflow.return_obligation(report, by=cast.olga, reason="数据不全")
            assert workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS).late

    def test_a_draft_keeps_what_was_typed_and_an_older_one_overwrites_nothing(self, cast, report):
        saved = workflow.save_obligation(report, by=cast.alice, answers={"done": "甲"}, base=0)
        assert saved.draft == 1
        with pytest.raises(Refused) as refusal:
            workflow.save_obligation(report, by=cast.alice, answers={"done": "乙"}, base=0)
        assert refusal.value.details[0].answers == {"done": "甲"}
        assert workflow.save_obligation(report, by=cast.alice, answers={"done": "乙"}, base=1).answers["done"] == "乙"

    def test_only_the_unit_fills_and_hands_in(self, cast, report):
        for person in (cast.bob, cast.dora, cast.olga):
            with pytest.raises(Forbidden):
                workflow.save_obligation(report, by=person, answers={})
            with pytest.raises(Forbidden):
                workflow.submit_obligation(report, by=person, answers=ANSWERS)

    def test_a_second_click_hands_in_once(self, cast, report):
        for _ in range(2):
            done = workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS, key="key-12345678")
        assert done.submissions == 1
        with pytest.raises(Refused, match="已于"):
            workflow.submit_obligation(report, by=cast.alice, answers=ANSWERS, key="key-87654321")


class TestTheOfficer:
    def test_the_plan_must_be_approved_before_the_work_starts(self, cast, listed):
        plan = listed.obligations.get(code="plan")
        assert listed.state == State.SHORTLISTED
        with clock.travel(moment(listed.listed_on, 20)):
            with pytest.raises(Refused, match="还没有提交“项目计划书”"):
                workflow.start_work(listed, by=cast.olga)
            workflow.submit_obligation(plan, by=cast.alice, text="计划")
            with pytest.raises(Refused, match="还没有审核"):
                workflow.start_work(listed, by=cast.olga)
            workflow.return_obligation(plan, by=cast.olga, reason="经费不符", due_on=listed.listed_on + timedelta(9))
            with pytest.raises(Refused, match="退回修改"):
                workflow.start_work(listed, by=cast.olga)
            again = workflow.submit_obligation(plan, by=cast.alice, text="计划二")
            assert again.submissions == 2 and again.due_on == listed.listed_on + timedelta(9)
            workflow.approve_obligation(plan, by=cast.olga, key="key-approve-1")
            workflow.approve_obligation(plan, by=cast.olga, key="key-approve-1")
            assert workflow.start_work(listed, by=cast.olga).state == State.IN_PROGRESS
        assert list(broken_entries()) == []

    def test_an_evaluation_waits_for_the_final_report(self, cast, working):
        with clock.travel(moment(working.work_due_on + timedelta(days=1))):
            with pytest.raises(Refused, match="还没有提交“结题报告”"):
                workflow.submit_evaluation(working, by=cast.alice)
            workflow.submit_obligation(working.obligations.get(code="final"), by=cast.alice, text="结题")
            with pytest.raises(Refused) as refusal:
                workflow.submit_evaluation(working, by=cast.alice)
        assert refusal.value.code == "not_measured"

    def test_a_stage_is_passed_or_failed(self, cast, working):
        stage = working.obligations.get(code="stage")
        with clock.travel(moment(stage.due_on)):
            workflow.submit_obligation(stage, by=cast.alice, text="阶段成果")
            with pytest.raises(Refused, match="结论"):
                workflow.approve_obligation(stage, by=cast.olga)
            failed = workflow.approve_obligation(stage, by=cast.olga, result="fail", opinion="指标未达到")
        assert failed.result == "fail" and failed.chip["label"] == "未通过"
        assert any("阶段评估" in ground for ground in obligations.grounds_against(working))

    def test_only_officers_of_the_call_judge(self, cast, working):
        stage = working.obligations.get(code="stage")
        workflow.submit_obligation(stage, by=cast.alice, text="阶段成果")
        for person in (cast.alice, cast.dora, cast.oscar, cast.sven):
            with pytest.raises(Forbidden):
                workflow.approve_obligation(stage, by=person, result="pass")
            with pytest.raises(Forbidden):
                workflow.return_obligation(stage, by=person, reason="不行")

    @pytest.mark.parametrize("verb", sorted(act.name for act in OWING_ACTS if act is not OPEN))
    def test_the_wrong_role_gets_403_and_exactly_one_refusal_entry(self, cast, working, verb):
        stage = working.obligations.get(code="stage")
        tries = {
            "submit_obligation": lambda by: workflow.submit_obligation(stage, by=by, text="阶段成果"),
            "approve_obligation": lambda by: workflow.approve_obligation(stage, by=by, result="pass"),
            "return_obligation": lambda by: workflow.return_obligation(stage, by=by, reason="不行"),
            "refuse_request": lambda by: workflow.refuse_request(stage, by=by, reason="不行"),
            "raise_request": lambda by: workflow.raise_request(working, by=by, code="extension"),
        }
        for person in (cast.bob, cast.dora, cast.oscar, cast.erin, cast.sven):
            before = Entry.objects.count()
            with pytest.raises(Forbidden):
                tries[verb](person)
            (entry,) = Entry.objects.order_by("pk")[before:]
            assert (entry.action, entry.outcome, entry.code, entry.actor) == (verb, "refused", "forbidden", person)

    def test_a_late_yearly_report_is_a_ground(self, cast, working):
        with clock.travel(moment(date(2026, 1, 2))):
            workflow.open_recurring()
        working.obligations.exclude(code="yearly").delete()
        with clock.travel(moment(date(2026, 3, 31), 23)):
            assert obligations.grounds_against(working) == []
        with clock.travel(moment(date(2026, 4, 1))):
            grounds = obligations.grounds_against(working)
        assert "自查报告（2025年度）" in " ".join(grounds) and "没有提交" in " ".join(grounds)


class TestRequests:
    def test_an_extension_moves_the_end_and_what_is_due_after_it(self, cast, working):
        due, final = working.work_due_on, working.obligations.get(code="final")
        with clock.travel(moment(date(2026, 5, 6))):
            row = workflow.raise_request(working, by=cast.alice, code="longer", key="key-longer-1")
            assert workflow.raise_request(working, by=cast.alice, code="longer", key="key-longer-1").pk == row.pk
            with pytest.raises(Refused, match="须晚于现在的期限"):
                workflow.submit_obligation(row, by=cast.alice, text="原因", wanted_on=due)
            until = due + timedelta(days=90)
            workflow.submit_obligation(row, by=cast.alice, text="原因", wanted_on=until)
            workflow.approve_obligation(row, by=cast.olga, opinion="同意")
        moved = Application.objects.get(pk=working.pk)
        assert moved.work_due_on == until
        assert moved.obligations.get(code="final").due_on == until + timedelta(days=60) > final.due_on
        entry = Entry.objects.for_object(moved).filter(action="approve_obligation").latest("sequence")
        assert entry.changes["work_due_on"] == [due.isoformat(), until.isoformat()]
        assert entry.data["moved"] == [f"final: {final.due_on} → {until + timedelta(days=60)}"]

    def test_an_officer_may_grant_less_but_not_an_earlier_day(self, cast, working):
        row = workflow.raise_request(working, by=cast.alice, code="longer")
        wanted = working.work_due_on + timedelta(days=300)
        workflow.submit_obligation(row, by=cast.alice, text="原因", wanted_on=wanted)
        with pytest.raises(Refused, match="须晚于"):
            workflow.approve_obligation(row, by=cast.olga, granted_on=working.work_due_on)
        granted = working.work_due_on + timedelta(days=1)
        workflow.approve_obligation(row, by=cast.olga, granted_on=granted)
        assert Application.objects.get(pk=working.pk).work_due_on == granted

    def test_one_of_a_kind_at_a_time_and_again_after_a_refusal(self, cast, working):
        row = workflow.raise_request(working, by=cast.alice, code="change")
        with pytest.raises(Refused, match="还没有办结"):
            workflow.raise_request(working, by=cast.alice, code="change")
        workflow.submit_obligation(row, by=cast.alice, text="更名")
        refused = workflow.refuse_request(row, by=cast.olga, reason="材料不足")
        assert refused.state == "refused"
        again = workflow.raise_request(working, by=cast.alice, code="change")
        assert again.name == "重大变更（第 2 次）"

    def test_a_report_is_not_refused_and_a_call_offers_what_it_lists(self, cast, working):
        stage = workflow.submit_obligation(working.obligations.get(code="stage"), by=cast.alice, text="阶段成果")
        with pytest.raises(Refused, match="请退回修改"):
            workflow.refuse_request(stage, by=cast.olga, reason="不行")
        with pytest.raises(Refused, match="没有这一类"):
            workflow.raise_request(working, by=cast.alice, code="yearly")

    def test_nothing_is_asked_before_the_work_starts(self, cast, listed):
        with pytest.raises(Refused):
            workflow.raise_request(listed, by=cast.alice, code="change")


class TestWithoutAnEvaluation:
    """A status that lasts (P): reports are due, nothing is measured."""

    @pytest.fixture
    def cast(self):
        load_calendar([2025])
        return owing_world(evaluation=False)

    def test_nobody_is_asked_to_file_for_one(self, cast, working):
        from applications.standing import standing
        from applications.todo_unit import open_items
        from programmes.windows import Timetable

        with clock.travel(moment(working.work_due_on + timedelta(days=30))):
            said = standing(working, Timetable(cast.call))
            assert "报送报告" in said.todo and "测评" not in f"{said}"
            assert [item for item in open_items(cast.alice) if "测评" in item.title] == []
            with pytest.raises(Refused, match="不设测评"):
                workflow.submit_evaluation(working, by=cast.alice)

    def test_the_chip_says_the_calls_own_words(self, cast, working, monkeypatch):
        from dataclasses import replace

        from programmes.models import CallVersion

        spec = CallVersion.spec.fget
        own = property(lambda version: replace(spec(version), labels={"in_progress": "在公告有效期内"}))
        assert working.applicant_chip["label"] == "攻关中"
        monkeypatch.setattr(CallVersion, "spec", own)
        assert working.applicant_chip["label"] == working.chip["label"] == "在公告有效期内"
        bare = Application.objects.get(pk=working.pk)
        assert bare.chip["label"] == "攻关中", "a row without its call costs no query"
