"""Decisions by two people on screen: grounds and quota beside them, the second person, who was faster, undo."""

import pytest
from django.db import connection

from applications import access, workflow
from applications.models import Application, Decision, QuotaUse, State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person
from tests.applications.office import RECOMMENDING, Visitor, address, refusals
from tests.cast import world
from tests.concurrency import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def olga(cast):
    return Visitor(cast.olga, at=RECOMMENDING)


@pytest.fixture
def otto(cast):
    return Visitor(cast.otto, at=RECOMMENDING)


def prepared(cast, verb="propose", *, application=None, **named) -> Decision:
    application = application or cast.in_review()
    with clock.travel(RECOMMENDING):
        workflow.prepare_decision(application, by=cast.olga, verb=verb, reason=named.pop("reason", "理由充分"), **named)
    return application.decisions.get(state="prepared")


def approve(visitor, *decisions, key="k" * 20):
    return visitor.post(address("approve"), {"decision": [one.pk for one in decisions], "key": key})


class TestPage:
    def test_grounds_and_quota_stand_beside_the_buttons(self, cast, otto):
        decision = prepared(
            cast, rank=2, against_ranking=True, reason="样机已经实测，争议点已排除。", evidence={"score": "82.67"}
        )
        page = otto.get(address("decisions")).content.decode()
        assert "第 2 名" in page and "与排序不一致" in page and "样机已经实测，争议点已排除。" in page
        assert "得分 82.67" in page and "0/5" in page and "还可入围 5 个" in page
        assert "olga" in page and decision.application.unit.name in page

    def test_who_prepared_it_can_only_discard_it(self, cast, olga):
        decision = prepared(cast)
        page = olga.get(address("decisions")).content.decode()
        assert "由您拟定，须他人复核" in page and f'name="decision" value="{decision.pk}" aria-label="选择' not in page

    def test_done_ones_say_who_did_what(self, cast, otto):
        approve(otto, prepared(cast))
        page = otto.get(address("decisions", tab="done")).content.decode()
        assert "已复核" in page and "otto，3月10日 10:00" in page


class TestApproval:
    def test_the_second_person_makes_it_happen(self, cast, otto):
        decision = prepared(cast)
        answer = approve(otto, decision)
        assert (answer.status_code, answer.url) == (302, address("decisions", call=cast.call.slug))
        decision.application.refresh_from_db()
        assert decision.application.state == State.PROPOSED
        assert QuotaUse.objects.get(scope__code="shortlist").application == decision.application

    def test_a_double_click_is_harmless(self, cast, otto):
        decision = prepared(cast)
        assert [approve(otto, decision).status_code for _ in range(2)] == [302, 302]
        assert Entry.objects.for_object(decision.application).done().filter(action="propose").count() == 1

    def test_not_by_the_one_who_prepared_it(self, cast, olga):
        decision = prepared(cast)
        answer = approve(olga, decision)
        assert answer.status_code == 403
        assert "拟定与复核须由两人分别办理，您是拟定人。" in answer.content.decode()
        assert [entry.code for entry in refusals(decision.application)] == ["second_person"]

    def test_the_third_officer_hears_who_was_faster(self, cast, otto):
        decision = prepared(cast)
        ottilie = make_person("ottilie", "officer")
        access.grant_call(ottilie, cast.call)
        approve(otto, decision)
        late = approve(Visitor(ottilie, at=RECOMMENDING), decision, key="another-page")
        assert late.status_code == 409
        words = "otto已于 3月10日 10:00 办理“拟入围”，现在是“拟入围”，不能再拟入围。"
        assert words in late.content.decode()

    def test_what_was_discarded_says_by_whom(self, cast, olga, otto):
        decision = prepared(cast)
        assert olga.post(address("discard"), {"decision": decision.pk, "key": "d" * 12}).status_code == 302
        late = approve(otto, decision)
        assert late.status_code == 409
        assert "这项决定olga已于 3月10日 10:00 作废，不能再办理。" in late.content.decode()
        decision.refresh_from_db()
        assert decision.state == "discarded"

    def test_several_at_once_and_the_refused_ones_are_named(self, cast, otto):
        one = prepared(cast)
        two = prepared(cast, application=self.another_in_review(cast))
        Application.objects.filter(pk=two.application_id).update(state=State.NOT_SHORTLISTED)
        answer = approve(otto, one, two)
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "已同意 1 项决定。1 项没有办理：" in page and two.application.title in page
        one.application.refresh_from_db()
        assert one.application.state == State.PROPOSED

    @staticmethod
    def another_in_review(cast):
        """A second one on the same, confirmed list; put there as a raw update does."""
        first = Application.objects.get()
        return Application.objects.create(
            call=first.call, call_version=first.call_version, task=first.task, unit=cast.bob.unit, state="in_review",
            department=first.department, number="WL2025-Q101-0002", title="另一个项目", version=first.version,
            created_by=cast.bob, created_at=clock.now(), state_since=clock.now(),
        )  # fmt: skip

    def test_nothing_chosen_is_a_slip(self, otto):
        answer = otto.post(address("approve"), {})
        assert answer.status_code == 422 and "还没有选择决定" in answer.content.decode()

    def test_a_full_quota_is_checked_again(self, cast, otto):
        """Prepared while there was room; the sixth needs a reason when it is approved."""
        decision = prepared(cast)
        scope = _fill_scope(decision.application, 5)
        answer = approve(otto, decision)
        assert answer.status_code == 409 and "原则上不超过 5 个，已占用 5 个" in answer.content.decode()
        assert scope.uses.count() == 5


def _fill_scope(application, count):
    from applications import quota

    quota.lock(application, ["shortlist"])
    scope = application.call.quota_scopes.get(code="shortlist")
    for slot in range(1, count + 1):
        other = Application.objects.create(
            call=application.call, call_version=application.call_version, task=application.task, unit=application.unit,
            created_by=application.created_by, created_at=clock.now(), state_since=clock.now(),
        )  # fmt: skip
        QuotaUse.objects.create(scope=scope, application=other, slot=slot, limit=5, soft=True)
    return scope


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two officers decide in the same moment, each in the own browser."""

    def browsers(self, cast):
        ottilie = make_person("ottilie", "officer")
        access.grant_call(ottilie, cast.call)
        return Visitor(cast.otto, at=RECOMMENDING), Visitor(ottilie, at=RECOMMENDING)

    def test_two_approve(self, cast):
        decision = prepared(cast)
        one, two = self.browsers(cast)
        answers = race(lambda: approve(one, decision, key="a" * 12), lambda: approve(two, decision, key="b" * 12))
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        late = next(answer for answer in answers if answer.status_code == 409).content.decode()
        decision.refresh_from_db()
        assert f"{decision.approved_by.name}已于 3月10日 10:00 办理“拟入围”" in late
        assert Entry.objects.for_object(decision.application).done().filter(action="propose").count() == 1
        assert QuotaUse.objects.filter(scope__code="shortlist").count() == 1

    def test_one_approves_while_the_other_discards(self, cast):
        decision = prepared(cast)
        one, two = self.browsers(cast)
        answers = race(
            lambda: approve(one, decision, key="a" * 12),
            lambda: two.post(address("discard"), {"decision": decision.pk, "key": "b" * 12}),
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        decision.refresh_from_db()
        decision.application.refresh_from_db()
        expected = {"approved": State.PROPOSED, "discarded": State.IN_REVIEW}
        assert decision.application.state == expected[decision.state]
        late = next(answer for answer in answers if answer.status_code == 409).content.decode()
        assert "已于 3月10日 10:00" in late

    def test_two_form_checks(self, cast):
        from tests.applications.office import answers as by_eye

        application = cast.confirmed()
        one, two = self.browsers(cast)
        page = address("examine", application.pk)
        results = race(
            lambda: one.post(page, by_eye(application) | {"outcome": "accept", "key": "a" * 12}),
            lambda: two.post(page, {"outcome": "reject", "ground": "untrue", "reason": "不实", "key": "b" * 12}),
        )
        assert sorted(answer.status_code for answer in results) == [302, 409]
        application.refresh_from_db()
        late = next(answer for answer in results if answer.status_code == 409).content.decode()
        winner = {State.ACCEPTED: "otto", State.REJECTED: "ottilie"}[application.state]
        assert f"{winner}已于 3月10日 10:00 办理" in late
        assert connection.vendor == "postgresql"


class TestPreparing:
    def test_a_termination_waits_for_the_hearing(self, cast, olga):
        application = cast.shortlisted()
        page = olga.get(address("prepare", application.pk)).content.decode()
        assert "须先听取陈述申辩" in page and 'value="terminate"' not in page
        data = {"verb": "terminate", "reason": "关键指标无法实现。"}
        assert olga.post(address("prepare", application.pk), data).status_code == 422
        assert not application.decisions.filter(verb="terminate").exists()
        cast.heard(application, "terminate")
        page = olga.get(address("prepare", application.pk)).content.decode()
        assert 'value="terminate"' in page and 'value="revoke"' not in page
        refused = olga.post(address("prepare", application.pk), data | {"reason": ""})
        assert refused.status_code == 422 and "请写明理由。" in refused.content.decode()
        done = olga.post(address("prepare", application.pk), data)
        assert (done.status_code, done.url) == (302, address("decisions", call=cast.call.slug))
        assert application.decisions.get(state="prepared").verb == "terminate"

    def test_approved_it_ends_the_work(self, cast, olga, otto):
        application = cast.shortlisted()
        cast.heard(application, "revoke")
        data = {"verb": "revoke", "reason": "材料不实。"}
        olga.post(address("prepare", application.pk), data)
        assert approve(otto, application.decisions.get(state="prepared")).status_code == 302
        application.refresh_from_db()
        assert application.state == State.REVOKED and application.bans.count() == 1

    def test_one_decision_at_a_time(self, cast, olga):
        application = cast.shortlisted()
        cast.heard(application, "terminate")
        data = {"verb": "terminate", "reason": "不再需要。"}
        olga.post(address("prepare", application.pk), data)
        assert "已有一项决定等待复核：终止，olga" in olga.get(address("prepare", application.pk)).content.decode()
        again = olga.post(address("prepare", application.pk), data | {"key": "other"})
        assert again.status_code == 409 and "已有一项决定等待复核" in again.content.decode()

    def test_what_the_ranking_prepares_is_not_prepared_here(self, cast, olga):
        application = cast.in_review()
        assert "现在没有可以在这里拟定的决定" in olga.get(address("prepare", application.pk)).content.decode()
        refused = olga.post(address("prepare", application.pk), {"verb": "propose", "reason": "好"})
        assert refused.status_code == 422 and not application.decisions.exists()
