"""The pages of a meeting: the desk, the member's seat, and what a member who stands aside must not learn from them."""

import io
import json
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from applications.models import RoundOutcome
from audit.models import Entry
from documents.models import Artifact
from reviews import todo
from reviews.models import Ballot, Meeting, Recusal
from reviews.workflow import meeting as verbs
from tests.budget import queries_of
from tests.reviews.meeting_room import PANEL, room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


@pytest.fixture
def visit(client):
    """visit(person, name or address, *args, **data): the answer to a GET, or to a POST of `data`."""

    def go(person, name, *args, **data):
        client.force_login(person)
        address = name if name.startswith("/") else url(name, *args)
        return client.post(address, data) if data else client.get(address)

    return go


def words(answer) -> str:
    return answer.content.decode()


def text_of(data: bytes) -> str:
    """The words of a PDF without line ends."""
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).replace("\n", "")


class TestPlan:
    def test_planned_on_the_page(self, visit):
        r = room(members=3, items=2)
        r.recuse(r.experts[1], r.applications[0])
        address = url("meeting_plan") + f"?call={r.review.call.slug}"
        assert r.review.call.slug in words(visit(r.olga, "meetings"))
        shown = words(visit(r.olga, address))
        assert all(row.title in shown for row in r.applications) and "须回避 1 件" in shown
        data = {
            "title": "虚构会", "held_on": "2025-04-10", "place": "虚构室", "chair": r.experts[0].pk, "key": "k",
            "expert": [one.pk for one in r.experts], "application": [one.pk for one in r.applications],
        }  # fmt: skip
        refused = visit(r.olga, address, **data | {"held_on": "昨天"})
        assert refused.status_code == 422 and 'value="昨天"' in words(refused) and "checked" in words(refused)
        done = visit(r.olga, address, **data)
        meeting = Meeting.objects.get()
        assert done.headers["Location"] == url("meeting", meeting.pk)
        changed = visit(r.olga, "meeting_change", meeting.pk, **data | {"place": "另一室", "key": "k2"})
        assert changed.status_code == 302 and Meeting.objects.get().place == "另一室"

    def test_a_call_without_a_panel_has_no_page(self, visit):
        r = room(rounds=[{"kind": "mail"}])
        assert visit(r.olga, url("meeting_plan") + f"?call={r.review.call.slug}").status_code == 404
        assert visit(r.olga, "meeting_plan").status_code == 404


class TestDesk:
    def test_held_from_the_first_to_the_last_item(self, visit):
        r = room(members=3, items=2)
        r.plan()
        pk = r.meeting.pk
        early = visit(r.olga, "meeting", pk, act="open", key="1")
        assert early.status_code == 409 and "签到才能开始" in words(early)
        for expert in r.experts:
            assert visit(expert.user, "meeting_seat", pk, act="sign_in", agreed="1").status_code == 302
        visit(r.olga, "meeting", pk, act="open", key="2")
        for place, application in enumerate(r.applications):
            item = r.item(application).pk
            visit(r.olga, "meeting", pk, act="open_item", item=item)
            for expert in r.experts:
                visit(expert.user, "meeting_seat", pk, act="vote", item=item, choice="against" if place else "for")
            shown = words(visit(r.olga, "meeting", pk))
            assert "正在表决" in shown and "<b data-votes>3</b>" in shown
            visit(r.olga, "meeting", pk, act="close_item", item=item, note="评议暗记")
        assert [row.passed for row in RoundOutcome.objects.order_by("pk")] == [True, False]
        visit(r.olga, "meeting", pk, act="write_minutes", text="其他暗记", base="")
        assert Meeting.objects.get().minutes == ""  # another digest: refused
        visit(r.olga, "meeting", pk, act="close")
        assert Meeting.objects.get().state == "closed"

    def test_a_refusal_keeps_what_was_typed(self, visit):
        r = room(members=3)
        r.begin()
        item = r.open()
        answer = visit(r.olga, "meeting", r.meeting.pk, act="close_item", item=item.pk, note="已写的意见")
        assert answer.status_code == 409 and "已写的意见" in words(answer) and "至少 2 位才能表决" in words(answer)

    @pytest.mark.parametrize("data", [{"act": "nonsense"}, {"act": "move", "place": "0", "step": "up"}])
    def test_forms_that_are_none(self, visit, data):
        r = room()
        r.plan()
        assert visit(r.olga, "meeting", r.meeting.pk, **data).status_code == 422
        assert visit(r.olga, "meeting", r.meeting.pk, act="open_item", item="x").status_code == 404

    def test_one_place_down(self, visit):
        r = room(items=3)
        r.plan()
        before = list(r.meeting.items.values_list("pk", flat=True))
        visit(r.olga, "meeting", r.meeting.pk, act="move", place="1", step="down")
        assert list(r.meeting.items.values_list("pk", flat=True)) == [before[1], before[0], before[2]]

    def test_supervisors_read_and_change_nothing(self, visit):
        r = room()
        r.begin()
        sven = r.review.world.sven
        shown = words(visit(sven, "meeting", r.meeting.pk))
        assert "议程" in shown and 'value="open_item"' not in shown
        assert visit(sven, "meeting", r.meeting.pk, act="open_item", item=r.item().pk).status_code == 403
        assert visit(sven, "meeting_ballots", r.meeting.pk).status_code == 404
        assert visit(sven, "meeting_minutes", r.meeting.pk).status_code == 200

    def test_others_find_nothing(self, visit):
        r = room()
        r.begin()
        people = (r.review.world.oscar, r.review.expert().user, r.experts[0].user)
        for person in people:
            for name in ("meeting", "meeting_now", "meeting_minutes", "meeting_ballots", "meeting_change"):
                assert visit(person, name, r.meeting.pk).status_code in (404, 302), name
        assert visit(people[1], "meeting_seat", r.meeting.pk).status_code == 404
        assert Entry.objects.for_object(r.meeting).refused().filter(action="read_meeting").exists()

    def test_the_desk_costs_the_same_for_2_and_20_items(self, client):
        r = room(members=3, items=2)
        r.begin()
        client.force_login(r.olga)
        few = len(queries_of(lambda: client.get(url("meeting", r.meeting.pk))))
        for application in r.review.applications(18):
            r.meeting.items.create(application=application, order=99)
        assert len(queries_of(lambda: client.get(url("meeting", r.meeting.pk)))) == few


class TestFiles:
    def test_the_minutes_name_members_recusals_and_votes(self, visit):
        r = room(members=4, items=2)
        r.recuse(r.experts[3], r.applications[0], reason="曾共同申报暗记。")
        r.begin()
        assert "校验码" not in text_of(visit(r.olga, "meeting_minutes", r.meeting.pk).content)  # still a draft
        r.decide("ffa", r.applications[0], note="评议暗记。")
        r.decide("faaa", r.applications[1])
        verbs.write_minutes(r.meeting, by=r.olga, text="其他暗记。")
        verbs.close_meeting(r.meeting, by=r.olga)
        text = text_of(visit(r.olga, "meeting_minutes", r.meeting.pk).content)
        for word in (*(one.user.name for one in r.experts), "曾共同申报暗记", "评议暗记", "其他暗记", "未通过"):
            assert word in text, word
        assert "校验码" in text

    def test_the_ballots_after_the_meeting_and_only_then(self, visit):
        r = room(members=3, items=1)
        r.begin()
        r.decide("faa")
        verbs.reopen_item(r.item(), by=r.olga, reason="计票有误。")
        r.vote("fff")
        verbs.stand_aside(r.item(), by=r.experts[2].user, reason="近亲属暗记")
        verbs.close_item(r.item(), by=r.olga)
        assert visit(r.olga, "meeting_ballots", r.meeting.pk).status_code == 302
        verbs.close_meeting(r.meeting, by=r.olga)
        book = load_workbook(io.BytesIO(visit(r.olga, "meeting_ballots", r.meeting.pk).content))
        cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell is not None]
        assert cells.count("同意") == 4 and cells.count("不同意") == 2
        assert any("近亲属暗记" in cell for cell in cells)


class TestSeat:
    def test_sign_in_asks_for_the_pledge(self, visit):
        r = room()
        r.plan()
        member = r.experts[0].user
        assert "签署人" in words(visit(member, "meeting_seat", r.meeting.pk))
        visit(member, "meeting_seat", r.meeting.pk, act="sign_in")
        assert not r.meeting.seats.exclude(present_at=None).exists()
        visit(member, "meeting_seat", r.meeting.pk, act="sign_in", agreed="1")
        assert r.meeting.seats.exclude(present_at=None).get().expert == r.experts[0]

    def test_the_open_item_with_the_own_vote_and_nobody_elses(self, visit):
        r = room(members=3)
        r.begin()
        item = r.open()
        r.vote("aa-")
        shown = words(visit(r.experts[2].user, "meeting_seat", r.meeting.pk))
        assert shown.count('name="choice"') == 3 and "data-votes" not in shown and "aria-pressed" not in shown
        visit(r.experts[2].user, "meeting_seat", r.meeting.pk, act="vote", item=item.pk, choice="for")
        assert "您已表决：<b>同意</b>" in words(visit(r.experts[2].user, "meeting_seat", r.meeting.pk))
        assert Artifact.objects.filter(kind="application_pdf").count() == 1

    def test_the_chair_sees_how_many_and_never_how(self, visit):
        r = room(members=3)
        r.begin()
        r.open()
        r.vote("-ff")
        shown = words(visit(r.experts[0].user, "meeting_seat", r.meeting.pk))
        assert "<b data-votes>2</b>/3" in shown
        said = json.loads(visit(r.experts[0].user, "meeting_seat_now", r.meeting.pk).content)
        assert said["votes"] == 2 and set(said) == {"mark", "votes"}
        member = json.loads(visit(r.experts[1].user, "meeting_seat_now", r.meeting.pk).content)
        assert member["votes"] is None

    def test_after_closing_the_result_without_the_numbers(self, visit):
        r = room(members=3)
        r.begin()
        r.decide("ffa")
        shown = words(visit(r.experts[2].user, "meeting_seat", r.meeting.pk))
        assert "通过" in shown and "不同意" in shown  # the own vote
        assert "同意 2" not in shown and "票" not in shown.split('id="ag"')[1]

    def test_standing_aside_on_the_page(self, visit):
        r = room(members=4)
        r.begin()
        item = r.open()
        member = r.experts[3].user
        assert r.applications[0].title in words(visit(member, "meeting_recuse", item.pk))
        assert visit(member, "meeting_recuse", item.pk, note="x").status_code == 422
        visit(member, "meeting_recuse", item.pk, relation="family")
        assert Recusal.objects.get().kind == "declared"
        assert visit(member, "meeting_recuse", item.pk).status_code == 404
        assert visit(member, "meeting_paper", item.pk).status_code == 404

    def test_without_a_script_the_page_looks_again_by_itself(self, visit):
        r = room()
        r.begin()
        assert '<noscript><meta http-equiv="refresh"' in words(visit(r.experts[0].user, "meeting_seat", r.meeting.pk))

    def test_when_it_is_over_nothing_can_be_read(self, visit):
        r = room(items=1)
        r.begin()
        r.decide("fff")
        item = r.item()
        assert visit(r.experts[0].user, "meeting_paper", item.pk).status_code == 302
        verbs.close_meeting(r.meeting, by=r.olga)
        assert visit(r.experts[0].user, "meeting_paper", item.pk).status_code == 404
        assert "会议已经结束" in words(visit(r.experts[0].user, "meeting_seat", r.meeting.pk))

    def test_a_blind_call_shows_no_unit_and_no_number(self, visit):
        r = room(items=1, blind=True)
        r.begin()
        r.open()
        shown = words(visit(r.experts[0].user, "meeting_seat", r.meeting.pk))
        application = r.applications[0]
        assert application.title in shown
        assert application.number not in shown and application.unit.name not in shown
        assert visit(r.experts[0].user, "meeting_paper", r.item().pk).status_code == 302
        assert not Artifact.objects.filter(kind="application_pdf").exists()


class TestNothingLeaks:
    def pages(self, visit, r, member):
        """Everything that this member can open, without tokens, keys and the clock."""
        shown = [words(visit(member, name, *args)) for name, args in (
            ("meetings", ()), ("meeting_seat", (r.meeting.pk,)), ("meeting_seat_now", (r.meeting.pk,)),
        )]  # fmt: skip
        return [re.sub(r'name="(csrfmiddlewaretoken|key)" value="\w+"', "", page) for page in shown]

    def test_to_who_stands_aside_an_item_is_not_there_at_any_step(self, visit):
        r = room(members=4, items=2, panel=PANEL)
        away = r.experts[3]
        r.recuse(away, r.applications[0])
        r.begin()
        hidden = r.applications[0]
        before = self.pages(visit, r, away.user)
        assert not any(hidden.title in page or hidden.number in page for page in before)
        item = r.open(hidden)
        assert self.pages(visit, r, away.user) == before
        r.vote("ff", hidden)
        assert self.pages(visit, r, away.user) == before
        verbs.close_item(item, by=r.olga, note="评议暗记")
        assert self.pages(visit, r, away.user) == before
        verbs.reopen_item(r.item(hidden), by=r.olga, reason="虚构")
        assert self.pages(visit, r, away.user) == before
        verbs.drop_item(r.item(hidden), by=r.olga, reason="虚构")
        assert self.pages(visit, r, away.user) == before
        for name in ("meeting_recuse", "meeting_paper"):
            assert visit(away.user, name, item.pk).status_code == 404
        forged = visit(away.user, "meeting_seat", r.meeting.pk, act="vote", item=item.pk, choice="for")
        assert forged.status_code == 403 and not Ballot.objects.filter(expert=away).exists()

    def test_nobody_learns_how_another_votes(self, visit):
        r = room(members=3, items=1)
        r.begin()
        r.open()
        member = r.experts[2].user
        before = self.pages(visit, r, member)
        r.vote("fa")
        assert self.pages(visit, r, member) == before
        r.vote("af")
        assert self.pages(visit, r, member) == before

    def test_the_officers_desk_shows_no_votes_before_the_end(self, visit):
        r = room(members=3, items=1)
        r.begin()
        r.open()
        r.vote("ffa")
        shown = words(visit(r.olga, "meeting", r.meeting.pk))
        assert "同意 2" not in shown and "cmp ok" not in shown and "cmp bad" not in shown


def test_what_waits_for_a_member_says_so_on_the_day(visit):
    r = room()
    r.plan()
    items = list(todo.open_items(r.experts[0].user))
    assert [(item.url, item.note) for item in items] == [(url("meeting_seat", r.meeting.pk), "还没有签到")]
    r.sign_in()
    assert next(iter(todo.open_items(r.experts[0].user))).note == ""
    verbs.cancel_meeting(r.meeting, by=r.olga, reason="改期。")
    assert list(todo.open_items(r.experts[0].user)) == []
