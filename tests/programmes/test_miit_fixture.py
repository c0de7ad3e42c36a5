"""The 58 tasks of the 2025 未来产业 call, as data: complete, well formed, and with the figures of the notice."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

FIXTURE = Path(__file__).parents[2] / "fixtures" / "programmes" / "miit-2025.yaml"
CATEGORIES = ("core", "product", "support", "demo")
# Rule M02: how many tasks each annex lists under each of the four headings.
COUNTS = {"quantum": (3, 6, 4, 4), "atomic": (6, 7, 4, 2), "hydrogen": (9, 7, 0, 6)}
LETTERS = {"quantum": "Q", "atomic": "A", "hydrogen": "H"}
SINGLE = {">=", ">", "<=", "<", "="}


@pytest.fixture(scope="module")
def tasks():
    return yaml.safe_load(FIXTURE.read_text(encoding="utf-8"))["tasks"]


@pytest.fixture(scope="module")
def indicators(tasks):
    """(task code, indicator name) -> indicator."""
    return {(task["code"], indicator["name"]): indicator for task in tasks for indicator in task["indicators"]}


def is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def exact(value):
    """A figure of the file as an exact decimal; a pair for a range."""
    return tuple(exact(end) for end in value) if isinstance(value, list | tuple) else Decimal(str(value))


def all_indicators(tasks):
    return [(f"{task['code']}/{indicator['code']}", indicator) for task in tasks for indicator in task["indicators"]]


def test_every_annex_has_its_tasks(tasks):
    found = Counter((task["field"], task["category"]) for task in tasks)
    expected = {
        (field, category): count
        for field, counts in COUNTS.items()
        for category, count in zip(CATEGORIES, counts, strict=True)
        if count
    }
    assert found == expected
    assert len(tasks) == 58


def test_codes_follow_field_category_and_ordinal(tasks):
    expected = [
        f"{LETTERS[field]}-{number}-{ordinal:02d}"
        for field, counts in COUNTS.items()
        for number, count in enumerate(counts, start=1)
        for ordinal in range(1, count + 1)
    ]
    assert [task["code"] for task in tasks] == expected
    for task in tasks:
        letter, number, _ = task["code"].split("-")
        assert letter == LETTERS[task["field"]]
        assert CATEGORIES[int(number) - 1] == task["category"]


def test_titles_are_unique_and_summaries_are_one_line(tasks):
    titles = [task["title"] for task in tasks]
    assert len(set(titles)) == len(titles)
    for task in tasks:
        assert task["title"] == task["title"].strip()
        assert 0 < len(task["summary"]) <= 60
        assert "\n" not in task["summary"]
        assert "with" not in task["title"]


def test_indicators_are_numbered_and_named_once_within_a_task(tasks):
    for task in tasks:
        indicators = task["indicators"]
        assert [indicator["code"] for indicator in indicators] == [f"i{n}" for n in range(1, len(indicators) + 1)]
        names = [indicator["name"] for indicator in indicators]
        assert len(set(names)) == len(names), task["code"]
        assert len(indicators) >= 4, task["code"]


def test_comparators_and_values_are_well_formed(tasks):
    for where, indicator in all_indicators(tasks):
        comparator, value = indicator["comparator"], indicator["value"]
        if comparator == "text":
            assert value is None, where
            assert indicator["text"].strip(), where
        elif comparator == "range":
            low, high = value
            assert is_number(low), where
            assert is_number(high), where
            assert low < high, where
        else:
            assert comparator in SINGLE, where
            assert is_number(value), where
        if comparator != "text":
            assert isinstance(indicator["unit"], str), where
            assert not indicator.get("text"), where


def test_extras_are_well_formed(tasks):
    known = {"code", "name", "comparator", "value", "unit", "conditions", "sense", "group", "text"}
    for where, indicator in all_indicators(tasks):
        assert set(indicator) <= known, where
        assert "sense" not in indicator or indicator["comparator"] == "range", where
        assert indicator.get("sense", "covers") in {"covers", "within"}, where
        written = [text for text in indicator.values() if isinstance(text, str)]
        assert not any(mark in text for text in written for mark in ("$", "\\", "<su", "{")), where


def test_a_group_has_at_least_two_members(tasks):
    for task in tasks:
        groups = Counter(indicator["group"] for indicator in task["indicators"] if indicator.get("group"))
        assert all(count >= 2 for count in groups.values()), task["code"]


# Read from the notice by hand: task, indicator, comparator, value, unit.
FIGURES = [
    ("Q-1-01", "量子比特规模", ">=", "1000", "个"),
    ("Q-1-01", "反馈控制延时", "<", "1", "μs"),
    ("Q-1-03", "原型芯片验证工艺节点", "<=", "40", "nm"),
    ("Q-1-03", "签名性能", ">=", "200", "次/秒"),
    ("Q-2-01", "可容纳量子比特数", ">", "1000", "个"),
    ("Q-2-01", "混合室冷盘面积", ">=", "1.6", "m²"),
    ("Q-2-04", "室内测量灵敏度", "<=", "15", "μGal/Hz^(1/2)"),
    ("Q-2-05", "时间分辨率", "<=", "60", "s"),
    ("Q-2-06", "频率稳定性", "<=", "0.00000000001", ""),
    ("Q-3-01", "每月运行量子线路数", ">", "2", "万条"),
    ("Q-4-01", "心磁自动诊断准确率", ">", "90", "%"),
    ("Q-4-02", "网关消息转发速率", ">=", "70000", "条/秒"),
    ("Q-4-03", "电流测量范围", "range", ("0.001", "1000"), "A"),
    ("A-1-02", "表面粗糙度Ra", "<", "2", "Å"),
    ("A-1-03", "沉积选择性", ">", "99.9", "%"),
    ("A-1-04", "激光诱导损伤阈值提升", ">=", "50", "%"),
    ("A-2-01", "抛光压力分区数量", "=", "6", "个"),
    ("A-2-02", "团簇束斑直径", "range", ("0.5", "10"), "mm"),
    ("A-2-04", "大田实验面积", ">=", "100", "万亩"),
    ("A-2-05", "单晶铜板长边尺寸", ">=", "30", "cm"),
    ("A-2-06", "热阻", "<", "0.05", "K·cm²/W"),
    ("A-3-01", "300kV机型加速电压范围", "range", ("30", "300"), "kV"),
    ("A-3-04", "每小时信号漂移", "<", "0.005", ""),
    ("A-4-02", "缺陷态密度", "<", "100000000000000", "cm⁻³"),
    ("H-1-01", "电解堆成本", "<", "240", "万元/MW"),
    ("H-1-02", "功率运行范围", "range", ("10", "120"), "%"),
    ("H-1-03", "反应出口氨浓度", ">=", "17", "%"),
    ("H-1-05", "氢气最大消耗量", ">=", "80000", "Nm³/天"),
    ("H-1-09", "GDL厚度偏差绝对值", "<=", "5", "%"),
    ("H-2-01", "电解系统交流能耗", "<=", "4.45", "kWh/Nm³ H₂"),
    ("H-2-02", "设计压力", ">=", "99", "MPa"),
    ("H-2-03", "储氢密度", ">=", "9.22", "kg/m³"),
    ("H-2-06", "累计行驶里程", ">", "10", "万公里"),
    ("H-2-07", "共享自行车投放量", ">=", "1.5", "万台"),
    ("H-4-02", "氢气液化能耗", "<=", "12.5", "kWh/kg"),
    ("H-4-03", "膜电极产能", ">=", "20", "万平/年"),
    ("H-4-06", "系统峰值功率", ">=", "60", "kW"),
]


@pytest.mark.parametrize(("task", "name", "comparator", "value", "unit"), FIGURES)
def test_figures_are_those_of_the_notice(indicators, task, name, comparator, value, unit):
    indicator = indicators[task, name]
    assert (indicator["comparator"], exact(indicator["value"]), indicator["unit"]) == (comparator, exact(value), unit)


@pytest.mark.parametrize(
    ("task", "name", "conditions"),
    [
        ("Q-2-03", "量子线路编译时间", "100 个量子比特、50000 层深度线路"),
        ("H-1-03", "反应出口氨浓度", "500℃ 耐热 20 个小时后，压力≤6.5MPa、温度≤390℃、氢氮比≤2.0、空速≥10000h⁻¹"),
        ("H-1-09", "GDL厚度", "@25kPa"),
        ("H-2-05", "储氢密度", "含瓶阀"),
    ],
)
def test_figures_keep_their_conditions(indicators, task, name, conditions):
    assert indicators[task, name]["conditions"] == conditions


def test_a_thickness_must_lie_within_and_a_working_range_must_be_covered(indicators):
    assert indicators["H-1-09", "GDL厚度"]["sense"] == "within"
    assert indicators["A-2-02", "团簇束斑直径"].get("sense", "covers") == "covers"


def test_two_lengths_of_one_plate_form_a_group(indicators):
    ends = [indicators["A-2-05", f"单晶铜板{end}尺寸"] for end in ("短边", "长边")]
    assert [end["value"] for end in ends] == [25, 30]
    assert ends[0]["group"] == ends[1]["group"] != ""


@pytest.mark.parametrize(
    ("task", "name"),
    [
        ("Q-1-02", "量子纠错码距"),
        ("Q-2-01", "互联门接口温区"),
        ("A-1-05", "粉体日产能力"),
        ("H-2-06", "两轮车应用规模"),
    ],
)
def test_what_has_no_single_figure_is_text(indicators, task, name):
    assert indicators[task, name]["comparator"] == "text"
