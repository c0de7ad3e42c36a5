"""The template words of the house: what people read for dates, time left, money, targets and quotas."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.paginator import Paginator

from jbgs.lib import clock
from jbgs.templatetags import house
from programmes.indicators import IndicatorSpec

NOW = datetime(2025, 3, 3, 14, 26, 8, tzinfo=clock.SHANGHAI)


@pytest.fixture(autouse=True)
def early_march():
    with clock.travel(NOW):
        yield


def test_midnight_is_the_24th_hour_of_the_day_before():
    assert house.cn_deadline(datetime(2025, 3, 7, tzinfo=clock.SHANGHAI)) == "3月6日 24:00"
    assert house.cn_deadline(datetime(2025, 3, 20, 17, 30, tzinfo=clock.SHANGHAI)) == "3月20日 17:30"
    assert house.cn_deadline(datetime(2025, 1, 1, tzinfo=clock.SHANGHAI)) == "2024年12月31日 24:00"


def test_dates_are_chinese_days_whatever_the_zone_of_the_value():
    just_before_nine = datetime(2025, 3, 3, 0, 59, tzinfo=clock.SHANGHAI).astimezone(tz=None)
    assert house.cn_datetime(just_before_nine) == "3月3日 00:59"
    assert house.cn_datetime(NOW, "s") == "3月3日 14:26:08"
    assert house.cn_date(date(2025, 3, 6)) == "2025年3月6日"
    assert [house.cn_datetime(None), house.cn_deadline(None), house.cn_date(None)] == ["—"] * 3


@pytest.mark.parametrize(
    "left, words",
    [
        (timedelta(days=3, hours=9, minutes=33, seconds=59), "3 天 9 小时 33 分"),
        (timedelta(days=1), "1 天 0 小时 0 分"),
        (timedelta(hours=2), "2 小时 0 分"),
        (timedelta(minutes=5), "5 分"),
        (timedelta(seconds=59), "0 分"),
        (timedelta(0), "已截止"),
        (timedelta(seconds=-1), "已截止"),
    ],
)
def test_time_left_is_rounded_down(left, words):
    assert house.duration_left(NOW + left) == words


def test_amber_begins_while_three_days_are_left():
    assert not house.time_left(NOW + timedelta(days=4), NOW).soon
    assert house.time_left(NOW + timedelta(days=4, seconds=-1), NOW).soon
    assert not house.time_left(NOW, NOW).soon and house.time_left(NOW, NOW).over


def test_money_has_two_decimals_and_separators():
    assert house.wan_yuan(Decimal("1120")) == "1,120.00"
    assert house.wan_yuan("12.5") == "12.50"
    assert house.wan_yuan(0) == "0.00"
    assert [house.wan_yuan(None), house.wan_yuan(""), house.wan_yuan("见附件")] == ["—", "—", "见附件"]


def test_file_sizes():
    assert [house.file_size(size) for size in (None, 1, 2048, 2_202_010)] == ["—", "1 KB", "2 KB", "2.1 MB"]


def target(comparator, value, unit=""):
    return house.target_parts(IndicatorSpec("i", "规模", comparator, value, unit, text="写明方法"))


def test_targets_stand_in_columns():
    assert target(">=", Decimal("1000"), "个") == {"comparator": "≥", "value": "1000", "unit": "个"}
    assert target("range", (Decimal("0.1"), Decimal("40")), "GHz") == {
        "comparator": "", "value": "0.1—40", "unit": "GHz",
    }  # fmt: skip
    assert target("<=", Decimal("1E-11"))["value"] == "10⁻¹¹"
    assert target("text", None) is None


def test_units_raise_their_powers_and_escape_the_rest():
    assert house.unit_text("μGal/Hz^(1/2)") == "μGal/Hz<sup>½</sup>"
    assert house.unit_text("m^-3") == "m<sup>-3</sup>"
    assert house.unit_text("<b>") == "&lt;b&gt;"
    assert house.unit_text("个") == "个"


def test_lists_show_figures_before_words():
    words, figure = (IndicatorSpec(code, code, comparator) for code, comparator in (("w", "text"), ("f", ">=")))
    task = SimpleNamespace(indicators=(words, words, words, figure))
    assert house.first_targets(task)[0] is figure
    assert house.targets_left(task) == 1


@pytest.mark.parametrize(
    "used, marks, sentence",
    [
        (0, ("", ""), "还可推荐 2 个"),
        (1, ("on", ""), "还可推荐 1 个"),
        (2, ("on", "on"), "已用完"),
        (3, ("on", "on", "over"), "超出 1 个"),
    ],
)
def test_quota_slots(used, marks, sentence):
    slots = house.quota_slots(used, 2)
    assert (slots.marks, slots.sentence, slots.over) == (marks, sentence, used > 2)


def test_meter_stays_between_nothing_and_everything():
    assert 'aria-valuenow="100"' in house.meter(140, "完成")
    assert 'aria-valuenow="0"' in house.meter(None, "完成")
    assert "&lt;" in house.meter(5, "<")


def test_an_unknown_icon_is_an_error():
    with pytest.raises(KeyError):
        house.icon("no-such-icon")


def test_pages_leave_gaps():
    assert house.page_numbers(Paginator(range(400), 20), 10) == [1, 2, 0, 8, 9, 10, 11, 12, 0, 19, 20]
