"""Draws of any size among invented people, to test and to measure the solver on; the same seed gives the same ones.

As in review.md §2.3: 12 disciplines of 8 topics, some liked more than others; affinity by shared topics and discipline;
recusal by the employer of the lead and of up to two partners, and 5 % by chance; every employer lies in one region.
"""

from math import ceil, sqrt
from random import Random

from reviews.drawing import Group, Judge, Place, Problem, Settings

DISCIPLINES, TOPICS = 12, 8
REGIONS = 31
RECUSED = 0.05


def free(applications: int, experts: int, *, seed: int = 1, slack: float = 1.2, **settings) -> Problem:
    """Every application for itself, each about something else. `slack`: room in all over sheets in all."""
    chosen = Settings(**{"panel": "free", "mode": "optimal", "region_hard": True} | settings)
    rng = Random(seed)
    world = _World(rng, experts, ceil(slack * chosen.k * applications / experts))
    places = [
        Place(f"A{n:05}", chosen.k, affinity, world.recusals(rng, affinity))
        for n in range(applications)
        for affinity in [world.affinity(rng)]
    ]
    return Problem(chosen, (Group("T", "虚构任务", tuple(places)),), tuple(world.judges))


def panels(tasks: int, experts: int, *, seed: int = 1, slack: float = 1.6, **settings) -> Problem:
    """Tasks of 5 to 30 applications each, about the same thing within a task."""
    chosen = Settings(**{"panel": "common", "mode": "optimal", "region_hard": True} | settings)
    rng = Random(seed)
    sizes = [rng.randint(5, 30) for _ in range(tasks)]
    world = _World(rng, experts, ceil(slack * chosen.k * sum(sizes) / experts))
    groups = []
    for task, size in enumerate(sizes):
        affinity = world.affinity(rng)
        rows = [Place(f"A{task:03}-{n:02}", chosen.k, affinity, world.recusals(rng, affinity)) for n in range(size)]
        groups.append(Group(f"T{task:03}", f"虚构任务 {task}", tuple(rows)))
    return Problem(chosen, tuple(groups), tuple(world.judges))


class _World:
    """The experts, with what they know and where they work."""

    def __init__(self, rng: Random, experts: int, room: int):
        employers = max(4, experts // 3)
        self.weights = [1 / (n + 1) ** 0.5 for n in range(employers)]
        self.employers = [f"U{n:03}" for n in range(employers)]
        regions = rng.choices(range(REGIONS), [1 / (n + 1) for n in range(REGIONS)], k=employers)
        self.judges, self.known = [], []
        for n in range(experts):
            (works_at,) = rng.choices(range(employers), self.weights)
            judge = Judge(f"expert-{n:04}", room, (self.employers[works_at],), f"R{regions[works_at]:02}")
            self.judges.append(judge)
            self.known.append(_topics(rng))

    def affinity(self, rng: Random) -> dict[str, int]:
        """Of all experts who know something of one more application."""
        discipline, topics = _topics(rng)
        found = {}
        for judge, (known_in, known) in zip(self.judges, self.known, strict=True):
            shared = len(topics & known) / sqrt(len(topics) * len(known))
            if value := int(750 * shared + 250 * (discipline == known_in)):
                found[judge.key] = value
        return found

    def recusals(self, rng: Random, affinity: dict[str, int]) -> dict[str, str]:
        """Of the applicant's own people, and of some others."""
        own = set(rng.choices(self.employers, self.weights, k=rng.randint(1, 3)))
        found = {}
        for judge in self.judges:
            if judge.key in affinity and (chance := rng.random() < RECUSED or own & {*judge.employers}):
                found[judge.key] = "declared" if chance is True else "same_unit"
        return found


def _topics(rng: Random) -> tuple[int, set[tuple[int, int]]]:
    """A discipline and two to four topics, one of them perhaps of another discipline."""
    (discipline,) = rng.choices(range(DISCIPLINES), [1 / (n + 1) ** 0.5 for n in range(DISCIPLINES)])
    topics = set()
    for _ in range(rng.randint(2, 4)):
        within = discipline if rng.random() < 0.85 else rng.randrange(DISCIPLINES)
        (topic,) = rng.choices(range(TOPICS), [1 / (n + 1) ** 0.7 for n in range(TOPICS)])
        topics.add((within, topic))
    return discipline, topics
