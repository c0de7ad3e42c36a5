"""The 37 regions of the notices: 31 provincial units, 5 plan cities, 兵团 (domain.md §4.8).

Order is that of GB/T 2260, a plan city stands after its province. GB/T 2260 has no code for 兵团; 660000 is the value
this system uses for it.
"""

from typing import NamedTuple

PROVINCE, PLAN_CITY, CORPS = "province", "plan_city", "corps"


class Region(NamedTuple):
    """One region. `kind` is `province` (省级), `plan_city` (计划单列市) or `corps` (兵团) and drives quotas."""

    code: str
    name: str
    short: str
    kind: str


REGIONS: tuple[Region, ...] = (
    Region("110000", "北京市", "北京", PROVINCE),
    Region("120000", "天津市", "天津", PROVINCE),
    Region("130000", "河北省", "河北", PROVINCE),
    Region("140000", "山西省", "山西", PROVINCE),
    Region("150000", "内蒙古自治区", "内蒙古", PROVINCE),
    Region("210000", "辽宁省", "辽宁", PROVINCE),
    Region("210200", "大连市", "大连", PLAN_CITY),
    Region("220000", "吉林省", "吉林", PROVINCE),
    Region("230000", "黑龙江省", "黑龙江", PROVINCE),
    Region("310000", "上海市", "上海", PROVINCE),
    Region("320000", "江苏省", "江苏", PROVINCE),
    Region("330000", "浙江省", "浙江", PROVINCE),
    Region("330200", "宁波市", "宁波", PLAN_CITY),
    Region("340000", "安徽省", "安徽", PROVINCE),
    Region("350000", "福建省", "福建", PROVINCE),
    Region("350200", "厦门市", "厦门", PLAN_CITY),
    Region("360000", "江西省", "江西", PROVINCE),
    Region("370000", "山东省", "山东", PROVINCE),
    Region("370200", "青岛市", "青岛", PLAN_CITY),
    Region("410000", "河南省", "河南", PROVINCE),
    Region("420000", "湖北省", "湖北", PROVINCE),
    Region("430000", "湖南省", "湖南", PROVINCE),
    Region("440000", "广东省", "广东", PROVINCE),
    Region("440300", "深圳市", "深圳", PLAN_CITY),
    Region("450000", "广西壮族自治区", "广西", PROVINCE),
    Region("460000", "海南省", "海南", PROVINCE),
    Region("500000", "重庆市", "重庆", PROVINCE),
    Region("510000", "四川省", "四川", PROVINCE),
    Region("520000", "贵州省", "贵州", PROVINCE),
    Region("530000", "云南省", "云南", PROVINCE),
    Region("540000", "西藏自治区", "西藏", PROVINCE),
    Region("610000", "陕西省", "陕西", PROVINCE),
    Region("620000", "甘肃省", "甘肃", PROVINCE),
    Region("630000", "青海省", "青海", PROVINCE),
    Region("640000", "宁夏回族自治区", "宁夏", PROVINCE),
    Region("650000", "新疆维吾尔自治区", "新疆", PROVINCE),
    Region("660000", "新疆生产建设兵团", "兵团", CORPS),
)

BY_CODE: dict[str, Region] = {region.code: region for region in REGIONS}
ORDER: dict[str, int] = {region.code: place for place, region in enumerate(REGIONS)}

# What a division code begins with decides its region; a plan city stands alone, beside its province ("深圳单列").
# 6590xx are the cities of 兵团 (石河子 659001 …): a suggestion only, for 兵团 also sits in other divisions.
_PREFIXES: dict[str, str] = (
    {region.code[:4]: region.code for region in REGIONS if region.kind == PLAN_CITY}
    | {"6590": "660000"}
    | {region.code[:2]: region.code for region in REGIONS if region.kind != PLAN_CITY}
)


def region_name(code: str) -> str:
    """The region's full name, '' when the code is none of the 37."""
    region = BY_CODE.get(code)
    return region.name if region else ""


def suggest_region(division_code: str) -> Region | None:
    """The region of a six-digit division code by its longest known prefix; None when nothing fits.

    A credit code holds the division of the *registering* authority, perhaps an old one (domain.md §4.7): use the
    answer to suggest, never to decide. 100000 (national registration) belongs to no region.
    """
    for length in (4, 2):
        code = _PREFIXES.get(division_code[:length])
        if code:
            return BY_CODE[code]
    return None
