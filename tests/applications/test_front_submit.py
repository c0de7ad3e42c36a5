"""Check, submit, receipt, take back, withdraw, supplement: what is locked and told, and that two clicks are one."""

from datetime import timedelta

import pytest

from applications import workflow
from applications.models import Application, State, Version
from audit.models import Entry
from jbgs.lib import clock
from notifications.models import Message
from tests.applications.front_help import Visitor, form_of, url
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db

END = OPEN.replace(month=3, day=7, hour=0, minute=0)
"""24:00 of 6 March, the exclusive end of the filing window."""


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def alice(cast):
    return Visitor(cast.alice)


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        return cast.draft()


def refusals(application):
    return Entry.objects.for_object(application).refused()


class TestCheck:
    def test_everything_missing_is_said_at_once_each_with_a_way_to_it(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
        page = alice.get(url("check", application))
        places = [place for group in page.context["todo"] for place in group["places"]]
        assert len(places) == page.context["blocking"] > 20
        for place in places:
            address, _, anchor = place["url"].partition("#")
            target = alice.get(address)
            assert target.status_code == 200
            assert f'id="{anchor}"' in target.content.decode(), place
        assert "提交申报书</a>" not in page.content.decode()

    def test_opened_from_the_check_a_page_says_what_is_missing_at_the_field(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
        plain = alice.get(url("section", application, "unit")).content.decode()
        checked = alice.get(url("section", application, "unit") + "?checked=1").content.decode()
        sentence = "牵头单位：没有填写“单位简介”。"
        assert '<p class="err">' not in plain
        assert sentence in checked and "aria-invalid" in checked

    def test_a_complete_application_has_a_button(self, alice, draft):
        page = alice.get(url("check", draft)).content.decode()
        assert "内容齐全" in page and url("submit", draft) in page

    def test_an_unfinished_one_comes_back_from_the_submit_page(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
        assert alice.get(url("submit", application)).url == url("check", application)


class TestSubmit:
    def submit(self, visitor, application, **more):
        page = visitor.get(url("submit", application))
        return visitor.post(url("submit", application), {"key": page.context["key"]} | more)

    def test_number_server_time_code_and_hash_stand_on_the_receipt(self, alice, draft):
        response = self.submit(alice, draft)
        assert response.url == url("receipt", draft)
        text = alice.get(response.url).content.decode()
        version = Version.objects.get(application=draft)
        number = Application.objects.get(pk=draft.pk).number
        for shown in (number, version.code, version.sha256, "2025年2月20日 10:00:00", "第 1 版"):
            assert shown in text

    def test_a_double_click_is_one_application_one_version_one_message(self, cast, alice, draft):
        key = alice.get(url("submit", draft)).context["key"]
        first = alice.post(url("submit", draft), {"key": key})
        second = alice.post(url("submit", draft), {"key": key})
        assert first.url == second.url == url("receipt", draft)
        receipts = [alice.get(response.url).context["version"] for response in (first, second)]
        assert receipts[0] == receipts[1]
        assert Version.objects.count() == 1
        assert Entry.objects.for_object(draft).filter(action="submit").count() == 1
        told = Message.objects.filter(user=cast.alice, event="application_submitted", channel="inbox")
        assert told.count() == 1

    def test_a_second_click_without_the_key_hears_who_was_faster(self, alice, draft):
        self.submit(alice, draft)
        late = alice.post(url("submit", draft), {"key": "another-key-0123456789"})
        assert late.status_code == 409
        assert "alice已于 2月20日 10:00 办理“提交”" in late.content.decode()
        assert refusals(draft).count() == 1

    def test_what_is_missing_is_listed_and_nothing_is_lost(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
            workflow.save_section(application, "project", {"title": "只填了名称"}, base_version=0, by=cast.alice)
        page = alice.post(url("submit", application), {"key": "k" * 24})
        assert page.status_code == 409
        assert "本次没有提交" in page.content.decode() and page.context["blocking"] > 20
        assert Application.objects.get(pk=application.pk).state == State.DRAFT
        assert application.sections.get(key="project").data == {"title": "只填了名称"}

    def test_one_second_late_is_late(self, alice, draft):
        alice.at = END - timedelta(seconds=1)
        key = alice.get(url("submit", draft)).context["key"]
        alice.at = END
        page = alice.post(url("submit", draft), {"key": key})
        assert page.status_code == 409
        assert "申报已于 2025年3月6日 24:00 截止，本次提交未被接收。草稿仍保留，可以下载。" in page.content.decode()
        assert Application.objects.get(pk=draft.pk).state == State.DRAFT
        alice.at = END - timedelta(seconds=1)
        assert alice.post(url("submit", draft), {"key": key}).url == url("receipt", draft)

    def test_what_arrived_in_time_is_in_time_and_the_receipt_says_when(self, alice, draft, monkeypatch):
        """The proxy began to receive before the end; the page was worked on after it."""
        alice.at = END + timedelta(seconds=5)
        monkeypatch.setattr("jbgs.middleware.is_trusted_proxy", lambda address: True)
        monkeypatch.setattr("jbgs.middleware.time_in_proxy", lambda header: timedelta(seconds=6))
        response = alice.post(url("submit", draft), {"key": "k" * 24})
        assert response.url == url("receipt", draft)
        assert "2025年3月6日 23:59:59" in alice.get(response.url).content.decode()

    def test_without_a_department_the_check_says_so(self, cast, alice, draft):
        with clock.travel(OPEN):
            workflow.choose_department(draft, None, by=cast.alice)
        assert alice.get(url("submit", draft)).url == url("check", draft)
        page = alice.post(url("submit", draft), {"key": "k" * 24})
        assert page.status_code == 409 and "还没有选择推荐单位" in page.content.decode()

    @pytest.mark.parametrize("key", ["", "short", "x" * 500, "'; drop table--" * 3])
    def test_a_strange_key_breaks_nothing(self, alice, draft, key):
        assert alice.post(url("submit", draft), {"key": key}).status_code == 302
        assert Version.objects.count() == 1

    def test_a_key_with_nul_signs_is_refused_before_anything_is_read(self, alice, draft):
        assert alice.post(url("submit", draft), {"key": "a\x00b" * 10}).status_code == 400
        assert Version.objects.count() == 0


class TestAfterwards:
    def test_take_back_and_submit_again(self, cast, alice, draft):
        with clock.travel(OPEN):
            workflow.submit(draft, by=cast.alice)
        page = alice.get(url("take_back", draft))
        assert "保留不变" in page.content.decode()
        response = alice.post(url("take_back", draft), {"key": page.context["key"]}, follow=True)
        assert response.status_code == 200
        assert Application.objects.get(pk=draft.pk).state == State.DRAFT
        key = alice.get(url("submit", draft)).context["key"]
        alice.post(url("submit", draft), {"key": key})
        again = Application.objects.get(pk=draft.pk)
        assert (again.state, again.version.number) == (State.SUBMITTED, 2)

    def test_nothing_is_taken_back_after_the_examination_or_the_end(self, cast, alice, draft):
        with clock.travel(OPEN):
            workflow.submit(draft, by=cast.alice)
        alice.at = END
        assert alice.post(url("take_back", draft), {"key": "k" * 24}).status_code == 409
        labels = [act["label"] for act in alice.get(url("detail", draft)).context["acts"]]
        assert "撤回修改" not in labels

    def test_withdrawal_is_final_and_asks_first(self, alice, draft):
        page = alice.get(url("withdraw", draft))
        assert "不能恢复" in page.content.decode()
        values = form_of(page, "")
        alice.post(url("withdraw", draft), values | {"reason": "团队调整"})
        assert Application.objects.get(pk=draft.pk).state == State.WITHDRAWN
        assert alice.post(url("withdraw", draft), {"key": "z" * 24}).status_code == 409
        assert Entry.objects.for_object(draft).get(action="withdraw", outcome="done").data["reason"] == "团队调整"

    def test_a_returned_one_shows_the_opinion_while_one_fills_and_can_be_submitted_after_the_window(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.submitted()
            due = END + timedelta(days=3)
            workflow.return_for_changes(application, by=cast.dora, opinion="请补充盖章页。", due_at=due)
        alice.at = END + timedelta(days=1)
        assert "请补充盖章页。" in alice.get(url("section", application, "project")).content.decode()
        response = alice.post(url("submit", application), {"key": "k" * 24})
        assert response.url == url("receipt", application)

    def test_a_supplement_is_submitted_on_the_same_page(self, cast, alice):
        application = cast.confirmed()
        with clock.travel(RECOMMENDING):
            due = clock.now() + timedelta(days=5)
            workflow.request_supplement(application, by=cast.olga, items=["盖章页", "营业执照"], due_at=due)
        alice.at = RECOMMENDING + timedelta(days=1)
        page = alice.get(url("check", application))
        assert "1. 盖章页" in page.content.decode() and "提交补正" in page.content.decode()
        key = alice.get(url("submit", application)).context["key"]
        assert alice.post(url("submit", application), {"key": key}).url == url("receipt", application)
        back = Application.objects.get(pk=application.pk)
        assert (back.state, back.rank, back.version.number) == (State.RECOMMENDED, 1, 2)

    def test_receipts_of_older_versions_say_that_they_are_old(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.submitted()
            workflow.take_back(application, by=cast.alice)
            workflow.submit(application, by=cast.alice)
        old = alice.get(url("receipt", application) + "?version=1").content.decode()
        new = alice.get(url("receipt", application)).content.decode()
        assert "不是现在有效的版本" in old and "不是现在有效的版本" not in new
        assert alice.get(url("receipt", application) + "?version=9").url == url("detail", application)
