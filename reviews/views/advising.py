"""What stands beside the ranking for officers and supervisors: the cut line's confidence, severity, far totals, second
looks. Advice only: nothing here orders a line or stops a decision, except the second looks that the call asks for."""

from collections.abc import Mapping, Sequence

from programmes.spec import ReviewSpec
from reviews import advice as a
from reviews import cutline, reconsidering
from reviews import ranking as r
from reviews.models import Reconsideration


def context(rows: Sequence[r.Row], limit: int | None, review: ReviewSpec, names: Mapping[int, str]) -> dict:
    """Everything that the ranking page shows beside the table. Three queries, however many rows."""
    advised = a.of(rows, limit)
    return {
        "advised": advised,
        "picture": cutline.picture(rows, advised),
        "pair": cutline.pair_in_words(advised) if advised else "",
        "without": a.without_one(rows, limit, review) if advised else None,
        "grey_count": len(advised.grey) if advised else 0,
        "severities": [
            {"name": names[one.expert], "reviews": one.reviews, "words": _severity(one.points)}
            for one in a.severities(rows, advised)
        ],
        "doubtful": [
            {"sheet": one.sheet, "name": names[one.sheet.expert_id], "high": one.z > 0, "z": f"{abs(one.z):.1f}"}
            for one in (a.doubtful_sheets(rows[0].application.task, rows) if rows else [])
        ],
    }


def of_line(row: r.Row, advised: a.Advice | None, places: Mapping[str, int], review: ReviewSpec) -> dict:
    """What one line of the table shows of it."""
    key = a.key_of(row.application)
    chance = advised.chance.get(key) if advised else None
    parted = "、".join(r.link_in_words(tie, review) for tie in row.parted)
    return {
        "chance": "" if chance is None else cutline.percent(chance),
        "is_grey": chance is not None and cutline.kind_of(chance) == cutline.BAND,
        "reference": places.get(key),
        "calibrated": f"{advised.calibrated[key]:.2f}" if key in places else "",
        "parted": f"同分，按{parted}排先后" if parted else "",
    }


def second_looks(rows: Sequence[r.Row], review: ReviewSpec, advised: a.Advice | None) -> dict[int, dict]:
    """Application pk → what its line says of 复议: asked for, open, closed. One query."""
    asked, held = reconsidering.required(rows, review, advised), reconsidering.of_rows(rows)
    found = {}
    for row in rows:
        pk = row.application.pk
        open_ = any(one.state == Reconsideration.State.OPEN for one in held.get(pk, ()))
        if pk in asked or pk in held:
            state = "open" if open_ else "closed" if pk in held else "asked"
            labels = [Reconsideration.Ground(ground).label for ground in asked.get(pk, ())]
            found[pk] = {"state": state, "asked": asked.get(pk, ()), "grounds": labels, "rows": held.get(pk, [])}
    return found


def _severity(points: float | None) -> str:
    """How lenient an expert is, in words."""
    if points is None:
        return "不校准"
    if abs(points) < 0.05:
        return "与其他专家相当"
    return f"比其他专家{'高' if points > 0 else '低'} {abs(points):.1f} 分"
