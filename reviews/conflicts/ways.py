"""How people and houses are reached: phones and mail addresses in what somebody typed."""

import re
import unicodedata
from functools import lru_cache

_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86)?[\s-]*(1[3-9]\d(?:[\s-]*\d){8})(?!\d)", re.ASCII)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
_TWO_PART_ENDS = frozenset(f"{kind}.cn" for kind in ("edu", "ac", "com", "org", "net", "gov", "mil"))
PUBLIC_MAIL = frozenset(
    """qq.com vip.qq.com foxmail.com 163.com 126.com yeah.net vip.163.com vip.126.com 188.com sina.com sina.cn
    sohu.com tom.com 139.com 189.cn wo.cn 21cn.com aliyun.com 263.net gmail.com outlook.com hotmail.com live.com
    live.cn msn.com yahoo.com yahoo.cn icloud.com me.com proton.me example.com example.org example.net""".split()
)
"""Where anybody has a mailbox (and the names kept for examples): such an address says nothing of an employer."""


@lru_cache(maxsize=100_000)
def phones_in(text: str) -> frozenset[str]:
    """The mobile numbers in what somebody typed, as 11 digits. Landlines are shared by whole offices."""
    found = _MOBILE.findall(unicodedata.normalize("NFKC", text or ""))
    return frozenset(re.sub(r"\D", "", number) for number in found)


@lru_cache(maxsize=100_000)
def mails_in(text: str) -> frozenset[str]:
    """The mail addresses in what somebody typed, in small letters."""
    return frozenset(mail.casefold() for mail in _MAIL.findall(unicodedata.normalize("NFKC", text or "")))


def house_domain(mail: str) -> str:
    """The domain by which a mail address names an employer; '' for a public mailbox, which only counts whole."""
    labels = mail.rpartition("@")[2].split(".")
    size = 3 if ".".join(labels[-2:]) in _TWO_PART_ENDS else 2
    domain = ".".join(labels[-size:])
    known = {domain, ".".join(labels)} & PUBLIC_MAIL
    return "" if known or len(labels) < size or labels[-1] in ("example", "invalid", "test") else domain
