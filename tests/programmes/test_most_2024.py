"""The 107 directions of 战略性科技创新合作 2024, as data: complete, well formed, and with the figures of the guide."""

import time
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from programmes.facts import Facts, MemberFacts, PartnerFacts, SourceFacts, UnitFacts
from programmes.loader import load_document, read_document
from programmes.parse import parse_document
from programmes.requirements import check

FIXTURE = Path(__file__).parents[2] / "fixtures" / "programmes" / "most-2024.yaml"
# W02: how many directions stand under each of the ten headings.
DIRECTIONS = {
    "energy": 10, "storage": 11, "industry": 11, "ccus": 6, "hydrogen": 9, "chips": 12, "computing": 12,
    "semiconductor": 12, "laser": 12, "ai": 12,
}  # fmt: skip
# W15, all 46 of them.
RATIOS = {
    "3": ["1.1"],
    "2.5": ["3.5"],
    "2": ["1.2", "2.8", "5.8", "9.12"],
    "1.5": ["3.3", "3.6", "5.5"],
    "1": [
        "1.4", "1.5", "1.6", "2.3", "2.4", "2.5", "3.10", "4.4", "4.5", "5.1", "5.3", "5.7", "5.9", "6.2", "6.3",
        "6.5", "6.6", "6.7", "6.8", "8.6", "8.9", "9.7", "9.8", "9.9", "9.10", *(f"10.{n}" for n in range(1, 13)),
    ],
}  # fmt: skip
# W07: the sub-directions of a direction, one project for each; how many indicators each of them has.
PARTS = {"4.1": (6, 7), "4.2": (7, 4), "4.3": (4, 4), "4.4": (4, 5), "4.5": (5, 5, 4), "5.6": (5, 5)}


@pytest.fixture(scope="module")
def spec():
    return parse_document(read_document(FIXTURE))


def rules(spec, task, code):
    """The rules of this code that are asked of an application for this task."""
    return [rule for rule in spec.requirements_of(task) if rule.code == code]


def test_every_heading_has_its_directions_in_order(spec):
    expected = [f"{n}.{m}" for n, count in enumerate(DIRECTIONS.values(), 1) for m in range(1, count + 1)]
    assert list(spec.tasks) == expected
    assert len(expected) == 107
    assert [field.code for field in spec.fields] == list(DIRECTIONS)
    assert {field: len(spec.tasks_of(field)) for field in DIRECTIONS} == DIRECTIONS


def test_natures_are_those_of_the_headings(spec):
    """W19; 7.7 is printed 共性关键技术 without 类."""
    assert Counter(task.category for task in spec.tasks.values()) == {"basic": 65, "common": 40, "demo": 2}
    assert spec.tasks["7.7"].category == "common"
    assert [code for code, task in spec.tasks.items() if task.category == "demo"] == ["2.8", "9.12"]


def test_co_funding_is_asked_of_46_directions_with_the_printed_ratio(spec):
    expected = {code: Decimal(ratio) for ratio, codes in RATIOS.items() for code in codes}
    found = {}
    for code in spec.tasks:
        asked = rules(spec, code, "funding_ratio_at_least")
        assert len(asked) <= 1
        for rule in asked:
            assert set(rule.params["mine"]) == {"own", "local", "other"}
            assert rule.force == "hard"
            found[code] = Decimal(rule.params["ratio"])
    assert found == expected
    assert len(expected) == 46


def test_ratio_does_not_follow_from_the_nature(spec):
    """As domain.md notes at W15: basic directions with 1:1, applied ones without any."""
    with_ratio = {code for codes in RATIOS.values() for code in codes}
    assert sum(1 for code in RATIOS["1"] if spec.tasks[code].category == "basic") == 12
    assert sum(1 for task in spec.tasks.values() if task.category == "common" and task.code not in with_ratio) == 8


def test_sub_directions_have_their_own_indicators_and_limits(spec):
    assert [code for code, task in spec.tasks.items() if task.parts] == list(PARTS)
    for code, counts in PARTS.items():
        task = spec.tasks[code]
        assert len(task.parts) == len(counts)
        assert tuple(len(task.indicators_of(part.code)) for part in task.parts) == counts, code
        assert spec.quota_of("shortlist", code).limit == len(counts)
    others = [code for code in spec.tasks if code not in PARTS]
    assert {spec.quota_of("shortlist", code).limit for code in others} == {1}  # W05
    assert spec.quotas["shortlist"].force == "soft"


def test_both_media_of_5_6_share_one_set_of_indicators(spec):
    assert all(not indicator.part for indicator in spec.tasks["5.6"].indicators)
    for code in list(PARTS)[:-1]:
        assert all(indicator.part for indicator in spec.tasks[code].indicators), code


def test_enterprise_leads_production_enterprise_and_two_countries(spec):
    led = [code for code in spec.tasks if rules(spec, code, "lead_is")[0].params["types"] == ["enterprise"]]
    assert led == ["5.8", "8.9", "9.12"]  # W16
    joined = [code for code in spec.tasks if len(rules(spec, code, "partners_at_least")) == 2]
    assert joined == ["3.5", "3.6"]  # W17, besides the foreign partner of W11
    for code in joined:
        abroad, producer = (rule.params for rule in rules(spec, code, "partners_at_least"))
        assert abroad["abroad"] == "yes"
        assert producer["types"] == ["enterprise"]
        assert producer["lead"] == "yes"  # an enterprise that leads takes part itself
        assert "abroad" not in producer
    countries = {code: rules(spec, code, "countries_at_least") for code in spec.tasks}
    assert {code: asked[0].params["count"] for code, asked in countries.items() if asked} == {"6.4": 2}  # W18


def test_call_asks_for_a_foreign_partner_and_softly_for_three_years(spec):
    asked = {rule.code: rule for rule in spec.requirements}
    assert asked["partners_at_least"].params == {"count": 1, "abroad": "yes"}  # W11
    assert (asked["duration_at_most"].params["years"], asked["duration_at_most"].force) == (3, "soft")  # W10
    agreement = [kind for kind in spec.form.section("attachments").options["kinds"] if kind.get("required")]
    assert "cooperation_agreement" in [kind["key"] for kind in agreement]  # W12
    levels = {row["level2"] for row in spec.form.section("targets").options["rows"]}
    assert {"合著论文", "国际专利或标准", "国际会议", "人才培养交流", "合作平台建设"} <= levels  # W13


def broken(spec, task, code, **given) -> list[str]:
    """What the rules of this code say against an application with these facts."""
    lead = UnitFacts("91990000MA00000018", "虚构单位", given.pop("lead", "university"))
    facts = Facts(task=spec.tasks[task], form=spec.form, unit=lead, today=date(2024, 7, 1), **given)
    return [found.sentence for found in check(rules(spec, task, code), facts) if not found.ok]


def partners(*marks):
    """Partners by country and type: CN/enterprise."""
    pairs = (mark.split("/") for mark in marks)
    return tuple(
        PartnerFacts(f"虚构伙伴{n}", f"X{n}", type=type_, country=country) for n, (country, type_) in enumerate(pairs)
    )


@pytest.mark.parametrize(
    ("task", "own"), [("1.1", "300"), ("3.5", "250"), ("1.2", "200"), ("3.3", "150"), ("10.1", "100")]
)
def test_co_funding_on_both_sides_of_the_ratio(spec, task, own):
    """Own, local and other money count together beside 100 万元 of the state's."""

    def sources(missing):
        lines = {"own": Decimal(own) - 20 - Decimal(missing), "local": Decimal(10), "other": Decimal(10)}
        return tuple(SourceFacts(source, 2024, amount) for source, amount in {**lines, "state": Decimal(100)}.items())

    assert not broken(spec, task, "funding_ratio_at_least", sources=sources("0"))
    assert broken(spec, task, "funding_ratio_at_least", sources=sources("0.01"))


def test_enterprise_must_lead_where_the_direction_says_so(spec):
    assert not broken(spec, "5.8", "lead_is", lead="enterprise")
    assert broken(spec, "5.8", "lead_is", lead="university")
    assert not broken(spec, "5.7", "lead_is", lead="university")


def test_enterprise_takes_part_as_partner_or_as_lead(spec):
    abroad = partners("DE/university")
    assert broken(spec, "3.5", "partners_at_least", partners=abroad)
    assert not broken(spec, "3.5", "partners_at_least", partners=abroad, lead="enterprise")
    assert not broken(spec, "3.5", "partners_at_least", partners=abroad + partners("CN/enterprise"))
    assert not broken(spec, "3.4", "partners_at_least", partners=abroad)
    assert broken(spec, "3.4", "partners_at_least", partners=partners("CN/enterprise"))  # W11


def test_two_countries_for_6_4_only(spec):
    assert broken(spec, "6.4", "countries_at_least", partners=partners("DE/university", "DE/enterprise"))
    assert not broken(spec, "6.4", "countries_at_least", partners=partners("DE/university", "JP/university"))


def test_ten_chinese_units_with_the_lead_and_any_number_from_abroad(spec):
    nine, abroad = partners(*["CN/university"] * 9), partners(*["DE/university"] * 12)
    assert not broken(spec, "1.1", "partners_at_most", partners=nine + abroad)
    assert broken(spec, "1.1", "partners_at_most", partners=nine + partners("CN/enterprise") + abroad)


@pytest.mark.parametrize(
    ("born", "title", "degree", "code"),
    [
        (date(1963, 12, 31), "教授", "博士", "leader_born_from"),
        (date(1990, 1, 1), "讲师", "硕士", "leader_qualified"),
    ],
)
def test_leader_on_both_sides_of_age_and_rank(spec, born, title, degree, code):
    """V12: not too old, and a senior title or a doctorate."""
    leader = MemberFacts("虚构甲", is_leader=True, birth_date=born, title=title, degree=degree)
    assert broken(spec, "1.1", code, team=(leader,))
    good = [
        MemberFacts("虚构乙", is_leader=True, birth_date=date(1964, 1, 1), title="教授", degree="硕士"),
        MemberFacts("虚构丙", is_leader=True, birth_date=date(1990, 1, 1), title="助理研究员", degree="博士"),
    ]
    assert not any(broken(spec, "1.1", code, team=(one,)) for one in good)


def test_running_projects_bar_the_leader_and_their_leaders_bar_the_team(spec):
    """V15 and V16: who leads a task may take part but not lead; who leads a project may do neither."""
    team = (MemberFacts("虚构甲", is_leader=True), MemberFacts("虚构乙"))

    def declared(person, role, plan="国家科技重大专项"):
        rows = [{"person": person, "plan": plan, "role": role}]
        return broken(spec, "1.1", "ongoing_projects_at_most", team=team, sections={"ongoing": {"rows": rows}})

    assert declared("虚构甲", "任务或课题负责人")
    assert not declared("虚构乙", "任务或课题负责人")
    assert declared("虚构乙", "项目负责人")
    assert not declared("虚构甲", "参与")
    assert not declared("虚构甲", "项目负责人", plan="其他国家科技计划")


def test_proof_of_money_is_asked_where_there_is_a_ratio(spec):
    with_proof = [code for code in spec.tasks if len(rules(spec, code, "attachment_required")) == 3]
    assert sorted(with_proof) == sorted(code for codes in RATIOS.values() for code in codes)
    assert broken(spec, "1.1", "attachment_required")
    assert not broken(spec, "1.3", "attachment_required")
    part_time = {"leader": {"answers": {"origin": "非全职受聘的外籍或港澳台科学家"}}}
    assert len(broken(spec, "1.3", "attachment_required", sections=part_time)) == 1  # V13


def test_every_direction_has_keywords_a_summary_and_details(spec):
    for task in spec.tasks.values():
        assert len(task.keywords) >= 3, task.code  # W20
        assert len(set(task.keywords)) == len(task.keywords), task.code
        assert 0 < len(task.summary) <= 60, task.code
        assert not any(word != word.strip() or "—" in word and word[0].isdigit() for word in task.keywords)
        assert task.details[0][0] == "拟支持项目数"
    titles = [task.title for task in spec.tasks.values()]
    assert len(set(titles)) == len(titles)
    assert not any(" " in title or "—" in title and any(mark.isdigit() for mark in title) for title in titles)


def test_every_indicator_is_numbered_named_once_and_well_formed(spec):
    assert sum(len(task.indicators) for task in spec.tasks.values()) == 979
    for task in spec.tasks.values():
        assert [item.code for item in task.indicators] == [f"i{n}" for n in range(1, len(task.indicators) + 1)]
        names = [item.name for item in task.indicators]
        assert len(set(names)) == len(names), task.code
        assert len(names) >= 4, task.code
        for item in task.indicators:
            assert item.target_text, (task.code, item.code)
            assert item.is_text == (item.value is None), (task.code, item.code)
            assert len(item.text) <= 80, (task.code, item.code)
        groups = Counter(item.group for item in task.indicators if item.group)
        assert all(count >= 2 for count in groups.values()), task.code


# Read from the guide by hand: task, indicator, comparator, value, unit.
FIGURES = [
    ("1.1", "组件发电功率", ">", "150", "W/m²"),
    ("1.2", "小面积单结薄膜电池效率", ">=", "18", "%"),
    ("1.9", "关键状态变量仿真误差", "<=", "6", "%"),
    ("2.1", "电解质厚度", "<", "25", "μm"),
    ("2.4", "钠离子电池工作温度", "range", ("-40", "60"), "℃"),
    ("2.5", "低温储冷单元温度", "<=", "-100", "℃"),
    ("2.9", "极片时间分辨率", "<=", "500", "ms"),
    ("3.2", "电解直流电耗", "<=", "5", "kWh/kg Fe"),
    ("3.6", "烟气NOx排放", "<=", "50", "mg/m³"),
    ("3.9", "双功能分子催化剂数", "range", ("3", "5"), "种"),
    ("4.1", "吸附再生能耗", "<=", "1.4", "GJ/tCO₂"),
    ("4.2", "成型吸附剂再生热耗", "<=", "3.0", "GJ/tCO₂"),
    ("5.2", "批次间活性差异", "<=", "10", "mV"),
    ("5.8", "热收缩率", "<", "1.5", "%"),
    ("5.9", "操作温度", "range", ("70", "400"), "℃"),
    ("6.2", "循环寿命", ">=", "1e6", "次"),
    ("6.5", "接收机灵敏度", "<=", "-93", "dBm"),
    ("6.10", "误码率", "<=", "1e-5", ""),
    ("7.3", "缓存命中率相对最优值", ">", "90", "%"),
    ("7.7", "数据载入延迟", "<=", "1.25", "s"),
    ("8.1", "量子阱发光波长", "range", ("450", "650"), "nm"),
    ("8.3", "外延薄膜位错密度", "<", "1e8", "cm⁻²"),
    ("8.7", "p型电阻率", "<", "0.1", "Ω·cm"),
    ("9.5", "聚焦功率密度", ">=", "1e21", "W/cm²"),
    ("9.9", "直径误差", "<=", "0.05", "mm"),
    ("9.10", "折射率温度系数", "<=", "-90e-7", "/℃"),
    ("9.12", "粗糙度偏斜Rsk", "range", ("-0.5", "0.5"), ""),
    ("10.4", "训练数据抽取成功率", ">=", "1", "%"),
    ("10.9", "测试总距离", ">=", "4", "万千米"),
    ("10.11", "动态规划频率", ">", "10", "Hz"),
]


@pytest.mark.parametrize(("task", "name", "comparator", "value", "unit"), FIGURES)
def test_figures_are_those_of_the_guide(spec, task, name, comparator, value, unit):
    found = next(item for item in spec.tasks[task].indicators if item.name == name)
    exact = tuple(Decimal(end) for end in value) if isinstance(value, tuple) else Decimal(value)
    assert (found.comparator, found.value, found.unit) == (comparator, exact, unit)


@pytest.mark.parametrize(
    ("task", "name", "conditions"),
    [
        ("1.1", "弯折后效率损失", "半径 15mm 弯折 5000 次后"),
        ("2.4", "固态锂离子电池循环寿命", "0.5C/0.5C，95%放电深度，25℃，剩余 60%容量"),
        ("4.3", "H₂渗透速率", "模拟甲醇重整制氢，CO₂ 浓度 30%—50%，100—200℃"),
        ("8.4", "器件效率", "50kW 负载电力电子电路系统"),
    ],
)
def test_figures_keep_their_conditions(spec, task, name, conditions):
    assert next(item for item in spec.tasks[task].indicators if item.name == name).conditions == conditions


def test_a_working_span_must_be_covered_and_an_amount_reached(spec):
    senses = {(task.code, item.name): item.sense for task in spec.tasks.values() for item in task.indicators}
    assert senses["2.4", "钠离子电池工作温度"] == senses["9.1", "压缩度调谐范围"] == "covers"
    assert senses["9.12", "粗糙度偏斜Rsk"] == "within"
    assert senses["3.9", "双功能分子催化剂数"] == "reaches"


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("1.1", "锌离子电池电容量"),  # 接近
        ("2.3", "集群控制精度"),  # 不低于 on a precision
        ("4.2", "公斤级制备"),  # an order of magnitude
        ("8.3", "可测组分范围"),  # 或
        ("9.3", "铌酸锂微孔阵列密度"),  # a density in nm
        ("9.10", "输出能量和重复率"),  # 或是
    ],
)
def test_what_has_no_single_figure_is_text(spec, task, name):
    assert next(item for item in spec.tasks[task].indicators if item.name == name).is_text


def test_words_for_acceptance_and_a_stage_assessment(spec):
    assert (spec.label("won"), spec.label("not_won")) == ("通过验收", "未通过验收")
    assert spec.obligation("stage").kind == "stage_assessment"  # W06
    assert "award" not in spec.quotas
    assert sum(criterion.weight for criterion in spec.review.criteria) == 100
    assert [step.kind for step in spec.review.rounds] == ["mail", "panel"]


@pytest.mark.django_db
def test_it_loads_in_seconds_and_once():
    """The promise is five seconds of a machine of our own; CPU seconds, so that a busy one does not fail it."""
    started = time.process_time()
    loaded = load_document(FIXTURE)
    assert time.process_time() - started < 10
    assert loaded.created
    assert loaded.call.tasks.count() == 107
    assert loaded.call.fields.count() == 10
    assert not load_document(FIXTURE).created
