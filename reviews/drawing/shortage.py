"""Why seats stay empty, as counts and as a sentence (对口, 回避, 满额, 同单位同地区, 总量)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from programmes.review_spec import COMMON, STRICT
from reviews import optimum
from reviews.drawing.data import Group, Place, Problem, Shortage
from reviews.optimum import Judge, Seat

STEPS = {"qualified": optimum.QUALIFIED, "available": optimum.AWAY, "room": optimum.ROOM, "free": optimum.RECUSED}
"""The steps of the funnel, and by which rule people fall out at each."""
LABELS = {"qualified": "对口", "available": "评审期间有空", "room": "份数未满", "free": "回避之后"}
RULES = {
    optimum.QUALIFIED: "方向对口的专家不够",
    optimum.AWAY: "评审期间有空的专家不够",
    optimum.ROOM: "份数未满的专家不够",
    optimum.RECUSED: "回避之后专家不够",
    optimum.GROUPS: "受同一单位、同一地区人数上限所限，余下的专家不能同评一份",
    optimum.LOAD: "余下的专家已分给其他申报，总量不够",
}


def blocked_on(place: Place, group: Group, problem: Problem) -> Mapping[str, str]:
    """Who must not look at it, with the ground; in a strict draw that is whoever must not look at one of its group."""
    if (problem.settings.panel, problem.settings.recusal) != (COMMON, STRICT):
        return place.blocked
    return {key: ground for one in (*group.places, place) if one.need > 0 for key, ground in one.blocked.items()}


def seat_of(place: Place, blocked: Mapping[str, str], problem: Problem) -> Seat:
    """The place as the solver sees it, with all its open seats."""
    least = problem.settings.least
    affinity = {key: value for key, value in place.affinity.items() if value >= least}
    return Seat(place.key, place.need, affinity, frozenset(blocked), frozenset(place.seated))


def shortages(problem: Problem, pairs: Mapping[str, Sequence[str]], judges: Mapping[str, Judge]) -> dict[str, Shortage]:
    """Every application with empty seats, with the funnel of its experts. `judges`: with the room they came with."""
    found = {}
    for group in problem.groups:
        for place in group.places:
            if place.need > len(pairs[place.key]):
                blocked = blocked_on(place, group, problem)
                found[place.key] = _shortage(place, place.need - len(pairs[place.key]), blocked, problem, judges)
    return dict(sorted(found.items()))


def _shortage(place: Place, missing: int, blocked, problem: Problem, judges: Mapping[str, Judge]) -> Shortage:
    seat = seat_of(place, blocked, problem)
    steps = optimum.funnel(seat, judges)
    out = set(steps[optimum.ROOM]) - set(steps[optimum.RECUSED])
    return Shortage(
        missing,
        optimum.rule_of(seat, judges, problem.settings.rules),
        {step: len(steps[rule]) for step, rule in STEPS.items()},
        dict(sorted(Counter(blocked[key] for key in out).items())),
    )


def sentence(shortage: Shortage, grounds: Mapping[str, str]) -> str:
    """The shortage in words, to stand after the name of the application. `grounds`: code → what people call it."""
    told, before = [], None
    for step, label in LABELS.items():
        count = shortage.counts[step]
        if before is None or count != before:
            told.append(f"{label} {count} 位")
        before = count
    if shortage.grounds:
        most = sorted(shortage.grounds.items(), key=lambda one: (-one[1], one[0]))
        told[-1] += f"（{'、'.join(f'{grounds.get(code, code)} {count} 位' for code, count in most)}）"
    return f"缺 {shortage.missing} 位：{'，'.join(told)}；{RULES[shortage.rule]}。"
