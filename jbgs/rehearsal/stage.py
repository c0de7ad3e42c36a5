"""What every scene of a rehearsal shares: the copy of the call, the people, the dice, the moments.

No slug, field or state is named in this package: what is played follows from the call's flow, form, windows and quotas,
and who may do what from `rules`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import Department, Unit
from applications import rules, workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.models import Call, Task
from programmes.spec import CallSpec


@dataclass
class Cast:
    """Who plays: `applicants` in step with `units`, one recommender for each department, officers, experts.

    `owners`: two people of each task's owner by the owner's code, where the owner chooses.
    """

    units: list[Unit]
    applicants: list
    departments: list[Department]
    recommenders: dict[int, object]
    officers: list
    experts: list = field(default_factory=list)
    owners: dict[str, list] = field(default_factory=dict)


@dataclass
class Stage:
    """One rehearsal under way. `now` only moves forward: each scene plays at its own place in the call's calendar.

    `places`: the task of each application, in the order of filing; `unmet`: sentences of drafts that could not be
    submitted against the plan.
    """

    call: Call
    rng: Random
    cast: Cast
    count: int
    now: datetime
    tasks: list[Task] = field(default_factory=list)
    tick: Callable[[str], None] = lambda scene: None
    places: list[Task] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)

    @property
    def spec(self) -> CallSpec:
        return self.call.spec

    def at(self, moment: datetime):
        """Play at this moment, or at the latest one reached if that is later."""
        self.now = max(self.now, moment)
        return clock.travel(self.now)

    def later(self, **step):
        """Play a little later than the last thing."""
        return self.at(self.now + timedelta(**step))

    def applications(self) -> list[Application]:
        """All applications of the call, in the order of their creation, freshly read."""
        return list(
            Application.objects.filter(call=self.call)
            .select_related("task__field", "unit", "department", "call_version", "recommendation_list", "publicity")
            .defer("call_version__document")
            .order_by("pk")
        )

    def open_to(self, *party_rules) -> list[Application]:
        """The applications whose state allows any of these rules' verbs."""
        return [found for found in self.applications() if any(rule.open(found) for rule in party_rules)]

    def applicant_of(self, application):
        """Who files for the application's unit."""
        return next(person for person in self.cast.applicants if person.unit_id == application.unit_id)

    def recommender_of(self, application):
        return self.cast.recommenders[application.department_id]

    def two_officers(self):
        """Who prepares and who approves."""
        return self.cast.officers[0], self.cast.officers[1]

    def two_deciders(self, application, verb: str):
        """Who prepares this decision and who approves it: people of the task's owner where the choice is theirs."""
        owners = self.cast.owners.get(application.task.owner_code, [])
        return owners if owners and rules.may_prepare(verb, application, owners[0]) else self.two_officers()

    def share(self, items: Iterable, one_in: int, offset: int = 0) -> set:
        """Every `one_in`-th item, so that each kind of mishap happens in every rehearsal of some size."""
        return {item for place, item in enumerate(items) if place % one_in == offset % one_in}


def refused(attempt: Callable, /, *args, **named) -> Refused | None:
    """Do what the rules should refuse; the refusal, or None when it went through."""
    try:
        attempt(*args, **named)
    except Refused as refusal:
        return refusal
    return None


def decide(stage: Stage, application, verb: str, *, reason: str, **named) -> Refused | None:
    """One prepares, another approves: two officers, or two of the owner where the choice is theirs; the refusal, if the
    rules had one."""
    first, second = stage.two_deciders(application, verb)
    refusal = refused(workflow.prepare_decision, application, by=first, verb=verb, reason=reason, **named)
    if refusal:
        return refusal
    workflow.approve_decision(application.decisions.get(state="prepared"), by=second)
    application.refresh_from_db()
    return None


def spread(start: datetime, end: datetime, parts: int) -> list[datetime]:
    """`parts` moments from start (inclusive) to end (exclusive), evenly."""
    step = (end - start) / max(parts, 1)
    return [start + step * place for place in range(parts)]
