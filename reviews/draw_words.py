"""Draws in words: why seats stay empty, what changed since the data were frozen, what a proposal would help. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviews.drawing import Diagnosis, Outcome, Problem, Proposal, Settings, Shortage
from reviews.drawing.shortage import LABELS, RULES

SHOWN = 6
"""So many names in one sentence; the rest is counted."""

MODES = {
    "optimal": ("择优", "只看匹配度，每次结果相同"),
    "noisy": ("择优加随机", "匹配度加随机扰动，结果不能预知"),
    "pool": ("合格库内随机", "匹配度达到下限的专家机会均等"),
}
PANELS = {"common": "同一组看全部申报", "free": "每份分别抽取"}
RECUSALS = {"partial": "只回避相关的申报，由他人补位", "strict": "与组内任一申报有关的整组回避"}
PROPOSALS = {
    "partial": ("只回避相关的申报", "专家留在组内，看不到也不评有关系的那一份", "recusal", "partial"),
    "free": ("每份申报分别抽取", "不再由同一组专家看全部申报", "panel", "free"),
    "soft_region": ("同一地区的限制改为原则上", "抽不满时才突破，突破的逐项列出", "region_hard", False),
    "soft_employer": ("同一单位的限制改为原则上", "抽不满时才突破，突破的逐项列出", "employer_hard", False),
    "wider": ("匹配度下限放宽到 {to}", "匹配度低一些的专家也可以抽到", "qualified_from", None),
    "load": ("每位专家多评 {to} 份", "须先在专家库提高最多份数，或者提高本批次的上限", "", None),
    "fewer": ("每份申报改为 {to} 位专家", "须先修改评审规则，由第二人同意", "", None),
}
"""By code: what to change, what that means, the condition it sets and to what (None: to the number of the proposal)."""


def shortage(outcome: Outcome, titles: Mapping[str, str]) -> str:
    """Which applications lack how many experts, by which rule, and how many each step leaves."""
    parts = "；".join(lacking(outcome.short, titles, with_steps=True))
    return f"现有条件下抽不满，缺 {outcome.missing} 位次。{parts}。请按诊断调整条件，或者增加专家。"


def lacking(short: Mapping[str, Shortage], titles: Mapping[str, str], *, with_steps: bool = False) -> list[str]:
    """Rule by rule the applications that lack experts; `with_steps`: and how many each step leaves of the first."""
    by_rule: dict[str, list[tuple[str, Shortage]]] = {}
    for key, row in sorted(short.items()):
        by_rule.setdefault(row.rule, []).append((key, row))
    parts = []
    for rule, rows in by_rule.items():
        named = "、".join(f"“{titles.get(key, key)}”缺 {row.missing} 位" for key, row in rows[:SHOWN])
        more = f"等 {len(rows)} 份" if len(rows) > SHOWN else ""
        counts = rows[0][1].counts if with_steps else {}
        left = "，".join(f"{words} {counts[step]} 位" for step, words in LABELS.items() if counts)
        parts.append(f"{RULES.get(rule, rule)}：{named}{more}" + (f"（{left}）" if left else ""))
    return parts


def changes(frozen: Problem, now: Problem, names: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """What is no longer as it was frozen, by name."""
    said = [*_applications(frozen, now, titles), *_people(frozen, now, names), *_pairs(frozen, now, names, titles)]
    if frozen.settings != now.settings:
        said.append("抽取条件有变化")
    if not said:
        said.append("专家与任务的匹配度有变化")
    return f"冻结之后数据有变化，结果不再有效：{'；'.join(said)}。请作废后重新拟定，或者在给数之前重新冻结。"


def _applications(frozen: Problem, now: Problem, titles) -> list[str]:
    before, after = frozen.places, now.places
    said = []
    if came := [titles.get(key, key) for key in after if key not in before]:
        said.append(f"新增申报{_some(came)}")
    if went := [titles.get(key, key) for key in before if key not in after]:
        said.append(f"不再待评的申报{_some(went)}")
    other = [titles.get(key, key) for key in before if key in after and _seats(before[key]) != _seats(after[key])]
    if other:
        said.append(f"已有专家变化的申报{_some(other)}")
    return said


def _seats(place) -> tuple:
    return place.need, tuple(sorted(place.seated))


def _people(frozen: Problem, now: Problem, names) -> list[str]:
    before, after = ({judge.key: judge for judge in problem.judges} for problem in (frozen, now))
    lists = (
        ("新增专家", [key for key in after if key not in before]),
        ("不再参加评审的专家", [key for key in before if key not in after]),
        (
            "单位、地区、时间或评审份数有变化的专家",
            [key for key in before if key in after and before[key] != after[key]],
        ),
    )
    return [f"{words}{_some([names.get(key, key) for key in keys])}" for words, keys in lists if keys]


def _pairs(frozen: Problem, now: Problem, names, titles) -> list[str]:
    said = []
    for key, place in frozen.places.items():
        later = now.places.get(key)
        if later is None:
            continue
        came = [names.get(name, name) for name in later.blocked if name not in place.blocked]
        went = [names.get(name, name) for name in place.blocked if name not in later.blocked]
        for words, people in (("新增须回避的专家", came), ("不再回避的专家", went)):
            if people:
                said.append(f"“{titles.get(key, key)}”{words}{_some(people)}")
    return said[:SHOWN]


def _some(words: list[str]) -> str:
    listed = "、".join(words[:SHOWN])
    return f"{listed}等 {len(words)} 项" if len(words) > SHOWN else listed


def why(diagnosis: Diagnosis, rule: str, kinds: Mapping[str, str]) -> str:
    """One sentence on what stands in the way of a full panel (`rule`: of its empty seats); '' where nothing does."""
    if diagnosis.enough:
        return ""
    blockers = "、".join(f"{kinds.get(code, '已撤换或谢绝')} {count} 位" for code, count in diagnosis.blockers)
    left = dict(diagnosis.steps).get("free", 0)
    said = f"缺 {diagnosis.missing} 位次，{RULES[rule]}。每份需要 {diagnosis.needed} 位，回避之后还有 {left} 位"
    return f"{said}（须回避：{blockers}）。" if blockers else f"{said}。"


def conditions(settings: Settings) -> str:
    """The conditions in one line, for lists and logs."""
    hard = {True: "硬性", False: "原则上"}
    parts = [MODES[settings.mode][0], PANELS[settings.panel], f"每份 {settings.k} 位"]
    if settings.per_employer:
        parts.append(f"同一单位最多 {settings.per_employer} 位（{hard[settings.employer_hard]}）")
    if settings.per_region:
        parts.append(f"同一地区最多 {settings.per_region} 位（{hard[settings.region_hard]}）")
    return "，".join(parts)


@dataclass(frozen=True)
class Advice:
    """One proposal in words; `name` and `value`: the condition it changes, '' where the call's rules would have to."""

    title: str
    meaning: str
    figures: str
    name: str = ""
    value: object = ""


def proposal(row: Proposal) -> Advice:
    """What to change, what that means, and what it would give."""
    title, meaning, name, value = PROPOSALS[row.code]
    left = f"还缺 {row.missing} 位次" if row.missing else "抽得满"
    figures = f"可用 {row.usable} 位，{left}；平均匹配度 {row.mean / 1000:.2f}，可候补 {row.alternates} 位"
    to = f"{row.to / 1000:.2f}" if row.code == "wider" else row.to
    return Advice(title.format(to=to), meaning, figures, name, row.to if name and value is None else value)
