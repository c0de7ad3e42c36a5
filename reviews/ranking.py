"""The ranking of one task. Exact: totals are integers (hundredths), everything after them fractions; nothing is rounded
before it is shown.

An application's score is the mean of its experts' totals. Where the call says `trimmed_mean` and there are at least
five totals, the highest and the lowest are dropped first; with fewer the mean of all counts, because trimming three or
four costs more truth than it saves (review.md §0.7). Recused and missing sheets are missing, never zero.

Equal scores are parted by what the call names in `review.ties`, in its order: the mean of all totals · the median · the
mean points of the criterion with the greatest weight · how many experts advise for it · the smaller deviation (as
variances, never their roots) · a lot that follows from the seed of the draw, so that it was fixed before the first
score. What is still equal shares its rank (1, 2, 2, 4) and stands by number.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from hashlib import sha256

from django.db.models import Count

from applications.models import Application, ReviewRound
from applications.states import AFTER_REVIEW, State
from programmes.models import CallVersion
from programmes.spec import ReviewSpec
from programmes.words import TIE_BREAKS, TIES_AT_CUT
from reviews.models import WITH_EXPERT, Advice, Assignment, AssignmentState, DrawPlan
from reviews.rounds import counts, last_round_pk, reopened_at

TRIMMED_FROM = 5
RANKED_STATES = frozenset({State.IN_REVIEW, State.NOT_SHORTLISTED}) | AFTER_REVIEW


@dataclass(frozen=True)
class Sheet:
    """One signed sheet: who (an expert's key), the total and the points by criterion, all in hundredths; the advice."""

    expert: int
    total: int
    points: dict[str, int]
    advice: str = ""


@dataclass(frozen=True)
class Mark:
    """One expert's total as the ranking shows it."""

    expert: int
    total: int
    dropped: bool = False


@dataclass(frozen=True)
class Standing:
    """What the arithmetic says of one application. Fractions are in hundredths of a point; None without a sheet.

    `advice`: how many experts advise to shortlist it; `variance`: of all totals, in square hundredths (divided by their
    number); `lot`: a hexadecimal number, the smaller wins, "" where nothing was drawn; `ties`: what parts equal scores.
    """

    marks: tuple[Mark, ...]
    score: Fraction | None
    mean: Fraction | None
    median: Fraction | None
    heaviest: Fraction | None
    trimmed: bool
    advice: int = 0
    variance: Fraction | None = None
    lot: str = ""
    ties: tuple[str, ...] = ()

    @property
    def spread(self) -> int:
        """Highest less lowest total, in hundredths, over all sheets."""
        totals = [mark.total for mark in self.marks]
        return max(totals) - min(totals) if totals else 0

    @property
    def key(self) -> tuple:
        """What is compared, best first; those without a sheet stand last."""
        if self.score is None:
            return (1,)
        return (0, -self.score, *(self.part(tie) for tie in self.ties))

    def part(self, tie: str):
        """What one link of the chain compares; the smaller stands before."""
        return {
            "mean": lambda: -self.mean,
            "median": lambda: -self.median,
            "heaviest": lambda: -self.heaviest,
            "advice": lambda: -self.advice,
            "deviation": lambda: self.variance,
            "lot": lambda: self.lot,
        }[tie]()


@dataclass(frozen=True)
class Row:
    """One line of the ranking. `rank` is None without a sheet, `tied` when another line has the same rank; `parted`:
    the links of the chain that parted it from its neighbours with the same score, none where there are no such.

    `rules`: the wording that all sheets of the round follow; `open`: sheets that their experts still have; `recused`:
    experts who must not look at it; `sheets`: what was signed, by expert.
    """

    application: Application
    standing: Standing
    rank: int | None
    tied: bool
    rules: CallVersion | None = None
    open: int = 0
    recused: int = 0
    parted: tuple[str, ...] = ()
    sheets: tuple[Sheet, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Scored, and nobody is still at work on it."""
        return self.rank is not None and self.open == 0


def standing(sheets: Iterable[Sheet], review: ReviewSpec, lot: str = "") -> Standing:
    """The score of one application; the order of the sheets does not matter."""
    ordered = sorted(sheets, key=lambda sheet: sheet.expert)
    if not ordered:
        return Standing((), None, None, None, None, False)
    trimmed = review.aggregate == "trimmed_mean" and len(ordered) >= TRIMMED_FROM
    by_total = sorted(ordered, key=lambda sheet: (sheet.total, sheet.expert))
    dropped = {by_total[0].expert, by_total[-1].expert} if trimmed else set()
    kept = [sheet.total for sheet in ordered if sheet.expert not in dropped]
    totals = [sheet.total for sheet in by_total]
    return Standing(
        marks=tuple(Mark(sheet.expert, sheet.total, sheet.expert in dropped) for sheet in ordered),
        score=_mean(kept),
        mean=_mean(totals),
        median=_median(totals),
        heaviest=_mean([sheet.points[heaviest(review).key] for sheet in ordered]),
        trimmed=trimmed,
        advice=sum(sheet.advice == Advice.SHORTLIST for sheet in ordered),
        variance=_mean([total * total for total in totals]) - _mean(totals) ** 2,
        lot=lot,
        ties=review.ties,
    )


def heaviest(review: ReviewSpec):
    """The criterion with the greatest weight; of equal weights the first, as the call lists them."""
    return max(review.criteria, key=lambda criterion: criterion.weight)


def lot_of(seed: str, number: str) -> str:
    """抽签: what the seed of the draw makes of an application's number; "" without a seed."""
    return sha256(f"{seed}|{number}".encode()).hexdigest() if seed else ""


def ranked(rows: Iterable[Row]) -> list[Row]:
    """The same rows with their ranks, best first; equal ones share a rank and stand by number."""
    rows = sorted(rows, key=lambda row: (row.standing.key, row.application.number or "", row.application.pk))
    held = Counter(row.standing.key for row in rows)
    result: list[Row] = []
    for place, row in enumerate(rows):
        key, scored = row.standing.key, row.standing.score is not None
        rank = result[-1].rank if result and result[-1].standing.key == key else place + 1
        near = [rows[other].standing for other in (place - 1, place + 1) if 0 <= other < len(rows)]
        parted = tuple(dict.fromkeys(link for other in near if scored and (link := _link(row.standing, other))))
        result.append(replace(row, rank=rank if scored else None, tied=scored and held[key] > 1, parted=parted))
    return result


def _link(one: Standing, other: Standing) -> str:
    """Which link of the chain parts two equal scores; "" where the scores differ or nothing parts them."""
    if one.score != other.score:
        return ""
    return next((tie for tie in one.ties if one.part(tie) != other.part(tie)), "")


def ranking(call, task, round_: ReviewRound | None = None) -> list[Row]:
    """The ranking of `task` in one round (the call's last by default); a constant number of queries."""
    found = Application.objects.filter(call=call, task=task, state__in=RANKED_STATES)
    found = found.select_related("unit", "department", "task__field", "call__current_version")
    applications = list(found.annotate(recused_experts=Count("recusals"), reopened_at=reopened_at()))
    round_ = round_ or last_round_pk(call)
    sheets, open_sheets, rules = _sheets(applications, round_, call)
    review = rules.spec.review
    seed = seed_of(task, round_) if "lot" in review.ties else ""
    return ranked(
        Row(
            application,
            standing(sheets.get(application.pk, ()), review, lot_of(seed, application.number or "")),
            rank=None,
            tied=False,
            rules=rules,
            open=open_sheets.get(application.pk, 0),
            recused=application.recused_experts,
            sheets=tuple(sorted(sheets.get(application.pk, ()), key=lambda sheet: sheet.expert)),
        )
        for application in applications
    )


def seed_of(task, round_) -> str:
    """The seed of the first draw that was published for the task in this round: older than every score; "" for none."""
    plans = DrawPlan.objects.filter(tasks=task, round=round_, state=DrawPlan.State.PUBLISHED)
    return plans.order_by("number").values_list("seed", flat=True).first() or ""


def _sheets(applications, round_, call) -> tuple[dict[int, list[Sheet]], dict[int, int], CallVersion]:
    """Signed sheets and the number of open ones by application, and the wording they follow."""
    signed: dict[int, dict[int, Sheet]] = {}
    waiting: dict[int, set[int]] = {}
    followed = call.current_version_id
    reopened = {application.pk: application.reopened_at for application in applications}
    found = Assignment.objects.filter(round=round_, application__in=applications)
    columns = ("application_id", "expert_id", "state", "total", "advice", "rules_id", "scores__criterion")
    for application, expert, state, total, advice, rules, criterion, points, given in found.values_list(
        *columns, "scores__points", "assigned_at"
    ):
        if not counts(given, reopened[application]):
            continue
        followed = rules
        if state == AssignmentState.SIGNED:
            sheet = signed.setdefault(application, {}).setdefault(expert, Sheet(expert, total, {}, advice))
            sheet.points[criterion] = points
        elif state in WITH_EXPERT:
            waiting.setdefault(application, set()).add(expert)
    same = followed == call.current_version_id  # unless the call got another wording while people reviewed
    return (
        {application: list(by_expert.values()) for application, by_expert in signed.items()},
        {application: len(experts) for application, experts in waiting.items()},
        call.current_version if same else CallVersion.objects.get(pk=followed),
    )


def _mean(numbers: list[int]) -> Fraction:
    return Fraction(sum(numbers), len(numbers))


def _median(ordered: list[int]) -> Fraction:
    half = len(ordered) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


def show(value: Fraction | None, places: int = 2) -> str:
    """A fraction of hundredths as points, rounded half up for the eye only: 8866.67 → "88.67"; "—" for None."""
    if value is None:
        return "—"
    scaled = value * 10**places / 100
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, rest = divmod(units, 10**places)
    return f"{whole}.{rest:0{places}d}"


def rule_in_words(review: ReviewSpec, shortlisted: str = "入围") -> str:
    """How the score comes about and what parts equal ones, in sentences for screens and papers. `shortlisted`: the
    call's own word."""
    if review.aggregate == "trimmed_mean":
        score = f"各专家加权总分去掉一个最高、一个最低后平均；有效评分不足 {TRIMMED_FROM} 份的取全部平均。"
    else:
        score = "各专家加权总分取平均。"
    return (
        score
        + _ties_in_words(review)
        + f"仍相同的名次并列；{shortlisted}线落在并列者之间的，{TIES_AT_CUT[review.tie_at_cut]}。"
    )


def links(review: ReviewSpec) -> tuple[str, ...]:
    """The links of the chain that can part anything: where nothing is dropped, the mean is the score itself."""
    return tuple(tie for tie in review.ties if tie != "mean" or review.aggregate == "trimmed_mean")


def link_in_words(tie: str, review: ReviewSpec) -> str:
    """What a link compares, with the criterion's own name."""
    return f"“{heaviest(review).label}”（权重最高）的平均分" if tie == "heaviest" else TIE_BREAKS[tie]


def _ties_in_words(review: ReviewSpec) -> str:
    words = "、".join(link_in_words(tie, review) for tie in links(review))
    return f"同分依次比较{words}。" if words else ""
