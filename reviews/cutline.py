"""The picture of the cut line: how sure it is, application by application, that it belongs to the best.

A bar for each application in the order of the ranking, the grey band behind, the line of the limit across. Positions
and words only; the template draws the same for screen and paper. Everything is in the picture's own units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reviews import advice as a
from reviews.calibration import GREY
from reviews.ranking import Row

LEFT, RIGHT, WIDTH, TOP, STEP, BAR = 268, 62, 760, 26, 26, 14
AROUND = 4
"""Applications shown beyond the line although their chance is slight."""
TITLE = 17  # hanzi beside a bar
IN, BAND, OUT = "in", "band", "out"


@dataclass(frozen=True)
class Bar:
    """One application. `kind`: in (sure to be inside), band (the scores do not decide), out."""

    rank: int
    title: str
    y: int
    width: float
    chance: str
    kind: str

    @property
    def middle(self) -> int:
        return self.y + BAR // 2

    @property
    def baseline(self) -> int:
        return self.y + BAR - 2

    @property
    def end(self) -> float:
        return LEFT + self.width + 6


@dataclass(frozen=True)
class Picture:
    """What the template draws, and the same in words: a headline to be read first, then what it rests on."""

    bars: list[Bar]
    cut_y: int
    height: int
    ticks: list[tuple[float, str]]
    band: tuple[float, float]
    headline: str
    words: str

    left, right, width, top, bar = LEFT, WIDTH - RIGHT, WIDTH, TOP - 6, BAR


def percent(chance: float) -> str:
    """A probability as people read it: never 0 % or 100 %, which nobody can know."""
    if chance < 0.01:
        return "<1%"
    return ">99%" if chance > 0.99 else f"{chance:.0%}"


def kind_of(chance: float) -> str:
    return IN if chance >= GREY[1] else BAND if chance > GREY[0] else OUT


def sureness(pairwise: float) -> str:
    """What a probability means, for somebody who has ten seconds."""
    if pairwise < 0.6:
        return "两者几乎分不出高下"
    if pairwise < 0.8:
        return "有一些差别，但不牢靠"
    return "差别比较明显" if pairwise < 0.95 else "差别很明显"


def picture(rows: Sequence[Row], advice: a.Advice | None) -> Picture | None:
    """The picture for one ranking; None where there is no line."""
    if advice is None:
        return None
    scored = [row for row in rows if row.rank is not None]
    chances = [advice.chance[a.key_of(row.application)] for row in scored]
    last = max([place for place, chance in enumerate(chances, 1) if chance > GREY[0]], default=0)
    shown = min(len(scored), max(last, advice.places + AROUND))
    bars = [
        Bar(
            rank=row.rank,
            title=_short(row.application.title),
            y=TOP + place * STEP + (STEP if place >= advice.places else 0) // 2,
            width=round(chance * (WIDTH - LEFT - RIGHT), 1),
            chance=percent(chance),
            kind=kind_of(chance),
        )
        for place, (row, chance) in enumerate(zip(scored[:shown], chances, strict=False))
    ]
    return Picture(
        bars=bars,
        cut_y=TOP + advice.places * STEP + STEP // 4 - BAR // 4,
        height=TOP + shown * STEP + STEP // 2 + 4,
        ticks=[(_x(share), f"{share:.0%}") for share in (0, GREY[0], 0.5, GREY[1], 1)],
        band=(_x(GREY[0]), _x(GREY[1])),
        headline=pair_in_words(advice),
        words=_words(advice, chances, shown, len(scored)),
    )


def pair_in_words(advice: a.Advice) -> str:
    """第 5 名优于第 6 名的把握 54 %."""
    return f"第 {advice.places} 名优于第 {advice.places + 1} 名的把握 {percent(advice.pairwise)}"


def _words(advice: a.Advice, chances: Sequence[float], shown: int, total: int) -> str:
    inside, outside = chances[: advice.places], chances[advice.places :]
    band = [sum(kind_of(chance) == BAND for chance in part) for part in (inside, outside)]
    if any(band):
        said = f"灰区（把握 20%—80%）内，线上 {band[0]} 家、线下 {band[1]} 家，现有评分分不出高下，宜复议或由会议表决。"
    else:
        said = "没有申报处于灰区（把握 20%—80%），现有评分能够分出线上和线下。"
    rest = f"其余 {total - shown} 家把握都很小，没有画出。" if shown < total else ""
    how = "" if advice.method == "model" else f"{advice.why_not}，把握由每件申报自己的分数推算。"
    bar = f"长条的长短，是这件申报确实属于最好的 {advice.places} 家的把握；供参考，不改变排名。"
    return f"{sureness(advice.pairwise)}。{said}{rest}{how}{bar}"


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _short(title: str) -> str:
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"
