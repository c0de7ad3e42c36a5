"""Every ISO country has a Chinese name and a continent; names that people type are understood."""

import pytest

from jbgs.lib import countries


def test_every_code_has_a_chinese_name_and_one_continent():
    found = dict(countries.countries())
    assert len(found) == 249  # ISO 3166-1
    assert all(name and name != code for code, name in found.items())
    assert {countries.continent_of(code) for code in found} == set(countries.CONTINENTS)
    assert sum(len(codes.split()) for codes in countries._CODES.values()) == 249


@pytest.mark.parametrize(
    ("typed", "code", "continent"),
    [
        ("中国", "CN", "AS"), ("CN", "CN", "AS"), ("德国", "DE", "EU"), ("de", "DE", "EU"), (" 美国 ", "US", "NA"),
        ("巴西", "BR", "SA"), ("南非", "ZA", "AF"), ("新西兰", "NZ", "OC"), ("香港", "HK", "AS"), ("台湾", "TW", "AS"),
        ("瓦坎达", "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_what_people_type(typed, code, continent):
    assert countries.code_of(typed) == code
    assert countries.continent_of(code) == continent


def test_china_and_its_regions_bear_their_official_names():
    assert [countries.country_name(code) for code in ("CN", "HK", "MO", "TW")] == [
        "中国",
        "中国香港",
        "中国澳门",
        "中国台湾",
    ]
    assert countries.country_name("没有的国家") == "没有的国家"
