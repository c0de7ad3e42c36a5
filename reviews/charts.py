"""The strip of one application in the ranking: one dot for each expert, hollow where the score was dropped.

Positions only; the template draws. Everything is in the strip's own units.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from reviews import sheets
from reviews.ranking import Mark, Row, Standing, show

WIDTH, HEIGHT, EDGE = 240, 34, 12
MIDDLE, STEP, RADIUS = 17, 9, 4.5
NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Scale:
    """From which to which score the strips reach, in whole points; `ticks` are every five points or wider."""

    low: int
    high: int

    @property
    def ticks(self) -> list[tuple[float, int]]:
        span = self.high - self.low
        step = 5 if span <= 30 else 10 if span <= 60 else 20
        first = -(-self.low // step) * step
        return [(self.x(value * 100), value) for value in range(first, self.high + 1, step)]

    def x(self, points: int | Fraction) -> float:
        """Where hundredths of a point stand on the strip."""
        share = (Fraction(points) / 100 - self.low) / (self.high - self.low)
        return round(float(EDGE + share * (WIDTH - 2 * EDGE)), 1)


def scale(rows: Iterable[Row]) -> Scale:
    """One scale for a task, so that strips can be compared; at least ten points wide."""
    totals = [mark.total for row in rows for mark in row.standing.marks]
    if not totals:
        return Scale(0, 100)
    low, high = min(totals) // 500 * 5, min(100, -(-max(totals) // 500) * 5)
    if high - low < 10:
        low = max(0, high - 10)
    return Scale(low, max(high, low + 10))


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    dropped: bool


@dataclass(frozen=True)
class Strip:
    """What the template draws, and the same in words for those who do not see it."""

    dots: list[Dot]
    mean_x: float | None
    low_x: float
    high_x: float
    words: str


def strip(standing: Standing, on: Scale, names: dict[int, str]) -> Strip | None:
    """The strip of one application; None without a score. `names`: expert key → 专家一."""
    if standing.score is None:
        return None
    marks = sorted(standing.marks, key=lambda mark: (mark.total, mark.expert))
    return Strip(
        dots=_dots(marks, on),
        mean_x=on.x(standing.score),
        low_x=on.x(marks[0].total),
        high_x=on.x(marks[-1].total),
        words="，".join(
            f"{names[mark.expert]} {sheets.show(mark.total)}{'（未计入）' if mark.dropped else ''}"
            for mark in standing.marks
        )
        + f"；得分 {show(standing.score)}",
    )


def _dots(marks: list[Mark], on: Scale) -> list[Dot]:
    """Dots that would cover each other stand above and below the line in turn."""
    dots: list[Dot] = []
    crowd = 0
    for mark in marks:
        x = on.x(mark.total)
        crowd = crowd + 1 if dots and x - dots[-1].x < 2 * RADIUS else 0
        offset = (0, -STEP, STEP)[crowd % 3]
        dots.append(Dot(x, MIDDLE + offset, mark.dropped))
    return dots


def expert_names(rows: Iterable[Row]) -> dict[int, str]:
    """专家一, 专家二 … for the experts of one task, in the order in which they joined the list of experts."""
    keys = sorted({mark.expert for row in rows for mark in row.standing.marks})
    return {key: f"专家{NUMERALS[place] if place < len(NUMERALS) else place + 1}" for place, key in enumerate(keys)}
