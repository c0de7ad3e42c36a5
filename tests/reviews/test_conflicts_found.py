"""What blocks now: what people said, what two of them cleared and no more than that; and what the asking costs."""

from dataclasses import asdict
from datetime import timedelta

import pytest

from accounts.models import UnitName, User
from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.validators import make_uscc
from reviews import conflicts
from reviews.models import Clearance, Employment, Recusal, Relation
from tests.budget import queries_of
from tests.cast import make_person, make_unit
from tests.reviews import planting


def kinds_of(application, expert) -> list[str]:
    return [hit.kind for hit in conflicts.hits([application], [expert]).get((expert.pk, application.pk), ())]


def clear(garden, pair, kinds, state="approved"):
    """Two officers found what is known now, of these kinds, harmless."""
    lead, expert = pair
    second = {"approved_by": garden.review.world.otto, "approved_at": clock.now()} if state == "approved" else {}
    found = conflicts.hits([lead], [expert])[expert.pk, lead.pk]
    return Clearance.objects.create(
        expert=expert, application=lead, kinds=kinds, hits=[asdict(hit) for hit in found if hit.kind in kinds],
        reason="无实际管理关系（虚构）", state=state, prepared_by=garden.review.olga, prepared_at=clock.now(), **second,
    )  # fmt: skip


class TestFind:
    @pytest.fixture
    def pair(self, garden):
        above = make_unit(9500)
        return garden.application(parent=above), garden.expert(unit_name=above.name)

    def test_an_approved_clearance_covers_its_kinds_and_no_other(self, garden, pair):
        lead, expert = pair
        assert conflicts.find([lead], [expert])[expert.pk, lead.pk].kind == "related_unit"
        clear(garden, pair, ["related_unit"])
        assert conflicts.find([lead], [expert]) == {}
        Employment.objects.create(expert=expert, unit_name=lead.unit.name, to_on=clock.today() - timedelta(days=9))
        assert conflicts.find([lead], [expert])[expert.pk, lead.pk].kind == "former_unit"
        clear(garden, pair, ["former_unit"])
        assert conflicts.find([lead], [expert]) == {}

    @pytest.mark.parametrize("state", ["prepared", "discarded"])
    def test_one_that_nobody_approved_covers_nothing(self, garden, pair, state):
        clear(garden, pair, ["related_unit"], state)
        assert len(conflicts.find(*([one] for one in pair))) == 1

    def test_no_clearance_covers_what_has_become_certain(self, garden, pair):
        lead, expert = pair
        clear(garden, pair, ["same_unit", "related_unit"])
        UnitName.objects.create(unit=lead.unit, name=expert.unit_name)
        assert conflicts.find([lead], [expert])[expert.pk, lead.pk].kind == "same_unit"

    def test_what_people_said_wins_over_computed_grounds_and_clearances(self, garden, pair):
        lead, expert = pair
        clear(garden, pair, ["related_unit"])
        said = {"expert": expert, "application": lead, "by": garden.review.olga, "at": clock.now()}
        Recusal.objects.create(kind="declared", reason="有合作（虚构）", **said)
        conflict = conflicts.find([lead], [expert])[expert.pk, lead.pk]
        assert conflict.kind == "declared" and "有合作" in conflict.sentence

    def test_a_noted_computed_ground_alone_blocks_nothing(self, garden):
        lead, expert = garden.application(), garden.expert()
        Recusal.objects.create(
            expert=expert,
            application=lead,
            kind="same_unit",
            reason="曾是同单位",
            by=garden.review.olga,
            at=clock.now(),
        )
        assert conflicts.find([lead], [expert]) == {}

    def test_another_person_of_a_cleared_kind_is_another_ground(self, garden):
        lead, expert = garden.application(), garden.expert()
        for name in ("虚构故人", "虚构新人"):
            Relation.objects.create(expert=expert, kind="other", person_name=name, declared_at=clock.now())
        garden.member(lead, "虚构故人")
        clear(garden, (lead, expert), ["relation"])
        assert conflicts.find([lead], [expert]) == {}
        garden.member(lead, "虚构新人")
        assert "虚构新人" in conflicts.find([lead], [expert])[expert.pk, lead.pk].sentence
        clear(garden, (lead, expert), ["relation"])
        assert conflicts.find([lead], [expert]) == {}

    def test_a_sure_ground_that_may_be_cleared_hides_no_other(self, garden):
        lead, expert = garden.application(), garden.expert()
        beside = garden.partner(lead, name="虚构医科大学附属第九医院")
        for name in (lead.unit.name, "虚构医科大学"):
            Employment.objects.create(expert=expert, unit_name=name, to_on=clock.today() - timedelta(days=9))
        told = [hit.sentence for hit in conflicts.hits([lead], [expert])[expert.pk, lead.pk]]
        assert len(told) == 2 and any(beside.name in sentence for sentence in told)


class TestWorlds:
    """Units of rehearsals are made up and may bear the name of a real one."""

    @pytest.fixture
    def real(self, garden):
        """A real application and a real expert, who gives a unit that is registered as a made up one only."""
        lead, expert = garden.application(), garden.expert(unit_name="虚构两界研究所")
        made_up = make_unit(9600, name="虚构两界研究所")
        type(lead.unit).objects.filter(pk=lead.unit_id).update(is_fictitious=False)
        User.objects.filter(pk=expert.user_id).update(is_fictitious=False)
        return lead, expert, made_up

    def test_the_code_of_a_made_up_unit_leaves_no_doubt_at_a_real_one(self, garden, real):
        lead, expert, _ = real
        garden.partner(lead, name="虚构两界研究所", code=make_uscc(777_777))
        (hit,) = conflicts.hits([lead], [expert])[expert.pk, lead.pk]
        assert hit.is_final and "代码不同" not in hit.sentence

    def test_the_superior_of_a_made_up_unit_is_nobodys_superior(self, real):
        lead, expert, made_up = real
        made_up.parent = lead.unit
        made_up.save()
        assert conflicts.find([lead], [expert]) == {}
        User.objects.filter(pk=expert.user_id).update(is_fictitious=True)
        assert kinds_of(lead, expert) == ["related_unit"]


class TestNames:
    """However a name is typed, few experts are found by it as many are."""

    TYPED = ("欧阳虚构", "欧 阳\u3000虚构", "欧阳·虚构", "欧阳虚构教授", "欧阳－虚构 副研究员")

    @pytest.mark.parametrize("many", [False, True])
    def test_the_own_application_is_found_however_the_name_is_typed(self, garden, many):
        other, expert = garden.application(), garden.expert(name="欧阳虚构", unit_name="虚构丁战略院")
        among = [expert, *(garden.expert() for _ in range(9 if many else 0))]
        for typed in self.TYPED:
            row = garden.member(garden.application(), typed, employer="虚构丁战略院")
            assert {pair[0] for pair in conflicts.hits([other], among)} == {expert.pk}, typed
            row.delete()
        garden.member(garden.application(), "阳欧虚构", employer="虚构丁战略院")
        assert conflicts.hits([other], among) == {}

    def test_a_radical_that_looks_like_the_sign_hides_nobody(self, garden):
        other, expert = garden.application(), garden.expert(name="方虚构", unit_name="虚构丁战略院")
        garden.member(garden.application(), "⽅虚构", employer="虚构丁战略院")  # as it is copied out of a PDF
        for among in ([expert], [expert, *(garden.expert() for _ in range(9))]):
            assert {pair[0] for pair in conflicts.hits([other], among)} == {expert.pk}


class TestContacts:
    def test_two_experts_of_one_mailbox_are_both_found(self, garden):
        own, other = garden.application(), garden.application()
        filler = make_person("shared-box", "unit_filler", unit=own.unit)
        User.objects.filter(pk=filler.pk).update(email="Office@xuni-gongyong.cn")
        experts = [garden.expert(email=mail) for mail in ("office@xuni-gongyong.cn", "OFFICE@xuni-gongyong.cn")]
        found = conflicts.hits([other], experts)
        assert set(found) == {(expert.pk, other.pk) for expert in experts}

    def test_a_phone_is_the_same_however_it_was_typed(self, garden):
        own, other = garden.application(contact_phone="+86 137 0000 4321"), garden.application()
        expert = garden.expert(phone="13700004321")
        assert kinds_of(other, expert) == ["own_application"]
        assert "same_person" in kinds_of(own, expert)


def test_a_joint_application_of_an_unknown_day_counts(garden):
    planting.joint_and_own(garden)
    pair = next(pair for pair, kind in garden.planted.items() if kind == "joint")
    Application.objects.update(submitted_at=None)
    assert "joint" in {hit.kind for hit in conflicts.hits(garden.applications, garden.experts)[pair]}


def test_the_number_of_queries_does_not_grow(garden, rules):
    rules(named_in="avoid")

    def grow():
        for planter in (planting.former_units, planting.relations, planting.joint_and_own):
            planter(garden)
        planting.named(garden, "avoid")

    grow()
    few = len(queries_of(lambda: conflicts.find(garden.applications, garden.experts)))
    grow_more = len(garden.experts)
    grow()
    assert len(garden.experts) > 1.9 * grow_more
    many = queries_of(lambda: conflicts.find(garden.applications, garden.experts))
    assert len(many) == few <= 22


def test_nobody_and_nothing_cost_nothing(garden):
    assert conflicts.find([], []) == {} == conflicts.hits([], [garden.expert()])


class TestOnePair:
    """What each pledge, first look and signature costs."""

    def cost(self, application, expert) -> int:
        """The engine's own queries, with the rows as `may_still_look` has them."""
        row = Application.objects.select_related("call__current_version").get(pk=application.pk)
        return len(queries_of(lambda: conflicts.find([row], [expert])))

    def test_of_strangers(self, garden, rules):
        rules(named_in="avoid", region=True)
        lead, expert = garden.application(), garden.expert(phone="13700008888", email="somebody@qq.com")
        assert self.cost(lead, expert) <= 9
        assert len(queries_of(lambda: conflicts.find([Application.objects.only("pk").get(pk=lead.pk)], [expert]))) <= 12

    def test_with_a_rich_past(self, garden, rules):
        rules(named_in="avoid")
        now, expert = self.rich(garden)
        assert {"joint", "former_unit", "relation", "named", "own_application"} <= set(kinds_of(now, expert))
        assert self.cost(now, expert) <= 14

    def rich(self, garden):
        """An expert with joint applications, jobs, relations, a mailbox of an applicant, and whom the lead names."""
        planting.joint_and_own(garden)
        (number, lead), _ = next(pair for pair in garden.planted.items() if pair[1] == "joint")
        expert = next(row for row in garden.experts if row.pk == number)
        now = Application.objects.get(pk=lead)
        Employment.objects.create(expert=expert, unit_name=now.unit.name, to_on=clock.today() - timedelta(days=9))
        member = now.members.first()
        Relation.objects.create(expert=expert, kind="other", person_name=member.name, declared_at=clock.now())
        row = {"name": expert.user.name, "employer": expert.unit_name, "reason": "有纠纷（虚构）"}
        garden.frozen(now, avoid={"rows": [row]})
        filler = make_person("rich-filler", "unit_filler", unit=garden.application().unit)
        User.objects.filter(pk__in=[filler.pk, expert.user_id]).update(email="rich@xuni-fuyu.cn")
        return now, expert

    def test_it_does_not_grow_with_what_is_registered(self, garden):
        lead, expert = garden.application(), garden.expert()
        few = self.cost(lead, expert)
        for planter in (planting.former_units, planting.relations, planting.joint_and_own, planting.related_units):
            planter(garden)
        assert self.cost(lead, expert) == few
