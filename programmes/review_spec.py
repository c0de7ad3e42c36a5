"""How a call is reviewed: criteria, rounds, the draw, recusal, what is looked at again; and how it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

TIES = ("mean", "median", "heaviest", "advice", "deviation")
"""What parts equal scores where the call does not say."""
COMMON, FREE = "common", "free"
STRICT, PARTIAL = "strict", "partial"


@dataclass(frozen=True)
class CriterionSpec:
    """One weighted criterion; the weights of a scheme sum to 100. `anchors`: ((low, high, words), …) of 0-100."""

    key: str
    label: str
    weight: int
    anchors: tuple[tuple[int, int, str], ...] = ()
    help: str = ""


@dataclass(frozen=True)
class RoundSpec:
    """One round of the review: mail (scores), panel (vote), on_site (check), owner (choice), check_all (every item).

    `experts` per application of a mail round; `least_people` at an on-site check (P11: two); `pass_share`: more than
    this share of a panel's votes must be for it, `quorum`: at least this share of its members who are not recused must
    vote, both fractions as text; `clock`: the name of the clock it must keep.
    """

    kind: str
    label: str = ""
    experts: int = 0
    least_people: int = 1
    pass_share: str = "1/2"
    quorum: str = "2/3"
    clock: str = ""


@dataclass(frozen=True)
class AssignmentSpec:
    """How experts are drawn (review.md §2, §4).

    `mode`: optimal, noisy (optimum after a seeded lot of at most `noise` thousandths), pool (pure draw among those
    whose affinity is at least `qualified_from` thousandths). `panel`: common (one panel for a task) or free. `recusal`
    of a common panel's member from one application: partial (a stand-in takes that place) or strict (nobody sits on a
    panel who is recused from any of its applications). `per_employer`, `per_region`: at most so many on an application,
    0 for no cap; their `…_force` is hard, or soft (broken only where seats would stay empty). `load`: most
    applications of one expert in this call, beside the expert's own limit, 0 for none. `alternates` per task or
    application; `answer_within`: hours to accept.
    """

    mode: str = "noisy"
    panel: str = COMMON
    recusal: str = PARTIAL
    noise: int = 300
    qualified_from: int = 500
    per_employer: int = 1
    per_region: int = 2
    employer_force: str = "hard"
    region_force: str = "soft"
    load: int = 0
    alternates: int = 2
    answer_within: int = 48


@dataclass(frozen=True)
class RecusalSpec:
    """What makes an expert stand aside beside the fixed grounds (domain.md N28-N30).

    `years`: how long former employers and joint applications count. `region`: whether experts of the lead's own region
    stand aside. `named_in`: key of the form's table in which the applicant names people (columns `name`, `employer`,
    `reason`), of which the first `named_at_most` count. `similar`: an expert's own application counts as similar within
    the same task, field or call.
    """

    years: int = 3
    region: bool = False
    named_in: str = ""
    named_at_most: int = 3
    similar: str = "task"


@dataclass(frozen=True)
class ReconsiderSpec:
    """What must be looked at again (复议) before a decision: totals `spread` points apart or more (0: never), and with
    `grey` every application whose chance of being inside the line lies in the grey band. `extra_experts` who join where
    the officer asks for more."""

    spread: int = 0
    grey: bool = False
    extra_experts: int = 2

    @property
    def asks_anything(self) -> bool:
        return bool(self.spread or self.grey)


@dataclass(frozen=True)
class ReviewSpec:
    """How experts look at an application. `aggregate`: mean, or trimmed_mean (highest and lowest dropped).

    `ties`: what parts equal scores, in this order: mean, median, heaviest (mean of the heaviest criterion), advice
    (number of 建议入围), deviation (smaller first), lot (of the seed that drew the experts). `tie_at_cut`: where the
    line still parts equals: reason (the officer writes why), both (all of them go in), vote (a panel votes first).
    `rounds` in their order; a call that names none has one mail round.
    """

    blind: bool
    experts_per_application: int
    criteria: tuple[CriterionSpec, ...]
    aggregate: str = "mean"
    pledge_text: str = ""
    rounds: tuple[RoundSpec, ...] = ()
    ties: tuple[str, ...] = TIES
    tie_at_cut: str = "reason"
    assignment: AssignmentSpec = field(default_factory=AssignmentSpec)
    recusal: RecusalSpec = field(default_factory=RecusalSpec)
    reconsider: ReconsiderSpec = field(default_factory=ReconsiderSpec)

    def round_of(self, kind: str) -> RoundSpec | None:
        """The first round of this kind, or None."""
        return next((item for item in self.rounds if item.kind == kind), None)


def read_review(item: Mapping) -> ReviewSpec:
    """The `review` of a checked document."""
    criteria = tuple(
        CriterionSpec(
            key=criterion["key"],
            label=criterion["label"],
            weight=criterion["weight"],
            anchors=tuple((low, high, words) for low, high, words in criterion.get("anchors", [])),
            help=criterion.get("help", ""),
        )
        for criterion in item.get("criteria", [])
    )
    experts = item.get("experts_per_application", 3)
    rounds = tuple(RoundSpec(**{"experts": experts} | one) for one in item.get("rounds", [{"kind": "mail"}]))
    return ReviewSpec(
        blind=item.get("blind", False),
        experts_per_application=experts,
        criteria=criteria,
        aggregate=item.get("aggregate", "mean"),
        pledge_text=item.get("pledge_text", ""),
        rounds=rounds,
        ties=tuple(item.get("ties", TIES)),
        tie_at_cut=item.get("tie_at_cut", "reason"),
        assignment=AssignmentSpec(**item.get("assignment", {})),
        recusal=RecusalSpec(**item.get("recusal", {})),
        reconsider=ReconsiderSpec(**item.get("reconsider", {})),
    )
