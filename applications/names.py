"""Names in free texts: what a unit, a partner or a person is called is found and struck out (××× in its place)."""

import re
from collections import Counter
from collections.abc import Iterable

from jbgs.lib.regions import REGIONS

STRUCK = "×××"
FORMS = (
    "集团股份有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "集团公司", "公司", "集团",
    "研究总院", "研究院", "研究所", "研究中心", "大学", "学院", "医院", "中心",
)  # fmt: skip
"""How a unit's name ends by its kind."""
TRADES = (
    "科学技术", "科技", "技术", "电子", "信息", "网络", "软件", "新材料", "材料", "生物", "医药", "医疗",
    "智能", "光电", "机械", "设备", "装备", "能源", "环境", "环保", "工程", "仪器", "通信", "数据", "系统",
    "制造", "产业", "工业", "实业", "发展", "投资", "农业", "化工", "电气", "汽车", "航空", "航天", "科学",
    "计算", "自动化", "机器人", "低温", "超导", "精密", "量测", "计量", "测控", "测量", "量子", "光学", "激光",
    "半导体", "微电子", "芯片", "新能源", "电力", "电网", "石化", "钢铁", "冶金", "建设", "物流", "食品",
    "健康", "安全", "医学", "药业", "传感", "控制", "动力", "船舶", "轨道", "遥感", "空间", "海洋", "低碳",
    "氢能", "储能",
)  # fmt: skip
"""What a unit does, between its own name and its kind: 虚构光电科技有限公司 is also called 虚构."""
COMMON = frozenset(
    (
        "先进 创新 中国 国家 联合 未来 现代 综合 第一 中心 人民 理工 师范 农业 工业 交通 国际 中央 地方 高等 职业 城市 "
        "应用"
    ).split()
)
"""Words of two signs that are left alone: they stand in every text."""
REACH = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+|(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[-－ ]?\d{7,8}(?!\d)"
)
"""How somebody is reached: addresses, sites, telephone numbers."""
REGION_WORDS = frozenset(word for region in REGIONS for word in (region.name, region.short))
_PREFIX = re.compile("^(?:" + "|".join(sorted(REGION_WORDS, key=len, reverse=True)) + ")?(?:[^市省县区]{1,4}[市县区])?")


def short_names(name: str) -> set[str]:
    """What a unit with this full name is also called: without its kind, without its region, by its own name alone."""
    bare = re.sub(r"[（(].*?[）)]", "", name).strip()
    within = re.findall(r"[（(](.*?)[）)]", name)
    found = {bare, *(_without_end(bare, FORMS),)}
    local = _PREFIX.sub("", bare)
    core = _without_end(local, FORMS)
    found |= {local, core}
    while (shorter := _without_end(core, TRADES)) != core:
        core = shorter
        found.add(core)
    return {word for word in found - {name, *within} if _is_telling(word)}


def _without_end(text: str, ends: Iterable[str]) -> str:
    end = next((one for one in ends if text.endswith(one) and len(text) > len(one) + 1), "")
    return text.removesuffix(end)


def _is_telling(word: str) -> bool:
    rest = word
    while (shorter := _without_end(rest, TRADES)) != rest:
        rest = shorter
    return len(word) > 1 and rest not in (*TRADES, *FORMS) and word not in COMMON | REGION_WORDS and rest not in COMMON


def struck(text: str, units: Iterable[str], others: Iterable[str] = ()) -> tuple[str, Counter]:
    """The text without these units (by all that they are called), other words and anybody's address or telephone;
    and what was struck, with how often. Blanks and line ends inside a name hide nothing."""
    pattern = pattern_of(units, others)
    hits: Counter = Counter()

    def strike(match):
        hits[re.sub(r"\s+", "", match[0])] += 1
        return STRUCK

    return pattern.sub(strike, text), hits


def pattern_of(units: Iterable[str], others: Iterable[str] = ()) -> re.Pattern:
    """What `struck` looks for: the longest name first."""
    words = {word.strip() for word in others if word and len(word.strip()) > 1}
    for unit in units:
        if unit and len(unit.strip()) > 1:
            words |= {unit.strip(), *short_names(unit.strip())}
    alternatives = [_loose(word) for word in sorted(words, key=lambda word: (-len(word), word))]
    return re.compile("|".join([*alternatives, REACH.pattern]), re.IGNORECASE)


def _loose(word: str) -> str:
    """A word as people break it: 张 三; a Latin one only as a whole (ABC, not in FABCO)."""
    signs = r"\s*".join(re.escape(sign) for sign in word if not sign.isspace())
    if word.isascii():
        return rf"(?<![A-Za-z0-9]){signs}(?![A-Za-z0-9])"
    return signs
