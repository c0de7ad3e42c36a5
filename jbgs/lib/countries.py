"""Countries and territories: ISO 3166-1 codes, their Chinese names (CLDR), and the continent each is counted to.

The names are those of the Unicode CLDR, except for Hong Kong, Macao and Taiwan, which official papers call 中国香港,
中国澳门 and 中国台湾. A country that lies on two continents is counted to one of them, as the UN's M49 table does.
"""

import unicodedata
from functools import cache

from babel import Locale

CHINA = "CN"
CONTINENTS = {"AS": "亚洲", "EU": "欧洲", "AF": "非洲", "NA": "北美洲", "SA": "南美洲", "OC": "大洋洲", "AN": "南极洲"}
AMERICAS = frozenset({"NA", "SA"})

_CODES = {
    "AS": "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY "
    "NP OM PH PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE",
    "EU": "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC "
    "MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA",
    "AF": "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW IO KE KM LR LS LY MA MG ML MR "
    "MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW",
    "NA": "AG AI AW BB BL BM BQ BS BZ CA CR CU CW DM DO GD GL GP GT HN HT JM KN KY LC MF MQ MS MX NI PA PM PR "
    "SV SX TC TT US VC VG VI",
    "SA": "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE",
    "OC": "AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS",
    "AN": "AQ",
}
_CONTINENT = {code: continent for continent, codes in _CODES.items() for code in codes.split()}
_OFFICIAL = {"CN": "中国", "HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"}
# What people write beside the names of the CLDR.
_ALIASES = {
    "中华人民共和国": "CN", "香港": "HK", "香港特别行政区": "HK", "中国香港特别行政区": "HK", "澳门": "MO",
    "澳门特别行政区": "MO", "中国澳门特别行政区": "MO", "台湾": "TW", "台湾地区": "TW", "美利坚合众国": "US",
    "USA": "US", "大不列颠及北爱尔兰联合王国": "GB", "UK": "GB", "大韩民国": "KR", "南韩": "KR",
    "德意志联邦共和国": "DE", "俄罗斯联邦": "RU", "阿联酋": "AE", "沙特": "SA", "波黑": "BA", "北马其顿共和国": "MK",
    "刚果金": "CD", "刚果布": "CG",
}  # fmt: skip


@cache
def countries() -> tuple[tuple[str, str], ...]:
    """(code, Chinese name) of all, China first, then by code."""
    names = Locale("zh").territories
    others = sorted(code for code in _CONTINENT if code not in _OFFICIAL)
    return (*_OFFICIAL.items(), *((code, names[code]) for code in others))


def country_name(code: str) -> str:
    """The Chinese name of a code; what is no code comes back as it is."""
    return _names().get(code, code)


def code_of(typed: str) -> str:
    """The code that a typed name or code means; '' where it means none, or nothing was typed."""
    wanted = unicodedata.normalize("NFKC", typed).strip()
    return _codes().get(wanted) or _codes().get(wanted.upper(), "")


def continent_of(code: str) -> str:
    """The continent's code (a key of CONTINENTS) of a country's code; '' for what is no country."""
    return _CONTINENT.get(code, "")


@cache
def _names() -> dict[str, str]:
    return dict(countries())


@cache
def _codes() -> dict[str, str]:
    named = {unicodedata.normalize("NFKC", name): code for code, name in countries()}
    return {code: code for code in _CONTINENT} | _ALIASES | named
