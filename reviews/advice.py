"""What the scores of a task say beside its ranking (review.md §3): the model's view of the official totals. It advises;
it never orders the table, and nothing here is kept.

Keys of the pure model are an application's number and an expert's place in the list of experts: a repeated rehearsal
has other database keys and the same figures.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from programmes.spec import ReviewSpec
from reviews import calibration
from reviews import ranking as r
from reviews.calibration import Advice
from reviews.models import WITH_EXPERT, Assignment, AssignmentState


def key_of(application) -> str:
    """An application in the model."""
    return application.number or str(application.pk)


def expert_key(pk: int) -> str:
    """An expert in the model: in the order in which they joined the list of experts."""
    return f"{pk:010d}"


def of(rows: Sequence[r.Row], limit: int | None) -> Advice | None:
    """The advice on one ranking; None where there is no line (no limit, or nobody outside it)."""
    scored = [row for row in rows if row.rank is not None]
    if not limit or not 0 < limit < len(scored):
        return None
    return _advised(tuple(_scores(scored).items()), limit, tuple(key_of(row.application) for row in scored))


@lru_cache(maxsize=128)
def _advised(scores: tuple, places: int, order: tuple = ()) -> Advice | None:
    """Estimated once for the same scores: some seconds for large tasks, and a page is opened often."""
    return calibration.advise(dict(scores), places, order=order)


def _scores(rows: Iterable[r.Row]) -> dict[tuple[str, str], float]:
    return {
        (key_of(row.application), expert_key(mark.expert)): mark.total / 100
        for row in rows
        for mark in row.standing.marks
    }


@dataclass(frozen=True)
class Without:
    """What becomes of those inside the line when one expert's sheets are left out, by the official rule.

    `changed`: expert → places in the ranking (from 1) of the applications that change sides.
    """

    places: int
    changed: Mapping[int, tuple[int, ...]]

    @property
    def times(self) -> int:
        return sum(bool(places) for places in self.changed.values())

    @property
    def words(self) -> str:
        """A sentence for people who read no statistics."""
        if not self.times:
            return f"不会：逐一去掉 {len(self.changed)} 位专家，前 {self.places} 名都不变。"
        places = sorted({place for found in self.changed.values() for place in found})
        said = "、".join(f"第 {place} 名" for place in places)
        return f"{len(self.changed)} 位专家中，去掉 {self.times} 位会变（逐一试过），涉及{said}。"


def without_one(rows: Sequence[r.Row], limit: int | None, review: ReviewSpec) -> Without | None:
    """去掉任意一位专家，前几名会变吗: None where there is no line. Who is nobody else's only judge is tried."""
    scored = [row for row in rows if row.rank is not None]
    if not limit or not 0 < limit < len(scored):
        return None
    place = {row.application.pk: number for number, row in enumerate(scored, 1)}
    best, changed = _inside(scored, limit), {}
    for expert in sorted({mark.expert for row in scored for mark in row.standing.marks}):
        left = [replace(row, standing=_standing_without(row, expert, review)) for row in scored]
        if all(row.standing.marks for row in left):
            moved = best ^ _inside(r.ranked(left), limit)
            changed[expert] = tuple(sorted(place[pk] for pk in moved))
    return Without(limit, changed)


def _standing_without(row: r.Row, expert: int, review: ReviewSpec) -> r.Standing:
    rest = [sheet for sheet in row.sheets if sheet.expert != expert]
    return row.standing if len(rest) == len(row.sheets) else r.standing(rest, review, row.standing.lot)


def _inside(rows: Sequence[r.Row], limit: int) -> frozenset[int]:
    return frozenset(row.application.pk for row in rows if row.rank <= limit)


def calibrated_ranks(advice: Advice | None) -> dict[str, int]:
    """参考名次: application's key → its place by the calibrated score; empty where nothing is calibrated."""
    if advice is None or not advice.calibrated:
        return {}
    order = sorted(advice.calibrated, key=lambda key: (-advice.calibrated[key], key))
    return {key: place for place, key in enumerate(order, 1)}


@dataclass(frozen=True)
class Severity:
    """宽严 of one expert in this task: points above (lenient) or below the others, None where not calibrated."""

    expert: int
    reviews: int
    points: float | None


def severities(rows: Iterable[r.Row], advice: Advice | None) -> list[Severity]:
    """Every expert of the task with the number of sheets that speak, in the order of the list of experts."""
    held = Counter(mark.expert for row in rows for mark in row.standing.marks)
    points = advice.severity if advice else {}
    return [Severity(expert, held[expert], points.get(expert_key(expert))) for expert in sorted(held)]


# ---- totals far from what was to be expected ----


@dataclass(frozen=True)
class Doubtful:
    """A signed sheet with |z| > 2. `z` is positive where the expert scored higher than one would expect."""

    sheet: Assignment
    z: float


def doubtful_pairs(rows: Sequence[r.Row]) -> dict[tuple[int, int], float]:
    """(application pk, expert pk) → z of the totals beyond the warning, the farthest first; empty with too few data."""
    scored = [row for row in rows if row.rank is not None]
    if len(scored) < 2:
        return {}
    found = _advised(tuple(_scores(scored).items()), 1)  # z does not depend on where the line is
    pairs = {
        (key_of(row.application), expert_key(mark.expert)): (row.application.pk, mark.expert)
        for row in scored
        for mark in row.standing.marks
    }
    return {pairs[pair]: found.z[pair] for pair in found.doubtful}


def doubtful_sheets(task, rows: Sequence[r.Row] | None = None) -> list[Doubtful]:
    """The signed sheets of a task that an officer should look at, the farthest first."""
    rows = r.ranking(task.call, task) if rows is None else rows
    far = doubtful_pairs(rows)
    if not far:
        return []
    sheets = Assignment.objects.signed().filter(application__in={pk for pk, _ in far}, round=r.last_round_pk(task.call))
    sheets = sheets.select_related("expert__user", "application__call__current_version").defer("rules__document")
    by_pair = {(sheet.application_id, sheet.expert_id): sheet for sheet in sheets}
    return [Doubtful(by_pair[pair], z) for pair, z in far.items() if pair in by_pair]


def is_complete(task) -> bool:
    """Whether nobody of the task is still at work on a sheet."""
    return not Assignment.objects.filter(
        application__task=task, round=r.last_round_pk(task.call), state__in=WITH_EXPERT
    ).exists()


def asks_reason(assignment: Assignment) -> bool:
    """Whether the expert's page asks for a fuller reason: asked once, not yet answered, and never in the way."""
    signed = assignment.state == AssignmentState.SIGNED
    return signed and assignment.reason_asked_at is not None and not assignment.fuller_reason
