"""The form check on screen: what is computed, what is looked at, one letter, three outcomes, the queue."""

import re
from datetime import timedelta

import pytest

from applications import workflow
from applications.backoffice.form_check import examine
from applications.models import Application, Opinion, State
from audit.models import Entry
from jbgs.lib import clock
from notifications.models import Message
from programmes.windows import end_of
from tests.applications.office import RECOMMENDING, Visitor, address, answers, refusals
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def olga(cast):
    return Visitor(cast.olga, at=RECOMMENDING)


@pytest.fixture
def application(cast):
    return cast.confirmed()


def send(visitor, application, outcome, **data):
    return visitor.post(address("examine", application.pk), {"outcome": outcome, "key": "k" * 20} | data)


def state_of(application):
    return Application.objects.get(pk=application.pk).state


class TestPage:
    def test_computed_checks_stand_apart_from_those_by_eye(self, olga, application):
        page = olga.get(address("examine", application.pk)).content.decode()
        computed, by_eye = re.search(r'id="fc-s".*?id="fc-e"', page, re.S)[0], re.search(r'id="fc-e".*', page, re.S)[0]
        for item in application.call_version.spec.check_items:
            assert item.label in (computed if item.requirement else by_eye)
        assert 'name="answer.complete"' not in page, "nobody ticks what the system computes"
        assert "第 1 份，共 1 份" in page

    def test_the_document_and_its_files_are_those_of_the_version(self, olga, application):
        page = olga.get(address("examine", application.pk)).content.decode()
        assert f"第 {application.version.number} 版" in page
        for file in application.version.content["attachments"]:
            assert f"/applications/{application.pk}/attachments/{file['id']}/?inline" in page

    def test_before_the_list_is_confirmed_there_is_nothing_to_decide(self, cast, olga):
        with clock.travel(OPEN):
            application = cast.recommended()
        page = olga.get(address("examine", application.pk)).content.decode()
        assert "推荐单位还没有确认推荐名单，暂不能办理。" in page and 'name="outcome"' not in page
        assert "没有待审查的申报" in olga.get(address("examining")).content.decode()

    def test_while_the_unit_edits_nothing_is_computed(self, cast, application):
        with clock.travel(RECOMMENDING):
            workflow.request_supplement(
                application, by=cast.olga, items=["缺盖章页"], due_at=end_of(RECOMMENDING.date())
            )
        application.refresh_from_db()
        found = examine(application)
        assert found.computed == () and found.why_not == "申报单位正在补正，重新提交后再核对。"

    def test_a_failed_rule_is_shown_and_stands_in_the_letter(self, cast, application):
        """A partner that was registered as its own lead elsewhere breaks nothing here; a removed pledge does."""
        application.pledges.update(withdrawn_at=RECOMMENDING)
        found = examine(application)
        broken = [item for item in found.computed if not item.ok]
        assert [item.code for item in broken] == ["pledge"]
        assert found.answers()["pledge"] is False
        assert any(line.startswith("承诺书：") for line in found.letter())
        page = Visitor(cast.olga, at=RECOMMENDING).get(address("examine", application.pk)).content.decode()
        assert broken[0].findings[0].sentence in page


class TestAccept:
    def test_everything_holds(self, olga, application):
        answer = send(olga, application, "accept", **answers(application))
        assert (answer.status_code, answer.url) == (302, address("examining", call=application.call.slug))
        assert state_of(application) == State.ACCEPTED
        assert Message.objects.filter(event="application_accepted", channel="inbox").count() == 1

    def test_a_double_click_is_harmless(self, olga, application):
        for _ in range(2):
            assert send(olga, application, "accept", **answers(application)).status_code == 302
        assert Entry.objects.for_object(application).done().filter(action="accept").count() == 1

    def test_what_was_not_looked_at_is_named_all_at_once_and_answers_stay(self, olga, application):
        looked = answers(application)
        looked.pop("answer.on_topic")
        looked.pop("answer.no_secrets")
        refused = send(olga, application, "accept", **looked)
        page = refused.content.decode()
        assert refused.status_code == 409
        assert page.count("还没有核对。</a>") == 2, "both, each with a link"
        assert re.search(r'name="answer.licence" value="yes" checked', page)
        assert re.search(r'value="accept" checked', page)
        assert refusals(application)[0].code == "item_open"
        assert state_of(application) == State.RECOMMENDED

    def test_what_fails_by_eye_cannot_be_accepted(self, olga, application):
        refused = send(olga, application, "accept", **answers(application, licence="照片模糊"))
        page = refused.content.decode()
        assert refused.status_code == 409 and "核对为不符合，不能受理。请通知补正或不予受理。" in page
        assert 'value="照片模糊"' in page

    def test_what_the_system_found_cannot_be_talked_away(self, olga, application):
        application.pledges.update(withdrawn_at=RECOMMENDING)
        refused = send(olga, application, "accept", **answers(application), **{"answer.pledge": "yes"})
        assert refused.status_code == 409 and state_of(application) == State.RECOMMENDED

    def test_the_second_officer_hears_who_was_faster(self, cast, olga, application):
        page = Visitor(cast.otto, at=RECOMMENDING)
        send(olga, application, "accept", **answers(application))
        refused = page.post(address("examine", application.pk), answers(application) | {"outcome": "accept"})
        assert refused.status_code == 409
        assert "olga已于 3月10日 10:00 办理“受理”，现在是“已受理”，不能再受理。" in refused.content.decode()

    def test_no_conclusion_is_a_slip(self, olga, application):
        refused = send(olga, application, "", **answers(application))
        assert refused.status_code == 422 and "请选择结论" in refused.content.decode()


class TestSupplement:
    def test_one_letter_with_everything(self, olga, application):
        data = answers(application, agreement="丙方未盖章。请补盖后上传整份协议。")
        data |= {"item": ["经费预算：来源与支出相差 20.00 万元。请使两者相等。", ""], "due_on": "2025-03-17"}
        assert send(olga, application, "supplement", **data).status_code == 302
        said = Opinion.objects.get(application=application, verb="request_supplement")
        assert said.items == [
            "经费预算：来源与支出相差 20.00 万元。请使两者相等。",
            "附件：“有联合单位的，联合申报协议已由各方盖章”不符合。丙方未盖章。请补盖后上传整份协议。",
        ]
        application.refresh_from_db()
        assert (application.state, application.supplement_due_at) == (State.IN_SUPPLEMENT, end_of(said.due_at.date()))
        message = Message.objects.get(event="supplement_requested", channel="inbox")
        assert "1. 经费预算" in message.body and "2. 附件" in message.body

    def test_the_due_date_is_proposed_by_the_calls_clock(self, olga, application):
        page = olga.get(address("examine", application.pk)).content.decode()
        assert 'name="due_on" value="2025-03-17"' in page and "5 个工作日，节假日不计入" in page

    def test_told_once_so_everything_is_looked_at_first(self, olga, application):
        looked = answers(application, licence="模糊")
        looked.pop("answer.no_secrets")
        refused = send(olga, application, "supplement", due_on="2025-03-17", **looked)
        words = "“申报材料不含涉密内容”还没有核对。补正只通知一次，须先核对完全部 4 项。"
        assert refused.status_code == 422 and words in refused.content.decode()

    @pytest.mark.parametrize(
        "data, sentence",
        [
            ({"due_on": "2025-03-01", "item": "缺页"}, "修改期限须晚于现在。"),
            ({"due_on": "明天", "item": "缺页"}, "修改期限须晚于现在。"),
            ({"due_on": "2025-03-17", "item": " "}, "请逐项写明需要补正的内容。"),
        ],
    )
    def test_bad_input_comes_back_with_a_sentence_and_what_was_typed(self, olga, application, data, sentence):
        refused = send(olga, application, "supplement", **answers(application), **data)
        page = refused.content.decode()
        assert refused.status_code == 409 and sentence in page
        if data["item"].strip():
            assert ">缺页</textarea>" in page
        assert state_of(application) == State.RECOMMENDED

    def test_after_the_answer_the_letter_is_shown_and_cannot_be_repeated(self, cast, olga, application):
        send(olga, application, "supplement", due_on="2025-03-17", item="缺盖章页", **answers(application))
        with clock.travel(RECOMMENDING):
            workflow.supplement(application, by=cast.alice)
        page = olga.get(address("examine", application.pk)).content.decode()
        assert "缺盖章页" in page and "与第 1 版对照" in page
        assert "已经一次性告知过，不能再次通知" in page
        refused = send(
            olga, application, "supplement", due_on="2025-03-17", item="又缺一页", key="other", **answers(application)
        )
        assert refused.status_code == 409 and "已经一次性告知过补正内容" in refused.content.decode()


class TestReject:
    def test_on_a_ground_with_a_reason(self, olga, application):
        answer = send(olga, application, "reject", ground="not_on_task", reason="攻关内容与任务无关。")
        assert answer.status_code == 302
        said = Opinion.objects.get(application=application, verb="reject")
        assert (said.ground, said.text) == ("not_on_task", "攻关内容与任务无关。")
        assert state_of(application) == State.REJECTED

    @pytest.mark.parametrize(
        "data, field, sentence",
        [
            ({"reason": "无关"}, "ground", "请选择不予受理的情形。"),
            ({"ground": "made_up", "reason": "无关"}, "ground", "请选择不予受理的情形。"),
            ({"ground": "not_on_task"}, "reason", "请写明理由。"),
        ],
    )
    def test_what_is_missing_is_said_at_its_field(self, olga, application, data, field, sentence):
        refused = send(olga, application, "reject", **data)
        page = refused.content.decode()
        assert refused.status_code == 409
        assert f'<a href="#c-{field}">{sentence}</a>' in page and f'id="c-{field}"' in page

    def test_an_overdue_supplement_can_only_be_rejected(self, cast, olga, application):
        send(olga, application, "supplement", due_on="2025-03-17", item="缺盖章页", **answers(application))
        late = Visitor(cast.olga, at=RECOMMENDING + timedelta(days=8))
        queue = late.get(address("examining", tab="overdue")).content.decode()
        assert application.number in queue and "已过期" in queue
        page = late.get(address("examine", application.pk)).content.decode()
        assert "补正期满没有提交，不能受理" in page
        assert (
            send(late, application, "reject", ground="incomplete", reason="逾期未补正。", key="later").status_code
            == 302
        )


class TestQueue:
    def test_after_one_comes_the_next(self, cast, olga):
        with clock.travel(OPEN):
            rows = [cast.recommended(by=cast.another_applicant()) for _ in range(2)]
        with clock.travel(RECOMMENDING):
            workflow.confirm_list(rows[0].recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        listed = olga.get(address("examining"))
        assert address("examine", rows[0].pk) in listed.content.decode()
        first = send(olga, rows[0], "accept", **answers(rows[0]))
        assert first.url == address("examine", rows[1].pk)
        last = send(olga, rows[1], "accept", **answers(rows[1]))
        assert last.url == address("examining", call=cast.call.slug)
        done = olga.get(address("examining", tab="done")).content.decode()
        assert rows[0].number in done and rows[1].number in done
