"""原则上: a rule that is not met asks for a reason; it is kept, frozen and read by everybody who decides."""

import copy

import pytest

from accounts.models import Unit
from applications import checking, reasons, workflow
from applications.models import Application, State, Version
from applications.papers import application_paper
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.loader import load_document
from tests.applications.front_help import Visitor, url
from tests.applications.office import address
from tests.cast import OPEN, RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db

SHARE = {"code": "share_at_most", "params": {"sources": ["own"], "percent": 1}, "force": "soft"}
FINANCE = {"code": "lead_is", "params": {"types": ["finance"]}, "force": "soft"}
WHY = "项目主要由本单位出资，已与推荐单位沟通。"


def cast_with(*rules):
    document = copy.deepcopy(miit_document())
    document["requirements"] = [*document["requirements"], *rules]
    return world(load_document(document).call)


@pytest.fixture
def cast():
    return cast_with(SHARE)


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        return cast.draft()


def asked(application):
    fresh = Application.objects.get(pk=application.pk)
    return reasons.asked(fresh, checking.check(fresh).findings)


def submit(cast, draft, **named):
    with clock.travel(OPEN):
        return workflow.submit(draft, by=cast.alice, **named)


class TestVerbs:
    def test_without_a_reason_nothing_is_submitted(self, cast, draft):
        with pytest.raises(Refused) as refusal:
            submit(cast, draft)
        assert refusal.value.code == "reasons_missing"
        assert refusal.value.sentence == "有 1 项不符合“原则上”的要求，请逐项说明理由后再提交。"
        assert [finding.code for finding in refusal.value.details] == ["share_at_most"]
        assert Application.objects.get(pk=draft.pk).state == State.DRAFT

    def test_with_a_reason_it_is_and_the_version_keeps_it(self, cast, draft):
        (one,) = asked(draft)
        with clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: f"  {WHY} "}, by=cast.alice)
        submitted = submit(cast, draft)
        kept = Version.objects.get(application=draft).content["reasons"]
        assert kept == [{"rule": "自筹资金不超过总经费的 1%", "said": list(one.said), "reason": WHY}]
        assert "超过总经费" in kept[0]["said"][0]
        found = next(one for one in checking.check(submitted).findings if one.code == "share_at_most")
        assert found.reason == WHY and not found.blocks

    def test_a_reason_for_what_is_met_meanwhile_is_not_frozen(self):
        cast = cast_with(SHARE, FINANCE)
        with clock.travel(OPEN):
            draft = cast.draft()
            workflow.save_reasons(draft, {one.key: WHY for one in asked(draft)}, by=cast.alice)
        assert [one.rule for one in asked(draft)] == ["自筹资金不超过总经费的 1%", "牵头单位为金融机构"]
        Unit.objects.filter(pk=draft.unit_id).update(type="finance")
        document_types = [
            rule["params"]["types"] for rule in miit_document()["requirements"] if rule["code"] == "lead_is"
        ]
        assert "finance" in document_types[0]
        submit(cast, draft)
        kept = Version.objects.get(application=draft).content["reasons"]
        assert [row["rule"] for row in kept] == ["自筹资金不超过总经费的 1%"]

    def test_an_empty_text_takes_a_reason_back_and_unknown_keys_are_nothing(self, cast, draft):
        (one,) = asked(draft)
        with clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: WHY, "made-up": "x"}, by=cast.alice)
            assert list(Application.objects.get(pk=draft.pk).soft_reasons) == [one.key]
            workflow.save_reasons(draft, {}, by=cast.alice)  # nothing said about it: it stays
            assert list(Application.objects.get(pk=draft.pk).soft_reasons) == [one.key]
            workflow.save_reasons(draft, {one.key: " "}, by=cast.alice)
        assert Application.objects.get(pk=draft.pk).soft_reasons == {}

    def test_only_the_unit_and_only_while_it_edits(self, cast, draft):
        (one,) = asked(draft)
        with pytest.raises(Forbidden), clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: WHY}, by=cast.bob)
        with clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: WHY}, by=cast.alice)
        submit(cast, draft)
        with pytest.raises(Refused), clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: "改口"}, by=cast.alice)

    def test_a_long_reason_is_cut_where_the_page_says(self, cast, draft):
        (one,) = asked(draft)
        with clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: "因" * 1200}, by=cast.alice)
        assert len(asked(draft)[0].reason) == reasons.LONGEST


class TestPages:
    @pytest.fixture
    def alice(self, cast):
        return Visitor(cast.alice)

    def test_the_submit_page_asks_and_keeps_what_was_typed(self, cast, alice, draft):
        page = alice.get(url("submit", draft))
        (one,) = asked(draft)
        text = page.content.decode()
        assert f'name="reason.{one.key}"' in text and one.rule in text and one.said[0] in text
        refused = alice.post(url("submit", draft), {"key": page.context["key"], f"reason.{one.key}": ""})
        text = refused.content.decode()
        assert refused.status_code == 409 and f'href="#r-{one.key}"' in text and 'aria-invalid="true"' in text
        done = alice.post(url("submit", draft), {"key": refused.context["key"], f"reason.{one.key}": WHY})
        assert done.url == url("receipt", draft)

    def test_a_refusal_for_another_cause_loses_no_reason(self, cast, alice, draft):
        (one,) = asked(draft)
        late = OPEN.replace(month=4)
        with clock.travel(late):
            key = "0123456789abcdef0123456789abcdef"
            response = Visitor(cast.alice, at=late).post(url("submit", draft), {"key": key, f"reason.{one.key}": WHY})
        assert response.status_code == 409
        assert asked(draft)[0].reason == WHY

    def test_the_check_page_says_that_a_reason_is_needed(self, alice, draft):
        assert "可以提交，提交时须说明理由" in alice.get(url("check", draft)).content.decode()

    def test_department_officer_decision_and_paper_show_it(self, cast, draft):
        (one,) = asked(draft)
        with clock.travel(OPEN):
            workflow.save_reasons(draft, {one.key: WHY}, by=cast.alice)
            application = workflow.recommend(workflow.submit(draft, by=cast.alice), by=cast.dora, opinion="同意推荐")
            assert WHY in Visitor(cast.dora).get(address("detail", draft.pk)).content.decode()
        with clock.travel(RECOMMENDING):
            workflow.confirm_list(application.recommendation_list, by=cast.dora, letter_no="虚构1号", pledge=True)
            assert WHY in Visitor(cast.olga).get(address("examine", draft.pk)).content.decode()
            assert WHY in Visitor(cast.olga).get(address("prepare", draft.pk)).content.decode()
        paper = application_paper(Version.objects.get(application=draft).content, draft=True)
        titles = [section["title"] for section in paper["sections"]]
        assert titles[-2] == "原则上要求的说明" and paper["sections"][-2]["rows"][0]["reason"] == WHY
