"""The owner of a need: what is seen, the choice of one to three, the second person, the acceptance (S07, S08, S10)."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from applications import access, choosing, workflow
from applications.exports_lists import KINDS, contacts
from applications.models import Application, Decision, QuotaUse, State
from applications.queries import visible_to
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.rehearsal.cast import make_person, make_unit
from notifications.models import Message
from tests.applications.calls import call_with
from tests.applications.office import Visitor
from tests.cast import OPEN, RECOMMENDING, world
from tests.concurrency import meet, race

OWNING = 900
pytestmark = pytest.mark.django_db


def owner_call(**changes):
    unit = make_unit(OWNING)
    named = {
        "flow": {"decision_by": "owner", "form_check": False, "publicity": {"count": 0, "unit": "days"}},
        "quotas": {
            "shortlist": {"limit": 3, "scope": ["task"], "force": "hard"},
            "recommend": {"limit": 50, "scope": ["task", "recommender"], "force": "soft"},
        },
        "review": {"rounds": [{"kind": "owner"}]},
        "owner": {"name": unit.name, "code": unit.code},
    }
    return call_with(**(named | changes))


def set_up():
    cast = world(owner_call())
    unit = make_unit(OWNING)
    people = [make_person(f"owner{n}", "owner", unit=unit) for n in (1, 2, 3)]
    other = make_person("another-owner", "owner", unit=make_unit(OWNING + 1))
    return cast, people, other


@pytest.fixture
def need():
    return set_up()


def applied(cast, count: int) -> list[Application]:
    """So many units' applications for the need, forwarded to its owner."""
    found = []
    with clock.travel(OPEN):
        for _ in range(count):
            found.append(cast.recommended(by=cast.another_applicant()))
    with clock.travel(RECOMMENDING):
        listed = found[0].recommendation_list
        workflow.confirm_list(listed, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        return [workflow.start_review(Application.objects.get(pk=one.pk), by=cast.olga) for one in found]


def choose(cast, by, chosen, passed=(), **named):
    reasons = {one.pk: "方案不合" for one in passed}
    with clock.travel(RECOMMENDING):
        return choosing.prepare_choice(
            cast.task, by=by, chosen=[one.pk for one in chosen], passed=[one.pk for one in passed], reasons=reasons,
            **named,
        )  # fmt: skip


def approve(application, by):
    with clock.travel(RECOMMENDING):
        return workflow.approve_decision(application.decisions.get(state="prepared"), by=by)


class TestSeeing:
    def test_nothing_before_it_was_forwarded(self, need):
        cast, (first, *_), _ = need
        with clock.travel(OPEN):
            application = cast.recommended()
        assert not visible_to(first).exists()
        with clock.travel(RECOMMENDING):
            listed = application.recommendation_list
            workflow.confirm_list(listed, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        assert Application.objects.get().state == State.ACCEPTED  # the form check is off
        assert visible_to(first).get() == application

    def test_only_the_own_needs(self, need):
        cast, (first, *_), other = need
        applied(cast, 1)
        assert visible_to(first).count() == 1 and not visible_to(other).exists()
        Application.objects.update(task=cast.call.tasks.order_by("order")[1])
        assert not visible_to(User.objects.get(pk=first.pk)).exists()

    def test_nothing_where_officers_decide(self):
        unit = make_unit(OWNING)
        cast = world(call_with(owner={"name": unit.name, "code": unit.code}))
        person = make_person("owner1", "owner", unit=unit)
        cast.in_review()
        assert not visible_to(person).exists() and not access.owned_calls(person)

    def test_a_stopped_account_sees_nothing(self, need):
        cast, (first, *_), _ = need
        applied(cast, 1)
        User.objects.filter(pk=first.pk).update(is_active=False)
        assert not visible_to(User.objects.get(pk=first.pk)).exists()

    def test_the_owner_is_told_of_each_that_is_forwarded(self, need):
        cast, people, other = need
        applied(cast, 2)
        told = Message.objects.filter(event="application_forwarded", channel="inbox")
        assert told.filter(user=people[0]).count() == 2 and not told.filter(user=other).exists()


class TestChoosing:
    def test_a_colleague_approves(self, need):
        cast, (first, second, _), _ = need
        one, two = applied(cast, 2)
        choose(cast, first, [one], [two])
        assert approve(one, second).state == State.PROPOSED
        assert approve(two, second).state == State.NOT_SHORTLISTED
        assert Message.objects.filter(event="owner_decided", user=second).exists()

    def test_an_officer_may_be_the_second_person_and_nobody_approves_the_own(self, need):
        cast, (first, *_), other = need
        (one,) = applied(cast, 1)
        choose(cast, first, [one])
        for person in (first, other, cast.alice, cast.dora, cast.erin, cast.sven, cast.oscar):
            with pytest.raises(Forbidden):
                approve(one, person)
        assert approve(one, cast.olga).state == State.PROPOSED

    def test_the_officer_does_not_choose(self, need):
        cast, _, other = need
        (one,) = applied(cast, 1)
        for person in (cast.olga, other, cast.bob):
            with pytest.raises(Forbidden):
                choose(cast, person, [one])
        assert Entry.objects.for_object(one).refused().count() == 3
        assert not Decision.objects.exists()

    def test_officers_do_not_discard_what_the_owner_prepared(self, need):
        cast, (first, second, _), _ = need
        (one,) = applied(cast, 1)
        choose(cast, first, [one])
        with pytest.raises(Forbidden):
            workflow.discard_decision(one.decisions.get(), by=cast.olga)
        workflow.discard_decision(one.decisions.get(), by=second)

    def test_no_more_than_three(self, need):
        cast, (first, *_), _ = need
        four = applied(cast, 4)
        with pytest.raises(Refused) as refused:
            choose(cast, first, four)
        assert refused.value.code == "quota_full" and "最多入围 3 家" in refused.value.sentence
        choose(cast, first, four[:3])
        with pytest.raises(Refused) as refused:
            choose(cast, first, four[3:])
        assert "现在还可以选 0 家" in refused.value.sentence

    def test_a_refusal_says_why_and_choosing_nobody_too(self, need):
        cast, (first, *_), _ = need
        (one,) = applied(cast, 1)
        with pytest.raises(Refused) as refused, clock.travel(RECOMMENDING):
            choosing.prepare_choice(cast.task, by=first, chosen=[], passed=[one.pk])
        assert refused.value.code == "reason_missing"
        with pytest.raises(Refused) as refused:
            choose(cast, first, [], [one])
        assert refused.value.code == "none_chosen"
        choose(cast, first, [], [one], none_reason="均不满足指标。")
        assert one.decisions.get().evidence["none_reason"] == "均不满足指标。"

    def test_the_same_form_twice_is_one_choice(self, need):
        cast, (first, *_), _ = need
        (one,) = applied(cast, 1)
        choose(cast, first, [one], key="k1")
        choose(cast, first, [one], key="k1")
        assert one.decisions.count() == 1


def in_evaluation(cast, people) -> Application:
    (one,) = applied(cast, 1)
    choose(cast, people[0], [one])
    approve(one, people[1])
    with clock.travel(RECOMMENDING):
        one = workflow.shortlist(Application.objects.get(pk=one.pk), by=cast.olga)
    Application.objects.filter(pk=one.pk).update(state=State.IN_EVALUATION)
    one.measurements.create(indicator_code="x", measured={}, confirmed_by=people[0])
    return Application.objects.get(pk=one.pk)


class TestAcceptance:
    def test_the_supplier_flag_is_asked_and_kept(self, need):
        cast, people, _ = need
        one = in_evaluation(cast, people)
        with pytest.raises(Refused) as refused:
            choosing.prepare_acceptance(cast.task, by=people[0], verbs={one.pk: "award"})
        assert refused.value.code == "supplier_missing"
        choosing.prepare_acceptance(cast.task, by=people[0], verbs={one.pk: "award"}, suppliers={one.pk: "yes"})
        assert approve(one, people[1]).state == State.WON
        assert one.decisions.get(verb="award").evidence == {"supplier": "yes"}

    def test_the_door_asks_for_it_too(self, need):
        cast, people, _ = need
        one = in_evaluation(cast, people)
        workflow.prepare_decision(one, by=people[0], verb="award")
        with pytest.raises(Refused) as refused:
            approve(one, people[1])
        assert refused.value.code == "supplier_missing"

    def test_a_result_that_is_not_accepted_says_why(self, need):
        cast, people, _ = need
        one = in_evaluation(cast, people)
        with pytest.raises(Refused):
            choosing.prepare_acceptance(cast.task, by=people[0], verbs={one.pk: "not_award"})
        reasons = {one.pk: "未达到精度。"}
        choosing.prepare_acceptance(cast.task, by=people[0], verbs={one.pk: "not_award"}, reasons=reasons)
        assert approve(one, cast.otto).state == State.NOT_WON
        assert one.decisions.get(verb="not_award").evidence == {"supplier": "no"}

    def test_the_officer_does_not_accept(self, need):
        cast, people, _ = need
        one = in_evaluation(cast, people)
        with pytest.raises(Forbidden):
            workflow.prepare_decision(one, by=cast.olga, verb="award", evidence={"supplier": "yes"})


class TestPages:
    def test_side_by_side_with_choice_and_second_person(self, need):
        cast, (first, second, _), other = need
        one, two = applied(cast, 2)
        page = reverse("admin:applications_need", args=[cast.task.pk])
        mine, hers = Visitor(first, at=RECOMMENDING), Visitor(second, at=RECOMMENDING)
        assert cast.task.title in mine.get(reverse("admin:applications_needs")).content.decode()
        shown = mine.get(page).content.decode()
        assert one.unit.name in shown and two.unit.name in shown and one.unit.code in shown
        data = {f"verb_{one.pk}": "propose", f"verb_{two.pk}": "pass_over", f"reason_{two.pk}": ""}
        refused = mine.post(page, data)
        assert refused.status_code == 422 and "请写明告知对方的理由" in refused.content.decode()
        assert f'name="verb_{one.pk}" value="propose" checked' in refused.content.decode()
        done = mine.post(page, data | {f"reason_{two.pk}": "周期过长。"})
        assert (done.status_code, Decision.objects.count()) == (302, 2)
        settle = reverse("admin:applications_need_settle", args=[cast.task.pk])
        ids = [row.pk for row in Decision.objects.all()]
        mine.post(settle, {"decision": ids, "act": "approve"})
        assert Decision.objects.filter(state="approved").count() == 0
        hers.post(settle, {"decision": ids, "act": "approve"})
        assert Decision.objects.filter(state="approved").count() == 2

    def test_others_find_nothing_and_leave_nothing(self, need):
        cast, (first, *_), other = need
        (one,) = applied(cast, 1)
        page = reverse("admin:applications_need", args=[cast.task.pk])
        settle = reverse("admin:applications_need_settle", args=[cast.task.pk])
        choose(cast, first, [one])
        for person in (other, cast.olga, cast.dora, cast.erin, cast.sven):
            visitor = Visitor(person, at=RECOMMENDING)
            assert visitor.get(page).status_code == 404
            assert visitor.post(page, {f"verb_{one.pk}": "propose"}).status_code in (403, 404)
        for person in (other, cast.dora, cast.erin, cast.sven):
            answer = Visitor(person, at=RECOMMENDING).post(settle, {"decision": one.decisions.get().pk})
            assert answer.status_code == 403
        assert one.decisions.get().state == "prepared"

    @pytest.mark.parametrize("name", ["needs", "need"])
    def test_constant_queries(self, need, name, django_assert_max_num_queries):
        cast, (first, *_), _ = need
        counts, rows = [], applied(cast, 5)
        elsewhere = cast.call.tasks.order_by("order")[1]
        Application.objects.exclude(pk=rows[0].pk).update(task=elsewhere)
        for task in (elsewhere, cast.task):
            visitor = Visitor(first, at=RECOMMENDING)
            page = reverse(f"admin:applications_{name}", args=[cast.task.pk] if name == "need" else [])
            visitor.get(page)
            with django_assert_max_num_queries(100) as counted:
                assert visitor.get(page).status_code == 200
            counts.append(len(counted))
            Application.objects.filter(task=task).update(task=cast.task)
        assert counts[0] == counts[1], counts


def approvals(four, second, third):
    """One approval of each of the four, in turn by two people."""
    return [
        lambda one=one, by=by: approve(one, by) for one, by in zip(four, [second, third, second, third], strict=True)
    ]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_of_the_owner_decide_at_once_and_one_is_told(self):
        cast, (first, second, _), _ = set_up()
        (one,) = applied(cast, 1)
        results = race(lambda: choose(cast, first, [one]), lambda: choose(cast, second, [one]))
        assert sorted(type(result).__name__ for result in results) == ["Refused", "list"]
        assert one.decisions.count() == 1

    def test_the_third_place_is_given_once(self):
        """Four proposals wait, prepared before the limit was lowered; approved at once, three pass."""
        cast, (first, second, third), _ = set_up()
        four = applied(cast, 4)
        with clock.travel(RECOMMENDING):
            for one in four:
                workflow.prepare_decision(one, by=first, verb="propose")
        results = race(*approvals(four, second, third))
        refused = [result for result in results if isinstance(result, Refused)]
        assert [result.code for result in refused] == ["quota_full"]
        assert QuotaUse.objects.filter(scope__code="shortlist").count() == 3

    def test_control_without_the_lock_a_fourth_gets_through(self, monkeypatch):
        """The same race with the limit's check taken out: the test above can fail."""
        from applications import quota

        cast, (first, second, third), _ = set_up()
        four = applied(cast, 4)
        with clock.travel(RECOMMENDING):
            for one in four:
                workflow.prepare_decision(one, by=first, verb="propose")
        monkeypatch.setattr(quota, "take", lambda *args, **named: None)
        meet(monkeypatch, access, "owned_calls")
        results = race(*approvals(four, second, third))
        assert not [result for result in results if isinstance(result, Exception)]
        assert Application.objects.filter(state=State.PROPOSED).count() == 4


def test_a_week_later_the_choice_is_still_open(need):
    cast, (first, *_), _ = need
    (one,) = applied(cast, 1)
    with clock.travel(RECOMMENDING + timedelta(days=7)):
        choosing.prepare_choice(cast.task, by=first, chosen=[one.pk])
    assert one.decisions.get().verb == "propose"


def test_the_supplier_flag_stands_in_the_office_book(need):
    cast, people, _ = need
    one = in_evaluation(cast, people)
    choosing.prepare_acceptance(cast.task, by=people[0], verbs={one.pk: "award"}, suppliers={one.pk: "yes"})
    approve(one, people[1])
    book = load_workbook(BytesIO(contacts(cast.call, KINDS["winners"], Application.objects.all())))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "供应商目录" in cells and "纳入供应商目录" in cells
