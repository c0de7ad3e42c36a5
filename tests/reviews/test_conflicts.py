"""Grounds of recusal: all that is planted is found, and nothing in a clean group."""

from datetime import date, timedelta

import pytest

from applications.models import Application
from jbgs.lib import clock
from reviews import conflicts
from reviews.conflicts.people import bare_name
from reviews.conflicts.register import Register, relation
from reviews.conflicts.ways import house_domain, mails_in, phones_in
from reviews.models import Employment
from tests.cast import make_unit
from tests.reviews import planting


def kinds(found, pair) -> set[str]:
    return {hit.kind for hit in found.get(pair, ())}


def strangers(garden, found) -> dict:
    """What was found and not planted. Who is in a team, or its contact, has an application of the own beside others."""
    applicants = {expert for (expert, _), kind in garden.planted.items() if kind == "same_person"}
    return {
        pair: grounds
        for pair, grounds in found.items()
        if pair not in garden.planted and not (pair[0] in applicants and kinds(found, pair) == {"own_application"})
    }


@pytest.mark.parametrize(
    "planter",
    [
        planting.same_units, planting.parts_of_units, planting.related_units, planting.former_units,
        planting.same_people, planting.relations, planting.joint_and_own,
    ],
)  # fmt: skip
def test_everything_planted_is_found_and_nothing_else(garden, planter):
    planter(garden)
    clean = planting.controls(garden, 8)
    found = conflicts.hits(garden.applications, garden.experts)
    missing = {pair: kind for pair, kind in garden.planted.items() if kind not in kinds(found, pair)}
    assert not missing, [(kind, e.unit_name, e.user.name) for (pk, _), kind in missing.items()
                         for e in garden.experts if e.pk == pk]  # fmt: skip
    assert not strangers(garden, found)
    assert not [pair for pair in found if pair[0] in {expert.pk for expert in clean}]
    assert len(garden.planted) >= 5 and all(
        hit.sentence and hit.source for grounds in found.values() for hit in grounds
    )


def test_all_kinds_at_once_with_a_named_list(garden, rules):
    rules(named_in="avoid", named_at_most=3)
    for planter in (planting.same_units, planting.former_units, planting.relations, planting.same_people):
        planter(garden)
    planting.named(garden, "avoid")
    found = conflicts.hits(garden.applications, garden.experts)
    assert {pair for pair, kind in garden.planted.items() if kind not in kinds(found, pair)} == set()
    assert not strangers(garden, found)


class TestNamed:
    def rows(self, garden, **row):
        lead, expert = garden.application(), garden.expert(name="虚构不宜")
        full = {"name": "虚构 不宜", "employer": expert.unit_name, "reason": "有纠纷（虚构）", **row}
        garden.frozen(lead, avoid={"rows": [full]})
        return conflicts.hits([lead], [expert]).get((expert.pk, lead.pk), ())

    def test_name_and_employer_are_sure_and_a_name_alone_is_not(self, garden, rules):
        rules(named_in="avoid")
        (sure,), (unsure,) = self.rows(garden), self.rows(garden, employer="别处（虚构）")
        assert (sure.certain, unsure.certain) == (True, False)
        assert "有纠纷" in sure.sentence and "仅姓名相同" in unsure.sentence and "第 1 行" in sure.source

    def test_what_an_applicant_says_is_considered_not_obeyed(self, garden, rules):
        rules(named_in="avoid")
        assert not self.rows(garden)[0].is_final

    def test_a_call_that_does_not_ask_for_it_reads_no_table(self, garden, rules):
        rules(named_in="")
        assert self.rows(garden) == ()

    def test_broken_rows_are_passed_over(self, garden, rules):
        rules(named_in="avoid")
        lead, expert = garden.application(), garden.expert()
        for data in ({"rows": None}, {"rows": ["x", 5, None]}, {"rows": {}}, {}, {"rows": [{"name": None}]}):
            garden.frozen(Application.objects.get(pk=lead.pk), avoid=data)
            assert conflicts.hits([lead], [expert]) == {}


class TestYears:
    @pytest.mark.parametrize("days, counts", [(-1, True), (0, True), (1, False)])
    def test_the_last_day_of_a_job_counts_to_the_day(self, garden, rules, days, counts):
        rules(years=2)
        lead, expert = garden.application(), garden.expert()
        today = clock.today()
        ended = today.replace(year=today.year - 2) - timedelta(days=days)
        Employment.objects.create(expert=expert, unit_name=lead.unit.name, to_on=ended)
        assert bool(conflicts.hits([lead], [expert])) is counts

    def test_a_job_that_has_not_begun_does_not_count(self, garden):
        lead, expert = garden.application(), garden.expert()
        Employment.objects.create(expert=expert, unit_name=lead.unit.name, from_on=clock.today() + timedelta(days=1))
        assert conflicts.hits([lead], [expert]) == {}
        (hit,) = conflicts.hits([lead], [expert], on=clock.today() + timedelta(days=1))[expert.pk, lead.pk]
        assert hit.kind == "same_unit" and "兼任" in hit.sentence

    def test_29_february_counts_from_28(self):
        assert conflicts.years_before(date(2024, 2, 29), 3) == date(2021, 2, 28)

    def test_a_joint_application_of_long_ago_no_longer_counts(self, garden):
        planting.joint_and_own(garden)
        years_ago = clock.now() - timedelta(days=4 * 366)
        pasts = [a for a in garden.applications if a.members.filter(name__contains="旧").exists()]
        pairs = [pair for pair, kind in garden.planted.items() if kind == "joint"]
        assert all("joint" in kinds(conflicts.hits(garden.applications, garden.experts), pair) for pair in pairs)
        Application.objects.filter(pk__in=[row.pk for row in garden.applications]).update(submitted_at=years_ago)
        assert pasts and not any(
            "joint" in kinds(conflicts.hits(garden.applications, garden.experts), pair) for pair in pairs
        )


class TestOwnApplication:
    @pytest.fixture
    def three(self, garden):
        """An expert's own application, one beside it, one in another task of the field, one of another field."""
        tasks = list(garden.review.call.tasks.order_by("order").select_related("field"))
        here = tasks[0]
        near = next(task for task in tasks[1:] if task.field_id == here.field_id)
        far = next(task for task in tasks if task.field_id != here.field_id)
        own, expert = garden.application(task=here), garden.expert(name="虚构申报者")
        garden.member(own, "虚构申报者", employer=expert.unit_name)
        return expert, own, [garden.application(task=task) for task in (here, near, far)]

    @pytest.mark.parametrize("similar, wanted", [("task", 1), ("field", 2), ("call", 3)])
    def test_how_near_it_must_be_is_the_calls_rule(self, three, rules, similar, wanted):
        rules(similar=similar)
        expert, own, others = three
        found = conflicts.hits([own, *others], [expert])
        assert ["own_application" in kinds(found, (expert.pk, row.pk)) for row in others] == [
            place < wanted for place in range(3)
        ]
        assert kinds(found, (expert.pk, own.pk)) == {"same_person", "same_unit"}

    def test_it_is_found_though_nobody_asks_about_it_and_not_while_it_is_a_draft(self, three):
        expert, own, others = three
        assert kinds(conflicts.hits(others[:1], [expert]), (expert.pk, others[0].pk)) == {"own_application"}
        Application.objects.filter(pk=own.pk).update(state="withdrawn")
        assert conflicts.hits(others[:1], [expert]) == {}

    def test_the_applicants_contact_is_one_of_the_applicants(self, garden):
        own, other = garden.application(contact_phone="13700001234"), garden.application()
        expert = garden.expert(phone="13700001234")
        assert kinds(conflicts.hits([other], [expert]), (expert.pk, other.pk)) == {"own_application"}
        assert "same_person" in kinds(conflicts.hits([own], [expert]), (expert.pk, own.pk))


class TestRegion:
    def test_by_setting_only(self, garden, rules):
        lead, expert = garden.application(region="420000"), garden.expert(region="420000")
        assert conflicts.hits([lead], [expert]) == {}
        rules(region=True)
        elsewhere = garden.expert(region="430000")
        assert set(conflicts.hits([lead], [expert, elsewhere])) == {(expert.pk, lead.pk)}

    def test_of_the_experts_unit_where_the_expert_gave_none(self, garden, rules):
        rules(region=True)
        lead, unit = garden.application(region="420000"), make_unit(9300, region="420000")
        expert = garden.expert(unit_name=unit.name)
        assert kinds(conflicts.hits([lead], [expert]), (expert.pk, lead.pk)) == {"region"}


class TestCertain:
    def test_the_same_unit_by_code_or_name_is_final_and_a_superior_is_not(self, garden):
        above = make_unit(9400)
        lead = garden.application(parent=above)
        same, over = garden.expert(unit_name=lead.unit.name), garden.expert(unit_name=above.name)
        found = conflicts.hits([lead], [same, over])
        assert [found[expert.pk, lead.pk][0].is_final for expert in (same, over)] == [True, False]

    def test_one_name_of_two_codes_leaves_a_doubt(self, garden):
        lead, other = garden.application(), make_unit(9401)
        expert = garden.expert(unit_name=lead.unit.name, unit_code=other.code)
        (hit,) = conflicts.hits([lead], [expert])[expert.pk, lead.pk]
        assert not hit.certain and "统一社会信用代码不同" in hit.sentence

    def test_two_companies_of_one_stem_with_two_codes_are_related(self, garden):
        lead = garden.application()
        garden.partner(lead, name="虚构光电技术股份有限公司", code=make_unit(9402).code)
        expert = garden.expert(unit_name="虚构光电技术有限公司", unit_code=make_unit(9403).code)
        assert kinds(conflicts.hits([lead], [expert]), (expert.pk, lead.pk)) == {"related_unit"}

    def test_different_id_numbers_part_namesakes_of_one_employer(self, garden):
        lead = garden.application()
        expert = garden.expert(name="虚构同名", id_number="11010119800101001X")
        garden.member(lead, "虚构同名", employer=expert.unit_name, id_number="11010119800101002X")
        assert "same_person" not in kinds(conflicts.hits([lead], [expert]), (expert.pk, lead.pk))

    def test_what_is_certain_makes_weaker_signs_of_its_kind_superfluous(self, garden):
        lead = garden.application(name="虚构重复大学")
        garden.partner(lead, name="虚构重复大学物理学院")
        expert = garden.expert(unit_name="虚构重复大学")
        assert len(conflicts.hits([lead], [expert])[expert.pk, lead.pk]) == 1


class TestWhichPeople:
    """Live rows; beside them those of the frozen version while what was filed is being changed."""

    def test_while_a_supplement_is_written_old_and_new_people_count(self, garden):
        lead, old, new = garden.application(), garden.expert(), garden.expert()
        form = [{"key": "joint", "type": "partners"}, {"key": "team", "type": "team"}]
        version = lead.version
        type(version).objects.filter(pk=version.pk).update(
            content={"form": form, "sections": {"joint": {"rows": [{"name": old.unit_name}]},
                                                "team": {"rows": [{"name": "甲", "birth_date": "x"}, {}]}}}
        )  # fmt: skip
        garden.partner(lead, name=new.unit_name)
        assert set(conflicts.hits([lead], [old, new])) == {(new.pk, lead.pk)}
        Application.objects.filter(pk=lead.pk).update(state="in_supplement")
        found = conflicts.hits([lead], [old, new])
        assert set(found) == {(old.pk, lead.pk), (new.pk, lead.pk)}
        assert "第 1 版" in found[old.pk, lead.pk][0].source

    def test_one_world_does_not_see_the_other(self, garden):
        planting.joint_and_own(garden)
        before = Application.objects.exclude(task=garden.review.task)
        other = garden.review.call.__class__.objects.get(pk=garden.review.call.pk)
        pairs = [pair for pair, kind in garden.planted.items() if kind == "joint"]
        other.pk, other.slug, other.is_rehearsal = None, "played", True
        other.current_version = garden.review.call.current_version
        other.save()
        before.update(call=other)
        found = conflicts.hits(Application.objects.all(), garden.experts)
        assert not any("joint" in kinds(found, pair) for pair in pairs)


@pytest.mark.parametrize(
    "typed, found",
    [
        ("13800000001", {"13800000001"}), ("电话：138-0000-0001、13900000002", {"13800000001", "13900000002"}),
        ("+86 138 0000 0001 13900000002", {"13800000001", "13900000002"}), ("010-55501234", set()),
        ("１３８００００００01", {"13800000001"}), ("1380000000123", set()), ("", set()),
    ],
)  # fmt: skip
def test_mobile_numbers_are_read_out_of_what_people_type(typed, found):
    assert phones_in(typed) == found


@pytest.mark.parametrize(
    "mail, domain",
    [
        ("a@qq.com", ""), ("a@vip.163.com", ""), ("a@mail.xuni.edu.cn", "xuni.edu.cn"), ("a@xuni.cn", "xuni.cn"),
        ("a@lab.xuni.com", "xuni.com"), ("a@edu.cn", ""), ("a@example.com", ""), ("a@firma.invalid", ""),
    ],
)  # fmt: skip
def test_public_mailboxes_name_no_house(mail, domain):
    assert house_domain(mail) == domain and mails_in(f"邮箱 {mail.upper()}；") == {mail}


def test_names_are_compared_bare():
    assert bare_name(" 张 三 教授 ") == bare_name("张三") == bare_name("张三先生")
    assert bare_name("阿依·古丽") == bare_name("阿依古丽") and bare_name("教授") == "教授"


@pytest.mark.django_db
def test_strangers_that_begin_alike_are_strangers():
    register = Register()
    for one, two in (
        ("虚构大学", "虚构大学城投资公司"),
        ("虚构科技有限公司", "虚构科技园发展有限公司"), ("江畔大学", "江畔大学出版社印刷厂区"),
        ("虚构一院", "虚构一院二所三室四组"), ("北方公司", "北方有限公司"),
    ):  # fmt: skip
        assert relation(register.identity("", one), register.identity("", two)) is None, (one, two)
