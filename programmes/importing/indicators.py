"""Target text → proposed indicators: name, comparator, value and unit as written, a doubt where no reading is sure.

A text is cut into sentences and clauses; each figure takes the noun phrase before it as its name (or, after a mere
verb, the one behind it). What stands in brackets and what is said of the circumstances (在…条件下) are conditions.
"""

import re
from decimal import Decimal

from programmes.importing.quantities import (
    BETTER,
    DOWN,
    EQ,
    GE,
    LE,
    MEANING,
    NONE,
    REACH,
    SIGNS,
    Quantity,
    quantities,
)
from programmes.importing.rows import Proposal

SENTENCE_MOST = 3000
NAME_MOST, TEXT_MOST, UNIT_MOST, CONDITIONS_MOST = 120, 400, 40, 400
WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")
SENTENCE = re.compile(r"[。；;！\n]+")
BRACKET = re.compile(r"(?<![\^/])[（(]([^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*)[)）]")
HELD = re.compile(r"[\ue000-\uefff]")
CLAUSE = re.compile(r"([，：]|,(?!\d{3})|$)")
ACTS = re.compile(
    r"^(?:并|且|同时)?(?:完成|实现|研制|研发|开发|形成|建立|建成|构建|搭建|建设|提出|开展|通过|达到|获得|取得|突破|揭示|推动|支撑|满足|在|与|对|基于|利用|采用|解决|掌握|给出|验证|预期)"
)
CIRCUMSTANCE = re.compile(
    r"(?:条件下|情况下|环境下|工况下|模式下|状态下|前提下|基础上|范围内|作用下|场景下|功率下|温度下|压力下|电压下|负载下|(?<![以之])下|(?<!小)时|后|为原料|为例)$"
)
STARTS_CIRCUMSTANCE = re.compile(
    r"^(?:其中|并)?(?:在|当|于|经|经过|以|按|按照|基于|针对|对于|与|较|相比|相较|连续|.{0,14}经)"
)
LEADS = re.compile(
    r"^(?:至少|其中|并且|并(?![行发网联购])|且|和|及(?!时)|与|以及|同时|要求|使得|使(?!用)|从而|可以|可(?=[将对在装实])|能够|应(?=[将对在具达])|须|需(?!求)|将"
    r"|实现了?|完成|研制出?|研发出?|开发出?|形成|建立|建成|构建|搭建|建设(?!规)|支持|支撑|具备|具有|达到|满足|保证|确保|提供|包含|包括|涵盖"
    r"|适配|获得|取得|申请(?!人)|发表|制定|编制|培养|累计|突破|产出|制备出?|提出|给出|不同|各(?!向)|该|约(?!束)|共计|总计|合计|最多|[、\s:：])+"
)
TRAILS = re.compile(
    r"(?:(?<!行)为|是|(?<![响反效感供适])应|须|(?<!所)需|可以|可|能够|(?<![性功节智动热光电势化产储])能|(?<!平)均|的|(?<!存)在|至|到|了|(?<!节)约|控制|分别为?"
    r"|(?<!技术)(?<!性能)要求|需要|达到?|[:：、\s~—-])+$"
)
CHANGES = re.compile(
    r"(?:提升|提高|增加|增长|增大|延长|扩大|改善|降低|减少|减小|下降|缩短|节约|节省|压缩|降幅|升幅|增幅)(?:了|约|比例)?$"
)
SMALLER = re.compile(
    r"误差|偏差|精度|精确度|分辨率|分辨力|灵敏度|检测限|检出限|粗糙度|起伏|平整度|平面度|翘曲|延时|时延|延迟|响应时间|时间|损耗|噪声|漂移|温漂|抖动|不均匀|不确定度"
    r"|稳定[度性]|缺陷|衰减|能耗|电耗|功耗|成本|线宽|残留|残余|泄漏|失真|发散|波动|面形|面型|线宽|纹波|串扰|重量|体积"
)
LARGER = re.compile(
    r"率|效|保真|寿命|能力|强度|一致性|准确|良品|成功|覆盖|纯度|速度|吞吐|容量|密度|比|性能|续航|产量|指数|召回|均匀性"
)
VERBS = re.compile(
    r"^(?:支持|具备|具有|实现|适用于?|用于|能够|可|可以|完成|形成|建成|建立|建设|构建|搭建|研制|研发|开发|获得|取得|申请|授权|受理|发表|制定|提供|达到|培养|适配|满足|覆盖"
    r"|接入|部署|验证|应用|推广|提出|设计|包含|包括|集成|同时|累计|不同|每年|共|[/、或和及])+$"
)
ENDS_IN_VERB = re.compile(r"(?:支持|实现|具备|完成|构造|容纳|开展|覆盖|接入|应用于|研制|形成)$")
CIRCUMSTANCE_FIRST = re.compile(
    r"^((?:在(?!线)|当(?!量)|经(?!济)|以(?!上|下)|按).{2,60}?(?:条件下|情况下|环境下|工况下|时(?![间长延刻钟效隔])|后(?![端续])|下(?![行限降])))(.{2,})$"
)
UNREAD = re.compile(r"[≤≥<>≦≧]")
DATES = re.compile(
    r"^(?:到|至|截至|截止到?)?\s*(?:20\d{2}\s*年(?:\d{1,2}月)?(?:底|末|前|初)?|项目(?:期内|实施期|结束时|验收时)?)$"
)
ALTERNATIVE = re.compile(r"^(?:或者|或|抑或)")
ABLE = re.compile(r"^.{0,8}?(?:实现|具备|具有|支持|能够|可以|可|能|满足|同时)")
COUNTS = set("个种项家台套条篇件款座份部类名人辆架艘本处")


def read_targets(text: str) -> list[Proposal]:
    """All proposals of a target text, in its order. Nothing is dropped: a clause without a sure figure becomes text."""
    proposals: list[Proposal] = []
    for number, sentence in enumerate(SENTENCE.split(WIDE_COMMA.sub(",", text).translate(SIGNS))):
        sentence = re.sub(r"^\s*(?:[（(]?\d{1,2}[)）]|\d{1,2}[、.](?!\d)|[①-⑳])\s*", "", sentence).strip()
        if len(sentence) > SENTENCE_MOST:
            proposals.append(Proposal(_short(sentence), "text", text=sentence[:TEXT_MOST], doubt="整句过长，没有拆分"))
        elif sentence:
            proposals += _sentence(sentence, number)
    return proposals


def _sentence(sentence: str, number: int) -> list[Proposal]:
    held: list[str] = []

    def hold(match):
        held.append(match[1])
        return chr(0xE000 + len(held) - 1)

    body = BRACKET.sub(hold, sentence)
    found: list[Proposal] = []
    subject, circumstances = "", []
    words: list[str] = []  # clauses without a figure, to become one text
    last: list[Proposal] = []  # what the clause before proposed
    pieces = [
        (piece.strip(), sign) for piece, sign in zip(*[iter(CLAUSE.split(body))] * 2, strict=False) if piece.strip()
    ]
    for place, (clause, sign) in enumerate(pieces):
        if DATES.match(clause):
            continue
        if CIRCUMSTANCE.search(HELD.sub("", clause)) and _is_circumstance(clause):
            circumstances.append(_shown(clause, held))
            continue
        if sign == "：" and place + 1 < len(pieces):
            following, after = pieces[place + 1]
            if re.match(r"[≥≤<>≧≦±\d不大小高低优]", following):  # 测量精度：0.01%FS
                pieces[place + 1] = (f"{clause}：{following}", after)
                continue
            if not quantities(clause):
                subject = _shown(clause, held)
                continue
        figures = _figures(clause)
        if not figures:
            if _is_subject(clause, pieces[place + 1 :]):
                subject = _shown(clause, held)
            else:
                words.append(_shown(clause, held))
            last = []
            continue
        if ALTERNATIVE.match(clause) and last:
            _merge_alternative(found, last, _shown(clause, held))
            continue
        found += _text_of(words)
        words = []
        last = _clause(clause, figures, held, "；".join(filter(None, [subject, *circumstances])), f"g{number}")
        circumstances = []
        found += last
    if subject and not found and not words:
        words = [subject, *circumstances]
    return found + _text_of(words)


def _is_subject(clause: str, following: list) -> bool:
    """A short noun before clauses with figures: 功率模块，击穿电压≥2000V，…"""
    bare = HELD.sub("", clause)
    return len(bare) <= 20 and not ACTS.match(bare) and bool(following) and bool(_figures(following[0][0]))


def _is_circumstance(clause: str) -> bool:
    bare = HELD.sub("", clause)
    if re.search(r"(?:条件|情况|环境|工况|模式|状态|前提)下$", bare):
        return True
    return bool(STARTS_CIRCUMSTANCE.match(bare)) or bool(re.search(r"\d.{0,12}(?:后|时|下)$", bare))


def _figures(clause: str) -> list[Quantity]:
    """The figures that ask for something: those with a comparator, else the bare ones."""
    every = quantities(clause)
    asked = []
    for place, one in enumerate(every):
        before = clause[every[place - 1].end if place else 0 : one.start]
        after = clause[one.end : every[place + 1].start if place + 1 < len(every) else len(clause)]
        if (
            one.suffix.endswith("内")
            and one.sign == LE
            and not _compared(clause, one)
            and re.match(r"[一-鿿A-Za-z]{2}", after)
        ):
            one.sign = NONE  # 幅面 10×10μm 内面形精度优于…: says where, not how much
            continue
        if re.match(r"的?(?:情况|条件|前提|工况|环境|场景)下", after) and place + 1 < len(every):
            continue
        if one.bare and (least := re.search(r"(至少|不少于|不低于|最多|不超过)[^，、\d]{1,6}$", before)):
            one.sign = MEANING[least[1]]
        if not one.bare or one.shape == "range" and _is_measure("", HELD.sub("", before)):
            asked.append(one)
    return asked or every[:1]


def _compared(clause: str, one: Quantity) -> bool:
    """Whether a word before the figure compares, so that the one behind it only confirms."""
    return any(clause[one.start : one.end].startswith(word) for word in MEANING)


def _shown(text: str, held: list[str]) -> str:
    return HELD.sub(lambda sign: f"（{held[ord(sign[0]) - 0xE000]}）", text).strip()


def _text_of(words: list[str]) -> list[Proposal]:
    text = "，".join(words).strip("，、 ")
    if len(HELD.sub("", text)) < 6:
        return []
    return [Proposal(_short(text), "text", text=text[:TEXT_MOST])]


def _short(text: str) -> str:
    name = LEADS.sub("", text) or text
    return name if len(name) <= 30 else name[:29] + "…"


def _merge_alternative(found: list[Proposal], last: list[Proposal], clause: str) -> None:
    text = "，".join([*(item.text for item in last), clause])
    for item in last:
        found.remove(item)
    found.append(Proposal(_short(last[0].name), "text", text=text[:TEXT_MOST], doubt="以“或”相连的方案，只须满足其一"))


def _clause(clause: str, figures: list[Quantity], held: list[str], circumstances: str, group: str) -> list[Proposal]:
    if "分别" in clause and len(figures) == 1:
        if pair := _respectively(clause, figures[0], held, circumstances):
            return pair
    found: list[Proposal] = []
    begin = 0
    figures = _outside_at(clause, figures)
    for place, one in enumerate(figures):
        end = figures[place + 1].start if place + 1 < len(figures) else len(clause)
        before, behind = clause[begin : one.start], clause[one.end : end]
        before, unread = _nearest(before, later=place > 0)
        if unread:
            found.append(
                Proposal(_short(unread), "text", text=_shown(unread, held)[:TEXT_MOST], doubt="读不出其中的数值")
            )
        found += _proposals(before, one, behind, clause, held, circumstances, f"{group}-{place}")
        begin = one.end
        held_here = re.match(r"[\s\ue000-\uefff]+", behind)
        begin += held_here.end() if held_here else 0
    return found


def _outside_at(clause: str, figures: list[Quantity]) -> list[Quantity]:
    """Without the figures that say under what the one before was measured: < 10 % @ > 10 万次."""
    kept: list[Quantity] = []
    for one in figures:
        if kept and re.fullmatch(r"[\s\ue000-\uefff]*@\s*", clause[kept[-1].end : one.start]):
            continue
        kept.append(one)
    return kept


def _nearest(before: str, later: bool) -> tuple[str, str]:
    """(the words that belong to the figure, a part with a figure that could not be read)."""
    if "、" not in before:
        return before, ""
    left, right = before.rsplit("、", 1)
    if UNREAD.search(left):
        return right, left.strip(" 、")
    if later and len(left) <= 8 or VERBS.match(left[:2]) and len(right.strip()) >= 3 or re.search(r"等|支持", left):
        return right, ""
    return before, ""


def _proposals(before, one, behind, clause, held, circumstances, group) -> list[Proposal]:
    conditions = [circumstances] if circumstances else []
    if directly := re.match(r"\s*([\ue000-\uefff]+)", behind):
        conditions += [held[ord(sign) - 0xE000] for sign in directly[1]]
    if at := re.match(r"\s*[\ue000-\uefff]*\s*(@\s*[^，。；、]{1,40})", behind):
        conditions.append(_shown(at[1], held))
    conditions += [held[ord(sign) - 0xE000] for sign in HELD.findall(before)]
    name, said = _name(HELD.sub("", before), one, HELD.sub("", behind))
    if said:
        conditions.insert(0, said)
    text = _shown(clause, held)
    if one.sign == NONE and not one.plus_minus and len(name) < 2:
        name = ""
    common = {
        "conditions": "；".join(dict.fromkeys(filter(None, conditions)))[:CONDITIONS_MOST],
        "text": text[:TEXT_MOST],
    }
    if not name:
        return [Proposal(_short(text), "text", doubt="数字前后没有可作名称的词", **common)]
    sign, doubt = _comparator(name, before, one)
    if re.search(r"(?:接近|大约|近似?|约)$", before.strip()):
        doubt = "写作“接近”或“约”，没有准确的界限"
    doubt = one.doubt or doubt
    if (
        one.suffix.endswith("以上")
        and re.match("的", behind)
        and clause[one.start].isdigit()
        and one.unit[-1:] not in COUNTS
    ):
        doubt = doubt or "像是对象的说明，不一定是要求"
    if one.plus_minus:
        common["conditions"] = "；".join(filter(None, [common["conditions"], "±"]))
    if one.doubt or not sign or len(one.unit) > UNIT_MOST:
        return [Proposal(_short(text), "text", doubt=doubt or "读不出比较方式", **common)]
    if one.shape == "range":
        return [Proposal(name[:NAME_MOST], "range", (one.values[0], one.values[1]), one.unit, doubt=doubt, **common)]
    if one.shape == "product":
        return [
            Proposal(
                f"{name[: NAME_MOST - 8]}（第{side}维）",
                sign,
                value,
                unit or one.unit,
                group=group,
                doubt=doubt,
                **common,
            )
            for side, value, unit in zip("一二三", one.values, one.units, strict=False)
        ]
    return [Proposal(name[:NAME_MOST], sign, one.values[0], one.unit, doubt=doubt, **common)]


def _name(before: str, one: Quantity, behind: str) -> tuple[str, str]:
    """(name, circumstances said in front of it): the noun phrase before the figure, or behind it after a verb."""
    front = TRAILS.sub("", before.strip(" 、，"))
    said = ""
    if match := CIRCUMSTANCE_FIRST.match(front):
        said, front = match[1], match[2]
    stripped = LEADS.sub("", front)
    after = re.split(r"[，、；。]|以上|以下|(?<=体系)内|(?<=范围)内|@|(?<![A-Za-z])\d", behind.strip(), maxsplit=1)[
        0
    ].strip()
    if (
        VERBS.match(front)
        or VERBS.match(stripped)
        or not re.search(r"[一-鿿A-Za-zα-ωΑ-Ω]{2}", re.sub(r"^\d+\s*[一-鿿]", "", stripped))
    ):
        if re.match(r"规模|数量|总量|容量", after):
            return one.unit + re.match(r"规模|数量|总量|容量", after)[0], said
        after = re.sub(r"^(?:的|及|和|以上|以下|以内)+", "", after).strip()
        name = after if len(after) >= 2 else stripped or front
        return (TRAILS.sub("", name).strip() if len(name) >= 2 else ""), said
    counts = one.shape == "cn" or one.unit[-1:] in COUNTS and "/" not in one.unit
    if ENDS_IN_VERB.search(stripped) and re.fullmatch(r"[一-鿿]{2,}", one.unit) and not counts:
        stripped += one.unit + "数"
    elif (ENDS_IN_VERB.search(stripped) or counts and len(stripped) <= 4) and 2 <= len(after.lstrip("的")) <= 20:
        stripped += after.lstrip("的")
    return TRAILS.sub("", stripped).strip(" 、"), said


def _comparator(name: str, before: str, one: Quantity) -> tuple[str, str]:
    """(comparator, doubt) from the words, or from what the name measures where the words leave it open."""
    value = one.values[0]
    smaller = bool(SMALLER.search(name)) and not (one.unit == "%" and value >= 50)
    change = CHANGES.search(before.rstrip(" 约达到"))
    if one.shape == "range":
        return "range", ""
    if one.plus_minus:
        return (one.sign if one.sign in {LE, "<", GE, ">"} else LE), ""
    match one.sign:
        case ">=" | ">" | "<=" | "<":
            return one.sign, ""
        case "better":
            if smaller:
                return LE, ""
            return (GE, "") if LARGER.search(name) or one.unit == "%" else ("", "“优于”是大为优还是小为优，不能确定")
        case "down":
            return LE, ""
        case "reach":
            return (LE, "“达到”用于越小越好的量，按不大于提出") if smaller and not change else (GE, "")
        case "=":
            return EQ, ""
    if change:
        return GE, ""
    if smaller:
        return LE, "没有写明比较方式，按不大于提出"
    if one.shape == "cn" or one.unit[-1:] in COUNTS and "/" not in one.unit:
        if ABLE.match(HELD.sub("", before).strip(" 、")):
            return GE, "只有数字，没有写明是至少还是正好，按能力的下限提出"
        return EQ, "只有数字，没有写明是至少还是正好"
    return (EQ, "没有写明比较方式") if _is_measure(name, before) else ("", "数字没有比较词，不知是要求还是说明")


def _is_measure(name: str, before: str) -> bool:
    """Whether the words right before a bare figure name a measure: 寿命 1 万小时, but not 完成 400mm 尺寸…"""
    return bool(
        re.search(
            r"(?:[率度力量数间长宽高深径积能压流阻值比级距速耗寿命频温期限规模围]|功率|容量|寿命)\s*(?:[:：为在]|达到?)?\s*$",
            before,
        )
    )


def _respectively(clause: str, one: Quantity, held: list[str], circumstances: str) -> list[Proposal]:
    """A和B分别不低于 x 和 y → two proposals; nothing where names and figures do not pair."""
    names = re.split(r"[、和与及]|以及", LEADS.sub("", HELD.sub("", clause[: clause.index("分别")])))
    figures = [one]
    rest = clause[one.end :]
    offset = one.end
    for more in quantities(rest):
        if more.bare and re.fullmatch(
            r"[\s、和与及\ue000-\uefff]*",
            rest[: more.start] if len(figures) == 1 else rest[figures[-1].end - offset : more.start],
        ):
            more.start, more.end = more.start + offset, more.end + offset
            figures.append(more)
    names = [TRAILS.sub("", name).strip() for name in names if name.strip()]
    if len(figures) < 2 or len(names) != len(figures):
        return []
    text = _shown(clause, held)[:TEXT_MOST]
    found = []
    for name, figure in zip(names, figures, strict=True):
        figure.sign = figure.sign if figure.sign != NONE else one.sign
        sign, doubt = _comparator(name, name + "达到", figure)
        if not sign or figure.doubt or figure.shape not in {"one", "cn"}:
            return []
        found.append(Proposal(name, sign, figure.values[0], figure.unit, circumstances, text, doubt=doubt))
    return found


__all__ = ["BETTER", "DOWN", "GE", "REACH", "Decimal", "read_targets"]
