"""Fictitious words and figures, drawn from a seeded `random.Random`: names, titles, promises."""

import io
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from random import Random

import pikepdf

from programmes.indicators import IndicatorSpec
from programmes.spec import TaskSpec

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
GIVEN = ("知远", "以宁", "若川", "澄", "望舒", "景行", "怀瑾", "清和", "书言", "北辰", "听澜", "云起", "嘉树", "思齐")
PLACES = (
    "江畔",
    "衡星",
    "远岫",
    "澄泉",
    "谷雨",
    "皖北",
    "淮岳",
    "青弋",
    "临澧",
    "云麓",
    "望海",
    "松原",
    "鹿鸣",
    "白榆",
)
TRADES = ("量测科技", "精密仪器", "新材料", "能源装备", "真空设备", "光电", "低温工程", "智能系统")
TITLES = ("正高级工程师", "高级工程师", "研究员", "教授", "副研究员", "工程师")
DEGREES = ("博士", "硕士", "学士")
DUTIES = ("总体方案", "关键器件研制", "工艺验证", "系统集成", "测试与标定", "应用示范")


def person_name(rng: Random) -> str:
    """A common-looking name of two or three characters."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def unit_name(rng: Random, type_: str, serial: int) -> str:
    """A unit that says itself that it is invented."""
    place, trade = rng.choice(PLACES), rng.choice(TRADES)
    endings = {
        "enterprise": f"{trade}有限公司",
        "university": "大学",
        "institute": f"{trade}研究院",
        "new_rnd": f"{trade}创新中心",
    }
    return f"{place}{endings.get(type_, f'{trade}中心')}（虚构{serial:03d}）"


def project_title(rng: Random, task: TaskSpec, longest: int) -> str:
    """A title near the task's, within the form's limit."""
    lead = rng.choice(("面向规模应用的", "高可靠", "低成本", "自主可控的", "可批量制造的", ""))
    return f"{lead}{task.title}"[:longest]


def product_title(rng: Random, unit_name_: str, products: list[str], longest: int) -> str:
    """What a firm says of itself where nothing is tasked: its short name and one of its products."""
    short = unit_name_.split("（")[0].removesuffix("有限公司")
    return f"{short}{rng.choice(products) if products else '系列产品'}"[:longest]


def promise(rng: Random, indicator: IndicatorSpec, *, worse: bool = False) -> dict:
    """A promise that meets the target, mostly a little better; with `worse` one that does not (never for text)."""
    if indicator.is_text:
        return {"text": f"按要求完成{indicator.name}，形成可核验的成果和记录。"}
    if indicator.takes_range:
        low, high = indicator.value
        step = (high - low) / 10 if high > low else Decimal(1)
        if worse and indicator.sense == "within":
            return {"low": _plain(low), "high": _plain(high + step)}
        inside = indicator.sense == "within" or worse
        return {"low": _plain(low + step if inside else low), "high": _plain(high - step if inside else high)}
    given = {"value": _plain(_figure(rng, indicator, worse))}
    if not worse and indicator.check_promise(given):  # six digits were too few for this target
        given = {"value": f"{indicator.value:f}"}
    return given


def _figure(rng: Random, indicator: IndicatorSpec, worse: bool) -> Decimal:
    target, strict = indicator.value, indicator.comparator in (">", "<")
    upwards = indicator.comparator in (">", ">=", "range")
    target = target[0] if isinstance(target, tuple) else target  # an amount such as 5—10 patents
    better = Decimal(rng.randint(2, 12)) / 100
    if indicator.comparator == ">=":
        better *= rng.randint(0, 1)
    if indicator.comparator == "=":
        better = Decimal(0)
    if worse:
        return target - _step(target, Decimal("0.5")) * (1 if upwards else -1)
    if indicator.unit == "%" and upwards and 0 < target < 100:
        # A share cannot be better than whole.
        return min(target + _step(target, better), target + (100 - target) / 2)
    value = target + _step(target, better) * (1 if upwards else -1)
    if upwards and value > target and target == target.to_integral_value():
        value = value.to_integral_value(ROUND_CEILING)  # nobody promises 4.4 kinds of something
    return value + 1 if strict and upwards and value == target else value


def _step(target: Decimal, share: Decimal) -> Decimal:
    """A share of the figure, whatever its sign; of one where the figure is zero."""
    return (abs(target) or Decimal(1)) * share


def measured(rng: Random, indicator: IndicatorSpec, promised: dict, *, fails: bool = False) -> dict:
    """A measured value: what was promised (the target where the form asks no promise), or below it where it `fails`."""
    if indicator.is_text:
        return {"text": f"{indicator.name}已完成，见第三方检测报告。"}
    return promise(rng, indicator, worse=fails) if fails or not promised else dict(promised)


def _plain(value: Decimal) -> str:
    """At most six significant digits, without an exponent."""
    rounded = Decimal(f"{value:.6g}")
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def paragraph(rng: Random, about: str, longest: int) -> str:
    """A few sentences on `about`, within `longest` characters."""
    sentences = (
        f"围绕{about}，本单位已完成前期论证并形成样机。",
        "技术路线分为原理验证、工程样机、批量验证三个阶段，各阶段设置可核验的节点。",
        f"主要风险是关键器件一致性，采取双路线并行和分批验证的办法控制。{rng.choice(PLACES)}示范场景已落实。",
        "团队分工明确，联合单位承担的任务与其条件相适应。",
    )
    text = ""
    for sentence in sentences:
        if len(text) + len(sentence) > longest:
            break
        text += sentence
    return text or about[:longest]


@lru_cache(maxsize=8)
def blank_pdf(pages: int = 1) -> bytes:
    """A valid PDF of empty pages, always the same bytes."""
    buffer = io.BytesIO()
    with pikepdf.Pdf.new() as paper:
        for _ in range(pages):
            paper.add_blank_page(page_size=(595, 842))
        paper.save(buffer, deterministic_id=True)
    return buffer.getvalue()
