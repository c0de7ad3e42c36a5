"""The arithmetic of one score sheet. Points are integers, hundredths; nothing here reads the database.

A sheet's total is the weighted sum of its points, rounded once, half up, to two decimals. For whole points it is exact,
because the weights are whole percents; ranking and tables start from these totals, so that everything after them can
be recomputed from what is printed.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from jbgs.lib.errors import Refused
from programmes.spec import CriterionSpec, ReviewSpec

FULL_MARKS = 10_000
BAND_NAMES = ("优秀", "良好", "一般", "不足")
"""Words for bands from the best down, where a scheme has exactly four."""


def to_points(value, criterion: CriterionSpec) -> int | None:
    """What was typed as hundredths: "86" → 8600, "86.5" → 8650; None or "" means not scored.

    Refused (422, field: the criterion's key) for anything that is not a number from 0 to 100 with two decimals.
    """
    text = str(value).strip() if value is not None else ""
    if not text:
        return None
    try:
        number = Decimal(text)
        points = number * 100
        if not number.is_finite() or points != points.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        sentence = f"“{criterion.label}”的得分“{text[:20]}”不是分数。请填写 0 至 100，最多两位小数。"
        raise _bad(criterion, sentence) from None
    if not 0 <= points <= FULL_MARKS:
        raise _bad(criterion, f"“{criterion.label}”的得分 {text} 超出范围。请填写 0 至 100。")
    return int(points)


def _bad(criterion: CriterionSpec, sentence: str) -> Refused:
    return Refused("score_out_of_range", sentence, criterion.key, status=422)


def show(points: int | None) -> str:
    """Hundredths as people write a score: 8600 → "86", 8650 → "86.5"; "" for none."""
    if points is None:
        return ""
    whole, rest = divmod(points, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


def show_two(points: int | None) -> str:
    """Hundredths with two decimals, as totals stand in columns: 8867 → "88.67"; "" for none."""
    return "" if points is None else f"{points // 100}.{points % 100:02d}"


def total(points: Mapping[str, int], review: ReviewSpec) -> int | None:
    """The weighted total in hundredths, rounded half up; None as long as a criterion is missing."""
    if missing(points, review):
        return None
    percent_points = sum(criterion.weight * points[criterion.key] for criterion in review.criteria)
    return (percent_points + 50) // 100


def missing(points: Mapping[str, int], review: ReviewSpec) -> list[CriterionSpec]:
    """The criteria without points, in the order of the sheet."""
    return [criterion for criterion in review.criteria if points.get(criterion.key) is None]


def weight_done(points: Mapping[str, int], review: ReviewSpec) -> int:
    """How many percent of the weight are scored."""
    return sum(criterion.weight for criterion in review.criteria if points.get(criterion.key) is not None)


def band_of(points: int | None, criterion: CriterionSpec):
    """The anchor (low, high, words) that covers these points; None without points or anchors.

    Anchors are whole points; 89.5 belongs to the band that begins at or below it.
    """
    if points is None:
        return None
    covering = [anchor for anchor in criterion.anchors if anchor[0] * 100 <= points]
    return max(covering, key=lambda anchor: anchor[0], default=None)


def band_name(anchor, criterion: CriterionSpec) -> str:
    """优秀, 良好 … for a scheme of four bands, else ''."""
    ordered = sorted(criterion.anchors, key=lambda item: -item[0])
    if anchor is None or len(ordered) != len(BAND_NAMES):
        return ""
    return BAND_NAMES[ordered.index(anchor)]
