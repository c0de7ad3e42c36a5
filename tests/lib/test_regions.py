"""The 37 regions and what a division code suggests."""

import pytest

from jbgs.lib.regions import CORPS, PLAN_CITY, PROVINCE, REGIONS, region_name, suggest_region


def test_thirty_seven_regions_in_administrative_order():
    kinds = [region.kind for region in REGIONS]
    assert len(REGIONS) == 37
    assert (kinds.count(PROVINCE), kinds.count(PLAN_CITY), kinds.count(CORPS)) == (31, 5, 1)
    codes = [region.code for region in REGIONS]
    assert codes == sorted(codes)
    assert codes[-1] == "660000"


@pytest.mark.parametrize(
    ("division", "short"),
    [
        ("340100", "安徽"),
        ("440305", "深圳"),
        ("440106", "广东"),
        ("210211", "大连"),
        ("330200", "宁波"),
        ("350203", "厦门"),
        ("370211", "青岛"),
        ("659001", "兵团"),
        ("650100", "新疆"),
        ("659", "新疆"),
    ],
)
def test_longest_prefix_decides(division, short):
    assert suggest_region(division).short == short


@pytest.mark.parametrize("division", ["100000", "990000", "", "81", "abc"])
def test_no_suggestion_for_other_codes(division):
    assert suggest_region(division) is None


def test_names():
    assert region_name("660000") == "新疆生产建设兵团"
    assert region_name("000000") == ""
