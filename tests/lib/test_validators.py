"""Credit codes, mobile and ID numbers: the traps of the standards, and sentences that help."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jbgs.lib.validators import (
    USCC_ALPHABET,
    body_check_character,
    check_id_number,
    check_mobile,
    check_uscc,
    is_fictitious_uscc,
    make_uscc,
    mask_id,
    mask_phone,
    uscc_check_character,
    whole_number,
)

STANDARD_EXAMPLE = "91350100M000100Y43"  # GB 32100-2015
PRINTED = "91110108551385082Q"  # public documentation, checked against GB 11714 too


def code_with(first8: str, body8: str) -> str:
    """A code that is right in both check characters."""
    first17 = first8 + body8 + body_check_character(body8)
    return first17 + uscc_check_character(first17)


def sentence(check, value: str) -> str:
    with pytest.raises(ValueError) as refused:
        check(value)
    return str(refused.value)


@pytest.mark.parametrize("code", [STANDARD_EXAMPLE, PRINTED])
def test_published_codes_are_right(code):
    assert check_uscc(code) == code


def test_wrong_last_character_of_the_standard_is_named():
    assert sentence(check_uscc, STANDARD_EXAMPLE[:17] + "Z") == (
        "第 18 位“Z”不是代码用字，代码不用字母 I、O、S、V、Z。请核对是否为“2”。"
    )


@pytest.mark.parametrize("typed", ["9135 0100 m000 100y 43", "９１３５０１００M000100Y43", " 91350100-M000100Y4-3\n"])
def test_typing_habits_are_forgiven(typed):
    assert check_uscc(typed) == STANDARD_EXAMPLE


@pytest.mark.parametrize("first", "19ANY5")
def test_first_character_may_be_a_letter(first):
    """python-stdnum 2.2 refuses A, N and Y, which real bodies have."""
    code = code_with(f"{first}1110000", "72345678")
    assert check_uscc(code) == code


def test_remainder_zero_gives_the_digit_zero():
    """Some published snippets look up a 32nd symbol here."""
    bodies = (f"MA{number:06d}" for number in range(1000))
    zero = [code for code in (code_with("91110000", body) for body in bodies) if code.endswith("0")]
    assert zero
    assert all(check_uscc(code) == code for code in zero)


@pytest.mark.parametrize(("body", "check"), [("M000100Y", "4"), ("55138508", "2"), ("D2143569", "X")])
def test_organisation_code_check_character(body, check):
    """The last one is the example of GB 11714 itself."""
    assert body_check_character(body) == check


def test_check_eleven_is_written_zero():
    """Weights 3 7 9 10 5 8 4 2: eight zeros sum to 0, and 11 - 0 is 11."""
    assert body_check_character("00000000") == "0"


def test_code_right_by_gb32100_but_wrong_by_gb11714():
    wrong_body = "91350100M000100Y5"
    code = wrong_body + uscc_check_character(wrong_body)
    assert sentence(check_uscc, code).startswith("第 17 位校验码与第 9 至 16 位不符")


@given(st.integers(0, 999_999), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_every_single_wrong_character_is_found(serial, place, sign):
    code = make_uscc(serial)
    if code[place] == sign:
        return
    with pytest.raises(ValueError):
        check_uscc(code[:place] + sign + code[place + 1 :])


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写统一社会信用代码"),
        ("9135010", "应为 18 位，现在是 7 位"),
        ("350100000000001", "15 位的旧营业执照注册号"),
        ("91350100M000100Y4?", "第 18 位“?”不是代码用字"),
        ("9135O100M000100Y43", "请核对是否为“0”"),
        ("91A50100M000100Y43", "第 3 至 8 位“A50100”应为登记机关所在地的 6 位数字"),
        ("91350100M000100Y44", "第 18 位校验码与前 17 位不符"),
    ],
)
def test_sentences_say_what_is_wrong(typed, says):
    assert says in sentence(check_uscc, typed)


def test_fictitious_codes_are_right_distinct_and_recognisable():
    codes = [make_uscc(serial) for serial in range(2000)]
    assert len(set(codes)) == 2000
    assert all(check_uscc(code) == code and is_fictitious_uscc(code) for code in codes)
    assert not is_fictitious_uscc(STANDARD_EXAMPLE)
    assert make_uscc(7, "340100")[2:8] == "340100"
    assert make_uscc(7) == make_uscc(7)


@pytest.mark.parametrize(("serial", "region"), [(-1, "990000"), (1_000_000, "990000"), (1, "34"), (1, "34010A")])
def test_fictitious_codes_need_a_sensible_serial_and_region(serial, region):
    with pytest.raises(ValueError):
        make_uscc(serial, region)


@pytest.mark.parametrize(
    "typed", ["13800002057", "138 0000 2057", "+86 138-0000-2057", "008613800002057", "１３８00002057"]
)
def test_mobile_is_normalised(typed):
    assert check_mobile(typed) == "13800002057"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写手机号"),
        ("1380000205", "现在是 10 位"),
        ("12800002057", "“128”不是手机号段"),
        ("010-5550 0101转3", "不填固定电话和分机号"),
        ("٠١٢٣٤٥٦٧٨٩٠", "手机号只含数字"),
    ],
)
def test_wrong_mobile(typed, says):
    assert says in sentence(check_mobile, typed)


@pytest.mark.parametrize("number", ["11010519491231002X", "11010519491231002x", "110105 1949 1231 002X"])
def test_id_number(number):
    assert check_id_number(number) == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写身份证号码"),
        ("1101051949123100", "现在是 16 位"),
        ("1101051949123100XX", "前 17 位应为数字"),
        ("340104199002300016", "第 7 至 14 位“19900230”不是有效日期"),
        ("990105194912310021", "前 2 位“99”不是省级行政区划代码"),
        ("110105194912310021", "最后一位校验码不对"),
    ],
)
def test_wrong_id_number(typed, says):
    assert says in sentence(check_id_number, typed)


def test_id_number_with_a_county_younger_than_its_person():
    """Numbers were given from 1984 on; python-stdnum wants a county that existed in the year of birth."""
    from stdnum.cn import ric

    number = "440305196001010011"  # 深圳南山, a district since 1990
    number = number[:17] + ric.calc_check_digit(number)
    assert not ric.is_valid(number)
    assert check_id_number(number) == number


def test_masks():
    assert mask_phone("13800002057") == "138****2057"
    assert mask_id("34010419900230001X") == "340***********001X"
    assert mask_phone("12345") == "*****"
    assert mask_phone("") == ""


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0", 0), ("12", 12), ("9" * 18, int("9" * 18)), ("9" * 19, None), ("9" * 5000, None), ("", None), (None, None),
        ("-1", None), ("1.0", None), (" 1", None), ("²", None), ("１", None), ("1e3", None),
    ],
)  # fmt: skip
def test_whole_number(typed, number):
    assert whole_number(typed) == number
