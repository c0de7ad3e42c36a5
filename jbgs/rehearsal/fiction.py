"""Fictitious content for any form: read from the call's spec, drawn from a seeded `random.Random`, plainly invented.

Nothing here names a programme, a section's key or a state: a new call is filled as well as the ones at hand.
"""

import io
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache
from random import Random

import pikepdf

from programmes.indicators import IndicatorSpec
from programmes.spec import CallSpec, SectionSpec, TaskSpec

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


def promise(rng: Random, indicator: IndicatorSpec, *, worse: bool = False) -> dict:
    """A promise that meets the target, mostly a little better; with `worse` one that does not (never for text)."""
    if indicator.is_text:
        return {"text": f"按要求完成{indicator.name}，形成可核验的成果和记录。"}
    if indicator.takes_range:
        low, high = indicator.value
        inside = (indicator.sense == "within") != worse
        step = (high - low) / 10 if high > low else Decimal(1)
        return {"low": _plain(low + step if inside else low), "high": _plain(high - step if inside else high)}
    better = Decimal(rng.randint(2, 12)) / 100
    factor = {">": 1 + better, ">=": 1 + better * rng.randint(0, 1), "<": 1 - better, "<=": 1 - better}.get(
        indicator.comparator, Decimal(1)
    )
    if indicator.unit == "%" and factor > 1:
        # A share cannot be better than whole.
        middle = indicator.value + (Decimal(100) - indicator.value) / 2
        return {
            "value": _plain(
                indicator.value / 2 if worse else min(indicator.value * factor, max(middle, indicator.value))
            )
        }
    if worse:
        factor = {">": Decimal("0.5"), ">=": Decimal("0.5")}.get(indicator.comparator, Decimal("1.5"))
    value = indicator.value * factor
    if factor > 1 and indicator.value == indicator.value.to_integral_value():
        value = value.to_integral_value(ROUND_CEILING)  # nobody promises 4.4 kinds of something
    return {"value": _plain(value)}


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


class Writer:
    """Fills the sections of one application. `today`: the business date; `partner_codes`: codes of other units."""

    def __init__(self, rng: Random, spec: CallSpec, task: TaskSpec, *, unit, today: date, partners=()):
        self.rng, self.spec, self.task, self.unit, self.today = rng, spec, task, unit, today
        self.partners = list(partners)

    def section(self, section: SectionSpec) -> dict:
        """The payload of one section; {} for a type that is not typed (attachments)."""
        write = getattr(self, f"_{section.type}", None)
        return write(section.options) if write else {}

    def _project(self, options) -> dict:
        return {"title": project_title(self.rng, self.task, options.get("title_max", 60))}

    def _unit(self, options) -> dict:
        return {entry["key"]: self._entry(entry) for entry in options.get("fields", [])}

    def _entry(self, entry) -> str:
        kind = entry.get("kind", "text")
        written = {
            "integer": lambda: str(self.rng.randint(20, 800)),
            "phone": lambda: f"010-5550{self.rng.randint(1000, 9999)}",
            "email": lambda: f"fictitious{self.rng.randint(100, 999)}@example.com",
            "date": lambda: (self.today - timedelta(days=self.rng.randint(900, 5000))).isoformat(),
            "long_text": lambda: paragraph(self.rng, entry["label"], entry.get("max_chars", 300)),
        }.get(kind)
        return written() if written else f"{entry['label']}（虚构）"[: entry.get("max_chars", 80)]

    def _partners(self, options) -> dict:
        types = options.get("types") or ("enterprise",)
        rows = [
            {
                "name": partner.name,
                "code": partner.code,
                "type": partner.type if partner.type in types else types[0],
                "country": "CN",
                "duty": self.rng.choice(DUTIES),
            }
            for partner in self.partners
        ]
        return {"rows": rows}

    def _team(self, options) -> dict:
        count = min(max(options.get("least", 3), 4), options.get("most", 30))
        return {"rows": [self._member(position) for position in range(count)]}

    def _member(self, position: int) -> dict:
        age = self.rng.randint(28, 54)
        employers = [self.unit, *self.partners]
        return {
            "name": person_name(self.rng),
            "is_leader": position == 0,
            "birth_date": date(self.today.year - age, self.rng.randint(1, 12), self.rng.randint(1, 28)).isoformat(),
            "title": self.rng.choice(TITLES),
            "degree": self.rng.choice(DEGREES),
            "employer": employers[0 if position == 0 else position % len(employers)].name,
            "duty": DUTIES[position % len(DUTIES)],
            "months": str(self.rng.randint(6, 24)),
            "id_number": "",
        }

    def _budget(self, options) -> dict:
        """Sources and items with equal sums, in whole 万元; the state's share stays low."""
        sources = [
            {
                "source": source,
                "year": year,
                "amount": f"{self.rng.randint(10, 40) * (10 if source == 'own' else 1)}.00",
            }
            for source in options["sources"]
            for year in options["years"]
        ]
        items = options.get("items") or []
        total = sum(Decimal(row["amount"]) for row in sources)
        each = (total / len(items)).quantize(Decimal(1)) if items else Decimal(0)
        amounts = [each] * (len(items) - 1) + [total - each * (len(items) - 1)] if items else []
        return {
            "sources": sources,
            "items": [
                {"item": item["key"], "amount": f"{amount:.2f}"} for item, amount in zip(items, amounts, strict=True)
            ],
        }

    def _commitments(self, options) -> dict:
        proofs = ("第三方检测报告", "现场测试", "用户使用报告")
        return {
            "rows": {
                indicator.code: {**promise(self.rng, indicator), "proof": self.rng.choice(proofs), "note": ""}
                for indicator in self.task.indicators
            }
        }

    def _targets(self, options) -> dict:
        return {"rows": {row["key"]: {"value": self._target(row)} for row in options.get("rows", [])}}

    def _target(self, row) -> str:
        if row["kind"] == "integer":
            return str(self.rng.randint(1, 9))
        if row["kind"] == "percent":
            return str(self.rng.randint(90, 100))
        if row["kind"] == "choice":
            return self.rng.choice(list(row["choices"]))
        return paragraph(self.rng, row["name"], row.get("max_chars", 120))

    def _questions(self, options) -> dict:
        return {
            "answers": {
                entry["key"]: paragraph(self.rng, entry["label"], entry.get("max_chars", 300))
                for entry in options["questions"]
            }
        }

    def _pledge(self, options) -> dict:
        return {"agreed": True, "signer": person_name(self.rng)}


@lru_cache(maxsize=8)
def blank_pdf(pages: int = 1) -> bytes:
    """A valid PDF of empty pages, always the same bytes."""
    buffer = io.BytesIO()
    with pikepdf.Pdf.new() as paper:
        for _ in range(pages):
            paper.add_blank_page(page_size=(595, 842))
        paper.save(buffer, deterministic_id=True)
    return buffer.getvalue()
