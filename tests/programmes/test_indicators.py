"""A promise worse than the target is refused with a sentence; exactness is checked with random decimals."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programmes.indicators import IndicatorSpec, read_decimal, show_decimal

FIGURES = st.decimals(min_value=-(10**9), max_value=10**9, places=6).map(lambda value: +value)
SINGLE = [">=", ">", "<=", "<", "="]
LEAK = IndicatorSpec("i1", "泄漏量", "<=", Decimal("0.25"), "m³")
SCALE = IndicatorSpec("i1", "规模", ">=", Decimal(1000), "个")
BAND = IndicatorSpec("i1", "频段", "range", (Decimal(1), Decimal(9)), "GHz")
AMOUNT = IndicatorSpec("i1", "专利", "range", (Decimal(5), Decimal(10)), "项", sense="reaches")
INSIDE = IndicatorSpec("i1", "温度", "range", (Decimal(20), Decimal(25)), "℃", sense="within")
WORDS = IndicatorSpec("i1", "工艺", "text", text="提交工艺文件")


def of(comparator: str, value) -> IndicatorSpec:
    return IndicatorSpec("i1", "指标", comparator, value, "个")


@pytest.mark.parametrize(
    ("indicator", "text"),
    [
        (SCALE, "≥ 1000 个"),
        (LEAK, "≤ 0.25 m³"),
        (BAND, "1—9 GHz"),
        (WORDS, "提交工艺文件"),
        (of(">", Decimal(5)), "> 5 个"),
        (of("=", Decimal("1654")), "= 1654 个"),
        (IndicatorSpec("i", "率", ">=", Decimal("99.90"), "%"), "≥ 99.90%"),
        (IndicatorSpec("i", "稳定性", "<=", Decimal("1E-11")), "≤ 10⁻¹¹"),
        (IndicatorSpec("i", "稳定性", "<=", Decimal("2.5E-11")), "≤ 2.5×10⁻¹¹"),
    ],
)
def test_the_target_in_words(indicator, text):
    assert indicator.target_text == text


@pytest.mark.parametrize(
    ("indicator", "promise", "sentence"),
    [
        (LEAK, {"value": "0.32"}, "泄漏量：承诺值 0.32 m³ 大于榜单要求的上限 0.25 m³。请填写不大于 0.25 的数值。"),
        (SCALE, {"value": "999.9"}, "规模：承诺值 999.9 个 小于榜单要求的下限 1000 个。请填写不小于 1000 的数值。"),
        (of(">", Decimal(5)), {"value": "5"}, "指标：承诺值 5 个 没有超过榜单要求的 5 个。请填写大于 5 的数值。"),
        (of("<", Decimal(5)), {"value": "5"}, "指标：承诺值 5 个 没有低于榜单要求的 5 个。请填写小于 5 的数值。"),
        (of("=", Decimal(6)), {"value": "7"}, "指标：承诺值 7 个 与榜单要求的 6 个 不一致。请填写 6。"),
        (BAND, {"low": "2", "high": "9"},
         "频段：承诺范围 2—9 GHz 没有覆盖榜单要求的 1—9 GHz。请填写包含 1 至 9 的范围。"),
        (INSIDE, {"low": "19", "high": "25"},
         "温度：承诺范围 19—25 ℃ 超出榜单要求的 20—25 ℃。请填写 20 至 25 之间的数值。"),
        (SCALE, {"value": "1200", "unit": "万个"},
         "规模：单位须为“个”，现为“万个”，系统不作换算。请按“个”填写。"),
        (SCALE, {"value": "约1200"}, "规模：“约1200”不是数值。请填写数字，单位为“个”。"),
        (SCALE, {"value": ""}, "规模：没有数值。请填写数字，单位为“个”。"),
        (SCALE, None, "规模：没有数值。请填写数字，单位为“个”。"),
        (BAND, {"low": "1"}, "频段：没有填全起止数值。请填写起止两个数字，单位为“GHz”。"),
        (BAND, {"low": "9", "high": "1"}, "频段：起点 9 大于终点 1。请填写起止两个数字，单位为“GHz”。"),
        (BAND, {"value": "5"}, "频段：没有填全起止数值。请填写起止两个数字，单位为“GHz”。"),
        (WORDS, {"text": " "}, "工艺：没有文字说明。请逐项写明承诺值。"),
    ],
)  # fmt: skip
def test_a_promise_that_is_refused_says_which_and_why(indicator, promise, sentence):
    assert indicator.check_promise(promise) == sentence


@pytest.mark.parametrize(
    ("indicator", "promise"),
    [
        (LEAK, {"value": "0.25"}),
        (LEAK, {"value": "0.250", "unit": "m³"}),
        (SCALE, {"value": "1,000"}),
        (SCALE, {"value": "１２００"}),
        (of(">", Decimal(5)), {"value": "5.0001"}),
        (of("<", Decimal(5)), {"value": "4.9999"}),
        (of("=", Decimal("6.0")), {"value": "6"}),
        (BAND, {"low": "1", "high": "9"}),
        (BAND, {"low": "0.5", "high": "10"}),
        (INSIDE, {"value": "22"}),
        (INSIDE, {"low": "20", "high": "25"}),
        (WORDS, {"text": "按期提交"}),
    ],
)
def test_a_promise_that_is_good_enough(indicator, promise):
    assert indicator.check_promise(promise) is None


@pytest.mark.parametrize("text", ["", "abc", "1 2", "--1", "1e999", "NaN", "Infinity", "1" * 41, "1,00", "0x10"])
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="不是数值"):
        read_decimal(text)


@given(FIGURES)
def test_a_number_is_read_as_it_is_written(value):
    assert read_decimal(str(value)) == value


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6))
def test_a_shown_plain_number_reads_back(value):
    text = show_decimal(value)
    assert "×" in text or text.startswith("10") or read_decimal(text) == value


@given(st.sampled_from(SINGLE), FIGURES, FIGURES)
def test_a_promise_is_accepted_exactly_when_it_meets_the_target(comparator, target, promised):
    holds = {">=": promised >= target, ">": promised > target, "<=": promised <= target, "<": promised < target,
             "=": promised == target}[comparator]  # fmt: skip
    sentence = of(comparator, target).check_promise({"value": str(promised)})
    assert (sentence is None) == holds
    assert of(comparator, target).judge({"value": str(promised)}) is holds


@given(st.sampled_from([">=", ">", "<=", "<"]), FIGURES, FIGURES, st.decimals(0, 1000, places=3))
def test_a_better_promise_than_an_accepted_one_is_accepted(comparator, target, promised, more):
    indicator = of(comparator, target)
    assume(indicator.check_promise({"value": str(promised)}) is None)
    better = promised + more if comparator in (">=", ">") else promised - more
    assert indicator.check_promise({"value": str(better)}) is None


@given(FIGURES, FIGURES, FIGURES, FIGURES, st.sampled_from(["covers", "within"]))
def test_ranges(one, two, three, four, sense):
    low, high = sorted([one, two])
    mine_low, mine_high = sorted([three, four])
    indicator = IndicatorSpec("i1", "范围", "range", (low, high), "GHz", sense=sense)
    holds = mine_low <= low and high <= mine_high if sense == "covers" else low <= mine_low and mine_high <= high
    assert (indicator.check_promise({"low": str(mine_low), "high": str(mine_high)}) is None) == holds


def test_a_measurement_is_judged_against_target_and_promise():
    assert SCALE.judge({"value": "1100"}) is True
    assert SCALE.judge({"value": "1100"}, {"value": "1200"}) is False
    assert SCALE.judge({"value": "1200"}, {"value": "1200"}) is True
    assert BAND.judge({"low": "1", "high": "9"}, {"low": "0.5", "high": "9"}) is False
    assert WORDS.judge({"text": "已提交"}) is None
    with pytest.raises(ValueError, match="不是数值"):
        SCALE.judge({"value": "很多"})


def test_a_promise_or_measurement_is_shown_in_words():
    assert SCALE.show({"value": "1200"}) == "1200 个"
    assert BAND.show({"low": "1", "high": "9"}) == "1—9 GHz"
    assert INSIDE.show({"value": "22"}) == "22 ℃"
    assert WORDS.show({"text": " 按期 "}) == "按期"
    assert SCALE.show({"value": "?"}) == SCALE.show(None) == ""


@pytest.mark.parametrize(
    "typed, word",
    [("5", None), ("12", None), ("4", "小于榜单要求的下限 5"), ("", "没有数值"), ("五", "不是数值")],
)
def test_of_an_amount_the_low_end_must_be_reached_and_more_is_welcome(typed, word):
    said = AMOUNT.check_promise({"value": typed})
    assert said is None if word is None else word in said
    assert AMOUNT.target_text == "5—10 项" and not AMOUNT.takes_range


def test_an_amount_is_judged_against_its_target_and_its_promise():
    assert AMOUNT.judge({"value": "6"}) is True and AMOUNT.judge({"value": "6"}, {"value": "7"}) is False
    assert AMOUNT.judge({"value": "4"}) is False and AMOUNT.judge({"value": "7"}, {"value": "7"}) is True
