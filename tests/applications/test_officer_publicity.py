"""Publicity, objections, appeals and the list, on screen (F22, C12, M20)."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

from applications import workflow
from applications.models import Application, Publicity, State
from audit.models import Entry
from jbgs.lib import clock
from tests.applications.office import RECOMMENDING, Visitor, address, after_publicity, answers
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db

WORDS = {"title": "拟入围单位名单公示", "contact": "虚构处室 010-00000000"}


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def olga(cast):
    return Visitor(cast.olga, at=RECOMMENDING)


@pytest.fixture
def proposed(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        return cast.decided(application, "propose")


@pytest.fixture
def public(cast, proposed):
    with clock.travel(RECOMMENDING):
        return workflow.open_publicity([proposed], by=cast.olga, **WORDS)


def object_to(application, text="检定证书已经过期。"):
    with clock.travel(RECOMMENDING):
        workflow.raise_objection(
            application, by=AnonymousUser(), objector="异议人张某", contact="电话甲乙丙", text=text
        )
    return application.objections.latest("pk")


class TestOpening:
    def test_the_preview_has_the_white_listed_columns_and_nothing_else(self, olga, proposed):
        page = olga.post(address("publicity"), {"chosen": proposed.pk, **WORDS})
        words = page.content.decode().partition('class="card sheet-paper"')[2].partition("</section>")[0]
        assert page.status_code == 200 and not Publicity.objects.exists()
        for shown in (proposed.title, proposed.unit.name, proposed.department.official_name, proposed.task.title):
            assert shown in words
        leader = proposed.members.get(is_leader=True)
        for hidden in (leader.name, proposed.number, proposed.unit.code, proposed.unit.contact_name, "得分", "名次"):
            assert hidden not in words
        assert "3月17日 24:00" in words, "five working days, the first day not counted"

    def test_confirmed_it_is_public_and_a_double_click_is_harmless(self, olga, proposed):
        data = {"chosen": proposed.pk, "confirmed": "1", "key": "k" * 20, **WORDS}
        first, second = (olga.post(address("publicity"), data) for _ in range(2))
        publicity = Publicity.objects.get()
        assert first.status_code == second.status_code == 302
        assert first.url == second.url == address("publicity_one", publicity.pk)
        assert (publicity.title, publicity.contact) == (WORDS["title"], WORDS["contact"])
        assert f"{clock.local(publicity.closes_at):%F %T}" == "2025-03-18 00:00:00"

    @pytest.mark.parametrize("missing, sentence", [("title", "请填写公示标题。"), ("contact", "请填写异议受理方式。")])
    def test_words_that_are_missing_are_asked_for(self, olga, proposed, missing, sentence):
        for confirmed in ({}, {"confirmed": "1"}):
            answer = olga.post(address("publicity"), {"chosen": proposed.pk, **WORDS, missing: " ", **confirmed})
            page = answer.content.decode()
            other = WORDS["contact" if missing == "title" else "title"]
            assert answer.status_code == 422 and sentence in page and other in page
        assert not Publicity.objects.exists()

    def test_nothing_chosen_is_a_slip(self, olga, proposed):
        answer = olga.post(address("publicity"), WORDS)
        assert answer.status_code == 422 and "还没有选择项目" in answer.content.decode()

    def test_the_second_officer_hears_that_it_is_public(self, cast, proposed, public):
        otto = Visitor(cast.otto, at=RECOMMENDING)
        answer = otto.post(address("publicity"), {"chosen": proposed.pk, "confirmed": "1", "key": "o", **WORDS})
        assert answer.status_code == 409 and "这个项目已经在公示。" in answer.content.decode()


class TestList:
    def test_while_it_is_public_nothing_can_be_fixed(self, olga, proposed, public):
        page = olga.get(address("publicity_one", public.pk)).content.decode()
        assert "期满后才能确定名单" in page and 'name="listed_on"' not in page
        data = {"chosen": proposed.pk, "listed_on": "2025-03-10"}
        answer = olga.post(address("publicity_one", public.pk), data)
        assert answer.status_code == 409 and "公示到 3月18日 00:00 结束" in answer.content.decode()

    def test_then_the_list_starts_the_term_of_two_years(self, cast, proposed, public):
        late = Visitor(cast.olga, at=after_publicity(public))
        assert "可以确定入围" in late.get(address("overview")).content.decode()
        assert 'name="listed_on" value="2025-03-18"' in late.get(address("publicity_one", public.pk)).content.decode()
        data = {"chosen": proposed.pk, "listed_on": "2025-03-18", "key": "k" * 20}
        for _ in range(2):
            assert late.post(address("publicity_one", public.pk), data).status_code == 302
        proposed.refresh_from_db()
        assert (proposed.listed_on, proposed.work_due_on) == (date(2025, 3, 18), date(2027, 3, 18))
        assert proposed.state == State.IN_PROGRESS, "this call has no agreement stage"

    @pytest.mark.parametrize("typed", ["2025-03-30", "kein Tag", ""])
    def test_a_day_that_is_none_or_in_the_future_is_refused(self, cast, proposed, public, typed):
        late = Visitor(cast.olga, at=after_publicity(public))
        answer = late.post(address("publicity_one", public.pk), {"chosen": proposed.pk, "listed_on": typed})
        assert answer.status_code == 422 and "请填写名单确定日期，不能晚于今天。" in answer.content.decode()

    def test_an_open_objection_holds_it(self, cast, proposed, public):
        object_to(proposed)
        late = Visitor(cast.olga, at=after_publicity(public))
        assert "有异议待处理" in late.get(address("publicity_one", public.pk)).content.decode()
        answer = late.post(address("publicity_one", public.pk), {"chosen": proposed.pk, "listed_on": "2025-03-18"})
        assert answer.status_code == 409 and "还有异议没有处理完" in answer.content.decode()


class TestObjections:
    def test_the_objector_is_hidden_until_asked_for_and_each_reading_is_logged(self, cast, olga, proposed, public):
        objection = object_to(proposed)
        page = olga.get(address("objection", objection.pk)).content.decode()
        assert "检定证书已经过期。" in page and "异议人张某" not in page and "电话甲乙丙" not in page
        shown = olga.post(address("reveal", objection.pk)).content.decode()
        assert "异议人张某" in shown and "电话甲乙丙" in shown
        (entry,) = Entry.objects.for_object(proposed).filter(action="reveal_objector")
        assert (entry.actor, entry.data) == (cast.olga, {"objection": objection.pk})
        again = olga.get(address("objection", objection.pk)).content.decode()
        assert "异议人张某" not in again and "查看记录：olga 3月10日 10:00" in again

    def test_the_supervisor_may_look_and_nobody_else(self, cast, proposed, public):
        objection = object_to(proposed)
        sven = Visitor(cast.sven, at=RECOMMENDING)
        assert "异议人张某" in sven.post(address("reveal", objection.pk)).content.decode()
        for person in (cast.oscar, cast.dora, cast.alice, cast.erin, None):
            before = Entry.objects.refused().count()
            answer = Visitor(person, at=RECOMMENDING).post(address("reveal", objection.pk))
            assert answer.status_code == 403 and "异议人张某" not in answer.content.decode()
            assert Entry.objects.refused().count() == before + 1

    def test_one_that_came_by_letter_is_put_down(self, cast, olga, proposed, public):
        page = address("record_objection")
        slip = olga.post(page, {"application": proposed.pk, "objector": "来信人李某", "text": "写了一半"})
        assert slip.status_code == 422 and "写了一半" in slip.content.decode() and "来信人李某" in slip.content.decode()
        data = {
            "application": proposed.pk,
            "objector": "来信人李某",
            "contact": "电话丁",
            "text": "见来信。",
            "key": "k" * 20,
        }
        for _ in range(2):
            answer = olga.post(page, data)
            assert answer.status_code == 302
        objection = proposed.objections.get()
        assert answer.url == address("objection", objection.pk) and objection.objector == "来信人李某"
        for person, status in ((cast.sven, 404), (cast.oscar, 422), (cast.dora, 404)):
            assert Visitor(person, at=RECOMMENDING).post(page, data | {"key": "x"}).status_code == status
        late = Visitor(cast.olga, at=after_publicity(public))
        assert "现在没有公示中的项目" in late.get(page).content.decode()

    def test_it_is_answered_once(self, cast, olga, proposed, public):
        objection = object_to(proposed)
        page = address("objection", objection.pk)
        slip = olga.post(page, {"answer": "写了一半"})
        assert slip.status_code == 422 and "写了一半" in slip.content.decode()
        assert "请选择结论。" in slip.content.decode()
        assert olga.post(page, {"upheld": "0", "answer": "经核查不成立。", "key": "k" * 20}).status_code == 302
        late = Visitor(cast.otto, at=RECOMMENDING).post(page, {"upheld": "1", "answer": "成立。", "key": "o"})
        assert late.status_code == 409
        assert "这项异议olga已于 3月10日 10:00 处理（不成立）。" in late.content.decode()
        objection.refresh_from_db()
        assert (objection.state, objection.settled_by) == ("dismissed", cast.olga)

    def test_upheld_leads_to_the_decision_that_takes_the_proposal_back(self, cast, olga, proposed, public):
        objection = object_to(proposed)
        olga.post(address("objection", objection.pk), {"upheld": "1", "answer": "成立。"})
        page = olga.get(address("objection", objection.pk)).content.decode()
        follow = address("prepare", proposed.pk, verb="unpropose")
        assert follow in page
        assert 'value="unpropose" selected' in olga.get(follow).content.decode()
        olga.post(address("prepare", proposed.pk), {"verb": "unpropose", "reason": "异议成立。"})
        decision = proposed.decisions.get(state="prepared")
        Visitor(cast.otto, at=RECOMMENDING).post(address("approve"), {"decision": decision.pk})
        proposed.refresh_from_db()
        assert (proposed.state, proposed.publicity) == (State.IN_REVIEW, None)


class TestAppeals:
    @pytest.fixture
    def appeal(self, cast):
        application = cast.confirmed()
        with clock.travel(RECOMMENDING):
            workflow.reject(application, by=cast.olga, ground="not_eligible", reason="没有独立法人资格。")
            application.refresh_from_db()
            workflow.raise_appeal(application, by=cast.alice, text="执照已经变更。")
        return application.appeals.get()

    def test_both_reasons_stand_side_by_side(self, olga, appeal):
        page = olga.get(address("appeals")).content.decode()
        assert "没有独立法人资格。" in page and "执照已经变更。" in page and "2025年5月9日" in page

    def test_upheld_it_is_reopened_by_two(self, cast, olga, appeal):
        application = appeal.application
        assert olga.get(address("prepare", application.pk)).content.decode().count("reopen_form_check") == 0
        assert olga.post(address("appeal", appeal.pk), {"upheld": "1", "answer": "情况属实。"}).status_code == 302
        follow = address("prepare", application.pk, verb="reopen_form_check")
        assert follow in olga.get(address("appeal", appeal.pk)).content.decode()
        olga.post(address("prepare", application.pk), {"verb": "reopen_form_check", "reason": "复审成立。"})
        decision = application.decisions.get(state="prepared")
        Visitor(cast.otto, at=RECOMMENDING).post(address("approve"), {"decision": decision.pk})
        application.refresh_from_db()
        assert application.state == State.RECOMMENDED
        assert olga.post(
            address("examine", application.pk), answers(application) | {"outcome": "accept"}
        ).status_code == 302  # fmt: skip


class TestCallWithoutPublicity:
    """A call that makes nothing public fixes its list from the proposals."""

    @pytest.fixture
    def silent(self, cast, monkeypatch):
        from dataclasses import replace

        from programmes.models import CallVersion

        spec = CallVersion.spec.fget
        quiet = lambda version: replace(  # noqa: E731
            spec(version), flow=replace(spec(version).flow, publicity_days=0)
        )
        monkeypatch.setattr(CallVersion, "spec", property(quiet))

    def test_the_list_is_fixed_on_the_desk(self, cast, olga, proposed, silent):
        page = olga.get(address("publicity")).content.decode()
        assert "等待确定名单" in page and address("fix_unpublished") in page
        answer = olga.post(address("fix_unpublished"), {"chosen": proposed.pk, "listed_on": "2025-03-10"})
        assert answer.status_code == 302
        assert Application.objects.get(pk=proposed.pk).listed_on == date(2025, 3, 10)


def test_a_list_given_back_by_the_office(cast, olga):
    with clock.travel(OPEN):
        application = cast.recommended()
    found = application.recommendation_list
    with clock.travel(RECOMMENDING):
        workflow.confirm_list(found, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
    assert "退回名单" in olga.get(address("lists")).content.decode()
    refused = olga.post(address("reopen_list", found.pk), {"reason": " "})
    assert refused.status_code == 409 and "请写明退回名单的理由。" in refused.content.decode()
    assert olga.post(address("reopen_list", found.pk), {"reason": "次序有误，请核对。"}).status_code == 302
    found.refresh_from_db()
    assert found.is_open
    again = olga.post(address("reopen_list", found.pk), {"reason": "再退一次", "key": "other"})
    assert again.status_code == 409 and "名单还没有确认，不能退回名单。" in again.content.decode()


def test_applications_are_sent_to_review_in_bulk(cast, olga):
    application = cast.accepted()
    page = olga.post(address("start_review"), {"chosen": [application.pk, 999_999]}).content.decode()
    assert "选择了 2 个，其中 1 个已不能送审" in page and application.title in page
    assert Application.objects.get().state == State.ACCEPTED, "nothing happens before it is confirmed"
    data = {"chosen": application.pk, "confirmed": "1", "key": "k" * 20}
    assert olga.post(address("start_review"), data).status_code == 302
    assert Application.objects.get().state == State.IN_REVIEW
    late = Visitor(cast.otto, at=RECOMMENDING).post(address("start_review"), data | {"key": "other"})
    assert late.status_code == 409 and "olga已于" in late.content.decode()


def test_all_that_the_filter_shows_can_be_sent(cast, olga):
    application = cast.accepted()
    page = olga.post(address("start_review"), {"all": "1", "task": application.task.code}).content.decode()
    assert "送审 1 个申报" in page
    other = olga.post(address("start_review"), {"all": "1", "task": "A-1-01"})
    assert other.status_code == 422 and "还没有选择申报" in other.content.decode()
