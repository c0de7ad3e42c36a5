"""Advice beside the official ranking, never instead of it: severity of experts, confidence of the cut line. Pure.

Model (review.md §3): score = level + application + expert + noise, the three random; variances by EM, effects by
Henderson's equations (ridge). It degrades to the mean where experts say nothing about each other. With too few data
nothing is calibrated, and the confidence comes from a bootstrap of each application's own scores.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy

DRAWS = 4000
LEAST_PER_EXPERT = 3  # fewer scores say nothing about somebody's severity
LARGEST = 150  # applications and experts together: beyond it nobody waits for the estimate
ROUNDS = 200
WARNS_AT = 2.0  # |z| beyond which a score is looked at again: 11 % of honest ones, 65 % of planted +20 (review.md §3.5)
GREY = (0.2, 0.8)

Scores = Mapping[tuple[str, str], float]
"""(application, expert) → score of 0 to 100."""


@dataclass(frozen=True)
class Advice:
    """What the model says of one group that is ranked together.

    `calibrated`: application → score freed of the experts' severity, None where there are too few data (`why_not` says
    so in words). `severity`: expert → points above (lenient) or below (severe) the others. `z`: (application, expert)
    → standardised residual. `chance`: application → probability of being among the truly best `places`.
    `pairwise`: that the last inside the line is truly better than the first outside. `method`: model or bootstrap.
    """

    places: int
    chance: Mapping[str, float]
    pairwise: float | None
    method: str
    calibrated: Mapping[str, float] | None = None
    severity: Mapping[str, float] = field(default_factory=dict)
    z: Mapping[tuple[str, str], float] = field(default_factory=dict)
    why_not: str = ""

    @property
    def grey(self) -> list[str]:
        """Applications about which the scores do not decide, the likeliest first."""
        inside = (key for key, chance in self.chance.items() if GREY[0] < chance < GREY[1])
        return sorted(inside, key=lambda key: (-self.chance[key], key))

    @property
    def doubtful(self) -> list[tuple[str, str]]:
        """Scores far from what application and expert make one expect, the farthest first."""
        far = (pair for pair, z in self.z.items() if abs(z) > WARNS_AT)
        return sorted(far, key=lambda pair: (-abs(self.z[pair]), pair))


def advise(scores: Scores, places: int, *, order: Sequence[str] = (), seed: int = 0) -> Advice | None:
    """The advice on one group; None where nothing is scored or everybody has a place.

    `order`: the official ranking, best first, for the pairwise figure; by mean score where it is not given. The same
    scores and seed give the same figures.
    """
    applications = sorted({application for application, _ in scores})
    if not 0 < places < len(applications):
        return None
    means = _means(scores)
    order = list(order) or sorted(applications, key=lambda key: (-means[key], key))
    rng = numpy.random.Generator(numpy.random.PCG64(seed))
    why_not = _too_few(scores)
    fit = None if why_not else _Fit(scores, applications)
    draws = fit.draws(rng) if fit else _bootstrap(scores, applications, rng)
    chance = dict(zip(applications, _among_best(draws, places), strict=True))
    inside, outside = (applications.index(order[place]) for place in (places - 1, places))
    return Advice(
        places=places,
        chance=chance,
        pairwise=float(_half_ties(draws[:, inside], draws[:, outside])),
        method="model" if fit else "bootstrap",
        calibrated=fit.calibrated() if fit else None,
        severity=fit.severity() if fit else {},
        z=fit.residuals() if fit else {},
        why_not=why_not,
    )


def severity(scores: Scores) -> dict[str, float]:
    """Expert → points above (lenient) or below (severe) the others of one group; {} where there are too few data."""
    if not scores or _too_few(scores):
        return {}
    return _Fit(scores, sorted({application for application, _ in scores})).severity()


def _means(scores: Scores) -> dict[str, float]:
    held = defaultdict(list)
    for (application, _), score in scores.items():
        held[application].append(score)
    return {key: sum(found) / len(found) for key, found in held.items()}


def _too_few(scores: Scores) -> str:
    """Why nothing can be calibrated, in words; empty when it can."""
    by_expert, by_application = defaultdict(set), defaultdict(set)
    for application, expert in scores:
        by_expert[expert].add(application)
        by_application[application].add(expert)
    if len(by_expert) + len(by_application) > LARGEST:
        return "申报和专家太多，不校准"
    if min(len(found) for found in by_expert.values()) < LEAST_PER_EXPERT:
        return f"有专家评分不足 {LEAST_PER_EXPERT} 份，样本不足，不校准"
    reached, waiting = set(), [next(iter(by_expert))]
    while waiting:
        expert = waiting.pop()
        reached.add(expert)
        near = {other for application in by_expert[expert] for other in by_application[application]}
        waiting += [other for other in near if other not in reached and other not in waiting]
    return "" if len(reached) == len(by_expert) else "专家之间没有共同评审的申报，无法比较宽严，不校准"


class _Fit:
    """Effects and their covariance for variances found by EM."""

    def __init__(self, scores: Scores, applications: Sequence[str]):
        self.applications, self.experts = list(applications), sorted({expert for _, expert in scores})
        self.pairs = sorted(scores)
        self.y = numpy.array([scores[pair] for pair in self.pairs], dtype=float)
        n, m = len(self.applications), len(self.experts)
        self.design = numpy.zeros((len(self.pairs), 1 + n + m))
        self.design[:, 0] = 1
        for row, (application, expert) in enumerate(self.pairs):
            self.design[row, 1 + self.applications.index(application)] = 1
            self.design[row, 1 + n + self.experts.index(expert)] = 1
        self.blocks = (slice(1, 1 + n), slice(1 + n, 1 + n + m))
        self._estimate()

    def _estimate(self) -> None:
        spread = max(float(self.y.var()), 1e-6)
        variances, noise = [spread / 3, spread / 3], spread / 3
        square, right = self.design.T @ self.design, self.design.T @ self.y
        for _ in range(ROUNDS):
            before = (*variances, noise)
            penalty = numpy.zeros(self.design.shape[1])
            for block, variance in zip(self.blocks, variances, strict=True):
                penalty[block] = noise / max(variance, 1e-9)
            inverse = numpy.linalg.inv(square + numpy.diag(penalty))
            self.effects, self.covariance = inverse @ right, inverse * noise
            for place, block in enumerate(self.blocks):
                effects, own = self.effects[block], numpy.diag(self.covariance)[block]
                variances[place] = float((effects @ effects + own.sum()) / len(effects))
            left = self.y - self.design @ self.effects
            trace = float(numpy.sum(square * self.covariance))
            noise = max(float((left @ left + trace) / len(self.y)), 1e-6)
            if max(abs(new - old) for new, old in zip((*variances, noise), before, strict=True)) < 1e-4 * spread:
                break
        self.noise = noise

    def calibrated(self) -> dict[str, float]:
        level = self.effects[0]
        return dict(zip(self.applications, (level + self.effects[self.blocks[0]]).tolist(), strict=True))

    def severity(self) -> dict[str, float]:
        return dict(zip(self.experts, self.effects[self.blocks[1]].tolist(), strict=True))

    def residuals(self) -> dict[tuple[str, str], float]:
        left = self.y - self.design @ self.effects
        lever = numpy.sum((self.design @ self.covariance) * self.design, axis=1)
        spread = numpy.sqrt(numpy.maximum(self.noise - lever, self.noise * 0.05))
        return dict(zip(self.pairs, (left / spread).tolist(), strict=True))

    def draws(self, rng: numpy.random.Generator) -> numpy.ndarray:
        """Posterior draws of the applications' effects: DRAWS rows."""
        block = self.blocks[0]
        covariance = self.covariance[block, block]
        return rng.multivariate_normal(self.effects[block], (covariance + covariance.T) / 2, DRAWS, method="eigh")


def _bootstrap(scores: Scores, applications: Sequence[str], rng: numpy.random.Generator) -> numpy.ndarray:
    """Means of each application's own scores, drawn again and again, with the noise of all of them where it has few."""
    held = {
        key: [score for (application, _), score in sorted(scores.items()) if application == key] for key in applications
    }
    spreads = [numpy.var(found, ddof=1) for found in held.values() if len(found) > 1]
    noise = float(numpy.mean(spreads)) if spreads else 0.0
    columns = []
    for key in applications:
        found = numpy.array(held[key], dtype=float)
        drawn = found[rng.integers(0, len(found), (DRAWS, len(found)))].mean(axis=1)
        missing = max(0.0, noise / len(found) - float(found.var()) / len(found))
        columns.append(drawn + rng.normal(0, missing**0.5, DRAWS))
    return numpy.column_stack(columns)


def _among_best(draws: numpy.ndarray, places: int) -> list[float]:
    """How often each column is among the greatest; equal values share the last places."""
    line = -numpy.sort(-draws, axis=1)[:, places - 1 : places]
    above, on = (draws > line), (draws == line)
    left = places - above.sum(axis=1, keepdims=True)
    return (above + on * left / on.sum(axis=1, keepdims=True)).mean(axis=0).tolist()


def _half_ties(one: numpy.ndarray, other: numpy.ndarray) -> float:
    return (one > other).mean() + (one == other).mean() / 2
