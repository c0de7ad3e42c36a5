"""Figures in running text: number, unit and comparator, exactly as written.

`quantities(text)` finds them from left to right. A figure that belongs to a name (H2, IEC 61215, 6G), to a date or to
the number of a list is none.
"""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

SIGNS = str.maketrans("０１２３４５６７８９．％＋－＞＜＝～〜∼／＠μ", "0123456789.%+-><=~~~/@μ")
SUPERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−", "0123456789+--")

GE, GT, LE, LT, EQ, BETTER, REACH, DOWN, NONE = ">=", ">", "<=", "<", "=", "better", "reach", "down", ""
WORDS = (
    (GE, "不低于 不少于 不小于 不短于 不弱于 不亚于 不劣于 大于等于 大于或等于 高于或等于 高于等于 至少为 至少达到"
         " 至少包含 至少包括 至少支持 至少 最少 最低为 ≥ ≧ >= ⩾ ≮"),
    (LE, "不超过 不高于 不大于 不多于 不长于 小于等于 小于或等于 低于或等于 低于等于 至多 最多 不超 ≤ ≦ <= ⩽ ≯"),
    (GT, "大于 超过 高于 多于 长于 超出 > 突破 超"),
    (LT, "小于 低于 少于 短于 <"),
    (BETTER, "优于 好于"),
    (DOWN, "降低至 降低到 下降至 下降到 降至 降到 缩短至 缩短到 缩短为 压缩至 压缩到 减少至 减少到 减小到 减小至"
           " 控制在"),
    (REACH, "达到 可达到 可达 高达 提升至 提升到 提高至 提高到 增加至 增加到 增至 延长至 扩大到 达"),
    (EQ, "等于 ="),
)  # fmt: skip
MEANING = {word: sign for sign, words in WORDS for word in words.split()}
PREFIX = "|".join(sorted(map(re.escape, MEANING), key=len, reverse=True))

NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
POWER = r"10\s*(?:\^\s*\(?\s*[-−+]?\d{1,3}\s*\)?|[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3})"
FIGURE = rf"(?:(?:{NUMBER})\s*[×xX*]\s*{POWER}|{POWER}|(?:{NUMBER})[eE][-+]?\d{{1,2}}(?![A-Za-z])|{NUMBER})"
LETTERS = "A-Za-zα-ωΑ-ΩµÅ℃°%‰′″"
ATOM = rf"[{LETTERS}]+(?:[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹½]+|\^\([^()]{{1,8}}\)|[-−]?\d(?![\d.]))?"
CHINESE = (
    "个百分点 个月 毫秒 微秒 纳秒 皮秒 小时 分钟 秒 周 天 日 年 个 种 项 家 台套 台 套 条 人次 次 倍 人 "
    "名 辆 架 艘 座 层 类 款 件 篇 张 路 根 只 枚 支 片 块 颗 株 亩 公顷 平方公里 平方千米 平方米 "
    "平方厘米 平方毫米 立方米 立方 公里 千米 厘米 毫米 微米 纳米 米 英寸 寸 吨 公斤 千克 毫克 微克 克 "
    "毫升 升 元 兆瓦 千瓦时 千瓦 瓦 千伏 伏 安 摄氏度 度 兆帕 千帕 帕 赫兹 兆赫 比特 通道 像素 例 组 批次 "
    "批 轮 步 代 位 点 帧 核 线程 节点 道 处 份 部 本 场 字节 参数 平 门 笔 户 头 羽 粒 滴 瓶 箱 车次 "
    "场次 页 分 赫 海里 节 双 样 剂 卷 册 幅 克拉"
).split()
MEASURE = "|".join(sorted(CHINESE, key=len, reverse=True))
PER = rf"(?:每?(?:{MEASURE})|[一-鿿]{{1,2}}(?=[，。；、）)\s\ue000-\uefff]|$)|{ATOM}|[（(][^()（）]{{1,12}}[)）])"
# a unit that no list names (节, 海里): short, and nothing stands behind it
UNKNOWN = r"(?![以及或左右内之上下的至到和与为可等、])[一-鿿]{1,2}"
UNIT = (
    rf"(?:(?:万亿|千万|百万|万|亿)?(?:{MEASURE})(?:\s?[/·]\s?{PER})*|(?:万亿|千万|百万|万|亿)(?:{ATOM})?"
    rf"|:\s?1(?!\d)|(?:{ATOM})(?:\s?[·∙•⋅/*]\s?{PER})*"
    rf"|{UNKNOWN}(?:/{PER}|(?=[，。；、）)\s\ue000-\uefff]|$)))"
    rf"(?: [A-Z][a-z]?[₂2]?(?:/{PER})?(?=[，。；、）)\s\ue000-\uefff]|$))?"
)
JOIN = r"\s*(?:~|–|—|-|−|至|到)\s*"
CN_NUMBER = r"(?:[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九])"
CN_MEASURE = "种 个 项 家 台 套 类 款 条 座 件 篇 次 处 支 倍 名 路 层 代".split()
SUFFIX = r"(?:(?:及|或|或者|和)?以上|(?:及|或|或者|和)?以下|以内|之内|内(?![部外存])|左右|上下|量级|级(?!别))"
QUANTITY = re.compile(
    rf"(?P<prefix>(?:{PREFIX})\s*(?:为|到|了|约|:|：)?\s*(?:(?P<of>[A-Z][A-Za-z]{{0,4}})\s+)?)?(?P<sign>[±+]|(?<![{LETTERS}\d)）])[-−])?\s*(?P<a>{FIGURE})"
    rf"(?:\s*(?P<ua>{UNIT}))?(?:(?:{JOIN})(?P<minus>[-−])?(?P<b>{FIGURE})(?:\s*(?P<ub>{UNIT}))?"
    rf"|\s*[×xX*]\s*(?P<x>{FIGURE})(?:\s*(?P<ux>{UNIT}))?(?:\s*[×xX*]\s*(?P<y>{FIGURE})(?:\s*(?P<uy>{UNIT}))?)?)?"
    rf"\s*(?P<suffix>{SUFFIX})?"
    rf"|(?P<cprefix>(?:{PREFIX})\s*)?(?P<cn>{CN_NUMBER})(?P<cu>{'|'.join(CN_MEASURE)})"
    rf"(?P<again>或(?:者)?{CN_NUMBER}(?:{'|'.join(CN_MEASURE)})(?=以上))?\s*(?P<csuffix>{SUFFIX})?"
)
NAME_BEFORE = re.compile(r"(?:[A-Za-zα-ωΑ-Ω][-_/ ]?|[第#№._]|[A-Z]{2,}[ -]?|标准\s?|\d)$")
TAG_BEHIND = re.compile(r"^(?:[GKDC](?![A-Za-z/·%])|[GKDC]/)")
DATE = re.compile(r"^(?:19|20)\d{2}\s*[-—~至]?\s*(?:(?:19|20)\d{2}\s*)?年(?!以上|以内)|^\d{1,2}\s*(?:月|日)(?!以上)")
LOST_POWER = re.compile(r"10[-−]\d|10(?:0[1-9]|[1-9]\d|[1-9])(?!\d)")
LOST_TEN = re.compile(r"10(?:0[1-9]|[1-9]\d|[3-9])")


@dataclass
class Quantity:
    """One figure. `sign`: the comparator as the words mean it; `values`: one, two of a range, or the sides of A × B."""

    start: int
    end: int
    sign: str
    values: tuple[Decimal, ...]
    unit: str
    shape: str = "one"  # one, range, product, cn
    plus_minus: bool = False
    suffix: str = ""
    units: tuple[str, ...] = ()
    doubt: str = ""

    @property
    def bare(self) -> bool:
        """Without any word that compares."""
        return self.sign == NONE


def to_decimal(figure: str) -> Decimal:
    """1,000 → 1000; 1×10⁻⁹, 10^-6, 1e-3 exactly. ValueError when it is no number."""
    text = re.sub(r"\s", "", figure).replace(",", "")
    if match := re.fullmatch(r"(?:([\d.]+)[×xX*])?10(?:\^\(?([-−+]?\d+)\)?|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))", text):
        power = (match[2] or match[3]).translate(SUPERS)
        return Decimal(f"{match[1] or 1}E{power}")
    try:
        return Decimal(text)
    except InvalidOperation as problem:
        raise ValueError(figure) from problem


def quantities(text: str) -> list[Quantity]:
    """Every figure of a text that measures something, left to right."""
    found, place = [], 0
    while match := QUANTITY.search(text, place):
        place = max(match.end(), match.start() + 1)
        one = _chinese(match) if match["cn"] else _figure(match, text)
        if one is not None:
            found.append(one)
            place = one.end
    return found


def _figure(match: re.Match, text: str) -> Quantity | None:
    start = match.start("sign") if match["sign"] else match.start("a")
    if not match["prefix"] and NAME_BEFORE.search(text[:start]):
        return None
    tail = text[match.start("a") :]
    if DATE.match(tail) and not match["prefix"]:
        return None
    if not match["prefix"] and not match["suffix"] and not match["b"] and TAG_BEHIND.match(text[match.end("a") :]):
        return None
    return _read(match, text)


def _meaning(prefix: str, of: str) -> str:
    """The comparator that the words before a figure mean; `of`: a sign between them (优于 RMS 0.2)."""
    prefix = re.sub(r"\s", "", prefix)
    prefix = prefix[: -len(of)] if of else prefix
    return MEANING.get(prefix) or MEANING.get(re.sub(r"(?:为|到|了|约|:|：)$", "", prefix), NONE)


def _read(match: re.Match, text: str) -> Quantity | None:
    sign = _meaning(match["prefix"] or "", match["of"] or "")
    suffix = match["suffix"] or ""
    unit, shape = match["ua"] or "", "one"
    if suffix == "级" and sign != NONE:  # 抗风等级≥8级: with a comparator it is a grade, no order of magnitude
        unit, suffix = unit + "级", ""
    a = to_decimal(match["a"])
    if match["sign"] in {"-", "−"}:
        a = -a
    values, units = (a,), (unit,)
    if match["b"]:
        b = to_decimal(match["b"])
        values, units, shape = (a, -b if match["minus"] else b), (unit, match["ub"] or ""), "range"
    elif match["x"]:
        sides = [(a, unit), (to_decimal(match["x"]), match["ux"] or "")]
        if match["y"]:
            sides.append((to_decimal(match["y"]), match["uy"] or ""))
        values, units, shape = tuple(side for side, _ in sides), tuple(unit for _, unit in sides), "product"
    plain = str.maketrans("（）", "()")
    units = tuple(re.sub(r"\s?([·∙•⋅/*])\s?", r"\1", unit).translate(plain) for unit in units)
    one = Quantity(
        match.start(), match.end(), sign, values, units[-1] or units[0], shape, match["sign"] == "±", suffix, units
    )
    _settle(one)
    one.doubt = one.doubt or _doubt(match, one, text)
    return one


def _settle(one: Quantity) -> None:
    """Words behind the figure (以上, 以内) say or confirm how it compares."""
    up, down = one.suffix.endswith("以上"), one.suffix.endswith(("以下", "内"))
    if up and one.sign in {NONE, REACH, EQ, DOWN}:
        one.sign = GE
    elif down and one.sign in {NONE, REACH, EQ, DOWN}:
        one.sign = LE
    elif up and one.sign in {LE, LT} or down and one.sign in {GE, GT}:
        one.doubt = "前后的比较词相反"
    elif one.suffix in {"左右", "上下"}:
        one.doubt = f"写作“{one.suffix}”，没有准确的界限"
    elif one.suffix in {"量级", "级"}:
        one.doubt = "只写了量级，没有准确的数值"


def _doubt(match: re.Match, one: Quantity, text: str) -> str:
    if re.match(r"\s*±\s*\d", text[match.end() :]):
        return "数值之后有“±”，须定为范围"
    if match["x"] and not match["ua"] and LOST_POWER.match(match["x"] + text[match.end("x") : match.end("x") + 2]):
        return "像是丢失了指数的上标"
    if LOST_TEN.fullmatch(match["a"]) and re.search(r"[A-Za-z][-−]\d$|^[A-Za-z]+[23]$", one.unit):
        return "可能是丢失了上标的 10 的乘方"
    if one.shape == "range":
        first, last = one.units
        if one.values[0] >= one.values[1]:
            return "范围的起点不小于终点"
        if first and last and first != last:
            return f"范围两端的单位不同（{first}、{last}）"
        if re.match(r"\s*/\s*\d", text[match.end() :]):
            return "范围之后另有一个数字，有两种读法"
        if one.sign in {GE, GT, LE, LT}:
            return "比较词之后又是范围，有两种读法"
    return ""


def _chinese(match: re.Match) -> Quantity | None:
    from programmes.importing.numbering import chinese_number

    words, measure = match["cn"].replace("两", "二"), match["cu"]
    value = chinese_number(words)
    sign = MEANING.get((match["cprefix"] or "").strip(), NONE)
    suffix = match["csuffix"] or ""
    if match["again"]:
        sign = GE
    one = Quantity(match.start(), match.end(), sign, (Decimal(value),), measure, "cn", False, suffix, (measure,))
    _settle(one)
    if one.bare and value < 2 and measure not in {"套", "台", "座"}:
        return None  # 一种新型… is an article, no figure
    return one
