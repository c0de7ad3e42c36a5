"""The action table, row by row: the right person in the right state may, all others get 403 or 409 and one entry."""

from datetime import date, timedelta

import pytest

from applications import rules, workflow
from applications.actions import ACTS, PASSED_WHEN_OFF
from applications.actions_owing import OWING_ACTS
from applications.models import Application, Decision, State
from applications.states import INFO
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from tests.cast import OPEN, RECOMMENDING, checked_items, world

pytestmark = pytest.mark.django_db

SOON = timedelta(days=3)


@pytest.fixture
def cast():
    return world()


def in_state(application, state):
    """Put the row into a state as a raw update does; the door must judge it as it stands."""
    Application.objects.filter(pk=application.pk).update(state=state)
    application.refresh_from_db()
    return application


def decision(application, verb, by, **named):
    return Decision.objects.create(
        application=application, verb=verb, prepared_by=by, prepared_at=clock.now(), reason="理由", **named
    )


def due():
    return clock.now() + SOON


# verb → (who in the cast may, how the workflow is called). Decisions are called with their second person.
CALLS = {
    "adopt_version": ("alice", lambda a, by, c: workflow.adopt_version(a, by=by, version=a.call.current_version_id)),
    "submit": ("alice", lambda a, by, c: workflow.submit(a, by=by)),
    "take_back": ("alice", lambda a, by, c: workflow.take_back(a, by=by)),
    "withdraw": ("alice", lambda a, by, c: workflow.withdraw(a, by=by)),
    "return_for_changes": (
        "dora", lambda a, by, c: workflow.return_for_changes(a, by=by, opinion="请核对", due_at=due()),
    ),
    "recommend": ("dora", lambda a, by, c: workflow.recommend(a, by=by, opinion="同意")),
    "unrecommend": ("dora", lambda a, by, c: workflow.unrecommend(a, by=by)),
    "decline": ("dora", lambda a, by, c: workflow.decline(a, by=by, reason="不符合条件")),
    "request_supplement": (
        "olga", lambda a, by, c: workflow.request_supplement(a, by=by, items=["盖章页"], due_at=due()),
    ),
    "supplement": ("alice", lambda a, by, c: workflow.supplement(a, by=by)),
    "accept": ("olga", lambda a, by, c: workflow.accept(a, by=by, items=checked_items(a))),
    "reject": ("olga", lambda a, by, c: workflow.reject(a, by=by, ground=first_ground(a), reason="不符合")),
    "start_review": ("olga", lambda a, by, c: workflow.start_review(a, by=by)),
    "shortlist": ("olga", lambda a, by, c: workflow.shortlist(a, by=by)),
    "start_work": ("olga", lambda a, by, c: workflow.start_work(a, by=by)),
    "submit_evaluation": ("alice", lambda a, by, c: workflow.submit_evaluation(a, by=by)),
    "confirm_measurements": ("olga", lambda a, by, c: workflow.confirm_measurements(a, by=by, rows={})),
    "open_publicity": (
        "olga", lambda a, by, c: workflow.open_publicity([a], by=by, title="公示", contact="虚构处室"),
    ),
    "prepare_decision": ("olga", lambda a, by, c: workflow.prepare_decision(a, by=by, verb="propose", reason="好")),
    "appeal": ("alice", lambda a, by, c: workflow.raise_appeal(a, by=by, text="事实有误")),
    "record_round": ("olga", lambda a, by, c: workflow.record_round(a, by=by, kind="panel", votes_for=3)),
    "object_to_round": ("alice", lambda a, by, c: workflow.object_to_round(a, by=by, text="事实有误")),
    "notice": (
        "olga",
        lambda a, by, c: workflow.give_notice(a, by=by, verb="revoke", ground="虚构", state_until=date(2030, 1, 1)),
    ),
    "make_statement": ("alice", lambda a, by, c: workflow.make_statement(a, by=by, text="申辩")),
    "close_hearing": ("olga", lambda a, by, c: workflow.close_hearing(a, by=by, result="kept", finding="不成立")),
}  # fmt: skip
DECIDED = tuple(rules.DECISIONS)


def first_ground(application):
    return application.call_version.spec.grounds[0].code


def call(verb, application, by, cast):
    if verb in DECIDED:
        row = decision(application, verb, cast.olga, evidence={"supplier": "no"})
        return workflow.approve_decision(row, by=by)
    return CALLS[verb][1](application, by, cast)


def rightful(verb, cast):
    return cast.otto if verb in DECIDED else getattr(cast, CALLS[verb][0])


def open_state(verb):
    """A state from which the verb is allowed."""
    rule = rules.DECISIONS.get(verb) or ACTS[verb].rule
    return next(state for state in State if rule.open(Application(state=state)))


def closed_state(verb):
    rule = rules.DECISIONS.get(verb) or ACTS[verb].rule
    return next(state for state in reversed(State) if not rule.open(Application(state=state)))


EVERY_VERB = [*CALLS, *DECIDED]


def test_the_lists_of_this_test_cover_the_table():
    object_verbs = {"object", "settle_objection", "settle_appeal", "settle_round_objection", "discard_decision"}
    # Reports and requests: tests/applications/test_owing.py asks each of them the same questions.
    owing = {act.name for act in OWING_ACTS}
    by_the_system = {"recount_due"}
    assert set(EVERY_VERB) | object_verbs | owing | by_the_system == set(ACTS)


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_the_wrong_role_gets_403_and_exactly_one_refusal_entry(cast, verb):
    with clock.travel(OPEN):
        application = in_state(cast.submitted(), open_state(verb))
        strangers = [
            cast.bob, cast.dick, cast.oscar, cast.erin, cast.sven, cast.alice, cast.dora,
            *([] if verb in DECIDED else [cast.olga]),  # who prepared a decision is an officer, only not the second one
        ]  # fmt: skip
        strangers = [stranger for stranger in strangers if stranger != rightful(verb, cast)]
        if verb == "start_work":
            strangers.remove(cast.alice)  # officer or unit
        for stranger in strangers:
            refused = Entry.objects.for_object(application).refused()
            before = refused.count()
            with pytest.raises(Forbidden):
                call(verb, application, stranger, cast)
            Decision.objects.all().delete()
            assert refused.count() == before + 1, stranger
            assert refused.latest("sequence").actor_id == stranger.pk
        application.refresh_from_db()
        assert application.state == open_state(verb)


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_another_state_gets_409_with_who_did_what_and_when(cast, verb):
    with clock.travel(OPEN):
        application = in_state(cast.submitted(), closed_state(verb))
        with pytest.raises(Refused) as refused:
            call(verb, application, rightful(verb, cast), cast)
    assert refused.value.status == 409
    assert "已于 2月20日 10:00 办理“提交”" in refused.value.sentence or "不能拟定" in refused.value.sentence


def test_no_method_is_decorated_twice_and_no_verb_has_two_targets():
    seen = {}
    for transition in Application(state=State.DRAFT).get_all_state_transitions():
        seen.setdefault(transition.name, set()).add(transition.target)
    assert all(len(targets) == 1 for targets in seen.values())
    assert set(seen) <= set(ACTS)


def test_every_state_is_described():
    assert set(INFO) == set(State)


def test_the_admin_cannot_write_a_state_directly(cast):
    with clock.travel(OPEN):
        application = cast.draft(filled=False)
    with pytest.raises(AttributeError):
        application.state = State.WON


def test_only_the_system_passes_a_stage_and_only_one_that_is_off(cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        for switch, act in PASSED_WHEN_OFF.values():
            assert not act.rule.party(application, cast.olga), switch


class TestSubmit:
    def test_a_second_late_is_late_and_the_draft_stays(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        end = cast.call.spec.windows["apply"].closes_at
        with clock.travel(end), pytest.raises(Refused) as refused:
            workflow.submit(application, by=cast.alice, received_at=end)
        assert refused.value.code == "window_closed"
        assert "3月6日 24:00" in refused.value.sentence
        application.refresh_from_db()
        assert application.state == State.DRAFT
        with clock.travel(end + timedelta(seconds=30)):
            on_time = workflow.submit(application, by=cast.alice, received_at=end - timedelta(microseconds=1))
        assert on_time.state == State.SUBMITTED

    def test_a_double_click_is_one_submit_one_version_one_message(self, cast):
        from notifications.models import Message

        with clock.travel(OPEN):
            application = cast.draft()
            first = workflow.submit(application, by=cast.alice, key="k1")
            second = workflow.submit(application, by=cast.alice, key="k1")
        assert first.number == second.number
        assert application.versions.count() == 1
        inbox = Message.objects.filter(event="application_submitted", channel="inbox")
        assert inbox.count() == 1

    def test_somebody_elses_key_is_refused(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
            workflow.submit(application, by=cast.alice, key="k1")
            with pytest.raises(Refused) as refused:
                workflow.submit(application, by=cast.bob, key="k1")
        assert refused.value.code == "key_used"

    def test_incomplete_names_everything_at_once(self, cast):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
            with pytest.raises(Refused) as refused:
                workflow.submit(application, by=cast.alice)
        assert refused.value.code == "incomplete"
        assert len(refused.value.details) > 10
        assert all(found.section for found in refused.value.details)

    def test_a_promise_worse_than_the_target_is_named(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
            section = application.sections.get(key="commitments")
            data = section.data
            data["rows"]["i1"]["value"] = "12"
            workflow.save_section(application, "commitments", data, base_version=section.version, by=cast.alice)
            with pytest.raises(Refused) as refused:
                workflow.submit(application, by=cast.alice)
        (found,) = refused.value.details
        assert "量子比特规模" in found.sentence and "1000" in found.sentence

    @pytest.mark.parametrize("partners, code", [("five", "partners_at_most"), ("lead", "partner_is_not_lead")])
    def test_a_sixth_unit_and_the_lead_as_partner(self, cast, partners, code):
        from jbgs.rehearsal.cast import make_unit

        units = [make_unit(n) for n in range(10, 15)] if partners == "five" else [cast.alice.unit]
        rows = [{"name": unit.name, "code": unit.code, "type": unit.type, "duty": "分工"} for unit in units]
        with clock.travel(OPEN):
            application = cast.draft()
            typed = application.sections.get(key="partners")
            workflow.save_section(application, "partners", {"rows": rows}, base_version=typed.version, by=cast.alice)
            with pytest.raises(Refused) as refused:
                workflow.submit(application, by=cast.alice)
        assert code in {found.code for found in refused.value.details}


class TestSections:
    def test_a_second_editors_older_save_is_refused_and_shows_the_other_text(self, cast):
        with clock.travel(OPEN):
            application = cast.draft(filled=False)
            workflow.save_section(application, "project", {"title": "甲"}, base_version=0, by=cast.alice)
            with pytest.raises(Refused) as refused:
                workflow.save_section(application, "project", {"title": "乙"}, base_version=0, by=cast.alice)
        assert refused.value.code == "section_changed"
        assert refused.value.details[0].data == {"title": "甲"}
        assert application.sections.get(key="project").data == {"title": "甲"}

    def test_what_cannot_be_read_is_kept_and_named(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
            section = application.sections.get(key="team")
            data = section.data
            data["rows"][0]["birth_date"] = "1980-13-45"
            workflow.save_section(application, "team", data, base_version=section.version, by=cast.alice)
            from applications.checking import check

            found = check(Application.objects.get(pk=application.pk))
        assert application.sections.get(key="team").data["rows"][0]["birth_date"] == "1980-13-45"
        assert any("1980-13-45" in problem.sentence for problem in found.problems)


class TestRecommending:
    def test_the_third_needs_a_reason(self, cast):
        from applications import quota

        with clock.travel(OPEN):
            cast.recommended()
            cast.recommended(by=cast.another_applicant())
            third = cast.submitted(by=cast.another_applicant())
            with pytest.raises(Refused) as refused:
                workflow.recommend(third, by=cast.dora, opinion="同意")
            assert refused.value.code == "quota_needs_reason"
            workflow.recommend(third, by=cast.dora, opinion="同意", over_reason="优势突出")
        assert quota.breaches(cast.call) == []
        use = third.quota_uses.get()
        assert (use.slot, use.limit, use.over_reason) == (3, 2, "优势突出")

    def test_unrecommend_frees_the_slot_and_closes_the_gap(self, cast):
        with clock.travel(OPEN):
            first = cast.recommended()
            second = cast.recommended(by=cast.another_applicant())
            workflow.unrecommend(first, by=cast.dora)
            second.refresh_from_db()
            assert second.rank == 1
            third = cast.recommended(by=cast.another_applicant())
        assert third.quota_uses.get().slot == 1
        assert third.rank == 2

    def test_rerank_and_confirm(self, cast):
        with clock.travel(OPEN):
            first = cast.recommended()
            second = cast.recommended(by=cast.another_applicant())
            listed = first.recommendation_list
            workflow.rerank(listed, by=cast.dora, task=cast.task, order=[second.pk, first.pk])
            first.refresh_from_db()
            assert first.rank == 2
            with pytest.raises(Refused) as early:
                workflow.confirm_list(listed, by=cast.dora, letter_no="1号", pledge=True)
            assert early.value.code == "still_filing"
        with clock.travel(RECOMMENDING):
            with pytest.raises(Forbidden):
                workflow.confirm_list(listed, by=cast.dick, letter_no="1号", pledge=True)
            with pytest.raises(Refused) as no_letter:
                workflow.confirm_list(listed, by=cast.dora, letter_no=" ", pledge=True)
            assert no_letter.value.field == "letter_no"
            workflow.confirm_list(listed, by=cast.dora, letter_no="1号", pledge=True)
            with pytest.raises(Refused) as locked:
                workflow.unrecommend(first, by=cast.dora)
            assert locked.value.code == "list_confirmed"
            workflow.reopen_list(listed, by=cast.olga, reason="需要调整")
            workflow.unrecommend(first, by=cast.dora)

    def test_a_pending_application_keeps_the_list_open(self, cast):
        with clock.travel(OPEN):
            listed = cast.recommended().recommendation_list
            cast.submitted(by=cast.another_applicant())
        with clock.travel(RECOMMENDING), pytest.raises(Refused) as refused:
            workflow.confirm_list(listed, by=cast.dora, letter_no="1号", pledge=True)
        assert refused.value.code == "applications_open"

    def test_a_return_replaces_the_window_by_its_due_date(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
        due = cast.call.spec.windows["apply"].closes_at + timedelta(days=4)
        with clock.travel(RECOMMENDING - timedelta(days=4)):
            workflow.return_for_changes(application, by=cast.dora, opinion="请补充", due_at=due)
        with clock.travel(due - timedelta(seconds=1)):
            again = workflow.submit(application, by=cast.alice)
        assert again.version.number == 2
        assert again.number == application.number


class TestDeciding:
    def test_the_same_person_may_not_approve(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="好")
            row = application.decisions.get()
            with pytest.raises(Forbidden):
                workflow.approve_decision(row, by=cast.olga)
            workflow.approve_decision(row, by=cast.otto)
            with pytest.raises(Refused) as twice:
                workflow.approve_decision(row, by=cast.otto)
        assert "虚构" not in twice.value.sentence and cast.otto.name in twice.value.sentence

    def test_against_the_ranking_asks_for_a_reason(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING), pytest.raises(Refused) as refused:
            workflow.prepare_decision(application, by=cast.olga, verb="propose", against_ranking=True)
        assert refused.value.field == "reason"

    def test_discarding_makes_room_for_another_decision(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            workflow.prepare_decision(application, by=cast.olga, verb="propose")
            with pytest.raises(Refused):
                workflow.prepare_decision(application, by=cast.olga, verb="pass_over", reason="落后")
            workflow.discard_decision(application.decisions.get(), by=cast.olga)
            workflow.prepare_decision(application, by=cast.olga, verb="pass_over", reason="落后")

    def test_publicity_and_objections_hold_the_shortlist(self, cast):
        from django.contrib.auth.models import AnonymousUser

        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "propose")
            application.refresh_from_db()
            assert application.applicant_state == State.IN_REVIEW
            publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
            with pytest.raises(Refused) as running:
                workflow.shortlist(application, by=cast.olga)
            assert running.value.code == "publicity_running"
            workflow.raise_objection(
                application, by=AnonymousUser(), objector="虚构甲", contact="虚构电话", text="材料不实"
            )
        with clock.travel(publicity.closes_at):
            with pytest.raises(Refused) as objected:
                workflow.shortlist(application, by=cast.olga)
            assert objected.value.code == "objection_open"
            objection = application.objections.get()
            workflow.settle_objection(objection, by=cast.olga, upheld=False, answer="经查不属实")
            workflow.shortlist(application, by=cast.olga)
        application.refresh_from_db()
        assert application.state == State.IN_PROGRESS  # the call asks for no agreement: that stage is passed
        assert Entry.objects.for_object(application).get(action="start_work").actor.role == "system"

    def test_an_upheld_objection_frees_the_slot(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "propose")
            assert application.quota_uses.filter(scope__code="shortlist").exists()
            cast.decided(Application.objects.get(pk=application.pk), "unpropose", reason="异议成立")
        assert not application.quota_uses.filter(scope__code="shortlist").exists()

    def test_an_appeal_reopens_a_lost_review(self, cast):
        application = cast.in_review()
        with clock.travel(RECOMMENDING):
            cast.decided(application, "pass_over", reason="得分较低")
            workflow.raise_appeal(application, by=cast.alice, text="程序有误")
            with pytest.raises(Refused):
                cast.decided(Application.objects.get(pk=application.pk), "reopen_review", reason="复审")
            Decision.objects.filter(state="prepared").delete()
            workflow.settle_appeal(application.appeals.get(), by=cast.olga, upheld=True, answer="成立")
            cast.decided(Application.objects.get(pk=application.pk), "reopen_review", reason="复审")
        application.refresh_from_db()
        assert application.state == State.IN_REVIEW

    def test_revocation_needs_a_hearing_and_writes_a_ban(self, cast):
        application = cast.shortlisted()
        application.refresh_from_db()
        with clock.travel(RECOMMENDING + timedelta(days=60)):
            workflow.prepare_decision(application, by=cast.olga, verb="revoke", reason="弄虚作假")
            row = application.decisions.get(state="prepared")
            with pytest.raises(Refused) as refused:
                workflow.approve_decision(row, by=cast.otto)
            assert refused.value.code == "hearing_missing"
            cast.heard(application, "terminate")
            with pytest.raises(Refused):  # heard about something else
                workflow.approve_decision(row, by=cast.otto)
            cast.heard(application, "revoke")
            workflow.approve_decision(row, by=cast.otto)
        assert application.bans.get().reason == "弄虚作假"


class TestFormCheck:
    def test_an_item_that_fails_cannot_be_accepted(self, cast):
        application = cast.confirmed()
        items = checked_items(application)
        items[next(iter(items))] = False
        with clock.travel(RECOMMENDING), pytest.raises(Refused) as refused:
            workflow.accept(application, by=cast.olga, items=items)
        assert refused.value.code == "item_failed"

    def test_one_letter_names_everything_and_keeps_slot_and_rank(self, cast):
        application = cast.confirmed()
        with clock.travel(RECOMMENDING):
            due = clock.now() + SOON
            workflow.request_supplement(application, by=cast.olga, items=["盖章页", "营业执照"], due_at=due)
            with pytest.raises(Refused):
                workflow.reject(application, by=cast.olga, ground=first_ground(application), reason="逾期")
            back = workflow.supplement(application, by=cast.alice)
            assert (back.state, back.rank, back.version.number) == (State.RECOMMENDED, 1, 2)
            with pytest.raises(Refused) as again:
                workflow.request_supplement(back, by=cast.olga, items=["又一处"], due_at=due)
        assert again.value.code == "supplement_used"

    def test_an_overdue_supplement_may_be_rejected(self, cast):
        application = cast.confirmed()
        with clock.travel(RECOMMENDING):
            workflow.request_supplement(application, by=cast.olga, items=["盖章页"], due_at=clock.now() + SOON)
        with clock.travel(RECOMMENDING + SOON + timedelta(seconds=1)):
            workflow.reject(application, by=cast.olga, ground=first_ground(application), reason="逾期未补正")
