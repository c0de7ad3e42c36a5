"""Clauses of a target text: exact figures, units as written, comparators as meant; doubts where no reading is sure."""

import pytest

from programmes.importing.indicators import read_targets
from tests.programmes.importing.helpers import _text


def one(text: str):
    found = read_targets(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "name", "comparator", "value", "unit"),
    [
        ("导热系数≥10W/（m·K）", "导热系数", ">=", "10", "W/(m·K)"),
        ("气泡规模≥1000个", "气泡规模", ">=", "1000", "个"),
        ("气泡规模≧１，０００个", "气泡规模", ">=", "1000", "个"),
        ("良品率不低于40%", "良品率", ">=", "40", "%"),
        ("覆盖率达到 95% 以上", "覆盖率", ">=", "95", "%"),
        ("响应时间小于1μs", "响应时间", "<", "1", "μs"),
        ("响应时间＜１ms", "响应时间", "<", "1", "ms"),
        ("新品种5~10 种", "新品种", "range", "5~10", "种"),
        ("控温精度优于±0.5℃", "控温精度", "<=", "0.5", "℃"),
        ("在±5℃以内的温差", "温差", "<=", "5", "℃"),
        ("残留浓度低于10^-6 mol/L", "残留浓度", "<", "0.000001", "mol/L"),
        ("缺陷密度<3×10⁻⁹ cm⁻²", "缺陷密度", "<", "0.000000003", "cm⁻²"),
        ("真空度优于 1e-5 Pa", "真空度", "", "", ""),
        ("单价不超过1,280.50元/台", "单价", "<=", "1280.50", "元/台"),
        ("能耗降低30%以上", "能耗降低", ">=", "30", "%"),
        ("产量提高 2 倍", "产量提高", ">=", "2", "倍"),
        ("转换效率≥23.2%", "转换效率", ">=", "23.2", "%"),
        ("循环寿命不少于100万次", "循环寿命", ">=", "100", "万次"),
        ("形成标准不少于两项", "标准", ">=", "2", "项"),
        ("检测时间缩短至 10 分钟以内", "检测时间", "<=", "10", "分钟"),
        ("波长范围200至300nm", "波长范围", "range", "200~300", "nm"),
        ("工作温度-40℃—85℃", "工作温度", "range", "-40~85", "℃"),
        ("信噪比>1000:1", "信噪比", ">", "1000", ":1"),
        ("分辨率优于1.4Å", "分辨率", "<=", "1.4", "Å"),
        ("识别率优于99%", "识别率", ">=", "99", "%"),
        ("厚度≥0.250mm", "厚度", ">=", "0.250", "mm"),
        ("至少应用于3个行业", "应用于行业", ">=", "3", "个"),
        ("抗风等级≥8级", "抗风等级", ">=", "8", "级"),
        ("导热系数大于300W/(m·K)", "导热系数", ">", "300", "W/(m·K)"),
        ("应变分辨率优于1με", "应变分辨率", "<=", "1", "με"),
        ("航速不低于20节", "航速", ">=", "20", "节"),
        ("检测通量≥60样/小时", "检测通量", ">=", "60", "样/小时"),
        ("成本低于50元/双", "成本", "<", "50", "元/双"),
        ("灵敏度≤8fT/Hz^(1/2)", "灵敏度", "<=", "8", "fT/Hz^(1/2)"),
    ],
)
def test_a_clause_is_read_exactly(text, name, comparator, value, unit):
    found = one(text)
    if not comparator:  # neither the words nor the name say which way is better
        assert (found.comparator, bool(found.doubt)) == ("text", True)
        return
    assert (found.name, found.comparator, _text(found.value), found.unit) == (name, comparator, value, unit)
    assert not found.doubt


@pytest.mark.parametrize(
    ("text", "doubt"),
    [
        ("位错密度<1×106cm-2", "丢失了指数的上标"),
        ("浓度≤10-6mol/L", "起点不小于终点"),
        ("密度优于1016cm-3", "丢失了上标"),
        ("测量范围1mA-1000A", "单位不同"),
        ("产量不少于3~5吨", "两种读法"),
        ("效率接近10%", "没有准确的界限"),
        ("重量约35kg左右", "没有准确的界限"),
        ("可制备百克级样品10克级", "量级"),
        ("采用12英寸晶圆进行验证", "不知是要求还是说明"),
        ("码距≥5，或者另一方案的码距≥3", "只须满足其一"),
    ],
)
def test_what_is_not_sure_is_text_with_its_reason(text, doubt):
    found = one(text)
    assert found.comparator == "text" and found.value is None
    assert doubt in found.doubt
    assert found.text


@pytest.mark.parametrize(
    ("text", "comparator", "value", "doubt"),
    [
        ("样机1台", "=", "1", "至少还是正好"),
        ("形成软件一套", "=", "1", "至少还是正好"),
        ("测量精度：0.01%FS", "<=", "0.01", "没有写明比较方式"),
        ("检测限达到1ppb", "<=", "1", "按不大于提出"),
        ("电池容量：100Ah", "=", "100", "没有写明比较方式"),
    ],
)
def test_a_bare_figure_is_proposed_and_doubtful(text, comparator, value, doubt):
    found = one(text)
    assert (found.comparator, _text(found.value)) == (comparator, value)
    assert doubt in found.doubt


def test_a_product_becomes_two_of_one_group():
    wide, long = read_targets("幅面≥25cm×30cm")
    assert [(one.comparator, _text(one.value), one.unit) for one in (wide, long)] == [
        (">=", "25", "cm"), (">=", "30", "cm"),
    ]  # fmt: skip
    assert wide.group == long.group != ""


def test_figures_in_brackets_and_circumstances_are_conditions():
    first, second = read_targets("在20℃、湿度≤60%条件下，续航时间不少于2h（满载），噪声≤40dB@1m。")
    assert (first.name, _text(first.value), first.unit) == ("续航时间", "2", "h")
    assert first.conditions == "在20℃、湿度≤60%条件下；满载"
    assert second.conditions == "@1m"


def test_names_dates_and_standards_are_no_figures():
    text = "到2032年，通过 IEC 61215 和 GB/T 1234 认证，支持 6G 和 3D 显示，兼容 CO2、H2 气体。"
    assert all(one.comparator == "text" and not one.doubt for one in read_targets(text))


def test_two_names_with_two_figures():
    found = read_targets("容量和能量密度分别达到 15mAh和 20mWh。")
    assert [(one.name, one.comparator, _text(one.value), one.unit) for one in found] == [
        ("容量", ">=", "15", "mAh"), ("能量密度", ">=", "20", "mWh"),
    ]  # fmt: skip


def test_no_figure_is_text_without_a_doubt():
    found = one("完成气泡制造平台的建设并投入使用")
    assert (found.comparator, found.doubt, found.text) == ("text", "", "完成气泡制造平台的建设并投入使用")


@pytest.mark.parametrize(
    "text", ["", "。。；；", "≥", "（）", "1", "≤≤≤5%%%", "~~~", "10^999999", "9" * 500, "（" * 300]
)
def test_nonsense_never_breaks(text):
    for found in read_targets(text):
        assert found.name is not None
