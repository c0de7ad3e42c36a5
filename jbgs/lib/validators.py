"""Checks of what people type: credit codes, mobile numbers, ID numbers. Pure; every refusal is a Chinese sentence.

`check_*` functions take what was typed, forgive spaces, hyphens, full-width signs and small letters, and give back the
normalised value, or raise ValueError whose text says what is wrong and what is expected.
"""

import re
import unicodedata

from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

# GB 32100-2015: digits and letters without I O S V Z, values 0-30; weights 3^(i-1) mod 31 (domain.md §4.7).
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE = {sign: value for value, sign in enumerate(USCC_ALPHABET)}
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# GB 11714: the old organisation code, characters 9 to 17 of a credit code; all letters count, A=10 … Z=35.
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Letters the standard leaves out, and the digit that people mean by them.
_LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}

# Fictitious codes: no division begins with 99, and no organisation code begins with XN (虚拟).
FICTITIOUS_REGION = "990000"
_FICTITIOUS_BODY = "XN"

# 81, 82 and 83 are the residence permits of people from Hong Kong, Macao and Taiwan.
_ID_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 81 82 83".split()
)

_MOBILE = re.compile(r"1[3-9]\d{9}")


MOST_DIGITS = 18
"""More do not fit the numbers of any database that we use."""


def whole_number(typed) -> int | None:
    """A number out of an address or a form; None for anything but up to 18 plain digits.

    `str.isdecimal` is no such check: it takes digits of other scripts and numbers that `int` refuses for their length.
    """
    typed = str(typed or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else None


def normalise(text: str) -> str:
    """Half-width capitals without spaces and hyphens: what people copy out of papers and chats, made comparable."""
    text = unicodedata.normalize("NFKC", text or "").upper()
    return re.sub(r"[\s\-–—·]", "", text)


def uscc_check_character(first17: str) -> str:
    """The 18th character by GB 32100-2015. A remainder of 0 gives '0', not a 32nd symbol."""
    total = sum(_USCC_VALUE[sign] * weight for sign, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def body_check_character(first8: str) -> str:
    """The 9th character of an organisation code by GB 11714: 10 is written X, 11 is written 0."""
    total = sum(int(sign, 36) * weight for sign, weight in zip(first8, _BODY_WEIGHTS, strict=True))
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def check_uscc(code: str) -> str:
    """A 统一社会信用代码 in its 18-character form, or ValueError.

    Checks the signs, the six digits of the registering authority's division and both check characters (GB 32100 on the
    18th, GB 11714 on the 17th). The first character is not restricted: bodies registered by the military, agriculture
    and other authorities begin with A, N and Y, which python-stdnum refuses.
    """
    code = normalise(code)
    if not code:
        raise ValueError("请填写统一社会信用代码，18 位，见营业执照或法人证书。")
    if len(code) == 15 and code.isdigit():
        raise ValueError("这是 15 位的旧营业执照注册号。请填写 18 位统一社会信用代码。")
    if len(code) != 18:
        raise ValueError(f"统一社会信用代码应为 18 位，现在是 {len(code)} 位。请对照营业执照或法人证书核对。")
    for place, sign in enumerate(code, start=1):
        if sign not in _USCC_VALUE:
            raise ValueError(_wrong_sign(place, sign))
    if not code[2:8].isdigit():
        raise ValueError(f"第 3 至 8 位“{code[2:8]}”应为登记机关所在地的 6 位数字。请核对。")
    if code[17] != uscc_check_character(code[:17]):
        raise ValueError("第 18 位校验码与前 17 位不符，代码中至少有一位不对。请对照营业执照或法人证书逐位核对。")
    if code[16] != body_check_character(code[8:16]):
        raise ValueError("第 17 位校验码与第 9 至 16 位不符，代码中至少有一位不对。请对照营业执照或法人证书逐位核对。")
    return code


def _wrong_sign(place: int, sign: str) -> str:
    if sign in _LOOKS_LIKE:
        return f"第 {place} 位“{sign}”不是代码用字，代码不用字母 I、O、S、V、Z。请核对是否为“{_LOOKS_LIKE[sign]}”。"
    return f"第 {place} 位“{sign}”不是代码用字。代码只用数字和大写字母，请核对。"


def make_uscc(serial: int, region: str = FICTITIOUS_REGION) -> str:
    """A fictitious code that passes both checks, for rehearsals, demos and tests.

    `serial` is 0-999999, the same serial and region always give the same code. `region` may be a real division, so that
    a suggestion of the region can be shown; the body begins with XN (虚拟), which no real organisation code does.
    """
    if not 0 <= serial <= 999_999:
        raise ValueError(f"serial must be 0-999999, not {serial}")
    if not re.fullmatch(r"\d{6}", region):
        raise ValueError(f"region must be six digits, not {region!r}")
    body = f"{_FICTITIOUS_BODY}{serial:06d}"
    first17 = f"91{region}{body}{body_check_character(body)}"
    return first17 + uscc_check_character(first17)


def is_fictitious_uscc(code: str) -> bool:
    """Whether `make_uscc` could have made this (normalised) code."""
    return code[8:10] == _FICTITIOUS_BODY


def check_mobile(phone: str) -> str:
    """An 11-digit mainland mobile number, or ValueError. A leading +86 is dropped."""
    phone = normalise(phone)
    phone = re.sub(r"^(\+|00)86(?=\d{11}$)", "", phone)
    if not phone:
        raise ValueError("请填写手机号，11 位数字。")
    if not phone.isascii() or not phone.isdigit():
        raise ValueError("手机号只含数字。请填写 11 位手机号，不填固定电话和分机号。")
    if len(phone) != 11:
        raise ValueError(f"手机号应为 11 位数字，现在是 {len(phone)} 位。请核对。")
    if not _MOBILE.fullmatch(phone):
        raise ValueError(f"“{phone[:3]}”不是手机号段。手机号应以 13 至 19 开头，请核对。")
    return phone


def check_id_number(number: str) -> str:
    """An 18-character 居民身份证号码, or ValueError: province, date of birth and check character by GB 11643.

    Dates and check character are python-stdnum's. Its test of the county is left out: it wants a county that existed in
    the year of birth, but numbers were given from 1984 on by the divisions of the day, so it refuses real people.
    """
    number = normalise(number)
    if not number:
        raise ValueError("请填写身份证号码，18 位。")
    if len(number) != 18:
        raise ValueError(f"身份证号码应为 18 位，现在是 {len(number)} 位。请核对。")
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise ValueError("身份证号码前 17 位应为数字，最后一位为数字或 X。请核对。")
    if number[:2] not in _ID_PROVINCES:
        raise ValueError(f"身份证号码前 2 位“{number[:2]}”不是省级行政区划代码。请核对。")
    try:
        ric.get_birth_date(number)
    except InvalidComponent:
        raise ValueError(f"第 7 至 14 位“{number[6:14]}”不是有效日期，请核对出生年月日。") from None
    if number[-1] != ric.calc_check_digit(number):
        raise ValueError("身份证号码最后一位校验码不对，号码中至少有一位不对。请逐位核对。")
    return number


def mask_phone(phone: str) -> str:
    """138****2057; a number too short to hide is hidden whole."""
    return _mask(phone, 3, 4)


def mask_id(number: str) -> str:
    """340***********0016; a number too short to hide is hidden whole."""
    return _mask(number, 3, 4)


def _mask(text: str, head: int, tail: int) -> str:
    if len(text) < head + tail + 3:
        return "*" * len(text)
    return text[:head] + "*" * (len(text) - head - tail) + text[-tail:]
