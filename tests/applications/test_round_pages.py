"""The officers' pages of the rounds, of the hearing and of who is barred."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import rounds, workflow
from applications.models import Application, Ban, Hearing, OutcomeObjection, RoundOutcome, State
from jbgs.lib import clock
from tests.applications.calls import call_with
from tests.applications.office import RECOMMENDING, Visitor, address
from tests.applications.test_rounds import CHECK_ALL, FIVE_DAYS, ON_SITE, PANEL, VISIT
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world(call_with(review={"rounds": [PANEL, ON_SITE, CHECK_ALL]}, clocks=FIVE_DAYS))


@pytest.fixture
def olga(cast):
    return Visitor(cast.olga, at=RECOMMENDING)


def several(cast, count: int) -> list[Application]:
    found = [cast.in_review()]
    with clock.travel(OPEN):
        for _ in range(count - 1):
            other = cast.draft(by=cast.another_applicant())
            Application.objects.filter(pk=other.pk).update(
                state=State.IN_REVIEW, number=f"O-{other.pk}", version=found[0].version_id, title=f"另一项目{other.pk}"
            )
            found.append(Application.objects.get(pk=other.pk))
    return found


def passed_panel(cast, application):
    with clock.travel(RECOMMENDING):
        workflow.record_round(application, by=cast.olga, kind="panel", votes_for=5)


def test_the_rounds_with_their_numbers(cast, olga):
    one, two = several(cast, 2)
    passed_panel(cast, one)
    shown = olga.get(address("rounds")).content.decode()
    assert "会评" in shown and "赞成票超过 2/3 为通过" in shown


def test_the_votes_of_a_panel_at_once(cast, olga):
    one, two = several(cast, 2)
    page = address("round", cast.call.slug, 1)
    assert f"votes_for_{one.pk}" in olga.get(page).content.decode()
    data = {"held_on": "2025-03-10", "people": "虚构甲、虚构乙，虚构丙", f"votes_for_{one.pk}": "3"}
    refused = olga.post(page, data | {f"votes_for_{two.pk}": "9", f"votes_against_{two.pk}": "1"})
    assert refused.status_code == 409
    assert "票数 10 超过参加人员 3 人" in refused.content.decode() and 'value="9"' in refused.content.decode()
    assert RoundOutcome.objects.get().application == one  # the right one was kept
    assert olga.post(page, data | {f"votes_for_{one.pk}": "", f"votes_for_{two.pk}": "x"}).status_code == 422
    assert olga.post(page, {"held_on": "2025-03-10"}).status_code == 422
    done = olga.post(page, {"held_on": "2025-03-10", f"votes_for_{two.pk}": "1", f"votes_against_{two.pk}": "2"})
    assert done.status_code == 302
    assert [row.passed for row in RoundOutcome.objects.order_by("pk")] == [True, False]


def test_an_on_site_record_says_what_it_must(cast, olga):
    (one,) = several(cast, 1)
    passed_panel(cast, one)
    page = address("round_record", one.pk, 2)
    data = {"people": "虚构甲", "passed": "no", "text": "设备不全", "signed_by_unit": "1", "held_on": "2025-03-10"}
    refused = olga.post(page, data)
    assert refused.status_code == 409 or refused.status_code == 422
    assert "不得少于 2 人" in refused.content.decode() and "设备不全</textarea>" in refused.content.decode()
    assert olga.post(page, data | {"held_on": "昨天"}).status_code == 422
    assert olga.post(page, data | {"people": "虚构甲、虚构乙"}).status_code == 302
    assert RoundOutcome.objects.get(round__kind="on_site").people == ["虚构甲", "虚构乙"]
    assert "更正理由" in olga.get(page).content.decode()


def test_every_item_and_the_papers(cast, olga):
    (one,) = several(cast, 1)
    passed_panel(cast, one)
    with clock.travel(RECOMMENDING):
        workflow.record_round(one, by=cast.olga, **VISIT, passed=True)
    page = address("round_record", one.pk, 3)
    items = {f"item.{item.code}": "yes" for item in one.call_version.spec.check_items}
    assert olga.post(page, {"people": "虚构甲", "held_on": "2025-03-10"}).status_code in (409, 422)
    assert olga.post(page, items | {"people": "虚构甲", "held_on": "2025-03-10"}).status_code == 302
    for number in (1, 2, 3):
        paper = olga.get(address("round_pdf", one.pk, number))
        assert paper.status_code == 200 and paper.content[:4] == b"%PDF"
        book = olga.get(address("round_xlsx", cast.call.slug, number))
        assert book.content[:2] == b"PK"


def test_an_objection_is_settled_on_its_page(cast, olga):
    (one,) = several(cast, 1)
    passed_panel(cast, one)
    with clock.travel(RECOMMENDING):
        workflow.record_round(one, by=cast.olga, **VISIT, passed=False)
        workflow.object_to_round(one, by=cast.alice, text="当日停电。")
    found = OutcomeObjection.objects.get()
    page = address("round_objection", found.pk)
    assert "当日停电。" in olga.get(page).content.decode()
    assert olga.post(page, {"answer": "重做"}).status_code == 422
    assert olga.post(page, {"upheld": "again", "answer": "重新核查。"}).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.again) == ("upheld", True)


@pytest.mark.parametrize("name", ["round", "rounds"])
def test_constant_queries(cast, olga, name, django_assert_max_num_queries):
    counts = []
    page = address(name, cast.call.slug, 1) if name == "round" else address(name)
    found = several(cast, 6)
    Application.objects.filter(pk__in=[one.pk for one in found[1:]]).update(state=State.SUBMITTED)
    for _ in range(2):
        olga.get(page)
        with django_assert_max_num_queries(60) as counted:
            assert olga.get(page).status_code == 200
        counts.append(len(counted))
        Application.objects.filter(pk__in=[one.pk for one in found]).update(state=State.IN_REVIEW)
    assert counts[0] == counts[1], counts


def test_strangers_find_nothing_and_change_nothing(cast):
    (one,) = several(cast, 1)
    pages = [
        address("rounds"), address("round", cast.call.slug, 1), address("round_record", one.pk, 1),
        address("round_pdf", one.pk, 1), address("round_xlsx", cast.call.slug, 1), address("hearings"),
        address("hearing", one.pk), address("bans"),
    ]  # fmt: skip
    for person in (cast.oscar, cast.dora, cast.erin):
        visitor = Visitor(person, at=RECOMMENDING)
        seen = [visitor.get(page).status_code for page in (pages[2:4] if person is cast.oscar else pages)]
        assert set(seen) <= {404}, (person, seen)
        assert visitor.post(pages[2], {"votes_for": "3"}).status_code == 403
        assert visitor.post(pages[6], {"verb": "revoke", "ground": "x", "state_until": "2030-01-01"}).status_code == 403
    assert not RoundOutcome.objects.exists() and not Hearing.objects.exists()


class TestHearing:
    def test_notice_statement_result_decision(self):
        application = world_shortlisted()
        olga, otto = (Visitor(person, at=RECOMMENDING) for person in (application.olga, application.otto))
        page = address("hearing", application.pk)
        assert "拟处理告知" in olga.get(page).content.decode()
        refused = olga.post(page, {"verb": "revoke", "ground": "材料不实", "state_until": "2025-03-10"})
        assert refused.status_code in (409, 422) and "期限须晚于今天" in refused.content.decode()
        data = {"verb": "revoke", "ground": "材料不实", "state_until": "2025-03-20"}
        assert olga.post(page, data).status_code == 302
        close = {"act": "close", "result": "kept", "finding": "申辩不成立", "held_on": "2025-03-10"}
        assert otto.post(page, close).status_code in (409, 422)  # the unit has not spoken yet
        with clock.travel(RECOMMENDING):
            workflow.make_statement(application.row, by=application.alice, text="材料属实。")
        assert olga.post(page, close).status_code == 403  # she gave the notice
        assert "材料属实。" in otto.get(page).content.decode()
        assert otto.post(page, close | {"finding": ""}).status_code == 422
        assert otto.post(page, close).status_code == 302
        assert 'value="revoke"' in olga.get(address("prepare", application.pk)).content.decode()
        assert "申辩不成立" in olga.get(page).content.decode() and "revoke" in Hearing.objects.get().verb
        assert "陈述申辩不成立" in olga.get(address("hearings")).content.decode()

    def test_who_is_barred_stands_in_the_list(self):
        application = world_shortlisted()
        today = RECOMMENDING.date()
        named = {"unit": application.row.unit, "programme": application.row.call.programme, "reason": "材料不实"}
        Ban.objects.create(**named, starts_on=today, ends_on=today + timedelta(days=700))
        past = {"reason": "早已期满", "starts_on": today - timedelta(days=900), "ends_on": today - timedelta(days=1)}
        Ban.objects.create(**named | past)
        olga = Visitor(application.olga, at=RECOMMENDING)
        shown = olga.get(address("bans")).content.decode()
        assert "材料不实" in shown and "早已期满" not in shown
        assert "早已期满" in olga.get(address("bans", tab="all")).content.decode()


class world_shortlisted:
    """An application on the list of the call of 2025, with its people."""

    def __init__(self):
        cast = world()
        self.row = Application.objects.get(pk=cast.in_review().pk)
        Application.objects.filter(pk=self.row.pk).update(state=State.SHORTLISTED)
        self.row.refresh_from_db()
        self.pk, self.olga, self.otto, self.alice = self.row.pk, cast.olga, cast.otto, cast.alice


def test_a_call_with_scores_alone_has_nothing_to_record():
    cast = world_shortlisted()
    shown = Visitor(cast.olga, at=RECOMMENDING).get(address("rounds")).content.decode()
    assert "本批次没有需要登记结果的环节" in shown
    assert rounds.asked_of(cast.row.call) == []
    assert reverse("admin:applications_rounds") in shown
