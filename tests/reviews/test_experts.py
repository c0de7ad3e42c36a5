"""Experts and what is around them: units, relations, times away, bans, the ID number; who may and why not."""

from datetime import date, timedelta

import pytest

from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import make_uscc
from reviews import workflow
from reviews.models import Employment, Expert, Relation
from tests.reviews.fictitious import make_id

TODAY = date(2025, 4, 10)
ID = make_id(1)


def refused(verb, *args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(*args, **named)
    return caught.value


def acts(expert) -> list[str]:
    return [entry.action for entry in Entry.objects.for_object(expert)]


class TestAvailable:
    """Expert.objects.available(on)."""

    def available(self, expert, on=None) -> bool:
        return Expert.objects.available(on).filter(pk=expert.pk).exists()

    def test_away_on_both_days_and_back_after(self, review):
        expert = review.expert()
        workflow.go_away(expert, by=expert.user, from_on=date(2025, 5, 1), to_on=date(2025, 5, 3), reason="出差")
        days = [date(2025, 4, 30), date(2025, 5, 1), date(2025, 5, 3), date(2025, 5, 4)]
        assert [self.available(expert, day) for day in days] == [True, False, False, True]
        assert self.available(expert)

    def test_a_ban_without_an_end_lasts_until_it_is_lifted(self, review):
        expert = review.expert()
        ban = workflow.ban_expert(expert, by=review.olga, from_on=TODAY, reason="评审意见与他人雷同")
        assert not self.available(expert) and not self.available(expert, date(2035, 1, 1))
        workflow.lift(ban, by=review.world.otto)
        assert self.available(expert)
        ban.refresh_from_db()
        assert ban.lifted_by == review.world.otto and ban.reason  # it stays as history

    def test_two_absences_at_once_need_both_to_end(self, review):
        expert = review.expert()
        away = workflow.go_away(expert, by=review.olga, from_on=TODAY, to_on=TODAY + timedelta(days=9))
        workflow.ban_expert(expert, by=review.olga, from_on=TODAY, to_on=TODAY, reason="核实举报")
        workflow.lift(away, by=expert.user)
        assert not self.available(expert) and self.available(expert, TODAY + timedelta(days=1))

    def test_a_closed_account_and_a_mark_count_as_before(self, review):
        marked, closed = review.experts(2)
        workflow.set_available(marked, by=review.olga, available=False)
        type(closed.user).objects.filter(pk=closed.user.pk).update(is_active=False)
        assert not self.available(marked) and not self.available(closed)

    def test_the_list_says_why(self, review):
        away, banned, free = review.experts(3)
        workflow.go_away(away, by=review.olga, from_on=TODAY, to_on=TODAY)
        workflow.ban_expert(banned, by=review.olga, from_on=TODAY, reason="核实举报")
        said = {row.pk: (row.is_away, row.is_banned) for row in Expert.objects.with_absences()}
        assert (said[away.pk], said[banned.pk], said[free.pk]) == ((True, False), (False, True), (False, False))


class TestUnits:
    def test_another_unit_keeps_the_former_one_with_today(self, review):
        expert = review.expert(unit_name="虚构第一研究所", unit_code=make_uscc(1))
        workflow.update_expert(expert, by=review.olga, unit_name="虚构第二研究所", unit_code="")
        former = expert.employments.get()
        assert (former.unit_name, former.unit_code, former.to_on) == ("虚构第一研究所", make_uscc(1), TODAY)

    @pytest.mark.parametrize(
        "change",
        [
            {"unit_name": "虚构第一研究所（本部）", "unit_code": make_uscc(1)},
            {"unit_name": " 虚构第一 研究所 "},
            {"title": "教授"},
        ],
    )
    def test_the_same_unit_written_otherwise_is_no_move(self, review, change):
        expert = review.expert(unit_name="虚构第一研究所", unit_code=make_uscc(1))
        workflow.update_expert(expert, by=review.olga, **change)
        assert not expert.employments.exists()

    def test_a_second_job_lasts_until_it_ends(self, review):
        expert = review.expert()
        row = workflow.add_employment(expert, by=expert.user, unit_name="虚构大学", position="兼职教授",
                                      from_on=date(2023, 9, 1))  # fmt: skip
        assert row.to_on is None
        ended = workflow.end_employment(row, by=expert.user, to_on=date(2025, 3, 31))
        assert ended.to_on == date(2025, 3, 31) and acts(expert)[-2:] == ["add_employment", "end_employment"]
        assert refused(workflow.end_employment, row, by=expert.user, to_on=TODAY).code == "already_ended"

    @pytest.mark.parametrize(
        ("values", "code"),
        [
            ({"unit_name": " "}, "unit_missing"),
            ({"unit_name": "某所", "unit_code": "123"}, "bad_code"),
            ({"unit_name": "某所", "from_on": date(2024, 1, 2), "to_on": date(2024, 1, 1)}, "dates_crossed"),
        ],
    )
    def test_wrong_ones_are_refused(self, review, values, code):
        expert = review.expert()
        assert refused(workflow.add_employment, expert, by=expert.user, **values).code == code
        assert not Employment.objects.exists()

    def test_the_same_again_is_refused_so_a_double_click_writes_one(self, review):
        expert = review.expert()
        workflow.add_employment(expert, by=expert.user, unit_name="虚构大学")
        assert refused(workflow.add_employment, expert, by=expert.user, unit_name="虚构 大学 ".replace(" ", "")).code
        assert Employment.objects.count() == 1

    def test_an_end_in_the_future_is_refused(self, review):
        row = workflow.add_employment(expert := review.expert(), by=review.olga, unit_name="虚构大学")
        assert (
            refused(workflow.end_employment, row, by=expert.user, to_on=TODAY + timedelta(days=1)).code == "date_ahead"
        )


class TestRelations:
    def test_declared_and_withdrawn_and_kept(self, review):
        expert = review.expert()
        row = workflow.declare_relation(expert, by=expert.user, kind="teacher", person_name="虚构学生")
        withdrawn = workflow.withdraw_relation(row, by=expert.user)
        assert withdrawn.until_on == TODAY - timedelta(days=1) and Relation.objects.count() == 1
        assert refused(workflow.withdraw_relation, row, by=expert.user).code == "already_ended"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"kind": "friend", "person_name": "某"}, "kind"),
            ({"kind": "relative"}, "person_name"),
            ({"kind": "other", "person_name": "某"}, "note"),
            ({"kind": "relative", "person_name": "某", "until_on": date(2025, 4, 9)}, "until_on"),
            ({"kind": "interest", "unit_name": "某公司", "unit_code": "1"}, "unit_code"),
        ],
    )
    def test_wrong_ones_are_refused_at_their_field(self, review, values, field):
        expert = review.expert()
        assert refused(workflow.declare_relation, expert, by=expert.user, **values).field == field
        assert not Relation.objects.exists()

    def test_the_log_names_no_relatives(self, review):
        expert = review.expert()
        workflow.declare_relation(expert, by=expert.user, kind="relative", person_name="虚构亲属甲", note="配偶")
        entry = Entry.objects.for_object(expert).last()
        assert "虚构亲属甲" not in str(entry.data) and entry.data["kind"] == "relative"


class TestWhoMay:
    VERBS = {
        "add_employment": {"unit_name": "虚构大学"},
        "declare_relation": {"kind": "relative", "person_name": "虚构亲属"},
        "go_away": {"from_on": TODAY, "to_on": TODAY},
        "ban_expert": {"from_on": TODAY, "reason": "核实举报"},
        "choose_disciplines": {"disciplines": ["光学"]},
    }

    @pytest.mark.parametrize("verb", VERBS)
    @pytest.mark.parametrize("who", ["another expert", "alice", "dora", "sven"])
    def test_strangers_are_turned_away_with_one_entry(self, review, verb, who):
        expert = review.expert()
        by = review.expert().user if who == "another expert" else getattr(review.world, who)
        before = Entry.objects.for_object(expert).refused().count()
        with pytest.raises(Forbidden):
            getattr(workflow, verb)(expert, by=by, **self.VERBS[verb])
        assert Entry.objects.for_object(expert).refused().count() == before + 1

    def test_nobody_bans_oneself_or_lifts_the_own_ban(self, review):
        expert = review.expert()
        with pytest.raises(Forbidden):
            workflow.ban_expert(expert, by=expert.user, from_on=TODAY, reason="不想评")
        ban = workflow.ban_expert(expert, by=review.olga, from_on=TODAY, reason="核实举报")
        with pytest.raises(Forbidden):
            workflow.lift(ban, by=expert.user)

    def test_an_officer_of_any_call_may(self, review):
        expert = review.expert()
        for verb, values in self.VERBS.items():
            getattr(workflow, verb)(expert, by=review.world.oscar, **values)
        assert set(self.VERBS) - {"choose_disciplines"} <= set(acts(expert))

    @pytest.mark.parametrize(
        ("verb", "values", "code"),
        [
            ("ban_expert", {"from_on": TODAY, "reason": " "}, "reason_missing"),
            ("ban_expert", {"from_on": TODAY, "to_on": date(2025, 4, 1), "reason": "某"}, "dates_crossed"),
            ("go_away", {"from_on": date(2025, 1, 1), "to_on": date(2025, 1, 5)}, "already_over"),
        ],
    )
    def test_wrong_dates_and_missing_reasons(self, review, verb, values, code):
        assert refused(getattr(workflow, verb), review.expert(), by=review.olga, **values).code == code


class TestPerson:
    """The ID number: one person is one expert, and nobody reads the number."""

    def test_it_is_checked_kept_encrypted_and_found_by_its_key(self, review):
        expert = review.expert(id_number=ID)
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT id_number, person_key FROM reviews_expert WHERE id = %s", [expert.pk])
            cipher, key = cursor.fetchone()
        assert ID not in cipher and key.startswith("i") and Expert.objects.get(pk=expert.pk).id_number == ID
        wrong = ID[:-1] + ("0" if ID[-1] != "0" else "1")
        assert refused(review.expert, id_number=wrong).field == "id_number"

    def test_two_experts_never_share_one(self, review):
        first, second = review.expert(id_number=ID), review.expert()
        assert refused(review.expert, id_number=ID).code == "person_taken"
        assert refused(workflow.update_expert, second, by=review.olga, id_number=ID.lower()).code == "person_taken"
        workflow.update_expert(first, by=review.olga, id_number="")
        assert workflow.update_expert(second, by=review.olga, id_number=ID).person_key

    def test_the_log_says_that_it_changed_and_not_what_it_is(self, review):
        expert = workflow.update_expert(review.expert(), by=review.olga, id_number=ID)
        entry = Entry.objects.for_object(expert).last()
        assert entry.changes == {"id_number": ["", "***"]} and ID not in str(entry.data)

    def test_a_new_account_for_somebody_who_is_there_is_refused_unless_it_is_a_namesake(self, review):
        known = {"by": review.olga, "name": "虚构甲", "unit_name": "虚构研究所"}
        first = workflow.create_expert(**known, phone="13800000001")
        problem = refused(workflow.create_expert, **{**known, "unit_name": "虚构 研究所"}, phone="13800000002")
        assert problem.code == "namesake" and first.number in problem.sentence
        workflow.create_expert(**known, phone="13800000002", namesake=True)
        assert Expert.objects.filter(user__name="虚构甲").count() == 2

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"sector": "army"}, "sector"),
            ({"disciplines": [f"词{n}" for n in range(13)]}, "disciplines"),
            ({"disciplines": ["长" * 41]}, "disciplines"),
        ],
    )
    def test_other_values_are_checked(self, review, values, field):
        assert refused(review.expert, **values).field == field


def test_disciplines_are_chosen_by_the_expert_and_at_least_one(review):
    expert = review.expert()
    workflow.choose_disciplines(expert, by=expert.user, disciplines=["14030", " 量子  计量 "])
    expert.refresh_from_db()
    assert expert.disciplines == ["14030", "量子 计量"]
    assert refused(workflow.choose_disciplines, expert, by=expert.user, disciplines=[]).code == "disciplines_missing"


def test_each_change_of_people_lets_the_engine_look_again(review, monkeypatch):
    from reviews.workflow import experts as room
    from reviews.workflow import people

    asked = []
    monkeypatch.setattr(room, "engine_again", asked.append)
    monkeypatch.setattr(people, "engine_again", asked.append)
    expert = review.expert()
    row = workflow.add_employment(expert, by=expert.user, unit_name="虚构大学")
    workflow.end_employment(row, by=expert.user, to_on=TODAY)
    relation = workflow.declare_relation(expert, by=expert.user, kind="relative", person_name="虚构亲属")
    workflow.withdraw_relation(relation, by=expert.user)
    workflow.update_expert(expert, by=review.olga, unit_name="虚构别院")
    assert [row.pk for row in asked] == [expert.pk] * 5
    workflow.update_expert(expert, by=review.olga, max_load=3)
    assert len(asked) == 5 and clock.today() == TODAY
