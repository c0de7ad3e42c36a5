"""What units and people do elsewhere: who is found, who is not, and in how many queries."""

import copy
from datetime import date, timedelta

import pytest

from accounts.models import Unit
from applications import checking, facts, persons, workflow
from applications.models import Application, Ban, Member, Partner, State, Version
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.rehearsal.cast import make_unit
from programmes import requirements
from programmes.loader import load_document
from programmes.models import Call, CallVersion, Programme
from tests.budget import queries_of
from tests.cast import OPEN, miit_document, world

pytestmark = pytest.mark.django_db

EVERYTHING = frozenset({"others", "related", "bans", "regions"})
BORN = date(1980, 5, 1)
ID_1, ID_2 = "110101198005010019", "110101198005010027"


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        return cast.draft()


def filed(cast, unit, serial: int, *, state=State.SUBMITTED, call=None, task=None, title="") -> Application:
    """An application as it stands after its submit, with one frozen version and nothing else."""
    call = call or cast.call
    task = task or call.tasks.order_by("order").first()
    row = Application.objects.create(
        call=call, call_version=call.current_version, task=task, unit=unit, title=title, created_by=cast.bob,
        created_at=clock.now(), state_since=clock.now(),
    )  # fmt: skip
    version = Version.objects.create(
        application=row, number=1, content={}, sha256="0" * 64, code=f"T-{serial:08}", created_by=cast.bob,
        created_at=clock.now(),
    )  # fmt: skip
    Application.objects.filter(pk=row.pk).update(state=state, number=f"T-{serial:04}", version=version)
    return Application.objects.get(pk=row.pk)


def member(application, place: int, name: str, *, born=BORN, id_number="", leads=False) -> None:
    person_key, name_key = persons.keys_of(name, born, id_number)
    Member.objects.create(
        application=application, order=place, name=name, birth_date=born, is_leader=leads, id_number=id_number,
        person_key=person_key, name_key=name_key,
    )  # fmt: skip


def fresh(application) -> Application:
    related = ("call__current_version", "call__programme", "call_version", "task__field", "unit__parent", "department")
    return Application.objects.select_related(*related).get(pk=application.pk)


def facts_of(application):
    with clock.travel(OPEN):
        return facts.facts_of(fresh(application), needs=EVERYTHING)


class TestKeys:
    def test_the_same_number_is_the_same_person_whatever_the_name(self):
        assert persons.same(persons.keys_of("沈工", BORN, ID_1), persons.keys_of("沈 工", None, ID_1))

    def test_leaving_the_number_out_hides_nobody(self):
        with_number = persons.keys_of("沈工", None, ID_1)  # the birth date stands in the number
        assert persons.same(with_number, persons.keys_of(" 沈工 ", BORN, ""))
        assert not persons.same(with_number, persons.keys_of("沈工", BORN + timedelta(days=1), ""))

    def test_two_numbers_are_two_people_of_one_name(self):
        assert not persons.same(persons.keys_of("沈工", BORN, ID_1), persons.keys_of("沈工", BORN, ID_2))

    def test_without_number_and_birth_date_nobody_is_known(self):
        nobody = persons.keys_of("沈工", None, "")
        assert nobody == ("", "") and not persons.same(nobody, nobody)

    def test_keys_tell_nothing_and_depend_on_the_secret(self, settings):
        first = persons.keys_of("沈工", BORN, ID_1)
        assert ID_1 not in "".join(first) and "沈工" not in "".join(first)
        settings.FIELD_KEY = "another secret of the test"
        assert persons.keys_of("沈工", BORN, ID_1) != first

    def test_a_saved_team_is_keyed(self, draft):
        keys = list(draft.members.values_list("person_key", "name_key"))
        assert keys and all(key[0] for key, _ in keys)


class TestOthers:
    def test_where_the_lead_leads_or_joins_and_where_its_partners_do(self, cast, draft):
        partner = draft.partners.exclude(code="").first() or Partner.objects.create(
            application=draft, order=90, name="虚构伙伴", code=cast.bob.unit.code, type="enterprise"
        )
        theirs = filed(cast, cast.bob.unit, 1)
        Partner.objects.create(application=theirs, order=0, name="甲", code=draft.unit.code, type="enterprise")
        ours = filed(cast, draft.unit, 2, title="另一项目")
        third = filed(cast, make_unit(70), 3)
        Partner.objects.create(application=third, order=0, name="乙", code=partner.code, type="enterprise")
        found = {one.number: one for one in facts_of(draft).others}
        assert (found[theirs.number].role, found[ours.number].role, found[third.number].role) == ("partner", "lead", "")
        assert found[third.number].units[partner.code] == "partner"
        assert found[ours.number].title == "另一项目" and found[ours.number].programme == cast.call.programme.slug
        assert found[theirs.number].inside == f"{theirs.number}（{cast.bob.unit.name}）"

    @pytest.mark.parametrize(
        ("state", "standing"),
        [
            (State.SUBMITTED, "pending"), (State.RETURNED, "pending"), (State.REJECTED, "ended"),
            (State.IN_PROGRESS, "ongoing"), (State.WON, "won"), (State.TERMINATED, "ended"),
        ],
    )  # fmt: skip
    def test_what_has_become_of_it(self, cast, draft, state, standing):
        filed(cast, draft.unit, 1, state=state)
        assert [one.standing for one in facts_of(draft).others] == [standing]

    def test_a_proposal_that_is_not_public_is_not_told(self, cast, draft):
        filed(cast, draft.unit, 1, state=State.PROPOSED)
        assert [one.standing for one in facts_of(draft).others] == ["pending"]

    def test_drafts_withdrawn_ones_and_itself_do_not_count(self, cast, draft):
        filed(cast, draft.unit, 1, state=State.WITHDRAWN)
        with clock.travel(OPEN):
            cast.draft(filled=False)
        assert facts_of(draft).others == ()

    def test_people_by_number_and_by_name_with_who_leads(self, cast, draft):
        draft.members.all().delete()
        member(draft, 0, "沈工", id_number=ID_1, leads=True)
        member(draft, 1, "陆工")
        elsewhere = filed(cast, cast.bob.unit, 1)
        member(elsewhere, 0, "沈工", leads=True)  # without the number
        member(elsewhere, 1, "陆工", born=BORN + timedelta(days=1))  # somebody else
        another = filed(cast, cast.bob.unit, 2)
        member(another, 0, "沈工", id_number=ID_2, leads=True)  # a namesake
        (found,) = facts_of(draft).others
        assert found.number == elsewhere.number and dict(found.people) == {0: True}

    def test_a_rehearsal_sees_only_itself_and_nobody_sees_a_rehearsal(self, cast, draft):
        call = Call.objects.create(
            slug="stage", programme=cast.call.programme, title="演练", year=2025, is_rehearsal=True
        )
        version = CallVersion.objects.create(call=call, number=1, document=miit_document(), sha256="1" * 64)
        call.current_version = version
        call.save()
        task = cast.call.tasks.first()
        there = filed(cast, draft.unit, 1, call=call, task=task)
        assert facts_of(draft).others == ()
        also = filed(cast, draft.unit, 2, call=call, task=task)
        filed(cast, draft.unit, 3)
        assert [one.number for one in facts_of(there).others] == [also.number]

    def test_an_earlier_call_counts_with_its_year(self, cast, draft):
        call = Call.objects.create(slug="then", programme=cast.call.programme, title="上年", year=2024)
        version = CallVersion.objects.create(call=call, number=1, document=miit_document(), sha256="2" * 64)
        call.current_version = version
        call.save()
        filed(cast, draft.unit, 1, call=call, task=cast.call.tasks.first(), state=State.WON)
        (found,) = facts_of(draft).others
        assert (found.call, found.year, found.standing) == ("then", 2024, "won")


class TestRelatedAndBanned:
    def test_units_above_below_beside_and_of_the_same_representative(self, cast, draft):
        mother, sister, daughter, alike, stranger = (make_unit(80 + n) for n in range(5))
        Unit.objects.filter(pk__in=[mother.pk, sister.pk, daughter.pk, stranger.pk]).update(legal_person="")
        Unit.objects.filter(pk=draft.unit_id).update(parent=mother, legal_person="虚构法人")
        Unit.objects.filter(pk=sister.pk).update(parent=mother)
        Unit.objects.filter(pk=daughter.pk).update(parent=draft.unit)
        Unit.objects.filter(pk=alike.pk).update(legal_person="虚构法人")
        found = {one.code: one.how for one in facts_of(draft).related}
        assert found == {
            mother.code: "parent", sister.code: "sibling", daughter.code: "child", alike.code: "legal_person",
        }  # fmt: skip
        filed(cast, sister, 1)
        assert [one.unit_code for one in facts_of(draft).others] == [sister.code]

    def test_bans_of_units_and_people_between_their_days(self, cast, draft):
        draft.members.all().delete()
        member(draft, 0, "沈工", id_number=ID_1, leads=True)
        today, key = OPEN.date(), persons.keys_of("沈工", BORN, "")
        Ban.objects.create(unit=draft.unit, starts_on=today, ends_on=today, reason="一", kind="credit")
        Ban.objects.create(
            person_name="沈工", person_key=key[0], name_key=key[1], starts_on=today - timedelta(days=9), reason="二",
            kind="misconduct",
        )  # fmt: skip
        Ban.objects.create(unit=draft.unit, starts_on=today + timedelta(days=1), reason="还没有开始")
        Ban.objects.create(
            unit=draft.unit, starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1), reason="过去"
        )
        Ban.objects.create(unit=cast.bob.unit, starts_on=today, reason="别的单位")
        found = facts_of(draft).bans
        assert [(one.reason, one.code, one.position) for one in found] == [("一", draft.unit.code, None), ("二", "", 0)]

    def test_a_ban_of_another_programme_is_none(self, cast, draft):
        other = Programme.objects.create(slug="other", title="其他计划")
        Ban.objects.create(unit=draft.unit, programme=other, starts_on=OPEN.date(), reason="一")
        assert facts_of(draft).bans == ()
        Ban.objects.create(unit=draft.unit, programme=cast.call.programme, starts_on=OPEN.date(), reason="二")
        assert [one.reason for one in facts_of(draft).bans] == ["二"]

    def test_where_partners_are_registered(self, cast, draft):
        draft.partners.all().delete()
        Partner.objects.create(application=draft, order=0, name="登记", code=cast.bob.unit.code, type="enterprise")
        Partner.objects.create(application=draft, order=1, name="未登记", code="91440300MA5000000X", type="enterprise")
        assert [one.region for one in facts_of(draft).partners] == [cast.bob.unit.region, "440300"]


class TestRules:
    def rule(self, **spec):
        document = copy.deepcopy(miit_document())
        document["requirements"] = [*document["requirements"], spec]
        return world(load_document(document).call)

    def test_one_application_of_a_leader_in_a_year_is_refused_at_the_submit(self):
        params = {"count": 1, "who": "leader", "counts": "leader", "within": "year"}
        cast = self.rule(code="person_applications_at_most", params=params)
        with clock.travel(OPEN):
            first, second = cast.draft(), cast.draft(by=cast.bob)
            workflow.submit(first, by=cast.alice)
            leader, same = first.members.get(is_leader=True), second.members.get(is_leader=True)
            Member.objects.filter(pk=same.pk).update(person_key=leader.person_key, name_key=leader.name_key)
            with pytest.raises(Refused) as refusal:
                workflow.submit(second, by=cast.bob)
        (found,) = refusal.value.details
        assert found.code == "person_applications_at_most" and found.field.startswith("team.")
        number = Application.objects.get(pk=first.pk).number
        assert number not in found.sentence and number in found.inside, "another unit's number is for officers only"

    def test_a_banned_unit_is_refused_until_its_day(self):
        cast = self.rule(code="not_banned")
        with clock.travel(OPEN):
            draft = cast.draft()
            ban = Ban.objects.create(
                unit=draft.unit,
                programme=cast.call.programme,
                starts_on=OPEN.date(),
                ends_on=OPEN.date(),
                reason="撤销",
            )
            with pytest.raises(Refused) as refusal:
                workflow.submit(draft, by=cast.alice)
            assert f"被限制申报至 {ban.ends_on}" in refusal.value.details[0].sentence
        with clock.travel(OPEN + timedelta(days=1)):
            assert workflow.submit(draft, by=cast.alice).state == State.SUBMITTED


class TestCost:
    def load(self, cast, draft, count: int, first: int = 200) -> None:
        draft.partners.all().delete()
        draft.members.all().delete()
        units = [make_unit(first + n) for n in range(count)]
        for place, unit in enumerate(units):
            Partner.objects.create(application=draft, order=place, name=unit.name, code=unit.code, type="enterprise")
            member(draft, place, f"人{place}", id_number="", leads=not place)
            row = filed(cast, unit, first + place)
            member(row, 0, f"人{place}", leads=True)
            Partner.objects.create(application=row, order=0, name="甲", code=draft.unit.code, type="enterprise")
            Ban.objects.create(unit=unit, starts_on=OPEN.date(), reason="虚构")

    def cost(self, draft) -> int:
        row = fresh(draft)
        with clock.travel(OPEN):
            return len(queries_of(lambda: facts.facts_of(row, needs=EVERYTHING)))

    def test_it_is_the_same_at_1_and_at_50(self, cast, draft):
        self.load(cast, draft, 1)
        one = self.cost(draft)
        Ban.objects.all().delete()
        self.load_more(cast, draft)
        assert len(facts_of(draft).others) == 50 and len(facts_of(draft).bans) == 50
        assert self.cost(draft) == one <= 13

    def load_more(self, cast, draft) -> None:
        Partner.objects.all().delete()
        Member.objects.all().delete()
        Application.objects.exclude(pk=draft.pk).update(state=State.DRAFT)
        self.load(cast, draft, 50, first=300)

    def test_a_call_without_such_rules_reads_nothing_for_them(self, cast, draft):
        row = fresh(draft)
        specs = row.call_version.spec.requirements_of(row.task.code)
        assert requirements.needs(specs) == frozenset()
        with clock.travel(OPEN):
            assert len(queries_of(lambda: checking.check(row))) <= 7
