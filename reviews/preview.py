"""What a draw would give, for people: the panel with loads and what each member leaves out. A preview is no result."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from applications.models import Application
from reviews import old_drawing as drawing
from reviews.models import Expert
from reviews.workflow.assigning import prepare_draw


@dataclass
class Member:
    """One expert of the drawn panel. `left_out`: applications with the ground of the recusal."""

    expert: Expert
    gets: int
    left_out: list[tuple[Application, str]] = field(default_factory=list)

    @property
    def after(self) -> int:
        """Sheets in hand after the draw."""
        return self.expert.busy + self.gets


@dataclass
class Preview:
    """The drawn panel, the largest share first, and what could not be filled."""

    plan: drawing.Draw
    members: list[Member]
    short: list[tuple[Application, int]]
    to_fill: int

    @property
    def given(self) -> int:
        """Sheets that the draw would hand out."""
        return sum(member.gets for member in self.members)

    @property
    def can_be_drawn(self) -> bool:
        return bool(self.members) and not self.plan.missing


def preview(applications: Iterable[Application], pool: Iterable[Expert], seed: str) -> Preview:
    """The outcome of a draw with this seed. `pool` comes with `busy` and `user`; applications with their unit."""
    applications, pool = list(applications), {expert.pk: expert for expert in pool}
    plan, found = prepare_draw(applications, seed=seed, experts=pool.values())
    members: dict[int, Member] = {}
    for pks in plan.pairs.values():
        for pk in pks:
            members.setdefault(pk, Member(pool[pk], 0)).gets += 1
    by_pk = {row.pk: row for row in applications}
    for (expert, application), conflict in found.items():
        if expert in members:
            members[expert].left_out.append((by_pk[application], conflict.sentence))
    return Preview(
        plan,
        sorted(members.values(), key=lambda member: (-member.gets, member.expert.pk)),
        [(by_pk[pk], count) for pk, count in plan.short.items()],
        to_fill=sum(map(len, plan.pairs.values())) + plan.missing,
    )
