"""How experts stand to applications at the moment of handing out: who is free, who has it already, who is recused.

Read once under the locks of the experts and the applications, for one application or for a whole draw; what is handed
out meanwhile in the same transaction is counted with `given`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from applications.models import Application
from jbgs.lib.errors import Refused
from reviews import conflicts, queries
from reviews.models import ACTIVE, Assignment, Expert

Pair = tuple[int, int]


@dataclass
class Standing:
    """`experts`: by key, with `busy` and `busy_here`; `free`: those who take part in reviews now; `has`: (expert,
    application) of the sheets that count; `found`: what `conflicts.find` said, None while nobody has asked."""

    applications: list[Application]
    experts: Mapping[int, Expert]
    free: frozenset[int]
    has: set[Pair]
    found: Mapping[Pair, conflicts.Conflict] | None = None
    handed: Counter = field(default_factory=Counter)

    def require_free(self, application: Application, experts: Iterable[Expert]) -> None:
        """Refused: already_assigned, expert_unavailable, load_full (the expert's own limit in all calls under way, or
        the call's)."""
        most = application.call.spec.review.assignment.load
        for row in (self.experts[expert.pk] for expert in experts):
            busy, here = (count + self.handed[row.pk] for count in (row.busy, row.busy_here))
            if (row.pk, application.pk) in self.has:
                raise Refused("already_assigned", f"{row.user.name}已经评审这件申报。", field="experts")
            if row.pk not in self.free:
                raise Refused("expert_unavailable", f"{row.user.name}现在不参加评审。", field="experts")
            if busy >= row.max_load:
                sentence = f"{row.user.name}已分派 {busy} 份，最多 {row.max_load} 份，不能再分派。"
                raise Refused("load_full", sentence, field="experts")
            if most and here >= most:
                sentence = f"{row.user.name}在本批次已分派 {here} 份，本批次每人最多 {most} 份。"
                raise Refused("load_full", sentence, field="experts")

    def require_not_recused(self, application: Application, experts: Iterable[Expert]) -> None:
        """Refused: recused, with the ground. The engine is asked once."""
        if self.found is None:
            self.found = conflicts.find(self.applications, self.experts.values())
        for expert in experts:
            if conflict := self.found.get((expert.pk, application.pk)):
                sentence = f"{expert.user.name}须回避“{application.title}”：{conflict.sentence}"
                raise Refused("recused", sentence, field="experts")

    def given(self, application: Application, experts: Iterable[Expert]) -> None:
        """These experts have just been given it."""
        for expert in experts:
            self.handed[expert.pk] += 1
            self.has.add((expert.pk, application.pk))


def read(call, round_, applications: Iterable[Application], experts: Iterable[Expert], *, found=None) -> Standing:
    """A constant number of queries, whatever the numbers. `found`: what `conflicts.find` has just said of them."""
    applications, pks = list(applications), [expert.pk for expert in experts]
    rows = {row.pk: row for row in queries.experts_with_load(call).filter(pk__in=pks)}
    sheets = Assignment.objects.filter(application__in=applications, round=round_, expert__in=pks, state__in=ACTIVE)
    return Standing(
        applications=applications,
        experts=rows,
        free=frozenset(Expert.objects.available().filter(pk__in=pks).values_list("pk", flat=True)),
        has=set(sheets.values_list("expert_id", "application_id")),
        found=found,
    )
