"""Who reads and who acts in the officers' back office; forged forms get 403 and one entry (DESIGN §4, §6.4)."""

import pytest

from applications import access, workflow
from applications.models import Application, Decision, Publicity, RecommendationList, State
from audit.models import Entry
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person
from tests.applications.office import (
    RECOMMENDING,
    Visitor,
    address,
    after_publicity,
    answers,
    evaluation_time,
    in_evaluation,
    refusals,
)
from tests.cast import OPEN, checked_items, world

pytestmark = pytest.mark.django_db

STRANGERS = ("alice", "bob", "dora", "dick", "erin", "sven", "oscar", "admin", "nobody")
PAGES = (
    "overview", "every", "examining", "lists", "start_review", "decisions", "publicity", "objections", "appeals",
    "evaluations", "office_outputs",
)  # fmt: skip


@pytest.fixture
def cast():
    return world()


def visitor(cast, name, at=RECOMMENDING):
    if name == "nobody":
        return Visitor(at=at)
    return Visitor(make_person("root", "system_admin") if name == "admin" else getattr(cast, name), at=at)


def forged(cast, page, *args, at=RECOMMENDING, **data) -> dict[str, tuple[int, int]]:
    """Each stranger posts the same form: status and number of refusals that it left in the log, by name."""
    results = {}
    for name in STRANGERS:
        before = Entry.objects.refused().count()
        answer = visitor(cast, name, at).post(address(page, *args), data | {"key": "f" * 12})
        results[name] = (answer.status_code, Entry.objects.refused().count() - before)
    return results


REFUSED_ONCE = dict.fromkeys(STRANGERS, (403, 1))


@pytest.mark.parametrize("outcome", ["accept", "supplement", "reject", ""])
def test_a_forged_form_check_is_refused_once(cast, outcome):
    application = cast.confirmed()
    data = {"outcome": outcome, "due_on": "2025-04-01", "item": "缺盖章页", "ground": "incomplete", "reason": "不符合"}
    assert forged(cast, "examine", application.pk, **data, **answers(application)) == REFUSED_ONCE
    assert {entry.code for entry in refusals(application)} == {"forbidden"}
    application.refresh_from_db()
    assert application.state == State.RECOMMENDED


def test_a_forged_start_of_review_is_refused_once(cast):
    application = cast.accepted()
    assert forged(cast, "start_review", chosen=application.pk, confirmed="1") == REFUSED_ONCE
    assert Application.objects.get().state == State.ACCEPTED


@pytest.mark.parametrize("page", ["approve", "discard"])
def test_a_forged_second_person_is_refused_once(cast, page):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="好")
    assert forged(cast, page, decision=Decision.objects.get().pk) == REFUSED_ONCE
    assert Decision.objects.get().state == "prepared"


def test_a_forged_decision_is_not_prepared(cast):
    application = cast.shortlisted()
    data = {"verb": "terminate", "reason": "不再需要", "hearing": "已听取"}
    assert forged(cast, "prepare", application.pk, **data) == REFUSED_ONCE
    assert not application.decisions.filter(verb="terminate").exists()


def test_a_forged_publicity_is_refused_once(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
    data = {"chosen": application.pk, "confirmed": "1", "title": "公示", "contact": "虚构处室"}
    assert forged(cast, "publicity", **data) == REFUSED_ONCE
    assert not Publicity.objects.exists()


def test_a_forged_shortlist_objection_and_start_of_work_are_refused_once(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        application = cast.decided(application, "propose")
        publicity = workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
        workflow.raise_objection(application, by=cast.bob, objector="虚构", contact="000", text="依据不足")
    objection = application.objections.get()
    at = after_publicity(publicity)
    fixed = {"chosen": application.pk, "listed_on": "2025-03-18"}
    assert forged(cast, "publicity_one", publicity.pk, at=at, **fixed) == REFUSED_ONCE
    assert forged(cast, "fix_unpublished", at=at, **fixed) == REFUSED_ONCE
    assert forged(cast, "objection", objection.pk, at=at, upheld="0", answer="不成立") == REFUSED_ONCE
    # The unit's own verb, in a state that does not allow it.
    assert forged(cast, "start_work", application.pk, at=at)["alice"] == (409, 1)
    objection.refresh_from_db()
    application.refresh_from_db()
    assert (objection.state, application.state) == ("open", State.PROPOSED)


def test_a_forged_list_given_back_is_refused_once(cast):
    cast.confirmed()
    found = RecommendationList.objects.get()
    assert forged(cast, "reopen_list", found.pk, reason="重新排序") == REFUSED_ONCE
    assert {entry.action for entry in refusals(found)} == {"reopen_list"}


def test_forged_values_and_winners_are_refused_once(cast):
    application = in_evaluation(cast)
    at = evaluation_time(application)
    assert forged(cast, "measure", application.pk, at=at) == REFUSED_ONCE
    data = {f"verb_{application.pk}": "award"}
    assert forged(cast, "award", application.task_id, at=at, **data) == REFUSED_ONCE
    assert not application.decisions.filter(verb="award").exists()


def test_nobody_else_reads_the_officers_pages(cast):
    cast.confirmed()
    for name in (name for name in STRANGERS if name not in ("sven", "oscar")):
        person = visitor(cast, name)
        for page in PAGES:
            answer = person.get(address(page))
            assert answer.status_code == 404 or "login" in answer.url, (name, page)


def test_a_supervisor_reads_the_call_that_was_granted(cast):
    cast.in_review()
    sven = visitor(cast, "sven")
    for page in PAGES:
        answer = sven.get(address(page))
        assert answer.status_code == 200 and "只读" in answer.content.decode(), page


def test_a_supervisor_has_no_buttons_and_no_contacts(cast):
    application = cast.confirmed()
    page = visitor(cast, "sven").get(address("examine", application.pk)).content.decode()
    assert 'name="outcome"' not in page
    assert visitor(cast, "sven").get(address("contacts_xlsx", "shortlist")).status_code == 404


def test_an_officer_of_another_call_sees_nothing_of_this_one(cast):
    cast.confirmed()
    stranger = make_person("other-officer", "officer")
    assert Visitor(stranger).get(address("overview")).status_code == 404
    access.grant_call(stranger, cast.call)
    assert Visitor(stranger).get(address("overview")).status_code == 200
    access.revoke_call(stranger, cast.call)
    assert Visitor(stranger).get(address("overview")).status_code == 404


class TestOneField:
    """oscar has the last field of the call only: alice files in the first, carol in his."""

    @pytest.fixture
    def his(self, cast):
        return cast.call.tasks.filter(field__code="hydrogen").order_by("order").first()

    @pytest.fixture
    def both(self, cast, his):
        carol = cast.another_applicant()
        with clock.travel(OPEN):
            theirs, mine = cast.recommended(), cast.recommended(task=his, by=carol)
        with clock.travel(RECOMMENDING):
            workflow.confirm_list(theirs.recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        return theirs, mine

    def test_lists_show_his_field_only(self, cast, both):
        theirs, mine = both
        oscar = visitor(cast, "oscar")
        for page in ("every", "examining"):
            words = oscar.get(address(page)).content.decode()
            assert mine.number in words and theirs.number not in words
        overview = oscar.get(address("overview")).content.decode()
        assert mine.task.title in overview and theirs.task.title not in overview

    def test_pages_of_the_other_field_are_not_there(self, cast, both):
        theirs, mine = both
        oscar = visitor(cast, "oscar")
        assert oscar.get(address("examine", theirs.pk)).status_code == 404
        assert oscar.get(address("award", theirs.task_id)).status_code == 404
        assert oscar.get(address("examine", mine.pk)).status_code == 200

    def test_he_acts_in_his_field_only(self, cast, both):
        theirs, mine = both
        oscar = visitor(cast, "oscar")
        assert oscar.post(address("examine", theirs.pk), answers(theirs) | {"outcome": "accept"}).status_code == 403
        assert oscar.post(address("examine", mine.pk), answers(mine) | {"outcome": "accept"}).status_code == 302
        mine.refresh_from_db()
        theirs.refresh_from_db()
        assert (mine.state, theirs.state) == (State.ACCEPTED, State.RECOMMENDED)

    def test_a_choice_that_reaches_into_the_other_field_drops_what_is_not_his(self, cast, both):
        theirs, mine = both
        with clock.travel(RECOMMENDING):
            for application in both:
                workflow.accept(application, by=cast.olga, items=checked_items(application))
        oscar = visitor(cast, "oscar")
        page = oscar.post(address("start_review"), {"chosen": [theirs.pk, mine.pk]}).content.decode()
        assert "选择了 2 个，其中 1 个已不能送审" in page
        assert f'"chosen" value="{mine.pk}"' in page and f'"chosen" value="{theirs.pk}"' not in page

    def test_he_cannot_give_back_a_list_of_the_whole_call(self, cast, both):
        found = RecommendationList.objects.get()
        assert visitor(cast, "oscar").post(address("reopen_list", found.pk), {"reason": "x"}).status_code == 403
        assert "退回名单" not in visitor(cast, "oscar").get(address("lists")).content.decode()
