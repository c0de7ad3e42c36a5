"""What is known of an expert from earlier reviews: load, timeliness, severity. For officers, where experts are picked.

Severity comes from the calibration of each task on its own (`reviews.calibration`), so that who happened to get weak
applications is not called severe. It is advice and decides nothing. Two queries, however many experts.

The list of experts is shared by the officers of all calls, also by those who must not know of a review under way: what
is made of scores (severity, spread) counts reviews that are over only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean, median, stdev

from applications.states import State
from jbgs.lib import clock
from reviews import calibration
from reviews.models import ACTIVE, WITH_EXPERT, Assignment, AssignmentState, Expert

MOST = 300
"""Applications and experts of one task together, up to which severity is estimated while somebody waits."""
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Ledger:
    """One expert's figures.

    `busy`: sheets in hand or signed in reviews under way; `done`: sheets signed, ever; `declined`: sheets declined.
    `on_time`: share (0..1) of the sheets with a due time that were signed by it; one that is still open counts once it
    is late. `median_days`: from assignment to signature. `severity`: points above (lenient, +) or below (severe, −) the
    others on the same tasks, the mean over tasks that allow an estimate. `spread`: standard deviation of the own totals
    in points. Both of reviews that are over. None: too little is known.
    """

    busy: int = 0
    done: int = 0
    on_time: float | None = None
    median_days: float | None = None
    severity: float | None = None
    spread: float | None = None
    declined: int = 0

    @property
    def is_new(self) -> bool:
        """Nothing signed and nothing declined yet."""
        return not self.done and not self.declined

    @property
    def on_time_percent(self) -> int | None:
        return None if self.on_time is None else round(self.on_time * 100)


def figures_of(experts: Iterable[Expert]) -> dict[int, Ledger]:
    """The figures of these experts by their pk, each of them present."""
    wanted = [expert.pk for expert in experts]
    held: dict[int, list[dict]] = {pk: [] for pk in wanted}
    rows = Assignment.objects.filter(expert__in=wanted).order_by("pk").values(
        "expert_id", "state", "assigned_at", "due_at", "signed_at", "total", "round_id", "application__state",
        "application__task_id",
    )  # fmt: skip
    for row in rows:
        held[row["expert_id"]].append(row)
    severities = _severities({_group(row) for row in rows if _is_over(row)})
    return {pk: _ledger(sheets, severities[pk]) for pk, sheets in held.items()}


def _is_over(row: dict) -> bool:
    return row["state"] == AssignmentState.SIGNED and row["application__state"] != State.IN_REVIEW


def _group(row: dict) -> tuple[int, int]:
    """Sheets that can be compared: of one round and one task."""
    return row["round_id"], row["application__task_id"]


def _severities(groups: set[tuple[int, int]]) -> dict[int, list[float]]:
    """Expert pk → severity on each of these tasks that allows an estimate."""
    scores: dict[tuple[int, int], dict[tuple[str, str], float]] = defaultdict(dict)
    over = Assignment.objects.signed().exclude(application__state=State.IN_REVIEW)
    signed = over.filter(
        round__in={round_pk for round_pk, _ in groups}, application__task__in={task_pk for _, task_pk in groups}
    )
    signed = signed.values("round_id", "application__task_id", "application_id", "expert_id", "total")
    for row in signed:
        if _group(row) in groups:
            scores[_group(row)][str(row["application_id"]), str(row["expert_id"])] = row["total"] / 100
    found = defaultdict(list)
    for held in scores.values():
        for expert, points in _severity(frozenset(held.items())).items():
            found[int(expert)].append(points)
    return found


@lru_cache(maxsize=512)
def _severity(scores: frozenset) -> dict[str, float]:
    """The estimate for one task; what was signed long ago is not computed anew for each page."""
    people = {name for pair, _ in scores for name in (f"application {pair[0]}", f"expert {pair[1]}")}
    return calibration.severity(dict(sorted(scores))) if len(people) <= MOST else {}


def _ledger(sheets: list[dict], severities: list[float]) -> Ledger:
    now = clock.now()
    signed = [row for row in sheets if row["state"] == AssignmentState.SIGNED]
    kept = [row["signed_at"] <= row["due_at"] for row in signed if row["due_at"]]
    kept += [False for row in sheets if row["state"] in WITH_EXPERT and row["due_at"] and row["due_at"] <= now]
    totals = [row["total"] / 100 for row in signed if _is_over(row)]
    days = [(row["signed_at"] - row["assigned_at"]).total_seconds() / DAY for row in signed]
    return Ledger(
        busy=sum(row["state"] in ACTIVE and row["application__state"] == State.IN_REVIEW for row in sheets),
        done=len(signed),
        on_time=mean(kept) if kept else None,
        median_days=median(days) if days else None,
        severity=mean(severities) if severities else None,
        spread=stdev(totals) if len(totals) > 1 else None,
        declined=sum(row["state"] == AssignmentState.DECLINED for row in sheets),
    )
