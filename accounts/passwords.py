"""What a password must look like (等保 8.1.4.1 a), and one-time passwords that people can read out over the phone."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

MINIMUM_LENGTH = 10
KINDS = (
    ("大写字母", str.isupper),
    ("小写字母", str.islower),
    ("数字", str.isdigit),
)
OTHER = "其他符号"
RULE = f"至少 {MINIMUM_LENGTH} 位，含大写字母、小写字母、数字、其他符号中的三种"

# Without 0 O o, 1 I l, 2 Z z, 5 S s: the letters that printed sheets and telephones confuse.
_READABLE = "ABCDEFGHJKMNPQRTUVWXYabcdefghjkmnpqrtuvwxy346789"


def check_password_strength(password: str, user=None) -> None:
    """ValueError with a Chinese sentence unless the password is long, mixed and not a well-known one."""
    if len(password) < MINIMUM_LENGTH:
        raise ValueError(f"密码现在是 {len(password)} 位，应{RULE}。")
    present = {name for sign in password for name in [_kind(sign)]}
    if len(present) < 3:
        missing = "、".join(name for name in [*(name for name, _ in KINDS), OTHER] if name not in present)
        raise ValueError(f"密码应含四种字符中的三种，现在只有 {len(present)} 种。请再加上：{missing}。")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValueError("".join(error.messages)) from None


def one_time_password() -> str:
    """Twelve readable characters in groups of four, about 67 bits: issued, used once, never stored in the open."""
    signs = "".join(secrets.choice(_READABLE) for _ in range(12))
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"


def _kind(sign: str) -> str:
    for name, fits in KINDS:
        if fits(sign):
            return name
    return OTHER
