"""What the score page shows and reads: bands with anchors, the place of the knob, what is still missing.

The number field is the truth; bands and track only show it. Track: bands of equal width, lowest at the left; the script
score.js draws the same.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.spec import CriterionSpec, ReviewSpec
from reviews import sheets
from reviews.models import Assignment

TRACK = 400
"""Width of the track in its own units."""


@dataclass(frozen=True)
class Typed:
    """A sheet as somebody typed it: points as text by criterion."""

    points: Mapping[str, str]
    opinion: str
    advice: str
    base_version: int


def saved(sheet: Assignment) -> Typed:
    """The sheet as it is in the database; its scores should be prefetched."""
    points = {score.criterion: sheets.show(score.points) for score in sheet.scores.all()}
    return Typed(points, sheet.opinion, sheet.advice, sheet.sheet_version)


def typed(data) -> Typed:
    """What a form sent: `points-<criterion>`, `opinion`, `advice`, `base_version`."""
    points = {key.removeprefix("points-"): data[key] for key in data if key.startswith("points-")}
    version = whole_number(data.get("base_version"))
    return Typed(points, data.get("opinion", ""), data.get("advice", ""), -1 if version is None else version)


def as_points(texts: Mapping[str, str], review: ReviewSpec) -> dict[str, int]:
    """Texts as hundredths; what is no score counts as not scored."""
    found = {}
    for criterion in review.criteria:
        try:
            points = sheets.to_points(texts.get(criterion.key), criterion)
        except Refused:
            continue
        if points is not None:
            found[criterion.key] = points
    return found


@dataclass(frozen=True)
class Band:
    """One band of a criterion: its ends in whole points, its word and what it asks for."""

    low: int
    high: int
    name: str
    words: str
    on: bool


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of the sheet as the page shows it. `knob` is None without points."""

    spec: CriterionSpec
    value: str
    points: int | None
    bands: list[Band] = field(default_factory=list)
    knob: float | None = None
    error: str = ""

    @property
    def band(self) -> Band | None:
        return next((band for band in self.bands if band.on), None)

    @property
    def bands_from_the_best(self) -> list[Band]:
        return self.bands[::-1]

    @property
    def edges(self) -> list[tuple[float, float]]:
        """(x, width) of each band on the track, with a gap of two between them."""
        width = TRACK / len(self.bands) if self.bands else TRACK
        return [(position * width + bool(position), width - 2) for position in range(len(self.bands))]

    @property
    def weighted(self) -> str:
        """Points times weight, as they enter the total."""
        return "" if self.points is None else sheets.show_two((self.points * self.spec.weight + 50) // 100)


def rows(review: ReviewSpec, texts: Mapping[str, str], refused: Refused | None = None) -> list[CriterionRow]:
    """The criteria of the sheet with what was typed; a refusal stands at its field."""
    points = as_points(texts, review)
    return [
        _row(criterion, texts.get(criterion.key, ""), points.get(criterion.key), refused)
        for criterion in review.criteria
    ]


def _row(criterion: CriterionSpec, text: str, points: int | None, refused: Refused | None) -> CriterionRow:
    anchors = sorted(criterion.anchors)
    here = sheets.band_of(points, criterion)
    bands = [
        Band(anchor[0], anchor[1], sheets.band_name(anchor, criterion), anchor[2], anchor == here) for anchor in anchors
    ]
    error = refused.sentence if refused and refused.field == criterion.key else ""
    return CriterionRow(criterion, text, points, bands, _knob(points, anchors), error)


def _knob(points: int | None, anchors) -> float | None:
    """Where the knob stands on the track: inside its band, at the share of the band that the points have reached."""
    if points is None or not anchors:
        return None
    position = max((number for number, anchor in enumerate(anchors) if anchor[0] * 100 <= points), default=0)
    low, high = anchors[position][0] * 100, anchors[position][1] * 100 + 100
    share = min(1, max(0, (points - low) / (high - low)))
    return round((position + share) * TRACK / len(anchors), 1)


@dataclass(frozen=True)
class Summary:
    """The box under the criteria: how much is scored, and the total once all is."""

    scored: int
    criteria: int
    weight: int
    total: str
    missing: str

    @property
    def left(self) -> int:
        """How many criteria are not scored."""
        return self.criteria - self.scored

    def as_json(self) -> dict:
        return asdict(self)


def summary(review: ReviewSpec, texts_or_points: Mapping) -> Summary:
    """What is scored so far; texts as typed, or hundredths."""
    whole = all(isinstance(value, int) for value in texts_or_points.values())
    points = dict(texts_or_points) if whole else as_points(texts_or_points, review)
    missing = sheets.missing(points, review)
    return Summary(
        scored=len(review.criteria) - len(missing),
        criteria=len(review.criteria),
        weight=sheets.weight_done(points, review),
        total=sheets.show_two(sheets.total(points, review)),
        missing="、".join(criterion.label for criterion in missing),
    )
